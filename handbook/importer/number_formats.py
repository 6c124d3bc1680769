"""Read a number of a cell as its number format shows it, and describe where the two differ."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

_LITERAL = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].')
"""Texts inside a number format, and the parts that show nothing: colours, conditions, widths."""
_SECTION_END = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_DIGITS = re.compile(r"General|@|[0#?][0#?,]*(?:\.[0#?]*)?|\.[0#?]+", re.IGNORECASE)
_HIDES_THOUSANDS = re.compile(r"[0#?],+(?![0#?,])")
_SHOWS_YEAR = re.compile(r"g|y|e(?![+-])", re.IGNORECASE)
MAX_FORMAT_CHARS = 255
"""Longest format that Excel allows."""
_PLAIN_SIGNS = frozenset(" \u3000△▲-−－()（）+eE0/")
"""Signs around a number that do not change its meaning."""
_DAY_ZERO = date(1899, 12, 30)
"""The origin of the serial numbers of dates."""
_MAX_SERIAL = 2_958_465
"""Serial number of 31 December 9999."""
_MAX_ROUNDED = 10**15


def number_text(value: float | Decimal, number_format: str) -> tuple[str, str]:
    """Return a number as text with the decimals of its format, and a message if it looks different, or "".

    A percentage gets its `%`: 0.85 is `85%`.
    """
    exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
    sections = _SECTION_END.split(number_format[:MAX_FORMAT_CHARS])
    number = 1 if exact < 0 else 2 if not exact else 0
    section = sections[number] if number < len(sections) else sections[0]
    codes = _LITERAL.sub("", section)
    other_codes = _DIGITS.sub("", codes)  # the codes without those of the digits
    percent = "%" if "%" in codes else ""
    exact = exact * 100 if percent else exact
    if _SHOWS_YEAR.search(other_codes) and 0 < exact <= _MAX_SERIAL:
        text = (_DAY_ZERO + timedelta(days=int(exact))).isoformat()
        return text, f"日付のセルです。`{text}` と読みました"
    text = _with_decimals(exact, codes) + percent
    looks = _appearance(exact, section)
    if not looks.strip():
        return text, f"表示されない書式のセルです。`{text}` と読みました"
    shown_digits = set(looks) - _PLAIN_SIGNS - set(f"123456789,.{percent}")
    if shown_digits or _HIDES_THOUSANDS.search(codes) or _rounded(exact, codes) != exact:
        return text, f"見た目は `{looks.strip()}` ですが、入っている数の `{text}` を読みました"
    return text, ""


def _with_decimals(value: Decimal, codes: str) -> str:
    """Return a number with at least the decimals that its format always shows."""
    zeros = re.search(r"\.(0+)", codes)
    text = f"{value:.{len(zeros[1])}f}" if zeros else ""
    return text if zeros and Decimal(text) == value else f"{value.normalize():f}" if value else "0"


def _rounded(value: Decimal, codes: str) -> Decimal:
    """Return a number as its format rounds it. Formats of fractions and exponents are taken as exact."""
    digits = _DIGITS.search(codes)
    if not digits or digits[0][0] in "Gg@" or re.search("[eE/]", codes) or abs(value) > _MAX_ROUNDED:
        return value
    return value.quantize(Decimal(1).scaleb(-len(digits[0].partition(".")[2])), ROUND_HALF_UP)


def _appearance(value: Decimal, section: str) -> str:
    """Return a number with the texts of its format, nearly as a spreadsheet shows it; "" if it shows nothing."""
    spelled = _LITERAL.sub(lambda match: match["quoted"] or match["escaped"] or match["currency"] or "", section)
    codes = _DIGITS.search(spelled)
    if not codes:
        return spelled
    thousands = len(found[0].strip("0#?")) if (found := _HIDES_THOUSANDS.search(spelled)) else 0
    number = abs(_rounded(value.scaleb(-3 * thousands), spelled))
    text = f"{number:,f}" if "," in codes[0].rstrip(",") else f"{number:f}"
    return spelled[: codes.start()] + text + _DIGITS.sub("", spelled[codes.end() :])
