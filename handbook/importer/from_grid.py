"""A structure table with merged or lost cells → the plan's record, and every cell that could mean something else.

Two things tell where a cell belongs: the column and rows it spans, and the mark it bears. ○ and its like open a node
of one level, ・ at the start of a cell or behind a space opens a node of the last; elsewhere ・ joins words. In a
workbook the spans are known. Text keeps the order of the cells and loses their columns, so there the marks lead.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from handbook.importer.grid_heading import LEVEL_SYMBOLS, GridHeading, join_cell_lines
from handbook.importer.spreadsheets import Sheet
from handbook.json_types import Json, JsonObject
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, REPEAT_COLUMN

REPEAT_SUFFIX = "（再掲）"
MAX_NAME_CHARS = 60
"""Characters above which a cell probably holds a name and a text."""
_LEVEL_SYMBOL = re.compile(rf"(?:^|(?<=\s))([{LEVEL_SYMBOLS}])\s*")


@dataclass(slots=True)
class GridNode:
    """A node as it stands in the table."""

    name: str
    level: int
    row: int
    column: int
    last_row: int | None
    """The last row of its merged area; None where nothing is merged, so that it goes on until the next."""
    text: str = ""
    children: list[GridNode] = field(default_factory=list)


class GridImporter:
    """Reads one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.heading = GridHeading(sheet)
        self.doubts = self.heading.doubts
        self.levels, self.columns, self.marks = self.heading.levels, self.heading.columns, self.heading.marks
        self.fillers: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """The empty merged areas that begin in a row: first column, and how many."""
        for (row, column), (rows, wide) in sheet.merged_areas.items():
            if (row, column) not in sheet.cells and rows * wide > 1:
                self.fillers[row].append((column, wide))
        self.now: list[GridNode | None] = [None] * len(self.levels)
        self.top: list[GridNode] = []
        self.lost: set[tuple[int, int]] = set()

    def plan_dict(self) -> JsonObject:
        """Return the record of the plan."""
        about = self.heading.plan_fields()
        for row, column in sorted(self.sheet.formula_cells):
            self._warn(row, column, "formula", "計算式なので、いちばん新しく計算された値を読みました")
        for row in self.heading.body:
            self._read_row(row)
        for found in _walk(self.top):
            self._warn_if_suspicious(found)
        paths = [f"level-{number}" for number, _ in enumerate(self.levels, 1)]
        ids = {id(found): f"{paths[found.level]}-{number}" for number, found in _provisional_ids(self.top, "")}
        levels: list[Json] = [
            {"名称": level, "path": path, **({"記号": self.marks[number]} if number in self.marks else {})}
            for number, (level, path) in enumerate(zip(self.levels, paths, strict=True))
        ]
        return {"計画": {**about}, "階層": levels, CHILDREN_KEY: [self._node_dict(found, ids) for found in self.top]}

    def _warn(self, row: int, column: int, rule: str, message: str) -> None:
        self.doubts.append(self.sheet.warning(row, column, rule, message))

    # --- rows ---

    def _read_row(self, row: int) -> None:
        cells = self.heading.rows[row]
        marked = {mark: level for level, mark in self.marks.items()}
        opening = [number for number, (_, text) in enumerate(cells) if text[0] in marked]
        if not opening and (len(cells) == 1 or not self.sheet.is_rectangular) and row > self.heading.last:
            for column, text in cells:
                self._warn(
                    row, column, "below-table", f"表の下にある `{text[:30]}` は、下に何もないので使いませんでした"
                )
            return
        self._close_levels(row)
        first = opening[0] if opening else len(cells)
        for number, (column, text) in enumerate(cells):
            if text[0] in marked:
                self._open_marked_nodes(row, column, text, marked[text[0]])
                continue
            before = marked[cells[first][1][0]] - (first - number) if opening and number < first else None
            level = self._level_of(row, column, text, before)
            if level is None:
                self._warn(
                    row, column, "too-many-cells", f"`{text[:30]}` がどの階層のものか分からないので、使いませんでした"
                )
            else:
                self._open(row, column, text, level)

    def _close_levels(self, row: int) -> None:
        """Close the levels over which an empty merged area lies: nothing stands there, and nothing goes on there."""
        for column, wide in self.fillers.get(row, ()):
            for level in {self.columns[c] for c in range(column, column + wide) if c in self.columns}:
                self.now[level] = None

    def _level_of(self, row: int, column: int, text: str, before: int | None) -> int | None:
        """Return the level of a cell without a mark; `before` is what its place in front of a marked cell says."""
        own = self.columns.get(column)
        if self.sheet.is_rectangular:
            if own in self.marks:
                self._warn(
                    row, column, "no-mark", f"`{text[:30]}` に印 `{self.marks[own]}` がありません。列の場所で読みました"
                )
            return own
        if before is None:
            self._warn(row, column, "no-mark", f"`{text[:30]}` の行に印の付いたセルがありません。列の場所で読みました")
            return own
        if before < 0:
            return None
        if own != before:
            where = f"`{self.levels[own]}` の列" if own is not None else "表の外"
            message = f"`{text[:30]}` は{where}にありますが、右どなりの印から `{self.levels[before]}` と読みました"
            self._warn(row, column, "moved-cell", message)
        return before

    def _open_marked_nodes(self, row: int, column: int, text: str, level: int) -> None:
        """Open each of the nodes that a cell with marks holds."""
        own = self.columns.get(column)
        if self.sheet.is_rectangular and own != level:
            message = f"印 `{text[0]}` は `{self.levels[level]}` のものなので、列の場所ではなく印で読みました"
            self._warn(row, column, "moved-cell", message)
        opens = [found for found in _LEVEL_SYMBOL.finditer(text) if found[1] == text[0]]
        others = [
            found for found in _LEVEL_SYMBOL.finditer(text) if found[1] != text[0] and found[1] in self.marks.values()
        ]
        if others:
            message = (
                f"1 つのセルに 2 種類の印（`{text[0]}` と `{others[0][1]}`）があります。はじめの印だけで分けました"
            )
            self._warn(row, column, "two-marks", message)
        ends = [found.start() for found in opens[1:]] + [len(text)]
        if len(opens) > 1 and level < len(self.levels) - 1:
            message = (
                f"1 つのセルに `{self.levels[level]}` が {len(opens)} つあります。右のセルは最後の 1 つの下に置きました"
            )
            self._warn(row, column, "several-in-cell", message)
        for opened, end in zip(opens, ends, strict=True):
            if name := text[opened.end() : end].strip("\u3000 \n\t"):
                self._open(row, column, name, level)
            else:
                self._warn(row, column, "empty-mark", f"印 `{text[0]}` のあとに名前がありません")

    def _open(self, row: int, column: int, text: str, level: int) -> None:
        """Open a node in its place, unless the one above goes on with the same words."""
        name = join_cell_lines(text)
        rows, _ = self.sheet.merged_areas.get((row, column), (0, 0))
        parent = self._parent(row, level)
        before = self.now[level]
        if before and before.name == name and level < len(self.levels) - 1:
            if before.last_row is not None and before.last_row < row:
                message = f"`{name}` が、結合が切れたあとにもう一度あります。同じものとして読みました"
                self._warn(row, column, "repeated", message)
            before.last_row = row + rows - 1 if rows else before.last_row
            return
        found = GridNode(name, level, row, column, row + rows - 1 if rows else None)
        if parent and parent.last_row is not None and found.last_row is not None and found.last_row > parent.last_row:
            message = (
                f"`{name}` の結合（{row}〜{found.last_row} 行め）が、親の `{parent.name}`（{parent.last_row} 行めまで）から"
                "はみ出しています"
            )
            self._warn(row, column, "crossing-merge", message)
        if not parent and level > min((each.level for each in self.top), default=level):
            self._warn(row, column, "no-parent", f"`{name}` の上の階層が分からないので、いちばん外側に置きました")
        (parent.children if parent else self.top).append(found)
        self.now[level:] = [found, *[None] * (len(self.levels) - level - 1)]

    def _parent(self, row: int, level: int) -> GridNode | None:
        """Return the nearest open node above a level; one whose merged area has ended is a doubt."""
        for above in reversed(self.now[:level]):
            if not above:
                continue
            if above.last_row is not None and above.last_row < row and (row, above.level) not in self.lost:
                self.lost.add((row, above.level))
                place = next(c for c, number in self.columns.items() if number == above.level)
                empty = self.levels[above.level]
                message = f"`{empty}` が空で、上の `{above.name}` とも結合されていません。その続きとして読みました"
                self._warn(row, place, "lost-cell", message)
            return above
        return None

    # --- what came out ---

    def _warn_if_suspicious(self, found: GridNode) -> None:
        """Note what may have come from a broken merge; cut a name from the text behind it."""
        if len(found.name) > MAX_NAME_CHARS and " " in found.name:
            name, _, text = found.name.partition(" ")
            message = f"名前と文章が 1 つのセルにあるようです。空白の前の `{name}` を名称、あとを本文にしました"
            self._warn(found.row, found.column, "name-and-text", message)
            found.name, found.text = name, text.strip()
        if len(found.children) == 1 and found.children[0].name == found.name:
            below = found.children[0]
            message = (
                f"`{found.name}` が、{self.levels[found.level]}と、"
                f"そのただ 1 つの{self.levels[below.level]}の両方にあります。"
                f"{self._alternative_hint(found, below)}"
            )
            self._warn(below.row, below.column, "same-name", message)
        for name, times in Counter(each.name for each in found.children).items():
            if times > 1:
                self._warn(found.row, found.column, "duplicate-word", f"`{found.name}` の下に `{name}` が {times} 回あります")
        if not found.children and found.level < max(self.marks, default=0) and REPEAT_SUFFIX not in found.name:
            self._warn(found.row, found.column, "nothing-beneath", f"`{found.name}` の下に何もありません")

    def _alternative_hint(self, found: GridNode, below: GridNode) -> str:
        beside = next((each.children for each in _walk(self.top) if found in each.children), self.top)
        place = next(number for number, each in enumerate(beside) if each is found)
        if not place:
            return "もとの表のセルの結合を確かめてください"
        before = beside[place - 1].name
        other = f"`{before}` のもう 1 つの{self.levels[below.level]}"
        return f"結合がくずれたのなら、{other}とも読めます。もとの表を確かめてください"

    def _node_dict(self, found: GridNode, ids: dict[int, str]) -> JsonObject:
        own = {LEVEL_COLUMN: self.levels[found.level]}
        if found.name.endswith(REPEAT_SUFFIX):
            wanted = found.name.removesuffix(REPEAT_SUFFIX)
            homes = [each for each in _walk(self.top) if each.name == wanted and each.level == found.level]
            if len(homes) == 1 and not found.children:
                return {**own, REPEAT_COLUMN: ids[id(homes[0])]}
            message = f"再掲の元の `{wanted}` が {len(homes)} つあるので、別の節として読みました"
            self._warn(found.row, found.column, "again-unknown", message)
        said = {**own, "id": ids[id(found)], "名称": found.name, **({"本文": found.text} if found.text else {})}
        beneath: list[Json] = [self._node_dict(each, ids) for each in found.children]
        return {**said, **({CHILDREN_KEY: beneath} if beneath else {})}


def _walk(found: list[GridNode]) -> Iterator[GridNode]:
    for each in found:
        yield each
        yield from _walk(each.children)


def _provisional_ids(found: list[GridNode], above: str) -> Iterator[tuple[str, GridNode]]:
    for number, each in enumerate(found, 1):
        own = f"{above}-{number}" if above else str(number)
        yield own, each
        yield from _provisional_ids(each.children, own)
