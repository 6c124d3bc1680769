"""Errors of YAML values whose correction needs the text around the value."""

from __future__ import annotations

import re
from collections.abc import Collection

from handbook.diagnostics import Diagnostic, closest_match, suggestion_hint
from handbook.fields import line_field_names, list_field_names
from handbook.parse.edits import quoted, replace_text, yaml_value
from handbook.parse.source import Source
from handbook.parse.value_edits import is_in_brackets, replace_value, replace_yaml
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
    if match and name in line_field_names():
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
