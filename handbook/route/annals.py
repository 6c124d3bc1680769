"""One page a financial year: what was planned, what was done, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from handbook.model import Amount, Due, Entry, Gauge, Way, YearPage
from handbook.route import standing
from handbook.route.records import Records, said_in
from handbook.years import of_day, short, told


def path_of(year: int) -> str:
    """Where the page of a year lives."""
    return f"years/{year}.html"


def pages(records: Records) -> tuple[YearPage, ...]:
    """Return the pages of all years of the plan's period and of those that a record speaks of."""
    spoken = {amount.year for entry in records.own for amount in _amounts(entry)}
    spoken |= {review.year for entry in records.own for review in entry.node.reviews}
    period = records.plan.period
    spoken |= set(range(period.first, period.last + 1)) if period and records.recorded else set()
    order = sorted(spoken)
    beside = zip([None, *order], order, [*order[1:], None], strict=False)
    return tuple(_page(records, year, previous, following) for previous, year, following in beside)


def _amounts(entry: Entry) -> Iterator[Amount]:
    """Yield what a node says of years; where an indicator started from makes no year of the plan."""
    yield from entry.node.budget
    for row in entry.node.indicators:
        yield from (*row.targets, *row.actuals)


def _page(records: Records, year: int, previous: int | None, following: int | None) -> YearPage:
    planned = tuple(e for e in records.own if records.is_record(e) and e.node.period and year in e.node.period)
    money = [(entry, found) for entry in records.own if (found := said_in(entry.node.budget, year))]
    updated = records.plan.updated
    closed = bool(updated) and year < of_day(updated)
    reviewed = tuple((entry, review) for entry in records.own for review in entry.node.reviews if review.year == year)
    gauges = [gauge for entry in records.own for gauge in records.gauges[entry.id]]
    done = {entry.id for entry, _ in reviewed}
    return YearPage(
        template="year.html",
        path=path_of(year),
        title=told(year),
        prose={},
        description=f"{records.plan.name}の{told(year)}に、予定したこと、したこと、足りないものです。",
        label=told(year),
        year=year,
        closed=closed,
        planned=tuple(map(records.work, planned)),
        budget=tuple((entry, found.words) for entry, found in money),
        total=Amount(year, sum((found.value for _, found in money if found.value), Decimal(0))).words if money else "",
        due=tuple(_due(gauges, year, closed=closed)),
        reviewed=reviewed,
        unmeasured=tuple(gauge for gauge in gauges if closed and _forgotten(records, gauge, year)),
        unreviewed=tuple(records.work(entry) for entry in planned if closed and entry.id not in done),
        previous=Way(short(previous), path_of(previous)) if previous else None,
        next=Way(short(following), path_of(following)) if following else None,
    )


def _due(gauges: Iterable[Gauge], year: int, *, closed: bool) -> Iterator[Due]:
    """Yield each indicator that has a target or an actual in a year, and what came of it."""
    for gauge in gauges:
        row = gauge.indicator
        target, actual = said_in(row.targets, year), said_in(row.actuals, year)
        if not target and not actual:
            continue
        outcome = ""
        if target and target.value is not None and actual and actual.value is not None and row.aim:
            outcome = "目標に届いた" if standing.meets(row.aim, actual.value, target.value) else "目標に届かなかった"
        elif not actual:
            outcome = "実績値が書かれていない" if closed else "これから"
        yield Due(gauge, target.words if target else "", actual.words if actual else "", outcome)


def _forgotten(records: Records, gauge: Gauge, year: int) -> bool:
    """Whether nothing is said of an indicator in a year in which something should be."""
    row = gauge.indicator
    period = gauge.entry.node.period or records.plan.period
    started = row.baseline is None or row.baseline.year < year
    return period is not None and year in period and started and not said_in(row.actuals, year)
