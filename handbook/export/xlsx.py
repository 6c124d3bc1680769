"""Write the tables as an Excel workbook: a sheet for each table, and the tree as a structure table.

Tables have a frozen header, filters and no merged cells; only the structure table has merged cells. Every text is
written with the text format, so that Excel does not convert it to a formula, a link or a date. The dates in the file
properties come from the plan, so that the same plan gives the same bytes. The only module that imports XlsxWriter.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any  # XlsxWriter has no types

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import CellStringTuple, Worksheet

from handbook.diagnostics import display_width
from handbook.export.rows import Cell, TableRow
from handbook.model import Site, StructureCell, TreeNode
from handbook.table_cells import looks_like_formula
from handbook.table_specs import STRUCTURE_SHEET_NAME, Column, TableSpec, all_tables

MAX_CELL_CHARS_XLSX = 32_000
"""Longest text of a cell, in characters. Excel allows 32,767."""
TRUNCATION_NOTICE = "…（長いので、ここまでです。全文は plan.json にあります）"
MAX_EXACT_DIGITS = 15
"""Significant digits that a spreadsheet keeps; a longer number is written as text."""
FALLBACK_DATE = "1980-01-01"
"""Creation date in the file properties if the plan has no date of its last change."""
MAX_COLUMN_WIDTH, MIN_COLUMN_WIDTH = 48, 8
WIDTH_SAMPLE_ROWS = 500
"""Number of rows from which the width of a column is computed."""
_NO_SHEET = str.maketrans("[]:*?/\\'", "（）：＊？／＼’")
_CELL_FONT = {"font_name": "Yu Gothic", "font_size": 10, "valign": "top"}
_CELL_BORDER = {"border": 1, "border_color": "#767676"}
_HEADER_FORMAT = {"bold": True, "bg_color": "#E8EEF5", "text_wrap": True, **_CELL_BORDER}


class _FastWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no type hints
    """A worksheet that writes text cells without XlsxWriter's checks of argument and cell types.

    Nearly all cells are texts. Without this class the open data of 1,000 nodes takes 0.51 s of CPU instead of 0.36.
    """

    write_string = Worksheet._write_string  # noqa: SLF001  # the inner method takes row and column numbers

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if type(cell) is CellStringTuple and cell.format:
            reference, format_index = xl_rowcol_to_cell_fast(row, col), cell.format._get_xf_index()  # noqa: SLF001  # as Worksheet does
            self.fh.write(f'<c r="{reference}" s="{format_index}" t="s"><v>{cell.string}</v></c>')
        else:
            super()._write_cell(row, col, cell)


class _WorkbookWriter:
    """A workbook in memory, with its cell formats."""

    def __init__(self, date: str) -> None:
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, {"in_memory": True})
        self.book.set_properties({"created": datetime.fromisoformat(date or FALLBACK_DATE)})
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def add_sheet(self, name: str) -> Any:
        """Add a worksheet and return it."""
        return self.book.add_worksheet(name, _FastWorksheet)

    def cell_format(self, **properties: Any) -> Any:
        """Return the format with these properties; equal properties share one format."""
        key = tuple(properties.items())
        if key not in self.formats:
            self.formats[key] = self.book.add_format({**_CELL_FONT, **properties})
        return self.formats[key]


class _CellWriter:
    """Writes cells that share format properties and differ in their number format."""

    def __init__(self, workbook: _WorkbookWriter, **properties: Any) -> None:
        self.workbook = workbook
        self.properties = properties
        self.text_formats: dict[bool, Any] = {}

    def write(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        """Write a number with all its decimals, or a text that Excel keeps as a text."""
        if isinstance(value, Decimal) and len(value.as_tuple().digits) > MAX_EXACT_DIGITS:
            value = f"{value:f}"
        if isinstance(value, str):
            text = (
                value
                if len(value) <= MAX_CELL_CHARS_XLSX
                else value[: MAX_CELL_CHARS_XLSX - len(TRUNCATION_NOTICE)] + TRUNCATION_NOTICE
            )
            is_formula = looks_like_formula(text)
            if is_formula not in self.text_formats:
                self.text_formats[is_formula] = self._cell_format("@", **({"quote_prefix": True} if is_formula else {}))
            sheet.write_string(row, column, text, self.text_formats[is_formula])
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self._cell_format("0"))
        else:
            decimals = max(0, -int(value.as_tuple().exponent))
            sheet.write_number(
                row, column, float(value), self._cell_format("#,##0" + ("." + "0" * decimals if decimals else ""))
            )

    def _cell_format(self, num_format: str, **more: Any) -> Any:
        return self.workbook.cell_format(num_format=num_format, **more, **self.properties)


def workbook_bytes(site: Site, tables: Iterable[tuple[TableSpec, list[TableRow]]]) -> bytes:
    """Return plan.xlsx: the structure table first, then a sheet for each table."""
    tables_with_rows = list(tables)
    workbook = _WorkbookWriter(site.plan.last_change_date)
    names = sheet_names(table for table, _ in tables_with_rows)
    _write_structure_sheet(workbook, workbook.add_sheet(STRUCTURE_SHEET_NAME), site)
    writer = _CellWriter(workbook, text_wrap=True)
    for table, rows in tables_with_rows:
        _write_table(workbook, writer, workbook.add_sheet(names[table.name]), table, rows)
    workbook.book.close()
    return workbook.buffer.getvalue()


def sheet_names(tables: Iterable[TableSpec]) -> dict[str, str]:
    """Return the name of the sheet of each table, by the name of the table."""
    return dict(_sheet_names(tables))


def _sheet_names(tables: Iterable[TableSpec]) -> Iterator[tuple[str, str]]:
    """Yield the name and sheet name of each table. The sheet of a level gets a number if its name is taken."""
    taken = {STRUCTURE_SHEET_NAME, "history", *(table.title for table in all_tables())}
    for table in tables:
        if table in all_tables():
            yield table.name, table.title
            continue
        title = table.title.translate(_NO_SHEET)[:26]
        candidates = (title if number == 1 else f"{title} {number}" for number in count(1))
        name = next(name for name in candidates if name.casefold() not in {other.casefold() for other in taken})
        taken.add(name)
        yield table.name, name


def _write_table(
    workbook: _WorkbookWriter, writer: _CellWriter, sheet: Any, table: TableSpec, rows: list[TableRow]
) -> None:
    for index, column in enumerate(table.columns):
        sheet.write_string(0, index, column.name, workbook.cell_format(**_HEADER_FORMAT))
        sheet.set_column(index, index, _column_width(column, [row[index] for row in rows[:WIDTH_SAMPLE_ROWS]]))
    for number, row in enumerate(rows, 1):
        for index, cell in enumerate(row):
            if cell != "":
                writer.write(sheet, number, index, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)


def _column_width(column: Column, cells: Iterable[Cell]) -> float:
    """Return the width of a column in characters. The filter button takes three."""
    lines = (line for cell in cells for line in str(cell).split("\n"))
    longest = max((display_width(line) for line in lines), default=0)
    return max(MIN_COLUMN_WIDTH, display_width(column.name) + 3, min(MAX_COLUMN_WIDTH, longest + 2))


# --- the structure table ---


def _write_structure_sheet(workbook: _WorkbookWriter, sheet: Any, site: Site) -> None:
    """Write the structure table: title, subject, header and merged cells."""
    level_names = [level.name for level in site.structure_levels]
    sheet.write_string(0, 0, f"{site.plan.name} {STRUCTURE_SHEET_NAME}", workbook.cell_format(bold=True, font_size=14))
    if site.plan.subject:
        sheet.write_string(1, 0, f"主題 『 {site.plan.subject} 』", workbook.cell_format(font_size=12))
    writer = _CellWriter(workbook, text_wrap=True, **_CELL_BORDER)
    sheet.set_row(0, 24)
    sheet.set_row(1, 20)
    for column, name in enumerate(level_names):
        sheet.write_string(3, column, name, workbook.cell_format(**_HEADER_FORMAT))
        sheet.set_column(column, column, 22 if column < len(level_names) - 1 else 60)
    covered: set[tuple[int, int]] = set()
    for row, cells in enumerate(site.structure_rows, 4):
        column, lines = 0, 1
        for cell in cells:
            while (row, column) in covered:
                column += 1
            covered |= {
                (row + down, column + right) for down in range(cell.row_span) for right in range(cell.column_span)
            }
            text = "\n".join(map(_node_label, cell.nodes))
            _write_merged_cell(writer, sheet, row, column, cell, text)
            if cell.row_span == 1:
                chars_per_line = 62 if column + cell.column_span == len(level_names) else 20
                lines = max(lines, sum(-(-display_width(line) // chars_per_line) or 1 for line in text.split("\n")))
            column += cell.column_span
        sheet.set_row(row, 15 * lines + 4)
    sheet.freeze_panes(4, 0)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.repeat_rows(3)
    sheet.fit_to_pages(1, 0)


def _node_label(node: TreeNode) -> str:
    return f"{node.level.symbol}{node.name}" + ("（再掲）" if node.is_repeat else "")


def _write_merged_cell(writer: _CellWriter, sheet: Any, row: int, column: int, cell: StructureCell, text: str) -> None:
    last_cell = row + cell.row_span - 1, column + cell.column_span - 1
    if (row, column) != last_cell:
        sheet.merge_range(row, column, *last_cell, "", writer.workbook.cell_format(**writer.properties))
    writer.write(sheet, row, column, text)
