"""Every page and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handbook.mistakes import Place
from handbook.model.change import Changed, Day
from handbook.model.entry import Entry, Figure
from handbook.model.plan import Department, Link, Prose, Review, Term
from handbook.model.record import Chart, Due, Gap, Gauge, Said, Status, Tally, Way, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One HTML page. Everything its template shows is a field."""

    template: str
    path: str
    title: str
    prose: Mapping[str, Prose]
    """The texts it shows, by the name its template knows them by."""
    description: str
    """What it is about, in a sentence or two, for those who see only a link to it."""
    label: str
    """Its name in menus."""
    mending: tuple[Link, ...] = ()
    """Ways to where its source is mended and an opinion is sent; none where plan.yaml names no repository."""
    changed: Changed | None = None
    """When what it shows last changed; None where that is not known, or where it shows more than one thing."""

    @property
    def root(self) -> str:
        """The way from this page to the top of the site: empty or `../`."""
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
    """From the outermost level down to the parent."""
    siblings: tuple[Entry, ...]
    """The nearest of those that stand beside it, itself among them."""
    previous: Entry | None
    """The one before it in reading order, if any."""
    next: Entry | None
    again_at: tuple[Entry, ...]
    """Other parents under which it is shown again."""
    related: tuple[Entry, ...]
    wide_diagram: Figure | None
    """The part of the tree that the node belongs to, or its own branch; None if both are too large for its page."""
    narrow_diagrams: tuple[Figure, ...]
    """The same for a phone, in parts."""
    terms: tuple[Term, ...]
    """Words of its name and texts that the glossary explains."""
    empty_level: str
    """The next level's name, where that level has nothing in it yet beneath this node."""
    facts: tuple[Said, ...]
    gauges: tuple[Gauge, ...]
    budget: Chart | None
    """The money of each year, as the bars of a chart."""
    tally: Tally | None
    """What the records beneath add up to; none for what has nothing beneath it, and in a plan without records."""

    @property
    def has_level_counts(self) -> bool:
        """Whether the page shows the number of nodes on each level below. For a single level the totals include it."""
        return not self.tally or len(self.entry.counts) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentPage(Page):
    """Everything that one section owns, on one page."""

    department: Department
    owned: tuple[Work, ...]
    shared: tuple[Work, ...]
    """Those in which it takes a part beside the owner."""
    gauges: tuple[Gauge, ...]
    """The indicators of what it owns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPage(Page):
    """What was planned, done and missing in one financial year."""

    year: int
    closed: bool
    """Whether the year was over when the plan was last changed: only then can something be missing."""
    planned: tuple[Work, ...]
    budget: tuple[tuple[Entry, str], ...]
    total: str
    due: tuple[Due, ...]
    reviewed: tuple[tuple[Entry, Review], ...]
    unmeasured: tuple[Gauge, ...]
    """Indicators of which nothing is said for this year."""
    unreviewed: tuple[Work, ...]
    """What was planned and not reviewed."""
    previous: Way | None
    next: Way | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage(Page):
    """How the whole plan stands: the way to sections, years and gaps."""

    tally: Tally
    branches: tuple[tuple[Entry, Tally], ...]
    departments: tuple[tuple[Way, int], ...]
    """Each section and how much it owns."""
    years: tuple[Way, ...]
    status_rules: tuple[tuple[Status, str], ...]
    """Each status with its condition."""
    node_status_rule: str
    """How the status of a node follows from those of its indicators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsPage(Page):
    """The map of gaps. Without rows, nothing of the kind is recorded yet."""

    level: str
    """Name of the level whose nodes are the rows."""
    record: str
    """Name of the level that holds the records."""
    rows: tuple[Gap, ...]
    asked: int
    """How many rows there are, or would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage(Page):
    """The page that tells what changed when."""

    days: tuple[Day, ...]
    """The newest first."""
    begins: str
    """The day on which the record begins, as it is said; empty where it is not known or not told to its beginning."""
    known: bool
    """Whether there is a record."""


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
    """Those of the parent, from its branch down."""
    parent: Entry | None
    """None for leaves that are branches themselves."""
    entries: tuple[tuple[Entry, tuple[str, ...], tuple[str, ...]], ...]
    """Each with the audiences that it names itself, and those with all that it belongs to."""
