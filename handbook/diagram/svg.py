"""A drawing → SVG: every box a named link, in reading order, its colours out of the theme's tokens.

Colours stand twice on purpose: as attributes out of tokens.css, so that the file alone prints and opens anywhere,
and as classes, so that inside a page the theme (and its dark scheme) has the last word.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from handbook.diagram.nodes import box_colours
from handbook.diagram.text_metrics import LINE_HEIGHT, text_width_em
from handbook.model import Box, Diagram, Edge, Frame

DASH_PATTERNS = {
    "branch-2": "9 3",
    "branch-3": "5 4",
    "branch-4": "1.5 3.5",
    "branch-5": "9 3 2 3",
    "branch-6": "9 3 2 3 2 3",
}
"""Dashes of the lines of a branch: it is told apart without its colour too."""
TITLE_SIZE = 48
"""Pixels above a drawing for its title."""


def inline_svg(drawing: Diagram, tokens: Mapping[str, str]) -> str:
    """Return the SVG element for use inside a page; its links start with `@/`, the top of the site."""
    return _element(drawing, tokens, 0)


def standalone_svg(drawing: Diagram, tokens: Mapping[str, str]) -> str:
    """Return the SVG as a file in diagrams/, with its title written above it: a picture for the wall."""
    element = _element(drawing, tokens, TITLE_SIZE).replace('href="@/', 'href="../')
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element}\n'


def _element(drawing: Diagram, tokens: Mapping[str, str], above: int) -> str:
    """Return the whole element, with a written title where there is room `above` the drawing for it."""
    name, title = drawing.figure.name, html.escape(drawing.figure.title)
    levels = "、".join(head for _, _, head in drawing.column_headings)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram {drawing.figure.style}"'
        f' aria-labelledby="{name}_title" aria-describedby="{name}_desc" width="{drawing.width:g}"'
        f' height="{drawing.height + above:g}" viewBox="0 {-above} {drawing.width:g} {drawing.height + above:g}"'
        f' font-family="{html.escape(tokens["font-family"])}" font-size="{drawing.font_px:g}">'
    )
    told = f"左から右へ、{html.escape(levels)}の順に枝分かれします。箱はそれぞれのページへのリンクです。"
    body = [
        opening,
        f'<title id="{name}_title">{title}</title>',
        f'<desc id="{name}_desc">{told}</desc>',
        '<g aria-hidden="true">',
        *([_title(drawing, tokens)] if above else []),
        *_column_heading_texts(drawing, tokens),
        *(_edge(edge, tokens) for edge in drawing.edges),
        *(_frame(frame, tokens) for frame in drawing.frames),
        "</g>",
        *(_box(box, drawing, tokens) for box in drawing.boxes),
        "</svg>",
    ]
    return "\n".join(body)


def _title(drawing: Diagram, tokens: Mapping[str, str]) -> str:
    words = drawing.figure.title
    size = min(drawing.font_px * 1.6, drawing.width / max(1.0, text_width_em(words)))
    return (
        f'<text x="{drawing.width / 2:g}" y="-18" text-anchor="middle" font-size="{size:.2f}" font-weight="bold"'
        f' fill="{tokens["text"]}">{html.escape(words)}</text>'
    )


def _column_heading_texts(drawing: Diagram, tokens: Mapping[str, str]) -> Iterator[str]:
    size = drawing.font_px * 0.85
    for x, wide, name in drawing.column_headings:
        yield (
            f'<text class="column" x="{x + wide / 2:g}" y="14" text-anchor="middle" font-size="{size:g}"'
            f' fill="{tokens["text-muted"]}">{html.escape(name)}</text>'
        )


def _edge(edge: Edge, tokens: Mapping[str, str]) -> str:
    corners = " ".join(f"{x:g},{y:g}" for x, y in edge.points)
    dashes = f' stroke-dasharray="{DASH_PATTERNS[edge.colour]}"' if edge.colour in DASH_PATTERNS else ""
    return (
        f'<polyline class="edge {edge.colour}" data-from="{edge.parent}" data-to="{" ".join(edge.children)}"'
        f' points="{corners}" fill="none" stroke="{tokens[edge.colour]}" stroke-width="1.5"{dashes}/>'
    )


def _frame(frame: Frame, tokens: Mapping[str, str]) -> str:
    shade = frame.parent_node.colour_token
    return (
        f'<rect class="list {shade}" x="{frame.x:g}" y="{frame.y:g}" width="{frame.width:g}"'
        f' height="{frame.height:g}" rx="4" fill="{tokens["surface"]}" stroke="{tokens[shade]}"/>'
    )


def _box(box: Box, drawing: Diagram, tokens: Mapping[str, str]) -> str:
    """Return one box as a link with its words."""
    entry, role = box.node, box.role
    shade = entry.colour_token if entry else "branch-0"
    path = entry.path if entry else "index.html"
    own = entry.id if entry else "_top"
    place = f"box-{own}" if drawing.figure.style == "whole" else f"{drawing.figure.name}_{own}"
    if entry and entry.is_repeat:
        place += f"_in_{box.parent}"
    name = f"{entry.level.name} {entry.number} {entry.name}" if entry else f"主題 {drawing.figure.subject}"
    fill, ink = box_colours(box)
    edge = "none" if box.is_row else tokens[shade]
    dashes = ' stroke-dasharray="4 3"' if entry and entry.is_repeat else ""
    return (
        f'<a id="{place}" class="box {role} {shade}" href="@/{html.escape(path)}" data-parent="{box.parent}"'
        f' aria-label="{html.escape(" ".join(name.split()))}{"（再掲）" if entry and entry.is_repeat else ""}">'
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="4"'
        f' fill="{tokens.get(fill, fill)}" stroke="{edge}"{dashes}/>{_box_text(box, drawing, tokens[ink])}</a>'
    )


def _box_text(box: Box, drawing: Diagram, ink: str) -> str:
    """Return a box's lines of text."""
    size, entry = drawing.font_px, box.node
    leading = LINE_HEIGHT * size
    block = len(box.lines) * leading
    tag = entry.number if entry else "主題"
    tag = "" if box.is_row else tag
    first = box.y + (box.height - block + (1.1 * size if tag else 0)) / 2
    x = box.x + 0.6 * size
    made = []
    if tag:
        # The space keeps the number apart from the name where the text is read aloud, copied or searched.
        spot = f'x="{x:g}" y="{first - 0.35 * size:g}" font-size="{size * 0.8:g}"'
        made.append(f'<tspan class="tag" {spot}>{tag}</tspan> ')
    for place, line in enumerate(box.lines):
        hang = text_width_em(box.lines[0][:1]) * size if box.is_row and place else 0
        baseline = first + place * leading + leading / 2 + 0.36 * size
        made.append(f'<tspan x="{x + hang:g}" y="{baseline:g}">{html.escape(line)}</tspan>')
    return f'<text fill="{ink}">{"".join(made)}</text>'
