"""One chart as SVG parts. Coordinates are pixels of a drawing that fits a phone.

What has no number is a gap that says so, never a 0. Series differ by the shape of their marks and by dashes, not by
colour alone. Colours stand as attributes out of the tokens, so that it prints anywhere, and as classes, so that inside
a page the theme (and its dark scheme) has the last word.
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
LEFT, RIGHT, TOP, BOTTOM = 62, 12, 46, 46
"""Room round the plot: for numbers, for the legend, for years."""
FONT_SIZE = 12
DIGIT_WIDTH_EM = 0.62
"""Width of a digit in em."""


@dataclass(frozen=True, slots=True)
class ChartSvg:
    """What is drawn between the edges of one chart."""

    chart: ChartSpec
    scale: Scale
    years: range
    tokens: Mapping[str, str]

    @classmethod
    def from_chart(cls, chart: ChartSpec, tokens: Mapping[str, str]) -> ChartSvg:
        """Return a plot with a scale for all numbers of a chart, and room for all its years."""
        amounts = (*chart.bars, *chart.actuals, *chart.targets)
        numbers = [amount.value for amount in amounts if amount.value is not None] or [ZERO]
        years = [amount.year for amount in amounts]
        ruler = nice_scale(numbers, TOP, HEIGHT - BOTTOM, zero=bool(chart.bars))
        return cls(chart, ruler, range(min(years), max(years) + 1), tokens)

    def elements(self) -> Iterator[str]:
        """Yield the drawing from the back to the front."""
        yield from self.axes()
        if self.chart.bars:
            yield from self.bars()
        else:
            yield from self.no_data_bands()
            yield from self.lines()

    @property
    def year_width(self) -> float:
        """Width of one year."""
        return (WIDTH - LEFT - RIGHT) / len(self.years)

    def x_of_year(self, year: int) -> float:
        """Return the middle of a year."""
        return round(LEFT + (year - self.years[0] + 0.5) * self.year_width, 1)

    def axes(self) -> Iterator[str]:
        """Yield marks with their numbers, years, the unit and the legend."""
        soft, line = self.tokens["text-muted"], self.tokens["border"]
        for mark in self.scale.ticks():
            y = self.scale.y_px(mark)
            kind, stroke = ("zero", soft) if mark == 0 else ("grid", line)
            yield f'<path class="{kind}" d="M{LEFT} {y:g}H{WIDTH - RIGHT}" stroke="{stroke}" fill="none"/>'
            yield self._text(LEFT - 6, y + 4, f"{mark:,f}", "end", "mark", value=mark)
        every = -(-37 // int(self.year_width)) if self.year_width >= 1 else len(self.years)
        for year in self.years[::every]:
            yield self._text(
                self.x_of_year(year), HEIGHT - BOTTOM + 19, format_era_year(year).removesuffix("年度"), "middle", "year"
            )
        yield self._text(WIDTH - RIGHT, HEIGHT - BOTTOM + 35, self._axis_caption(), "end", "foot")
        if self.chart.unit:
            yield self._text(6, 13, f"（{self.chart.unit}）", "start", "unit")

    def _axis_caption(self) -> str:
        bent = self.scale.low > 0 or self.scale.high < 0
        return "縦の軸は 0 から始まりません（年度）" if bent else "（年度）"

    def bars(self) -> Iterator[str]:
        """Yield a bar for each amount, with its number where all of them fit."""
        wide = min(36.0, self.year_width * 0.6)
        fits = all(len(amount.formatted) * FONT_SIZE * DIGIT_WIDTH_EM <= self.year_width for amount in self.chart.bars)
        for amount in self.chart.bars:
            if amount.value is None:
                continue
            ends = sorted((self.scale.y_px(ZERO), self.scale.y_px(amount.value)))
            x = self.x_of_year(amount.year)
            yield (
                f'<rect class="bar" x="{x - wide / 2:g}" y="{ends[0]:g}" width="{wide:g}"'
                f' height="{round(ends[1] - ends[0], 1):g}" fill="{self.tokens["branch-1-tint"]}"'
                f' stroke="{self.tokens["accent"]}" data-year="{amount.year}" data-value="{amount.value:f}"/>'
            )
            if fits:
                at = ends[0] - 5 if amount.value >= 0 else ends[1] + 12
                yield self._text(x, at, amount.formatted, "middle", "value")

    def no_data_bands(self) -> Iterator[str]:
        """Yield a band over the years for which it is openly said that there is no number."""
        for first, last in self._no_data_ranges():
            x, wide = self.x_of_year(first) - self.year_width / 2, (last - first + 1) * self.year_width
            yield (
                f'<rect class="gap" x="{x:g}" y="{TOP}" width="{wide:g}" height="{HEIGHT - TOP - BOTTOM}"'
                f' fill="{self.tokens["note-background"]}" stroke="{self.tokens["text-muted"]}"'
                ' stroke-dasharray="2 3"/>'
            )
        for words, x, y, _ in self._no_data_labels():
            yield self._text(x, y, words, "middle", "none")

    def _no_data_ranges(self) -> Iterator[tuple[int, int]]:
        """Yield the first and the last year of each stretch without a number."""
        silent = {amount.year for amount in self.chart.actuals if amount.value is None}
        for first in sorted(year for year in silent if year - 1 not in silent):
            yield first, next(year for year in range(first, self.years[-1] + 1) if year + 1 not in silent)

    def _no_data_labels(self) -> Iterator[tuple[str, float, float, float]]:
        """Yield what each such stretch says, line by line: words, middle, foot and half their width."""
        for first, last in self._no_data_ranges():
            whole = (last - first + 1) * self.year_width >= 5.4 * FONT_SIZE
            lines = (NO_VALUE_WORD,) if whole else ("実績", "値", "なし")
            middle = (self.x_of_year(first) + self.x_of_year(last)) / 2
            for place, words in enumerate(reversed(lines)):
                yield words, middle, HEIGHT - BOTTOM - 8 - 13 * place, len(words) * FONT_SIZE / 2

    def lines(self) -> Iterator[str]:
        """Yield targets first, so that what was reached lies over them; then the marks, the legend, two numbers."""
        start = self.chart.baseline
        aims = [*([start] if start and self.chart.targets else []), *self.chart.targets]
        yield self._path(aims, "target", self.tokens["branch-3"], ' stroke-dasharray="6 4"')
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
            yield self._point(amount, "baseline" if amount is start else "actual")
        yield from self._legend()
        yield from self._value_labels()

    def _path(self, amounts: Sequence[YearValue], kind: str, colour: str, more: str) -> str:
        at = [f"{self.x_of_year(a.year):g} {self.scale.y_px(a.value):g}" for a in amounts if a.value is not None]
        if len(at) < 2:
            return ""
        return f'<path class="line {kind}" d="M{" L".join(at)}" fill="none" stroke="{colour}" stroke-width="2"{more}/>'

    def _point(self, amount: YearValue, kind: str) -> str:
        if amount.value is None:
            return ""
        where = f' data-year="{amount.year}" data-value="{amount.value:f}"'
        return self._marker(self.x_of_year(amount.year), self.scale.y_px(amount.value), kind, where)

    def _marker(self, x: float, y: float, kind: str, more: str = "") -> str:
        """Draw a round full mark for what was reached, an open square for a target, an open diamond for the start."""
        shapes = {
            "actual": f'M{x - 4:g} {y:g}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z" fill="{self.tokens["accent"]}"',
            "target": f'M{x - 4.5:g} {y - 4.5:g}h9v9h-9z" fill="{self.tokens["picture-background"]}"',
            "baseline": f'M{x:g} {y - 6:g}l6 6l-6 6l-6 -6z" fill="{self.tokens["picture-background"]}"',
        }
        stroke = self.tokens["branch-3" if kind == "target" else "accent"]
        return f'<path class="point {kind}" d="{shapes[kind]} stroke="{stroke}" stroke-width="2"{more}/>'

    def _legend(self) -> Iterator[str]:
        kinds = [("baseline", "基準値")] if self.chart.baseline else []
        kinds += [("actual", "実績値")] if any(a.value is not None for a in self._actuals()) else []
        kinds += [("target", "目標値")] if self.chart.targets else []
        for place, (kind, words) in enumerate(kinds):
            x = WIDTH - RIGHT - 64 * (len(kinds) - place) + 8
            yield self._marker(x, 9, kind)
            yield self._text(x + 10, 13, words, "start", "legend")

    def _actuals(self) -> Iterator[YearValue]:
        yield from (amount for amount in self.chart.actuals if amount is not self.chart.baseline)

    def _value_labels(self) -> Iterator[str]:
        """Yield the newest number reached and the last target in figures, the higher above and the lower below.

        Near the foot of the plot both stand above; one that would lie over other words is left to the table.
        """
        reached = [amount for amount in self._actuals() if amount.value is not None][-1:]
        spots = [spot for _, *spot in self._no_data_labels()]
        both = [(a, self.scale.y_px(a.value)) for a in (*reached, *self.chart.targets[-1:]) if a.value is not None]
        for amount, y in both:
            above = y <= min(other for _, other in both) or y + 16 > HEIGHT - BOTTOM
            at = y - 9 if above else y + 17
            half = len(amount.formatted) * FONT_SIZE * DIGIT_WIDTH_EM / 2
            x = min(self.x_of_year(amount.year), WIDTH - RIGHT - half)
            if all(abs(x - other) > half + wide or abs(at - line) > FONT_SIZE for other, line, wide in spots):
                spots.append([x, at, half])
                yield self._text(x, at, amount.formatted, "middle", "value")

    def _text(self, x: float, y: float, words: str, anchor: str, kind: str, value: Decimal | None = None) -> str:
        ink = self.tokens["text" if kind in ("value", "legend") else "text-muted"]
        told = f' data-value="{value:f}"' if value is not None else ""
        where = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{ink}"{told}'
        return f'<text class="{kind}" {where}>{html.escape(words)}</text>'
