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
    """A stub at an earlier address."""

    path: str
    to: Way

    @property
    def root(self) -> str:
        """The way from it to the top of the site."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Every page, in its place."""

    plan: Plan
    roots: tuple[Entry, ...]
    heads: tuple[Entry, ...]
    """The entries above the first level that branches: what the whole plan aims at."""
    branches: tuple[Entry, ...]
    """The top branches: the first level with more than one node."""
    branch_level: str
    """The name of the level of the branches."""
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
    kana: tuple[KanaGroup, ...]
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
