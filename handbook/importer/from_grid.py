"""Convert a structure table with merged or missing cells to JSON values. Each ambiguous cell gets a warning.

The level of a cell follows from its columns and from its level symbol. Symbols such as ○ start a node of one level.
・ starts a node of the last level at the start of a cell or after a space; elsewhere ・ joins words. A workbook has
merged areas. A text file keeps the order of the cells but not their columns, so there the symbols have priority.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from handbook.importer.cell_conversions import join_cell_lines
from handbook.importer.grid_heading import LEVEL_SYMBOLS, GridHeading
from handbook.importer.grid_node import GridNode, provisional_ids, walk
from handbook.importer.sheet import Sheet
from handbook.json_types import Json, JsonObject
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, REPEAT_COLUMN

REPEAT_SUFFIX = "（再掲）"
MAX_NAME_CHARS = 60
"""A cell with more characters probably contains a name and a text."""
_LEVEL_SYMBOL = re.compile(rf"(?:^|(?<=\s))([{LEVEL_SYMBOLS}])\s*")


class GridImporter:
    """Reads the tree from one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.heading = GridHeading(sheet)
        self.warnings = self.heading.warnings
        self.levels, self.columns, self.symbols = self.heading.levels, self.heading.columns, self.heading.symbols
        self.empty_areas: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """The empty merged areas by their first row: first column and number of columns."""
        for (row, column), (row_count, column_count) in sheet.merged_areas.items():
            if (row, column) not in sheet.cells and row_count * column_count > 1:
                self.empty_areas[row].append((column, column_count))
        self.open_nodes: list[GridNode | None] = [None] * len(self.levels)
        """The node of each level to which the next row can add children."""
        self.roots: list[GridNode] = []
        self.warned_gaps: set[tuple[int, int]] = set()
        """Row and level of each empty cell that has a warning."""

    def plan_dict(self) -> JsonObject:
        """Return the JSON values of the plan. Ambiguous cells are added to `warnings`."""
        plan = self.heading.plan_fields()
        self.warnings += self.sheet.remarks
        for row in self.heading.body:
            self._read_row(row)
        for node in walk(self.roots):
            self._warn_if_suspicious(node)
        paths = [f"level-{number}" for number, _ in enumerate(self.levels, 1)]
        ids = {id(node): f"{paths[node.level]}-{number}" for number, node in provisional_ids(self.roots)}
        levels: list[Json] = [
            {
                "名称": self.sheet.text(*self.heading.level_cells[number], level),
                "path": path,
                **({"記号": self.symbols[number]} if number in self.symbols else {}),
            }
            for number, (level, path) in enumerate(zip(self.levels, paths, strict=True))
        ]
        return {"計画": {**plan}, "階層": levels, CHILDREN_KEY: [self._node_dict(node, ids) for node in self.roots]}

    def _warn(self, row: int, column: int, rule: str, message: str) -> None:
        self.warnings.append(self.sheet.warning(row, column, rule, message))

    # --- rows ---

    def _read_row(self, row: int) -> None:
        cells = self.heading.rows[row]
        level_by_symbol = {symbol: level for level, symbol in self.symbols.items()}
        positions = [position for position, (_, text) in enumerate(cells) if text[0] in level_by_symbol]
        is_single = len(cells) == 1 or not self.sheet.is_rectangular
        if not positions and is_single and row > self.heading.last_symbol_row:
            for column, text in cells:
                message = f"表の下にある `{text[:30]}` は、下に何もないので使いませんでした"
                self._warn(row, column, "below-table", message)
            return
        self._close_levels(row)
        first = positions[0] if positions else len(cells)
        for position, (column, text) in enumerate(cells):
            if text[0] in level_by_symbol:
                self._open_symbol_nodes(row, column, text, level_by_symbol[text[0]])
                continue
            is_before_symbol = positions and position < first
            expected = level_by_symbol[cells[first][1][0]] - (first - position) if is_before_symbol else None
            level = self._level_of(row, column, text, expected)
            if level is None:
                self._warn(
                    row, column, "too-many-cells", f"`{text[:30]}` がどの階層のものか分からないので、使いませんでした"
                )
            else:
                self._open_node(row, column, text, level)

    def _close_levels(self, row: int) -> None:
        """Close the open nodes of the levels that an empty merged area covers."""
        for first, column_count in self.empty_areas.get(row, ()):
            for column in range(first, first + column_count):
                if column in self.columns:
                    self.open_nodes[self.columns[column]] = None

    def _level_of(self, row: int, column: int, text: str, expected: int | None) -> int | None:
        """Return the level of a cell without a symbol, or None if it is unknown.

        `expected` is the level that follows from the next symbol on the right; None if there is no such symbol.
        """
        column_level = self.columns.get(column)
        if self.sheet.is_rectangular:
            if column_level in self.symbols:
                symbol = self.symbols[column_level]
                message = f"`{text[:30]}` に印 `{symbol}` がありません。列の場所で読みました"
                self._warn(row, column, "no-mark", message)
            return column_level
        if expected is None:
            self._warn(row, column, "no-mark", f"`{text[:30]}` の行に印の付いたセルがありません。列の場所で読みました")
            return column_level
        if expected < 0:
            return None
        if column_level != expected:
            location = f"`{self.levels[column_level]}` の列" if column_level is not None else "表の外"
            message = f"`{text[:30]}` は{location}にありますが、右どなりの印から `{self.levels[expected]}` と読みました"
            self._warn(row, column, "moved-cell", message)
        return expected

    def _open_symbol_nodes(self, row: int, column: int, text: str, level: int) -> None:
        """Open each node of a cell that contains level symbols."""
        column_level = self.columns.get(column)
        if self.sheet.is_rectangular and column_level != level:
            message = f"印 `{text[0]}` は `{self.levels[level]}` のものなので、列の場所ではなく印で読みました"
            self._warn(row, column, "moved-cell", message)
        starts = [match for match in _LEVEL_SYMBOL.finditer(text) if match[1] == text[0]]
        other_symbols = [
            match for match in _LEVEL_SYMBOL.finditer(text) if match[1] != text[0] and match[1] in self.symbols.values()
        ]
        if other_symbols:
            symbols = f"`{text[0]}` と `{other_symbols[0][1]}`"
            message = f"1 つのセルに 2 種類の印（{symbols}）があります。はじめの印だけで分けました"
            self._warn(row, column, "two-marks", message)
        ends = [match.start() for match in starts[1:]] + [len(text)]
        if len(starts) > 1 and level < len(self.levels) - 1:
            name = self.levels[level]
            message = f"1 つのセルに `{name}` が {len(starts)} つあります。右のセルは最後の 1 つの下に置きました"
            self._warn(row, column, "several-in-cell", message)
        for start, end in zip(starts, ends, strict=True):
            if name := text[start.end() : end].strip("\u3000 \n\t"):
                self._open_node(row, column, name, level)
            else:
                self._warn(row, column, "empty-mark", f"印 `{text[0]}` のあとに名前がありません")

    def _open_node(self, row: int, column: int, text: str, level: int) -> None:
        """Add a node to its parent, unless the open node of this level has the same name."""
        name = join_cell_lines(text)
        row_count, _ = self.sheet.merged_areas.get((row, column), (0, 0))
        parent = self._parent(row, level)
        previous = self.open_nodes[level]
        if previous and previous.name == name and level < len(self.levels) - 1:
            if previous.last_row is not None and previous.last_row < row:
                message = f"`{name}` が、結合が切れたあとにもう一度あります。同じものとして読みました"
                self._warn(row, column, "repeated", message)
            previous.last_row = row + row_count - 1 if row_count else previous.last_row
            return
        node = GridNode(name, level, row, column, row + row_count - 1 if row_count else None)
        if parent and parent.last_row is not None and node.last_row is not None and node.last_row > parent.last_row:
            message = (
                f"`{name}` の結合（{row}〜{node.last_row} 行め）が、"
                f"親の `{parent.name}`（{parent.last_row} 行めまで）からはみ出しています"
            )
            self._warn(row, column, "crossing-merge", message)
        if not parent and level > min((root.level for root in self.roots), default=level):
            self._warn(row, column, "no-parent", f"`{name}` の上の階層が分からないので、いちばん外側に置きました")
        (parent.children if parent else self.roots).append(node)
        self.open_nodes[level:] = [node, *[None] * (len(self.levels) - level - 1)]

    def _parent(self, row: int, level: int) -> GridNode | None:
        """Return the nearest open node above a level. Warn if its merged area ends before this row."""
        for ancestor in reversed(self.open_nodes[:level]):
            if not ancestor:
                continue
            gap = row, ancestor.level
            if ancestor.last_row is not None and ancestor.last_row < row and gap not in self.warned_gaps:
                self.warned_gaps.add(gap)
                column = next(column for column, index in self.columns.items() if index == ancestor.level)
                name = self.levels[ancestor.level]
                message = f"`{name}` が空で、上の `{ancestor.name}` とも結合されていません。その続きとして読みました"
                self._warn(row, column, "lost-cell", message)
            return ancestor
        return None

    # --- the finished tree ---

    def _warn_if_suspicious(self, node: GridNode) -> None:
        """Warn if the node may come from a broken merged area. Split a long name into name and text."""
        if len(node.name) > MAX_NAME_CHARS and " " in node.name:
            name, _, text = node.name.partition(" ")
            message = f"名前と文章が 1 つのセルにあるようです。空白の前の `{name}` を名称、あとを本文にしました"
            self._warn(node.row, node.column, "name-and-text", message)
            node.name, node.text = name, text.strip()
        if len(node.children) == 1 and node.children[0].name == node.name:
            child = node.children[0]
            message = (
                f"`{node.name}` が、{self.levels[node.level]}と、"
                f"そのただ 1 つの{self.levels[child.level]}の両方にあります。"
                f"{self._alternative_hint(node, child)}"
            )
            self._warn(child.row, child.column, "same-name", message)
        for name, count in Counter(child.name for child in node.children).items():
            if count > 1:
                message = f"`{node.name}` の下に `{name}` が {count} 回あります"
                self._warn(node.row, node.column, "duplicate-word", message)
        if not node.children and node.level < max(self.symbols, default=0) and REPEAT_SUFFIX not in node.name:
            self._warn(node.row, node.column, "nothing-beneath", f"`{node.name}` の下に何もありません")

    def _alternative_hint(self, node: GridNode, child: GridNode) -> str:
        """Return how to read a node and its only child of the same name, if the merged area is broken."""
        siblings = next((other.children for other in walk(self.roots) if node in other.children), self.roots)
        position = next(index for index, other in enumerate(siblings) if other is node)
        if not position:
            return "もとの表のセルの結合を確かめてください"
        previous = siblings[position - 1].name
        alternative = f"`{previous}` のもう 1 つの{self.levels[child.level]}"
        return f"結合がくずれたのなら、{alternative}とも読めます。もとの表を確かめてください"

    def _node_dict(self, node: GridNode, ids: dict[int, str]) -> JsonObject:
        level = {LEVEL_COLUMN: self.sheet.text(node.row, node.column, self.levels[node.level])}
        if node.name.endswith(REPEAT_SUFFIX):
            name = node.name.removesuffix(REPEAT_SUFFIX)
            originals = [other for other in walk(self.roots) if other.name == name and other.level == node.level]
            if len(originals) == 1 and not node.children:
                return {**level, REPEAT_COLUMN: self.sheet.text(node.row, node.column, ids[id(originals[0])])}
            message = f"再掲の元の `{name}` が {len(originals)} つあるので、別の節として読みました"
            self._warn(node.row, node.column, "again-unknown", message)
        named = self.sheet.text(node.row, node.column, node.name)
        values = {**level, "id": ids[id(node)], "名称": named, **({"本文": named.like(node.text)} if node.text else {})}
        children: list[Json] = [self._node_dict(other, ids) for other in node.children]
        return {**values, **({CHILDREN_KEY: children} if children else {})}
