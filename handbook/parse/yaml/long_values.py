"""Errors of values that continue on the next line."""

from __future__ import annotations

from handbook.diagnostics import Diagnostic
from handbook.field_types import TEXT_TYPES
from handbook.fields import field_names
from handbook.parse.edits.source_edits import replace_lines, replace_text, yaml_value
from handbook.parse.source import Source
from handbook.parse.yaml.rewritten_lines import is_plain_field, joined, text_block
from handbook.parse.yaml.values import Scalar


def value_over_lines(
    source: Source, value: Scalar, key: Scalar | None, end: tuple[int, int], *, in_brackets: bool
) -> list[Diagnostic]:
    """Return the error for a value that continues on the next line, or `[]` if the value has another error.

    `end` is the line (from 1) and the column (from 0) behind the value.
    """
    mistake = source.mistake(value.line, value.column, 1, "value-over-lines", "値が次の行まで続いています")
    name = key.text if key else ""
    if key and name in field_names(TEXT_TYPES) and not in_brackets:
        change = text_block(source.lines, key.line, value.end_line)
        if not change:
            return [mistake.with_hint(f"`{name}: |` だけを書いて改行し、文は次の行から字下げして書きます")]
        return [mistake.with_hint(change.hint).with_fix(replace_lines(source, change.first, change.last, change.lines))]
    if key and not is_plain_field(name):
        return []
    typed = "\n".join(source.lines[value.line - 1 : end[0]])
    typed = typed[value.column - 1 : len(typed) - len(source.lines[end[0] - 1]) + end[1]]
    is_quoted = typed[:1] in ("'", '"')
    whole = yaml_value(joined((typed[1:-1] if is_quoted else typed).split("\n")), in_braces=in_brackets)
    hint = f"1 行に続けて `{f'{name}: ' if key else ''}{whole}` と書きます"
    if not key and not in_brackets:
        hint += "。別の言葉なら、次の行のはじめに `- ` を付けます"
    edit = replace_text(source, value.line, value.column, typed, whole)
    return [mistake.with_hint(hint).with_fix(None if is_quoted and "\\" in typed else edit)]
