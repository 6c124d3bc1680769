"""Find the marks that git leaves where two people changed the same lines.

They stand at the left margin: `<<<<<<< ours`, `||||||| before`, `=======` and `>>>>>>> theirs`. A line `=======` alone
may also be a heading in Markdown, so it counts only together with another mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from handbook.diagnostics import Diagnostic, SourceSpan

_MARK = re.compile(r"(<{7}|\|{7}(?= \S)|={7}|>{7})(?: [^\n]*)?")
_START, _MIDDLE, _END = "<<<<<<<", "=======", ">>>>>>>"
_SIGNS = (_START, _END, "||||||| ")
"""A text without any of them has no conflict; this is true of nearly all."""


def merge_conflicts(text: str, file: str) -> list[Diagnostic]:
    """Return an error for each conflict in a text, and for each mark that is left over from one."""
    if not any(sign in text for sign in _SIGNS):
        return []
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    marks = [(number, mark[1]) for number, line in enumerate(lines, 1) if (mark := _MARK.fullmatch(line))]
    return [_conflict(file, lines, group) for group in _groups(marks)]


def _groups(marks: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Yield the marks of each conflict, also of one whose start or end is missing.

    Outside a conflict, `=======` belongs to the next end, or it is a heading.
    """
    group: list[tuple[int, str]] = []
    for number, mark in marks:
        kinds = [kind for _, kind in group]
        if mark == _START or (mark == _MIDDLE and kinds == [_MIDDLE]):
            yield from [group] if kinds and kinds != [_MIDDLE] else []
            group = [(number, mark)]
        elif mark not in kinds:
            group.append((number, mark))
        if mark == _END:
            yield group
            group = []
    if group and [kind for _, kind in group] != [_MIDDLE]:
        yield group


def _conflict(file: str, lines: Sequence[str], group: Sequence[tuple[int, str]]) -> Diagnostic:
    (number, mark), numbers = group[0], "、".join(str(number) for number, _ in group)
    message = f"ほかの人の変更とぶつかったところに git が付けた印 `{mark}` が残っています"
    hint = f"{numbers} 行めの印を消し、印の間の 2 通りの書き方から、正しい方だけを残してください"
    if [found for _, found in group] == [mark]:
        hint = f"{numbers} 行めの印を消してください"
    return Diagnostic(SourceSpan(file, number, 1, len(mark)), "merge-conflict", message, hint, lines[number - 1])
