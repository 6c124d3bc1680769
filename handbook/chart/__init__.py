"""Charts of the records as SVG: bars by year, or a line of what was reached with its targets and its baseline.

A room of our own: the libraries looked at put style sheets and random names into the SVG, or letters as outlines, and
take no colours from tokens. Every number drawn stands in the table beside the chart, too. Inside: `scale` turns
numbers into heights, `plot` draws.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from handbook.chart.svg import FONT_SIZE, HEIGHT, WIDTH, ChartSvg
from handbook.fiscal_year import format_year_both
from handbook.lazy import LazyMapping
from handbook.model import ChartSpec, Site, Theme

__all__ = ["charts"]


def charts(site: Site, theme: Theme) -> LazyMapping[str, str]:
    """Return every chart of the site as an SVG element, by name, each drawn when it is first read."""
    wanted = {chart.name: chart for chart in site.charts}
    return LazyMapping(wanted, lambda name: _chart_svg(wanted[name], theme.css_variables))


def _chart_svg(chart: ChartSpec, tokens: Mapping[str, str]) -> str:
    name = chart.name
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-labelledby="{name}_title"'
        f' aria-describedby="{name}_desc" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="{html.escape(tokens["font-family"])}" font-size="{FONT_SIZE}">'
    )
    title = f'<title id="{name}_title">{html.escape(chart.title)}</title>'
    told = f'<desc id="{name}_desc">{html.escape("".join(_chart_alt_text(chart)))}</desc>'
    return "\n".join([opening, title, told, *ChartSvg.from_chart(chart, tokens).elements(), "</svg>"])


def _chart_alt_text(chart: ChartSpec) -> Iterator[str]:
    """Tell in words what the chart shows."""
    yield f"年度ごとの{'棒' if chart.bars else '折れ線'}グラフです。"
    yield f"単位は{chart.unit}。" if chart.unit else ""
    said = [(amount, "基準値" if amount is chart.baseline else "実績値") for amount in chart.actuals]
    said += [(amount, "目標値") for amount in chart.targets] + [(amount, "") for amount in chart.bars]
    for amount, kind in said:
        yield f"{format_year_both(amount.year)}は、" + (
            f"{kind} {amount.formatted}。" if amount.value is not None else f"{amount.formatted}。"
        )
