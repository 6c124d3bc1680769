"""Read one cell of a workbook: its text, and a remark about everything that the text alone does not show.

`_VALUE_KINDS` is the table of the kinds of values. Strikethrough, links and hidden numbers are read for every kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any  # openpyxl has no types for cells

from handbook.importer.number_formats import number_text
from handbook.patterns import INVISIBLE

MAX_QUOTED_CHARS = 30
"""Most characters of a cell that a message contains."""
DATE_RULE, STRUCK_RULE = "date-cell", "struck-out"
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
"""A character that XML cannot contain, or the `_` before a text that looks like this."""
_OTHER_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_REMOVED = re.compile(f"{INVISIBLE.pattern}|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Remark:
    """What an editor must be informed of about a cell."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class ReadCell:
    """The text of a cell with the remarks about it."""

    text: str
    remarks: tuple[Remark, ...] = ()


def quoted(text: str) -> str:
    """Return the start of a text for a message."""
    line = text.replace("\n", " ")
    return f"`{line[:MAX_QUOTED_CHARS]}{'…' if len(line) > MAX_QUOTED_CHARS else ''}`"


def read_cell(cell: Any, *, is_formula: bool = False) -> ReadCell:
    """Return what openpyxl's cell contains. A formula is read as its cached value."""
    read = _strike_out(cell, _read_value(cell))
    remarks = list(read.remarks)
    if is_formula:
        found = (
            "保存された計算の結果を読みました" if read.text else "計算の結果が保存されていないので、空として読みました"
        )
        remarks.append(Remark("formula", f"計算式のセルです。{found}"))
    target = cell.hyperlink and (cell.hyperlink.target or cell.hyperlink.location)
    if target and target.removeprefix("mailto:").rstrip("/") not in read.text:
        remarks.append(Remark("hyperlink", f"リンク先 {quoted(target)} は使いませんでした"))
    return ReadCell(read.text, tuple(remarks))


def _read_value(cell: Any) -> ReadCell:
    for types, read in _VALUE_KINDS:
        if isinstance(cell.value, types):
            return read(cell)
    return ReadCell("") if cell.value is None else clean_text(str(cell.value))


def _strike_out(cell: Any, read: ReadCell) -> ReadCell:
    """Return a cell of which all is struck out as empty."""
    if not (read.text and cell.font and cell.font.strike) or isinstance(cell.value, list):
        return read
    return ReadCell("", (Remark(STRUCK_RULE, f"取り消し線のある {quoted(read.text)} は使いませんでした"),))


def clean_text(text: str) -> ReadCell:
    """Return a text with one kind of line end and without invisible characters."""
    lines = _OTHER_NEWLINES.sub("\n", text)
    visible = _REMOVED.sub("", lines)
    if visible == lines:
        return ReadCell(lines)
    names = "、".join(dict.fromkeys(f"U+{ord(character):04X}" for character in _REMOVED.findall(lines)))
    return ReadCell(visible, (Remark("invisible-character", f"目に見えない文字（{names}）を除きました"),))


def _read_text(cell: Any) -> ReadCell:
    return clean_text(_decode_escapes(cell.value))


def _decode_escapes(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _read_boolean(cell: Any) -> ReadCell:
    text = str(cell.value).upper()
    return ReadCell(text, (Remark("boolean", f"真か偽かを表すセルです。`{text}` と読みました"),))


def _read_date(cell: Any) -> ReadCell:
    value = cell.value
    text = value.isoformat(" ", "minutes" if not value.second else "auto") if isinstance(value, datetime) else ""
    if not isinstance(value, datetime) or value.time() == time():
        text = f"{value:%Y-%m-%d}" if value.year > 999 else value.isoformat()[:10]  # four digits
    return ReadCell(text, (Remark(DATE_RULE, f"日付のセルです。`{text}` と読みました"),))


def _read_time(cell: Any) -> ReadCell:
    value = cell.value
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        text = f"{seconds // 3600}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    else:
        text = value.isoformat("minutes" if not value.second else "seconds")
    return ReadCell(text, (Remark("time-cell", f"時刻のセルです。`{text}` と読みました"),))


def _read_number(cell: Any) -> ReadCell:
    text, message = number_text(cell.value, str(cell.number_format))
    return ReadCell(text, (Remark("number-format", message),) if message else ())


def _read_rich_text(cell: Any) -> ReadCell:
    """Return the parts of a text that are not struck out."""
    struck: list[str] = []
    kept: list[str] = []
    raised: list[str] = []
    for part in cell.value:
        font, text = (cell.font, part) if isinstance(part, str) else (part.font, part.text)
        text = _decode_escapes(str(text))
        (struck if font is not None and font.strike else kept).append(text)
        if font is not None and font.vertAlign in ("superscript", "subscript"):
            raised.append(text)
    read = clean_text("".join(kept))
    remarks = [*read.remarks]
    if any(text.strip() for text in struck):
        remarks.append(Remark(STRUCK_RULE, f"取り消し線のある {quoted(''.join(struck))} は使いませんでした"))
    if raised:
        message = f"上付きか下付きの文字 {quoted(''.join(raised))} を、ふつうの大きさの文字として読みました"
        remarks.append(Remark("raised-text", message))
    return ReadCell(read.text, tuple(remarks))


_VALUE_KINDS: tuple[tuple[type | tuple[type, ...], Callable[[Any], ReadCell]], ...] = (
    (bool, _read_boolean),  # before int, which includes bool
    ((int, float, Decimal), _read_number),
    (date, _read_date),
    ((time, timedelta), _read_time),
    (list, _read_rich_text),
    (str, _read_text),
)
"""The reader of each type of value."""
