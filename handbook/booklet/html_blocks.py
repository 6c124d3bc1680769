"""Clean HTML of one text → blocks and inlines: plain data, which the template sets as it likes.

A node is a string, or a mapping whose `is` names it. Blocks: p, heading, list, table, image, code, quote, terms,
rule. Inlines: strong, em, code, sub, sup, del, mark, small, link, ruby, image, break, note. What a node holds stands
in `of`. Nothing here becomes source of the typesetting language, so no text can run as a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from handbook.html_tree import Element, element_tree

Block = str | dict[str, Any]
LinkResolver = Callable[[str], Mapping[str, Any]]
"""An href as the page has it → where it leads in print: `to` a label, `url` an address, or neither."""

_BLOCKS = frozenset(
    "p h2 h3 h4 h5 h6 ul ol table pre blockquote dl hr div figure figcaption".split()  # noqa: SIM905  # one line
)
_INLINES = {
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("em", "i", "cite", "dfn"), "em"),
    **dict.fromkeys(("code", "kbd"), "code"),
    **dict.fromkeys(("del", "s"), "del"),
    **dict.fromkeys(("ins", "u"), "ins"),
    **{name: name for name in ("sub", "sup", "mark", "small")},
}
MAX_NESTING = 12
"""Elements within one another; what lies deeper is set without a form of its own, for the engine gives up on it."""
MAX_SPAN = 50
"""Columns or rows that a cell goes over; a sheet of paper has no room for more."""
_SPAN_NUMBER = re.compile("[1-9][0-9]{0,3}")
_HTML_WHITESPACE = re.compile(r"[ \t\r\n]+")
_FOOTNOTE_LINK = re.compile(r"#(?:[a-z0-9-]+_)?fn:(.*)")
_FOOTNOTE_ID = re.compile(r"(?:[a-z0-9-]+_)?fn:(.*)")
_FOOTNOTE_BACKLINK = re.compile(r"#(?:[a-z0-9-]+_)?fnref\d*:")


def _span_attribute(element: Element, name: str) -> int:
    """Return what an attribute counts, if it does so within reason."""
    words = element.attribute(name)
    return int(words) if _SPAN_NUMBER.fullmatch(words) else 1


def html_to_blocks(html: str, resolve: LinkResolver, own: str) -> list[Block]:
    """Return a text's blocks. Anchors in it become labels that begin with `own`, such as `about.html#`."""
    return _BlockConverter(element_tree(html, MAX_NESTING), resolve, own).convert()


