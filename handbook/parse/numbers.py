"""Parse numbers strictly, and explain how to correct each rejected spelling."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from handbook.field_types import Field
from handbook.patterns import MAX_DIGITS, NO_VALUE_WORD, NUMBER_PATTERN

_APPROXIMATE = re.compile(r"約|およそ|おおむね|程度|くらい|ほど|前後|以上|以下|未満")
_NEGATIVE = re.compile(r"[△▲−‐–—ー－](?=[0-9])")
_WITH_UNIT = re.compile(r"(?P<number>[+-]?[0-9][0-9,.]*)\s*(?P<unit>(?![eE][+-]?[0-9])[^0-9,.\s].*)")


class Problem(NamedTuple):
    """The error of a plain value."""

    rule: str
    message: str
    hint: str = ""
    correction: str = ""
    """The text to write instead, if it is known."""


def parse_number(text: str) -> Decimal:
    """Return the exact value of a text that `validate_number` accepts, with all its decimal places."""
    value = Decimal(text.replace(",", ""))
    return value or abs(value)  # 0 for -0


def validate_number(text: str, field: Field) -> Problem | None:
    """Return the error for a text that is not an accepted number, or None."""
    if NUMBER_PATTERN.fullmatch(text):
        if sum(map(str.isdigit, text)) <= MAX_DIGITS:
            return None
        return Problem("bad-number", f"`{text}` は、けたが多すぎます（{MAX_DIGITS} けたまで）")
    return Problem("bad-number", f"`{text}` を数として読めません", *_hint(text, field))


def _hint(text: str, field: Field) -> tuple[str, str]:
    """Return the hint for a text that is not a number, and the number to write instead, or `""`."""
    normalized = unicodedata.normalize("NFKC", text).replace("、", ",")
    signed = _NEGATIVE.sub("-", normalized)
    if field.no_value_word and text in ("なし", "未測定", "測定なし", "実績なし", "-", "－", "―", "—", "未定", "不明"):
        return f"値がないときは `{field.no_value_word}` と書きます", field.no_value_word
    if text == NO_VALUE_WORD:
        return "まだ決まっていないときは、この年度を書かないでおきます", ""
    if NUMBER_PATTERN.fullmatch(normalized):
        return f"半角で `{normalized}` と書きます", normalized
    if NUMBER_PATTERN.fullmatch(signed):
        return f"負の数は、半角の `-` を付けて `{signed}` と書きます", signed
    if _APPROXIMATE.search(normalized):
        return "数だけを書きます。「約」「以上」などの言葉は `注記` に書きます", ""
    with_unit = _WITH_UNIT.fullmatch(signed)
    if with_unit and NUMBER_PATTERN.fullmatch(with_unit["number"]):
        unit_hint = (
            "単位は千円と決まっています" if field.name == "予算" else f"`{with_unit['unit']}` は `単位` に書きます"
        )
        return f"`{with_unit['number']}` と、数だけを書きます。{unit_hint}", with_unit["number"]
    if re.fullmatch(r"[+-]?0[0-9]+(?:\.[0-9]+)?", signed):
        number = signed.lstrip("+-").lstrip("0") or "0"
        return f"はじめの 0 を付けずに `{number}` と書きます", number
    if re.fullmatch(r"[+-]?[0-9][0-9,]*(?:\.[0-9]*)?", signed):
        return "けた区切りの `,` は 3 けたごとに全部入れるか、全部入れずに書きます", ""
    return "`1850`、`2.40`、`-3` のように、数だけを半角で書きます", ""
