"""Read the blocks of a Markdown text as CommonMark and GitHub do.

Definition lists (`: explanation` below a term), which GitHub does not have, are read as well. `block_elements` makes
the elements of the page of the tree, and the notices of `handbook.parse.content` ask it which lines are cells,
definitions or code, so that no second grammar exists. The text is read line by line, each line once: first the
containers that it continues, then the containers that it begins, then its place in the leaf block.
"""

from __future__ import annotations

import re

from handbook.markdown_reader.blocks import Block
from handbook.markdown_reader.leaf_patterns import (
    DEFINITION,
    FENCE,
    FOOTNOTE,
    HEADING,
    ITEM,
    RULE,
    UNDERLINE,
    delimiter_alignments,
    heading_title,
    html_end,
    split_cells,
)
from handbook.markdown_reader.link_definitions import take_link_definitions
from handbook.markdown_reader.open_blocks import OpenBlocks

CODE_INDENT = 4
"""Spaces before a line of code, and before a further block of a footnote."""
DEEPEST = 100
"""Most containers in one another; deeper ones are read as text."""


def read_blocks(text: str) -> tuple[Block, dict[str, tuple[str, str]]]:
    """Return a text as a tree, and URL and title of each link definition `[name]: url "title"` by lower-case name."""
    reader = _BlockReader()
    for number, line in enumerate(text.expandtabs(CODE_INDENT).split("\n")):
        reader.read_line(number, line)
    return reader.root, take_link_definitions(reader.root)


