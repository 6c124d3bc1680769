"""Make the elements of a page of the blocks of a text, in the place of Python-Markdown's own reader of blocks."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

import markdown
from markdown.blockparser import BlockParser
from markdown.extensions.footnotes import FootnoteExtension
from markdown.util import AtomicString, code_escape

from handbook.markdown_reader.block_reader import read_blocks
from handbook.markdown_reader.blocks import Block
from handbook.markdown_reader.leaf_patterns import split_cells
from handbook.markdown_reader.line_heads import LINE_HEAD
from handbook.markdown_reader.raw_html import ESCAPED_BAR, LINE_BREAK, Resolver, resolve_references

_TASK = re.compile(r"\[(?P<sign>[ xX])\][ \n](?=\s*\S)")
BOXES = {" ": "☐ ", "x": "☑ ", "X": "☑ "}
"""The signs of an open and a done task."""


class BlockElements(BlockParser):
    """The parser that Python-Markdown calls for the elements of a text, before it reads what is in a line."""

    def __init__(self, converter: markdown.Markdown, resolve: Resolver) -> None:
        super().__init__(converter)
        self.resolve = resolve
        self.footnotes: dict[str, Block] = {}

    def parseDocument(self, lines: Iterable[str]) -> ET.ElementTree[ET.Element]:  # type: ignore[override]  # noqa: N802  # the library's name
        """Return the elements of a text."""
        document, links = read_blocks("\n".join(lines))
        self.md.references.update(links)
        self.footnotes = {}
        self.root = ET.Element(self.md.doc_tag)
        self._add_all(self.root, document)
        return ET.ElementTree(self.root)

    def parseChunk(self, parent: ET.Element, text: str) -> None:  # noqa: N802  # the library's name
        """Add the elements of the footnote with this name. Only the extension of footnotes calls it."""
        self._add_all(parent, self.footnotes[text])

    def _add_all(self, parent: ET.Element, block: Block, *, is_tight: bool = False) -> None:
        for child in block.children:
            if child.kind == "paragraph" and is_tight:
                _append_text(parent, _inline_text(child.lines))
            else:
                self._add(parent, child)

    def _add(self, parent: ET.Element, block: Block) -> None:
        match block.kind:
            case "paragraph":
                ET.SubElement(parent, "p").text = _inline_text(block.lines)
            case "heading":
                ET.SubElement(parent, f"h{block.number}").text = _inline_text(block.lines)
            case "code":
                code = ET.SubElement(ET.SubElement(parent, "pre"), "code")
                code.text = AtomicString(code_escape("\n".join(block.lines)) + "\n")
            case "rule":
                ET.SubElement(parent, "hr")
            case "html":
                html = resolve_references("\n".join(block.lines).replace(ESCAPED_BAR, "|"), self.resolve)
                _append_text(parent, self.md.htmlStash.store(html))
            case "quote":
                self._add_all(ET.SubElement(parent, "blockquote"), block)
            case "table":
                _add_table(parent, block)
            case "footnote":
                self._keep_footnote(block)
            case "list":
                self._add_list(parent, block)
            case _:
                self._add_definitions(parent, block)

    def _add_list(self, parent: ET.Element, block: Block) -> None:
        element = ET.SubElement(parent, "ul" if block.number < 0 else "ol")
        if block.number not in (-1, 1):
            element.set("start", str(block.number))
        is_tight = block.is_tight
        for item in block.children:
            first = item.children[0] if item.children else None
            if first and first.kind == "paragraph" and (task := _TASK.match("\n".join(first.lines))):
                text = "\n".join(first.lines)
                first.lines = (BOXES[task["sign"]] + text[task.end() :].lstrip()).split("\n")
            self._add_all(ET.SubElement(element, "li"), item, is_tight=is_tight)

    def _add_definitions(self, parent: ET.Element, block: Block) -> None:
        element = ET.SubElement(parent, "dl")
        end = block.line
        for child in block.children:
            if child.kind == "term":
                ET.SubElement(element, "dt").text = _inline_text(child.lines)
            else:
                is_tight = child.line <= end + 1 and Block("list", 0, children=[child]).is_tight
                self._add_all(ET.SubElement(element, "dd"), child, is_tight=is_tight)
            end = child.end

    def _keep_footnote(self, block: Block) -> None:
        """Give a footnote to the extension, which gets its elements by its name at the end of the text."""
        self.footnotes[block.name] = block
        extension = next(known for known in self.md.registeredExtensions if isinstance(known, FootnoteExtension))
        extension.setFootnote(block.name, block.name)


def _append_text(parent: ET.Element, text: str) -> None:
    """Add text behind the last child of an element."""
    if len(parent):
        parent[-1].tail = f"{parent[-1].tail or ''}\n{text}\n"
    else:
        parent.text = f"{parent.text}\n{text}" if parent.text else text


def _inline_text(lines: list[str]) -> str:
    """Return the lines of a paragraph as one text, with a sign at the end of each line that stays one."""
    kept = []
    for line, following in zip(lines, (*lines[1:], ""), strict=True):
        text = line.rstrip(" ")
        backslashes = len(text) - len(text.rstrip("\\"))
        is_broken = line.endswith("  ")
        if following and backslashes % 2:
            text, is_broken = text[:-1], True
        kept.append(f"{text}{LINE_BREAK}" if following and (is_broken or LINE_HEAD.match(following)) else text)
    return "\n".join(kept)


def _add_table(parent: ET.Element, block: Block) -> None:
    """Add a table. Cells beyond the last column are left out, missing ones are empty."""
    table = ET.SubElement(parent, "table")
    body = ET.SubElement(table, "thead")
    for row, line in enumerate(block.lines):
        if row == 1:
            body = ET.SubElement(table, "tbody")
        element = ET.SubElement(body, "tr")
        cells = split_cells(line)
        for column, alignment in enumerate(block.alignments):
            cell = ET.SubElement(element, "td" if row else "th")
            cell.text = cells[column] if column < len(cells) else ""
            if alignment:
                cell.set("align", alignment)
