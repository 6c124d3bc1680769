"""What a workbook would unfold to, measured before anything is unfolded.

Each part goes through the very parser that openpyxl reads it with, so that nothing can be written in a way that is
read otherwise here than there: not by another encoding, not by a reference to a character, not under another name.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.parsers import expat

MAX_UNCOMPRESSED_BYTES = 200_000_000
"""Bytes of all parts together."""
MAX_PARTS = 2_000
MAX_CELLS = 1_000_000
"""Cells of a file, those within merged areas too."""
MAX_XML_ELEMENTS = 5 * MAX_CELLS
"""A cell takes three."""
_READ_SIZE = 1 << 16
_RANGE_ELEMENTS = frozenset({"mergeCell", "hyperlink"})
"""Elements for whose area the reader makes every cell."""
_CELL_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ALLOWED_COMPRESSION = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class UnsafeWorkbook(Exception):
    """A workbook that may do harm: the rule it breaks, and why, in Japanese."""

    def __init__(self, rule: str, message: str, hint: str = "") -> None:
        self.told = rule, message, hint
        super().__init__(message)


UNREADABLE_WORKBOOK = (
    "broken-workbook",
    "Excel のファイルとして読めません",
    "表計算ソフトで開いて、.xlsx として保存し直してください",
)
WORKBOOK_TOO_LARGE = ("too-large", f"ほどくと大きすぎます（{MAX_UNCOMPRESSED_BYTES:,} バイトまで）")
WORKBOOK_TOO_MANY_CELLS = ("too-many-cells", f"セルが多すぎます（{MAX_CELLS:,} まで）")


@dataclass(slots=True)
class _PartCounter:
    """Counts what the parser meets."""

    cells: int = 0
    elements: int = 0
    has_formulas: bool = False

    def start_element(self, name: str, held: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self.elements += 1
        if name == "c":
            self.cells += 1
        elif name == "f":
            self.has_formulas = True
        elif name in _RANGE_ELEMENTS:
            self.cells += range_cell_count(held.get("ref", ""))
        if self.cells > MAX_CELLS or self.elements > MAX_XML_ELEMENTS:
            raise UnsafeWorkbook(*WORKBOOK_TOO_MANY_CELLS)


def has_formulas(held: bytes) -> bool:
    """Return whether a workbook holds formulas.

    Raises Strange for what is none, or would fill the memory or reach outside.
    """
    found = _PartCounter()
    try:
        with zipfile.ZipFile(io.BytesIO(held)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNCOMPRESSED_BYTES:
                raise UnsafeWorkbook(*WORKBOOK_TOO_LARGE)
            if any(part.flag_bits & 1 for part in parts):
                raise UnsafeWorkbook("locked", "パスワードがかかっています", "パスワードを外して保存し直してください")
            if any(part.compress_type not in _ALLOWED_COMPRESSION for part in parts):
                raise UnsafeWorkbook(*UNREADABLE_WORKBOOK)
            for part in parts:
                _count_part(archive, part, found)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, EOFError) as error:
        raise UnsafeWorkbook(*UNREADABLE_WORKBOOK) from error
    return found.has_formulas


def _count_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, found: _PartCounter) -> None:
    """Count a part as far as it is XML: behind the first fault in it openpyxl reads no further either."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = found.start_element
    parser.StartDoctypeDeclHandler = _reject_doctype
    with archive.open(part) as file:
        try:
            while chunk := file.read(_READ_SIZE):
                parser.Parse(chunk)
        except expat.ExpatError:
            while file.read(_READ_SIZE):  # to its end, where its sum is held against it
                pass


def _reject_doctype(*_: object) -> None:
    raise UnsafeWorkbook("strange-xml", "ファイルの中に、使えない書き方（DOCTYPE）があります")


def range_cell_count(area: str) -> int:
    """Return how many cells an area such as `A1:C3` has; too many for one that is written in a strange way."""
    corners = [_CELL_REFERENCE.fullmatch(corner) for corner in area.replace("$", "").upper().split(":")]
    found = [(_column_number(corner[1]), int(corner[2])) for corner in corners if corner]
    if len(found) != len(corners) or len(found) > 2:
        return MAX_CELLS + 1
    (left, top), (right, bottom) = found[0], found[-1]
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)


def _column_number(column: str) -> int:
    number = 0
    for sign in column:
        number = number * 26 + ord(sign) - 64
    return number
