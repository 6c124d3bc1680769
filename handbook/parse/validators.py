"""Validate plain values, one function per field type. Each returns the error, or None if the value is valid."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date

from handbook import fiscal_year
from handbook.diagnostics import closest_match, suggestion_hint
from handbook.field_types import Field, FieldType
from handbook.kana import to_hiragana
from handbook.model import is_valid_url
from handbook.parse.numbers import Problem, validate_number
from handbook.patterns import BASE_URL_PATTERN, HTTPS_PATTERN, ID_PATTERN, KANA_PATTERN, WINDOWS_DEVICE_NAMES

MAX_ID_CHARACTERS = 64
URL_ADVICE = "`https://` から始まる住所を書きます"


def bad_id_problem(text: str, name: str) -> Problem:
    """Return the error for a text that is no id, with an id similar to the text if there is one."""
    candidate = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKC", text).casefold()).strip("-")
    candidate = re.sub(r"^[^a-z]+", "", candidate)
    advice = "半角の英小文字で始まる、英小文字・数字・`-` だけの 64 文字まで"
    is_valid = ID_PATTERN.fullmatch(candidate) and candidate not in WINDOWS_DEVICE_NAMES
    hint = f"`{candidate}` ではどうですか（{advice}）" if is_valid else advice
    return Problem("bad-id", f"`{text}` は {name} として使えません", hint, candidate if is_valid else "")


def free_id(node_id: str, taken: Collection[str]) -> str:
    """Return an id that no node has: the id with a number at its end."""
    stem = re.sub(r"-[0-9]+$", "", node_id)
    numbers = range(2, len(taken) + 3)
    candidates = (f"{stem[: MAX_ID_CHARACTERS - len(str(number)) - 1]}-{number}" for number in numbers)
    return next(candidate for candidate in candidates if candidate not in taken)


def _validate_id(text: str, field: Field) -> Problem | None:
    if not ID_PATTERN.fullmatch(text):
        return bad_id_problem(text, field.name)
    if text in WINDOWS_DEVICE_NAMES:
        return Problem("reserved-id", f"`{text}` は Windows が使う名前なので使えません", "ほかの名前にしてください")
    return None


def _validate_kana(text: str, field: Field) -> Problem | None:
    if KANA_PATTERN.fullmatch(text):
        return None
    reading = to_hiragana(unicodedata.normalize("NFKC", text))
    message = f"`{field.name}` はひらがなで書きます"
    if KANA_PATTERN.fullmatch(reading):
        return Problem("not-kana", message, f"`{reading}` と書きます", reading)
    return Problem("not-kana", message)


def _validate_choice(text: str, field: Field) -> Problem | None:
    if text in field.choices:
        return None
    message, near = f"`{field.name}` に `{text}` は使えません", closest_match(text, field.choices)
    return Problem("unknown-choice", message, suggestion_hint(text, field.choices), near)


def _validate_period(text: str, _: Field) -> Problem | None:
    period = fiscal_year.parse_period(text)
    if period and period.first > period.last:
        message = f"`{text}` は、終わりの年度が始まりより前です"
        swapped = f"{fiscal_year.format_era_year(period.last)}〜{fiscal_year.format_era_year(period.first)}"
        return Problem("bad-period", message, f"始まりの年度を先に、`{swapped}` のように書きます", swapped)
    if period:
        return None
    return Problem(
        "bad-period", f"`{text}` を年度として読めません", "`令和4年度〜令和8年度` や `2022-2026` の形で書きます"
    )


def _validate_year(text: str, _: Field) -> Problem | None:
    return None if fiscal_year.parse_year(text) else bad_year_problem(text)


def bad_year_problem(text: str) -> Problem:
    """Return the error for a text that is no year, with the year if the text contains exactly one."""
    year = fiscal_year.find_year(text)
    hint = f"`{year}` と書きます" if year else "`令和8年度` や `2026` の形で書きます"
    return Problem("bad-year", f"`{text}` を年度として読めません", hint, year)


def _validate_until(text: str, field: Field) -> Problem | None:
    if fiscal_year.parse_year(text) or not _validate_date(text, field):
        return None
    year = fiscal_year.find_year(text)
    hint = f"`{year}` と書きます" if year else "`令和6年度` や `2025-03-31` の形で書きます"
    return Problem("bad-year", f"`{text}` を年度か日付として読めません", hint, year)


def _validate_https(text: str, _: Field) -> Problem | None:
    if HTTPS_PATTERN.fullmatch(text) and is_valid_url(text):
        return None
    address = _with_https(text, HTTPS_PATTERN)
    hint = f"`{address}` で開けるかを確かめて、その住所を書きます" if address else URL_ADVICE
    return Problem("bad-url", f"`{text}` はリンク先として使えません", hint, address)


def _validate_url(text: str, field: Field) -> Problem | None:
    if BASE_URL_PATTERN.fullmatch(text) and is_valid_url(text):
        return None
    address = _with_https(text, BASE_URL_PATTERN)
    hint = f"`{address}` のように、{URL_ADVICE}" if address else URL_ADVICE
    return Problem("bad-url", f"`{text}` は `{field.name}` として使えません", hint, address)


def _with_https(text: str, pattern: re.Pattern[str]) -> str:
    """Return the address with `https://` before it, or `""` if it is none with a host name."""
    address = "https://" + re.sub(r"\A(?:https?:/*|//)", "", unicodedata.normalize("NFKC", text.strip()))
    has_host = re.match(r"https://[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+(?:[:/?#]|$)", address)
    return address if has_host and pattern.fullmatch(address) and is_valid_url(address) else ""


def _validate_date(text: str, field: Field) -> Problem | None:
    try:
        is_date = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_date = False
    if is_date:
        return None
    day = fiscal_year.find_day(text)
    hint = f"`{day}` と書きます" if day else "`2026-04-01` の形で書きます"
    return Problem("bad-date", f"`{text}` を `{field.name}` として読めません", hint, day)


VALIDATORS: dict[FieldType, Callable[[str, Field], Problem | None]] = {
    "id": _validate_id,
    "repeat": _validate_id,
    "kana": _validate_kana,
    "choice": _validate_choice,
    "number": validate_number,
    "period": _validate_period,
    "year": _validate_year,
    "until": _validate_until,
    "date": _validate_date,
    "url": _validate_url,
    "https": _validate_https,
}
