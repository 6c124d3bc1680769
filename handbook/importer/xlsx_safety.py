"""Measure the uncompressed size and the number of cells of an .xlsx file before openpyxl reads it.

Each part is parsed with expat, the parser that openpyxl uses. So encodings, character references and namespace prefixes
have the same meaning here as there, and cannot hide cells.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.parsers import expat

MAX_UNCOMPRESSED_BYTES = 200_000_000
"""Uncompressed bytes of all parts together."""
MAX_PARTS = 2_000
MAX_CELLS = 1_000_000
"""Cells of a file, including those in merged areas."""
MAX_XML_ELEMENTS = 5 * MAX_CELLS
"""A cell has up to three elements."""
_READ_SIZE = 1 << 16
_RANGE_ELEMENTS = frozenset({"mergeCell", "hyperlink"})
"""Elements with an area in which openpyxl creates every cell."""
_CELL_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ALLOWED_COMPRESSION = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class UnsafeWorkbookError(Exception):
    """The workbook is broken, too large or locked. Contains the rule, message and hint of a diagnostic, in Japanese."""

    def __init__(self, rule: str, message: str, hint: str = "") -> None:
        self.details = rule, message, hint
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
    """Counts the elements of all parts, as a handler of expat."""

    cells: int = 0
    elements: int = 0
    has_formulas: bool = False

    def start_element(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self.elements += 1
        if name == "c":
            self.cells += 1
        elif name == "f":
            self.has_formulas = True
        elif name in _RANGE_ELEMENTS:
            self.cells += range_cell_count(attributes.get("ref", ""))
        if self.cells > MAX_CELLS or self.elements > MAX_XML_ELEMENTS:
            raise UnsafeWorkbookError(*WORKBOOK_TOO_MANY_CELLS)


def has_formulas(data: bytes) -> bool:
    """Return whether a workbook contains formulas.

    Raises UnsafeWorkbookError if the data are no workbook, exceed a limit, or contain a DOCTYPE, which may load other
    files.
    """
    counter = _PartCounter()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNCOMPRESSED_BYTES:
                raise UnsafeWorkbookError(*WORKBOOK_TOO_LARGE)
            if any(part.flag_bits & 1 for part in parts):
                raise UnsafeWorkbookError(
                    "locked", "パスワードがかかっています", "パスワードを外して保存し直してください"
                )
            if any(part.compress_type not in _ALLOWED_COMPRESSION for part in parts):
                raise UnsafeWorkbookError(*UNREADABLE_WORKBOOK)
            for part in parts:
                _count_part(archive, part, counter)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, EOFError) as error:
        raise UnsafeWorkbookError(*UNREADABLE_WORKBOOK) from error
    return counter.has_formulas


def _count_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, counter: _PartCounter) -> None:
    """Count the elements of a part up to its first XML error. openpyxl reads no further either."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = counter.start_element
    parser.StartDoctypeDeclHandler = _reject_doctype
    with archive.open(part) as file:
        try:
            while chunk := file.read(_READ_SIZE):
                parser.Parse(chunk)
        except expat.ExpatError:
            while file.read(_READ_SIZE):  # at the end of the part, zipfile checks its CRC
                pass


def _reject_doctype(*_: object) -> None:
    raise UnsafeWorkbookError("strange-xml", "ファイルの中に、使えない書き方（DOCTYPE）があります")


def range_cell_count(area: str) -> int:
    """Return the number of cells of an area such as `A1:C3`; more than MAX_CELLS if the area is not valid."""
    corners = [_CELL_REFERENCE.fullmatch(corner) for corner in area.replace("$", "").upper().split(":")]
    cells = [(_column_number(corner[1]), int(corner[2])) for corner in corners if corner]
    if len(cells) != len(corners) or len(cells) > 2:
        return MAX_CELLS + 1
    (left, top), (right, bottom) = cells[0], cells[-1]
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)


def _column_number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number
