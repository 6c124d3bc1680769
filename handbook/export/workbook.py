"""The tables as one workbook: a sheet a table, and the tree as the structure table that people know. XlsxWriter's room.

Tables have no merged cells, a fixed header, and filters; only the structure table is merged. Every text is written as
text, so that none becomes a formula, a link or a date. The dates in the file are fixed: the same plan, the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import CellStringTuple, Worksheet

from handbook.export.rows import Cell, Row
from handbook.mistakes import columns
from handbook.model import Cell as Merged
from handbook.model import Entry, Site
from handbook.table_cells import looks_like_formula
from handbook.tables import PICTURE, Column, Table, all_tables

LONGEST = 32_000
"""Characters of a cell; Excel takes 32,767 and no more."""
CUT = "…（長いので、ここまでです。全文は plan.json にあります）"
EXACT = 15
"""Digits that a spreadsheet keeps; a longer number is written as text."""
FIRST_DAY = "1980-01-01"
"""The day in the properties of the file where the plan has none."""
WIDEST, NARROWEST = 48, 8
MEASURED = 500
"""Rows that settle how wide a column is."""
_NO_SHEET = str.maketrans("[]:*?/\\'", "（）：＊？／＼’")
_LETTERS = {"font_name": "Yu Gothic", "font_size": 10, "valign": "top"}
_LINES = {"border": 1, "border_color": "#767676"}
_HEAD = {"bold": True, "bg_color": "#E8EEF5", "text_wrap": True, **_LINES}


class _Sheet(Worksheet):  # type: ignore[misc]  # XlsxWriter's types are its own affair
    """A sheet that writes text cells, nearly all of them, without XlsxWriter's checks of what else a cell could be.

    Without this class the open data of 1,000 nodes takes 0.51 instead of 0.36 s of CPU (42 % more).
    """

    write_string = Worksheet._write_string  # noqa: SLF001  # for places in numbers, as all of ours are

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if type(cell) is CellStringTuple and cell.format:
            place, look = xl_rowcol_to_cell_fast(row, col), cell.format._get_xf_index()  # noqa: SLF001  # as Worksheet does
            self.fh.write(f'<c r="{place}" s="{look}" t="s"><v>{cell.string}</v></c>')
        else:
            super()._write_cell(row, col, cell)


class _Book:
    """A workbook that grows sheet by sheet."""

    def __init__(self, updated: str) -> None:
        self.bytes = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.bytes, {"in_memory": True})
        self.book.set_properties({"created": datetime.fromisoformat(updated or FIRST_DAY)})
        self.looks: dict[tuple[tuple[str, Any], ...], Any] = {}

    def sheet(self, name: str) -> Any:
        """Return a new sheet."""
        return self.book.add_worksheet(name, _Sheet)

    def look(self, **said: Any) -> Any:
        """Return a format, made once."""
        key = tuple(said.items())
        if key not in self.looks:
            self.looks[key] = self.book.add_format({**_LETTERS, **said})
        return self.looks[key]


class _Pen:
    """Writes cells that look alike, but for what their values ask."""

    def __init__(self, book: _Book, **look: Any) -> None:
        self.book = book
        self.look = look
        self.texts: dict[bool, Any] = {}

    def write(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        """Write one cell: a number with all its digits, or a text that stays a text."""
        if isinstance(cell, Decimal) and len(cell.as_tuple().digits) > EXACT:
            cell = f"{cell:f}"
        if isinstance(cell, str):
            text = cell if len(cell) <= LONGEST else cell[: LONGEST - len(CUT)] + CUT
            opening = looks_like_formula(text)
            if opening not in self.texts:
                self.texts[opening] = self._look("@", **({"quote_prefix": True} if opening else {}))
            sheet.write_string(row, column, text, self.texts[opening])
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, self._look("0"))
        else:
            digits = max(0, -int(cell.as_tuple().exponent))
            sheet.write_number(row, column, float(cell), self._look("#,##0" + ("." + "0" * digits if digits else "")))

    def _look(self, shape: str, **more: Any) -> Any:
        return self.book.look(num_format=shape, **more, **self.look)


def workbook(site: Site, tables: Iterable[tuple[Table, list[Row]]]) -> bytes:
    """Return the plan's workbook: the structure table first, then the tables."""
    held = list(tables)
    book = _Book(site.plan.updated)
    names = dict(_names(table for table, _ in held))
    _picture(book, book.sheet(PICTURE), site)
    pen = _Pen(book, text_wrap=True)
    for table, rows in held:
        _table(book, pen, book.sheet(names[table.name]), table, rows)
    book.book.close()
    return book.bytes.getvalue()


