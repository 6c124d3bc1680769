"""Footnotes in Markdown: each sign has its explanation, each explanation its sign."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.load.source import Source
from handbook.mistakes import Mistake, nearest
from handbook.model import without_code

_SIGN = re.compile(r"(?<!\\)\[\^(?P<name>[^\]\s]+)\](?P<defines>:)?")


def footnotes(source: Source, first: int, last: int) -> Iterator[Mistake]:
    """Yield each sign `[^1]` in lines `first` to `last` (from 1) without its line `[^1]: …`, and the reverse."""
    typed = source.lines[first - 1 : last]
    if "[^" not in "\n".join(typed):
        return
    lines = without_code(typed)
    found = [(number, sign) for number, line in enumerate(lines, first) for sign in _SIGN.finditer(line)]
    explained = {sign["name"] for _, sign in found if _defines(sign)}
    used = {sign["name"] for _, sign in found if not _defines(sign)}
    for number, sign in found:
        name = sign["name"]
        if _defines(sign) and name not in used:
            message, hint = f"脚注 `[^{name}]` の印が文の中にありません", f"文の中に `[^{name}]` と書きます"
        elif name not in explained:
            near = nearest(name, explained - used)
            message = f"脚注 `[^{name}]` の説明がありません"
            hint = f"`[^{near}]` のことですか" if near else f"文章の終わりに `[^{name}]: 説明` の行を書きます"
        else:
            continue
        yield source.mistake(number, sign.start() + 1, len(name) + 3, "footnote-pair", message, hint)


def _defines(sign: re.Match[str]) -> bool:
    """Whether a sign opens the line that explains it."""
    return bool(sign["defines"]) and not sign.string[: sign.start()].strip()
