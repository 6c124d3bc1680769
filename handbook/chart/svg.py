"""Draw one chart as SVG elements. Coordinates are pixels of a picture that fits a phone.

A year without a number is a labelled gap, never a 0. Series differ by the shape of their points and by dashes, not only
by colour. Colours are attributes from the tokens, so that the SVG can be printed anywhere, and classes, so that the
theme and its dark scheme override them on a page.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from handbook.chart.scale import ZERO, Scale, nice_scale
from handbook.fiscal_year import format_era_year
from handbook.model import ChartSpec, YearValue
from handbook.patterns import NO_VALUE_WORD

WIDTH, HEIGHT = 360, 240
MIN_LEFT, RIGHT, TOP, BOTTOM = 62, 12, 46, 46
"""Margins of the plot in px: the numbers are on the left, the legend above, the years below. Long numbers need more."""
FONT_SIZE = 12
LEGEND_WIDTH = 64
"""Width of one entry of the legend in px."""
DIGIT_WIDTH_EM = 0.62
"""Width of a digit in em."""


def text_width(text: str) -> float:
    """Return the width of a text in px: a digit or a Latin letter is narrower than a kanji."""
    return FONT_SIZE * sum(DIGIT_WIDTH_EM if character.isascii() else 1 for character in text)


@dataclass(frozen=True, slots=True)
class ChartSvg:
    """The elements of one chart."""

    chart: ChartSpec
    scale: Scale
    years: range
    tokens: Mapping[str, str]

    @classmethod
    def from_chart(cls, chart: ChartSpec, tokens: Mapping[str, str]) -> ChartSvg:
        """Return a drawing whose scale and years include all amounts of a chart."""
        amounts = (*chart.bars, *chart.actuals, *chart.targets)
        numbers = [amount.value for amount in amounts if amount.value is not None] or [ZERO]
        years = [amount.year for amount in amounts]
        scale = nice_scale(numbers, TOP, HEIGHT - BOTTOM, include_zero=bool(chart.bars))
        return cls(chart, scale, range(min(years), max(years) + 1), tokens)

    def elements(self) -> Iterator[str]:
        """Yield the elements from back to front."""
        yield from self.axes()
        if self.chart.bars:
            yield from self.bars()
        else:
            yield from self.no_data_bands()
            yield from self.lines()

    @property
    def year_width(self) -> float:
        """The width of one year in px."""
        return (WIDTH - self.left - RIGHT) / len(self.years)

    @property
    def left(self) -> float:
        """The left margin of the plot in px."""
        return max(MIN_LEFT, *(text_width(f"{tick:,f}") + 9 for tick in self.scale.ticks()))

    def x_of_year(self, year: int) -> float:
        """Return the x coordinate of the middle of a year."""
        return round(self.left + (year - self.years[0] + 0.5) * self.year_width, 1)

    def axes(self) -> Iterator[str]:
        """Yield grid lines with their numbers, the years, a caption and the unit."""
        zero_colour, grid_colour = self.tokens["text-muted"], self.tokens["border"]
        for tick in self.scale.ticks():
            y = self.scale.y_px(tick)
            kind, stroke = ("zero", zero_colour) if tick == 0 else ("grid", grid_colour)
            yield f'<path class="{kind}" d="M{self.left:g} {y:g}H{WIDTH - RIGHT}" stroke="{stroke}" fill="none"/>'
            yield self._text(self.left - 6, y + 4, f"{tick:,f}", "end", "mark", value=tick)
        label_step = -(-40 // int(self.year_width)) if self.year_width >= 1 else len(self.years)
        for year in self.years[::label_step]:
            label = format_era_year(int(year)).removesuffix("年度")
            yield self._text(self.x_of_year(year), HEIGHT - BOTTOM + 19, label, "middle", "year")
        yield self._text(WIDTH - RIGHT, HEIGHT - BOTTOM + 35, self._axis_caption(), "end", "foot")
        for text, middle, y, half in self._unit_labels():
            yield self._text(middle - half, y, text, "start", "unit")

    def _unit_labels(self) -> Iterator[tuple[str, float, float, float]]:
        """Yield the unit with the x of its middle, the y of its baseline and half its width, if it has room.

        It is at the left of the legend, or below it if it is long. One that is longer than the chart is left out.
        """
        text = f"（{self.chart.unit}）"
        half = text_width(text) / 2
        y = 13 if 6 + 2 * half <= WIDTH - RIGHT - LEGEND_WIDTH * len(self._legend_kinds()) else 30
        if self.chart.unit and 6 + 2 * half <= WIDTH:
            yield text, 6 + half, y, half

    def _axis_caption(self) -> str:
        word = self.chart.year_word
        lacks_zero = self.scale.low > 0 or self.scale.high < 0
        return f"縦の軸は 0 から始まりません（{word}）" if lacks_zero else f"（{word}）"

    def bars(self) -> Iterator[str]:
        """Yield a bar for each amount, with the numbers if each fits into the width of a year."""
        width = min(36.0, self.year_width * 0.6)
        fits = all(len(amount.formatted) * FONT_SIZE * DIGIT_WIDTH_EM <= self.year_width for amount in self.chart.bars)
        for amount in self.chart.bars:
            if amount.value is None:
                continue
            top, bottom = sorted((self.scale.y_px(ZERO), self.scale.y_px(amount.value)))
            x = self.x_of_year(amount.year)
            yield (
                f'<rect class="bar" x="{x - width / 2:g}" y="{top:g}" width="{width:g}"'
                f' height="{round(bottom - top, 1):g}" fill="{self.tokens["branch-1-tint"]}"'
                f' stroke="{self.tokens["accent"]}" data-year="{amount.year}" data-value="{amount.value:f}"/>'
            )
            if fits:
                y = top - 5 if amount.value >= 0 else bottom + 12
                yield self._text(x, y, amount.formatted, "middle", "value")

    def no_data_bands(self) -> Iterator[str]:
        """Yield a labelled band over each range of years whose value the plan states to be missing."""
        for first, last in self._no_data_ranges():
            x, width = self.x_of_year(first) - self.year_width / 2, (last - first + 1) * self.year_width
            yield (
                f'<rect class="gap" x="{x:g}" y="{TOP}" width="{width:g}" height="{HEIGHT - TOP - BOTTOM}"'
                f' fill="{self.tokens["note-background"]}" stroke="{self.tokens["text-muted"]}"'
                ' stroke-dasharray="2 3"/>'
            )
        for text, x, y, _ in self._no_data_labels():
            yield self._text(x, y, text, "middle", "none")

    def _no_data_ranges(self) -> Iterator[tuple[int, int]]:
        """Yield the first and the last year of each range of years without a value."""
        years = {amount.year for amount in self.chart.actuals if amount.value is None}
        for first in sorted(year for year in years if year - 1 not in years):
            yield first, next(year for year in range(first, self.years[-1] + 1) if year + 1 not in years)

    def _no_data_labels(self) -> Iterator[tuple[str, float, float, float]]:
        """Yield each line of the label of each band: text, x of its middle, y of its baseline, half its width in px."""
        for first, last in self._no_data_ranges():
            fits = (last - first + 1) * self.year_width >= 5.4 * FONT_SIZE
            lines = (NO_VALUE_WORD,) if fits else ("実績", "値", "なし")
            middle = (self.x_of_year(first) + self.x_of_year(last)) / 2
            for index, text in enumerate(reversed(lines)):
                yield text, middle, HEIGHT - BOTTOM - 8 - 13 * index, len(text) * FONT_SIZE / 2

    def lines(self) -> Iterator[str]:
        """Yield the line of targets, the line of actuals over it, the points, the legend and two numbers."""
        baseline = self.chart.baseline
        targets = [*([baseline] if baseline and self.chart.targets else []), *self.chart.targets]
        yield self._path(targets, "target", self.tokens["branch-3"], ' stroke-dasharray="6 4"')
        run: list[YearValue] = []
        for amount in self.chart.actuals:
            if run and (amount.value is None or amount.year != run[-1].year + 1):
                yield self._path(run, "actual", self.tokens["accent"], "")
                run = []
            run += [amount] if amount.value is not None else []
        yield self._path(run, "actual", self.tokens["accent"], "")
        for amount in self.chart.targets:
            yield self._point(amount, "target")
        for amount in self.chart.actuals:
            yield self._point(amount, "baseline" if amount is baseline else "actual")
        yield from self._legend()
        yield from self._value_labels()

    def _path(self, amounts: Sequence[YearValue], kind: str, colour: str, attributes: str) -> str:
        points = [f"{self.x_of_year(a.year):g} {self.scale.y_px(a.value):g}" for a in amounts if a.value is not None]
        if len(points) < 2:
            return ""
        d = f"M{' L'.join(points)}"
        return f'<path class="line {kind}" d="{d}" fill="none" stroke="{colour}" stroke-width="2"{attributes}/>'

    def _point(self, amount: YearValue, kind: str) -> str:
        if amount.value is None:
            return ""
        attributes = f' data-year="{amount.year}" data-value="{amount.value:f}"'
        return self._marker(self.x_of_year(amount.year), self.scale.y_px(amount.value), kind, attributes)

    def _marker(self, x: float, y: float, kind: str, attributes: str = "") -> str:
        """Return a filled circle for an actual, an open square for a target, an open diamond for the baseline."""
        shapes = {
            "actual": f'M{x - 4:g} {y:g}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z" fill="{self.tokens["accent"]}"',
            "target": f'M{x - 4.5:g} {y - 4.5:g}h9v9h-9z" fill="{self.tokens["picture-background"]}"',
            "baseline": f'M{x:g} {y - 6:g}l6 6l-6 6l-6 -6z" fill="{self.tokens["picture-background"]}"',
        }
        stroke = self.tokens["branch-3" if kind == "target" else "accent"]
        return f'<path class="point {kind}" d="{shapes[kind]} stroke="{stroke}" stroke-width="2"{attributes}/>'

    def _legend(self) -> Iterator[str]:
        kinds = self._legend_kinds()
        for index, (kind, label) in enumerate(kinds):
            x = WIDTH - RIGHT - LEGEND_WIDTH * (len(kinds) - index) + 8
            yield self._marker(x, 9, kind)
            yield self._text(x + 10, 13, label, "start", "legend")

    def _legend_kinds(self) -> list[tuple[str, str]]:
        kinds = [("baseline", "基準値")] if self.chart.baseline else []
        kinds += [("actual", "実績値")] if any(a.value is not None for a in self._actuals()) else []
        kinds += [("target", "目標値")] if self.chart.targets else []
        return kinds

    def _actuals(self) -> Iterator[YearValue]:
        yield from (amount for amount in self.chart.actuals if amount is not self.chart.baseline)

    def _value_labels(self) -> Iterator[str]:
        """Yield the latest actual and the last target as numbers, the higher above its point and the lower below.

        Near the bottom of the plot both are above. A number that would overlap another text is left out.
        """
        latest = [amount for amount in self._actuals() if amount.value is not None][-1:]
        occupied = [box for _, *box in (*self._no_data_labels(), *self._unit_labels())]
        points = [(a, self.scale.y_px(a.value)) for a in (*latest, *self.chart.targets[-1:]) if a.value is not None]
        for amount, point_y in points:
            is_above = point_y <= min(other_y for _, other_y in points) or point_y + 16 > HEIGHT - BOTTOM
            y = point_y - 9 if is_above else point_y + 17
            half = len(amount.formatted) * FONT_SIZE * DIGIT_WIDTH_EM / 2
            x = min(self.x_of_year(amount.year), WIDTH - RIGHT - half)
            if all(
                abs(x - box_x) > half + box_half or abs(y - box_y) > FONT_SIZE for box_x, box_y, box_half in occupied
            ):
                occupied.append([x, y, half])
                yield self._text(x, y, amount.formatted, "middle", "value")

    def _text(self, x: float, y: float, text: str, anchor: str, kind: str, value: Decimal | None = None) -> str:
        colour = self.tokens["text" if kind in ("value", "legend") else "text-muted"]
        attributes = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}"'
        attributes += f' data-value="{value:f}"' if value is not None else ""
        return f'<text class="{kind}" {attributes}>{html.escape(text)}</text>'
