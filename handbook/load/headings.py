"""Headings in Markdown: each one step below the last, so that a page can be read by its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.load.source import Source
from handbook.mistakes import Mistake

_HEADING = re.compile(r"\s*(?P<marks>#{1,6})(?P<space>\s*)(?P<words>.*?)\s*#*")
_FENCE = re.compile(r"\s*(?:```|~~~)")


def headings(source: Source, first: int, last: int) -> Iterator[Mistake]:
    """Yield the headings in lines `first` to `last` (from 1) that are too high, skip a step or lack their space.

    The h1 is the page's own title, so a text begins with `##`.
    """
    if "#" not in "\n".join(source.lines[first - 1 : last]):
        return
    above, fenced = 1, False
    shown = [line for line in source.lines[first - 1 : last] if line.strip()]
    margin = len(shown[0]) - len(shown[0].lstrip(" ")) if shown else 0
    for number in range(first, last + 1):
        line = source.lines[number - 1]
        if _FENCE.match(line):
            fenced = not fenced
        found = None if fenced else _HEADING.fullmatch(line)
        if not found or not found["words"] or found.start("marks") > margin + 3:  # indented further, it is code
            continue
        marks, column = found["marks"], found.start("marks") + 1
        if not found["space"]:
            hint = f"`{marks} {found['words']}`"
            yield source.mistake(
                number, column, len(marks), "heading-space", "見出しの `#` のあとに空白がありません", hint
            )
            continue
        if len(marks) == 1 or len(marks) > above + 1:
            fitting = "#" * max(2, above + (len(marks) > 1))
            message = f"見出しの段 `{marks}` がここでは合いません"
            hint = f"`{fitting}` にしてください（`#` はページの題、`##` から 1 段ずつ）"
            yield source.mistake(number, column, len(marks), "heading-level", message, hint)
        above = max(2, min(len(marks), above + 1))
