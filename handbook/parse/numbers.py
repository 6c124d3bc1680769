"""Quantities: our own strict rule, and what to say to whoever wrote a number in another way."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from handbook.field_types import Field
from handbook.patterns import MAX_DIGITS, NO_VALUE_WORD, NUMBER_PATTERN

_APPROXIMATE = re.compile(r"約|およそ|おおむね|程度|くらい|ほど|前後|以上|以下|未満")
_NEGATIVE = re.compile(r"[△▲−‐–—ー－](?=[0-9])")
_WITH_UNIT = re.compile(r"(?P<number>[+-]?[0-9][0-9,.]*)\s*(?P<unit>(?![eE][+-]?[0-9])[^0-9,.\s].*)")
Problem = tuple[str, str, str]
"""Rule, message and hint."""


def parse_number(text: str) -> Decimal:
    """Return a quantity that `bad_number` lets pass, exactly: all its digits behind the point are kept."""
    value = Decimal(text.replace(",", ""))
    return value or abs(value)  # there is no negative zero


def validate_number(text: str, key: Field) -> Problem | None:
    """Say what is wrong with a quantity, if anything."""
    if NUMBER_PATTERN.fullmatch(text):
        if sum(map(str.isdigit, text)) <= MAX_DIGITS:
            return None
        return "bad-number", f"`{text}` は、けたが多すぎます（{MAX_DIGITS} けたまで）", ""
    return "bad-number", f"`{text}` を数として読めません", _hint(text, key)


def _hint(text: str, key: Field) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("、", ",")
    signed = _NEGATIVE.sub("-", plain)
    if key.no_value_word and text in ("なし", "未測定", "測定なし", "実績なし", "-", "－", "―", "—", "未定", "不明"):
        return f"値がないときは `{key.no_value_word}` と書きます"
    if text == NO_VALUE_WORD:
        return "まだ決まっていないときは、この年度を書かないでおきます"
    if NUMBER_PATTERN.fullmatch(plain):
        return f"半角で `{plain}` と書きます"
    if NUMBER_PATTERN.fullmatch(signed):
        return f"負の数は、半角の `-` を付けて `{signed}` と書きます"
    if _APPROXIMATE.search(plain):
        return "数だけを書きます。「約」「以上」などの言葉は `注記` に書きます"
    found = _WITH_UNIT.fullmatch(signed)
    if found and NUMBER_PATTERN.fullmatch(found["number"]):
        where = "単位は千円と決まっています" if key.name == "予算" else f"`{found['unit']}` は `単位` に書きます"
        return f"`{found['number']}` と、数だけを書きます。{where}"
    if re.fullmatch(r"[+-]?0[0-9]+(?:\.[0-9]+)?", signed):
        return f"はじめの 0 を付けずに `{signed.lstrip('+-').lstrip('0') or '0'}` と書きます"
    if re.fullmatch(r"[+-]?[0-9][0-9,]*(?:\.[0-9]*)?", signed):
        return "けた区切りの `,` は 3 けたごとに全部入れるか、全部入れずに書きます"
    return "`1850`、`2.40`、`-3` のように、数だけを半角で書きます"
