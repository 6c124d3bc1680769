"""Read the header of a structure table: the names of the levels, their symbols, and the text above the table."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from handbook.diagnostics import Diagnostic, SourceError
from handbook.importer.cell_conversions import join_cell_lines
from handbook.importer.sheet import Sheet
from handbook.table_specs import STRUCTURE_SHEET_NAME

LEVEL_SYMBOLS = "○◯◎●・◇◆□■△▲▽▼☆★※"
MAX_GRID_CELLS = 20_000
"""Most filled cells of a structure table. Readable tables have far fewer."""
_SUBJECT = re.compile(r"主題\s*[『「](?P<words>.*)[』」]\s*")


class GridHeading:
    """The header of one sheet. Raises SourceError if the sheet has no header or is too large."""

    def __init__(self, sheet: Sheet) -> None:
        if len(sheet.cells) > MAX_GRID_CELLS:
            message = f"構造図としては大きすぎます（セルは {MAX_GRID_CELLS:,} まで）"
            raise SourceError([sheet.warning(1, 1, "too-many-cells", message)])
        self.sheet = sheet
        self.warnings: list[Diagnostic] = []
        self.rows: dict[int, list[tuple[int, str]]] = defaultdict(list)
        """The filled cells of each row: column and text."""
        for (row, column), text in sorted(sheet.cells.items()):
            if text.strip("\u3000 \n\t"):
                self.rows[row].append((column, text.strip("\u3000 \n\t")))
        symbol_rows = [row for row, cells in self.rows.items() if any(text[0] in LEVEL_SYMBOLS for _, text in cells)]
        self.header_row = self._find_header_row(symbol_rows)
        self.last_symbol_row = max(symbol_rows)
        """The last row with a level symbol."""
        self.levels = [join_cell_lines(text) for _, text in self.rows[self.header_row]]
        self.level_cells = [(self.header_row, column) for column, _ in self.rows[self.header_row]]
        """The cell of the name of each level."""
        self.columns = {
            column + offset: level
            for level, (column, _) in enumerate(self.rows[self.header_row])
            for offset in range(sheet.merged_areas.get((self.header_row, column), (1, 1))[1])
        }
        self.body = [row for row in self.rows if row > self.header_row]
        self.symbols = self._level_symbols()

    def plan_fields(self) -> dict[str, str]:
        """Return the name and the subject of the plan from the text above the table."""
        name, subject = "", ""
        for row in sorted(row for row in self.rows if row < self.header_row):
            for column, text in self.rows[row]:
                match = _SUBJECT.fullmatch(text)
                if match and not subject:
                    subject = self.sheet.text(row, column, match["words"].strip())
                elif not name:
                    joined = join_cell_lines(text).removesuffix(STRUCTURE_SHEET_NAME).strip("\u3000 ")
                    name = self.sheet.text(row, column, joined)
                else:
                    self._warn(row, column, "above-table", f"表の上にある `{text[:30]}` は使いませんでした")
        if not name:
            self._warn(1, 1, "no-name", "計画の名前が見つからないので、ファイルの名前を使いました")
        fields = {"名称": name or self.sheet.file.rpartition(".")[0]}
        return fields | ({"主題": subject} if subject else {})

    def _find_header_row(self, symbol_rows: list[int]) -> int:
        """Return the row with the names of the levels: the first row with several cells, above the first symbol."""
        candidates = [
            row for row, cells in self.rows.items() if len(cells) > 1 and symbol_rows and row < symbol_rows[0]
        ]
        if not candidates:
            message = "階層の名前が並ぶ行（例: 目標｜施策）と、○ や ・ の付いたセルが見つかりません"
            hint = "この道具で作った data/plan.csv や data/plan.xlsx なら、そのまま読めます"
            raise SourceError([self.sheet.warning(1, 1, "no-structure", message, hint)])
        # Not the last candidate: that may be a first row of nodes without symbols.
        return candidates[0]

    def _level_symbols(self) -> dict[int, str]:
        """Return the symbols by level: from their columns in a workbook, else from their order, the last level last."""
        levels_by_symbol: dict[str, Counter[int]] = {}
        for row in self.body:
            for column, text in self.rows[row]:
                if text[0] in LEVEL_SYMBOLS:
                    levels = [self.columns[column]] if column in self.columns else []
                    levels_by_symbol.setdefault(text[0], Counter()).update(levels)
        if self.sheet.is_rectangular:
            counts = reversed(levels_by_symbol.items())
            return {levels.most_common(1)[0][0]: symbol for symbol, levels in counts if levels}
        symbols = list(levels_by_symbol)[: len(self.levels)]
        return dict(enumerate(symbols, len(self.levels) - len(symbols)))

    def _warn(self, row: int, column: int, rule: str, message: str) -> None:
        self.warnings.append(self.sheet.warning(row, column, rule, message))
