"""Explain YAML syntax errors, and change the lines so that the rest of the file can be parsed.

PyYAML's messages describe the state of its parser. The messages here describe the mistake of the editor. The functions
use the lines and PyYAML's error only, so that a syntax error loses as few lines as possible.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from handbook.parse.yaml import rewritten_lines, rewritten_lists
from handbook.parse.yaml.line_fixes import closed_quote, corrected_line
from handbook.parse.yaml.messages import MESSAGES, UNCLOSED_QUOTE
from handbook.parse.yaml.rewritten_lines import RewrittenLines, indentation, key_column

_STRUCTURE_LINE = re.compile(r" *(?:- |-$|#|[^:]*:(?: |$))")


class YamlError(NamedTuple):
    """The arguments of `Source.mistake` for a syntax error, and the corrected line."""

    line: int
    column: int
    width: int
    rule: str
    message: str
    hint: str
    change: RewrittenLines | None = None
    """The hint as lines. The rest of the file is read with them."""
    corrected: str = ""
    """The line without the error, if that is known. The rest of the file is read without it."""


def explain_yaml_error(error: Exception, lines: list[str], quote: tuple[int, int] | None) -> YamlError:
    """Return the message for a syntax error, at the line that most probably caused it.

    `quote` is the start of the last value if it is quoted and spans several lines.
    """
    if quote:
        # An unclosed quote extends to the next quote, and PyYAML reports the error only there.
        return YamlError(*quote, 1, "yaml-syntax", *UNCLOSED_QUOTE, None, closed_quote(lines[quote[0] - 1], quote[1]))
    problem = str(getattr(error, "problem", "") or error)
    line, column = _error_position(error, lines)
    text = lines[line - 1]
    if rewritten := _rewritten_value(lines, problem, line, column):
        return rewritten
    if indentation_error := _indentation_error(lines, problem, line, column):
        return indentation_error
    message, hint = next(
        (message_and_hint for key, message_and_hint in MESSAGES.items() if key in problem),
        ("この行の書き方を読めません", "すぐ上の行とこの行の、`:` と括弧と引用符を確かめてください"),
    )
    if "expected key" in problem and text[: column - 1].strip(" -"):
        message, hint = "値のあとに余分な文字があります", "値の全体を ' ' で囲みます"
    if ("expected '-'" in problem or "expected key" in problem) and not text[: column - 1].strip():
        return YamlError(line, column, 1, "uneven-indent", message, hint)
    return YamlError(line, column, 1, "yaml-syntax", message, hint, None, corrected_line(problem, text, column))


def _rewritten_value(lines: list[str], problem: str, line: int, column: int) -> YamlError | None:
    """Return the error for a text or list that is written in a way that only the whole value explains, or None."""
    text = lines[line - 1]
    indent = indentation(text)
    if "expected comment or line break" in problem and (change := rewritten_lines.text_after_sign(lines, line)):
        return YamlError(line, column, 1, "yaml-syntax", "`|` と同じ行に文字があります", change.hint, change=change)
    if "block sequence entries" in problem and (change := rewritten_lists.lone_dash(lines, line)):
        return YamlError(line, column, 1, "empty-value", "`-` だけでは、値になりません", change.hint, change=change)
    if re.search("mapping values|expected", problem) and (change := rewritten_lists.shallow_items(lines, line)):
        first = change.first
        message = f"`{lines[first - 1].strip()}` の字下げが足りません"
        return YamlError(first, 1, indentation(lines[first - 1]) + 1, "shallow-indent", message, change.hint, change)
    if "block sequence entries" in problem and (change := rewritten_lists.list_after_colon(lines, line)):
        return YamlError(line, column, 1, "yaml-syntax", "`-` をここには書けません", change.hint, change=change)
    if "mapping values" in problem and (change := rewritten_lines.deeper_text(lines, line)):
        return _text_error(lines, line, change)
    is_text = text.lstrip().startswith("- ") or not re.search(r":(?: |$)", text)
    if (
        not re.search("expected|cannot start", problem)
        or not is_text
        or not (change := rewritten_lines.broken_text(lines, line))
    ):
        return None
    if change.first == line:
        message = "`|` の文章が字下げされていません"
        return YamlError(line, indent + 1, len(text) - indent, "yaml-syntax", message, change.hint, change=change)
    return _text_error(lines, line, change)


def _text_error(lines: list[str], line: int, change: RewrittenLines) -> YamlError:
    """Return the error for a line that continues a text above it."""
    indent = indentation(lines[line - 1])
    key = lines[change.first - 1].strip(" -").partition(":")[0].strip()
    message = f"{change.first} 行めの `{key}` の続きのようですが、このままでは読めません"
    return YamlError(line, indent + 1, len(lines[line - 1]) - indent, "value-over-lines", message, change.hint, change)


def _indentation_error(lines: list[str], problem: str, line: int, column: int) -> YamlError | None:
    """Return the indentation error of a line, or None if indentation is not the cause."""
    align_hint = "同じ並びの行と字下げをそろえてください"
    text = lines[line - 1]
    is_unexpected = "did not find expected" in problem or (
        "mapping values" in problem and ": " not in text[: column - 1]
    )
    if is_unexpected and (dash := _misaligned_item(lines, line)):
        other_indent = indentation(lines[dash - 1])
        return YamlError(dash, other_indent + 1, 1, "uneven-indent", "`-` の字下げが、下の行と合いません", align_hint)
    indent = indentation(text)
    first = next((number for number, other in enumerate(lines, 1) if re.match(" *[^ #]", other)), 1)
    if "document start" in problem and lines[first - 1].startswith(" "):
        other_indent = indentation(lines[first - 1])
        return YamlError(
            first, 1, other_indent, "deeper-indent", "はじめの行が字下げされています", "行の頭の空白を消します"
        )
    dedented = line if "expected '-'" in problem and _is_between_deeper_lines(lines, line) else 0
    if "mapping values" in problem or "expected key" in problem:
        dedented = _dedented_line(lines, line, indent)
    if dedented:
        other_indent = indentation(lines[dedented - 1])
        width = len(lines[dedented - 1][other_indent:].partition(":")[0])
        return YamlError(
            dedented, other_indent + 1, width, "shallow-indent", "上下の行より浅く字下げされています", align_hint
        )
    above = _previous_line(lines, line)
    if "mapping values" in problem and ": " not in text[: column - 1] and indent > key_column(above):
        return YamlError(
            line, indent + 1, column - 1 - indent, "deeper-indent", "上の行より深く字下げされています", align_hint
        )
    return None


def _misaligned_item(lines: list[str], line: int) -> int:
    """Return the line above (from 1) if it begins a list item with a wrong indentation, else 0.

    It is wrong if this line and the next have the same indentation, but another than the item's first key.
    """
    numbers = [number for number, text in enumerate(lines, 1) if text.strip() and not text.lstrip(" ").startswith("#")]
    index = bisect_left(numbers, line)
    if not 0 < index < len(numbers) - 1 or numbers[index] != line:
        return 0
    above, below = lines[numbers[index - 1] - 1], lines[numbers[index + 1] - 1]
    indent = indentation(lines[line - 1])
    is_aligned = indentation(below) == indent and "-" not in (below[indent], lines[line - 1][indent])
    is_misaligned_item = re.match(r" *- +[^-\s:]+:", above) and key_column(above) != indent >= 2
    return numbers[index - 1] if is_aligned and is_misaligned_item else 0


def _is_between_deeper_lines(lines: list[str], line: int) -> bool:
    """Return whether the keys above and below a line (from 1) have the same column, further right than the line."""
    above, below = _previous_line(lines, line), next((text for text in lines[line:] if re.match(" *[^ #]", text)), "")
    return key_column(above) == indentation(below) > indentation(lines[line - 1])


def _dedented_line(lines: list[str], line: int, indent: int) -> int:
    """Return the line above (from 1) if it is indented less than the lines before and after it, else 0."""
    above = [number for number in range(line - 1, max(0, line - 50), -1) if re.match(" *[^ #]", lines[number - 1])][:2]
    if len(above) < 2 or lines[above[0] - 1].lstrip(" ").startswith("-"):
        return 0
    nearest_column, second_column = (key_column(lines[number - 1]) for number in above)
    if lines[above[1] - 1][second_column : second_column + 1] in ("{", "["):
        return 0
    return above[0] if nearest_column < indent == second_column else 0


def _error_position(error: Exception, lines: list[str]) -> tuple[int, int]:
    """Return the line and column of an unclosed bracket or quote, else those where the parser stopped."""
    context = str(getattr(error, "context", "") or "")
    mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None)
    if context_mark and ("scanning a" in context or "flow" in context):
        mark = context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    line = min(line, max(1, len(lines)))
    while line > 1 and not lines[line - 1].strip():
        line, column = line - 1, 1
    return line, column


def skip_broken_lines(yaml_error: YamlError, lines: list[str]) -> set[int]:
    """Change the lines in place so that the rest can be parsed. Return the numbers of the cleared lines.

    A value that is written in a wrong way is written correctly, or its further lines are cleared. A line that is
    indented too little is aligned with the next. One that is indented too far is moved left with the lines nested in
    it. Any other is cleared with the lines under it that belong to it: indented further, or without `key: value`.
    """
    first, change = yaml_error.line, yaml_error.change
    if change and len(change.lines) <= (count := change.last - change.first + 1):
        lines[change.first - 1 : change.last] = [*change.lines, *[""] * (count - len(change.lines))]
        return set()
    if change and change.first < first:  # the text is no value that another message needs
        lines[first - 1 : change.last] = [""] * (change.last - first + 1)
        return set()
    if yaml_error.rule == "shallow-indent":
        below = next(other for other in lines[first:] if other.strip())
        lines[first - 1] = " " * key_column(below) + lines[first - 1].lstrip(" ")
        return set()
    next_line = next((number for number, text in enumerate(lines[first:], first + 1) if re.match(r" *[^\s#]", text)), 0)
    if yaml_error.rule == "uneven-indent" and next_line and _misaligned_item(lines, next_line) == first:
        lines[first - 1] = " " * (indentation(lines[next_line - 1]) - 2) + "- " + lines[first - 1].lstrip(" -")
        return set()
    indent = indentation(lines[first - 1])
    above = _previous_line(lines, first)
    cleared = set(range(first + 1, change.last + 1)) if change else set()
    for number in cleared:
        lines[number - 1] = ""
    for number in range(first, len(lines) + 1):
        below = lines[number - 1]
        below_indent = indentation(below)
        if yaml_error.rule == "deeper-indent":
            if below.strip() and below_indent < indent:
                break
            lines[number - 1] = below[indent - key_column(above) :]
        elif number > first and below.strip() and _is_recovered(below, below_indent, indent, yaml_error.rule):
            break
        elif below.strip():
            cleared.add(number)
            lines[number - 1] = ""
    return cleared


def _is_recovered(line: str, own_indent: int, indent: int, rule: str) -> bool:
    """Return whether a line no longer belongs to the broken one, which is indented by `indent`."""
    if own_indent != indent:
        return own_indent < indent
    # At a wrong indentation other keys are errors too; only a new list item is valid.
    return bool(_STRUCTURE_LINE.match(line)) and (rule != "uneven-indent" or line[own_indent] == "-")


def _previous_line(lines: list[str], line: int) -> str:
    """Return the nearest line above `line` (from 1) that is not blank, or `""`."""
    return next((other for other in reversed(lines[: line - 1]) if other.strip()), "")
