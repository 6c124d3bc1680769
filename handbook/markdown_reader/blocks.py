"""The blocks of a Markdown text as a tree: lists, quotes, tables, code, headings, raw HTML. `block_reader` makes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise


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
