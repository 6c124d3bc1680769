"""A drawing → SVG: every box a named link, in reading order, its colours out of the theme's tokens.

Colours stand twice on purpose: as attributes out of tokens.css, so that the file alone prints and opens anywhere,
and as classes, so that inside a page the theme (and its dark scheme) has the last word.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from handbook.draw.lettering import LEADING, width
from handbook.draw.plates import paint
from handbook.model import Box, Drawing, Edge, Frame

PATTERNS = {
    "branch-2": "9 3",
    "branch-3": "5 4",
    "branch-4": "1.5 3.5",
    "branch-5": "9 3 2 3",
    "branch-6": "9 3 2 3 2 3",
}
"""Dashes of the lines of a branch: it is told apart without its colour too."""
TITLE = 48
"""Pixels above a drawing for its title."""


def inline(drawing: Drawing, tokens: Mapping[str, str]) -> str:
    """Return the SVG element for use inside a page; its links start with `@/`, the top of the site."""
    return _element(drawing, tokens, 0)


def alone(drawing: Drawing, tokens: Mapping[str, str]) -> str:
    """Return the SVG as a file in diagrams/, with its title written above it: a picture for the wall."""
    element = _element(drawing, tokens, TITLE).replace('href="@/', 'href="../')
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element}\n'


def _element(drawing: Drawing, tokens: Mapping[str, str], above: int) -> str:
    """Return the whole element, with a written title where there is room `above` the drawing for it."""
    name, title = drawing.figure.name, html.escape(drawing.figure.title)
    levels = "、".join(head for _, _, head in drawing.heads)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram {drawing.figure.size}"'
        f' aria-labelledby="{name}_title" aria-describedby="{name}_desc" width="{drawing.width:g}"'
        f' height="{drawing.height + above:g}" viewBox="0 {-above} {drawing.width:g} {drawing.height + above:g}"'
        f' font-family="{html.escape(tokens["font-family"])}" font-size="{drawing.letters:g}">'
    )
    told = f"左から右へ、{html.escape(levels)}の順に枝分かれします。箱はそれぞれのページへのリンクです。"
    body = [
        opening,
        f'<title id="{name}_title">{title}</title>',
        f'<desc id="{name}_desc">{told}</desc>',
        '<g aria-hidden="true">',
        *([_title(drawing, tokens)] if above else []),
        *_heads(drawing, tokens),
        *(_edge(edge, tokens) for edge in drawing.edges),
        *(_frame(frame, tokens) for frame in drawing.frames),
        "</g>",
        *(_box(box, drawing, tokens) for box in drawing.boxes),
        "</svg>",
    ]
    return "\n".join(body)


def _title(drawing: Drawing, tokens: Mapping[str, str]) -> str:
    words = drawing.figure.title
    size = min(drawing.letters * 1.6, drawing.width / max(1.0, width(words)))
    return (
        f'<text x="{drawing.width / 2:g}" y="-18" text-anchor="middle" font-size="{size:.2f}" font-weight="bold"'
        f' fill="{tokens["text"]}">{html.escape(words)}</text>'
    )


def _heads(drawing: Drawing, tokens: Mapping[str, str]) -> Iterator[str]:
    size = drawing.letters * 0.85
    for x, wide, name in drawing.heads:
        yield (
            f'<text class="column" x="{x + wide / 2:g}" y="14" text-anchor="middle" font-size="{size:g}"'
            f' fill="{tokens["text-muted"]}">{html.escape(name)}</text>'
        )


def _edge(edge: Edge, tokens: Mapping[str, str]) -> str:
    corners = " ".join(f"{x:g},{y:g}" for x, y in edge.points)
    dashes = f' stroke-dasharray="{PATTERNS[edge.colour]}"' if edge.colour in PATTERNS else ""
    return (
        f'<polyline class="edge {edge.colour}" data-from="{edge.parent}" data-to="{" ".join(edge.children)}"'
        f' points="{corners}" fill="none" stroke="{tokens[edge.colour]}" stroke-width="1.5"{dashes}/>'
    )


def _frame(frame: Frame, tokens: Mapping[str, str]) -> str:
    shade = frame.owner.colour
    return (
        f'<rect class="list {shade}" x="{frame.x:g}" y="{frame.y:g}" width="{frame.width:g}"'
        f' height="{frame.height:g}" rx="4" fill="{tokens["surface"]}" stroke="{tokens[shade]}"/>'
    )


def _box(box: Box, drawing: Drawing, tokens: Mapping[str, str]) -> str:
    """Return one box as a link with its words."""
    entry, role = box.entry, box.role
    shade = entry.colour if entry else "branch-0"
    path = entry.path if entry else "index.html"
    own = entry.id if entry else "_top"
    place = f"box-{own}" if drawing.figure.size == "whole" else f"{drawing.figure.name}_{own}"
    if entry and entry.again:
        place += f"_in_{box.parent}"
    name = f"{entry.level.name} {entry.number} {entry.name}" if entry else f"主題 {drawing.figure.subject}"
    fill, ink = paint(box)
    edge = "none" if box.row else tokens[shade]
    dashes = ' stroke-dasharray="4 3"' if entry and entry.again else ""
    return (
        f'<a id="{place}" class="box {role} {shade}" href="@/{html.escape(path)}" data-parent="{box.parent}"'
        f' aria-label="{html.escape(" ".join(name.split()))}{"（再掲）" if entry and entry.again else ""}">'
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="4"'
        f' fill="{tokens.get(fill, fill)}" stroke="{edge}"{dashes}/>{_words(box, drawing, tokens[ink])}</a>'
    )


def _words(box: Box, drawing: Drawing, ink: str) -> str:
    """Return a box's lines of text."""
    size, entry = drawing.letters, box.entry
    leading = LEADING * size
    block = len(box.lines) * leading
    tag = entry.number if entry else "主題"
    tag = "" if box.row else tag
    first = box.y + (box.height - block + (1.1 * size if tag else 0)) / 2
    x = box.x + 0.6 * size
    made = []
    if tag:
        # The space keeps the number apart from the name where the text is read aloud, copied or searched.
        spot = f'x="{x:g}" y="{first - 0.35 * size:g}" font-size="{size * 0.8:g}"'
        made.append(f'<tspan class="tag" {spot}>{tag}</tspan> ')
    for place, line in enumerate(box.lines):
        hang = width(box.lines[0][:1]) * size if box.row and place else 0
        baseline = first + place * leading + leading / 2 + 0.36 * size
        made.append(f'<tspan x="{x + hang:g}" y="{baseline:g}">{html.escape(line)}</tspan>')
    return f'<text fill="{ink}">{"".join(made)}</text>'
