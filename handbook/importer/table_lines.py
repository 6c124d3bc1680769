"""Read the rows of an exported table by the names of its columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from handbook.diagnostics import Diagnostic
from handbook.importer.cell_conversions import DATE_FORMS, convert
from handbook.importer.cell_kinds import DATE_RULE, quoted
from handbook.importer.sheet import Position, Sheet, SourcedText, column_letter
from handbook.table_cells import unescape_formula
from handbook.table_specs import (
    LEVEL_COLUMN,
    PARENT_COLUMN,
    PLAN_TABLE_ROWS,
    REPEAT_COLUMN,
    STRUCTURE_SHEET_NAME,
    TableSpec,
    all_tables,
)

_TYPICAL_HEADINGS = frozenset({LEVEL_COLUMN, PARENT_COLUMN, "id", "名称"})
MAX_HEADER_ROW = 10
_MIN_HEADINGS = 2
"""Fewest of these headings in an exported table of all nodes, of which others may have been changed."""


@dataclass(frozen=True, slots=True)
class TableLine:
    """A row of a table with its position in the sheet."""

    sheet: Sheet
    row: int
    cell_by_column: Mapping[str, SourcedText]
    columns: Mapping[str, int]
    """Number of each column, from 1."""

    def warning(self, column: str, rule: str, message: str) -> Diagnostic:
        """Return a warning about one of the cells."""
        return self.sheet.warning(self.row, self.columns.get(column, 1), rule, message)

    def empty_cells(self, table: TableSpec) -> Iterator[Diagnostic]:
        """Yield an error for each empty cell of a required column."""
        filled = {column.record for column in table.columns if column.record and column.name in self.cell_by_column}
        for column in table.columns:
            is_due = column.is_required and (not column.record or column.record in filled)
            if is_due and column.name in self.columns and column.name not in self.cell_by_column:
                yield self.warning(column.name, "empty-cell", f"`{column.name}` が空です")


def header_row(sheet: Sheet) -> int:
    """Return the first row with the most headings of exported tables, among those where people insert a title."""
    names = _all_headings(all_tables())
    counts = Counter(row for (row, _), text in sheet.cells.items() if row <= MAX_HEADER_ROW and text.strip() in names)
    return min(counts, key=lambda row: (-counts[row], row), default=1)


@lru_cache(maxsize=8)
def _all_headings(tables: tuple[TableSpec, ...]) -> frozenset[str]:
    return frozenset(name for table in tables for name in table.header)


def headings(sheet: Sheet) -> dict[str, int]:
    """Return the column of each heading. If a text occurs twice, the first column counts."""
    header = header_row(sheet)
    texts = [(column, text.strip()) for (row, column), text in sheet.cells.items() if row == header]
    return {text: column for column, text in sorted(texts, reverse=True)}


def is_exported_table(sheet: Sheet) -> bool:
    """Return whether a sheet is the table of all nodes that the export writes, even if some headings were changed."""
    return len(_TYPICAL_HEADINGS & headings(sheet).keys()) >= _MIN_HEADINGS


def table_lines(sheet: Sheet, *, formulas_escaped: bool) -> list[TableLine]:
    """Return the rows of a table below its header. `formulas_escaped`: texts like formulas begin with `'`."""
    columns, header = headings(sheet), header_row(sheet)
    name_by_column = {column: name for name, column in columns.items()}
    rows: dict[int, dict[str, SourcedText]] = defaultdict(dict)
    for (row, column), text in sorted(sheet.cells.items()):
        if row > header and column in name_by_column:
            cell = sheet.text(row, column, unescape_formula(text) if formulas_escaped else text)
            rows[row][name_by_column[column]] = cell
    return [TableLine(sheet, row, rows[row], columns) for row in sorted(rows)]


def converted_line(line: TableLine, table: TableSpec, warnings: list[Diagnostic]) -> TableLine:
    """Return a row whose cells have the form of their columns. Each change is added to `warnings`."""
    cells = dict(line.cell_by_column)
    for column in table.columns:
        if column.name in cells and not column.is_derived:
            text, message = convert(cells[column.name], column.form)
            cells[column.name] = cells[column.name].like(text)
            if message:
                warnings.append(line.warning(column.name, "converted", message))
    return TableLine(line.sheet, line.row, cells, line.columns)


def required_headings(table: TableSpec) -> frozenset[str]:
    """Return the columns without which the rows of a table cannot be read."""
    return frozenset({column.name for column in table.columns if column.is_required} | {*table.key}) - {REPEAT_COLUMN}


def _due_heading(sheet: Sheet, table: TableSpec, name: str) -> Position:
    """Return the cell in which the export writes a heading, if it is empty, else the first cell of the header."""
    header, column = header_row(sheet), table.header.index(name) + 1
    return (header, 1) if (header, column) in sheet.cells else (header, column)


def missing_columns(sheet: Sheet, table: TableSpec) -> Iterator[Diagnostic]:
    """Yield an error for each missing column without which the rows of a table cannot be read."""
    for name in sorted(required_headings(table) - headings(sheet).keys()):
        hint = "見出しを、書き出したときの名前に戻します"
        message = f"この行に、見出し `{name}` がありません"
        yield sheet.warning(*_due_heading(sheet, table, name), "missing-column", message, hint)


def unused_columns(sheet: Sheet, table: TableSpec) -> Iterator[Diagnostic]:
    """Yield a warning for each column that is missing, is unknown or has no heading."""
    columns, header = headings(sheet), header_row(sheet)
    name_by_column = {column: name for name, column in columns.items()}
    texts: dict[int, list[Position]] = defaultdict(list)
    for (row, column), text in sorted(sheet.cells.items()):
        if row < header:
            yield sheet.warning(row, column, "above-table", f"見出しより上の {quoted(text)} は使いませんでした")
        elif text.strip() and row > header and name_by_column.get(column) not in table.header:
            texts[column].append((row, column))
    for name, column in sorted(columns.items()):
        if name not in table.header and column not in texts:
            yield sheet.warning(header, column, "unknown-column", f"列 `{name}` は使いませんでした")
    for column, positions in texts.items():
        example = quoted(sheet.cells[positions[0]])
        name = sheet.cells.get((header, column), "").strip()
        what = f"列 `{name}`" if name else f"見出しのない列 {column_letter(column)}"
        count = f"（{example} など {len(positions)} セル）" if len(positions) > 1 else f"（{example}）"
        rule = "unknown-column" if name else "no-heading"
        yield sheet.warning(header, column, rule, f"{what} は使いませんでした{count}")
    required = required_headings(table)
    for spec in table.columns:
        if spec.name not in columns and spec.name not in required:
            yield sheet.warning(
                *_due_heading(sheet, table, spec.name), "missing-column", f"列 `{spec.name}` がありません"
            )


def _sheet_remarks(sheet: Sheet, is_date: Callable[[str, str], bool]) -> Iterator[Diagnostic]:
    """Yield the remarks about the cells of a table, without those about a date where one is expected.

    `is_date` returns whether a date is expected, from the heading of the column and the first cell of the row.
    """
    headings_by_column = {column: name for name, column in headings(sheet).items()}
    for remark in sheet.remarks:
        row, column = remark.span.line, remark.span.column
        if remark.rule != DATE_RULE or not is_date(headings_by_column.get(column, ""), sheet.cells.get((row, 1), "")):
            yield remark
    header = header_row(sheet)
    for (row, column), (row_count, column_count) in sheet.merged_areas.items():
        if sheet.name == STRUCTURE_SHEET_NAME:
            break
        if row_count > 1 or (column_count > 1 and row > header):
            message = (
                f"{row_count} 行 {column_count} 列のセルが結合されています。はじめのセルのほかは、空として読みました"
            )
            yield sheet.warning(row, column, "merged-cells", message)


def remarks(sheets: Iterable[Sheet]) -> list[Diagnostic]:
    """Return the remarks about the cells of exported sheets."""
    tables = all_tables()
    date_columns = {column.name for table in tables for column in table.columns if column.form in DATE_FORMS}
    date_rows = {column.name for column in PLAN_TABLE_ROWS if column.form in DATE_FORMS or column.is_derived}

    def is_date(heading: str, first_cell: str) -> bool:
        return heading in date_columns or (heading == "値" and first_cell in date_rows)

    return [remark for sheet in sheets for remark in _sheet_remarks(sheet, is_date)]
