"""Parse numbers strictly, and explain how to correct each rejected spelling."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from handbook.field_types import Field
from handbook.fiscal_year import find_year
from handbook.patterns import MAX_DIGITS, NO_VALUE_WORD, NUMBER_PATTERN

_APPROXIMATE = re.compile(r"約|およそ|おおむね|程度|くらい|ほど|前後|以上|以下|未満")
_NEGATIVE = re.compile(r"[△▲−‐–—ー－](?=[0-9])")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width forms and their usual forms. Other compatible characters, such as ㎡, stay."""
_NUMBER = r"[+-]?[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?"
_YEAR = re.compile(r"(?:(?:令和|平成|昭和|[RHSrhs]\.?)\s*(?:元|[0-9]{1,2})|(?:19|20|21)[0-9]{2})(?:\s*年度?)?")
_YEARS = re.compile(rf"{_YEAR.pattern}\s*(?:[〜~–―ー-]|から)")
"""Matches the beginning of a range of years."""
_NO_VALUE = re.compile(
    r"[-－―—–~〜*…]+|(?:未測定|測定|実績|データ)?(?:なし|無し|無)|未(?:測定|集計|定|実施|調査)?|不明|(?:調査|集計|検討)中|[Nn]/?[Aa]|"
    r"(?i:null|none|nil|tbd)"
)
"""Matches what editors type where there is no value."""
_RANGE = re.compile(rf"(?P<first>{_NUMBER})\S*?\s*(?:[〜~→⇒–—―ー-]|から|より)\s*(?P<last>[0-9][0-9,]*(?:\.[0-9]+)?)\D*")
_FRACTION = re.compile(r"(?P<above>[0-9]+)\s*[/⁄÷]\s*(?P<below>[0-9]+)|(?P<parts>[0-9]+)分の(?P<one>[0-9]+)")
_PART = r"(?:[0-9][0-9,]*(?:\.[0-9]+)?[千百]?)"
_MYRIADS = re.compile(rf"(?:(?P<oku>{_PART}+)億)?(?:(?P<man>{_PART}+)万)?(?P<rest>{_PART}*)(?P<unit>[^0-9]*)")
_FACTORS = {"oku": 100_000_000, "man": 10_000, "rest": 1}
_YEN = {
    "千円": Decimal(1),
    "円": Decimal("0.001"),
    "¥": Decimal("0.001"),
    "\\": Decimal("0.001"),
    "万円": Decimal(10),
    "百万円": Decimal(1_000),
    "億円": Decimal(100_000),
}
"""Amounts of money in thousands of yen."""


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


def number_and_year(text: str, field: Field) -> tuple[str, str]:
    """Return the one number and the one year in a text such as `38（令和3年度）`, or `""` for each that is not one.

    An amount of the field 予算 is in thousands of yen.
    """
    normalized = unicodedata.normalize("NFKC", text)
    year = "" if _YEARS.search(normalized) else find_year(text)
    numbers = re.findall(_NUMBER, _YEAR.sub(" ", normalized) if year else normalized)
    before_bracket = re.match(rf"({_NUMBER})[^0-9]{{0,4}}\(", normalized)
    numbers = [before_bracket[1]] if before_bracket else numbers
    number = numbers[0] if len(numbers) == 1 and NUMBER_PATTERN.fullmatch(numbers[0]) else ""
    unit = re.search(rf"{re.escape(number)}\s*((?:[百千万億]*)円)", normalized)
    if number and unit and field.name == "予算":
        number = _in_thousand_yen(number, unit[1])
    return number, year


def _hint(text: str, field: Field) -> tuple[str, str]:
    """Return the hint for a text that is not a number, and the number to write instead, or `""`."""
    normalized = unicodedata.normalize("NFKC", text).replace("、", ",").strip("。 ")
    signed = _NEGATIVE.sub("-", normalized)
    if field.no_value_word and _NO_VALUE.fullmatch(normalized):
        return f"値がないときは `{field.no_value_word}` と書きます", field.no_value_word
    if text == NO_VALUE_WORD or _NO_VALUE.fullmatch(normalized):
        return "まだ決まっていないときは、この年度を書かないでおきます", ""
    if NUMBER_PATTERN.fullmatch(normalized):
        return f"半角で `{normalized}` と書きます", normalized
    if NUMBER_PATTERN.fullmatch(signed):
        return f"負の数は、半角の `-` を付けて `{signed}` と書きます", signed
    half_width = _NEGATIVE.sub("-", text.translate(_HALF_WIDTH))
    return _hint_for_form(signed) or _hint_for_words(half_width, field)


