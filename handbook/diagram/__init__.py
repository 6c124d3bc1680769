"""The tree as pictures: SVG for people, DOT for those who want to go on with it.

Inside: `lettering` measures words, `plates` cuts a figure into boxes, `layout` lets Graphviz place them, `svg`
writes them down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from handbook.diagram import svg
from handbook.diagram.graphviz_engine import (
    LayoutEngineError,
    Positions,
    column_widths,
    dot_source,
    find_engine,
    layout_graphs,
)
from handbook.diagram.nodes import DIAGRAM_STYLES, LayoutNode, layout_nodes
from handbook.lazy import LazyMapping
from handbook.model import Box, Diagram, DiagramSpec, Edge, Frame, OutputFile, Site, SiteTexts, Theme

__all__ = ["LayoutEngineError", "diagram_files", "inline_svgs", "print_diagrams", "render_diagrams"]

TITLE_HEIGHT = 30.0
"""Height of the column names above a drawing."""
MARGIN = 4.0


def render_diagrams(
    site: Site, texts: SiteTexts, theme: Theme, *, prefer_dot: bool = False
) -> LazyMapping[str, Diagram]:
    """Return every diagram of the site's pages, by name, each laid out when it is first read.

    Raises NoEngine if neither the wheel nor Graphviz's dot is there; reading a value raises it if the layout fails.
    """
    return _drawings(site.diagram_specs, texts, theme, find_engine(prefer_dot=prefer_dot))


def print_diagrams(
    site: Site, texts: SiteTexts, theme: Theme, *, prefer_dot: bool = False
) -> LazyMapping[str, Diagram]:
    """Return the diagrams of the booklet, by name, laid out for paper. Raises NoEngine as `diagrams` does."""
    return _drawings(site.booklet_diagram_specs, texts, theme, find_engine(prefer_dot=prefer_dot))


def _drawings(
    figures: Sequence[DiagramSpec], texts: SiteTexts, theme: Theme, program: str
) -> LazyMapping[str, Diagram]:
    by_name = {figure.name: figure for figure in figures}

    def drawn(names: Sequence[str]) -> list[Diagram]:
        """Lay out several figures in one call of the engine."""
        wanted = [by_name[name] for name in names]
        cut = [layout_nodes(figure, texts.phrases_by_name) for figure in wanted]
        graphs = tuple(
            dot_source(figure, pieces, theme.css_variables) for figure, pieces in zip(wanted, cut, strict=True)
        )
        placed = zip(wanted, cut, graphs, layout_graphs(graphs, program), strict=True)
        return [_position_boxes(figure, pieces, graph, at) for figure, pieces, graph, at in placed]

    return LazyMapping(by_name, lambda name: drawn([name])[0], drawn)


def inline_svgs(drawings: Mapping[str, Diagram], theme: Theme) -> LazyMapping[str, str]:
    """Return each diagram as an SVG element for use inside pages; its links start with `@/`, the top of the site."""
    return LazyMapping(drawings, lambda name: svg.inline_svg(drawings[name], theme.css_variables))


def diagram_files(drawings: Mapping[str, Diagram], theme: Theme) -> Mapping[str, OutputFile]:
    """Return each diagram as an SVG file and as a DOT text, in diagrams/, by path."""
    wanted = {f"diagrams/{name}{end}": (name, end) for name in drawings for end in (".svg", "-dot.txt")}

    def written(path: str) -> OutputFile:
        name, end = wanted[path]
        text = svg.standalone_svg(drawings[name], theme.css_variables) if end == ".svg" else drawings[name].dot
        return OutputFile(path, text.encode())

    return LazyMapping(wanted, written)


def _position_boxes(figure: DiagramSpec, pieces: Sequence[LayoutNode], graph: str, at: Positions) -> Diagram:
    """Put boxes, frames and edges at the places the engine found."""
    if missing := [piece.node_name for piece in pieces if piece.node_name not in at]:
        message = f"図「{figure.title}」から {missing[0]} が抜けています"
        raise LayoutEngineError(message)
    widths = column_widths(pieces)
    at = _center_parents(pieces, at)
    left = min(at[piece.node_name][0] - widths[piece.column] / 2 for piece in pieces)
    top = min(at[piece.node_name][1] - piece.height / 2 for piece in pieces)
    boxes: list[Box] = []
    frames: list[Frame] = []
    spans: dict[str, tuple[float, float, float]] = {}
    for piece in pieces:
        width = widths[piece.column]
        x = round(at[piece.node_name][0] - width / 2 - left + MARGIN)
        y = round(at[piece.node_name][1] - piece.height / 2 - top + TITLE_HEIGHT)
        spans[piece.node_name] = x, x + width, y + piece.height / 2
        boxes += _boxes_at(piece, x, y, width)
        if piece.tree_node:
            frames.append(Frame(parent_node=piece.tree_node, x=x, y=y, width=width, height=piece.height))
    edges = tuple(_edges(pieces, spans))
    wide = max(right for _, right, _ in spans.values()) + MARGIN
    high = max([b.y + b.height for b in boxes] + [f.y + f.height for f in frames]) + MARGIN
    return Diagram(
        figure=figure,
        width=wide,
        height=high,
        font_px=DIAGRAM_STYLES[figure.style].font_px,
        column_headings=_column_headings(figure, pieces, spans),
        boxes=tuple(boxes),
        frames=tuple(frames),
        edges=edges,
        dot=graph,
    )


def _boxes_at(piece: LayoutNode, x: float, y: float, width: float) -> Iterator[Box]:
    """Yield the boxes of a layout node whose top left corner is at (x, y), one below the other."""
    tops = accumulate((size.height for size in piece.boxes), initial=piece.rows_top)
    for size, top in zip(piece.boxes, tops, strict=False):
        yield Box(
            node=size.node,
            parent=size.parent,
            is_row=size.is_row,
            lines=size.lines,
            width=width,
            height=size.height,
            x=x,
            y=y + top,
        )


def _center_parents(pieces: Sequence[LayoutNode], at: Positions) -> Positions:
    """Move each parent to the middle of its first and last child; Graphviz leaves it anywhere between.

    From the innermost column outwards; a parent that would touch the one above it stays just below that.
    """
    moved = dict(at)
    children: dict[str, list[str]] = {}
    for piece in pieces:
        children.setdefault(piece.parent, []).append(piece.node_name)
    for column in sorted({piece.column for piece in pieces}, reverse=True):
        edge = float("-inf")
        for piece in (piece for piece in pieces if piece.column == column):
            x, y = at[piece.node_name]
            beneath = [moved[name][1] for name in children.get(piece.node_name, ())]
            middle = (beneath[0] + beneath[-1]) / 2 if beneath else y
            y = max(middle, edge + piece.height / 2)
            edge = y + piece.height / 2 + 4
            moved[piece.node_name] = x, y
    return moved


def _column_headings(
    figure: DiagramSpec, pieces: Iterable[LayoutNode], spans: Mapping[str, tuple[float, float, float]]
) -> tuple[tuple[float, float, str], ...]:
    names = (["主題"] if figure.subject else []) + [level.name for level in figure.levels]
    found = {piece.column: spans[piece.node_name] for piece in pieces if piece.boxes}
    return tuple((found[c][0], found[c][1] - found[c][0], names[c]) for c in sorted(found))


def _edges(pieces: Sequence[LayoutNode], spans: Mapping[str, tuple[float, float, float]]) -> Iterator[Edge]:
    """Yield an elbow from each box to each plate that hangs from it, through the lanes of skipped columns."""
    by_name = {piece.node_name: piece for piece in pieces}
    for piece in pieces:
        if not piece.boxes or not piece.parent:
            continue
        way = [piece]
        while not (above := by_name[way[-1].parent]).boxes:
            way.append(above)
        way.append(above)
        points: list[tuple[float, float]] = []
        for start, end in zip(reversed(way), list(reversed(way))[1:], strict=False):
            (_, right, y0), (left, _, y1) = spans[start.node_name], spans[end.node_name]
            turn = round((right + left) / 2, 1)
            y0 = y1 if abs(y1 - y0) < 2 else y0  # no steps that look like a slip of the pen
            points += [(right, y0), (turn, y0), (turn, y1), (left, y1)]
        parent = above.boxes[0].node
        children = tuple(box.node.id for box in piece.boxes if box.node)
        colour = parent.colour_token if parent else "branch-0"
        yield Edge(parent.id if parent else "", children, colour, tuple(points))
