"""Where YAML breaks off: what to tell the editor, and how to read on behind it.

The parser's own words name its inner state; these name what a person did. Works on lines and on the parser's error
alone, so that a broken line costs its own content and no more.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

_STRUCTURE_LINE = re.compile(r" *(?:- |-$|#|[^:]*:(?: |$))")
_UNCLOSED_QUOTE = "引用符が閉じていません", "値のはじめと終わりの \" や ' を確かめてください"
_BAD_FIRST_CHAR = "この文字では値を始められません", '値を " " で囲んでください（`@` や `*` や `!` で始まる値など）'
_MESSAGES = {
    "mapping values are not allowed": (
        "`:` の使い方が正しくありません",
        '字下げが上の行とそろっているか、文の中の `: ` を " " で囲んだかを確かめてください',
    ),
    "did not find expected '-'": ("字下げか `-` がそろっていません", "同じ並びの行と字下げをそろえてください"),
    "did not find expected key": ("字下げがそろっていないか、余分な文字があります", "すぐ上の行も見てください"),
    "could not find expected ':'": ("項目名のあとに `:` がありません", "`項目: 値` の形で書きます"),
    "cannot start any token": _BAD_FIRST_CHAR,
    "alphabetic or numeric character": _BAD_FIRST_CHAR,
    "expected whitespace or line break": _BAD_FIRST_CHAR,
    "mapping keys are not allowed": _BAD_FIRST_CHAR,
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


class YamlError(NamedTuple):
    """What broke the YAML: the parts of a mistake."""

    line: int
    column: int
    width: int
    rule: str
    message: str
    hint: str


def explain_yaml_error(error: Exception, lines: list[str], quote: tuple[int, int] | None) -> YamlError:
    """Say in plain words what broke the YAML, at the line that most likely did it.

    `quote` is where the last value began, if it ran on over several lines inside a quote.
    """
    if quote:
        # A quote that was left open runs on until the next one, and only there the parser stumbles.
        return YamlError(*quote, 1, "yaml-syntax", *_UNCLOSED_QUOTE)
    problem = str(getattr(error, "problem", "") or error)
    line, column = _error_position(error, lines)
    text = lines[line - 1]
    above = _previous_line(lines, line)
    if moved := _indentation_error(lines, problem, line, column):
        return moved
    message, hint = next(
        (words for key, words in _MESSAGES.items() if key in problem), ("YAML として読めません", problem)
    )
    if "expected key" in problem and text[: column - 1].strip(" -"):
        message, hint = "値のあとに余分な文字があります", "値の全体を ' ' で囲みます"
    if ("expected '-'" in problem or "expected key" in problem) and not text[: column - 1].strip():
        return YamlError(line, column, 1, "uneven-indent", message, hint)
    if "expected ':'" in problem and above.endswith((" |", " |-")):
        message, hint = "`|` の文章が字下げされていません", "`|` を書いた行より深く字下げします"
    return YamlError(line, column, 1, "yaml-syntax", message, hint)


def _indentation_error(lines: list[str], problem: str, line: int, column: int) -> YamlError | None:
    """Return what a line did wrong that stands too far left or right, if that is what broke the YAML."""
    alike = "同じ並びの行と字下げをそろえてください"
    text = lines[line - 1]
    astray = "did not find expected" in problem or ("mapping values" in problem and ": " not in text[: column - 1])
    if astray and (dash := _misaligned_item(lines, line)):
        own = _indent(lines[dash - 1])
        return YamlError(dash, own + 1, 1, "uneven-indent", "`-` の字下げが、下の行と合いません", alike)
    start = _indent(text)
    first = next((number for number, words in enumerate(lines, 1) if re.match(" *[^ #]", words)), 1)
    if "document start" in problem and lines[first - 1].startswith(" "):
        own = _indent(lines[first - 1])
        return YamlError(first, 1, own, "deeper-indent", "はじめの行が字下げされています", "行の頭の空白を消します")
    if ("mapping values" in problem or "expected key" in problem) and (low := _dedented_line(lines, line, start)):
        own = _indent(lines[low - 1])
        width = len(lines[low - 1][own:].partition(":")[0])
        return YamlError(low, own + 1, width, "shallow-indent", "上下の行より浅く字下げされています", alike)
    above = _previous_line(lines, line)
    if "mapping values" in problem and ": " not in text[: column - 1] and start > _key_column(above):
        return YamlError(
            line, start + 1, column - 1 - start, "deeper-indent", "上の行より深く字下げされています", alike
        )
    return None


def _misaligned_item(lines: list[str], line: int) -> int:
    """Return the line right above (from 1) if it opens an item whose next lines agree on another indentation."""
    words = [number for number, text in enumerate(lines, 1) if text.strip() and not text.lstrip(" ").startswith("#")]
    at = bisect_left(words, line)
    if not 0 < at < len(words) - 1 or words[at] != line:
        return 0
    above, below = lines[words[at - 1] - 1], lines[words[at + 1] - 1]
    own = _indent(lines[line - 1])
    agreed = _indent(below) == own and "-" not in (below[own], lines[line - 1][own])
    return words[at - 1] if agreed and re.match(r" *- +[^-\s:]+:", above) and _key_column(above) != own >= 2 else 0


def _dedented_line(lines: list[str], line: int, start: int) -> int:
    """Return the line above (from 1) if it alone stands further left than those on both its sides, else 0."""
    above = [number for number in range(line - 1, max(0, line - 50), -1) if lines[number - 1].strip()][:2]
    if len(above) < 2 or lines[above[0] - 1].lstrip(" ").startswith("-"):
        return 0
    near, far = (_key_column(lines[number - 1]) for number in above)
    if lines[above[1] - 1][far : far + 1] in ("{", "["):
        return 0
    return above[0] if near < start == far else 0


def _error_position(error: Exception, lines: list[str]) -> tuple[int, int]:
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


def skip_broken_lines(broken: YamlError, lines: list[str]) -> set[int]:
    """Change the lines so that the rest can be read; return the numbers of those that were given up.

    A line that alone stands too far left is moved to those around it, one that is indented too far is drawn back with
    all that goes with it. Any other is emptied, together with the
    lines right under it that hang from it: more deeply indented, or no `key: value`.
    """
    first = broken.line
    if broken.rule == "shallow-indent":
        below = next(other for other in lines[first:] if other.strip())
        lines[first - 1] = " " * _key_column(below) + lines[first - 1].lstrip(" ")
        return set()
    further = next((n for n, text in enumerate(lines[first:], first + 1) if re.match(r" *[^\s#]", text)), 0)
    if broken.rule == "uneven-indent" and further and _misaligned_item(lines, further) == first:
        lines[first - 1] = " " * (_indent(lines[further - 1]) - 2) + "- " + lines[first - 1].lstrip(" -")
        return set()
    indent = _indent(lines[first - 1])
    above = _previous_line(lines, first)
    gone: set[int] = set()
    for number in range(first, len(lines) + 1):
        below = lines[number - 1]
        own = _indent(below)
        if broken.rule == "deeper-indent":
            if below.strip() and own < indent:
                break
            lines[number - 1] = below[indent - _key_column(above) :]
        elif number > first and below.strip() and _is_recovered(below, own, indent, broken.rule):
            break
        elif below.strip():
            gone.add(number)
            lines[number - 1] = ""
    return gone


def _is_recovered(line: str, own: int, indent: int, rule: str) -> bool:
    """Whether a line no longer hangs from the broken one, which is indented by `indent`."""
    if own != indent:
        return own < indent
    # Beside a line that fits nowhere, other keys fit nowhere either; a new item does.
    return bool(_STRUCTURE_LINE.match(line)) and (rule != "uneven-indent" or line[own] == "-")


def _key_column(line: str) -> int:
    """Return the column of a line's key, behind spaces and dashes."""
    return len(line) - len(line.lstrip(" -"))


def _indent(line: str) -> int:
    """Return how many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def _previous_line(lines: list[str], line: int) -> str:
    """Return the nearest line above one (from 1) that is not blank."""
    return next((other for other in reversed(lines[: line - 1]) if other.strip()), "")
