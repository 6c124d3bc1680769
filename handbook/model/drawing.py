"""Diagrams after layout."""

from __future__ import annotations

from dataclasses import dataclass

from handbook.model.entry import Entry, Figure


@dataclass(frozen=True, slots=True)
class Box:
    """A linked rectangle. Units are CSS pixels from the top left corner of its drawing; before layout, of its plate."""

    entry: Entry | None
    """None for the subject, which leads to the front page."""
    parent: str
    """Id of the entry above it in the drawing, empty for the first."""
    row: bool
    """A leaf that stands in the common frame of its parent's list."""
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]

    @property
    def role(self) -> str:
        """How strongly it is drawn: `head` above the branches, `branch`, `inner`, `row`."""
        if self.row:
            return "row"
        if not self.entry or not self.entry.branch:
            return "head"
        return "branch" if "-" not in self.entry.number else "inner"


@dataclass(frozen=True, slots=True)
class Frame:
    """The common frame of a list's rows."""

    owner: Entry
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from a parent to a child, or to all the children in one frame, as corners."""

    parent: str
    children: tuple[str, ...]
    colour: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A structure diagram with every coordinate settled."""

    figure: Figure
    width: float
    height: float
    letters: float
    """Size of its letters in pixels."""
    heads: tuple[tuple[float, float, str], ...]
    """Of each column: left edge, width and name."""
    boxes: tuple[Box, ...]
    """Depth first: the order a keyboard and a screen reader follow."""
    frames: tuple[Frame, ...]
    edges: tuple[Edge, ...]
    dot: str
    """The graph in Graphviz's own language."""
