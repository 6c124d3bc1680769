"""A figure → the plates it is made of, each as large as its words need. No engine yet.

A plate is one node to Graphviz: a box, the common frame of one parent's leaves, or a passage that keeps a lane
open through a column which a branch skips.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handbook.draw import lettering
from handbook.model import BoxSize, Entry, Figure

Phrases = Mapping[str, tuple[str, ...]]
"""A name cut where its lines may break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the figures of one kind are drawn: letters, gap and pad in pixels, line widths in em."""

    letters: float
    head: float
    """Widest line of a box above the branches, and of a narrow figure's first box."""
    inner: float
    rows: float
    """Widest line of a row."""
    gap: float
    """Between columns."""
    pad: float
    """Inside a box."""
    press: float = 0
    """Least height of a row: a finger has to hit it. The whole diagram has the list of the same page beside it."""
    leading: float = lettering.LEADING


SIZES = {
    "whole": Size(letters=13, head=8, inner=12, rows=42, gap=24, pad=7),
    "branch": Size(letters=14, head=9, inner=11, rows=32, gap=24, pad=8, press=24),
    "narrow": Size(letters=12, head=6, inner=6.5, rows=10, gap=12, pad=5, press=30),
    # In print: a sheet is A3 lying and so has wide rows, a leaf A4 upright. The booklet scales them to its pages.
    "sheet": Size(letters=10, head=8, inner=20, rows=64, gap=14, pad=3, leading=1.22),
    "leaf": Size(letters=10, head=8, inner=9, rows=28, gap=12, pad=5, leading=1.3),
}


def paint(box: BoxSize) -> tuple[str, str]:
    """Return the tokens of a box's ground (`none` for a row) and of its letters."""
    shade = box.entry.colour if box.entry else "branch-0"
    return {"row": ("none", "text"), "inner": (f"{shade}-tint", "text")}.get(box.role, (shade, "surface"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """One node to Graphviz."""

    name: str
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
    owner: Entry | None = None
    """Whose leaves are framed, where it is a frame."""


def plates(figure: Figure, phrases: Phrases) -> list[Plate]:
    """Return a figure's plates, depth first."""
    return list(_Cutter(figure, phrases).all())


class _Cutter:
    """Knows one figure's size and columns while its plates are cut."""

    def __init__(self, figure: Figure, phrases: Phrases) -> None:
        self.figure = figure
        self.phrases = phrases
        self.size = SIZES[figure.size]
        first = 1 if figure.subject else 0
        self.columns = {level.name: place for place, level in enumerate(figure.levels, first)}

    def all(self) -> Iterator[Plate]:
        top = ""
        if self.figure.subject:
            top = "_subject"
            lines = lettering.balanced(self.phrases[self.figure.subject], self.size.head)
            yield self._plate(top, "", 0, self._box(None, "", lines, tagged=True))
        for entry in (root for root in self.figure.roots if root.level.name in self.columns):
            yield from self._branch(entry, top, "", 1 if top else 0)

    def _branch(self, entry: Entry, above: str, parent: str, column: int) -> Iterator[Plate]:
        """Yield an entry's plate and all that hang from it; `column` is the first it may stand in."""
        own = self.columns[entry.level.name]
        name = f"_again-{above}-{entry.id}" if entry.again else entry.id
        if above:
            lane = list(self._lane(name, above, range(column, own)))
            yield from lane
            above = lane[-1].name if lane else above
        words = [entry.level.mark + self.phrases[entry.name][0], *self.phrases[entry.name][1:]]
        lines = lettering.balanced([*words, "（再掲）"] if entry.again else words, self._most(entry, own))
        box = self._box(entry, parent, lines, tagged=bool(entry.number))
        yield self._plate(name, above, own, box)
        shown = [child for child in entry.children if child.level.name in self.columns]
        if shown and not any(self._below(child) for child in shown):
            yield from self._list(entry, box.height, shown, name, own + 1)
            return
        for child in shown:
            yield from self._branch(child, name, entry.id, own + 1)

    def _below(self, entry: Entry) -> bool:
        return any(child.level.name in self.columns for child in entry.children)

    def _most(self, entry: Entry, column: int) -> float:
        """Return the widest line in em that a box may have."""
        if self.figure.size == "narrow" and entry is self.figure.roots[0]:
            return self.size.head
        if column == max(self.columns.values()):
            return self.size.rows
        return self.size.inner if entry.branch else self.size.head

    def _lane(self, name: str, above: str, skipped: range) -> Iterator[Plate]:
        for column in skipped:
            passage = f"_lane-{name}-{column}"
            yield Plate(name=passage, parent=above, column=column, width=1, height=self.size.letters, boxes=())
            above = passage

    def _list(self, owner: Entry, least: float, leaves: list[Entry], above: str, column: int) -> Iterator[Plate]:
        """Yield one frame for all leaves of an entry, at least as high as the entry's own box."""
        own = min(self.columns[leaf.level.name] for leaf in leaves)
        lane = list(self._lane(f"{owner.id}-list", above, range(column, own)))
        yield from lane
        rows = [self._row(leaf, owner.id) for leaf in leaves]
        width = max(row.width for row in rows)
        full = sum(row.height for row in rows)
        height = max(least, _even(full + self.size.pad))
        yield Plate(
            name=f"_list-{owner.id}",
            parent=lane[-1].name if lane else above,
            column=own,
            width=width,
            height=height,
            boxes=tuple(rows),
            rows_top=(height - full) / 2,
            owner=owner,
        )

    def _row(self, leaf: Entry, parent: str) -> BoxSize:
        phrases = [*self.phrases[leaf.name], *(["（再掲）"] if leaf.again else [])]
        mark = leaf.level.mark or "・"
        hang = lettering.width(mark)
        lines = lettering.lines(phrases, self.size.rows - hang)
        width = max(map(lettering.width, lines)) + hang
        return self._sized(leaf, parent, (mark + lines[0], *lines[1:]), width, 0.3 * self.size.pad, row=True)

    def _box(self, entry: Entry | None, parent: str, lines: tuple[str, ...], *, tagged: bool) -> BoxSize:
        """Return a box; a tag is the small line above its name that bears the number."""
        more = 1.6 * self.size.pad + (1.1 * self.size.letters if tagged else 0)
        return self._sized(entry, parent, lines, max(map(lettering.width, lines)), more, row=False)

    def _sized(
        self, entry: Entry | None, parent: str, lines: tuple[str, ...], width: float, more: float, *, row: bool
    ) -> BoxSize:
        wide = _even(width * self.size.letters + 2 * self.size.pad)
        high = _even(max(len(lines) * self.size.leading * self.size.letters + more, self.size.press))
        return BoxSize(entry=entry, parent=parent, row=row, lines=lines, width=wide, height=high)

    def _plate(self, name: str, above: str, column: int, box: BoxSize) -> Plate:
        return Plate(name=name, parent=above, column=column, width=box.width, height=box.height, boxes=(box,))


def _even(pixels: float) -> int:
    """Round up to an even number: engines round halves in different ways, and so there are none."""
    return 2 * math.ceil(pixels / 2)
