"""The tree of blocks while a text is read: which containers are open, and which leaf."""

from __future__ import annotations

from itertools import pairwise

from handbook.markdown_reader.blocks import Block


class OpenBlocks:
    """The state between two lines: the open containers, outermost first, and the open leaf of the innermost."""

    def __init__(self) -> None:
        self.root = Block("document", 0)
        self.open = [self.root]
        self.leaf: Block | None = None
        self.number = 0

    @property
    def is_paragraph_open(self) -> bool:
        """Whether the open leaf is a paragraph."""
        return self.leaf is not None and self.leaf.kind == "paragraph"

    def begin(self, container: Block) -> None:
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
        self.extend()

    def define(self, depth: int, terms: Block, offset: int) -> None:
        """Begin a definition of the terms above it."""
        self.close_below(depth)
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
        self.extend()

    def close_below(self, depth: int) -> None:
        """Close the containers that a line does not continue, and with them the leaf."""
        if depth < len(self.open):
            self.leaf = None
        del self.open[depth:]

    def begin_leaf(self, leaf: Block) -> None:
        """Begin a leaf in the innermost container."""
        self.open[-1].children.append(leaf)
        self.leaf = leaf
        self.extend()

    def underline(self, rank: int) -> None:
        """Make the open paragraph a heading."""
        if self.leaf:
            self.leaf.kind, self.leaf.number = "heading", rank
            self.extend()
            self.leaf = None

    def add(self, line: str) -> None:
        """Add a line to the open leaf."""
        if self.leaf:
            self.leaf.lines.append(line)
        self.extend()

    def extend(self) -> None:
        """Move the end of the open blocks to this line."""
        for block in (*self.open, self.leaf):
            if block:
                block.end = self.number
        for outer, inner in pairwise(self.open):
            if inner.kind in ("item", "definition"):
                outer.children[-1].end = self.number
