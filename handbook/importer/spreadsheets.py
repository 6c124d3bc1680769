"""Read the sheets of Excel files, CSV and tab-separated text."""

from __future__ import annotations

import csv
import io
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.importer import text_encoding, xlsx_safety
from handbook.importer.cell_kinds import clean_text, quoted
from handbook.importer.sheet import Position, Sheet
from handbook.os_errors import os_error_reason

MAX_IMPORT_BYTES = 40_000_000
MAX_IMPORT_CELL_CHARS = 100_000
SUFFIXES = (".xlsx", ".csv", ".tsv", ".txt", ".json")
_REPLACED = re.compile(r"(?<![!-~])\?|\?(?![!-~])")
"""A question mark that is no part of a word in ASCII or a URL."""


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
    try:
        text, encoding = text_encoding.decode(data)
    except text_encoding.UnknownEncodingError as error:
        raise _import_error(path, "bad-encoding", f"{error}", "UTF-8 で保存し直してください") from error
    message = f"文字コードは {encoding} でした" if encoding != "UTF-8" else ""
    if encoding == "Shift_JIS" and text_encoding.has_changed_signs(text):
        message += "。Shift_JIS には「〜」「−」「—」がないので、「～」「－」「―」になっているところがあります"
    return text, message


def read_csv(path: Path) -> tuple[Sheet, str]:
    """Return a CSV or tab-separated file as a sheet, and a message about its encoding."""
    text, message = decode_text(read_import_file(path), path)
    return csv_sheet(text, path, may_lack_characters="Shift_JIS" in message), message


def csv_sheet(text: str, path: Path, *, may_lack_characters: bool = False) -> Sheet:
    """Return the cells of a CSV or tab-separated text. Raises SourceError if it is no table.

    `may_lack_characters`: its encoding replaced characters by `?`.
    """
    first_line = text.partition("\n")[0]
    is_tabbed = path.suffix.lower() != ".csv" or ("\t" in first_line and "," not in first_line)
    if "\0" in text:
        raise _import_error(path, "bad-character", "文字でないもの（NUL）が入っています")
    csv.field_size_limit(MAX_IMPORT_CELL_CHARS)
    cells: dict[Position, str] = {}
    plain = Sheet(file=path.name, cells=cells)
    remarks: list[Diagnostic] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if is_tabbed else ",")
    try:
        for number, row in enumerate(reader, 1):
            for column, cell in enumerate(row, 1):
                read = clean_text(cell)
                remarks += [plain.warning(number, column, one.rule, one.message) for one in read.remarks]
                if read.text:
                    cells[number, column] = read.text
            if len(cells) > xlsx_safety.MAX_CELLS:
                raise _import_error(path, *xlsx_safety.WORKBOOK_TOO_MANY_CELLS)
    except csv.Error as error:
        message = f"{reader.line_num} 行めを表として読めません（セルが長すぎるか、引用符が閉じていません）"
        raise SourceError([Diagnostic(SourceSpan(path.name, reader.line_num, 1), "bad-csv", message)]) from error
    if may_lack_characters:
        remarks += _replacement_remarks(plain)
    return Sheet(file=path.name, cells=cells, remarks=tuple(remarks), is_rectangular=False)


def _replacement_remarks(sheet: Sheet) -> Iterator[Diagnostic]:
    """Yield a remark for each cell in which `?` may stand for a character that Shift_JIS lacks."""
    for (row, column), text in sheet.cells.items():
        if _REPLACED.search(text):
            message = f"{quoted(text)} の `?` は、Shift_JIS にない字が置きかわったものかもしれません"
            yield sheet.warning(row, column, "replaced-character", message)


def read_xlsx(path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of an Excel file. Raises SourceError if it is unreadable."""
    return xlsx_sheets(read_import_file(path), path)


def xlsx_sheets(data: bytes, path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook, of which `path` is the name. Raises SourceError if it is unreadable."""
    from handbook.importer import workbooks  # noqa: PLC0415  # openpyxl is imported only if a workbook is read

    try:
        return workbooks.read_sheets(data, path.name)
    except xlsx_safety.UnsafeWorkbookError as error:
        raise _import_error(path, *error.details) from error
