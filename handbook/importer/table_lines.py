"""Read the rows of an exported table by the names of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handbook.diagnostics import Diagnostic
from handbook.importer.spreadsheets import Sheet
from handbook.table_cells import unescape_formula
from handbook.table_specs import LEVEL_COLUMN, PARENT_COLUMN, TableSpec

REQUIRED_COLUMNS = (LEVEL_COLUMN, PARENT_COLUMN, "id", "名称")


@dataclass(frozen=True, slots=True)
class TableLine:
    """A row of a table with its position in the sheet."""

    sheet: Sheet
    row: int
    cell_by_column: Mapping[str, str]
    columns: Mapping[str, int]
    """Number of each column, from 1."""

    def warning(self, column: str, rule: str, message: str) -> Diagnostic:
        """Return a warning about one of the cells."""
        return self.sheet.warning(self.row, self.columns.get(column, 1), rule, message)


def is_exported_table(sheet: Sheet) -> bool:
    """Return whether a sheet is the table of all nodes that the export writes."""
    header = {text for (row, _), text in sheet.cells.items() if row == 1}
    return header.issuperset(REQUIRED_COLUMNS)


def table_lines(
    sheet: Sheet, table: TableSpec, warnings: list[Diagnostic], *, formulas_escaped: bool
) -> Iterator[TableLine]:
    """Yield the rows of a table. Unknown and missing columns, and formulas, are added to `warnings`."""
    headings = {column: text.strip() for (row, column), text in sheet.cells.items() if row == 1}
    columns = {name: column for column, name in reversed(headings.items())}
    for column, name in headings.items():
        if name not in table.header:
            warnings.append(sheet.warning(1, column, "unknown-column", f"列 `{name}` は使いませんでした"))
    missing = (column.name for column in table.columns if not column.is_derived and column.name not in columns)
    warnings += [sheet.warning(1, 1, "missing-column", f"列 `{name}` がありません") for name in missing]
    rows: dict[int, dict[str, str]] = {}
    for (row, column), text in sheet.cells.items():
        if row > 1 and column in headings:
            rows.setdefault(row, {})[headings[column]] = unescape_formula(text) if formulas_escaped else text
        elif row > 1:
            message = f"列の名前がない欄の `{text[:20]}` は使いませんでした"
            warnings.append(sheet.warning(row, column, "no-heading", message))
    for row, column in sorted(sheet.formula_cells):
        message = "計算式なので、いちばん新しく計算された値を読みました"
        warnings.append(sheet.warning(row, column, "formula", message))
    for row in sorted(rows):
        yield TableLine(sheet, row, rows[row], columns)
