"""Boxes before layout and diagrams after layout."""

from __future__ import annotations

from dataclasses import dataclass

from handbook.model.tree import DiagramSpec, TreeNode


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSize:
    """A linked rectangle before layout: its text and its size in CSS pixels."""

    node: TreeNode | None
    """None for the subject, whose link leads to the front page."""
    parent: str
    """Id of the parent node in the drawing; empty for the first box."""
    is_row: bool
    """Whether the box is a row in the common frame of its parent's leaves."""
    lines: tuple[str, ...]
    width: float
    height: float

    @property
    def role(self) -> str:
        """How strongly the box is drawn: `head` above the branches, `branch`, `inner`, `row`."""
        if self.is_row:
            return "row"
        if not self.node or not self.node.branch_ordinal:
            return "head"
        return "branch" if "-" not in self.node.number else "inner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box(BoxSize):
    """A linked rectangle after layout. Its width is that of its column."""

    x: float
    """CSS pixels from the left edge of the drawing."""
    y: float
    """CSS pixels from the top edge of the drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The common frame of a list's rows."""

    parent_node: TreeNode
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """A structure diagram with every coordinate settled."""

    figure: DiagramSpec
    width: float
    height: float
    font_px: float
    """Size of its letters in pixels."""
    column_headings: tuple[tuple[float, float, str], ...]
    """Of each column: left edge, width and name."""
    boxes: tuple[Box, ...]
    """Depth first: the order a keyboard and a screen reader follow."""
    frames: tuple[Frame, ...]
    edges: tuple[Edge, ...]
    dot: str
    """The graph in Graphviz's own language."""
