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

LARGEST_UNFOLDED = 200_000_000
"""Bytes of all parts together."""
MOST_PARTS = 2_000
MOST_CELLS = 1_000_000
"""Cells of a file, those within merged areas too."""
MOST_ELEMENTS = 5 * MOST_CELLS
"""A cell takes three."""
_CHUNK = 1 << 16
_AREAS = frozenset({"mergeCell", "hyperlink"})
"""Elements for whose area the reader makes every cell."""
_CORNER = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Strange(Exception):
    """A workbook that may do harm: the rule it breaks, and why, in Japanese."""

    def __init__(self, rule: str, message: str, hint: str = "") -> None:
        self.told = rule, message, hint
        super().__init__(message)


BROKEN = (
    "broken-workbook",
    "Excel のファイルとして読めません",
    "表計算ソフトで開いて、.xlsx として保存し直してください",
)
TOO_LARGE = ("too-large", f"ほどくと大きすぎます（{LARGEST_UNFOLDED:,} バイトまで）")
TOO_MANY = ("too-many-cells", f"セルが多すぎます（{MOST_CELLS:,} まで）")


@dataclass(slots=True)
class _Measure:
    """Counts what the parser meets."""

    cells: int = 0
    elements: int = 0
    calculates: bool = False

    def take(self, name: str, held: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self.elements += 1
        if name == "c":
            self.cells += 1
        elif name == "f":
            self.calculates = True
        elif name in _AREAS:
            self.cells += cells_of(held.get("ref", ""))
        if self.cells > MOST_CELLS or self.elements > MOST_ELEMENTS:
            raise Strange(*TOO_MANY)


def calculates(held: bytes) -> bool:
    """Return whether a workbook holds formulas.

    Raises Strange for what is none, or would fill the memory or reach outside.
    """
    found = _Measure()
    try:
        with zipfile.ZipFile(io.BytesIO(held)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNFOLDED:
                raise Strange(*TOO_LARGE)
            if any(part.flag_bits & 1 for part in parts):
                raise Strange("locked", "パスワードがかかっています", "パスワードを外して保存し直してください")
            if any(part.compress_type not in _PACKED for part in parts):
                raise Strange(*BROKEN)
            for part in parts:
                _measure(archive, part, found)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, EOFError) as error:
        raise Strange(*BROKEN) from error
    return found.calculates


def _measure(archive: zipfile.ZipFile, part: zipfile.ZipInfo, found: _Measure) -> None:
    """Count a part as far as it is XML: behind the first fault in it openpyxl reads no further either."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = found.take
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with archive.open(part) as file:
        try:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk)
        except expat.ExpatError:
            while file.read(_CHUNK):  # to its end, where its sum is held against it
                pass


def _refuse_doctype(*_: object) -> None:
    raise Strange("strange-xml", "ファイルの中に、使えない書き方（DOCTYPE）があります")


def cells_of(area: str) -> int:
    """Return how many cells an area such as `A1:C3` has; too many for one that is written in a strange way."""
    corners = [_CORNER.fullmatch(corner) for corner in area.replace("$", "").upper().split(":")]
    found = [(_number(corner[1]), int(corner[2])) for corner in corners if corner]
    if len(found) != len(corners) or len(found) > 2:
        return MOST_CELLS + 1
    (left, top), (right, bottom) = found[0], found[-1]
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)


def _number(column: str) -> int:
    number = 0
    for sign in column:
        number = number * 26 + ord(sign) - 64
    return number
