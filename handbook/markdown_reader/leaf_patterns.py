"""The signs by which the blocks of Markdown are recognized, as in CommonMark and in GitHub's additions to it."""

from __future__ import annotations

import re

HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})(?:$|(?:\x20|(?=\uffff))(?P<title>.*))")
"""`#` before a mark of `places` counts as one, so that a heading whose space is missing is found."""
FENCE = re.compile(r"(?P<indent> {0,3})(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
RULE = re.compile(r" {0,3}(?P<sign>[-*_])(?: *(?P=sign)){2,} *$")
UNDERLINE = re.compile(r" {0,3}(?P<sign>[=-])(?P=sign)* *$")
ITEM = re.compile(r" {0,3}(?P<sign>[-+*]|(?P<number>[0-9]{1,9})[.)])(?=(?P<space> *)(?P<content>.*))(?: |$)")
FOOTNOTE = re.compile(r" {0,3}\[\^(?P<name>[^\]\s]+)\]: *")
DEFINITION = re.compile(r" {0,3}: {1,3}(?=[^ ])")
LINK_DEFINITION = re.compile(
    r"\[(?!\^)(?P<name>[^\[\]]{1,999})\]:[ ]*\n?[ ]*(?P<url><[^<>\n]*>|[^\s<]\S*)"
    r"(?:[ ]*(?:\n[ ]*|(?<=[ ]))(?P<title>\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ ]*(?:\n|\Z)"
)
_HTML_ENDS = (
    (re.compile(r"<(?:script|pre|style|textarea)(?=[ >]|$)", re.IGNORECASE), "</(?:script|pre|style|textarea)>"),
    (re.compile("<!--"), "-->"),
    (re.compile(r"<[?]"), "[?]>"),
    (re.compile("<!\\[CDATA\\["), "\\]\\]>"),
    (re.compile("<![a-zA-Z]"), ">"),
)
"""Beginnings of raw HTML with the pattern that ends it."""
_BLOCK_TAG = re.compile(
    "</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl"
    "|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main"
    "|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title"
    "|tr|track|ul)(?=[ >]|/>|$)",
    re.IGNORECASE,
)
_TAG_ALONE = re.compile(
    r"(?:<[a-zA-Z][a-zA-Z0-9-]*(?: +[a-zA-Z_:][\w.:-]*(?: *= *(?:[^ \"'=<>`]+|'[^']*'|\"[^\"]*\"))?)* */?>"
    r"|</[a-zA-Z][a-zA-Z0-9-]* *>) *$"
)
_DELIMITER_CELL = re.compile(r" *(?P<left>:?)-+(?P<right>:?) *")
_BAR = re.compile(r"(?<!\\)\|")
_ALIGNMENTS = {("", ""): "", (":", ""): "left", ("", ":"): "right", (":", ":"): "center"}


def heading_title(typed: str) -> str:
    """Return the words of a heading without the `#` that may close it."""
    title = typed.strip(" ")
    words = title.rstrip("#")
    return words.rstrip(" ") if not words or words.endswith(" ") else title


def html_end(line: str, *, in_paragraph: bool = True) -> str | None:
    """Return the pattern that ends the raw HTML which a line begins, `""` for a blank line, None if it begins none.

    A tag other than those of blocks begins raw HTML only alone on its line and outside a paragraph.
    """
    text = line.lstrip(" ")
    if not text.startswith("<") or len(line) - len(text) > 3:  # more is code
        return None
    for begin, end in _HTML_ENDS:
        if begin.match(text):
            return end
    return "" if _BLOCK_TAG.match(text) or (not in_paragraph and _TAG_ALONE.match(text)) else None


def split_cells(row: str) -> list[str]:
    """Return the cells of a row of a table; a bar behind a backslash is one in a cell."""
    text = row.strip(" ").removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [cell.strip(" ").replace("\\|", "|") for cell in _BAR.split(text)]


def delimiter_alignments(line: str) -> tuple[str, ...]:
    """Return the alignment of each column that a delimiter row such as `|---|--:|` states; `()` if it is none."""
    if "-" not in line or not ("|" in line or ":" in line):
        return ()
    cells = [_DELIMITER_CELL.fullmatch(cell) for cell in split_cells(line)]
    return tuple(_ALIGNMENTS[cell["left"], cell["right"]] for cell in cells if cell) if all(cells) else ()
