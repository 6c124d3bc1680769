"""Texts in which so many brackets stand open that Markdown would look for their ends for hours.

Its time grows with the square of what is left open: in a paragraph for links and code, in a whole text for tags and
fences. So the squares are counted before it begins. A limit in seconds would refuse on one machine what another takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.load.footnotes import footnotes
from handbook.load.headings import headings
from handbook.load.source import Source
from handbook.mistakes import Mistake

MOST = 3_000
"""What one text may leave open in one paragraph; it takes Markdown about two seconds."""
DECLARED = 30
"""A `<![` takes as long as so many open tags."""
_WHOLE = re.compile(r"\[\[[^\[\]]*\]\]|\[[^\[\]]*\]\([^()\[\]]*\)|<[a-zA-Z/][^<>`]*>")
"""A link, a reference, a tag: found at once."""
_FENCE = re.compile(r"\s*(?:```|~~~)")


def texts(source: Source, first: int, last: int) -> Iterator[Mistake]:
    """Yield all that is wrong with the Markdown in lines `first` to `last` (from 1), as far as its signs can tell."""
    yield from tangled(source, first, last) or [*headings(source, first, last), *footnotes(source, first, last)]


def tangled(source: Source, first: int, last: int) -> list[Mistake]:
    """Tell of the paragraph that leaves too much open in lines `first` to `last` (from 1), if that is too much."""
    typed = "\n".join(source.lines[first - 1 : last])
    if sum(map(typed.count, "[`<~")) * (1 + DECLARED) <= MOST:  # even all of them together could not be too much
        return []
    own = worst = total = 0
    at = begun = first
    tags = fences = 0
    for number in range(first, last + 2):
        line = source.lines[number - 1].strip() if number <= last else ""
        if line:
            left = _WHOLE.sub("", line)
            own += left.count("[") + left.count("`")
            tags += left.count("<") + DECLARED * left.count("<![")
            fences += bool(_FENCE.match(line))
            continue
        total += own**2
        if own > worst:
            worst, at = own, begun
        own, begun = 0, number + 1
    if total + tags**2 + fences**2 <= MOST**2:
        return []
    message = "閉じていない記号（`[` `<` `` ` `` `~~~`）が多すぎて、文章を組めません"
    hint = "閉じるか、記号の前に `\\` を書くか、文章を分けてください"
    return [source.mistake(at if worst else first, 1, 1, "tangled", message, hint)]
