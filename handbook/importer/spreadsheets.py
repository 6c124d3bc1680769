"""A table's file → sheets of cells: text with tabs, CSV in the encodings that offices use, Excel. openpyxl's room.

Files from outside are not trusted: `archive` measures a workbook before it is unfolded, formulas are never worked out.
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
from typing import Any

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.importer import xlsx_safety

MAX_IMPORT_BYTES = 40_000_000
MAX_IMPORT_CELL_CHARS = 100_000
SUFFIXES = (".xlsx", ".csv", ".tsv", ".txt", ".json")
_ENCODINGS = (("utf-8-sig", ""), ("cp932", "文字コードは Shift_JIS でした（Excel の「CSV」として保存されたもの）"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells by row and column from 1; empty ones are not there."""

    file: str
    name: str
    """Empty where the file is the sheet."""
    cells: Mapping[tuple[int, int], str]
    merged_areas: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Rows and columns of each merged area, by its first cell."""
    formula_cells: frozenset[tuple[int, int]] = frozenset()
    is_rectangular: bool = True
    """Whether a cell stands in the column it was typed in; text loses that with merged cells."""

    def warning(self, row: int, column: int, rule: str, message: str, hint: str = "") -> Diagnostic:
        """Return what is not certain about a cell, or wrong with it."""
        file = f"{self.file}［{self.name}］" if self.name else self.file
        return Diagnostic(SourceSpan(file, row, column), rule, f"セル {column_letter(column)}{row}: {message}", hint)


def column_letter(column: int) -> str:
    """Return a column as spreadsheets name it: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_import_file(path: Path) -> bytes:
    """Return a file's bytes. Raises SourceError where it is none of ours to read."""
    if path.suffix.lower() not in SUFFIXES:
        hint = "読めるのは " + " ".join(SUFFIXES)
        if path.suffix.lower() in (".xls", ".xlsm", ".ods"):
            hint += "。表計算ソフトで .xlsx として保存し直してください"
        raise _import_error(path, "unknown-ending", f"`{path.suffix or path.name}` のファイルは読めません", hint)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise _import_error(path, "not-a-file", "ふつうのファイルではありません")
        if about.st_size > MAX_IMPORT_BYTES:
            raise _import_error(path, "too-large", f"ファイルが大きすぎます（{MAX_IMPORT_BYTES:,} バイトまで）")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _import_error(path, "missing-file", f"`{path.name}` がありません") from error
    except OSError as error:
        raise _import_error(path, "unreadable", f"`{path.name}` を読めません（{error.strerror}）") from error


def _import_error(path: Path, rule: str, message: str, hint: str = "") -> SourceError:
    return SourceError([Diagnostic(SourceSpan(path.name, 1, 1), rule, message, hint)])


def decode_csv(held: bytes, path: Path) -> tuple[str, str]:
    """Return a text and what to know about its encoding."""
    if held.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return held.decode("utf-16"), "文字コードは UTF-16 でした"
        except UnicodeDecodeError as error:
            raise _import_error(
                path, "bad-encoding", "文字コードが分かりません", "UTF-8 で保存し直してください"
            ) from error
    for encoding, told in _ENCODINGS:
        try:
            return held.decode(encoding), told
        except UnicodeDecodeError:
            continue
    raise _import_error(path, "bad-encoding", "文字コードが分かりません", "UTF-8 で保存し直してください")


def read_csv(path: Path) -> tuple[Sheet, str]:
    """Return a CSV file, or text with tabs, as a sheet."""
    words, told = decode_csv(read_import_file(path), path)
    marks = "," if path.suffix.lower() == ".csv" else "\t"
    if "\0" in words:
        raise _import_error(path, "bad-character", "文字でないもの（NUL）が入っています")
    csv.field_size_limit(MAX_IMPORT_CELL_CHARS)
    cells: dict[tuple[int, int], str] = {}
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=marks)
    try:
        for number, row in enumerate(reader, 1):
            cells |= {(number, place): cell for place, cell in enumerate(map(_normalize_cell, row), 1) if cell}
            if len(cells) > xlsx_safety.MAX_CELLS:
                raise _import_error(path, *xlsx_safety.WORKBOOK_TOO_MANY_CELLS)
    except csv.Error as error:
        message = f"{reader.line_num} 行めを表として読めません（セルが長すぎるか、引用符が閉じていません）"
        raise SourceError([Diagnostic(SourceSpan(path.name, reader.line_num, 1), "bad-csv", message)]) from error
    return Sheet(path.name, "", cells, is_rectangular=False), told


def _normalize_cell(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def read_xlsx(path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of an Excel file: the values that were last worked out, never the formulas."""
    held = read_import_file(path)
    import openpyxl  # noqa: PLC0415  # only where a workbook is read

    try:
        calculates = xlsx_safety.has_formulas(held)
        values = openpyxl.load_workbook(io.BytesIO(held), data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(io.BytesIO(held), keep_links=False) if calculates else None
    except xlsx_safety.UnsafeWorkbook as why:
        raise _import_error(path, *why.told) from why
    except Exception as error:
        # The reader fails in as many ways as a file can be broken.
        raise _import_error(path, *xlsx_safety.UNREADABLE_WORKBOOK) from error
    return tuple(_sheet(path, sheet, formulas[sheet.title] if formulas else None) for sheet in values.worksheets)


def _sheet(path: Path, sheet: Any, typed: Any) -> Sheet:
    cells = {(cell.row, cell.column): said for cell in _filled_cells(sheet) if (said := _cell_text(cell)).strip()}
    found = frozenset(
        (cell.row, cell.column) for cell in (_filled_cells(typed) if typed else ()) if cell.data_type == "f"
    )
    spans = {
        (area.min_row, area.min_col): (area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
        for area in sheet.merged_cells.ranges
    }
    return Sheet(path.name, sheet.title, cells, spans, found)


def _filled_cells(sheet: Any) -> list[Any]:
    """Return the cells that a sheet holds; `iter_rows` would make all those before the farthest of them too."""
    held: dict[tuple[int, int], Any] = sheet._cells  # noqa: SLF001  # the library has no other door to them
    return [held[place] for place in sorted(held)]


def _cell_text(cell: Any) -> str:
    """Return a cell's value as it is shown: a number with the digits of its format, a day in ISO form."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date().isoformat() if not value.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        shape = re.search(r"\.(0+)", str(cell.number_format))
        exact = Decimal(repr(value))
        shown = f"{exact:.{len(shape[1])}f}" if shape else f"{exact:f}".removesuffix(".0")
        return shown if Decimal(shown) == exact else f"{exact:f}"
    if isinstance(value, int) and not isinstance(value, bool):
        shape = re.search(r"\.(0+)", str(cell.number_format))
        return f"{value}.{shape[1]}" if shape else str(value)
    return _normalize_cell(str(value)) if value is not None else ""
