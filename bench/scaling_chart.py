"""Draw the CPU time by number of nodes, from a table of bench/generators.py, as an SVG with two logarithmic axes.

python3 bench/generators.py > table.md && python3 bench/scaling_chart.py table.md docs/growth.svg
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 400, 60, 50
COLOURS = {"handbook": "#1b5e9b", "Hugo": "#a3195b", "Pelican": "#6b6b00", "MkDocs Material": "#555555"}
DASHES = {"handbook": "", "Hugo": "8 4", "Pelican": "2 4", "MkDocs Material": "8 3 2 3"}


def read_measurements(table: str) -> dict[str, list[tuple[float, float]]]:
    """Return nodes and CPU seconds of each measurement in a table of bench/generators.py, by generator."""
    series: dict[str, list[tuple[float, float]]] = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 9 and cells[0].replace(",", "").isdecimal():
            series.setdefault(cells[1], []).append((float(cells[0].replace(",", "")), float(cells[3])))
    return series


def scaling_svg(series: dict[str, list[tuple[float, float]]]) -> str:
    """Return the chart, with one line per generator."""
    points = [point for line in series.values() for point in line]
    low = [math.floor(math.log10(min(axis))) for axis in zip(*points, strict=True)]
    high = [math.ceil(math.log10(max(axis))) for axis in zip(*points, strict=True)]

    def position(nodes: float, seconds: float) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - 140) * (math.log10(nodes) - low[0]) / (high[0] - low[0])
        y = (HEIGHT - BOTTOM) - (HEIGHT - BOTTOM - 20) * (math.log10(seconds) - low[1]) / (high[1] - low[1])
        return round(x, 1), round(y, 1)

    elements = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for power in range(low[0], high[0] + 1):
        x, y = position(10**power, 10 ** low[1])
        elements.append(
            f'<path d="M{x} {y}V20" stroke="#ccc"/><text x="{x}" y="{y + 18}" text-anchor="middle">{10**power:,}</text>'
        )
    for power in range(low[1], high[1] + 1):
        x, y = position(10 ** low[0], 10**power)
        elements.append(f'<path d="M{x} {y}H{WIDTH - 140}" stroke="#ccc"/>')
        elements.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    elements.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">nodes across, CPU seconds upwards</text>')
    for name, line in series.items():
        path = "L".join(f"{x} {y}" for x, y in (position(*point) for point in line))
        stroke = f'stroke="{COLOURS[name]}" stroke-dasharray="{DASHES[name]}"'
        x, y = position(*line[-1])
        elements.append(f'<path d="M{path}" fill="none" stroke-width="2.5" {stroke}/>')
        is_longest = line[-1][0] == max(nodes for nodes, _ in points)  # other labels go above, clear of the lines
        label_position = f'x="{x + 8}" y="{y + 4}"' if is_longest else f'x="{x - 8}" y="{y - 12}" text-anchor="end"'
        elements.append(f'<text {label_position} fill="{COLOURS[name]}">{name}</text>')
    attributes = 'font-family="sans-serif" font-size="13" role="img"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {attributes}>'
    return "\n".join([head, "<title>CPU seconds by number of nodes</title>", *elements, "</svg>"]) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(
        scaling_svg(read_measurements(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8"
    )
