"""The status of an indicator and of a node, which follows from its indicators.

The rule compares the numbers in the plan. If a number or the direction is missing, the status is 未評価, except where
the plan has a review (評価): what was evaluated is not called 未評価. A node without an indicator has no status. The
page 計画の進みぐあい shows the rule in the words of STATUS_RULES and NODE_STATUS_RULE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from handbook.model import Indicator, IndicatorStatus, IndicatorYear, Status, TreeNode, YearValue

INCREASE, DECREASE, MAINTAIN = "↑", "↓", "→"
DIRECTION_LABELS: Mapping[str, str] = {INCREASE: "増やす", DECREASE: "減らす", MAINTAIN: "保つ"}
STATUS_RULES: tuple[tuple[Status, str], ...] = (
    (Status.ACHIEVED, "いちばん新しい実績値が、最後の目標値に届いています。"),
    (
        Status.BEHIND_SCHEDULE,
        "いちばん新しい実績値が、そのときまでにめざした目標値に届いていないか、基準値より悪くなっています。",
    ),
    (Status.IN_PROGRESS, "達成でも遅れでもありません。"),
    (
        Status.NOT_EVALUATED,
        (
            "実績値、目標値、向きのどれかが書かれていません。または、保つこと（→）をめざす指標で、値が目標値とちがいます。"
            "変わったことのよしあしは、数だけでは分かりません。"
        ),
    ),
)
"""Each status with the condition under which `indicator_status` returns it."""
NODE_STATUS_RULE = (
    "指標をいくつももつときは、1 つでも遅れなら遅れ、すべて同じならその状況、ほかは進行中です。"
    "指標のないものに状況は付きません。評価が書かれていれば、それを示します。再掲は、もとの場所で 1 回だけ数えます。"
)
"""The rule of `node_status`."""


def latest_value(amounts: Iterable[YearValue]) -> YearValue | None:
    """Return the value of the latest year that has a number, or None."""
    return max((item for item in amounts if item.value is not None), key=lambda item: item.year, default=None)


def is_met(direction: str, actual: Decimal, target: Decimal) -> bool:
    """Return whether a number reaches or exceeds its target in the direction of the indicator."""
    if direction == INCREASE:
        return actual >= target
    return actual <= target if direction == DECREASE else actual == target


def indicator_status(indicator: Indicator) -> Status:
    """Return the status by the latest actual, the last target, the target due by then and the baseline."""
    actual, final = latest_value(indicator.actuals), latest_value(indicator.targets)
    if not indicator.direction or not actual or not final or actual.value is None or final.value is None:
        return Status.NOT_EVALUATED
    if is_met(indicator.direction, actual.value, final.value):
        return Status.ACHIEVED
    if indicator.direction == MAINTAIN:
        return Status.NOT_EVALUATED  # numbers alone do not show whether a change is good or bad
    due = latest_value(target for target in indicator.targets if target.year <= actual.year)
    expected = [limit.value for limit in (due, indicator.baseline) if limit and limit.value is not None]
    on_schedule = all(is_met(indicator.direction, actual.value, value) for value in expected)
    return Status.IN_PROGRESS if on_schedule else Status.BEHIND_SCHEDULE


def node_status(statuses: Iterable[Status | None]) -> Status | None:
    """Return the status of a node: behind schedule if one of its indicators is, achieved only if all of them are.

    Returns None if no indicator has a status.
    """
    distinct = {status for status in statuses if status}
    if Status.BEHIND_SCHEDULE in distinct:
        return Status.BEHIND_SCHEDULE
    if not distinct:
        return None
    return distinct.pop() if len(distinct) == 1 else Status.IN_PROGRESS


def indicator_statuses(node: TreeNode) -> Iterator[IndicatorStatus]:
    """Yield the indicators of a node with their status and their years."""
    for ordinal, indicator in enumerate(node.node.indicators, 1):
        amounts = (*filter(None, (indicator.baseline,)), *indicator.targets, *indicator.actuals)
        years_with_number = {amount.year for amount in amounts if amount.value is not None}
        status = indicator_status(indicator)
        yield IndicatorStatus(
            node=node,
            indicator=indicator,
            direction_label=DIRECTION_LABELS.get(indicator.direction, ""),
            status=None if node.node.reviews and status is Status.NOT_EVALUATED else status,
            latest_actual=latest_value(indicator.actuals),
            final_target=latest_value(indicator.targets),
            years=tuple(_indicator_years(indicator)),
            chart_name=f"indicator_{node.id}_{ordinal}" if len(years_with_number) > 1 else "",
        )


def _indicator_years(indicator: Indicator) -> Iterator[IndicatorYear]:
    """Yield each year that has a baseline, target or actual, the earliest first."""
    series = ((indicator.baseline,) if indicator.baseline else (), indicator.targets, indicator.actuals)
    baselines, targets, actuals = ({amount.year: amount.formatted for amount in amounts} for amounts in series)
    for year in sorted({*baselines, *targets, *actuals}):
        yield IndicatorYear(year, baselines.get(year, ""), targets.get(year, ""), actuals.get(year, ""))
