"""Validate plain values, one function per field type. Each returns rule, message and hint, or None if valid."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from handbook import fiscal_year
from handbook.diagnostics import suggestion_hint
from handbook.field_types import Field, FieldType
from handbook.model import is_valid_url
from handbook.parse.numbers import Problem, validate_number
from handbook.patterns import BASE_URL_PATTERN, HTTPS_PATTERN, ID_PATTERN, KANA_PATTERN, WINDOWS_DEVICE_NAMES


def suggest_id(text: str) -> str:
    """Return a hint with the rule for ids, and with an id similar to the text if there is one."""
    candidate = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKC", text).casefold()).strip("-")
    advice = "半角の英小文字で始まる、英小文字・数字・`-` だけの 64 文字まで"
    is_valid = ID_PATTERN.fullmatch(candidate) and candidate not in WINDOWS_DEVICE_NAMES
    return f"`{candidate}` ではどうですか（{advice}）" if is_valid else advice


def _validate_id(text: str, field: Field) -> Problem | None:
    if not ID_PATTERN.fullmatch(text):
        return "bad-id", f"`{text}` は {field.name} として使えません", suggest_id(text)
    if text in WINDOWS_DEVICE_NAMES:
        return "reserved-id", f"`{text}` は Windows が使う名前なので使えません", "ほかの名前にしてください"
    return None


def _validate_kana(text: str, field: Field) -> Problem | None:
    if KANA_PATTERN.fullmatch(text):
        return None
    return "not-kana", f"`{field.name}` はひらがなで書きます", ""


def _validate_choice(text: str, field: Field) -> Problem | None:
    if text in field.choices:
        return None
    return "unknown-choice", f"`{field.name}` に `{text}` は使えません", suggestion_hint(text, field.choices)


def _validate_period(text: str, _: Field) -> Problem | None:
    period = fiscal_year.parse_period(text)
    if period and period.first > period.last:
        message = f"`{text}` は、終わりの年度が始まりより前です"
        return "bad-period", message, "始まりの年度を先に書きます"
    if period:
        return None
    return "bad-period", f"`{text}` を年度として読めません", "`令和4年度〜令和8年度` や `2022-2026` の形で書きます"


def _validate_year(text: str, _: Field) -> Problem | None:
    if fiscal_year.parse_year(text):
        return None
    return "bad-year", f"`{text}` を年度として読めません", "`令和8年度` や `2026` の形で書きます"


def _validate_until(text: str, field: Field) -> Problem | None:
    if fiscal_year.parse_year(text) or not _validate_date(text, field):
        return None
    return "bad-year", f"`{text}` を年度か日付として読めません", "`令和6年度` や `2025-03-31` の形で書きます"


def _validate_https(text: str, _: Field) -> Problem | None:
    if HTTPS_PATTERN.fullmatch(text) and is_valid_url(text):
        return None
    hint = "`https://` から始まる住所を書きます"
    if text.startswith("http://"):
        hint = f"`https://{text.removeprefix('http://')}` で開けるかを確かめて、その住所を書きます"
    return "bad-url", f"`{text}` はリンク先として使えません", hint


def _validate_url(text: str, field: Field) -> Problem | None:
    if BASE_URL_PATTERN.fullmatch(text) and is_valid_url(text):
        return None
    return "bad-url", f"`{text}` は `{field.name}` として使えません", "`https://` から始まる住所を書きます"


def _validate_date(text: str, field: Field) -> Problem | None:
    try:
        is_date = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_date = False
    return (
        None if is_date else ("bad-date", f"`{text}` を `{field.name}` として読めません", "`2026-04-01` の形で書きます")
    )


VALIDATORS: dict[FieldType, Callable[[str, Field], Problem | None]] = {
    "id": _validate_id,
    "again": _validate_id,
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
