"""Errors of YAML values whose correction needs the text around the value."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from handbook.diagnostics import Diagnostic, allowed_words_hint, closest_match
from handbook.field_types import LINE_TYPES, TEXT_TYPES
from handbook.fields import field_names
from handbook.model import Level
from handbook.parse.edits.source_edits import (
    common_keys,
    delete_lines,
    entry_end,
    quoted,
    replace_lines,
    replace_text,
    yaml_value,
)
from handbook.parse.edits.value_edits import is_in_brackets, replace_value, replace_yaml
from handbook.parse.source import Source
from handbook.parse.yaml.rewritten_lines import joined, next_text_line, text_block
from handbook.parse.yaml.values import Scalar, YamlMapping, YamlSequence, YamlValue

_CURLY_QUOTED = re.compile(r"[“”„‟＂〝][^“”„‟＂〝〟]+[“”‟＂〟]|[‘’＇][^‘’＇]+[‘’＇]")
"""Matches a text in quotes of a word processor."""
_IN_BRACKETS = re.compile(r"\[(?P<words>[^\[\]{}]*)\]|\{[^\[\]{}]*\}")


def unknown_key_error(
    source: Source, parent: YamlMapping, key: Scalar, candidates: Sequence[str], allowed: Sequence[str]
) -> Diagnostic:
    """Return the error for an unknown key: a typing error of one of `candidates`, or the next line of a text above."""
    message = f"知らない項目 `{key.text}` があります"
    mistake = source.mistake(key.line, key.column, key.width, "unknown-key", message)
    near = closest_match(key.text, candidates)
    hint = f"`{near}` のことですか" if near else allowed_words_hint(allowed)
    change = next_text_line(source.lines, key.line) if _follows_text(parent, key) else None
    if change:
        hint += f"。上の文章の続きなら、{change.hint}"
    mistake = mistake.with_hint(hint)
    return mistake.with_fix(replace_value(source, key, near) if near and near not in parent.entries else None)


def _follows_text(parent: YamlMapping, key: Scalar) -> bool:
    """Return whether the entry above a key is a text, and the key is no list or mapping."""
    names = list(parent.entries)
    index = names.index(key.text)
    above = parent.entries[names[index - 1]][1] if index else None
    value = parent.entries[key.text][1]
    is_text = index > 0 and names[index - 1] in field_names(TEXT_TYPES) and isinstance(above, Scalar)
    return is_text and isinstance(value, Scalar) and bool(value.text) and not value.is_block


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


def not_text_error(source: Source, value: YamlValue, name: str) -> Diagnostic:
    """Return the error for a list or mapping in the place of a text. What is in brackets, or all, may be the text."""
    if error := _list_for_text_error(source, value, name):
        return error
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


def _list_for_text_error(source: Source, value: YamlValue, name: str) -> Diagnostic | None:
    """Return the error for lines with dashes in the place of a text, or None for other values."""
    if source.lines[value.line - 1][value.column - 1 : value.column] != "-" or not isinstance(value, YamlSequence):
        return None
    mistake = source.mistake(value.line, value.column, value.width, "not-text", f"`{name}` は文字で書きます")
    key, last = value.key, value.items[-1] if value.items else value
    if key and name in field_names(TEXT_TYPES):
        change = text_block(source.lines, key.line, entry_end(source, key.line, key.column))
        if not change:
            return mistake
        edit = replace_lines(source, change.first, change.last, change.lines)
        return mistake.with_hint(change.hint).with_fix(edit)
    if len(value.items) > 1 or not isinstance(last, Scalar) or not last.text or last.end_line > value.line:
        return mistake.with_hint("`-` を付けずに、1 行で書きます")
    typed = source.lines[value.line - 1][value.column - 1 :]
    text = typed[1:].strip()
    if not key:
        edit = replace_text(source, value.line, value.column, typed, text)
        return mistake.with_hint(f"2 つめの `-` を消して、`- {text}` とします").with_fix(edit)
    head = "\n".join(source.lines[key.line - 1 : value.line])[key.column - 1 :]
    edit = replace_text(source, key.line, key.column, head, f"{key.text}: {text}")
    return mistake.with_hint(f"`-` を付けずに `{key.text}: {text}` と書きます").with_fix(edit)


def odd_sign_error(source: Source, value: Scalar, name: str) -> tuple[Diagnostic, str] | None:
    """Return the error for a tab in a short text or for quotes of a word processor, and the text without them."""
    text, line = value.text, source.lines[value.line - 1]
    in_brackets = is_in_brackets(source, value)
    if "\t" in text:
        whole = joined(text.split("\t"))
        column = line.find("\t", value.column - 1) + 1 or value.column
        mistake = source.mistake(value.line, column, 1, "tab-in-value", f"`{name}` の途中にタブがあります")
        hint = f"タブを消して `{yaml_value(whole, in_braces=in_brackets)}` とします"
        return mistake.with_hint(hint).with_fix(replace_value(source, value, whole)), whole
    inner = text[1:-1]
    if _CURLY_QUOTED.fullmatch(text) and line.startswith(text, value.column - 1):
        mistake = source.mistake(
            value.line, value.column, len(text), "curly-quotes", f"`{text[0]} {text[-1]}` は、囲む記号になりません"
        )
        whole = yaml_value(inner, in_braces=in_brackets)
        mistake = mistake.with_hint(f"`{whole}` と書きます。文字として出すなら、`{quoted(text)}` とします")
        mistake = mistake.with_fix(replace_yaml(source, value, whole), title=f"`{whole}` にします")
        return mistake.with_fix(replace_yaml(source, value, quoted(text)), title=f"`{quoted(text)}` にします"), inner
    return None


def second_document_error(source: Source, line: int, column: int) -> Diagnostic:
    """Return the error for a `---` with more below it. Its line can be removed if no key is above and below it."""
    is_alone = column == 1 and not common_keys(source.lines[:line], source.lines[line:])
    hint = "`---` の行を消します" if is_alone else "`---` の行を消し、同じ項目を 1 つにまとめます"
    mistake = source.mistake(line, column, 3, "second-document", "`---` で区切った 2 つめの文書があります", hint)
    return mistake.with_fix(delete_lines(source, line, line) if is_alone else None)