class _BlockReader(OpenBlocks):
    """Reads one line after another."""

    def read_line(self, number: int, line: str) -> None:
        self.number = number
        depth, rest = self._continued(line)
        is_whole = depth == len(self.open)
        if is_whole and self._continues_literal(rest):
            return
        started, rest = self._started(depth, rest, is_whole=is_whole)
        if not rest.strip(" "):
            self._read_blank(len(self.open) if started else depth, rest)
            return
        if not started and not is_whole:
            if self.is_paragraph_open and not self._begins_leaf(rest):
                self.add(rest.lstrip(" "))  # a lazy line: the quote or the item goes on without its sign
                return
            self.close_below(depth)
        self._read_leaf(rest)

    def _continued(self, rest: str) -> tuple[int, str]:
        """Return how many open containers a line continues, and the rest of the line."""
        for depth, container in enumerate(self.open[1:], 1):
            text = rest.lstrip(" ")
            indent = len(rest) - len(text)
            if container.kind == "quote":
                if indent >= CODE_INDENT or not text.startswith(">"):
                    return depth, rest
                rest = text[1:].removeprefix(" ")
            elif text:
                if indent < container.offset:
                    return depth, rest
                rest = rest[container.offset :]
            elif not container.children and container.line < self.number:  # an item begins with one blank line at most
                return depth, rest
        return len(self.open), rest

    def _continues_literal(self, rest: str) -> bool:
        """Add a line to open code or raw HTML, and return whether it belongs there."""
        leaf = self.leaf
        if leaf and leaf.kind == "code" and leaf.name:
            text = rest.strip(" ")
            is_end = len(text) >= len(leaf.name) and not text.strip(leaf.name[0])
            if is_end and len(rest) - len(rest.lstrip(" ")) < CODE_INDENT:
                self.extend()
                leaf.is_closed, self.leaf = True, None
            else:
                indent = min(leaf.number, len(rest) - len(rest.lstrip(" ")))
                self.add(rest[indent:])
            return True
        if leaf and leaf.kind == "html" and (leaf.name or rest.strip(" ")):
            self.add(rest)
            if leaf.name and re.search(leaf.name, rest, re.IGNORECASE):
                self.leaf = None
            return True
        return False

    def _started(self, depth: int, rest: str, *, is_whole: bool) -> tuple[bool, str]:
        """Begin the containers that a line begins. Return whether it begins any, and the rest of the line."""
        started = False
        while len(self.open) < DEEPEST and (text := rest.lstrip(" ")) and len(rest) - len(text) < CODE_INDENT:
            in_paragraph = self.is_paragraph_open and is_whole and not started
            if text.startswith(">"):
                found, rest = Block("quote", self.number), text[1:].removeprefix(" ")
            elif mark := FOOTNOTE.match(rest):
                found, rest = Block("footnote", self.number, name=mark["name"], offset=CODE_INDENT), rest[mark.end() :]
            elif (mark := DEFINITION.match(rest)) and (terms := self._terms(depth, started=started)):
                self.define(depth, terms, mark.end())
                return True, rest[mark.end() :]
            elif (mark := ITEM.match(rest)) and not RULE.match(rest) and not (in_paragraph and _is_no_break(mark)):
                found = Block("item", self.number, name=mark["sign"][-1], number=int(mark["number"] or -1))
                content = mark["content"]
                space = len(mark["space"]) if content and len(mark["space"]) <= CODE_INDENT else 1
                found.offset = mark.end("sign") + space
                rest = rest[found.offset :]
            else:
                break
            if not started:
                self.close_below(depth)
            self.begin(found)
            started = True
        return started, rest

    def _terms(self, depth: int, *, started: bool) -> Block | None:
        """Return what is directly before a definition: a paragraph of terms, or definitions that go on."""
        before = self.open[depth - 1].children
        is_own = not started and (depth == len(self.open) or not self.is_paragraph_open)
        return before[-1] if before and is_own and before[-1].kind in ("paragraph", "definitions") else None

    def _read_blank(self, depth: int, rest: str) -> None:
        self.close_below(depth)
        if self.leaf and self.leaf.kind == "code":
            self.leaf.lines.append(rest[CODE_INDENT:])
        else:
            self.leaf = None

    def _begins_leaf(self, rest: str) -> bool:
        """Return whether a line begins a block although the paragraph before has no end."""
        return bool(
            HEADING.match(rest)
            or FENCE.match(rest)
            or RULE.match(rest)
            or html_end(rest, in_paragraph=False) is not None
        )

    def _read_leaf(self, rest: str) -> None:
        """Add the rest of a line to the open leaf, or begin a new one."""
        in_paragraph = self.is_paragraph_open
        if rest.startswith(" " * CODE_INDENT) and not in_paragraph:
            if not self.leaf or self.leaf.kind != "code":
                self.begin_leaf(Block("code", self.number, is_closed=True))
            self.add(rest[CODE_INDENT:])
        elif heading := HEADING.match(rest):
            self.begin_leaf(
                Block(
                    "heading", self.number, lines=[heading_title(heading["title"] or "")], number=len(heading["marks"])
                )
            )
            self.leaf = None
        elif fence := FENCE.match(rest):
            self.begin_leaf(Block("code", self.number, name=fence["fence"], number=len(fence["indent"])))
        elif in_paragraph and (underline := UNDERLINE.match(rest)):
            self.underline(1 if underline["sign"] == "=" else 2)
        elif RULE.match(rest):
            self.begin_leaf(Block("rule", self.number))
            self.leaf = None
        elif (end := html_end(rest, in_paragraph=in_paragraph)) is not None:
            self.begin_leaf(Block("html", self.number, name=end))
            self._continues_literal(rest)
        elif self.leaf and self.leaf.kind == "table":
            self.add(rest.strip(" "))
        elif not (in_paragraph and self._begin_table(rest)):
            if not in_paragraph:
                self.begin_leaf(Block("paragraph", self.number))
            self.add(rest.lstrip(" "))

    def _begin_table(self, rest: str) -> bool:
        """Begin a table with the last line of the open paragraph as its head, if a line is its delimiter row."""
        paragraph = self.leaf
        alignments = () if rest.startswith(" " * CODE_INDENT) else delimiter_alignments(rest)
        if not paragraph or not alignments or len(split_cells(paragraph.lines[-1])) != len(alignments):
            return False
        head = paragraph.lines.pop()
        if not paragraph.lines:
            self.open[-1].children.pop()
        else:
            paragraph.end -= 1
        self.begin_leaf(Block("table", self.number - 1, alignments=alignments))
        self.add(head.strip(" "))
        return True


def _is_no_break(mark: re.Match[str]) -> bool:
    """Return whether the sign of an item does not interrupt a paragraph: it is alone, or its number is not 1."""
    return not mark["content"] or mark["number"] not in (None, "1")
