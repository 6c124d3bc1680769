"""Where YAML breaks off: what to tell the editor, and how to read on behind it.

The parser's own words name its inner state; these name what a person did. Works on lines and on the parser's error
alone, so that a broken line costs its own content and no more.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ITEM = re.compile(r" *(?:- |-$|#|[^:]*:(?: |$))")
_OPEN = "引用符が閉じていません", "値のはじめと終わりの \" や ' を確かめてください"
_START = "この文字では値を始められません", '値を " " で囲んでください（`@` や `*` や `!` で始まる値など）'
_WORDS = {
    "mapping values are not allowed": (
        "`:` の使い方が正しくありません",
        '字下げが上の行とそろっているか、文の中の `: ` を " " で囲んだかを確かめてください',
    ),
    "did not find expected '-'": ("字下げか `-` がそろっていません", "同じ並びの行と字下げをそろえてください"),
    "did not find expected key": ("字下げがそろっていないか、余分な文字があります", "すぐ上の行も見てください"),
    "could not find expected ':'": ("項目名のあとに `:` がありません", "`項目: 値` の形で書きます"),
    "cannot start any token": _START,
    "alphabetic or numeric character": _START,
    "expected whitespace or line break": _START,
    "mapping keys are not allowed": _START,
    "expected comment or line break": (
        "`|` と同じ行に文字があります",
        "`|` だけを書いて改行し、次の行から字下げして書きます",
    ),
    "unexpected end of stream": ("引用符が閉じていません", "値のはじめと終わりの \" や ' を確かめてください"),
    "block sequence entries": ("`-` をここには書けません", "`-` は次の行に、字下げして書きます"),
    "',' or ']'": ("`[` に対する `]` がありません", "`[言葉, 言葉]` の形で書きます"),
    "',' or '}'": ("`{` に対する `}` がありません", "`{項目: 値, 項目: 値}` の形で書きます"),
    "unknown escape": ('" " の中の `\\` の使い方が正しくありません', "' ' で囲むと、`\\` もそのままの文字になります"),
}


class Breakage(NamedTuple):
    """What broke the YAML: the parts of a mistake."""

    line: int
    column: int
    width: int
    rule: str
    message: str
    hint: str


def breakage(error: Exception, lines: list[str], quote: tuple[int, int] | None) -> Breakage:
    """Say in plain words what broke the YAML, at the line that most likely did it.

    `quote` is where the last value began, if it ran on over several lines inside a quote.
    """
    if quote:
        # A quote that was left open runs on until the next one, and only there the parser stumbles.
        return Breakage(*quote, 1, "yaml-syntax", *_OPEN)
    problem = str(getattr(error, "problem", "") or error)
    line, column = _place(error, lines)
    text = lines[line - 1]
    above = next((other for other in reversed(lines[: line - 1]) if other.strip()), "")
    start = len(text) - len(text.lstrip(" "))
    if "mapping values" in problem and ": " not in text[: column - 1] and start > _key_column(above):
        message, hint = "上の行より深く字下げされています", "同じ並びの行と字下げをそろえてください"
        return Breakage(line, start + 1, column - 1 - start, "deeper-indent", message, hint)
    message, hint = next((words for key, words in _WORDS.items() if key in problem), ("YAML として読めません", problem))
    if "expected key" in problem and text[: column - 1].strip(" -"):
        message, hint = "値のあとに余分な文字があります", "値の全体を ' ' で囲みます"
    if "expected ':'" in problem and above.endswith((" |", " |-")):
        message, hint = "`|` の文章が字下げされていません", "`|` を書いた行より深く字下げします"
    return Breakage(line, column, 1, "yaml-syntax", message, hint)


def _place(error: Exception, lines: list[str]) -> tuple[int, int]:
    """Return the line and column to blame: where a bracket or quote was opened, else where the parser stopped."""
    context = str(getattr(error, "context", "") or "")
    mark = getattr(error, "problem_mark", None)
    began = getattr(error, "context_mark", None)
    if began and ("scanning a" in context or "flow" in context):
        mark = began
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    line = min(line, max(1, len(lines)))
    while line > 1 and not lines[line - 1].strip():
        line, column = line - 1, 1
    return line, column


def step_over(broken: Breakage, lines: list[str]) -> set[int]:
    """Change the lines so that the rest can be read; return the numbers of those that were given up.

    A line that is indented too far is drawn back with all that goes with it. Any other is emptied, together with the
    lines right under it that hang from it: more deeply indented, or no `key: value`.
    """
    first = broken.line
    indent = len(lines[first - 1]) - len(lines[first - 1].lstrip(" "))
    above = next((other for other in reversed(lines[: first - 1]) if other.strip()), "")
    gone: set[int] = set()
    for number in range(first, len(lines) + 1):
        below = lines[number - 1]
        own = len(below) - len(below.lstrip(" "))
        if broken.rule == "deeper-indent":
            if below.strip() and own < indent:
                break
            lines[number - 1] = below[indent - _key_column(above) :]
        elif number > first and below.strip() and (own < indent or (own == indent and _ITEM.match(below))):
            break
        elif below.strip():
            gone.add(number)
            lines[number - 1] = ""
    return gone


def _key_column(line: str) -> int:
    """Return the column of a line's key, behind spaces and dashes."""
    return len(line) - len(line.lstrip(" -"))
