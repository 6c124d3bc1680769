"""Apply text edits to a file as it is on the disk: with its byte order mark, its line ends and its Unicode form.

The edits have the lines and columns of `Source`, which has none of the three.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from handbook.parse.source import BYTE_ORDER_MARK, COMBINING_RUN, normalize_runs
from handbook.text_edits import TextEdit


class EditedFile:
    """The bytes of a file, and edits that do not overlap."""

    def __init__(self, data: bytes) -> None:
        """Raises UnicodeDecodeError if the file is not UTF-8."""
        self._mark = BYTE_ORDER_MARK if data.startswith(BYTE_ORDER_MARK) else b""
        self._text = data.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
        self._line_starts = [0, *accumulate(len(line) + 1 for line in self._text.split("\n"))]
        has_crlf = self._text.count("\r\n") * 2 > self._text.count("\n")
        self._line_end = "\r\n" if has_crlf else "\n"
        self._edits: list[tuple[int, int, str]] = []

    def add(self, edits: Iterable[TextEdit]) -> bool:
        """Add edits. Return False and add none if the text of one is not there, or if it overlaps with another."""
        added: list[tuple[int, int, str]] = []
        for edit in edits:
            place = self._place(edit)
            if not place or any(_overlap(place, other) for other in (*self._edits, *added)):
                return False
            added.append((*place, edit.new.replace("\n", self._line_end)))
        self._edits += added
        return True

    def data(self) -> bytes:
        """Return the bytes of the file after the edits."""
        parts, end = [], 0
        for start, stop, new in sorted(self._edits):
            parts += [self._text[end:start], new]
            end = stop
        return self._mark + "".join([*parts, self._text[end:]]).encode("utf-8")

    def _place(self, edit: TextEdit) -> tuple[int, int] | None:
        """Return start and end of the replaced text, or None if it is not there."""
        start, end = self._offset(edit.line, edit.column), self._offset(*edit.end)
        if start is None or end is None or start > end:
            return None
        found = normalize_runs(self._text[start:end].replace("\r\n", "\n"))
        return (start, end) if found == edit.old else None

    def _offset(self, line: int, column: int) -> int | None:
        """Return the position of a line and column, both from 1; None if it is behind the end or inside a letter."""
        if not 0 < line < len(self._line_starts):
            return None
        start, next_start = self._line_starts[line - 1 : line + 1]
        typed = self._text[start : next_start - 1].removesuffix("\r")
        offset = _offset_in_line(typed, column - 1)
        return None if offset is None else start + offset


def _overlap(first: tuple[int, int], second: Sequence[int | str]) -> bool:
    """Return whether two stretches share a character or begin at the same place."""
    return first[0] == second[0] or (first[0] < int(second[1]) and int(second[0]) < first[1])


def _offset_in_line(typed: str, column: int) -> int | None:
    """Return the position in the line as typed for a column (from 0) of the line in normalization form C."""
    runs = [(match.start(), match.end(), len(normalize_runs(match[0]))) for match in COMBINING_RUN.finditer(typed)]
    shifts = [0, *accumulate(end - start - width for start, end, width in runs)]
    columns = [start - shift for (start, _, _), shift in zip(runs, shifts, strict=False)]
    index = bisect_right(columns, column)
    if index and columns[index - 1] < column < columns[index - 1] + runs[index - 1][2]:
        return None
    offset = column + shifts[index - (1 if index and columns[index - 1] == column else 0)]
    return offset if offset <= len(typed) else None