def _names(tables: Iterable[Table]) -> Iterator[tuple[str, str]]:
    """Yield the sheet of each table, as Excel takes it; a level gives way where its name is one of ours."""
    taken = {PICTURE, "history", *(table.title for table in all_tables())}
    for table in tables:
        if table in all_tables():
            yield table.name, table.title
            continue
        plain = table.title.translate(_NO_SHEET)[:26]
        tries = (plain if number == 1 else f"{plain} {number}" for number in count(1))
        name = next(name for name in tries if name.casefold() not in {other.casefold() for other in taken})
        taken.add(name)
        yield table.name, name


def _table(book: _Book, pen: _Pen, sheet: Any, table: Table, rows: list[Row]) -> None:
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name, book.look(**_HEAD))
        sheet.set_column(place, place, _width(column, [row[place] for row in rows[:MEASURED]]))
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if cell != "":
                pen.write(sheet, number, place, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)


def _width(column: Column, cells: Iterable[Cell]) -> float:
    """Return how wide a column has to be, in digits; the filter's button takes three."""
    lines = (line for cell in cells for line in str(cell).split("\n"))
    longest = max((columns(line) for line in lines), default=0)
    return max(NARROWEST, columns(column.name) + 3, min(WIDEST, longest + 2))


# --- the structure table ---


def _picture(book: _Book, sheet: Any, site: Site) -> None:
    """Draw the structure table as the source has it: title, subject, header, merged cells."""
    heads = [level.name for level in site.columns]
    sheet.write_string(0, 0, f"{site.plan.name} {PICTURE}", book.look(bold=True, font_size=14))
    if site.plan.subject:
        sheet.write_string(1, 0, f"主題 『 {site.plan.subject} 』", book.look(font_size=12))
    pen = _Pen(book, text_wrap=True, **_LINES)
    sheet.set_row(0, 24)
    sheet.set_row(1, 20)
    for place, name in enumerate(heads):
        sheet.write_string(3, place, name, book.look(**_HEAD))
        sheet.set_column(place, place, 22 if place < len(heads) - 1 else 60)
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(site.rows, 4):
        place, lines = 0, 1
        for cell in row:
            while (number, place) in taken:
                place += 1
            taken |= {(number + down, place + right) for down in range(cell.rows) for right in range(cell.columns)}
            text = "\n".join(map(_told, cell.entries))
            _merged(pen, sheet, number, place, cell, text)
            if cell.rows == 1:
                wide = 62 if place + cell.columns == len(heads) else 20
                lines = max(lines, sum(-(-columns(line) // wide) or 1 for line in text.split("\n")))
            place += cell.columns
        sheet.set_row(number, 15 * lines + 4)
    sheet.freeze_panes(4, 0)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.repeat_rows(3)
    sheet.fit_to_pages(1, 0)


def _told(entry: Entry) -> str:
    return f"{entry.level.mark}{entry.name}" + ("（再掲）" if entry.again else "")


def _merged(pen: _Pen, sheet: Any, row: int, place: int, cell: Merged, text: str) -> None:
    last = row + cell.rows - 1, place + cell.columns - 1
    if (row, place) != last:
        sheet.merge_range(row, place, *last, "", pen.book.look(**pen.look))
    pen.write(sheet, row, place, text)
