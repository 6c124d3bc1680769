"""Checks of Markdown before it is rendered: levels of headings, pairs of footnotes, too many unclosed brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.diagnostics import Diagnostic, closest_match
from handbook.model import CODE_FENCE, blank_out_code
from handbook.parse.source import Source

MAX_OPEN_BRACKETS = 3_000
"""Unclosed brackets in one paragraph; Markdown takes about two seconds for that many."""
DECLARATION_WEIGHT = 30
"""A `<![` takes as long as this many open tags."""
_HEADING_LINE = re.compile(r"\s*(?P<marks>#{1,6})(?P<space>\s*)(?P<words>.*?)\s*#*")
_FOOTNOTE_MARK = re.compile(r"(?<!\\)\[\^(?P<name>[^\]\s]+)\](?P<defines>:)?")
_CLOSED_LINK = re.compile(r"\[\[[^\[\]]*\]\]|\[[^\[\]]*\]\([^()\[\]]*\)|<[a-zA-Z/][^<>`]*>")
"""A link, a reference, a tag: parsed in one step."""


def markdown_errors(source: Source, first: int, last: int) -> Iterator[Diagnostic]:
    """Yield all errors in the Markdown in lines `first` to `last` (from 1)."""
    yield from bracket_overload_errors(source, first, last) or [
        *heading_errors(source, first, last),
        *footnote_errors(source, first, last),
    ]


def bracket_overload_errors(source: Source, first: int, last: int) -> list[Diagnostic]:
    """Return an error for the paragraph with most unclosed brackets in lines `first` to `last` (from 1), if too many.

    Markdown's time grows with the square of their number: in a paragraph for links and code, in a whole text for tags
    and fences. A limit in seconds would refuse on one machine what another accepts.
    """
    typed = "\n".join(source.lines[first - 1 : last])
    if (
        sum(map(typed.count, "[`<~")) * (1 + DECLARATION_WEIGHT) <= MAX_OPEN_BRACKETS
    ):  # even all of them together could not be too much
        return []
    own = worst = total = 0
    at = begun = first
    tags = fences = 0
    for number in range(first, last + 2):
        line = source.lines[number - 1].strip() if number <= last else ""
        if line:
            left = _CLOSED_LINK.sub("", line)
            own += left.count("[") + left.count("`")
            tags += left.count("<") + DECLARATION_WEIGHT * left.count("<![")
            fences += bool(CODE_FENCE.match(line))
            continue
        total += own**2
        if own > worst:
            worst, at = own, begun
        own, begun = 0, number + 1
    if total + tags**2 + fences**2 <= MAX_OPEN_BRACKETS**2:
        return []
    message = "閉じていない記号（`[` `<` `` ` `` `~~~`）が多すぎて、文章を組めません"
    hint = "閉じるか、記号の前に `\\` を書くか、文章を分けてください"
    return [source.mistake(at if worst else first, 1, 1, "too-many-open-brackets", message, hint)]


def heading_errors(source: Source, first: int, last: int) -> Iterator[Diagnostic]:
    """Yield each heading in lines `first` to `last` (from 1) of a wrong level or without a space after its `#`.

    The h1 is the title of the page, so a text begins with `##`, and each level is one below the last.
    """
    if "#" not in "\n".join(source.lines[first - 1 : last]):
        return
    above, fenced = 1, False
    shown = [line for line in source.lines[first - 1 : last] if line.strip()]
    margin = len(shown[0]) - len(shown[0].lstrip(" ")) if shown else 0
    for number in range(first, last + 1):
        line = source.lines[number - 1]
        if CODE_FENCE.match(line):
            fenced = not fenced
        found = None if fenced else _HEADING_LINE.fullmatch(line)
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


def footnote_errors(source: Source, first: int, last: int) -> Iterator[Diagnostic]:
    """Yield each mark `[^1]` in lines `first` to `last` (from 1) without its line `[^1]: …`, and the reverse."""
    typed = source.lines[first - 1 : last]
    if "[^" not in "\n".join(typed):
        return
    lines = blank_out_code(typed)
    found = [(number, sign) for number, line in enumerate(lines, first) for sign in _FOOTNOTE_MARK.finditer(line)]
    explained = {sign["name"] for _, sign in found if _is_definition(sign)}
    used = {sign["name"] for _, sign in found if not _is_definition(sign)}
    for number, sign in found:
        name = sign["name"]
        if _is_definition(sign) and name not in used:
            message, hint = f"脚注 `[^{name}]` の印が文の中にありません", f"文の中に `[^{name}]` と書きます"
        elif name not in explained:
            near = closest_match(name, explained - used)
            message = f"脚注 `[^{name}]` の説明がありません"
            hint = f"`[^{near}]` のことですか" if near else f"文章の終わりに `[^{name}]: 説明` の行を書きます"
        else:
            continue
        yield source.mistake(number, sign.start() + 1, len(name) + 3, "footnote-pair", message, hint)


def _is_definition(sign: re.Match[str]) -> bool:
    """Return whether a mark begins the line that explains the footnote."""
    return bool(sign["defines"]) and not sign.string[: sign.start()].strip()
