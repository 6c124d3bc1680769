"""Parse and format financial years (April to March) and dates, in the Western calendar and in Japanese eras.

A year is the Western number of the April in which it begins: 令和4年度 is 2022. A year typed with 年 instead of 年度 is
a `CalendarYear`, which equals the same number and is formatted with 年: the plan's word never becomes another one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

ERAS = (("令和", 2019), ("平成", 1989), ("昭和", 1926))
"""Eras, latest first, each with the financial year that is called its first (元年度)."""
MIN_YEAR, MAX_YEAR = 1926, 2199
"""Lowest and highest year that is accepted."""

_ERA_OFFSET = {"": 0, **{name: first - 1 for name, first in ERAS}}
_YEAR_TEXT = re.compile(r"(令和|平成|昭和)?\s*(元|\d{1,4})\s*(年度|年)?")
_ERA_LETTERS = {"R": "令和", "H": "平成", "S": "昭和"}
_YEAR_INSIDE = re.compile(
    r"(?:(?P<era>令和|平成|昭和|(?<![A-Za-z])[RHSrhs]\.?)\s*(?P<number>元|[0-9]{1,2})(?![0-9])"
    r"|(?<![0-9.,])(?P<western>(?:19|20|21)[0-9]{2})(?![0-9.,]))(?P<word>\s*年(?!度))?"
)
_DAY_TEXT = re.compile(
    r"(?:(?P<era>令和|平成|昭和|[RHSrhs]\.?)\s*)?(?P<year>元|[0-9]{1,4})\s*[-年/.]\s*"
    r"(?P<month>[0-9]{1,2})\s*[-月/.]\s*(?P<day>[0-9]{1,2})\s*日?"
)
_RANGE_SEPARATOR = re.compile(r"\s*(?:[〜～~–—-]|から)\s*")


class CalendarYear(int):
    """A year that the plan calls 令和8年, not 令和8年度. It compares as a number, so that both are one year."""


def year_word(years: Iterable[int]) -> str:
    """Return 年度 for years that all are financial years, else 年, which is true of either kind."""
    return "年" if any(isinstance(year, CalendarYear) for year in years) else "年度"


@dataclass(frozen=True, slots=True)
class Period:
    """A range of financial years. First and last are included."""

    first: int
    last: int
    typed: str = field(default="", compare=False)
    """The text in plan.yaml."""

    def __str__(self) -> str:
        """Return the period in both calendars: 令和4年度（2022）〜令和8年度（2026）."""
        return (
            format_year_both(self.first)
            if self.first == self.last
            else f"{format_year_both(self.first)}〜{format_year_both(self.last)}"
        )

    @property
    def first_day(self) -> str:
        """The first day, as in 2026-04-01."""
        return first_day(self.first)

    @property
    def last_day(self) -> str:
        """The last day, as in 2027-03-31."""
        return last_day(self.last)

    @property
    def years(self) -> list[int]:
        """Every year; CalendarYears if both ends are such."""
        kind = CalendarYear if year_word([self.first, self.last]) == "年" else int
        return [kind(year) for year in range(self.first, self.last + 1)]

    def __contains__(self, year: int) -> bool:
        """Return whether the period includes a year."""
        return self.first <= year <= self.last


def parse_period(text: str) -> Period | None:
    """Return a period such as `令和4年度〜令和8年度`, `2022-2026` or one year, or None if the text is not a period.

    The last year can be before the first; the caller must report that.
    """
    first_text, *last_text = _RANGE_SEPARATOR.split(
        unicodedata.normalize("NFKC", text).replace("~", "〜").strip(), maxsplit=1
    )
    first_match = _YEAR_TEXT.fullmatch(first_text)
    last_match = _YEAR_TEXT.fullmatch(last_text[0].removesuffix("まで")) if last_text else first_match
    if not first_match or not last_match:
        return None
    era = first_match[1] or ""
    inherited_era = era if int(last_match[2].replace("元", "1")) < 100 else ""
    first = _as_typed(_western_year(era, first_match[2]), first_match[3] or last_match[3])
    last = _as_typed(_western_year(last_match[1] or inherited_era, last_match[2]), last_match[3] or first_match[3])
    return Period(first, last, text) if MIN_YEAR <= min(first, last) <= max(first, last) <= MAX_YEAR else None


def _as_typed(year: int, word: str | None) -> int:
    """Return a year as a `CalendarYear` if its word is 年."""
    return CalendarYear(year) if word == "年" else year


def _western_year(era: str, year: str) -> int:
    return _ERA_OFFSET[era] + (1 if year == "元" else int(year))


def parse_year(text: str) -> int | None:
    """Return a year such as `令和4年度` or `2022`, or None if the text is not one year."""
    period = None if _RANGE_SEPARATOR.search(unicodedata.normalize("NFKC", text)) else parse_period(text)
    return period.first if period else None


def find_year(text: str) -> str:
    """Return the one year that a text contains, such as 令和3年度 for `R3` or `令和3年度末`; `""` for none or several.

    A text with a month is not read: its financial year can be the one before.
    """
    found = [*_YEAR_INSIDE.finditer(unicodedata.normalize("NFKC", text))]
    if len(found) != 1 or "月" in text:
        return ""
    (match,) = found
    year = int(match["western"]) if match["western"] else _western_year(_era(match["era"]), match["number"])
    return format_era_year(_as_typed(year, (match["word"] or "").strip())) if MIN_YEAR <= year <= MAX_YEAR else ""


def find_day(text: str) -> str:
    """Return the date of a text such as 令和8年4月1日 or 2026/4/1 as 2026-04-01, or `""`."""
    match = _DAY_TEXT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match or (not match["era"] and len(match["year"]) < 4):
        return ""
    year = _western_year(_era(match["era"] or ""), match["year"])
    try:
        return date(year, int(match["month"]), int(match["day"])).isoformat()
    except ValueError:
        return ""


def _era(typed: str) -> str:
    """Return the name of an era for its name or its letter."""
    return _ERA_LETTERS.get(typed.rstrip(".").upper(), typed)


def format_year_both(year: int) -> str:
    """Return a year in both calendars: 令和4年度（2022）, or 令和4年（2022）."""
    return f"{format_era_year(year)}（{year}）"


def format_era_year(year: int) -> str:
    """Return a year in the Japanese calendar: 令和4年度, 令和元年度, or 令和4年."""
    era, first = next(((era, first) for era, first in ERAS if year >= first), ERAS[-1])
    number = year - first + 1
    return f"{era}{'元' if number == 1 else number}{year_word([year])}"


def first_day(year: int) -> str:
    """Return the first day of a year: 2026-04-01, or 2026-01-01 of a CalendarYear."""
    return f"{year}-01-01" if isinstance(year, CalendarYear) else f"{year}-04-01"


def last_day(year: int) -> str:
    """Return the last day of a year: 2027-03-31, or 2026-12-31 of a CalendarYear."""
    return f"{year}-12-31" if isinstance(year, CalendarYear) else f"{year + 1}-03-31"


def fiscal_year_of(day: str) -> int:
    """Return the financial year of a date such as 2026-03-31, which is in 2025."""
    parsed = date.fromisoformat(day)
    return parsed.year - (parsed.month < 4)


def format_day(day: str) -> str:
    """Return a date such as 2026-04-01 as 2026年4月1日."""
    return "{}年{}月{}日".format(*map(int, day.split("-")))
