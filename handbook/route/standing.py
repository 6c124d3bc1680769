"""How an indicator stands, and a node by its indicators. The rule is told to readers on the page of the progress.

It compares what is written and judges nothing else: where a number or an aim is missing, nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from handbook.model import Amount, Indicator

REACHED, UNDER_WAY, BEHIND, OPEN = "達成", "進行中", "遅れ", "未評価"
STATES = (REACHED, UNDER_WAY, BEHIND, OPEN)
MORE, LESS, KEEP = "↑", "↓", "→"


def last(amounts: Iterable[Amount]) -> Amount | None:
    """Return the newest amount that is a number."""
    return max((each for each in amounts if each.value is not None), key=lambda each: each.year, default=None)


def meets(aim: str, reached: Decimal, wanted: Decimal) -> bool:
    """Whether a number is where it should be, or beyond."""
    return reached >= wanted if aim == MORE else reached <= wanted if aim == LESS else reached == wanted


def of_indicator(row: Indicator) -> str:
    """Judge by the newest actual: the last target, the target due by then, the baseline."""
    actual, final = last(row.actuals), last(row.targets)
    if not row.aim or not actual or not final or actual.value is None or final.value is None:
        return OPEN
    if meets(row.aim, actual.value, final.value):
        return REACHED
    if row.aim == KEEP:
        return OPEN  # whether a change is for the better, numbers alone do not tell
    due = last(each for each in row.targets if each.year <= actual.year)
    wanted = [each.value for each in (due, row.baseline) if each and each.value is not None]
    return UNDER_WAY if all(meets(row.aim, actual.value, value) for value in wanted) else BEHIND


def of_node(indicators: Iterable[Indicator]) -> str:
    """Judge a node: one that is behind makes it so, and only all together make it reached."""
    states = {of_indicator(row) for row in indicators}
    if BEHIND in states:
        return BEHIND
    return states.pop() if len(states) == 1 else UNDER_WAY if states else OPEN
