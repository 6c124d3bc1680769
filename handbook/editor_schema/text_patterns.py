"""Regular expressions of the schema, in the syntax that Python and JavaScript share."""

from __future__ import annotations

from handbook.patterns import WINDOWS_DEVICE_NAMES

_DIGIT = "[0-9０-９]"
_ERA = "(?:令和|平成|昭和)"
YEAR_PATTERN = rf"(?:{_ERA}\s*(?:元|{_DIGIT}{{1,3}})|{_DIGIT}{{4}})\s*(?:年度|年)?"
_PERIOD_END = rf"(?:{_ERA}?\s*(?:元|{_DIGIT}{{1,4}}))\s*(?:年度|年)?(?:まで)?"
PERIOD_PATTERN = rf"{YEAR_PATTERN}(?:\s*(?:[〜～~–—\-－]|から)\s*{_PERIOD_END})?"
"""`handbook.parse` also rejects a period that ends before it starts."""
DATE_PATTERN = (
    r"[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-[0-2][0-9])"
)
NO_DEVICE_NAME = rf"(?!(?:{'|'.join(sorted(WINDOWS_DEVICE_NAMES))})$)"


def whole_text(pattern: str) -> str:
    """Return a pattern that matches whole texts only. It means the same in Python and JavaScript."""
    return rf"^(?:{pattern})$(?!\n)"
