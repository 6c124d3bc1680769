"""Convert a diagram after layout into SVG. Every box is a labelled link, in reading order.

Each colour is written twice: as an attribute, so that a file displays and prints without the style sheet, and as a
class, so that inside a page the theme with its dark scheme overrides the attribute.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from handbook.diagram.nodes import DIAGRAM_STYLES, box_colours
from handbook.diagram.text_metrics import LINE_HEIGHT, text_width_em
from handbook.model import FILE_TITLE_HEIGHT, Box, Diagram, Edge, Frame

DASH_PATTERNS = {
    "branch-2": "9 3",
    "branch-3": "5 4",
    "branch-4": "1.5 3.5",
    "branch-5": "9 3 2 3",
    "branch-6": "9 3 2 3 2 3",
}
"""Dash pattern of the edges of each branch, so that branches are distinguishable without colour."""
CORNER_PX = 4
"""Length of the solid part of a dashed edge on either side of a corner."""


def inline_svg(diagram: Diagram, tokens: Mapping[str, str]) -> str:
    """Return the SVG element for use inside a page; its links start with `@/`, the top of the site."""
    return _element(diagram, tokens, title_height=0)


def standalone_svg(diagram: Diagram, tokens: Mapping[str, str], dark: Mapping[str, str]) -> str:
    """Return the SVG as a file of diagrams/, with a visible title above the diagram.

    In the dark scheme it has the colours of `dark`, also as a picture of a page.
    """
    element = _element(diagram, tokens, title_height=FILE_TITLE_HEIGHT).replace('href="@/', 'href="../')
    if dark:
        style = "\n".join(["<style>@media (prefers-color-scheme: dark) {", *_dark_rules(diagram, dark), "}</style>"])
        element = element.replace('<title id="', f'{style}\n<title id="', 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element}\n'


def _dark_rules(diagram: Diagram, dark: Mapping[str, str]) -> Iterator[str]:
    """Yield CSS rules that replace the colours of the attributes, as theme/site.css does inside a page."""
    surface, text = dark["surface"], dark["text"]
    yield f":root {{ background: {surface}; }}"
    yield f".name, .inner text, .row text {{ fill: {text}; }}"
    yield f".column {{ fill: {dark['text-muted']}; }}"
    yield f".list {{ fill: {surface}; }}"
    yield f".head text, .branch text {{ fill: {surface}; }}"
    used = {box.node.colour_token if box.node else "branch-0" for box in diagram.boxes}
    for branch in sorted(used | {edge.colour for edge in diagram.edges}):
        colour = dark[branch]
        yield f".{branch}:is(.edge, .list), .{branch}:is(.head, .branch, .inner) rect {{ stroke: {colour}; }}"
        yield f".{branch}:is(.head, .branch) rect {{ fill: {colour}; }}"
        yield f".{branch}.inner rect {{ fill: {dark[f'{branch}-tint']}; }}"


def _element(diagram: Diagram, tokens: Mapping[str, str], *, title_height: int) -> str:
    """Return the `svg` element, with a visible title if `title_height` is not 0."""
    name, title = diagram.spec.name, html.escape(diagram.spec.title)
    levels = "、".join(heading for _, _, heading in diagram.column_headings)
    height = diagram.height + title_height
    start_tag = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram {diagram.spec.style}"'
        f' aria-labelledby="{name}_title" aria-describedby="{name}_desc" width="{diagram.width:g}"'
        f' height="{height:g}" viewBox="0 {-title_height} {diagram.width:g} {height:g}"'
        f' font-family="{html.escape(tokens["font-family"])}" font-size="{diagram.font_px:g}">'
    )
    description = f"左から右へ、{html.escape(levels)}の順に枝分かれします。箱はそれぞれのページへのリンクです。"
    body = [
        start_tag,
        f'<title id="{name}_title">{title}</title>',
        f'<desc id="{name}_desc">{description}</desc>',
        '<g aria-hidden="true">',
        *([_title(diagram, tokens)] if title_height else []),
        *_column_heading_texts(diagram, tokens),
        *(_edge(edge, tokens) for edge in diagram.edges),
        *(_frame(frame, tokens) for frame in diagram.frames),
        "</g>",
        *(_box(box, diagram, tokens) for box in diagram.boxes),
        "</svg>",
    ]
    return "\n".join(body)


def _title(diagram: Diagram, tokens: Mapping[str, str]) -> str:
    title = diagram.spec.title
    size = min(diagram.font_px * 1.6, diagram.width / max(1.0, text_width_em(title)))
    return (
        f'<text class="name" x="{diagram.width / 2:g}" y="-18" text-anchor="middle" font-size="{size:.2f}"'
        f' font-weight="bold" fill="{tokens["text"]}">{html.escape(title)}</text>'
    )


def _column_heading_texts(diagram: Diagram, tokens: Mapping[str, str]) -> Iterator[str]:
    size = diagram.font_px * 0.85
    for x, width, name in diagram.column_headings:
        yield (
            f'<text class="column" x="{x + width / 2:g}" y="14" text-anchor="middle" font-size="{size:g}"'
            f' fill="{tokens["text-muted"]}">{html.escape(name)}</text>'
        )


def _edge(edge: Edge, tokens: Mapping[str, str]) -> str:
    corners = " ".join(f"{x:g},{y:g}" for x, y in edge.points)
    dashes = f' stroke-dasharray="{DASH_PATTERNS[edge.colour]}"' if edge.colour in DASH_PATTERNS else ""
    return (
        f'<polyline class="edge {edge.colour}" data-from="{edge.parent}" data-to="{" ".join(edge.children)}"'
        f' points="{corners}" fill="none" stroke="{tokens[edge.colour]}" stroke-width="1.5"{dashes}/>'
    ) + (_solid_corners(edge, tokens) if dashes else "")


def _solid_corners(edge: Edge, tokens: Mapping[str, str]) -> str:
    """Return a path over the corners of a dashed edge, where a gap between two dashes would look like a broken line."""
    pieces = []
    for before, (x, y), after in zip(edge.points, edge.points[1:], edge.points[2:], strict=False):
        if not before[0] == x == after[0] and not before[1] == y == after[1]:
            (x0, y0), (x1, y1) = (_towards((x, y), end) for end in (before, after))
            pieces.append(f"M{x0:g} {y0:g}L{x:g} {y:g}L{x1:g} {y1:g}")
    if not pieces:
        return ""
    return (
        f'<path class="edge {edge.colour}" d="{"".join(pieces)}" fill="none" stroke="{tokens[edge.colour]}"'
        ' stroke-width="1.5"/>'
    )


def _towards(corner: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Return the point at most CORNER_PX from a corner on the way to the end of a horizontal or vertical line."""
    (x, y), (x1, y1) = corner, end
    return x + max(-CORNER_PX, min(CORNER_PX, x1 - x)), y + max(-CORNER_PX, min(CORNER_PX, y1 - y))


