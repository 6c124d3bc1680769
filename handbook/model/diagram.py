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
    """Id of the parent node in the diagram; empty for the first box."""
    is_row: bool
    """Whether the box is a row in the common frame of its parent's leaves."""
    lines: tuple[str, ...]
    width: float
    height: float

    @property
    def role(self) -> str:
        """The visual weight of the box: `head` above the branches, `branch`, `inner`, `row`."""
        if self.is_row:
            return "row"
        if not self.node or not self.node.branch_ordinal:
            return "head"
        return "branch" if "-" not in self.node.number else "inner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box(BoxSize):
    """A linked rectangle after layout. Its width is that of its column."""

    x: float
    """CSS pixels from the left edge of the diagram."""
    y: float
    """CSS pixels from the top edge of the diagram."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame around the rows of one parent's leaves. Position and size are in CSS pixels."""

    parent_node: TreeNode
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A polyline from a parent to a child, or to all children in one frame."""

    parent: str
    """Id of the parent node; empty for the subject."""
    children: tuple[str, ...]
    colour: str
    """Colour token of the parent's branch."""
    points: tuple[tuple[float, float], ...]
    """The corners, from the parent to the child."""


FILE_TITLE_HEIGHT = 48
"""CSS pixels above a diagram for its title, in its file in diagrams/; inside a page it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """A structure diagram after layout. Sizes are in CSS pixels."""

    spec: DiagramSpec
    width: float
    height: float
    font_px: float
    """Font size in CSS pixels."""
    column_headings: tuple[tuple[float, float, str], ...]
    """Left edge, width and name of each column."""
    boxes: tuple[Box, ...]
    """Depth first: the order of keyboard focus and of screen readers."""
    frames: tuple[Frame, ...]
    edges: tuple[Edge, ...]
    dot: str
    """The graph in Graphviz's DOT language."""
