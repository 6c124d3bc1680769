"""Map numbers to heights on a scale with round ticks. Exact until the last step, so that all systems draw the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

TICK_COUNT = 4
"""Approximate number of steps of a scale."""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Map from numbers to heights: `low` is at `bottom_px`, `high` at `top_px`, in pixels from the upper edge."""

    low: Decimal
    high: Decimal
    step: Decimal
    top_px: float
    bottom_px: float

    def y_px(self, value: Decimal) -> float:
        """Return the height of a number, in pixels from the upper edge."""
        share = float((value - self.low) / (self.high - self.low))
        return round(self.bottom_px - share * (self.bottom_px - self.top_px), 1)

    def ticks(self) -> Iterator[Decimal]:
        """Yield the numbers of the axis, lowest first."""
        tick = self.low
        while tick <= self.high:
            yield tick
            tick += self.step


def nice_scale(numbers: Sequence[Decimal], top_px: float, bottom_px: float, *, include_zero: bool) -> Scale:
    """Return a scale that includes all numbers, and 0 if `include_zero` is set or if that does not flatten the line."""
    low, high = min(numbers), max(numbers)
    if include_zero or 0 <= low <= high / 2:
        low = min(low, ZERO)
    if include_zero or low / 2 <= high <= 0:
        high = max(high, ZERO)
    span = high - low or abs(high) or Decimal(1)
    unit = Decimal(1).scaleb((span / TICK_COUNT).adjusted())
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times * TICK_COUNT >= span).normalize()
    low = (low / step).to_integral_value(ROUND_FLOOR) * step
    high = (high / step).to_integral_value(ROUND_CEILING) * step
    high = high if high > low else low + step
    return Scale(low=low, high=high, step=step, top_px=top_px, bottom_px=bottom_px)
