"""One page for each financial year: what was planned, what was done, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from handbook.fiscal_year import CalendarYear, fiscal_year_of, format_era_year, format_year_both
from handbook.model import IndicatorStatus, PageLink, Plan, TreeNode, YearPage, YearResult, YearValue
from handbook.site.indicator_status import is_met
from handbook.site.metrics import NodeMetrics, value_in_year


def year_path(year: int) -> str:
    """Return the path of a year's page."""
    return f"years/{year}.html"


def year_pages(plan: Plan, metrics: tuple[NodeMetrics, ...]) -> tuple[YearPage, ...]:
    """Return the pages of all years of the plan's period and of all years with a value or review."""
    ordered = plan_years(plan, (item.node for item in metrics))
    neighbours = zip([None, *ordered], ordered, [*ordered[1:], None], strict=False)
    return tuple(_year_page(plan, metrics, year, _link(before), _link(after)) for before, year, after in neighbours)


def plan_years(plan: Plan, nodes: Iterable[TreeNode]) -> list[int]:
    """Return all years of the plan's period and all years with a value or review, the earliest first.

    One that the plan calls 年 anywhere is a CalendarYear.
    """
    typed = [amount.year for node in nodes for amount in _year_values(node)]
    typed += [review.year for node in nodes for review in node.node.reviews]
    typed += plan.period.years if plan.period else ()
    typed.sort(key=lambda year: isinstance(year, CalendarYear))
    return sorted({int(year): year for year in typed}.values())


def _link(year: int | None) -> PageLink | None:
    return PageLink(format_era_year(year), year_path(year)) if year else None


def _year_values(node: TreeNode) -> Iterator[YearValue]:
    """Yield the yearly values of a node for which a year has a page: all except baselines."""
    yield from node.node.budget
    for indicator in node.node.indicators:
        yield from (*indicator.targets, *indicator.actuals)


def _year_page(
    plan: Plan, metrics: tuple[NodeMetrics, ...], year: int, previous: PageLink | None, following: PageLink | None
) -> YearPage:
    planned = [item for item in metrics if item.is_record and item.source.period and year in item.source.period]
    budget = [(item.node, value) for item in metrics if (value := value_in_year(item.source.budget, year))]
    is_closed = bool(plan.last_change_date) and year < fiscal_year_of(plan.last_change_date)
    reviews = tuple((item.node, review) for item in metrics for review in item.source.reviews if review.year == year)
    indicators = [row for item in metrics for row in item.indicators]
    reviewed_ids = {node.id for node, _ in reviews}
    total = sum((value.value for _, value in budget if value.value), Decimal(0))
    return YearPage(
        template="year.html",
        path=year_path(year),
        title=format_year_both(year),
        prose={},
        description=f"{plan.name}の{format_year_both(year)}に、予定したこと、したこと、足りないものです。",
        label=format_year_both(year),
        year=year,
        is_closed=is_closed,
        planned_rows=tuple(item.row for item in planned),
        budget=tuple((node, value.formatted) for node, value in budget),
        budget_total=YearValue(year, total).formatted if budget else "",
        results=tuple(_year_results(indicators, year, is_closed=is_closed)),
        reviews=reviews,
        missing_actuals=tuple(row for row in indicators if is_closed and _is_missing_actual(plan, row, year)),
        missing_reviews=tuple(item.row for item in planned if is_closed and item.node.id not in reviewed_ids),
        previous=previous,
        next=following,
    )


def _year_results(indicators: Iterable[IndicatorStatus], year: int, *, is_closed: bool) -> Iterator[YearResult]:
    """Yield each indicator that has a target or an actual in a year, with the outcome."""
    for row in indicators:
        indicator = row.indicator
        target, actual = value_in_year(indicator.targets, year), value_in_year(indicator.actuals, year)
        if not target and not actual:
            continue
        outcome = ""
        if target and target.value is not None and actual and actual.value is not None and indicator.direction:
            met = is_met(indicator.direction, actual.value, target.value)
            outcome = "目標に届いた" if met else "目標に届かなかった"
        elif not actual:
            outcome = "実績値が書かれていない" if is_closed else "これから"
        yield YearResult(row, target.formatted if target else "", actual.formatted if actual else "", outcome)


def _is_missing_actual(plan: Plan, row: IndicatorStatus, year: int) -> bool:
    """Return whether an indicator has no actual in a year in which it should have one."""
    indicator = row.indicator
    period = row.node.node.period or plan.period
    has_started = indicator.baseline is None or indicator.baseline.year < year
    return period is not None and year in period and has_started and not value_in_year(indicator.actuals, year)
