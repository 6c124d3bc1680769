"""Errors of YAML values whose correction needs the text around the value."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from handbook.diagnostics import Diagnostic, closest_match, suggestion_hint
from handbook.field_types import LINE_TYPES
from handbook.fields import field_names, list_field_names, required_field_names
from handbook.model import Level
from handbook.parse.edits import quoted, replace_text, yaml_value
from handbook.parse.source import SPREADSHEET_ERRORS, Source
from handbook.parse.value_edits import is_in_brackets, remove_entry, replace_value, replace_yaml
from handbook.parse.yaml_values import Scalar, YamlMapping, YamlSequence, YamlValue

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


def empty_value_error(source: Source, value: YamlValue, name: str) -> Diagnostic | None:
    """Return the error for an empty value, or for one that begins with `#`. None for a spreadsheet error after `#`."""
    if value.key and value.line > len(source.lines):
        value = value.key
    line = source.lines[value.line - 1]
    comment_start = line.find("#", value.column - 1)
    if comment_start >= 0 and (not value.key or value.key.line == value.line) and isinstance(value, Scalar):
        if line.startswith(SPREADSHEET_ERRORS, comment_start):
            return None
        message = f"` #` から先は読まれないので、`{name}` が空です"
        hint = '`#` も値なら全体を " " で囲み、覚え書きなら 1 行に分けます'
        mistake = source.mistake(value.line, comment_start + 1, 1, "comment-in-value", message, hint)
        typed = line[comment_start:].rstrip()
        edit = replace_text(source, value.line, comment_start + 1, typed, quoted(typed))
        return mistake.with_fix(edit, title="`#` も値にして、全体を囲みます")
    is_required = name in required_field_names()
    hint = "値を書いてください" if is_required else f"値を書くか、まだ無ければ `{name}` の行ごと消してください"
    mistake = source.mistake(value.line, value.column, 1, "empty-value", f"`{name}` が空です", hint)
    return mistake.with_fix(None if is_required else remove_entry(source, value.key, value))


def level_order_error(
    source: Source, nodes: YamlValue, parent: Level, levels: Mapping[str, Level], siblings: Collection[str]
) -> Diagnostic:
    """Return the error for nodes under one of the same or a lower level. Each level that fits in between is a fix.

    `siblings` are the other keys of the parent.
    """
    key = nodes.key or nodes
    name = key.text if isinstance(key, Scalar) else ""
    deeper = [other for other, level in levels.items() if level.rank > parent.rank]
    hint = (
        "ここに置けるのは " + "、".join(f"`{other}`" for other in deeper) if deeper else "ここより下の階層はありません"
    )
    message = f"`{parent.name}` の下に `{name}` は置けません"
    mistake = source.mistake(key.line, key.column, key.width, "level-order", message, hint)
    items = nodes.items if isinstance(nodes, YamlSequence) else []
    below = [levels[k].rank for item in items if isinstance(item, YamlMapping) for k in item.entries if k in levels]
    for other in deeper:
        if other not in siblings and levels[other].rank < min(below, default=len(levels)):
            mistake = mistake.with_fix(replace_value(source, key, other), title=f"`{other}` にします")
    return mistake


def not_a_list_error(source: Source, value: YamlValue, name: str) -> Diagnostic:
    """Return the error for a value that must be a list. Words with `、` between them can be made one."""
    mistake = source.mistake(
        value.line, value.column, value.width, "not-a-list", f"`{name}` は `- ` で始まる並びで書きます"
    )
    if name not in list_field_names() or not isinstance(value, Scalar):
        return mistake
    words = filter(None, re.split(r"\s*[、，,]\s*", value.text))
    listed = f"[{', '.join(yaml_value(word, in_braces=True) for word in words)}]"
    return mistake.with_hint(f"`{listed}` のように書きます").with_fix(replace_yaml(source, value, listed))


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


def unknown_word_error(source: Source, item: YamlValue, list_name: str, vocabulary: Collection[str]) -> Diagnostic:
    """Return the error for a word that is not in a list of the plan, or for several words with `、` between."""
    typed = item.text.strip("\u3000 ") if isinstance(item, Scalar) else ""
    message = f"`{typed}` は `{list_name}` の一覧にありません"
    mistake = source.mistake(item.line, item.column, item.width, "unknown-word", message)
    words = re.split(r"\s*[、，]\s*", typed)
    if not set(words).isdisjoint(vocabulary):
        edit = replace_yaml(source, item, ", ".join(words)) if is_in_brackets(source, item) else None
        return mistake.with_hint("半角の `,` と空白で区切ります").with_fix(edit)
    known = sorted(vocabulary)
    mistake = mistake.with_hint(suggestion_hint(typed, known) or f"plan.yaml の上の方に `{list_name}` の一覧を作ります")
    near = closest_match(typed, known)
    return mistake.with_fix(replace_value(source, item, near) if near else None)
