"""The site: all pages, and the values that several pages show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handbook.fiscal_year import year_word
from handbook.model.pages import KanaGroup, LeafList, NodeGroup, Page, YearPage
from handbook.model.plan import Level, Plan
from handbook.model.progress import ChartSpec, PageLink
from handbook.model.tree import DiagramSpec, LevelCount, StructureCell, TreeNode


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect from a path that has no page of its own any more."""

    path: str
    target: PageLink

    @property
    def path_to_root(self) -> str:
        """The relative path from the redirect to the top of the site."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All pages, and the values that several pages show."""

    plan: Plan
    roots: tuple[TreeNode, ...]
    top_nodes: tuple[TreeNode, ...]
    """The single nodes above the branches, outermost first."""
    branches: tuple[TreeNode, ...]
    """The nodes of the first level that has more than one."""
    branch_level: str
    """The name of the level of the branches."""
    has_short_home: bool
    """Whether the front page leaves out the nodes below the children of the branches, because there are too many."""
    level_counts: tuple[LevelCount, ...]
    """The number of nodes on every level of the plan, including empty levels."""
    diagram_specs: tuple[DiagramSpec, ...]
    narrow_diagram_nodes: tuple[TreeNode, ...]
    """The roots of the narrow diagrams if these are too many for one page; else empty."""
    charts: tuple[ChartSpec, ...]
    booklet_diagram_specs: tuple[DiagramSpec, ...]
    """The diagrams of the booklet: the whole plan first, then each branch."""
    structure_levels: tuple[Level, ...]
    """The levels that have a node: the columns of the structure table."""
    structure_rows: tuple[tuple[StructureCell, ...], ...]
    """The rows of the structure table, with merged cells."""
    audience_groups: tuple[NodeGroup, ...]
    """The nodes that name each audience. A node below one of them is left out."""
    kana_groups: tuple[KanaGroup, ...]
    """Every node and term with a reading, in the order of the kana, by rows of the kana table."""
    leaf_lists: tuple[LeafList, ...]
    """The leaves of the tree, by parent."""
    pages: tuple[Page, ...]
    nav_pages: tuple[Page, ...]
    """The pages linked in the header of every page."""
    footer_pages: tuple[Page, ...]
    """The pages linked in the footer of every page."""
    progress_pages: tuple[Page, ...]
    """The pages of the departments and of the years, linked from the progress page."""
    redirects: tuple[Redirect, ...]

    @property
    def year_word(self) -> str:
        """年度 or 年: how the years of the plan are counted."""
        return year_word(page.year for page in self.progress_pages if isinstance(page, YearPage))

    @property
    def deepest_drawn_level(self) -> str:
        """The deepest level in the diagram of the whole plan; empty if it has all levels."""
        levels = self.diagram_specs[0].levels
        return "" if levels == self.structure_levels else levels[-1].name

    @property
    def tree_nodes(self) -> Iterator[TreeNode]:
        """Every node in reading order, including repeats."""
        for root in self.roots:
            yield from root.walk()
