"""One page for each financial year: what was planned, what was done, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from handbook.fiscal_year import fiscal_year_of, format_era_year, format_year_both
from handbook.model import IndicatorStatus, PageLink, Plan, TreeNode, YearPage, YearResult, YearValue
from handbook.site.indicator_status import is_met
from handbook.site.metrics import NodeMetrics, value_in_year


def year_path(year: int) -> str:
    """Return the path of a year's page."""
    return f"years/{year}.html"


def year_pages(plan: Plan, metrics: tuple[NodeMetrics, ...]) -> tuple[YearPage, ...]:
    """Return the pages of all years of the plan's period and of those that a record mentions."""
    years = {amount.year for each in metrics for amount in _year_values(each.node)}
    years |= {review.year for each in metrics for review in each.source.reviews}
    years |= set(range(plan.period.first, plan.period.last + 1)) if plan.period else set()
    order = sorted(years)
    neighbours = zip([None, *order], order, [*order[1:], None], strict=False)
    return tuple(_year_page(plan, metrics, year, _link(before), _link(after)) for before, year, after in neighbours)


def _link(year: int | None) -> PageLink | None:
    return PageLink(format_era_year(year), year_path(year)) if year else None


def _year_values(node: TreeNode) -> Iterator[YearValue]:
    """Yield the amounts of a node that make a year of the plan: all but the baselines."""
    yield from node.node.budget
    for indicator in node.node.indicators:
        yield from (*indicator.targets, *indicator.actuals)


def _year_page(
    plan: Plan, metrics: tuple[NodeMetrics, ...], year: int, previous: PageLink | None, following: PageLink | None
) -> YearPage:
    planned = [each for each in metrics if each.is_record and each.source.period and year in each.source.period]
    amounts = [(each.node, found) for each in metrics if (found := value_in_year(each.source.budget, year))]
    closed = bool(plan.last_change_date) and year < fiscal_year_of(plan.last_change_date)
    reviews = ((each.node, review) for each in metrics for review in each.source.reviews)
    reviewed = tuple((node, review) for node, review in reviews if review.year == year)
    indicators = [row for each in metrics for row in each.indicators]
    done = {node.id for node, _ in reviewed}
    total = sum((found.value for _, found in amounts if found.value), Decimal(0))
    return YearPage(
        template="year.html",
        path=year_path(year),
        title=format_year_both(year),
        prose={},
        description=f"{plan.name}の{format_year_both(year)}に、予定したこと、したこと、足りないものです。",
        label=format_year_both(year),
        year=year,
        is_closed=closed,
        planned_rows=tuple(each.row for each in planned),
        budget=tuple((node, found.formatted) for node, found in amounts),
        budget_total=YearValue(year, total).formatted if amounts else "",
        results=tuple(_year_results(indicators, year, closed=closed)),
        reviews=reviewed,
        missing_actuals=tuple(row for row in indicators if closed and _is_missing_actual(plan, row, year)),
        missing_reviews=tuple(each.row for each in planned if closed and each.node.id not in done),
        previous=previous,
        next=following,
    )


def _year_results(indicators: Iterable[IndicatorStatus], year: int, *, closed: bool) -> Iterator[YearResult]:
    """Yield each indicator that has a target or an actual in a year, with the outcome."""
    for row in indicators:
        indicator = row.indicator
        target, actual = value_in_year(indicator.targets, year), value_in_year(indicator.actuals, year)
        if not target and not actual:
            continue
        outcome = ""
        if target and target.value is not None and actual and actual.value is not None and indicator.better:
            met = is_met(indicator.better, actual.value, target.value)
            outcome = "目標に届いた" if met else "目標に届かなかった"
        elif not actual:
            outcome = "実績値が書かれていない" if closed else "これから"
        yield YearResult(row, target.formatted if target else "", actual.formatted if actual else "", outcome)


def _is_missing_actual(plan: Plan, row: IndicatorStatus, year: int) -> bool:
    """Return whether an indicator has no actual in a year in which it should have one."""
    indicator = row.indicator
    period = row.node.node.period or plan.period
    started = indicator.baseline is None or indicator.baseline.year < year
    return period is not None and year in period and started and not value_in_year(indicator.actuals, year)
