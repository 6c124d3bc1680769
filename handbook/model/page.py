"""Every kind of page with the values that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handbook.mistakes import Place
from handbook.model.change import Changed, Day
from handbook.model.entry import Entry, Figure
from handbook.model.plan import Term
from handbook.model.record import Chart, Due, Gap, Gauge, Said, Status, Tally, Way, Work
from handbook.model.records import Department, Link, Review
from handbook.model.values import Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One HTML page. Everything its template shows is a field."""

    template: str
    path: str
    title: str
    prose: Mapping[str, Prose]
    """The texts of the page, by their names in its template."""
    description: str
    """One or two sentences for search engines and link previews."""
    label: str
    """The name of the page in menus."""
    mending: tuple[Link, ...] = ()
    """Links to the source of the page and to the opinion form; empty if plan.yaml names no repository."""
    changed: Changed | None = None
    """The last change of the node or free text that the page shows; None if unknown, and for every other page."""

    @property
    def root(self) -> str:
        """The relative path from the page to the top of the site: empty or `../`."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePage(Page):
    """A page of content/pages/."""

    source: Place
    """The first line of its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTextSection:
    """A node in the full text of the plan."""

    node: Entry
    is_branch: bool
    """Whether the section begins with a heading."""
    text_name: str
    """The name of the node's text among those of the page."""
    child_counts: tuple[tuple[str, int], ...]
    """How many children the node has on each level, by the level's name."""
    leaves: tuple[Entry, ...]
    """The children, if all of them are leaves: they have no sections of their own."""
    sections: tuple[FullTextSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTextPage(Page):
    """The whole plan as text to read aloud."""

    level_names: str
    """The levels in use, outermost first."""
    sections: tuple[FullTextSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePage(Page):
    """The page of one node."""

    entry: Entry
    trail: tuple[Entry, ...]
    """The ancestors, from the outermost level down to the parent."""
    siblings: tuple[Entry, ...]
    """The nearest siblings, the node itself among them."""
    previous: Entry | None
    """The node before it in reading order; None for the first."""
    next: Entry | None
    again_at: tuple[Entry, ...]
    """The other parents under which the node is repeated (再掲)."""
    related: tuple[Entry, ...]
    wide_diagram: Figure | None
    """The part of the tree that the node belongs to, or its own branch; None if the page shows neither."""
    narrow_diagrams: tuple[Figure, ...]
    """The same for a phone, in parts."""
    terms: tuple[Term, ...]
    """The terms of the glossary that occur in the name of the node."""
    empty_level: str
    """The name of the next level if a leaf has no node on it yet; else empty."""
    facts: tuple[Said, ...]
    gauges: tuple[Gauge, ...]
    budget: Chart | None
    """The budget of each year as a bar chart; None if no budget is recorded."""
    tally: Tally | None
    """The totals of all nodes below; None for a leaf and in a plan without records."""

    @property
    def has_level_counts(self) -> bool:
        """Whether the page shows the number of nodes on each level below. For a single level the totals include it."""
        return not self.tally or len(self.entry.counts) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentPage(Page):
    """The page of one department."""

    department: Department
    owned: tuple[Work, ...]
    shared: tuple[Work, ...]
    """The nodes for which it is a partner (関係課) and not the owner."""
    gauges: tuple[Gauge, ...]
    """The indicators of the nodes that it owns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPage(Page):
    """The page of one financial year: what was planned, what was done, what is missing."""

    year: int
    closed: bool
    """Whether the year had ended when the plan was last changed. Only then is a missing value listed."""
    planned: tuple[Work, ...]
    budget: tuple[tuple[Entry, str], ...]
    total: str
    due: tuple[Due, ...]
    reviewed: tuple[tuple[Entry, Review], ...]
    unmeasured: tuple[Gauge, ...]
    """The indicators without an actual for this year."""
    unreviewed: tuple[Work, ...]
    """The planned nodes without a review."""
    previous: Way | None
    next: Way | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage(Page):
    """The progress of the whole plan, with links to departments, years and coverage."""

    tally: Tally
    branches: tuple[tuple[Entry, Tally], ...]
    departments: tuple[tuple[Way, int], ...]
    """Each department with the number of nodes that it owns."""
    years: tuple[Way, ...]
    status_rules: tuple[tuple[Status, str], ...]
    """Each status with its condition."""
    node_status_rule: str
    """How the status of a node follows from those of its indicators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsPage(Page):
    """The coverage page: which records are missing. It has no rows if the plan has no records yet."""

    level: str
    """Name of the level whose nodes are the rows."""
    record: str
    """Name of the innermost level, which has the records."""
    rows: tuple[Gap, ...]
    asked: int
    """How many nodes should have records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage(Page):
    """The page with the changes of each day."""

    days: tuple[Day, ...]
    """Latest day first."""
    begins: str
    """The day of the first record, such as 2026年4月1日; empty if unknown or if older days are left out."""
    known: bool
    """Whether any history is known."""


@dataclass(frozen=True, slots=True)
class Group:
    """The nodes for one audience."""

    name: str
    anchor: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class KanaRow:
    """A node or a term in the kana index."""

    item: Entry | Term
    reading: str
    label: str
    """The name of the node's level, or 用語."""
    is_term: bool


@dataclass(frozen=True, slots=True)
class KanaGroup:
    """The rows whose reading begins with one row of the kana table."""

    name: str
    anchor: str
    rows: tuple[KanaRow, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """The leaves of one parent in the list of all leaves."""

    ancestors: tuple[Entry, ...]
    """The ancestors of the parent, from its branch down."""
    parent: Entry | None
    """None for leaves that are branches themselves."""
    entries: tuple[tuple[Entry, tuple[str, ...], tuple[str, ...]], ...]
    """Each leaf with the audiences that it names itself, and with those of its ancestors added."""
