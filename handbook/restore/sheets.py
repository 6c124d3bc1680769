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

from handbook.mistakes import Mistake, Place, SourceError
from handbook.restore import archive

LARGEST_FILE = 40_000_000
LONGEST_CELL = 100_000
ENDINGS = (".xlsx", ".csv", ".tsv", ".txt", ".json")
_ENCODINGS = (("utf-8-sig", ""), ("cp932", "文字コードは Shift_JIS でした（Excel の「CSV」として保存されたもの）"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells by row and column from 1; empty ones are not there."""

    file: str
    name: str
    """Empty where the file is the sheet."""
    cells: Mapping[tuple[int, int], str]
    spans: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Rows and columns of each merged area, by its first cell."""
    formulas: frozenset[tuple[int, int]] = frozenset()
    even: bool = True
    """Whether a cell stands in the column it was typed in; text loses that with merged cells."""

    def doubt(self, row: int, column: int, rule: str, message: str, hint: str = "") -> Mistake:
        """Return what is not certain about a cell, or wrong with it."""
        file = f"{self.file}［{self.name}］" if self.name else self.file
        return Mistake(Place(file, row, column), rule, f"セル {letter(column)}{row}: {message}", hint)


def letter(column: int) -> str:
    """Return a column as spreadsheets name it: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def data(path: Path) -> bytes:
    """Return a file's bytes. Raises SourceError where it is none of ours to read."""
    if path.suffix.lower() not in ENDINGS:
        hint = "読めるのは " + " ".join(ENDINGS)
        if path.suffix.lower() in (".xls", ".xlsm", ".ods"):
            hint += "。表計算ソフトで .xlsx として保存し直してください"
        raise _refused(path, "unknown-ending", f"`{path.suffix or path.name}` のファイルは読めません", hint)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise _refused(path, "not-a-file", "ふつうのファイルではありません")
        if about.st_size > LARGEST_FILE:
            raise _refused(path, "too-large", f"ファイルが大きすぎます（{LARGEST_FILE:,} バイトまで）")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _refused(path, "missing-file", f"`{path.name}` がありません") from error
    except OSError as error:
        raise _refused(path, "unreadable", f"`{path.name}` を読めません（{error.strerror}）") from error


def _refused(path: Path, rule: str, message: str, hint: str = "") -> SourceError:
    return SourceError([Mistake(Place(path.name, 1, 1), rule, message, hint)])


def decoded(held: bytes, path: Path) -> tuple[str, str]:
    """Return a text and what to know about its encoding."""
    if held.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return held.decode("utf-16"), "文字コードは UTF-16 でした"
        except UnicodeDecodeError as error:
            raise _refused(path, "bad-encoding", "文字コードが分かりません", "UTF-8 で保存し直してください") from error
    for encoding, told in _ENCODINGS:
        try:
            return held.decode(encoding), told
        except UnicodeDecodeError:
            continue
    raise _refused(path, "bad-encoding", "文字コードが分かりません", "UTF-8 で保存し直してください")


def text(path: Path) -> tuple[Sheet, str]:
    """Return a CSV file, or text with tabs, as a sheet."""
    words, told = decoded(data(path), path)
    marks = "," if path.suffix.lower() == ".csv" else "\t"
    if "\0" in words:
        raise _refused(path, "bad-character", "文字でないもの（NUL）が入っています")
    csv.field_size_limit(LONGEST_CELL)
    cells: dict[tuple[int, int], str] = {}
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=marks)
    try:
        for number, row in enumerate(reader, 1):
            cells |= {(number, place): cell for place, cell in enumerate(map(_plain, row), 1) if cell}
            if len(cells) > archive.MOST_CELLS:
                raise _refused(path, *archive.TOO_MANY)
    except csv.Error as error:
        message = f"{reader.line_num} 行めを表として読めません（セルが長すぎるか、引用符が閉じていません）"
        raise SourceError([Mistake(Place(path.name, reader.line_num, 1), "bad-csv", message)]) from error
    return Sheet(path.name, "", cells, even=False), told


def _plain(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def workbook(path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of an Excel file: the values that were last worked out, never the formulas."""
    held = data(path)
    import openpyxl  # noqa: PLC0415  # only where a workbook is read

    try:
        calculates = archive.calculates(held)
        values = openpyxl.load_workbook(io.BytesIO(held), data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(io.BytesIO(held), keep_links=False) if calculates else None
    except archive.Strange as why:
        raise _refused(path, *why.told) from why
    except Exception as error:
        # The reader fails in as many ways as a file can be broken.
        raise _refused(path, *archive.BROKEN) from error
    return tuple(_sheet(path, sheet, formulas[sheet.title] if formulas else None) for sheet in values.worksheets)


def _sheet(path: Path, sheet: Any, typed: Any) -> Sheet:
    cells = {(cell.row, cell.column): said for cell in _held(sheet) if (said := _said(cell)).strip()}
    found = frozenset((cell.row, cell.column) for cell in (_held(typed) if typed else ()) if cell.data_type == "f")
    spans = {
        (area.min_row, area.min_col): (area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
        for area in sheet.merged_cells.ranges
    }
    return Sheet(path.name, sheet.title, cells, spans, found)


def _held(sheet: Any) -> list[Any]:
    """Return the cells that a sheet holds; `iter_rows` would make all those before the farthest of them too."""
    held: dict[tuple[int, int], Any] = sheet._cells  # noqa: SLF001  # the library has no other door to them
    return [held[place] for place in sorted(held)]


def _said(cell: Any) -> str:
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
    return _plain(str(value)) if value is not None else ""
