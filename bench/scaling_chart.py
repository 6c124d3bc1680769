"""How time grows with the plan: the figures of bench/generators.py as an SVG, on paper that is ruled by powers of ten.

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
    """Return nodes and CPU seconds of each program in a table of bench/generators.py."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 9 and cells[0].replace(",", "").isdecimal():
            found.setdefault(cells[1], []).append((float(cells[0].replace(",", "")), float(cells[3])))
    return found


def scaling_svg(found: dict[str, list[tuple[float, float]]]) -> str:
    """Return the SVG."""
    points = [point for line in found.values() for point in line]
    low = [math.floor(math.log10(min(axis))) for axis in zip(*points, strict=True)]
    high = [math.ceil(math.log10(max(axis))) for axis in zip(*points, strict=True)]

    def at(nodes: float, seconds: float) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - 140) * (math.log10(nodes) - low[0]) / (high[0] - low[0])
        y = (HEIGHT - BOTTOM) - (HEIGHT - BOTTOM - 20) * (math.log10(seconds) - low[1]) / (high[1] - low[1])
        return round(x, 1), round(y, 1)

    said = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for power in range(low[0], high[0] + 1):
        x, y = at(10**power, 10 ** low[1])
        said.append(
            f'<path d="M{x} {y}V20" stroke="#ccc"/><text x="{x}" y="{y + 18}" text-anchor="middle">{10**power:,}</text>'
        )
    for power in range(low[1], high[1] + 1):
        x, y = at(10 ** low[0], 10**power)
        said.append(f'<path d="M{x} {y}H{WIDTH - 140}" stroke="#ccc"/>')
        said.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    said.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">nodes across, CPU seconds upwards</text>')
    for name, line in found.items():
        way = "L".join(f"{x} {y}" for x, y in (at(*point) for point in line))
        paint = f'stroke="{COLOURS[name]}" stroke-dasharray="{DASHES[name]}"'
        x, y = at(*line[-1])
        said.append(f'<path d="M{way}" fill="none" stroke-width="2.5" {paint}/>')
        ends = line[-1][0] == max(nodes for nodes, _ in points)  # else its name stands above it, out of the others' way
        spot = f'x="{x + 8}" y="{y + 4}"' if ends else f'x="{x - 8}" y="{y - 12}" text-anchor="end"'
        said.append(f'<text {spot} fill="{COLOURS[name]}">{name}</text>')
    letters = 'font-family="sans-serif" font-size="13" role="img"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {letters}>'
    return "\n".join([head, "<title>CPU seconds by number of nodes</title>", *said, "</svg>"]) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(
        scaling_svg(read_measurements(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8"
    )
