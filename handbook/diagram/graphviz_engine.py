"""Compute the positions of layout nodes with Graphviz. The only module that starts it.

Graphviz computes positions only. The sizes of the boxes and the SVG are our own, so texts, links and their order do
not depend on the engine, and every engine gives the same diagram.
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
from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.diagram.nodes import DIAGRAM_STYLES, LayoutNode, box_colours
from handbook.model import DiagramSpec
from handbook.patterns import PLAN_FILE

ENGINE_PACKAGE = "graphviz-pure"
"""The engine of our requirements. If it is missing, the `dot` of an installed Graphviz is used."""
DOT_TIMEOUT_SECONDS = 120
"""Time limit of one run of the engine."""
PARALLEL_THRESHOLD = 50
"""Fewest diagrams per run of the engine if there are several runs in parallel."""
PIXELS_PER_INCH = 72
"""CSS pixels per inch in Graphviz."""

Positions = dict[str, tuple[float, float]]
"""The centre of each layout node in CSS pixels, by its name; y increases downwards."""


def layout_error(message: str, remedy: str = "") -> SourceError:
    """Return the error that no diagram can be made. `remedy` is a sentence on how to make them, in Japanese."""
    hint = f"{remedy}図がなくてよければ、`--no-diagrams` を付けます"
    return SourceError([Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "no-diagrams", message, hint)])


def find_engine(*, prefer_dot: bool) -> str:
    """Return the path of the layout engine. Raises SourceError if none is installed."""
    package = shutil.which(ENGINE_PACKAGE, path=sysconfig.get_path("scripts")) or shutil.which(ENGINE_PACKAGE)
    dot = shutil.which("dot")
    path = (dot or package) if prefer_dot else (package or dot)
    if not path:
        remedy = f"`pip install {ENGINE_PACKAGE}` か、Graphviz の `dot` を入れてください。"
        raise layout_error("図を描く道具がないので、図を作れません", remedy)
    return path


def column_widths(nodes: Sequence[LayoutNode]) -> dict[int, float]:
    """Return the width of each column, which is that of its widest layout node."""
    widths: dict[int, float] = {}
    for node in nodes:
        widths[node.column] = max(widths.get(node.column, 0), node.width)
    return widths


def dot_source(spec: DiagramSpec, nodes: Sequence[LayoutNode], tokens: Mapping[str, str]) -> str:
    """Return the graph in the DOT language. Any DOT viewer can display it."""
    style, widths = DIAGRAM_STYLES[spec.style], column_widths(nodes)
    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": "LR",
            "ordering": "out",
            "splines": "line",
            "nodesep": _inches(style.font_px // 2),
            "ranksep": _inches(style.gap_px),
            "tooltip": graphviz.escape(spec.title),
        },
        node_attr={"shape": "box", "fixedsize": "true", "fontname": "sans-serif", "fontsize": f"{style.font_px:g}"},
        edge_attr={"arrowhead": "none", "tailport": "e", "headport": "w", "weight": "100"},
    )
    roots = [node for node in nodes if not node.parent]
    if len(roots) > 1:
        # Graphviz keeps the order and the columns of several roots only below a common parent.
        graph.node("_top", style="invis", width="0.01", height="0.01")
    for node in nodes:
        graph.node(
            node.node_name,
            width=_inches(widths[node.column]),
            height=_inches(node.height),
            **_dot_attributes(node, tokens),
        )
        if node.parent:
            graph.edge(node.parent, node.node_name)
        elif len(roots) > 1:
            graph.edge("_top", node.node_name, style="invis", minlen=str(node.column + 1))
    return str(graph.source)


def _dot_attributes(node: LayoutNode, tokens: Mapping[str, str]) -> dict[str, str]:
    """Return the text, link and colours of a layout node as Graphviz attributes."""
    if not node.boxes:
        return {"style": "invis", "label": ""}
    if node.tree_node:
        return {"label": _html_label(node), "margin": "0", "color": tokens[node.tree_node.colour_token]}
    box = node.boxes[0]
    number = [box.node.number] if box.node and box.node.number else []
    # Escaped once as a whole: escaped strings must not be joined or changed afterwards.
    label = graphviz.nohtml(graphviz.escape("\n".join([*number, *box.lines])).replace("\n", "\\n"))
    background, foreground = (tokens[token] for token in box_colours(box))
    border = tokens[box.node.colour_token if box.node else "branch-0"]
    colours = {"style": "filled", "fillcolor": background, "fontcolor": foreground, "color": border}
    return colours | {"label": label, "URL": f"../{box.node.path if box.node else 'index.html'}"}


def _html_label(node: LayoutNode) -> str:
    """Return the label of a frame: a table with one linked row per leaf."""
    rows = "".join(
        f'<TR><TD ALIGN="LEFT" HREF="../{html.escape(box.node.path)}">'
        + "".join(f'{html.escape(line)}<BR ALIGN="LEFT"/>' for line in box.lines)
        + "</TD></TR>"
        for box in node.boxes
        if box.node
    )
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>>'


def _inches(pixels: float) -> str:
    return f"{pixels / PIXELS_PER_INCH:.6f}"


@functools.lru_cache(maxsize=4)  # most edits of texts leave the graphs unchanged, and a run of the engine is slow
def layout_graphs(graphs: tuple[str, ...], program: str) -> tuple[Positions, ...]:
    """Return the positions of each graph, with one engine run per core. Raises SourceError if one fails."""
    if len(graphs) == 1:
        return (_layout_graph(graphs[0], program),)
    runs = min(parallel.cpu_count(), len(graphs) // PARALLEL_THRESHOLD) or 1
    chunks = [graphs[first::runs] for first in range(runs)]
    with ThreadPoolExecutor(runs) as threads:
        results = list(threads.map(_run_engine, chunks, repeat(program)))
    return tuple(results[index % runs][index // runs] for index in range(len(graphs)))


@functools.lru_cache(maxsize=256)  # for the same reason, if diagrams are read one by one
def _layout_graph(graph: str, program: str) -> Positions:
    return _run_engine((graph,), program)[0]


def _run_engine(graphs: tuple[str, ...], program: str) -> tuple[Positions, ...]:
    command = [program, "-Kdot", "-Tplain"]
    try:
        process = subprocess.run(
            command,
            input="\n".join(graphs),
            encoding="utf-8",
            capture_output=True,
            timeout=DOT_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise layout_error(f"図を描く道具が動きません（{program}: {error}）") from error
    layouts = tuple(_parse_plain(process.stdout))
    if process.returncode or len(layouts) != len(graphs):
        raise layout_error(f"図を描けませんでした（{program}: {process.stderr.strip()[:300]}）")
    return layouts


def _parse_plain(plain: str) -> Iterator[Positions]:
    """Yield the positions of each graph in Graphviz's plain format.

    A graph is a `graph` line, its `node` lines and a `stop` line; coordinates are in inches, y increases upwards.
    """
    positions: Positions = {}
    for line in plain.splitlines():
        kind, *values = line.split(" ", 4)
        if kind == "graph":
            positions = {}
        elif kind == "node":
            positions[values[0].strip('"')] = float(values[1]) * PIXELS_PER_INCH, -float(values[2]) * PIXELS_PER_INCH
        elif kind == "stop":
            yield positions
