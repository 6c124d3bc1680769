"""Structure diagrams: the tree as SVG for readers and as DOT for further use.

`text_metrics` measures texts, `nodes` builds the layout nodes of a diagram, `graphviz_engine` computes their
positions, and `svg` writes the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from handbook.diagram import svg
from handbook.diagram.graphviz_engine import (
    Positions,
    column_widths,
    dot_source,
    find_engine,
    layout_error,
    layout_graphs,
)
from handbook.diagram.nodes import DIAGRAM_STYLES, LayoutNode, layout_nodes
from handbook.lazy import LazyMapping
from handbook.model import Box, Diagram, DiagramSpec, Edge, Frame, OutputFile, Site, SiteTexts, Theme

__all__ = ["diagram_files", "inline_svgs", "print_diagrams", "render_diagrams"]

HEADINGS_HEIGHT = 30.0
"""CSS pixels above the boxes for the column names."""
MARGIN = 4.0
"""CSS pixels between the boxes and the other edges of a diagram."""

Ports = Mapping[str, tuple[float, float, float]]
"""Left edge, right edge and vertical centre of each layout node, by its name. Edges start and end there."""


def render_diagrams(
    site: Site, texts: SiteTexts, theme: Theme, *, prefer_dot: bool = False
) -> LazyMapping[str, Diagram]:
    """Return every diagram of the site's pages by name. Each is laid out on first access.

    Raises SourceError if no layout engine is installed. Reading a diagram raises it if the layout fails.
    """
    return _lazy_diagrams(site.diagram_specs, texts, theme, find_engine(prefer_dot=prefer_dot))


def print_diagrams(
    site: Site, texts: SiteTexts, theme: Theme, *, prefer_dot: bool = False
) -> LazyMapping[str, Diagram]:
    """Return the diagrams of the booklet by name. Raises SourceError in the same cases as `render_diagrams`."""
    return _lazy_diagrams(site.booklet_diagram_specs, texts, theme, find_engine(prefer_dot=prefer_dot))


def _lazy_diagrams(
    specs: Sequence[DiagramSpec], texts: SiteTexts, theme: Theme, program: str
) -> LazyMapping[str, Diagram]:
    by_name = {spec.name: spec for spec in specs}

    def lay_out(names: Sequence[str]) -> list[Diagram]:
        """Return several diagrams from one call of the engine."""
        chosen = [by_name[name] for name in names]
        node_lists = [layout_nodes(spec, texts.phrases_by_name) for spec in chosen]
        graphs = tuple(
            dot_source(spec, nodes, theme.css_variables) for spec, nodes in zip(chosen, node_lists, strict=True)
        )
        layouts = zip(chosen, node_lists, graphs, layout_graphs(graphs, program), strict=True)
        return [_position_boxes(spec, nodes, graph, positions) for spec, nodes, graph, positions in layouts]

    return LazyMapping(by_name, lambda name: lay_out([name])[0], lay_out)


def inline_svgs(diagrams: Mapping[str, Diagram], theme: Theme) -> LazyMapping[str, str]:
    """Return each diagram as an SVG element for use inside pages; its links start with `@/`, the top of the site."""
    return LazyMapping(diagrams, lambda name: svg.inline_svg(diagrams[name], theme.css_variables))


def diagram_files(diagrams: Mapping[str, Diagram], theme: Theme) -> Mapping[str, OutputFile]:
    """Return each diagram as an SVG file and as a DOT text, in diagrams/, by path."""
    by_path = {f"diagrams/{name}{suffix}": (name, suffix) for name in diagrams for suffix in (".svg", "-dot.txt")}

    def make_file(path: str) -> OutputFile:
        name, suffix = by_path[path]
        text = (
            svg.standalone_svg(diagrams[name], theme.css_variables, theme.dark_colours)
            if suffix == ".svg"
            else diagrams[name].dot
        )
        return OutputFile(path, text.encode())

    return LazyMapping(by_path, make_file)


def _position_boxes(spec: DiagramSpec, nodes: Sequence[LayoutNode], graph: str, positions: Positions) -> Diagram:
    """Return the diagram with boxes, frames and edges at the positions that the engine computed."""
    if missing := [node.node_name for node in nodes if node.node_name not in positions]:
        raise layout_error(f"図「{spec.title}」から {missing[0]} が抜けています")
    widths = column_widths(nodes)
    positions = _center_parents(nodes, positions)
    left = min(positions[node.node_name][0] - widths[node.column] / 2 for node in nodes)
    top = min(positions[node.node_name][1] - node.height / 2 for node in nodes)
    boxes: list[Box] = []
    frames: list[Frame] = []
    ports: dict[str, tuple[float, float, float]] = {}
    for node in nodes:
        width = widths[node.column]
        x = round(positions[node.node_name][0] - width / 2 - left + MARGIN)
        y = round(positions[node.node_name][1] - node.height / 2 - top + HEADINGS_HEIGHT)
        ports[node.node_name] = x, x + width, y + node.height / 2
        boxes += _boxes_at(node, x, y, width)
        if node.tree_node:
            frames.append(Frame(parent_node=node.tree_node, x=x, y=y, width=width, height=node.height))
    return Diagram(
        spec=spec,
        width=max(right for _, right, _ in ports.values()) + MARGIN,
        height=max([b.y + b.height for b in boxes] + [f.y + f.height for f in frames]) + MARGIN,
        font_px=DIAGRAM_STYLES[spec.style].font_px,
        column_headings=_column_headings(spec, nodes, ports),
        boxes=tuple(boxes),
        frames=tuple(frames),
        edges=tuple(_edges(nodes, ports)),
        dot=graph,
    )


def _boxes_at(node: LayoutNode, x: float, y: float, width: float) -> Iterator[Box]:
    """Yield the boxes of a layout node whose top left corner is at (x, y), one below the other."""
    tops = accumulate((size.height for size in node.boxes), initial=node.rows_top)
    for size, top in zip(node.boxes, tops, strict=False):
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


def _center_parents(nodes: Sequence[LayoutNode], positions: Positions) -> Positions:
    """Move each parent to the middle between its first and last child, which Graphviz does not guarantee.

    Columns are processed from the innermost one. A parent that would overlap the box above it is moved below that.
    """
    moved = dict(positions)
    children: dict[str, list[str]] = {}
    for node in nodes:
        children.setdefault(node.parent, []).append(node.node_name)
    for column in sorted({node.column for node in nodes}, reverse=True):
        min_top = float("-inf")
        for node in (node for node in nodes if node.column == column):
            x, y = positions[node.node_name]
            child_ys = [moved[name][1] for name in children.get(node.node_name, ())]
            middle = (child_ys[0] + child_ys[-1]) / 2 if child_ys else y
            y = max(middle, min_top + node.height / 2)
            min_top = y + node.height / 2 + 4
            moved[node.node_name] = x, y
    return moved


def _column_headings(
    spec: DiagramSpec, nodes: Iterable[LayoutNode], ports: Ports
) -> tuple[tuple[float, float, str], ...]:
    names = (["主題"] if spec.subject else []) + [level.name for level in spec.levels]
    edges = {node.column: ports[node.node_name][:2] for node in nodes if node.boxes}
    return tuple((left, right - left, names[column]) for column, (left, right) in sorted(edges.items()))


def _edges(nodes: Sequence[LayoutNode], ports: Ports) -> Iterator[Edge]:
    """Yield the edge from each box to each of its children, through the spacers of skipped columns."""
    by_name = {node.node_name: node for node in nodes}
    for node in nodes:
        if not node.boxes or not node.parent:
            continue
        chain = [node]
        while not (ancestor := by_name[chain[-1].parent]).boxes:
            chain.append(ancestor)
        chain = [ancestor, *reversed(chain)]
        points: list[tuple[float, float]] = []
        for start, end in pairwise(chain):
            (_, right, y0), (left, _, y1) = ports[start.node_name], ports[end.node_name]
            middle = round((right + left) / 2, 1)
            y0 = y1 if abs(y1 - y0) < 2 else y0  # a step of 1 px looks like a drawing error
            points += [(right, y0), (middle, y0), (middle, y1), (left, y1)]
        parent = ancestor.boxes[0].node
        children = tuple(box.node.id for box in node.boxes if box.node)
        colour = parent.colour_token if parent else "branch-0"
        yield Edge(parent.id if parent else "", children, colour, tuple(points))
