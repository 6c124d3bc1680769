"""The site: every page in its place, with the values that several pages show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handbook.model.entry import Cell, Count, Entry, Figure
from handbook.model.page import Group, KanaGroup, Listed, Page
from handbook.model.plan import Level, Plan
from handbook.model.record import Chart, Way


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect from a former path of a page."""

    path: str
    to: Way

    @property
    def root(self) -> str:
        """The relative path from the redirect to the top of the site."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Every page, and the values that several pages show."""

    plan: Plan
    roots: tuple[Entry, ...]
    heads: tuple[Entry, ...]
    """The single nodes above the branches, outermost first."""
    branches: tuple[Entry, ...]
    """The nodes of the first level that has more than one."""
    branch_level: str
    """The name of the level of the branches."""
    brief: bool
    """Whether the front page leaves out the nodes below the children of the branches, because there are too many."""
    counts: tuple[Count, ...]
    """The number of nodes on every level of the plan, the empty levels too."""
    figures: tuple[Figure, ...]
    apart: tuple[Entry, ...]
    """The roots of the narrow diagrams if these are too many for one page; else empty."""
    charts: tuple[Chart, ...]
    sheets: tuple[Figure, ...]
    """The diagrams of the booklet: the whole plan first, then each branch."""
    columns: tuple[Level, ...]
    """The levels that have a node: the columns of the structure table."""
    rows: tuple[tuple[Cell, ...], ...]
    """The rows of the structure table, with merged cells."""
    audiences: tuple[Group, ...]
    """The nodes that name each audience. A node below one of them is left out."""
    kana: tuple[KanaGroup, ...]
    """Every node and term with a reading, in the order of the kana, by rows of the kana table."""
    listed: tuple[Listed, ...]
    """The leaves of the tree, by parent."""
    pages: tuple[Page, ...]
    menu: tuple[Page, ...]
    """The pages linked in the header of every page."""
    foot: tuple[Page, ...]
    """The pages linked in the footer of every page."""
    ledger: tuple[Page, ...]
    """The pages of the departments and of the years, linked from the progress page."""
    redirects: tuple[Redirect, ...]

    @property
    def drawn_to(self) -> str:
        """The deepest level in the diagram of the whole plan; empty if it has all levels."""
        levels = self.figures[0].levels
        return "" if levels == self.columns else levels[-1].name

    @property
    def entries(self) -> Iterator[Entry]:
        """Every node in reading order, repeats too."""
        for root in self.roots:
            yield from root.walk()
