"""Convert the text of a cell to the form of its column, with a message for each change to confirm."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from decimal import Decimal

from handbook import fiscal_year
from handbook.field_types import CELL_LIST_TYPES, FieldType
from handbook.patterns import NUMBER_PATTERN
from handbook.table_cells import split_cell

Converted = tuple[str, str]
"""The text for plan.yaml, and a message or ""."""
DATE_FORMS: frozenset[FieldType] = frozenset({"date", "until"})
"""The forms of columns in which a date needs no remark."""
_SLASHED_DATE = re.compile(r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?")
_CERTAIN_SEPARATOR = re.compile(r"\s*[、，,；\n]\s*")
_POSSIBLE_SEPARATOR = re.compile(r"\s*[、，,；\n・･/／&＆]\s*|[ \u3000]+")
_PERCENT_UNITS = frozenset({"%", "％", "パーセント"})


def convert(text: str, form: FieldType) -> Converted:
    """Return the text of a cell as plan.yaml needs it. A text that cannot be converted is returned unchanged."""
    if form == "text" or form in CELL_LIST_TYPES:
        return text, ""
    joined = join_cell_lines(text)
    conversion = _CONVERSIONS.get(form)
    converted, message = conversion(joined) if conversion else (joined, "")
    if "\n" in text.strip() and not message:
        message = f"セルの中の改行をつなげて、`{converted[:60]}` と読みました"
    return converted, message


def join_cell_lines(text: str) -> str:
    """Join the lines of a cell: with a space between ASCII characters, without one between Japanese characters."""
    return re.sub(r"(?<=[!-~])\s*\n\s*(?=[!-~])", " ", text).replace("\n", "").strip("\u3000 \t")


def _number(text: str) -> Converted:
    narrow = unicodedata.normalize("NFKC", text)
    if narrow == text or not NUMBER_PATTERN.fullmatch(narrow):
        return text, ""
    return narrow, f"`{text}` を `{narrow}` と読みました"


def _date(text: str) -> Converted:
    match = _SLASHED_DATE.fullmatch(unicodedata.normalize("NFKC", text))
    if not match:
        return text, ""
    iso = f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}"
    return iso, f"`{text}` を `{iso}` と読みました"


_CONVERSIONS: dict[FieldType, Callable[[str], Converted]] = {"number": _number, "date": _date, "until": _date}


def percentage(text: str, unit: str) -> Converted:
    """Return the number of a percentage if the unit of its indicator is percent."""
    number = text.removesuffix("%")
    if number == text or not NUMBER_PATTERN.fullmatch(number) or unit not in _PERCENT_UNITS:
        return text, ""
    return number, f"パーセントのセルです。単位が `{unit}` なので `{number}` と読みました"


def split_words(text: str, form: FieldType, known: Collection[str]) -> tuple[list[str], str]:
    """Return the words of a list in one cell, and a message if they are separated otherwise than by `;`.

    `known` are the allowed words; empty if any word is allowed. A word that contains `、` or `・` is kept if it is
    known.
    """
    words = [word for part in split_cell(text) if (word := part.strip("\u3000 \n\t"))]
    unknown = [word for word in words if word not in known]
    if not unknown or (not known and len(words) > 1):
        return words, ""
    certain = _split_each(words, known, _CERTAIN_SEPARATOR)
    possible = certain if form != "words" else _split_each(words, known, _POSSIBLE_SEPARATOR)
    split = possible if known and set(possible) <= set(known) else certain
    if split != words:
        return split, f"`;` でない区切りを読みました: {'、'.join(f'`{word}`' for word in split)}"
    if form == "words" and not known and possible != words:
        return words, f"1 つの言葉として `{words[0][:60]}` と読みました。2 つ以上なら、間を `;` で区切ります"
    return words, ""


def _split_each(words: list[str], known: Collection[str], separator: re.Pattern[str]) -> list[str]:
    """Return the parts of the words that are not known."""
    return [part for word in words for part in ([word] if word in known else separator.split(word)) if part]


def is_same(actual: str, expected: str, form: str) -> bool:
    """Return whether two texts are the same value of a form, such as `1,200` and `1200`."""
    return actual == expected or normalized(actual, form) == normalized(expected, form)


def normalized(text: str, form: str) -> str:
    """Return a text in which equal values are spelled alike."""
    if form in CELL_LIST_TYPES:
        return "\0".join(word.strip() for word in split_cell(text))
    converted = convert(text, form)[0].strip()  # type: ignore[arg-type]  # a form is a type of field
    plain = unicodedata.normalize("NFC", converted.strip("\n\u3000 "))
    if form == "year" and (year := fiscal_year.parse_year(plain)):
        return str(year)
    if form == "number" and NUMBER_PATTERN.fullmatch(plain):
        return f"{Decimal(plain.replace(',', '')).normalize():f}"
    if form == "url":
        return plain.rstrip("/")
    return plain.removeprefix("No.")
