"""Every kind of page with the values that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handbook.diagnostics import SourceSpan
from handbook.fiscal_year import year_word
from handbook.model.history import HistoryDay, LastChange
from handbook.model.plan import GlossaryTerm
from handbook.model.progress import (
    ChartSpec,
    CoverageRow,
    IndicatorStatus,
    NodeFact,
    PageLink,
    Status,
    Totals,
    WorkRow,
    YearResult,
)
from handbook.model.records import Department, ExternalLink, Review
from handbook.model.tree import DiagramSpec, TreeNode
from handbook.model.values import Markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One HTML page. Everything its template shows is a field."""

    template: str
    path: str
    title: str
    prose: Mapping[str, Markdown]
    """The texts of the page, by their names in its template."""
    description: str
    """One or two sentences for search engines and link previews."""
    label: str
    """The name of the page in menus."""
    edit_links: tuple[ExternalLink, ...] = ()
    """Links to the source of the page and to the opinion form; empty if plan.yaml names no repository."""
    last_change: LastChange | None = None
    """The last change of the node or free text that the page shows; None if unknown, and for every other page."""
    is_listed: bool = True
    """Whether readers should find the page: in the site's search, in sitemap.xml and in search engines."""

    @property
    def path_to_root(self) -> str:
        """The relative path from the page to the top of the site: empty or `../`."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePage(Page):
    """A page of content/pages/."""

    source: SourceSpan
    """The first line of its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerPage(Page):
    """A page at a former path with the text on what became of the page there."""

    source: SourceSpan
    """The row of 以前の住所."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTextSection:
    """A node in the full text of the plan."""

    node: TreeNode
    is_branch: bool
    """Whether the section begins with a heading."""
    text_name: str
    """The name of the node's text among those of the page."""
    child_counts: tuple[tuple[str, int], ...]
    """How many children the node has on each level, by the level's name."""
    leaves: tuple[TreeNode, ...]
    """The children, if all of them are leaves: they have no sections of their own."""
    sections: tuple[FullTextSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTextPage(Page):
    """The page with the full text of the plan, for screen readers."""

    level_names: str
    """The levels in use, outermost first."""
    sections: tuple[FullTextSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePage(Page):
    """The page of one node."""

    node: TreeNode
    breadcrumbs: tuple[TreeNode, ...]
    """The ancestors, from the outermost level down to the parent."""
    siblings: tuple[TreeNode, ...]
    """The nearest siblings, the node itself among them."""
    previous: TreeNode | None
    """The node before it in reading order; None for the first."""
    next: TreeNode | None
    repeat_parents: tuple[TreeNode, ...]
    """The other parents under which the node is repeated (再掲)."""
    related: tuple[TreeNode, ...]
    """The nodes that the field 関連 names."""
    wide_diagram: DiagramSpec | None
    """The part of the tree that the node belongs to, or its own branch; None if the page shows neither."""
    narrow_diagrams: tuple[DiagramSpec, ...]
    """The same for a phone, in parts."""
    terms: tuple[GlossaryTerm, ...]
    """The terms of the glossary that occur in the name of the node."""
    missing_child_level: str
    """The name of the next level if a leaf has no node on it yet; else empty."""
    facts: tuple[NodeFact, ...]
    indicators: tuple[IndicatorStatus, ...]
    budget: ChartSpec | None
    """The budget of each year as a bar chart; None if no budget is recorded."""
    totals: Totals | None
    """The totals of all nodes below; None for a leaf and in a plan without records."""

    @property
    def has_level_counts(self) -> bool:
        """Whether the page shows the number of nodes on each level below. For a single level the totals include it."""
        return not self.totals or len(self.node.level_counts) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentPage(Page):
    """The page of one department."""

    department: Department
    owned_rows: tuple[WorkRow, ...]
    partner_rows: tuple[WorkRow, ...]
    """The nodes for which it is a partner (関係課) and not the owner."""
    indicators: tuple[IndicatorStatus, ...]
    """The indicators of the nodes that it owns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPage(Page):
    """The page of one financial year: what was planned, what was done, what is missing."""

    year: int
    """A CalendarYear if the plan calls it so anywhere."""
    is_closed: bool
    """Whether the year had ended when the plan was last changed. Only then is a missing value listed."""
    planned_rows: tuple[WorkRow, ...]
    budget: tuple[tuple[TreeNode, str], ...]
    budget_total: str
    results: tuple[YearResult, ...]
    reviews: tuple[tuple[TreeNode, Review], ...]
    missing_actuals: tuple[IndicatorStatus, ...]
    """The indicators without an actual for this year."""
    missing_reviews: tuple[WorkRow, ...]
    """The planned nodes without a review."""
    previous: PageLink | None
    next: PageLink | None

    @property
    def year_word(self) -> str:
        """年度 or 年: what the plan calls the year."""
        return year_word([self.year])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage(Page):
    """The progress of the whole plan, with links to departments, years and coverage."""

    totals: Totals
    branches: tuple[tuple[TreeNode, Totals], ...]
    departments: tuple[tuple[PageLink, int], ...]
    """Each department with the number of nodes that it owns."""
    years: tuple[PageLink, ...]
    status_rules: tuple[tuple[Status, str], ...]
    """Each status with its condition; empty if no indicator has a status."""
    node_status_rule: str
    """How the status of a node follows from those of its indicators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePage(Page):
    """The coverage page: which records are missing. It has no rows if the plan has no records yet."""

    level: str
    """Name of the level whose nodes are the rows."""
    record_level: str
    """Name of the innermost level, which has the records."""
    rows: tuple[CoverageRow, ...]
    expected_rows: int
    """How many nodes should have records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage(Page):
    """The page with the changes of each day."""

    days: tuple[HistoryDay, ...]
    """Latest day first."""
    first_date: str
    """The day of the first record, such as 2026年4月1日; empty if unknown or if older days are left out."""
    has_history: bool
    """Whether the plan has a history."""


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """The nodes for one audience."""

    name: str
    anchor: str
    """Id of its heading on the page."""
    nodes: tuple[TreeNode, ...]


@dataclass(frozen=True, slots=True)
class KanaRow:
    """A node or a term in the kana index."""

    item: TreeNode | GlossaryTerm
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
class LeafList:
    """The leaves of one parent in the list of all leaves."""

    ancestors: tuple[TreeNode, ...]
    """The ancestors of the parent, from its branch down."""
    parent: TreeNode | None
    """None for leaves that are branches themselves."""
    leaves: tuple[tuple[TreeNode, tuple[str, ...], tuple[str, ...]], ...]
    """Each leaf with the audiences that it names itself, and with those of its ancestors added."""
