"""Plates → their places. The only module that knows Graphviz.

Graphviz decides where the plates stand. We decide how large they are and draw them ourselves, so all of our
words, links and order survive whatever engine did the layout, and every engine gives the same picture.
"""

from __future__ import annotations

import functools
import html
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import graphviz

from handbook import hands
from handbook.draw.plates import SIZES, Plate, paint
from handbook.model import Figure

WHEEL = "graphviz-pure"
"""The engine that comes with our requirements; Graphviz's own `dot` serves where it is missing."""
TIME_LIMIT = 120
"""Seconds one engine may take for all diagrams of a site."""
MANY = 50
"""Diagrams that are worth a run of their own."""
INCH = 72
"""Our pixels to one of Graphviz's inches."""

Places = dict[str, tuple[float, float]]
"""The centre of each plate in pixels, y downwards."""


class NoEngine(Exception):
    """Nothing could lay the diagrams out; the message says why, in Japanese."""


def engine(*, prefer_dot: bool) -> str:
    """Return the path of the layout engine. Raises NoEngine where there is none."""
    wheel = shutil.which(WHEEL, path=sysconfig.get_path("scripts")) or shutil.which(WHEEL)
    dot = shutil.which("dot")
    found = (dot or wheel) if prefer_dot else (wheel or dot)
    if not found:
        message = f"図を描く道具がありません。`pip install {WHEEL}` か、Graphviz の `dot` を入れてください"
        raise NoEngine(message)
    return found


def column_widths(plates: Sequence[Plate]) -> dict[int, float]:
    """Return each column's width: all its plates are as wide as the widest."""
    widths: dict[int, float] = {}
    for plate in plates:
        widths[plate.column] = max(widths.get(plate.column, 0), plate.width)
    return widths


def dot(figure: Figure, plates: Sequence[Plate], tokens: Mapping[str, str]) -> str:
    """Return the graph in Graphviz's language; any viewer draws a plain picture of it."""
    size, widths = SIZES[figure.size], column_widths(plates)
    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": "LR",
            "ordering": "out",
            "splines": "line",
            "nodesep": _inches(size.letters // 2),
            "ranksep": _inches(size.gap),
            "tooltip": graphviz.escape(figure.title),
        },
        node_attr={"shape": "box", "fixedsize": "true", "fontname": "sans-serif", "fontsize": f"{size.letters:g}"},
        edge_attr={"arrowhead": "none", "tailport": "e", "headport": "w", "weight": "100"},
    )
    tops = [plate for plate in plates if not plate.parent]
    if len(tops) > 1:
        # Several first plates keep their order, and each its column, only under a common root.
        graph.node("_top", style="invis", width="0.01", height="0.01")
    for plate in plates:
        graph.node(
            plate.name, width=_inches(widths[plate.column]), height=_inches(plate.height), **_look(plate, tokens)
        )
        if plate.parent:
            graph.edge(plate.parent, plate.name)
        elif len(tops) > 1:
            graph.edge("_top", plate.name, style="invis", minlen=str(plate.column + 1))
    return str(graph.source)


def _look(plate: Plate, tokens: Mapping[str, str]) -> dict[str, str]:
    """Return a plate's words, links and colours as Graphviz attributes."""
    if not plate.boxes:
        return {"style": "invis", "label": ""}
    if plate.owner:
        return {"label": _table(plate), "margin": "0", "color": tokens[plate.owner.colour]}
    box = plate.boxes[0]
    number = [box.entry.number] if box.entry and box.entry.number else []
    # The whole final string is escaped once: two escaped strings joined are not one, nor is one that was changed after.
    label = graphviz.nohtml(graphviz.escape("\n".join([*number, *box.lines])).replace("\n", "\\n"))
    ground, ink = (tokens[token] for token in paint(box))
    edge = tokens[box.entry.colour if box.entry else "branch-0"]
    painted = {"style": "filled", "fillcolor": ground, "fontcolor": ink, "color": edge}
    return painted | {"label": label, "URL": f"../{box.entry.path if box.entry else 'index.html'}"}


def _table(plate: Plate) -> str:
    """Label a frame with one linked row a leaf."""
    rows = "".join(
        f'<TR><TD ALIGN="LEFT" HREF="../{html.escape(box.entry.path)}">'
        + "".join(f'{html.escape(line)}<BR ALIGN="LEFT"/>' for line in box.lines)
        + "</TD></TR>"
        for box in plate.boxes
        if box.entry
    )
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>>'


def _inches(pixels: float) -> str:
    return f"{pixels / INCH:.6f}"


@functools.lru_cache(maxsize=4)  # while texts are edited the graphs are the same again, and a program takes its time
def places(graphs: tuple[str, ...], program: str) -> tuple[Places, ...]:
    """Lay all graphs out in one run of the engine a core. Raises NoEngine where that fails."""
    if len(graphs) == 1:
        return (_place(graphs[0], program),)
    runs = min(hands.cores(), len(graphs) // MANY) or 1
    heaps = [graphs[first::runs] for first in range(runs)]
    with ThreadPoolExecutor(runs) as threads:
        laid = list(threads.map(_laid_out, heaps, repeat(program)))
    return tuple(laid[place % runs][place // runs] for place in range(len(graphs)))


@functools.lru_cache(maxsize=256)  # as above, where the diagrams are asked for one by one
def _place(graph: str, program: str) -> Places:
    return _laid_out((graph,), program)[0]


def _laid_out(graphs: tuple[str, ...], program: str) -> tuple[Places, ...]:
    command = [program, "-Kdot", "-Tplain"]
    try:
        done = subprocess.run(
            command, input="\n".join(graphs), encoding="utf-8", capture_output=True, timeout=TIME_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"図を描く道具が動きません（{program}: {error}）"
        raise NoEngine(message) from error
    found = tuple(_parsed(done.stdout))
    if done.returncode or len(found) != len(graphs):
        message = f"図を描けませんでした（{program}: {done.stderr.strip()[:300]}）"
        raise NoEngine(message)
    return found


def _parsed(plain: str) -> Iterator[Places]:
    """Read Graphviz's plain format: for each graph a `graph` line, `node` lines and `stop`; y upwards, in inches."""
    found: Places = {}
    for line in plain.splitlines():
        kind, *words = line.split(" ", 4)
        if kind == "graph":
            found = {}
        elif kind == "node":
            found[words[0].strip('"')] = float(words[1]) * INCH, -float(words[2]) * INCH
        elif kind == "stop":
            yield found