def _hint_for_form(text: str) -> tuple[str, str] | None:
    """Return hint and number for a number in another form: a range, a fraction, wrong separators; None for others."""
    if ends := _RANGE.fullmatch(text):
        first, last = ends["first"], ends["last"]
        return f"範囲は書けません。`{first}` か `{last}` か、1 つの数にして、範囲は `注記` に書きます", ""
    if fraction := _FRACTION.fullmatch(text):
        decimal = _as_decimal(fraction)
        return (f"分数は書けません。小数で `{decimal}` と書きます", decimal) if decimal else None
    if grouped := re.fullmatch(r"[0-9]{1,3}(?:([ .])[0-9]{3})(?:\1[0-9]{3})*", text):
        number = text.replace(grouped[1], "")
        if grouped[1] == " " or text.count(".") > 1:
            return f"けたの間に何も入れずに、`{number}` と書きます", number
    number, unit = _in_full(text)
    if number and (not unit or re.search("[億万].*[0-9]", text)):  # 2.5万人 is also a number with its unit
        unit_hint = f"。`{unit}` は `単位` に書きます" if unit else ""
        return f"けたを全部並べて、`{number}` と書きます{unit_hint}", number
    if re.fullmatch(r"[+-]?0[0-9]+(?:\.[0-9]+)?", text):
        number = text.lstrip("+-").lstrip("0") or "0"
        number = f"0{number}" if number.startswith(".") else number
        return f"はじめの 0 を付けずに `{number}` と書きます", number
    if re.fullmatch(r"[0-9]+,[0-9]{1,2}", text):
        return f"`{text.replace(',', '')}` と `,` を付けずに書くか、小数なら `{text.replace(',', '.')}` と書きます", ""
    if re.fullmatch(r"[+-]?[0-9][0-9,]*(?:\.[0-9]*)?", text):
        number = text.replace(",", "").rstrip(".")
        return f"`,` を付けずに `{number}` と書きます（付けるなら 3 けたごとに全部）", number
    return None


def _hint_for_words(text: str, field: Field) -> tuple[str, str]:
    """Return hint and number for a number with words or signs around it."""
    numbers = re.findall(_NUMBER, text)
    number = numbers[0] if len(numbers) == 1 and NUMBER_PATTERN.fullmatch(numbers[0]) else ""
    if not number:
        return "`1850`、`2.40`、`-3` のように、1 つの数だけを半角で書きます。ほかの言葉は `注記` に書きます", ""
    rest = text.replace(number, "", 1).strip()
    if field.name == "予算" and (amount := _in_thousand_yen(number, rest)):
        return f"`{amount}` と、数だけを書きます。単位は千円と決まっています", amount
    unit = re.fullmatch(r"[^\W\d_]\w*(?:/\w+)?|[%‰℃°㎡㎥].*", rest)
    if unit and text.startswith(number) and not _APPROXIMATE.search(rest):
        return f"`{number}` と、数だけを書きます。`{rest}` は `単位` に書きます", number
    words = re.sub(_NUMBER, " ", text).split()
    listed = " ".join(f"`{word}`" for word in words)
    return f"`{number}` と、数だけを書きます。{listed} などの言葉は `注記` に書きます", ""


def _as_decimal(fraction: re.Match[str]) -> str:
    """Return a fraction as a decimal number, rounded to three digits if it does not end; `""` for a division by 0."""
    above, below = (fraction["above"], fraction["below"]) if fraction["above"] else (fraction["one"], fraction["parts"])
    if not int(below):
        return ""
    exact = Decimal(int(above)) / int(below)
    return f"{exact:f}" if exact * int(below) == int(above) and len(f"{exact}") < MAX_DIGITS else f"{exact:.3f}"


def _in_full(text: str) -> tuple[str, str]:
    """Return a number such as 2.5万, 1億2千万 or 2万3千人 with all its digits, and its unit; `""` if it is none."""
    match = _MYRIADS.fullmatch(text)
    if not match or not any(match[name] for name in ("oku", "man")):
        return "", ""
    amount = sum((_below_myriad(match[name]) * factor for name, factor in _FACTORS.items()), Decimal(0))
    return f"{amount.normalize():f}", match["unit"]


def _below_myriad(text: str) -> Decimal:
    """Return the value of a part such as 2千3百 or 2.5."""
    total = Decimal(0)
    for number, sign in re.findall(r"([0-9][0-9,]*(?:\.[0-9]+)?)([千百]?)", text or ""):
        total += Decimal(number.replace(",", "")) * {"千": 1000, "百": 100, "": 1}[sign]
    return total


def _in_thousand_yen(number: str, unit: str) -> str:
    """Return an amount in yen or in a multiple of it in thousands of yen, or `""` for another unit."""
    factor = _YEN.get(unit.strip())
    if factor == 1:
        return number
    return f"{(Decimal(number.replace(',', '')) * factor).normalize():f}" if factor else ""
