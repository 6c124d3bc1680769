"""Every page and what it shows, and the site that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from handbook.model.change import Changed, Day
from handbook.model.entry import Cell, Count, Entry, Figure
from handbook.model.plan import Level, Plan, Term
from handbook.model.record import Chart, Due, Gap, Gauge, Said, Tally, Way, Work
from handbook.model.records import Department, Link, Review
from handbook.model.values import Prose


@dataclass(frozen=True, slots=True)
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
    mending: tuple[Link, ...] = field(default=(), kw_only=True)
    """Ways to where its source is mended and an opinion is sent; none where plan.yaml names no repository."""
    changed: Changed | None = field(default=None, kw_only=True)
    """When what it shows last changed; None where that is not known, or where it shows more than one thing."""

    @property
    def root(self) -> str:
        """The way from this page to the top of the site: empty or `../`."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True)
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
    figures: tuple[Figure, ...]
    """The part of the tree that it belongs to, or its own branch: wide, and for a phone."""
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


@dataclass(frozen=True, slots=True)
class DepartmentPage(Page):
    """Everything that one section owns, on one page."""

    department: Department
    owned: tuple[Work, ...]
    shared: tuple[Work, ...]
    """Those in which it takes a part beside the owner."""
    gauges: tuple[Gauge, ...]
    """The indicators of what it owns."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class ProgressPage(Page):
    """How the whole plan stands: the way to sections, years and gaps."""

    tally: Tally
    branches: tuple[tuple[Entry, Tally], ...]
    departments: tuple[tuple[Way, int], ...]
    """Each section and how much it owns."""
    years: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class GapsPage(Page):
    """The map of gaps. Without rows, nothing of the kind is recorded yet."""

    level: str
    """Name of the level whose nodes are the rows."""
    record: str
    """Name of the level that holds the records."""
    rows: tuple[Gap, ...]
    asked: int
    """How many rows there are, or would be."""


@dataclass(frozen=True, slots=True)
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
    """Entries under a common heading: those for one audience, those whose reading begins with one row of kana."""

    name: str
    anchor: str
    entries: tuple[Entry | Term, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One parent's innermost entries in the list of them all."""

    trail: tuple[Entry, ...]
    """From the first level that branches down to the parent."""
    entries: tuple[tuple[Entry, tuple[str, ...], tuple[str, ...]], ...]
    """Each with the audiences that it names itself, and those with all that it belongs to."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """A stub at an earlier address."""

    path: str
    to: Way

    @property
    def root(self) -> str:
        """The way from it to the top of the site."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True)
class Site:
    """Every page, in its place."""

    plan: Plan
    roots: tuple[Entry, ...]
    heads: tuple[Entry, ...]
    """The entries above the first level that branches: what the whole plan aims at."""
    branches: tuple[Entry, ...]
    """The top branches: the first level with more than one node."""
    brief: bool
    """The front page names no more than the children of each branch: what is beneath them would be too long a list."""
    counts: tuple[Count, ...]
    """Every level of the plan, the empty ones too."""
    figures: tuple[Figure, ...]
    apart: tuple[Entry, ...]
    """What has a diagram for a phone, where these are too many for one page; each stands on the page of its own."""
    charts: tuple[Chart, ...]
    sheets: tuple[Figure, ...]
    """The diagrams of the booklet: the whole plan first, then each top branch."""
    columns: tuple[Level, ...]
    """The levels in use: columns of the structure table."""
    rows: tuple[tuple[Cell, ...], ...]
    """The structure table with its merged cells."""
    audiences: tuple[Group, ...]
    """For each audience the entries that name it; what stands beneath one of them is not named again."""
    kana: tuple[Group, ...]
    """Everything that has a reading, in the order of the kana, by rows."""
    listed: tuple[Listed, ...]
    """Everything that has nothing beneath it: what the plan does in the end."""
    pages: tuple[Page, ...]
    menu: tuple[Page, ...]
    """The pages that every page leads to at its head, as ways into the plan."""
    foot: tuple[Page, ...]
    """Those that it leads to at its foot."""
    ledger: tuple[Page, ...]
    """The pages of the sections and of the years, to which the page of the progress leads."""
    redirects: tuple[Redirect, ...]

    @property
    def drawn_to(self) -> str:
        """The level at which the whole diagram stops; empty where it holds all of them."""
        levels = self.figures[0].levels
        return "" if levels == self.columns else levels[-1].name

    @property
    def entries(self) -> Iterator[Entry]:
        """Every entry in reading order, those shown again too."""
        for root in self.roots:
            yield from root.walk()
