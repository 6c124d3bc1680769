"""The head of a structure table: the names of its levels, their marks, and what stands above them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from handbook.diagnostics import Diagnostic, SourceError
from handbook.importer.spreadsheets import Sheet
from handbook.table_specs import STRUCTURE_SHEET_NAME

LEVEL_SYMBOLS = "○◯◎●・◇◆□■△▲▽▼☆★※"
MAX_GRID_CELLS = 20_000
"""Filled cells of a structure table; people can survey far fewer."""
_SUBJECT = re.compile(r"主題\s*[『「](?P<words>.*)[』」]\s*")


class GridHeading:
    """Reads the head of one sheet. Raises SourceError where there is none."""

    def __init__(self, sheet: Sheet) -> None:
        if len(sheet.cells) > MAX_GRID_CELLS:
            message = f"構造図としては大きすぎます（セルは {MAX_GRID_CELLS:,} まで）"
            raise SourceError([sheet.warning(1, 1, "too-many-cells", message)])
        self.sheet = sheet
        self.doubts: list[Diagnostic] = []
        self.rows: dict[int, list[tuple[int, str]]] = defaultdict(list)
        """The filled cells of each row: column and text."""
        for (row, column), text in sorted(sheet.cells.items()):
            if text.strip("\u3000 \n\t"):
                self.rows[row].append((column, text.strip("\u3000 \n\t")))
        marked = [row for row, cells in self.rows.items() if any(text[0] in LEVEL_SYMBOLS for _, text in cells)]
        self.head = self._level_row(marked)
        self.last = max(marked)
        """The last row with a mark."""
        self.levels = [join_cell_lines(text) for _, text in self.rows[self.head]]
        self.columns = {
            column + more: number
            for number, (column, _) in enumerate(self.rows[self.head])
            for more in range(sheet.merged_areas.get((self.head, column), (1, 1))[1])
        }
        self.body = [row for row in self.rows if row > self.head]
        self.marks = self._level_symbols()

    def plan_fields(self) -> dict[str, str]:
        """Return the name and the subject of the plan out of what stands above the table."""
        name = subject = ""
        for row in sorted(row for row in self.rows if row < self.head):
            for column, text in self.rows[row]:
                found = _SUBJECT.fullmatch(text)
                if found and not subject:
                    subject = found["words"].strip()
                elif not name:
                    name = join_cell_lines(text).removesuffix(STRUCTURE_SHEET_NAME).strip("\u3000 ")
                else:
                    self._warn(row, column, "above-table", f"表の上にある `{text[:30]}` は使いませんでした")
        if not name:
            self._warn(1, 1, "no-name", "計画の名前が見つからないので、ファイルの名前を使いました")
        named = {"名称": name or self.sheet.file.rpartition(".")[0]}
        return named | ({"主題": subject} if subject else {})

    def _level_row(self, marked: list[int]) -> int:
        """Return the row with the names of the levels: several cells without marks, above the first mark."""
        heads = [row for row, cells in self.rows.items() if len(cells) > 1 and marked and row < marked[0]]
        if not heads:
            message = "階層の名前が並ぶ行（例: 目標｜施策）と、○ や ・ の付いたセルが見つかりません"
            hint = "この道具で作った data/plan.csv や data/plan.xlsx なら、そのまま読めます"
            raise SourceError([self.sheet.warning(1, 1, "no-structure", message, hint)])
        # A first row of nodes that bears no mark must not be taken for the head.
        return heads[0]

    def _level_symbols(self) -> dict[int, str]:
        """Return the mark of each level that has one: by column, or where columns are lost, the last in order."""
        seen: dict[str, Counter[int]] = {}
        for row in self.body:
            for column, text in self.rows[row]:
                if text[0] in LEVEL_SYMBOLS:
                    seen.setdefault(text[0], Counter()).update([self.columns[column]] if column in self.columns else [])
        if self.sheet.is_rectangular:
            return {at.most_common(1)[0][0]: mark for mark, at in reversed(seen.items()) if at}
        marks = list(seen)[: len(self.levels)]
        return dict(enumerate(marks, len(self.levels) - len(marks)))

    def _warn(self, row: int, column: int, rule: str, message: str) -> None:
        self.doubts.append(self.sheet.warning(row, column, rule, message))


def join_cell_lines(text: str) -> str:
    """Return the words of a cell as one line: a break between Japanese words was only to make them fit."""
    return re.sub(r"(?<=[!-~])\s*\n\s*(?=[!-~])", " ", text).replace("\n", "").strip("\u3000 \t")
