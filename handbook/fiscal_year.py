"""Financial years (April to March): how an editor may write them, and how they are told. The calendar's table of eras.

A year is the Western number of the April it begins with: 令和4年度 is 2022.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

ERAS = (("令和", 2019), ("平成", 1989), ("昭和", 1926))
"""Eras, the present one first, and the year that is told as their first (元年度)."""
MIN_YEAR, MAX_YEAR = 1926, 2199
"""The years that are taken for years at all."""

_ERA_OFFSET = {"": 0, **{name: first - 1 for name, first in ERAS}}
_YEAR_TEXT = re.compile(r"(令和|平成|昭和)?\s*(元|\d{1,4})\s*(?:年度|年)?")
_RANGE_SEPARATOR = re.compile(r"\s*(?:[〜～~–—-]|から)\s*")


@dataclass(frozen=True, slots=True)
class Period:
    """Financial years from the first to the last, both included."""

    first: int
    last: int
    typed: str = field(default="", compare=False)
    """As an editor typed it."""

    def __str__(self) -> str:
        """Both calendars: 令和4年度（2022）〜令和8年度（2026）."""
        return (
            format_year_both(self.first)
            if self.first == self.last
            else f"{format_year_both(self.first)}〜{format_year_both(self.last)}"
        )

    def __contains__(self, year: int) -> bool:
        """Whether a year lies within."""
        return self.first <= year <= self.last


def parse_period(text: str) -> Period | None:
    """Read a period such as `令和4年度〜令和8年度`, `2022-2026` or one year; None where it is none.

    The last year may come out before the first: whoever asks has to say so at its place.
    """
    first, *more = _RANGE_SEPARATOR.split(unicodedata.normalize("NFKC", text).replace("~", "〜").strip(), maxsplit=1)
    start = _YEAR_TEXT.fullmatch(first)
    last = _YEAR_TEXT.fullmatch(more[0].removesuffix("まで")) if more else start
    if not start or not last:
        return None
    era = start[1] or ""
    inherited = era if int(last[2].replace("元", "1")) < 100 else ""
    begins, ends = _western_year(era, start[2]), _western_year(last[1] or inherited, last[2])
    return Period(begins, ends, text) if MIN_YEAR <= min(begins, ends) <= max(begins, ends) <= MAX_YEAR else None


def _western_year(era: str, year: str) -> int:
    return _ERA_OFFSET[era] + (1 if year == "元" else int(year))


def parse_year(text: str) -> int | None:
    """Read one year such as `令和4年度` or `2022`; None where it is none, or a period."""
    found = None if _RANGE_SEPARATOR.search(unicodedata.normalize("NFKC", text)) else parse_period(text)
    return found.first if found else None


def format_year_both(year: int) -> str:
    """Tell a year in both calendars: 令和4年度（2022）."""
    return f"{format_era_year(year)}（{year}）"


def format_era_year(year: int) -> str:
    """Tell a year in the calendar of offices: 令和4年度, 令和元年度."""
    era, first = next(((era, first) for era, first in ERAS if year >= first), ERAS[-1])
    number = year - first + 1
    return f"{era}{'元' if number == 1 else number}年度"


def fiscal_year_of(day: str) -> int:
    """Return the financial year in which a day such as 2026-03-31 lies."""
    on = date.fromisoformat(day)
    return on.year - (on.month < 4)


def format_day(day: str) -> str:
    """Tell a day such as 2026-04-01: 2026年4月1日."""
    return "{}年{}月{}日".format(*map(int, day.split("-")))
