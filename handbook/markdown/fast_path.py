"""Convert simple Markdown to the HTML that Python-Markdown and the sanitizer return for it, many times faster.

Most texts contain only paragraphs, flat lists, small tables, `**bold**` and `[[links]]`, and running Python-Markdown on
each takes the largest part of a large build. This module reads an unambiguous subset and returns None for any text
that may contain more. tests/markdown/test_markdown.py compares both converters on thousands of generated texts. It
saves no time on the real plan (84 nodes, few texts), but 23 % of the CPU time of a build of 1,000 nodes (5.1 instead
of 6.7 s) and 39 % of one of 10,000 (29 instead of 48 s).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from handbook.markdown_reader.line_heads import LINE_HEAD
from handbook.model import WIKI_LINK

Link = Callable[[str, str], str | None]
"""Function from a link's target and text (`""` for the node's name) to HTML, or None if Python-Markdown must do it."""

SCROLL_WRAPPER = '<div class="scroll" tabindex="0" role="group" aria-label="表">{}</div>'
"""Element around each table, so that a wide table scrolls inside the page."""
_NEEDS_FULL_PARSER = re.compile(
    r"[\\`_<>&~@\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufffe\uffff]|\n[^\S\n]|[^\S\n]\n|\A\s|[^\S\n]\Z"
    r"|://|[wW]{3}\."
)
"""Characters that Python-Markdown, the sanitizer or a browser changes, lines with a space at an end, and URLs."""
_BLOCK_START = re.compile(r"[-+=#>:|]|\*(?!\*)|\d+[.)]")
"""Characters that may begin a block other than a paragraph."""
_BLANK = re.compile(r"\n\n+")
_DELIMITER = re.compile(r"\|(?: *-+ *\|){2,}")
_INLINE_TOKEN = re.compile(r"\*\*|\[\[[^\[\]\n]+\]\]")


class _NotSimpleError(Exception):
    """The text may contain Markdown outside the subset."""


def simple_markdown_to_html(text: str, link: Link) -> str | None:
    """Return a text as HTML, or None if it may contain Markdown outside the subset."""
    if _NEEDS_FULL_PARSER.search(text):
        return None
    try:
        return "\n".join(_blocks(text, link))
    except _NotSimpleError:
        return None


def _blocks(text: str, link: Link) -> Iterator[str]:
    after_list = False
    for block in _BLANK.split(text.strip("\n")):
        lines = block.split("\n")
        is_list = block.startswith("- ")
        if is_list and after_list:  # Python-Markdown joins both into one list whose items are paragraphs
            raise _NotSimpleError
        after_list = is_list
        if is_list:
            items = "\n".join(f"<li>{_list_item(line, link)}</li>" for line in lines)
            yield f"<ul>\n{items}\n</ul>"
        elif block.startswith("|"):
            yield _simple_table(lines, link)
        elif block:
            if any(map(_BLOCK_START.match, lines)) or any(map(LINE_HEAD.match, lines[1:])):
                raise _NotSimpleError
            yield f"<p>{_inline(block, link)}</p>"


def _list_item(line: str, link: Link) -> str:
    """Return the content of a list item that is one line of inline Markdown."""
    text = line[2:]
    if not line.startswith("- ") or not text or text[0].isspace() or _BLOCK_START.match(text):
        raise _NotSimpleError
    return _inline(text, link)


def _simple_table(lines: list[str], link: Link) -> str:
    """Return a table. Each row must have a bar at both ends and as many cells as the header."""
    if len(lines) < 3 or not _DELIMITER.fullmatch(lines[1]):
        raise _NotSimpleError
    columns = lines[1].count("|") - 1
    header, *rows = (_table_row_cells(line, columns, link) for line in (lines[0], *lines[2:]))
    header_cells = "\n".join(f"<th>{cell}</th>" for cell in header)
    body = "\n".join("<tr>\n" + "\n".join(f"<td>{cell}</td>" for cell in row) + "\n</tr>" for row in rows)
    table = f"<table>\n<thead>\n<tr>\n{header_cells}\n</tr>\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return SCROLL_WRAPPER.format(table)


def _table_row_cells(line: str, columns: int, link: Link) -> list[str]:
    cells = line.split("|")
    if len(cells) != columns + 2 or cells[0] or cells[-1]:  # also if a cell has a link with `|`
        raise _NotSimpleError
    return [_inline(cell.strip(" "), link) for cell in cells[1:-1]]


def _inline(text: str, link: Link) -> str:
    """Return text with bold and links as HTML."""
    if "*" not in text and "[" not in text and "]" not in text and "|" not in text:
        return text
    parts: list[str] = []
    is_bold, end = False, 0
    for token in _INLINE_TOKEN.finditer(text):
        parts.append(_plain_text(text[end : token.start()]))
        end = token.end()
        if token[0] != "**":
            parts.append(_link(token[0], link))
            continue
        inner = text[token.start() - 1 : token.start()] if is_bold else text[end : end + 1]
        if not inner or inner.isspace() or text[end : end + 1] == "*":
            raise _NotSimpleError
        parts.append("</strong>" if is_bold else "<strong>")
        is_bold = not is_bold
    if is_bold:
        raise _NotSimpleError
    return "".join([*parts, _plain_text(text[end:])])


def _plain_text(text: str) -> str:
    if "*" in text or "[" in text or "]" in text or "|" in text:
        raise _NotSimpleError
    return text


def _link(markdown: str, link: Link) -> str:
    match = WIKI_LINK.fullmatch(markdown)
    html = link(match["target"].strip(), (match["words"] or "").strip()) if match else None
    if html is None:
        raise _NotSimpleError
    return html
