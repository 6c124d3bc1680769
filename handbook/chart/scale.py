"""Numbers → heights: a scale with round marks. Exact until the last step, so that the same chart comes out anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

TICK_COUNT = 4
"""About as many steps as a scale has."""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From numbers to heights: `low` is drawn at `bottom`, `high` at `top`, in pixels from the upper edge."""

    low: Decimal
    high: Decimal
    step: Decimal
    top_px: float
    bottom_px: float

    def y_px(self, value: Decimal) -> float:
        """Return how far from the upper edge a number is drawn."""
        share = float((value - self.low) / (self.high - self.low))
        return round(self.bottom_px - share * (self.bottom_px - self.top_px), 1)

    def ticks(self) -> Iterator[Decimal]:
        """Yield the numbers that are written at the side, from the lowest."""
        mark = self.low
        while mark <= self.high:
            yield mark
            mark += self.step


def nice_scale(numbers: Sequence[Decimal], top: float, bottom: float, *, zero: bool) -> Scale:
    """Return a scale that holds all numbers. It has a 0 where asked to, and where that does not flatten a line."""
    low, high = min(numbers), max(numbers)
    if zero or 0 <= low <= high / 2:
        low = min(low, ZERO)
    if zero or low / 2 <= high <= 0:
        high = max(high, ZERO)
    span = high - low or abs(high) or Decimal(1)
    unit = Decimal(1).scaleb((span / TICK_COUNT).adjusted())
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times * TICK_COUNT >= span).normalize()
    low = (low / step).to_integral_value(ROUND_FLOOR) * step
    high = (high / step).to_integral_value(ROUND_CEILING) * step
    high = high if high > low else low + step
    return Scale(low=low, high=high, step=step, top_px=top, bottom_px=bottom)
