"""Notices about years and values that are probably mistyped: a digit too many, a wrong unit, an actual of the future.

Nothing here reads a clock: years are compared with the plan's period and with the day of its last change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from handbook.diagnostics import Diagnostic
from handbook.fiscal_year import ERAS, Period, fiscal_year_of, format_day, format_era_year, format_year_both, parse_year
from handbook.model import Plan
from handbook.parse.records import TypedPeriod, YearTable
from handbook.parse.source import Source
from handbook.parse.yaml.values import Scalar, YamlValue
from handbook.patterns import NUMBER_PATTERN

PLAUSIBILITY_RULES = frozenset({"implausible-year", "implausible-value", "future-actual"})
YEARS_AHEAD, YEARS_BACK = 40, 100
"""Most years after and before the plan's period that are plausible. Plans have targets for 2050 and histories."""
PLANNED = frozenset({"予算", "目標値", "評価"})
YEARS_BACK_OF_PLANNED = 25
"""Most years before the plan's period that are plausible for these fields."""
MISTYPED_DISTANCE = 20
"""Fewest years outside the plan's period after which a year of the period with one digit more is a likely mistake."""
LONGEST_PERIOD = 50
"""Longest period of a plan, in years, if the day of its last change is unknown."""
_FREELY_CHANGING = frozenset({"予算"})
"""Fields whose first value is not judged by the later ones: a project may begin or end large."""
_POWERS = (10, 100, 1000)
_TOLERANCE, _SIMILAR = 1.5, 3
"""How far a ratio may differ from a power of ten, and up to which ratio two values are similar; as factors."""
_FINE = "正しければ、このままでかまいません"


def implausible_entries(
    plan: Plan, tables: Sequence[YearTable], periods: Sequence[TypedPeriod], source: Source
) -> Iterator[Diagnostic]:
    """Yield a notice for each implausible year, value and actual."""
    range_ = _plausible_range(plan, [*(year for table in tables for year in table.rows), *(p.first for p in periods)])
    checker = _YearChecker(range_, plan.period if plan.period and _is_within(plan.period, range_) else None, source)
    for typed in periods:
        yield from checker.period_notices(typed)
    changed = fiscal_year_of(plan.last_change_date) if plan.last_change_date else None
    for table in tables:
        known_years = []
        for year, value in table.rows.items():
            notice = checker.notice(year, value.key or value, table.field.name)
            if notice:
                yield notice
            elif changed is not None and year > changed and _is_result(table, value):
                yield _future_notice(year, value, table, plan.last_change_date, source)
            else:
                known_years.append(year)
        yield from _value_notices(table, known_years, source)


# --- years ---


def _plausible_range(plan: Plan, years: Sequence[int]) -> Period:
    """Return the years in which the plan is made and carried out: from its period and the day of its last change."""
    period = plan.period
    if plan.last_change_date:
        changed = fiscal_year_of(plan.last_change_date)
        range_ = Period(changed, changed)
        if period and _is_near(period, range_):
            return Period(min(period.first, changed), max(period.last, changed))
        return range_
    if period:
        return period if period.last - period.first < LONGEST_PERIOD else Period(period.first, period.first)
    middle = median_low(years) if years else 0
    return Period(middle, middle)


def _is_near(period: Period, range_: Period) -> bool:
    return range_.first - YEARS_BACK <= period.first and period.last <= range_.last + YEARS_AHEAD


def _is_within(period: Period, range_: Period) -> bool:
    return period.first in range_ and period.last in range_


@dataclass(frozen=True, slots=True)
class _YearChecker:
    """Finds implausible years."""

    range: Period
    """The years in which the plan is made and carried out."""
    period: Period | None
    """The plan's period; None if it has none or an implausible one."""
    source: Source

    def notice(self, year: int, place: YamlValue, name: str) -> Diagnostic | None:
        """Return the notice on a year of the field `name`; None if it is plausible."""
        if self._distance(year) <= MISTYPED_DISTANCE:  # nearly every year
            return None
        is_western = isinstance(place, Scalar) and str(year) in place.text
        candidates = _intended_years(year, is_western=is_western)
        meant = [candidate for candidate in candidates if candidate in (self.period or self.range)]
        is_mistyped = bool(self.period and meant and year % 5)
        back = YEARS_BACK_OF_PLANNED if name in PLANNED else YEARS_BACK
        if self.range.first - back <= year <= self.range.last + YEARS_AHEAD and not is_mistyped:
            return None
        meant = meant or sorted([*candidates, *_in_other_eras(year)], key=self._distance)[:1]
        years = format_year_both(self.range.first) if self.range.first == self.range.last else f"{self.range}"
        message = f"`{name}` の{format_year_both(year)}は、計画の年度（{years}）から離れています"
        label = "" if not meant else str(meant[0]) if is_western else format_era_year(meant[0])
        hint = f"`{label}` のことですか。{_FINE}" if meant else f"年度を確かめてください。{_FINE}"
        return self.source.mistake(place.line, place.column, place.width, "implausible-year", message, hint)

    def period_notices(self, typed: TypedPeriod) -> Iterator[Diagnostic]:
        """Yield the notice on the first implausible year of a period."""
        notices = (self.notice(year, typed.value, typed.name) for year in (typed.first, typed.last))
        yield from [notice for notice in notices if notice][:1]

    def _distance(self, year: int) -> int:
        """Return how many years a year is before or after the plan's period."""
        years = self.period or self.range
        return max(years.first - year, year - years.last, 0)


