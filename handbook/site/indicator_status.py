"""The status of an indicator, and that of a node, which follows from its indicators.

The rule compares the numbers in the plan. Where a number or the direction is missing, the status is 未評価. The page
計画の進みぐあい shows the rule in the words of STATUS_RULES and NODE_STATUS_RULE.
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
        "いちばん新しい実績値が、その年度までにめざした目標値に届いていないか、基準値より悪くなっています。",
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
    "指標のないものは未評価です。再掲は、もとの場所で 1 回だけ数えます。"
)
"""The rule of `node_status`."""


def latest_value(amounts: Iterable[YearValue]) -> YearValue | None:
    """Return the amount of the latest year that has a number, or None."""
    return max((each for each in amounts if each.value is not None), key=lambda each: each.year, default=None)


def is_met(direction: str, actual: Decimal, target: Decimal) -> bool:
    """Return whether a number reaches its target or goes beyond it."""
    if direction == INCREASE:
        return actual >= target
    return actual <= target if direction == DECREASE else actual == target


def indicator_status(indicator: Indicator) -> Status:
    """Return the status by the latest actual, the last target, the target due by then and the baseline."""
    actual, final = latest_value(indicator.actuals), latest_value(indicator.targets)
    if not indicator.better or not actual or not final or actual.value is None or final.value is None:
        return Status.NOT_EVALUATED
    if is_met(indicator.better, actual.value, final.value):
        return Status.ACHIEVED
    if indicator.better == MAINTAIN:
        return Status.NOT_EVALUATED  # numbers alone do not show whether a change is good or bad
    due = latest_value(each for each in indicator.targets if each.year <= actual.year)
    expected = [each.value for each in (due, indicator.baseline) if each and each.value is not None]
    on_schedule = all(is_met(indicator.better, actual.value, value) for value in expected)
    return Status.IN_PROGRESS if on_schedule else Status.BEHIND_SCHEDULE


def node_status(statuses: Iterable[Status]) -> Status:
    """Return the status of a node by those of its indicators: one behind schedule is enough, achieved needs all."""
    found = set(statuses)
    if Status.BEHIND_SCHEDULE in found:
        return Status.BEHIND_SCHEDULE
    if not found:
        return Status.NOT_EVALUATED
    return found.pop() if len(found) == 1 else Status.IN_PROGRESS


def indicator_statuses(node: TreeNode) -> Iterator[IndicatorStatus]:
    """Yield the indicators of a node with their status and their years."""
    for ordinal, indicator in enumerate(node.node.indicators, 1):
        amounts = (*filter(None, (indicator.baseline,)), *indicator.targets, *indicator.actuals)
        numbers = {amount.year for amount in amounts if amount.value is not None}
        yield IndicatorStatus(
            node=node,
            indicator=indicator,
            direction_label=DIRECTION_LABELS.get(indicator.better, ""),
            status=indicator_status(indicator),
            latest_actual=latest_value(indicator.actuals),
            final_target=latest_value(indicator.targets),
            years=tuple(_indicator_years(indicator)),
            chart_name=f"indicator_{node.id}_{ordinal}" if len(numbers) > 1 else "",
        )


def _indicator_years(indicator: Indicator) -> Iterator[IndicatorYear]:
    """Yield each year that has a baseline, target or actual, the earliest first."""
    series = ((indicator.baseline,) if indicator.baseline else (), indicator.targets, indicator.actuals)
    baselines, targets, actuals = ({amount.year: amount.formatted for amount in amounts} for amounts in series)
    for year in sorted({*baselines, *targets, *actuals}):
        yield IndicatorYear(year, baselines.get(year, ""), targets.get(year, ""), actuals.get(year, ""))
