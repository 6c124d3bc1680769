"""Draw charts of records as SVG: bars by year, or a line of actual values with the targets and the baseline.

No library, because those that were tried add style sheets, random names or outlined letters to the SVG and cannot take
colours from tokens. Each number of a chart is also in the table next to it. `scale` maps numbers to heights, and `svg`
draws one chart.
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
    """Return every chart of the site as an `svg` element, by name. Each is drawn when it is first read."""
    chart_by_name = {chart.name: chart for chart in site.charts}
    return LazyMapping(chart_by_name, lambda name: _chart_svg(chart_by_name[name], theme.css_variables))


def _chart_svg(chart: ChartSpec, tokens: Mapping[str, str]) -> str:
    name = chart.name
    start_tag = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-labelledby="{name}_title"'
        f' aria-describedby="{name}_desc" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="{html.escape(tokens["font-family"])}" font-size="{FONT_SIZE}">'
    )
    title = f'<title id="{name}_title">{html.escape(chart.title)}</title>'
    description = f'<desc id="{name}_desc">{html.escape("".join(_chart_alt_text(chart)))}</desc>'
    return "\n".join([start_tag, title, description, *ChartSvg.from_chart(chart, tokens).elements(), "</svg>"])


def _chart_alt_text(chart: ChartSpec) -> Iterator[str]:
    """Yield sentences that state every number of a chart."""
    yield f"{chart.year_word}ごとの{'棒' if chart.bars else '折れ線'}グラフです。"
    yield f"単位は{chart.unit}。" if chart.unit else ""
    amounts = [(amount, "基準値" if amount is chart.baseline else "実績値") for amount in chart.actuals]
    amounts += [(amount, "目標値") for amount in chart.targets] + [(amount, "") for amount in chart.bars]
    for amount, kind in amounts:
        yield f"{format_year_both(amount.year)}は、" + (
            f"{kind} {amount.formatted}。" if amount.value is not None else f"{amount.formatted}。"
        )