def _intended_years(year: int, *, is_western: bool) -> list[int]:
    """Return the years that may be meant: with two digits swapped, or the year of the era without one digit."""
    if is_western:
        digits = str(year)
        texts = [digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(len(digits) - 1)]
    else:
        era, number = _era_and_number(year)
        numbers = (number[:at] + number[at + 1 :] for at in range(len(number)))
        texts = [f"{era}{shorter}年度" for shorter in numbers if not shorter.startswith("0")]
    return [meant for text in texts if (meant := parse_year(text)) and meant != year]


def _in_other_eras(year: int) -> list[int]:
    """Return the years with the same number in the other eras."""
    era, number = _era_and_number(year)
    return [meant for other, _ in ERAS if other != era and (meant := parse_year(f"{other}{number}年度"))]


def _era_and_number(year: int) -> tuple[str, str]:
    label = format_era_year(year)
    return label[:2], label[2:-2]


# --- actuals ---


def _is_result(table: YearTable, value: YamlValue) -> bool:
    """Return whether a row states what has been achieved: a review, or an actual with a number."""
    return table.field.name == "評価" or (table.field.name == "実績値" and _number(value) is not None)


def _future_notice(year: int, value: YamlValue, table: YearTable, day: str, source: Source) -> Diagnostic:
    place = value.key or value
    message = (
        f"`{table.field.name}` の {format_year_both(year)} は、最後に直した日（{format_day(day)}）より後の年度です"
    )
    hint = f"年度を確かめてください。これからの見込みなら、ここには書きません。{_FINE}"
    return source.mistake(place.line, place.column, place.width, "future-actual", message, hint)


# --- values ---


def _number(value: YamlValue) -> float | None:
    text = value.text.strip() if isinstance(value, Scalar) else ""
    return float(text.replace(",", "")) if NUMBER_PATTERN.fullmatch(text) else None


def _value_notices(table: YearTable, years: Sequence[int], source: Source) -> Iterator[Diagnostic]:
    """Yield a notice for each value that is about a power of ten of its neighbours, which are similar themselves."""
    typed = {**table.baseline, **{year: value for year in years if isinstance(value := table.rows[year], Scalar)}}
    series = [(year, number, typed[year]) for year in sorted(typed) if (number := _number(typed[year]))]
    numbers = [number for _, number, _ in series]
    for at, (year, _, value) in enumerate(series):
        power = _outlier(numbers, at, judges_first=table.field.name not in _FREELY_CHANGING)
        if power:
            other_year, _, other = series[at - 1 if at else at + 1]
            ratio = f"{power} 倍" if power >= 1 else f"{1 / power:.0f} 分の 1"
            label = f"{'前' if at else '次'}の{format_year_both(other_year)}の `{other.text}`"
            message = f"{format_year_both(year)}の `{value.text}` は、{label} のおよそ {ratio}です"
            hint = f"けたや単位を確かめてください。{_FINE}"
            yield source.mistake(value.line, value.column, value.width, "implausible-value", message, hint)


def _outlier(numbers: Sequence[float], at: int, *, judges_first: bool) -> float:
    """Return the power of ten by which a number differs from its neighbours, such as 10 or 0.1; 0 if it does not.

    Of two numbers only the later one is judged.
    """
    is_first, is_last = at == 0, at == len(numbers) - 1
    if not is_first and not is_last:
        power = _power(numbers[at], numbers[at - 1])
        return power if power == _power(numbers[at], numbers[at + 1]) else 0
    if is_first and not judges_first:
        return 0
    near, far = (at + 1, at + 2) if is_first else (at - 1, at - 2)
    if 0 <= far < len(numbers):
        return _power(numbers[at], numbers[near]) if _are_similar(numbers[near], numbers[far]) else 0
    return 0 if is_first else _power(numbers[at], numbers[near])


def _power(number: float, other: float) -> float:
    """Return the power of ten that a ratio is close to; 0 if there is none."""
    ratio = number / other
    for power in _POWERS if abs(ratio - 1) > 1 / _SIMILAR else ():  # nearly all values are similar to their neighbours
        if power / _TOLERANCE <= ratio <= power * _TOLERANCE:
            return power
        if power / _TOLERANCE <= 1 / ratio <= power * _TOLERANCE:
            return 1 / power
    return 0


def _are_similar(number: float, other: float) -> bool:
    return 1 / _SIMILAR < number / other < _SIMILAR
