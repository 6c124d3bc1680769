"""Read the blocks of a Markdown text as CommonMark and GitHub do: lists, quotes, tables, code, headings, raw HTML.

Definition lists (`: explanation` below a term), which GitHub does not have, are read as well. The result is a tree of
`Block`s with the numbers of their lines. `converter` makes the elements of the page of it, and the checks of
`handbook.parse.content` ask it which lines are cells, definitions or code, so that no second grammar exists.
The text is read line by line, each line once: first the containers that it continues, then the containers that it
begins, then its place in the leaf block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from handbook.markdown_reader.leaf_patterns import (
    DEFINITION,
    FENCE,
    FOOTNOTE,
    HEADING,
    ITEM,
    LINK_DEFINITION,
    RULE,
    UNDERLINE,
    delimiter_alignments,
    html_end,
    split_cells,
)

CODE_INDENT = 4
"""Spaces before a line of code, and before a further block of a footnote."""
DEEPEST = 100
"""Most containers in one another; deeper ones are read as text."""


@dataclass(slots=True)
class Block:
    """One block; which of the values have a meaning depends on the kind."""

    kind: str
    """Containers: document, quote, item, definition, footnote, list, definitions; leaves: paragraph, term, heading,
    code, html, rule, table."""
    line: int
    """Number of its first line in the text, from 0."""
    end: int = 0
    """Number of its last line that is not blank."""
    children: list[Block] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """Lines of a leaf, without what belongs to the containers. The first of a table is its head."""
    name: str = ""
    """The sign of a list and its items (`-` `*` `+` `.` `)`), the name of a footnote, the fence of code, the pattern
    that ends raw HTML."""
    number: int = 0
    """Number of the first item of a list, `-1` if it has none; rank of a heading; indentation of a fence."""
    offset: int = 0
    """Spaces before the further lines of an item, a definition or a footnote."""
    alignments: tuple[str, ...] = ()
    """For each column of a table `left`, `center`, `right` or `""`."""
    is_closed: bool = False
    """Whether code has its closing fence."""

    @property
    def is_tight(self) -> bool:
        """Whether no blank line is between the items of a list, and between the blocks of each item."""
        inner = [pair for item in self.children for pair in pairwise(item.children)]
        return all(
            after.line <= before.end + 1 or before.innermost_last.kind == "rule"  # as GitHub does
            for before, after in (*pairwise(self.children), *inner)
        )

    @property
    def innermost_last(self) -> Block:
        """The last block in the last item of a list, and so on; the block itself if it is no list."""
        block = self
        while block.kind in ("list", "item") and block.children:
            block = block.children[-1]
        return block

    def walk(self) -> Iterator[Block]:
        """Yield the block and all blocks in it, in the order of the text."""
        stack = [self]
        while stack:
            block = stack.pop()
            yield block
            stack += reversed(block.children)


def read_blocks(text: str) -> tuple[Block, dict[str, tuple[str, str]]]:
    """Return a text as a tree, and URL and title of each link definition `[name]: url "title"` by lower-case name."""
    reader = _BlockReader()
    for number, line in enumerate(text.expandtabs(CODE_INDENT).split("\n")):
        reader.read_line(number, line)
    return reader.root, _link_definitions(reader.root)


class _BlockReader:
    """The state between two lines: the open containers, outermost first, and the open leaf of the innermost."""

    def __init__(self) -> None:
        self.root = Block("document", 0)
        self.open = [self.root]
        self.leaf: Block | None = None
        self.number = 0

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
            if self._is_paragraph_open and not self._begins_leaf(rest):
                self._add(rest.lstrip(" "))  # a lazy line: the quote or the item goes on without its sign
                return
            self._close_below(depth)
        self._read_leaf(rest)

    @property
    def _is_paragraph_open(self) -> bool:
        return self.leaf is not None and self.leaf.kind == "paragraph"

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
                self._extend()
                leaf.is_closed, self.leaf = True, None
            else:
                indent = min(leaf.number, len(rest) - len(rest.lstrip(" ")))
                self._add(rest[indent:])
            return True
        if leaf and leaf.kind == "html" and (leaf.name or rest.strip(" ")):
            self._add(rest)
            if leaf.name and re.search(leaf.name, rest, re.IGNORECASE):
                self.leaf = None
            return True
        return False

    def _started(self, depth: int, rest: str, *, is_whole: bool) -> tuple[bool, str]:
        """Begin the containers that a line begins. Return whether it begins any, and the rest of the line."""
        started = False
        while len(self.open) < DEEPEST and (text := rest.lstrip(" ")) and len(rest) - len(text) < CODE_INDENT:
            in_paragraph = self._is_paragraph_open and is_whole and not started
            if text.startswith(">"):
                found, rest = Block("quote", self.number), text[1:].removeprefix(" ")
            elif mark := FOOTNOTE.match(rest):
                found, rest = Block("footnote", self.number, name=mark["name"], offset=CODE_INDENT), rest[mark.end() :]
            elif (mark := DEFINITION.match(rest)) and (terms := self._terms(depth, started=started)):
                self._define(depth, terms, mark.end())
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
                self._close_below(depth)
            self._begin(found)
            started = True
        return started, rest

    def _terms(self, depth: int, *, started: bool) -> Block | None:
        """Return what is directly before a definition: a paragraph of terms, or definitions that go on."""
        before = self.open[depth - 1].children
        is_own = not started and (depth == len(self.open) or not self._is_paragraph_open)
        return before[-1] if before and is_own and before[-1].kind in ("paragraph", "definitions") else None

    def _define(self, depth: int, terms: Block, offset: int) -> None:
        """Begin a definition of the terms above it."""
        self._close_below(depth)
        siblings = self.open[-1].children
        if terms.kind == "paragraph":
            siblings.pop()
            if not siblings or siblings[-1].kind != "definitions":
                siblings.append(Block("definitions", terms.line))
            siblings[-1].children += [
                Block("term", terms.line + row, terms.line + row, lines=[line]) for row, line in enumerate(terms.lines)
            ]
        self.leaf = None
        definition = Block("definition", self.number, offset=offset)
        siblings[-1].children.append(definition)
        self.open += [definition]
        self._extend()

    def _begin(self, container: Block) -> None:
        """Open a container in the innermost one; an item begins a list, if it does not go on with one."""
        siblings = self.open[-1].children
        if container.kind == "item":
            if not siblings or siblings[-1].kind != "list" or siblings[-1].name != container.name:
                siblings.append(Block("list", self.number, name=container.name, number=container.number))
            siblings[-1].end = self.number
            siblings = siblings[-1].children
        siblings.append(container)
        self.open.append(container)
        self.leaf = None
        self._extend()

    def _close_below(self, depth: int) -> None:
        """Close the containers that a line does not continue, and with them the leaf."""
        if depth < len(self.open):
            self.leaf = None
        del self.open[depth:]

    def _read_blank(self, depth: int, rest: str) -> None:
        self._close_below(depth)
        if self.leaf and self.leaf.kind == "code":
            self.leaf.lines.append(rest[CODE_INDENT:])
        else:
            self.leaf = None

    def _begins_leaf(self, rest: str) -> bool:
        """Return whether a line begins a block although the paragraph before has no end."""
        return bool(HEADING.match(rest) or FENCE.match(rest) or RULE.match(rest) or html_end(rest, in_paragraph=False) is not None)

    def _read_leaf(self, rest: str) -> None:
        """Add the rest of a line to the open leaf, or begin a new one."""
        in_paragraph = self._is_paragraph_open
        if rest.startswith(" " * CODE_INDENT) and not in_paragraph:
            if not self.leaf or self.leaf.kind != "code":
                self._begin_leaf(Block("code", self.number, is_closed=True))
            self._add(rest[CODE_INDENT:])
        elif heading := HEADING.match(rest):
            self._begin_leaf(Block("heading", self.number, lines=[heading["title"] or ""], number=len(heading["marks"])))
            self.leaf = None
        elif fence := FENCE.match(rest):
            self._begin_leaf(Block("code", self.number, name=fence["fence"], number=len(fence["indent"])))
        elif in_paragraph and (underline := UNDERLINE.match(rest)):
            self._underline(1 if underline["sign"] == "=" else 2)
        elif RULE.match(rest):
            self._begin_leaf(Block("rule", self.number))
            self.leaf = None
        elif (end := html_end(rest, in_paragraph=in_paragraph)) is not None:
            self._begin_leaf(Block("html", self.number, name=end))
            self._continues_literal(rest)
        elif self.leaf and self.leaf.kind == "table":
            self._add(rest.strip(" "))
        elif not (in_paragraph and self._begin_table(rest)):
            if not in_paragraph:
                self._begin_leaf(Block("paragraph", self.number))
            self._add(rest.lstrip(" "))

    def _underline(self, rank: int) -> None:
        """Make the open paragraph a heading."""
        if self.leaf:
            self.leaf.kind, self.leaf.number = "heading", rank
            self._extend()
            self.leaf = None

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
        self._begin_leaf(Block("table", self.number - 1, alignments=alignments))
        self._add(head.strip(" "))
        return True

    def _begin_leaf(self, leaf: Block) -> None:
        self.open[-1].children.append(leaf)
        self.leaf = leaf
        self._extend()

    def _add(self, line: str) -> None:
        if self.leaf:
            self.leaf.lines.append(line)
        self._extend()

    def _extend(self) -> None:
        """Move the end of the open blocks to this line."""
        for block in (*self.open, self.leaf):
            if block:
                block.end = self.number
        for outer, inner in pairwise(self.open):
            if inner.kind in ("item", "definition"):
                outer.children[-1].end = self.number


def _is_no_break(mark: re.Match[str]) -> bool:
    """Return whether the sign of an item does not interrupt a paragraph: it is alone, or its number is not 1."""
    return not mark["content"] or mark["number"] not in (None, "1")


def _link_definitions(root: Block) -> dict[str, tuple[str, str]]:
    """Take the definitions of links out of the paragraphs that begin with them, and return them."""
    found: dict[str, tuple[str, str]] = {}
    for block in list(root.walk()):
        for child in list(block.children) if any(map(_may_define, block.children)) else ():
            if _may_define(child):
                text = "\n".join(child.lines)
                while match := LINK_DEFINITION.match(text):
                    url, title = match["url"].removeprefix("<").removesuffix(">"), match["title"] or ""
                    found.setdefault(_normal_name(match["name"]), (url, title[1:-1]))
                    text = text[match.end() :].lstrip("\n")
                child.lines = text.split("\n")
                if not text.strip():
                    block.children.remove(child)
    return found


def _may_define(block: Block) -> bool:
    return block.kind == "paragraph" and block.lines[0].startswith("[")


def _normal_name(name: str) -> str:
    return " ".join(name.lower().split())


def contents(blocks: Iterable[Block], kind: str) -> Iterator[Block]:
    """Yield the blocks of a kind in some blocks."""
    return (inner for block in blocks for inner in block.walk() if inner.kind == kind)
