"""Convert the clean HTML of one text into blocks and inlines: plain data that the Typst template typesets.

A block is a string, or a mapping with a `type`. Types of blocks: p, heading, list, table, image, code, quote, terms,
rule. Types of inlines: strong, em, code, sub, sup, del, ins, mark, small, link, ruby, image, break, footnote, and in
tables unbroken. The inner blocks are in `content`. No text becomes Typst source code, so no text can run as a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from handbook.booklet.long_words import HEADING_WORD, WORD
from handbook.booklet.table_blocks import Block, TableCell, table_block
from handbook.booklet.table_texts import with_minus_signs
from handbook.html_tree import Element, element_tree

LinkResolver = Callable[[str], Mapping[str, object]]
"""Converts an href of the page into the keys of a link or image, see `Document.resolve_link`."""


_BLOCK_TAGS = frozenset(
    "p h2 h3 h4 h5 h6 ul ol table pre blockquote dl hr div figure figcaption".split()  # noqa: SIM905  # one line
)
_INLINE_TYPES = {
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("em", "i", "cite", "dfn"), "em"),
    **dict.fromkeys(("code", "kbd"), "code"),
    **dict.fromkeys(("del", "s"), "del"),
    **dict.fromkeys(("ins", "u"), "ins"),
    **{tag: tag for tag in ("sub", "sup", "mark", "small")},
}
MAX_NESTING = 12
"""Most elements inside one another. Deeper ones are typeset as plain text, since Typst fails on deep nesting."""
MAX_SPAN = 50
"""Most columns or rows that a cell spans; a page has no room for more."""
_SPAN_NUMBER = re.compile("[1-9][0-9]{0,3}")
_WORD, _HEADING_WORD = re.compile(WORD), re.compile(HEADING_WORD)
_HTML_WHITESPACE = re.compile(r"[ \t\r\n]+")
_FOOTNOTE_LINK = re.compile(r"#(?:[a-z0-9-]+_)?fn:(.*)")
_FOOTNOTE_ID = re.compile(r"(?:[a-z0-9-]+_)?fn:(.*)")
_FOOTNOTE_BACKLINK = re.compile(r"#(?:[a-z0-9-]+_)?fnref\d*:")


def _number_attribute(element: Element, name: str) -> int:
    """Return the value of an attribute such as `colspan`, or 1 if the value is no number from 1 to 9999."""
    value = element.attribute(name)
    return int(value) if _SPAN_NUMBER.fullmatch(value) else 1


def html_to_blocks(html: str, resolve: LinkResolver, label_prefix: str) -> list[Block]:
    """Return the blocks of a text. Its anchors become labels with the prefix, such as `about.html#`."""
    return _BlockConverter(element_tree(html, MAX_NESTING), resolve, label_prefix).convert()


class _BlockConverter:
    """Converts one text. In HTML the footnotes are at the end of the text, on paper each is at its first reference."""

    def __init__(self, tree: Element, resolve: LinkResolver, label_prefix: str) -> None:
        self.tree = tree
        self.resolve = resolve
        self.label_prefix = label_prefix
        self.footnotes = {
            match[1]: item for item in tree.find_all("li") if (match := _FOOTNOTE_ID.fullmatch(item.attribute("id")))
        }
        self.placed_footnotes: set[str] = set()
        self.link_text = ""
        """The text of the link that is being converted, or its URL if it has no text."""

    def convert(self) -> list[Block]:
        return self._blocks(part for part in self.tree.children if not self._is_footnote_list(part))

    def _is_footnote_list(self, part: Element | str) -> bool:
        if isinstance(part, str) or part.tag != "div":
            return False
        return any(_FOOTNOTE_ID.fullmatch(item.attribute("id")) for item in part.find_all("li"))

    def _blocks(self, parts: Iterable[Element | str]) -> list[Block]:
        """Convert blocks; a run of inlines between them becomes a paragraph."""
        blocks: list[Block] = []
        inlines: list[Element | str] = []
        for part in [*parts, Element("p", {})]:  # the empty paragraph ends the last run
            if isinstance(part, str) or part.tag not in _BLOCK_TAGS:
                inlines.append(part)
                continue
            if content := _trim_whitespace(self._inlines(inlines)):
                blocks.append({"type": "p", "content": content})
            inlines = []
            blocks += self._block(part)
        return blocks

    def _block(self, part: Element) -> Iterator[Block]:
        match part.tag:
            case "p" | "figcaption":
                if content := _trim_whitespace(self._inlines(part.children)):
                    yield self._paragraph(content)
            case "ul" | "ol":
                items = list(part.find_all("li"))
                signs = {"start": _number_attribute(part, "start"), "numbered": part.tag == "ol"}
                signs["has_boxes"] = all(item.attribute("class") == "task" for item in items)
                yield {"type": "list", **signs, "items": [self._blocks(item.children) for item in items]}
            case "table":
                yield from self._table(part)
            case "pre":
                yield {"type": "code", "block": True, "text": part.text().rstrip("\n")}
            case "blockquote":
                yield {"type": "quote", "content": self._blocks(part.children)}
            case "dl":
                yield {"type": "terms", "items": list(self._definition_items(part))}
            case "hr":
                yield {"type": "rule"}
            case "div" | "figure":
                yield from self._blocks(part.children)
            case _ if not part.text().strip():  # a heading of a picture alone, which no PDF for screen readers may have
                yield from self._block(Element("p", {}, part.children))
            case _:
                content = _trim_whitespace(self._inlines(part.children))
                rank = int(part.tag[1])
                yield {
                    "type": "heading",
                    "rank": rank,
                    "label": self._label(part),
                    "content": content,
                    "text": part.text(),
                }

    def _paragraph(self, content: list[Block]) -> Block:
        """Return a paragraph, or the image if the paragraph contains nothing else."""
        if len(content) == 1 and isinstance(content[0], dict) and content[0]["type"] == "image":
            return content[0] | {"alone": True}
        return {"type": "p", "content": content}

    def _label(self, part: Element) -> str:
        return self.label_prefix + part.attribute("id") if part.attribute("id") else ""

    def _table(self, table: Element) -> Iterator[Block]:
        """Yield a table as rows of cells; nothing if it has no cell. The rows of `thead` repeat on each page."""
        head_rows = [row for head in table.find_all("thead") for row in head.find_all("tr")]
        rows = [row for part in table.children if isinstance(part, Element) for row in self._table_rows(part)]
        yield from table_block(*([self._table_cells(row) for row in part] for part in (head_rows, rows)))

    def _table_rows(self, part: Element) -> Iterable[Element]:
        if part.tag == "tr":
            return [part]
        return part.find_all("tr") if part.tag in ("tbody", "tfoot") else []

    def _table_cells(self, row: Element) -> list[TableCell]:
        return [
            {
                "is_heading": cell.tag == "th",
                "align": next((side for side in ("center", "right") if side in cell.attribute("class")), "left"),
                "column": 0,
                "column_span": min(MAX_SPAN, _number_attribute(cell, "colspan")),
                "row_span": min(MAX_SPAN, _number_attribute(cell, "rowspan")),
                "text": cell.text().strip(),
                "has_word": bool((_HEADING_WORD if cell.tag == "th" else _WORD).search(cell.text())),
                "content": self._blocks(cell.children),
            }
            for cell in row.find_all("td", "th")
        ]

    def _definition_items(self, part: Element) -> Iterator[dict[str, object]]:
        for item in part.find_all("dt", "dd"):
            if item.tag == "dt":
                yield {"term": _trim_whitespace(self._inlines(item.children)), "label": self._label(item)}
            else:
                yield {"content": self._blocks(item.children)}

    def _inlines(self, parts: Iterable[Element | str]) -> list[Block]:
        inlines: list[Block] = []
        for part in parts:
            if isinstance(part, str):
                text = _HTML_WHITESPACE.sub(" ", part)
                text = text.lstrip(" ") if inlines[-1:] == [{"type": "break"}] else text
                inlines.append(with_minus_signs(text, starts_text=not inlines))
            else:
                inlines += self._inline(part)
        return inlines

    def _inline(self, part: Element) -> list[Block]:
        if part.tag == "sup" and (footnote := self._footnote(part)):
            return [footnote]
        if part.tag == "a":
            return self._link(part)
        content = self._inlines(part.children)
        if part.tag == "br":
            return [{"type": "break"}]
        if part.tag == "img":
            # In a link no picture may be without a description (PDF/UA).
            alt = part.attribute("alt") or self.link_text
            return [{"type": "image", **self.resolve(part.attribute("src")), "alt": alt}]
        if part.tag == "ruby":
            kana = "".join(rt.text() for rt in part.find_all("rt"))
            base = "".join(
                p if isinstance(p, str) else p.text() if p.tag not in ("rt", "rp") else "" for p in part.children
            )
            return [{"type": "ruby", "content": base.strip(), "kana": kana.strip()}]
        if part.tag in ("code", "kbd"):
            return [{"type": "code", "block": False, "text": part.text()}]
        if part.tag == "q":
            return ["「", *content, "」"]
        return [{"type": _INLINE_TYPES[part.tag], "content": content}] if part.tag in _INLINE_TYPES else content

    def _link(self, part: Element) -> list[Block]:
        href = part.attribute("href")
        outer_text, self.link_text = self.link_text, part.text().strip() or href or "リンク"
        content = self._inlines(part.children)
        self.link_text = outer_text
        if _FOOTNOTE_BACKLINK.match(href):
            return []  # on paper a footnote is on the page of its reference
        return [{"type": "link", **self.resolve(href), "content": content, "text": part.text()}]

    def _footnote(self, part: Element) -> Block | None:
        """Return the footnote that a `sup` refers to, or None. Its content is given at the first reference only."""
        match = next((_FOOTNOTE_LINK.fullmatch(link.attribute("href")) for link in part.find_all("a")), None)
        if not match or match[1] not in self.footnotes:
            return None
        name = match[1]
        footnote = {"type": "footnote", "label": f"{self.label_prefix}fn:{name}"}
        if name in self.placed_footnotes:
            return footnote | {"is_repeat": True, "content": []}
        self.placed_footnotes.add(name)
        return footnote | {"is_repeat": False, "content": self._blocks(self.footnotes[name].children)}


def _trim_whitespace(inlines: list[Block]) -> list[Block]:
    """Return inlines without the spaces that a browser hides at the edges of a block, and without empty strings."""
    trimmed = list(inlines)
    while trimmed and isinstance(trimmed[0], str) and not trimmed[0].strip(" "):
        trimmed.pop(0)
    while trimmed and isinstance(trimmed[-1], str) and not trimmed[-1].strip(" "):
        trimmed.pop()
    if trimmed and isinstance(trimmed[0], str):
        trimmed[0] = trimmed[0].lstrip(" ")
    if trimmed and isinstance(trimmed[-1], str):
        trimmed[-1] = trimmed[-1].rstrip(" \u00a0") if trimmed[-1] != "\u00a0" else trimmed[-1]
    return [inline for inline in trimmed if inline not in ("", "\u00a0")]
