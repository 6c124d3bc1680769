"""Convert a Markdown text to the lines that readers see, for a comparison.

While two texts are compared, each line begins with one character that states its kind, so that the words of all lines
are compared at once. `text_lines` removes these characters from the result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, get_args

from handbook.html_tree import Element, element_tree
from handbook.markdown_reader.soft_breaks import join_japanese_lines
from handbook.model import LineKind, Segments, TextLine

if TYPE_CHECKING:
    from handbook.markdown_reader.converter import MarkdownConverter

MAX_DEPTH = 60
"""Deepest element with a kind of its own; the text of deeper ones belongs to the element above them."""
CELL_SEPARATOR = "\t"
"""Separates the cells of a table row."""
_FIRST_MARK = 0xFDD0
"""The first of the characters that state the kind of a line. They are no characters for texts (noncharacters)."""
_MARKS: Mapping[LineKind, str] = {kind: chr(_FIRST_MARK + n) for n, kind in enumerate(get_args(LineKind))}
_KINDS: Mapping[str, LineKind] = {mark: kind for kind, mark in _MARKS.items()}
_ANY_MARK = re.compile(f"[{''.join(_KINDS)}]")
_LINE_END = re.compile(r"\s*\n\s*")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "caption", "figcaption"})
_INLINE = frozenset(
    """a abbr b bdi bdo br cite code data del dfn em i img input ins kbd mark q rp rt ruby s samp small span strike
    strong sub sup time tt u var wbr""".split()  # noqa: SIM905  # a list would take thirty lines
)
"""Elements that do not begin a line."""
_FOOTNOTE_LINK = re.compile(r"#(?:\w+_)?fn(?P<back>ref\d*)?:")


def marked_line(kind: LineKind, text: str) -> str:
    """Return a line for a comparison that begins with the mark of its kind."""
    return _MARKS[kind] + text


def new_converter(name_of: Callable[[str], str]) -> MarkdownConverter:
    """Return a converter for `as_read`. `name_of` returns the name of a node, by which `[[id]]` is replaced."""
    from handbook.markdown_reader.converter import MarkdownConverter  # noqa: PLC0415  # only where plans are compared

    return MarkdownConverter(lambda target, words: ("#", words or name_of(target) or target))


def as_read(markdown: str, converter: MarkdownConverter) -> str:
    """Return a Markdown text as readers see it, each line with the mark of its kind.

    The URL of a link follows its words. Of an image only its alternative text is left.
    """
    from handbook.markdown_reader.sanitizer import sanitize  # noqa: PLC0415  # as above

    html = join_japanese_lines(sanitize(converter.convert(_ANY_MARK.sub("", markdown))))
    return "\n".join(marked_line(kind, text) for kind, text in _blocks(element_tree(html, MAX_DEPTH), "text"))


def text_lines(segments: Segments) -> tuple[TextLine, ...]:
    """Return the segments of one side as lines of their kinds, without the marks.

    A line whose kind alone differs from the other side is marked as a whole.
    """
    lines: list[list[tuple[str, bool]]] = [[]] if segments else []
    for text, is_changed in segments:
        first, *others = text.split("\n")
        lines[-1].append((first, is_changed))
        lines += [[(line, is_changed)] for line in others]
    found = [_text_line(line) for line in lines]
    while found and not found[-1].segments:
        found.pop()
    return tuple(found)


def _text_line(line: list[tuple[str, bool]]) -> TextLine:
    marks = [(_KINDS[match[0]], is_changed) for text, is_changed in line for match in _ANY_MARK.finditer(text)]
    kind, is_new_kind = marks[0] if marks else ("text", False)
    segments = [(_ANY_MARK.sub("", text), is_changed) for text, is_changed in line]
    segments = [segment for segment in segments if segment[0]]
    if is_new_kind and not any(is_changed for _, is_changed in segments):
        segments = [(text, True) for text, _ in segments]
    return TextLine(kind, tuple(segments))


def context_lines(text: str) -> list[str]:
    """Return the lines of an unchanged passage that the next line needs: its heading, and the head of its table."""
    lines = text.splitlines()
    kinds = [_KINDS.get(line[:1], "text") for line in lines]
    rows = next((n for n, kind in enumerate(reversed(kinds)) if kind != "row"), len(kinds))
    heads = lines[len(lines) - rows - 1 : len(lines) - rows] if rows < len(lines) else []
    heads = heads if heads and heads[0].startswith(_MARKS["head"]) else []
    headings = [line for line, kind in zip(lines, kinds, strict=True) if kind == "heading"][-1:]
    return [*headings, *heads]


def _blocks(element: Element, kind: LineKind) -> Iterator[tuple[LineKind, str]]:
    """Yield the kind and the text of each line of an element."""
    inline: list[Element | str] = []
    for child in element.children:
        if isinstance(child, str) or child.tag in _INLINE:
            inline.append(child)
            continue
        yield from _text(inline, kind)
        inline = []
        if child.tag in ("ul", "ol"):
            yield from _items(child)
        elif child.tag == "pre":
            for line in child.text().rstrip("\n").split("\n"):
                yield "code", line
        elif child.tag == "tr":
            yield _row(child)
        else:
            yield from _blocks(child, "heading" if child.tag in _HEADINGS else kind)
    yield from _text(inline, kind)


def _text(inline: Iterable[Element | str], kind: LineKind) -> Iterator[tuple[LineKind, str]]:
    for line in _inline(inline).split("\r"):
        if text := _joined(line):
            yield kind, text


def _items(element: Element) -> Iterator[tuple[LineKind, str]]:
    """Yield the lines of a list. The first line of an item begins with its bullet or number, others are indented."""
    start = element.attribute("start")
    for number, item in enumerate(element.find_all("li"), int(start) if start.isdigit() else 1):
        is_note = item.attribute("id").rpartition("fn:")[1]
        bullet = f"［注{number}］" if is_note else "・" if element.tag == "ul" else f"{number}. "
        for kind, text in _blocks(item, "item"):
            yield kind, f"{bullet}{text}" if kind == "item" else text
            bullet = "　"


def _row(element: Element) -> tuple[LineKind, str]:
    cells = [cell for cell in element.children if isinstance(cell, Element)]
    texts = (_joined(" ".join(text for _, text in _blocks(cell, "text"))) for cell in cells)
    is_head = all(cell.tag == "th" for cell in cells)
    return "head" if is_head else "row", CELL_SEPARATOR.join(text.replace(CELL_SEPARATOR, " ") for text in texts)


def _inline(parts: Iterable[Element | str]) -> str:
    """Return inline text; a line break is a carriage return, which no text contains."""
    return "".join(part if isinstance(part, str) else _element_text(part) for part in parts)


def _element_text(element: Element) -> str:
    text, tag = _inline(element.children), element.tag
    if tag == "br":
        return "\r"
    if tag == "img":
        return element.attribute("alt")
    if tag == "input":
        return "☑" if "checked" in element.attributes else "☐"
    if tag == "rt":
        return f"（{text}）"
    if tag == "a":
        return _link_text(text, element.attribute("href"))
    return "" if tag == "rp" else text


def _link_text(text: str, href: str) -> str:
    note = _FOOTNOTE_LINK.match(href)
    if note:
        return "" if note["back"] else f"［注{text}］"
    is_shown = not re.match(r"https?://|mailto:", href) or href.removeprefix("mailto:") in text
    return text if is_shown else f"{text}（{href}）"


def _joined(text: str) -> str:
    """Return text on one line."""
    return _LINE_END.sub(" ", text.strip("\n")).strip(" \t\r\n")
