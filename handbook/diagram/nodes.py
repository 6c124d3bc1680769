"""A figure → the plates it is made of, each as large as its words need. No engine yet.

A plate is one node to Graphviz: a box, the common frame of one parent's leaves, or a passage that keeps a lane
open through a column which a branch skips.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handbook.diagram import text_metrics
from handbook.model import BoxSize, DiagramSpec, TreeNode

Phrases = Mapping[str, tuple[str, ...]]
"""A name cut where its lines may break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramStyle:
    """How large the figures of one kind are drawn: letters, gap and pad in pixels, line widths in em."""

    font_px: float
    root_width_em: float
    """Widest line of a box above the branches, and of a narrow figure's first box."""
    inner_width_em: float
    row_width_em: float
    """Widest line of a row."""
    gap_px: float
    """Between columns."""
    padding_px: float
    """Inside a box."""
    min_row_height_px: float = 0
    """Least height of a row: a finger has to hit it. The whole diagram has the list of the same page beside it."""
    line_height: float = text_metrics.LINE_HEIGHT


DIAGRAM_STYLES = {
    "whole": DiagramStyle(font_px=13, root_width_em=8, inner_width_em=12, row_width_em=42, gap_px=24, padding_px=7),
    "branch": DiagramStyle(
        font_px=14, root_width_em=9, inner_width_em=11, row_width_em=32, gap_px=24, padding_px=8, min_row_height_px=24
    ),
    "narrow": DiagramStyle(
        font_px=12, root_width_em=6, inner_width_em=6.5, row_width_em=10, gap_px=12, padding_px=5, min_row_height_px=30
    ),
    # In print: a sheet is A3 lying and so has wide rows, a leaf A4 upright. The booklet scales them to its pages.
    "sheet": DiagramStyle(
        font_px=10, root_width_em=8, inner_width_em=20, row_width_em=64, gap_px=14, padding_px=3, line_height=1.22
    ),
    "leaf": DiagramStyle(
        font_px=10, root_width_em=8, inner_width_em=9, row_width_em=28, gap_px=12, padding_px=5, line_height=1.3
    ),
}