class _BlockConverter:
    """Converts one text. HTML has the footnotes at the end of the text, print has each at its first reference."""

    def __init__(self, tree: Element, resolve: LinkResolver, own: str) -> None:
        self.tree = tree
        self.resolve = resolve
        self.own = own
        self.notes = {
            found[1]: item for item in tree.find_all("li") if (found := _FOOTNOTE_ID.fullmatch(item.attribute("id")))
        }
        self.noted: set[str] = set()

    def convert(self) -> list[Block]:
        return self._blocks(part for part in self.tree.children if not self._is_footnote_list(part))

    def _is_footnote_list(self, part: Element | str) -> bool:
        if isinstance(part, str) or part.tag != "div":
            return False
        return any(_FOOTNOTE_ID.fullmatch(item.attribute("id")) for item in part.find_all("li"))

    def _blocks(self, parts: Iterable[Element | str]) -> list[Block]:
        """Set blocks; inlines that stand between them make paragraphs of their own."""
        made: list[Block] = []
        loose: list[Element | str] = []
        for part in [*parts, Element("p", {})]:
            if isinstance(part, str) or part.tag not in _BLOCKS:
                loose.append(part)
                continue
            if inside := _trim_whitespace(self._inlines(loose)):
                made.append({"is": "p", "of": inside})
            loose = []
            made += self._block(part)
        return made

    def _block(self, part: Element) -> Iterator[Block]:
        match part.tag:
            case "p" | "figcaption":
                if inside := _trim_whitespace(self._inlines(part.children)):
                    alone = inside[0] if len(inside) == 1 and isinstance(inside[0], dict) else {"is": ""}
                    yield alone | {"alone": True} if alone["is"] == "image" else {"is": "p", "of": inside}
            case "ul" | "ol":
                items = [self._blocks(item.children) for item in part.find_all("li")]
                start = _span_attribute(part, "start")
                yield {"is": "list", "numbered": part.tag == "ol", "start": start, "items": items}
            case "table":
                yield from self._table(part)
            case "pre":
                yield {"is": "code", "block": True, "text": part.text().rstrip("\n")}
            case "blockquote":
                yield {"is": "quote", "of": self._blocks(part.children)}
            case "dl":
                yield {"is": "terms", "items": list(self._definition_items(part))}
            case "hr":
                yield {"is": "rule"}
            case "div" | "figure":
                yield from self._blocks(part.children)
            case _:
                inside = _trim_whitespace(self._inlines(part.children))
                label = self.own + part.attribute("id") if part.attribute("id") else ""
                yield {"is": "heading", "rank": int(part.tag[1]), "label": label, "of": inside, "words": part.text()}

    def _table(self, table: Element) -> Iterator[Block]:
        """Yield a table as rows of cells, those of thead repeated on each page; nothing where it has no cell."""
        heads = [self._table_cells(row) for head in table.find_all("thead") for row in head.find_all("tr")]
        rows = [
            self._table_cells(row)
            for part in table.children
            if isinstance(part, Element)
            for row in self._table_rows(part)
        ]
        width = max((sum(cell["columns"] for cell in row) for row in (*heads, *rows)), default=0)
        if width:
            yield {"is": "table", "width": width, "heads": heads, "rows": rows}

    def _table_rows(self, part: Element) -> Iterable[Element]:
        if part.tag == "tr":
            return [part]
        return part.find_all("tr") if part.tag in ("tbody", "tfoot") else []

    def _table_cells(self, row: Element) -> list[dict[str, Any]]:
        return [
            {
                "head": cell.tag == "th",
                "align": next((side for side in ("center", "right") if side in cell.attribute("class")), "left"),
                "columns": min(MAX_SPAN, _span_attribute(cell, "colspan")),
                "rows": min(MAX_SPAN, _span_attribute(cell, "rowspan")),
                "of": self._blocks(cell.children),
            }
            for cell in row.find_all("td", "th")
        ]

    def _definition_items(self, part: Element) -> Iterator[dict[str, Any]]:
        for item in part.find_all("dt", "dd"):
            if item.tag == "dt":
                label = self.own + item.attributes["id"] if item.attribute("id") else ""
                yield {"term": _trim_whitespace(self._inlines(item.children)), "label": label}
            else:
                yield {"of": self._blocks(item.children)}

    def _inlines(self, parts: Iterable[Element | str]) -> list[Block]:
        made: list[Block] = []
        for part in parts:
            made += [_HTML_WHITESPACE.sub(" ", part)] if isinstance(part, str) else self._inline(part)
        return made

    def _inline(self, part: Element) -> list[Block]:
        inside = self._inlines(part.children)
        if part.tag == "br":
            return [{"is": "break"}]
        if part.tag == "img":
            return [{"is": "image", **self.resolve(part.attribute("src")), "alt": part.attribute("alt")}]
        if part.tag == "ruby":
            over = "".join(kana.text() for kana in part.find_all("rt"))
            base = "".join(
                p if isinstance(p, str) else p.text() if p.tag not in ("rt", "rp") else "" for p in part.children
            )
            return [{"is": "ruby", "of": base.strip(), "over": over.strip()}]
        if part.tag == "sup" and (note := self._note(part)):
            return [note]
        if part.tag == "a":
            return self._link(part, inside)
        if part.tag in ("code", "kbd"):
            return [{"is": "code", "block": False, "text": part.text()}]
        if part.tag == "q":
            return ["「", *inside, "」"]
        return [{"is": _INLINES[part.tag], "of": inside}] if part.tag in _INLINES else inside

    def _link(self, part: Element, inside: list[Block]) -> list[Block]:
        href = part.attribute("href")
        if _FOOTNOTE_BACKLINK.match(href):
            return []  # a note at the foot of the page needs no way back
        return [{"is": "link", **self.resolve(href), "of": inside, "words": part.text()}]

    def _note(self, part: Element) -> Block | None:
        """Return the footnote that a reference leads to: all of it the first time, then its number only."""
        found = next((_FOOTNOTE_LINK.fullmatch(link.attribute("href")) for link in part.find_all("a")), None)
        if not found or found[1] not in self.notes:
            return None
        label = f"{self.own}fn:{found[1]}"
        if found[1] in self.noted:
            return {"is": "note", "label": label, "again": True, "of": []}
        self.noted.add(found[1])
        return {"is": "note", "label": label, "again": False, "of": self._blocks(self.notes[found[1]].children)}


def _trim_whitespace(nodes: list[Block]) -> list[Block]:
    """Take away the spaces that a browser does not show at the edges of a block, and inlines left empty by that."""
    kept = list(nodes)
    while kept and isinstance(kept[0], str) and not kept[0].strip(" "):
        kept.pop(0)
    while kept and isinstance(kept[-1], str) and not kept[-1].strip(" "):
        kept.pop()
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip(" ")
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip(" \u00a0") if kept[-1] != "\u00a0" else kept[-1]
    return [node for node in kept if node not in ("", "\u00a0")]
