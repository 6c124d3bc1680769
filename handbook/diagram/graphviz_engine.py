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

from handbook import parallel
from handbook.diagram.nodes import DIAGRAM_STYLES, LayoutNode, box_colours
from handbook.model import DiagramSpec

ENGINE_PACKAGE = "graphviz-pure"
"""The engine that comes with our requirements; Graphviz's own `dot` serves where it is missing."""
DOT_TIMEOUT_SECONDS = 120
"""Seconds one engine may take for all diagrams of a site."""
PARALLEL_THRESHOLD = 50
"""Diagrams that are worth a run of their own."""
PIXELS_PER_INCH = 72
"""Our pixels to one of Graphviz's inches."""

Positions = dict[str, tuple[float, float]]
"""The centre of each plate in pixels, y downwards."""


class LayoutEngineError(Exception):
    """Nothing could lay the diagrams out; the message says why, in Japanese."""


def find_engine(*, prefer_dot: bool) -> str:
    """Return the path of the layout engine. Raises NoEngine where there is none."""
    wheel = shutil.which(ENGINE_PACKAGE, path=sysconfig.get_path("scripts")) or shutil.which(ENGINE_PACKAGE)
    dot = shutil.which("dot")
    found = (dot or wheel) if prefer_dot else (wheel or dot)
    if not found:
        message = f"図を描く道具がありません。`pip install {ENGINE_PACKAGE}` か、Graphviz の `dot` を入れてください"
        raise LayoutEngineError(message)
    return found


def column_widths(plates: Sequence[LayoutNode]) -> dict[int, float]:
    """Return each column's width: all its plates are as wide as the widest."""
    widths: dict[int, float] = {}
    for plate in plates:
        widths[plate.column] = max(widths.get(plate.column, 0), plate.width)
    return widths


def dot_source(figure: DiagramSpec, plates: Sequence[LayoutNode], tokens: Mapping[str, str]) -> str:
    """Return the graph in Graphviz's language; any viewer draws a plain picture of it."""
    size, widths = DIAGRAM_STYLES[figure.style], column_widths(plates)
    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": "LR",
            "ordering": "out",
            "splines": "line",
            "nodesep": _inches(size.font_px // 2),
            "ranksep": _inches(size.gap_px),
            "tooltip": graphviz.escape(figure.title),
        },
        node_attr={"shape": "box", "fixedsize": "true", "fontname": "sans-serif", "fontsize": f"{size.font_px:g}"},
        edge_attr={"arrowhead": "none", "tailport": "e", "headport": "w", "weight": "100"},
    )
    tops = [plate for plate in plates if not plate.parent]
    if len(tops) > 1:
        # Several first plates keep their order, and each its column, only under a common root.
        graph.node("_top", style="invis", width="0.01", height="0.01")
    for plate in plates:
        graph.node(
            plate.node_name,
            width=_inches(widths[plate.column]),
            height=_inches(plate.height),
            **_dot_attributes(plate, tokens),
        )
        if plate.parent:
            graph.edge(plate.parent, plate.node_name)
        elif len(tops) > 1:
            graph.edge("_top", plate.node_name, style="invis", minlen=str(plate.column + 1))
    return str(graph.source)


def _dot_attributes(plate: LayoutNode, tokens: Mapping[str, str]) -> dict[str, str]:
    """Return a plate's words, links and colours as Graphviz attributes."""
    if not plate.boxes:
        return {"style": "invis", "label": ""}
    if plate.tree_node:
        return {"label": _html_label(plate), "margin": "0", "color": tokens[plate.tree_node.colour_token]}
    box = plate.boxes[0]
    number = [box.node.number] if box.node and box.node.number else []
    # The whole final string is escaped once: two escaped strings joined are not one, nor is one that was changed after.
    label = graphviz.nohtml(graphviz.escape("\n".join([*number, *box.lines])).replace("\n", "\\n"))
    ground, ink = (tokens[token] for token in box_colours(box))
    edge = tokens[box.node.colour_token if box.node else "branch-0"]
    painted = {"style": "filled", "fillcolor": ground, "fontcolor": ink, "color": edge}
    return painted | {"label": label, "URL": f"../{box.node.path if box.node else 'index.html'}"}


def _html_label(plate: LayoutNode) -> str:
    """Label a frame with one linked row a leaf."""
    rows = "".join(
        f'<TR><TD ALIGN="LEFT" HREF="../{html.escape(box.node.path)}">'
        + "".join(f'{html.escape(line)}<BR ALIGN="LEFT"/>' for line in box.lines)
        + "</TD></TR>"
        for box in plate.boxes
        if box.node
    )
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>>'


def _inches(pixels: float) -> str:
    return f"{pixels / PIXELS_PER_INCH:.6f}"


@functools.lru_cache(maxsize=4)  # while texts are edited the graphs are the same again, and a program takes its time
def layout_graphs(graphs: tuple[str, ...], program: str) -> tuple[Positions, ...]:
    """Lay all graphs out in one run of the engine a core. Raises NoEngine where that fails."""
    if len(graphs) == 1:
        return (_layout_graph(graphs[0], program),)
    runs = min(parallel.cpu_count(), len(graphs) // PARALLEL_THRESHOLD) or 1
    heaps = [graphs[first::runs] for first in range(runs)]
    with ThreadPoolExecutor(runs) as threads:
        laid = list(threads.map(_run_engine, heaps, repeat(program)))
    return tuple(laid[place % runs][place // runs] for place in range(len(graphs)))


@functools.lru_cache(maxsize=256)  # as above, where the diagrams are asked for one by one
def _layout_graph(graph: str, program: str) -> Positions:
    return _run_engine((graph,), program)[0]


def _run_engine(graphs: tuple[str, ...], program: str) -> tuple[Positions, ...]:
    command = [program, "-Kdot", "-Tplain"]
    try:
        done = subprocess.run(
            command,
            input="\n".join(graphs),
            encoding="utf-8",
            capture_output=True,
            timeout=DOT_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"図を描く道具が動きません（{program}: {error}）"
        raise LayoutEngineError(message) from error
    found = tuple(_parse_plain(done.stdout))
    if done.returncode or len(found) != len(graphs):
        message = f"図を描けませんでした（{program}: {done.stderr.strip()[:300]}）"
        raise LayoutEngineError(message)
    return found


def _parse_plain(plain: str) -> Iterator[Positions]:
    """Read Graphviz's plain format: for each graph a `graph` line, `node` lines and `stop`; y upwards, in inches."""
    found: Positions = {}
    for line in plain.splitlines():
        kind, *words = line.split(" ", 4)
        if kind == "graph":
            found = {}
        elif kind == "node":
            found[words[0].strip('"')] = float(words[1]) * PIXELS_PER_INCH, -float(words[2]) * PIXELS_PER_INCH
        elif kind == "stop":
            yield found
