"""Errors of YAML values whose correction needs the text around the value."""

from __future__ import annotations

import re
from collections.abc import Collection

from handbook.diagnostics import Diagnostic
from handbook.field_types import LINE_TYPES
from handbook.fields import field_names
from handbook.parse.edits import quoted, replace_text, yaml_value
from handbook.parse.source import Source
from handbook.parse.value_edits import replace_value
from handbook.parse.yaml_values import Scalar, YamlValue

_NUMBER_BEFORE = re.compile(r"(?<![0-9,])[0-9]{1,3}(?:,\s*[0-9]{3})*,\s*[0-9]{3}(?:\.[0-9]+)?$")
_NUMBER_AFTER = re.compile(r"(?:,\s*[0-9]{3}(?![0-9]))*(?:\.[0-9]+)?")
_IN_BRACKETS = re.compile(r"\[(?P<words>[^\[\]{}]*)\]|\{[^\[\]{}]*\}")


def comma_in_braces_error(source: Source, key: Scalar) -> Diagnostic:
    """Return the error for the part of a number behind a thousands comma inside braces."""
    line, end = source.lines[key.line - 1], key.column - 1 + len(key.text)
    before, after = _NUMBER_BEFORE.search(line[:end]), _NUMBER_AFTER.match(line, end)
    typed = before[0] + after[0] if before and after else ""
    number = re.sub(r"\s", "", typed) or "1,850"
    message = "`{ }` の中では、けた区切りの `,` が値の区切りになります"
    hint = f'`,` を付けずに書くか、`"{number}"` のように " " で囲みます'
    mistake = source.mistake(key.line, key.column, key.width, "comma-in-braces", message, hint)
    return mistake.with_fix(
        replace_text(source, key.line, before.start() + 1, typed, quoted(number)) if before else None
    )


def level_order_error(
    source: Source, key: YamlValue, names: tuple[str, str], deeper: Collection[str], present: Collection[str]
) -> Diagnostic:
    """Return the error for a level under a node that is no higher; `names` are those of the node's level and the level.

    `deeper` are the levels that may be there. Each is a fix, if the node has no such key (`present`).
    """
    hint = "ここに置けるのは " + "、".join(f"`{name}`" for name in deeper) if deeper else "ここより下の階層はありません"
    message = f"`{names[0]}` の下に `{names[1]}` は置けません"
    mistake = source.mistake(key.line, key.column, key.width, "level-order", message, hint)
    for name in [name for name in deeper if name not in present]:
        mistake = mistake.with_fix(replace_value(source, key, name), title=f"`{name}` にします")
    return mistake


def not_text_error(source: Source, value: YamlValue, name: str) -> Diagnostic:
    """Return the error for a list or mapping in the place of a text. What is in brackets, or all, may be the text."""
    rest = source.lines[value.line - 1][value.column - 1 :].rstrip()
    hint = '括弧を付けずに書くか、括弧も文字なら全体を " " で囲みます' if rest.startswith(("[", "{")) else ""
    mistake = source.mistake(value.line, value.column, value.width, "not-text", f"`{name}` は文字で書きます", hint)
    match = _IN_BRACKETS.fullmatch(rest)
    if match and (words := (match["words"] or "").strip()):
        edit = replace_text(source, value.line, value.column, rest, yaml_value(words))
        mistake = mistake.with_fix(edit, title="括弧を消します")
    if match and name in field_names(LINE_TYPES):
        edit = replace_text(source, value.line, value.column, rest, quoted(rest))
        mistake = mistake.with_fix(edit, title="全体を囲んで、括弧も文字にします")
    return mistake
