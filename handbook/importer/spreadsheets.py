"""Read sheets of cells from Excel files, CSV and tab-separated text in the usual encodings.

Files are not trusted: `xlsx_safety` measures a workbook before openpyxl reads it, and formulas are never evaluated. The
only module that imports openpyxl.
"""

from __future__ import annotations

import csv
import io
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any  # openpyxl has no types for cells

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.importer import xlsx_safety
from handbook.os_errors import os_error_reason

MAX_IMPORT_BYTES = 40_000_000
MAX_IMPORT_CELL_CHARS = 100_000
SUFFIXES = (".xlsx", ".csv", ".tsv", ".txt", ".json")
_ENCODINGS = (("utf-8-sig", ""), ("cp932", "文字コードは Shift_JIS でした（Excel の「CSV」として保存されたもの）"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a sheet by row and column, from 1. Empty cells are missing."""

    file: str
    name: str
    """Empty for a text file, which has one sheet."""
    cells: Mapping[tuple[int, int], str]
    merged_areas: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Number of rows and columns of each merged area, by its first cell."""
    formula_cells: frozenset[tuple[int, int]] = frozenset()
    is_rectangular: bool = True
    """Whether the columns are reliable. False for text, in which merged cells may shift the cells after them."""

    def warning(self, row: int, column: int, rule: str, message: str, hint: str = "") -> Diagnostic:
        """Return a warning or an error about a cell."""
        file = f"{self.file}［{self.name}］" if self.name else self.file
        return Diagnostic(SourceSpan(file, row, column), rule, f"セル {column_letter(column)}{row}: {message}", hint)


def column_letter(column: int) -> str:
    """Return the letters of a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_import_file(path: Path) -> bytes:
    """Return the bytes of a file. Raises SourceError if its type or size is not allowed, or if it is unreadable."""
    if path.suffix.lower() not in SUFFIXES:
        hint = "読めるのは " + " ".join(SUFFIXES)
        if path.suffix.lower() in (".xls", ".xlsm", ".ods"):
            hint += "。表計算ソフトで .xlsx として保存し直してください"
        raise _import_error(path, "unknown-ending", f"`{path.suffix or path.name}` のファイルは読めません", hint)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _import_error(path, "not-a-file", "ふつうのファイルではありません")
        if status.st_size > MAX_IMPORT_BYTES:
            raise _import_error(path, "too-large", f"ファイルが大きすぎます（{MAX_IMPORT_BYTES:,} バイトまで）")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _import_error(path, "missing-file", f"`{path.name}` がありません") from error
    except OSError as error:
        raise _import_error(path, "unreadable", f"`{path.name}` を読めません（{os_error_reason(error)}）") from error


def _import_error(path: Path, rule: str, message: str, hint: str = "") -> SourceError:
    return SourceError([Diagnostic(SourceSpan(path.name, 1, 1), rule, message, hint)])


def decode_text(data: bytes, path: Path) -> tuple[str, str]:
    """Return the text and a message about its encoding, or "" for UTF-8. Raises SourceError for other encodings."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "文字コードは UTF-16 でした"
        except UnicodeDecodeError as error:
            raise _import_error(
                path, "bad-encoding", "文字コードが分かりません", "UTF-8 で保存し直してください"
            ) from error
    for encoding, message in _ENCODINGS:
        try:
            return data.decode(encoding), message
        except UnicodeDecodeError:
            continue
    raise _import_error(path, "bad-encoding", "文字コードが分かりません", "UTF-8 で保存し直してください")


def read_csv(path: Path) -> tuple[Sheet, str]:
    """Return a CSV or tab-separated file as a sheet, and a message about its encoding."""
    text, message = decode_text(read_import_file(path), path)
    delimiter = "," if path.suffix.lower() == ".csv" else "\t"
    if "\0" in text:
        raise _import_error(path, "bad-character", "文字でないもの（NUL）が入っています")
    csv.field_size_limit(MAX_IMPORT_CELL_CHARS)
    cells: dict[tuple[int, int], str] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader, 1):
            cells |= {(number, column): cell for column, cell in enumerate(map(_normalize_cell, row), 1) if cell}
            if len(cells) > xlsx_safety.MAX_CELLS:
                raise _import_error(path, *xlsx_safety.WORKBOOK_TOO_MANY_CELLS)
    except csv.Error as error:
        message = f"{reader.line_num} 行めを表として読めません（セルが長すぎるか、引用符が閉じていません）"
        raise SourceError([Diagnostic(SourceSpan(path.name, reader.line_num, 1), "bad-csv", message)]) from error
    return Sheet(path.name, "", cells, is_rectangular=False), message


def _normalize_cell(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def read_xlsx(path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of an Excel file. A formula is read as its cached value."""
    data = read_import_file(path)
    import openpyxl  # noqa: PLC0415  # imported only if a workbook is read

    try:
        has_formulas = xlsx_safety.has_formulas(data)
        values = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(io.BytesIO(data), keep_links=False) if has_formulas else None
    except xlsx_safety.UnsafeWorkbookError as error:
        raise _import_error(path, *error.details) from error
    except Exception as error:
        # openpyxl raises many types of exceptions for a broken file.
        raise _import_error(path, *xlsx_safety.UNREADABLE_WORKBOOK) from error
    return tuple(_sheet(path, sheet, formulas[sheet.title] if formulas else None) for sheet in values.worksheets)


def _sheet(path: Path, sheet: Any, formula_sheet: Any) -> Sheet:
    cells = {(cell.row, cell.column): text for cell in _filled_cells(sheet) if (text := _cell_text(cell)).strip()}
    formula_cells = frozenset(
        (cell.row, cell.column)
        for cell in (_filled_cells(formula_sheet) if formula_sheet else ())
        if cell.data_type == "f"
    )
    merged_areas = {
        (area.min_row, area.min_col): (area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
        for area in sheet.merged_cells.ranges
    }
    return Sheet(path.name, sheet.title, cells, merged_areas, formula_cells)


def _filled_cells(sheet: Any) -> list[Any]:
    """Return the existing cells of a sheet; `iter_rows` would create all cells up to the farthest one."""
    cells: dict[tuple[int, int], Any] = sheet._cells  # noqa: SLF001  # no public API returns only these
    return [cells[position] for position in sorted(cells)]


def _cell_text(cell: Any) -> str:
    """Return the value of a cell as displayed: a number with the decimals of its format, a date in ISO 8601 format."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date().isoformat() if not value.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        decimals = re.search(r"\.(0+)", str(cell.number_format))
        exact = Decimal(repr(value))
        text = f"{exact:.{len(decimals[1])}f}" if decimals else f"{exact:f}".removesuffix(".0")
        return text if Decimal(text) == exact else f"{exact:f}"
    if isinstance(value, int) and not isinstance(value, bool):
        decimals = re.search(r"\.(0+)", str(cell.number_format))
        return f"{value}.{decimals[1]}" if decimals else str(value)
    return _normalize_cell(str(value)) if value is not None else ""
