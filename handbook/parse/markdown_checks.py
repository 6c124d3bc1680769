"""Check Markdown before it is rendered: heading levels, footnote pairs, and too many unclosed brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.diagnostics import Diagnostic, closest_match
from handbook.model import CODE_FENCE, blank_out_code
from handbook.parse.edits import replace_text
from handbook.parse.source import Source

MAX_OPEN_BRACKETS = 3_000
"""Unclosed brackets per paragraph. Rendering this many takes about two seconds."""
DECLARATION_WEIGHT = 30
"""A `<![` takes as long as this many open tags."""
_HEADING_LINE = re.compile(r"\s*(?P<marks>#{1,6})(?P<space>\s*)(?P<title>.*?)\s*#*")
_FOOTNOTE_MARK = re.compile(r"(?<!\\)\[\^(?P<name>[^\]\s]+)\](?P<defines>:)?")
_CLOSED_LINK = re.compile(r"\[\[[^\[\]]*\]\]|\[[^\[\]]*\]\([^()\[\]]*\)|<[a-zA-Z/][^<>`]*>")
"""Matches a link, a reference or a tag. Markdown parses each in one step."""


def markdown_errors(source: Source, first: int, last: int) -> Iterator[Diagnostic]:
    """Yield all errors in the Markdown in lines `first` to `last` (from 1)."""
    yield from bracket_overload_errors(source, first, last) or [
        *heading_errors(source, first, last),
        *footnote_errors(source, first, last),
    ]


def bracket_overload_errors(source: Source, first: int, last: int) -> list[Diagnostic]:
    """Return an error for the paragraph with the most unclosed brackets in lines `first` to `last` (from 1), or `[]`.

    The time of rendering grows with the square of their number: per paragraph for links and code, per text for tags
    and fences. The limit is a number, not a time, so that each machine accepts the same texts.
    """
    text = "\n".join(source.lines[first - 1 : last])
    # Even the highest weight for each bracket stays within the limit.
    if sum(map(text.count, "[`<~")) * (1 + DECLARATION_WEIGHT) <= MAX_OPEN_BRACKETS:
        return []
    in_paragraph = most = total = 0
    worst_line = paragraph_line = first
    tags = fences = 0
    for number in range(first, last + 2):
        line = source.lines[number - 1].strip() if number <= last else ""
        if line:
            unclosed = _CLOSED_LINK.sub("", line)
            in_paragraph += unclosed.count("[") + unclosed.count("`")
            tags += unclosed.count("<") + DECLARATION_WEIGHT * unclosed.count("<![")
            fences += bool(CODE_FENCE.match(line))
            continue
        total += in_paragraph**2
        if in_paragraph > most:
            most, worst_line = in_paragraph, paragraph_line
        in_paragraph, paragraph_line = 0, number + 1
    if total + tags**2 + fences**2 <= MAX_OPEN_BRACKETS**2:
        return []
    message = "閉じていない記号（`[` `<` `` ` `` `~~~`）が多すぎて、文章を組めません"
    hint = "閉じるか、記号の前に `\\` を書くか、文章を分けてください"
    return [source.mistake(worst_line if most else first, 1, 1, "too-many-open-brackets", message, hint)]


def heading_errors(source: Source, first: int, last: int) -> Iterator[Diagnostic]:
    """Yield an error for each heading in lines `first` to `last` (from 1) with a wrong level or no space after `#`.

    The h1 is the title of the page, so the first heading has `##`, and each is at most one level below the last.
    """
    if "#" not in "\n".join(source.lines[first - 1 : last]):
        return
    last_level, in_fence = 1, False
    text_lines = [line for line in source.lines[first - 1 : last] if line.strip()]
    margin = len(text_lines[0]) - len(text_lines[0].lstrip(" ")) if text_lines else 0
    for number in range(first, last + 1):
        line = source.lines[number - 1]
        if CODE_FENCE.match(line):
            in_fence = not in_fence
        match = None if in_fence else _HEADING_LINE.fullmatch(line)
        if not match or not match["title"] or match.start("marks") > margin + 3:  # four or more spaces are a code block
            continue
        marks, column = match["marks"], match.start("marks") + 1
        if not match["space"]:
            hint = f"`{marks} {match['title']}`"
            message = "見出しの `#` のあとに空白がありません"
            mistake = source.mistake(number, column, len(marks), "heading-space", message, hint)
            yield mistake.with_fix(replace_text(source, number, column, marks, f"{marks} "))
            continue
        if len(marks) == 1 or len(marks) > last_level + 1:
            expected = "#" * max(2, last_level + (len(marks) > 1))
            message = f"見出しの段 `{marks}` がここでは合いません"
            hint = f"`{expected}` にしてください（`#` はページの題、`##` から 1 段ずつ）"
            mistake = source.mistake(number, column, len(marks), "heading-level", message, hint)
            yield mistake.with_fix(replace_text(source, number, column, marks, expected))
        last_level = max(2, min(len(marks), last_level + 1))


def footnote_errors(source: Source, first: int, last: int) -> Iterator[Diagnostic]:
    """Yield an error for each mark `[^1]` in lines `first` to `last` (from 1) without its `[^1]: …`, or the reverse."""
    source_lines = source.lines[first - 1 : last]
    if "[^" not in "\n".join(source_lines):
        return
    lines = blank_out_code(source_lines)
    marks = [(number, mark) for number, line in enumerate(lines, first) for mark in _FOOTNOTE_MARK.finditer(line)]
    defined = {mark["name"] for _, mark in marks if _is_definition(mark)}
    used = {mark["name"] for _, mark in marks if not _is_definition(mark)}
    for number, mark in marks:
        name, edit = mark["name"], None
        if _is_definition(mark) and name not in used:
            message, hint = f"脚注 `[^{name}]` の印が文の中にありません", f"文の中に `[^{name}]` と書きます"
        elif name not in defined:
            near = closest_match(name, defined - used)
            message = f"脚注 `[^{name}]` の説明がありません"
            hint = f"`[^{near}]` のことですか" if near else f"文章の終わりに `[^{name}]: 説明` の行を書きます"
            edit = replace_text(source, number, mark.start("name") + 1, name, near) if near else None
        else:
            continue
        mistake = source.mistake(number, mark.start() + 1, len(name) + 3, "footnote-pair", message, hint)
        yield mistake.with_fix(edit)


def _is_definition(mark: re.Match[str]) -> bool:
    """Return whether the mark starts the line with the footnote's text."""
    return bool(mark["defines"]) and not mark.string[: mark.start()].strip()