def box_colours(box: BoxSize) -> tuple[str, str]:
    """Return the tokens of a box's ground (`none` for a row) and of its letters."""
    shade = box.node.colour_token if box.node else "branch-0"
    return {"row": ("none", "text"), "inner": (f"{shade}-tint", "text")}.get(box.role, (shade, "surface"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutNode:
    """One node to Graphviz."""

    node_name: str
    """Ids have no underscore, so a name that starts with one is never an id."""
    parent: str
    """Name of the plate it hangs from; empty at the top."""
    column: int
    width: float
    height: float
    boxes: tuple[BoxSize, ...]
    """One box; the rows of a frame, from the top; none in a passage."""
    rows_top: float = 0
    """Pixels from the top edge of a frame to its first row."""
    tree_node: TreeNode | None = None
    """Whose leaves are framed, where it is a frame."""


def layout_nodes(figure: DiagramSpec, phrases: Phrases) -> list[LayoutNode]:
    """Return a figure's plates, depth first."""
    return list(_NodeBuilder(figure, phrases).build())


class _NodeBuilder:
    """Knows one figure's size and columns while its plates are cut."""

    def __init__(self, figure: DiagramSpec, phrases: Phrases) -> None:
        self.figure = figure
        self.phrases = phrases
        self.size = DIAGRAM_STYLES[figure.style]
        first = 1 if figure.subject else 0
        self.columns = {level.name: place for place, level in enumerate(figure.levels, first)}

    def build(self) -> Iterator[LayoutNode]:
        top = ""
        if self.figure.subject:
            top = "_subject"
            lines = text_metrics.balance_lines(self.phrases[self.figure.subject], self.size.root_width_em)
            yield self._layout_node(top, "", 0, self._box(None, "", lines, tagged=True))
        for entry in (root for root in self.figure.roots if root.level.name in self.columns):
            yield from self._subtree(entry, top, "", 1 if top else 0)

    def _subtree(self, entry: TreeNode, above: str, parent: str, column: int) -> Iterator[LayoutNode]:
        """Yield an entry's plate and all that hang from it; `column` is the first it may stand in."""
        own = self.columns[entry.level.name]
        name = f"_again-{above}-{entry.id}" if entry.is_repeat else entry.id
        if above:
            lane = list(self._spacer_nodes(name, above, range(column, own)))
            yield from lane
            above = lane[-1].node_name if lane else above
        words = [entry.level.symbol + self.phrases[entry.name][0], *self.phrases[entry.name][1:]]
        lines = text_metrics.balance_lines(
            [*words, "（再掲）"] if entry.is_repeat else words, self._max_line_em(entry, own)
        )
        box = self._box(entry, parent, lines, tagged=bool(entry.number))
        yield self._layout_node(name, above, own, box)
        shown = [child for child in entry.children if child.level.name in self.columns]
        if shown and not any(self._has_drawn_children(child) for child in shown):
            yield from self._list(entry, box.height, shown, name, own + 1)
            return
        for child in shown:
            yield from self._subtree(child, name, entry.id, own + 1)

    def _has_drawn_children(self, entry: TreeNode) -> bool:
        return any(child.level.name in self.columns for child in entry.children)

    def _max_line_em(self, entry: TreeNode, column: int) -> float:
        """Return the widest line in em that a box may have."""
        if self.figure.style == "narrow" and entry is self.figure.roots[0]:
            return self.size.root_width_em
        if column == max(self.columns.values()):
            return self.size.row_width_em
        return self.size.inner_width_em if entry.branch_ordinal else self.size.root_width_em

    def _spacer_nodes(self, name: str, above: str, skipped: range) -> Iterator[LayoutNode]:
        for column in skipped:
            passage = f"_lane-{name}-{column}"
            yield LayoutNode(
                node_name=passage, parent=above, column=column, width=1, height=self.size.font_px, boxes=()
            )
            above = passage

    def _list(
        self, owner: TreeNode, least: float, leaves: list[TreeNode], above: str, column: int
    ) -> Iterator[LayoutNode]:
        """Yield one frame for all leaves of an entry, at least as high as the entry's own box."""
        own = min(self.columns[leaf.level.name] for leaf in leaves)
        lane = list(self._spacer_nodes(f"{owner.id}-list", above, range(column, own)))
        yield from lane
        rows = [self._leaf_row(leaf, owner.id) for leaf in leaves]
        width = max(row.width for row in rows)
        full = sum(row.height for row in rows)
        height = max(least, _round_up_to_even(full + self.size.padding_px))
        yield LayoutNode(
            node_name=f"_list-{owner.id}",
            parent=lane[-1].node_name if lane else above,
            column=own,
            width=width,
            height=height,
            boxes=tuple(rows),
            rows_top=(height - full) / 2,
            tree_node=owner,
        )

    def _leaf_row(self, leaf: TreeNode, parent: str) -> BoxSize:
        phrases = [*self.phrases[leaf.name], *(["（再掲）"] if leaf.is_repeat else [])]
        mark = leaf.level.symbol or "・"
        hang = text_metrics.text_width_em(mark)
        lines = text_metrics.wrap_lines(phrases, self.size.row_width_em - hang)
        width = max(map(text_metrics.text_width_em, lines)) + hang
        return self._sized(leaf, parent, (mark + lines[0], *lines[1:]), width, 0.3 * self.size.padding_px, row=True)

    def _box(self, entry: TreeNode | None, parent: str, lines: tuple[str, ...], *, tagged: bool) -> BoxSize:
        """Return a box; a tag is the small line above its name that bears the number."""
        more = 1.6 * self.size.padding_px + (1.1 * self.size.font_px if tagged else 0)
        return self._sized(entry, parent, lines, max(map(text_metrics.text_width_em, lines)), more, row=False)

    def _sized(
        self, entry: TreeNode | None, parent: str, lines: tuple[str, ...], width: float, more: float, *, row: bool
    ) -> BoxSize:
        wide = _round_up_to_even(width * self.size.font_px + 2 * self.size.padding_px)
        high = _round_up_to_even(
            max(len(lines) * self.size.line_height * self.size.font_px + more, self.size.min_row_height_px)
        )
        return BoxSize(node=entry, parent=parent, is_row=row, lines=lines, width=wide, height=high)

    def _layout_node(self, name: str, above: str, column: int, box: BoxSize) -> LayoutNode:
        return LayoutNode(node_name=name, parent=above, column=column, width=box.width, height=box.height, boxes=(box,))


def _round_up_to_even(pixels: float) -> int:
    """Round up to an even number: engines round halves in different ways, and so there are none."""
    return 2 * math.ceil(pixels / 2)
