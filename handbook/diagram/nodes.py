"""Convert a diagram specification into layout nodes, each with the size that its text needs.

A layout node is one node of the Graphviz graph: a box, the frame around the leaves of one parent, or a spacer that
reserves the path of an edge through a column that its branch skips.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from handbook.diagram import text_metrics
from handbook.model import BoxSize, DiagramSpec, Phrase, PhraseList, TreeNode

Phrases = Mapping[str, PhraseList]
"""The phrases of each name. Lines break between phrases only."""
_REPEAT_NOTE: Phrase = ("（再掲）",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramStyle:
    """The sizes in one style of diagram: `_px` in CSS pixels, `_em` in em."""

    font_px: float
    root_width_em: float
    """Widest line of a box above the branches, and of the first box of a narrow diagram."""
    inner_width_em: float
    """Widest line of a box between these and the last column."""
    row_width_em: float
    """Widest line of a row or of a box in the last column."""
    gap_px: float
    """Space between columns."""
    padding_px: float
    """Padding of a box."""
    min_box_height_px: float = 0
    """Least height of a box, for touch screens. 0 for the diagram of the whole plan: its page also has a list."""
    line_height: float = text_metrics.LINE_HEIGHT
    """Line height in em."""


DIAGRAM_STYLES = {
    "whole": DiagramStyle(font_px=13, root_width_em=8, inner_width_em=12, row_width_em=42, gap_px=24, padding_px=7),
    "branch": DiagramStyle(
        font_px=14, root_width_em=9, inner_width_em=11, row_width_em=32, gap_px=24, padding_px=8, min_box_height_px=24
    ),
    "narrow": DiagramStyle(
        font_px=12, root_width_em=6, inner_width_em=6.5, row_width_em=10, gap_px=12, padding_px=5, min_box_height_px=30
    ),
    # In print: a sheet is A3 landscape, which has room for wide rows; a leaf is A4 portrait. The booklet scales both.
    "sheet": DiagramStyle(
        font_px=10, root_width_em=8, inner_width_em=20, row_width_em=64, gap_px=14, padding_px=3, line_height=1.22
    ),
    "leaf": DiagramStyle(
        font_px=10, root_width_em=8, inner_width_em=9, row_width_em=28, gap_px=12, padding_px=5, line_height=1.3
    ),
}


def box_colours(box: BoxSize) -> tuple[str, str]:
    """Return the tokens of the background (`none` for a row) and of the text of a box."""
    branch = box.node.colour_token if box.node else "branch-0"
    return {"row": ("none", "text"), "inner": (f"{branch}-tint", "text")}.get(box.role, (branch, "surface"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutNode:
    """One node of the Graphviz graph. Sizes are in CSS pixels."""

    node_name: str
    """The id of the node, or a name with an underscore at its start, which no id has."""
    parent: str
    """Name of the parent in the graph; empty for a root."""
    column: int
    width: float
    height: float
    boxes: tuple[BoxSize, ...]
    """One box, or the rows of a frame from the top; () for a spacer."""
    rows_top: float = 0
    """Distance from the top edge of a frame to its first row."""
    tree_node: TreeNode | None = None
    """The parent of the leaves in a frame; None for a box or a spacer."""


def layout_nodes(spec: DiagramSpec, phrases: Phrases) -> list[LayoutNode]:
    """Return the layout nodes of a diagram, depth first."""
    return list(_NodeBuilder(spec, phrases).build())


class _NodeBuilder:
    """Build the layout nodes of one diagram."""

    def __init__(self, spec: DiagramSpec, phrases: Phrases) -> None:
        self.spec = spec
        self.phrases = phrases
        self.style = DIAGRAM_STYLES[spec.style]
        first = 1 if spec.subject else 0
        self.columns = {level.name: column for column, level in enumerate(spec.levels, first)}

    def build(self) -> Iterator[LayoutNode]:
        root = ""
        if self.spec.subject:
            root = "_subject"
            phrases = self.phrases[self.spec.subject]
            yield self._layout_node(root, "", 0, self._box(None, "", phrases, self.style.root_width_em))
        for node in (node for node in self.spec.roots if node.level.name in self.columns):
            yield from self._subtree(node, root, "", 1 if root else 0)

    def _subtree(self, node: TreeNode, layout_parent: str, parent_id: str, first_column: int) -> Iterator[LayoutNode]:
        """Yield the layout nodes of a node and of everything below it, with spacers from `first_column` on."""
        column = self.columns[node.level.name]
        name = f"_again-{layout_parent}-{node.id}" if node.is_repeat else node.id
        if layout_parent:
            spacers = list(self._spacer_nodes(name, layout_parent, range(first_column, column)))
            yield from spacers
            layout_parent = spacers[-1].node_name if spacers else layout_parent
        (first, *words), *phrases = self.phrases[node.name]
        phrases = [(node.level.symbol + first, *words), *phrases, *([_REPEAT_NOTE] if node.is_repeat else [])]
        box = self._box(node, parent_id, phrases, self._max_line_em(node, column))
        yield self._layout_node(name, layout_parent, column, box)
        children = [child for child in node.children if child.level.name in self.columns]
        if children and not any(self._has_drawn_children(child) for child in children):
            yield from self._frame(node, box.height, children, name, column + 1)
            return
        for child in children:
            yield from self._subtree(child, name, node.id, column + 1)

    def _has_drawn_children(self, node: TreeNode) -> bool:
        return any(child.level.name in self.columns for child in node.children)

    def _max_line_em(self, node: TreeNode, column: int) -> float:
        """Return the greatest width of a line in the box of a node, in em."""
        if self.spec.style == "narrow" and node is self.spec.roots[0]:
            return self.style.root_width_em
        if column == max(self.columns.values()):
            return self.style.row_width_em
        return self.style.inner_width_em if node.branch_ordinal else self.style.root_width_em

    def _spacer_nodes(self, name: str, parent: str, columns: range) -> Iterator[LayoutNode]:
        """Yield a chain of spacers below `parent`, one in each of the skipped columns."""
        for column in columns:
            spacer = f"_lane-{name}-{column}"
            yield LayoutNode(
                node_name=spacer, parent=parent, column=column, width=1, height=self.style.font_px, boxes=()
            )
            parent = spacer

    def _frame(
        self, node: TreeNode, min_height: float, leaves: list[TreeNode], layout_parent: str, first_column: int
    ) -> Iterator[LayoutNode]:
        """Yield one frame for all leaves of a node, at least as high as the box of the node."""
        column = min(self.columns[leaf.level.name] for leaf in leaves)
        spacers = list(self._spacer_nodes(f"{node.id}-list", layout_parent, range(first_column, column)))
        yield from spacers
        rows = [self._leaf_row(leaf, node.id) for leaf in leaves]
        rows_height = sum(row.height for row in rows)
        height = max(min_height, _round_up_to_even(rows_height + self.style.padding_px))
        yield LayoutNode(
            node_name=f"_list-{node.id}",
            parent=spacers[-1].node_name if spacers else layout_parent,
            column=column,
            width=max(row.width for row in rows),
            height=height,
            boxes=tuple(rows),
            rows_top=(height - rows_height) / 2,
            tree_node=node,
        )

    def _leaf_row(self, leaf: TreeNode, parent_id: str) -> BoxSize:
        phrases = [*self.phrases[leaf.name], *([_REPEAT_NOTE] if leaf.is_repeat else [])]
        symbol = leaf.level.symbol or "・"
        indent = text_metrics.text_width_em(symbol)
        max_em = self.style.row_width_em - indent
        lines = text_metrics.wrap_lines(phrases, max_em)
        width_em = text_metrics.column_em(lines, max_em) + indent
        lines = (symbol + lines[0], *lines[1:])
        return self._sized(leaf, parent_id, lines, width_em, 0.3 * self.style.padding_px, is_row=True)

    def _box(self, node: TreeNode | None, parent_id: str, phrases: Sequence[Phrase], max_em: float) -> BoxSize:
        """Return the box of a node or of the subject, with room for the small number above the name."""
        has_number = node is None or bool(node.number)
        extra_height = 1.6 * self.style.padding_px + (1.1 * self.style.font_px if has_number else 0)
        lines = text_metrics.balance_lines(phrases, max_em)
        width_em = text_metrics.column_em(lines, max_em)
        return self._sized(node, parent_id, lines, width_em, extra_height, is_row=False)

    def _sized(
        self,
        node: TreeNode | None,
        parent_id: str,
        lines: tuple[str, ...],
        width_em: float,
        extra_height: float,
        *,
        is_row: bool,
    ) -> BoxSize:
        style = self.style
        width = _round_up_to_even(width_em * style.font_px + 2 * style.padding_px)
        text_height = len(lines) * style.line_height * style.font_px
        height = _round_up_to_even(max(text_height + extra_height, style.min_box_height_px))
        return BoxSize(node=node, parent=parent_id, is_row=is_row, lines=lines, width=width, height=height)

    def _layout_node(self, name: str, parent: str, column: int, box: BoxSize) -> LayoutNode:
        return LayoutNode(
            node_name=name, parent=parent, column=column, width=box.width, height=box.height, boxes=(box,)
        )


def _round_up_to_even(pixels: float) -> int:
    """Round up to an even number. A half of it is whole, so engines cannot round it differently."""
    return 2 * math.ceil(pixels / 2)
