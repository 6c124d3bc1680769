"""Nodes in their places: what lists, trails, tables and diagrams show of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handbook.model.plan import Level, Node

BRANCHES = 6
"""Colours there are for the top branches; the seventh has the first again."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many nodes of a level lie beneath a place, each counted once."""

    level: Level
    number: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A node in its place: what lists, trails, tables and drawings show of it."""

    node: Node
    path: str
    """Of its page, from the top of the site."""
    number: str
    """Such as 1-2-3, computed from the place; empty above the first level that branches."""
    branch: int
    """Which top branch it belongs to, from 1; 0 above them."""
    again: bool
    """Shown here once more; it stands elsewhere, and its children are listed there."""
    children: tuple[Entry, ...]
    counts: tuple[Count, ...]

    @property
    def id(self) -> str:
        """The node's own."""
        return self.node.id

    @property
    def name(self) -> str:
        """The node's own."""
        return self.node.name

    @property
    def level(self) -> Level:
        """The node's own."""
        return self.node.level

    @property
    def colour(self) -> str:
        """Class and token of its branch's colour: `branch-0` above the branches, then `branch-1` and so on."""
        return f"branch-{(self.branch - 1) % BRANCHES + 1}" if self.branch else "branch-0"

    @property
    def height(self) -> int:
        """How many steps lead down to the deepest leaf; 0 for a leaf."""
        return 1 + max(child.height for child in self.children) if self.children else 0

    def walk(self) -> Iterator[Entry]:
        """Itself and all beneath, depth first, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Figure:
    """A structure diagram that is wanted: which part of the tree, how deep, how wide."""

    name: str
    """Of its files, without the ending."""
    title: str
    size: str
    """`whole`, `branch` or `narrow` on the web; `sheet` or `leaf` in print."""
    subject: str
    """The subject drawn before the first level, where the plan has one and the figure is the whole."""
    roots: tuple[Entry, ...]
    levels: tuple[Level, ...]
    """The levels drawn, outermost first."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the structure table."""

    entries: tuple[Entry, ...]
    """One node; or the leaves of a row; or none in a filler."""
    listed: bool
    """The leaves of a row stand in one cell as a list."""
    rows: int
    columns: int