def _frame(frame: Frame, tokens: Mapping[str, str]) -> str:
    branch = frame.parent_node.colour_token
    return (
        f'<rect class="list {branch}" x="{frame.x:g}" y="{frame.y:g}" width="{frame.width:g}"'
        f' height="{frame.height:g}" rx="4" fill="{tokens["surface"]}" stroke="{tokens[branch]}"/>'
    )


def _box(box: Box, diagram: Diagram, tokens: Mapping[str, str]) -> str:
    """Return one box as a link with its text."""
    node = box.node
    branch = node.colour_token if node else "branch-0"
    path = node.path if node else "index.html"
    node_id = node.id if node else "_top"
    box_id = f"box-{node_id}" if diagram.spec.style == "whole" else f"{diagram.spec.name}_{node_id}"
    if node and node.is_repeat:
        box_id += f"_in_{box.parent}"
    label = f"{node.level.name} {node.number} {node.name}" if node else f"主題 {diagram.spec.subject}"
    fill, text_token = box_colours(box)
    stroke = "none" if box.is_row else tokens[branch]
    dashes = ' stroke-dasharray="4 3"' if node and node.is_repeat else ""
    return (
        f'<a id="{box_id}" class="box {box.role} {branch}" href="@/{html.escape(path)}" data-parent="{box.parent}"'
        f' aria-label="{html.escape(" ".join(label.split()))}{"（再掲）" if node and node.is_repeat else ""}">'
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="4"'
        f' fill="{tokens.get(fill, fill)}" stroke="{stroke}"{dashes}/>{_box_text(box, diagram, tokens[text_token])}</a>'
    )


def _box_text(box: Box, diagram: Diagram, colour: str) -> str:
    """Return the number and the lines of a box as a `text` element."""
    size, node = diagram.font_px, box.node
    line_height = LINE_HEIGHT * size
    text_height = len(box.lines) * line_height
    number = node.number if node else "主題"
    number = "" if box.is_row else number
    top = box.y + (box.height - text_height + (1.1 * size if number else 0)) / 2
    x = box.x + 0.6 * size
    spans = []
    if number:
        # The space separates the number from the name when the text is read aloud, copied or searched.
        attributes = f'x="{x:g}" y="{top - 0.35 * size:g}" font-size="{size * 0.8:g}"'
        spans.append(f'<tspan class="tag" {attributes}>{number}</tspan> ')
    for index, line in enumerate(box.lines):
        indent = text_width_em(box.lines[0][:1]) * size if box.is_row and index else 0
        baseline = top + index * line_height + line_height / 2 + 0.36 * size
        spans.append(f'<tspan x="{x + indent:g}" y="{baseline:g}">{html.escape(line)}</tspan>')
    return f'<text fill="{colour}"{_condensed(box, diagram, x)}>{"".join(spans)}</text>'


def _condensed(box: Box, diagram: Diagram, left: float) -> str:
    """Return the attribute that condenses the letters of a box, if one of its words is wider than the box."""
    hanging = text_width_em(box.lines[0][:1]) if box.is_row else 0
    longest = max(text_width_em(line) + (hanging if index else 0) for index, line in enumerate(box.lines))
    share = (box.width - 2 * DIAGRAM_STYLES[diagram.spec.style].padding_px) / (longest * diagram.font_px)
    return f' transform="translate({left * (1 - share):.2f} 0) scale({share:.3f} 1)"' if share < 1 else ""
