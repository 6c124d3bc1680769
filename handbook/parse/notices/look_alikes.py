"""Notices about characters that look like another one: radicals out of PDFs, spaces of an unusual kind, tabs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, count

from handbook.diagnostics import Diagnostic
from handbook.folding import usual_character
from handbook.markdown_reader.places import in_running_text
from handbook.parse.source import MAX_REPORTED, Source
from handbook.parse.typing_errors.typing_fix import space_name
from handbook.text_edits import TextEdit

_LOOK_ALIKE = re.compile(
    "[\u2e80-\u2fd5]|(?<!^)[\u00a0\u1680\u2000-\u200a\u202f\u205f](?!$)|(?<=[^\\s>|:#*+.)0-9-])\t(?=\\S)"
)
"""Matches such a character, but not a space at either end of a line, nor a tab that may stand behind a list mark."""


def look_alikes(source: Source, *, is_markdown: bool = False) -> Iterator[Diagnostic]:
    """Yield a notice for each such character in a file. Remarks in YAML and code in Markdown are left out."""
    text = "\n".join(source.lines)
    if not _LOOK_ALIKE.search(text):
        return
    starts = accumulate((len(line) + 1 for line in source.lines), initial=0)
    lines = (
        row for row in zip(source.lines, starts, count(1)) if is_markdown or not row[0].lstrip(" ").startswith("#")
    )
    matches = ((match, start, number) for line, start, number in lines for match in _LOOK_ALIKE.finditer(line))
    found = [(match, start, number) for match, start, number in matches if usual_character(match[0])][:MAX_REPORTED]
    seen = in_running_text(text, (start + match.start() for match, start, _ in found)) if is_markdown else None
    for match, start, number in found:
        if seen is None or start + match.start() in seen:
            yield _notice(source, number, match.start() + 1, match[0])


def _notice(source: Source, line: int, column: int, typed: str) -> Diagnostic:
    usual = usual_character(typed)
    if usual == " ":
        message, hint = f"{space_name(typed)}があります。ふつうの空白と見分けがつきません", "半角の空白にします"
    else:
        message = f"「{typed}」（U+{ord(typed):04X}）は部首だけを表す字です。見た目が同じ「{usual}」とは別の字です"
        hint = f"ふつうの「{usual}」にします"
    edit = TextEdit(file=source.file, line=line, column=column, old=typed, new=usual)
    return source.mistake(line, column, 1, "look-alike", message, hint).with_fix(edit, certain=True)
