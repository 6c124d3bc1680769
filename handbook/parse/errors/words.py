"""Errors of lists of words: a list without brackets or dashes, words with a wrong separator, a word not in its list."""

from __future__ import annotations

import re
from collections.abc import Collection

from handbook.diagnostics import Diagnostic, closest_match, suggestion_hint
from handbook.fields import DEPARTMENTS_KEY, VOCABULARY_KEYS, list_field_names
from handbook.parse.edits.source_edits import insert_line, replace_text, yaml_value
from handbook.parse.edits.value_edits import is_in_brackets, replace_value, replace_yaml, typed_text
from handbook.parse.source import Source
from handbook.parse.yaml.values import Scalar, YamlMapping, YamlSequence, YamlValue
from handbook.patterns import ID_PATTERN
from handbook.text_edits import TextEdit

_SEPARATORS = (
    r"\s*[、，,]\s*(?:[-・] *)?|\s+[-・]\s*",
    r"\s*[、，,・･/／;；]\s*",
    r"[\s、，,・･/／;；]+",
    r"[\s、，,・･/／;；]*(?:及び|および|と)\s*|、",
)
"""Ways to separate words, the most usual first."""
_BRACKETED = re.compile(r"[（(【「『［\[](?P<words>[^（(【「『［\[\]］』」】)）]*)[\]］』」】)）]")


def split_words(text: str, known: Collection[str]) -> list[str]:
    """Return the words in a text. Between known words or ids there may be any separator, else only commas."""
    bracketed = _BRACKETED.fullmatch(text.strip())
    text = bracketed["words"] if bracketed else text
    for separator in _SEPARATORS:
        words = [word for word in re.split(separator, text.strip()) if word]
        if len(words) > 1 and all(word in known or ID_PATTERN.fullmatch(word) for word in words):
            return words
    return [word for word in re.split(_SEPARATORS[0], text.strip()) if word]


def not_a_list_error(source: Source, value: YamlValue, name: str, known: Collection[str]) -> Diagnostic:
    """Return the error for a value that must be a list of known words, with the list if it can be read as one."""
    mistake = source.mistake(
        value.line, value.column, value.width, "not-a-list", f"`{name}` は `- ` で始まる並びで書きます"
    )
    if isinstance(value, YamlMapping) and (edit := _with_dash(source, value)):
        first = edit.new.split("\n")[0].strip()
        more = "。続く行も、半角の空白 2 個を足します" if "\n" in edit.new else ""
        return mistake.with_hint(f"{value.line} 行めを `{first}` とします{more}").with_fix(edit)
    if name not in list_field_names() or not isinstance(value, Scalar):
        return mistake
    words = split_words(value.text, known)
    listed = f"[{', '.join(yaml_value(word, in_braces=True) for word in words)}]"
    whole = f"{name}: {listed}" if value.key and value.key.text == name else listed
    typed = "\n".join(source.lines[value.line - 1 : value.end_line])[value.column - 1 :].rstrip()
    is_plain = value.end_line > value.line and typed.split() == value.text.split()
    edit = replace_text(source, value.line, value.column, typed, listed) if is_plain else None
    return mistake.with_hint(f"`{whole}` と書きます").with_fix(edit or replace_yaml(source, value, listed))


def _with_dash(source: Source, value: YamlMapping) -> TextEdit | None:
    """Return the edit that makes a mapping in block style the only item of a list."""
    if is_in_brackets(source, value) or source.lines[value.line - 1][: value.column - 1].strip():
        return None
    indent, last = value.column - 1, value.line
    for number, line in enumerate(source.lines[value.line - 1 :], value.line):
        if line.strip() and len(line) - len(line.lstrip(" ")) < indent:
            break
        last = number if line.strip() else last
    lines = source.lines[value.line - 1 : last]
    new = [f"{' ' * indent}- {lines[0].lstrip(' ')}", *(f"  {line}" if line.strip() else "" for line in lines[1:])]
    return replace_text(source, value.line, 1, "\n".join(lines), "\n".join(new))


def unknown_word_error(
    source: Source, item: YamlValue, list_name: str, vocabulary: Collection[str], known_list: YamlValue | None
) -> Diagnostic:
    """Return the error for a word that is not in a list of the plan, or for several words in one.

    `known_list` is the list as it is in plan.yaml.
    """
    typed = item.text.strip("\u3000\u00a0 ") if isinstance(item, Scalar) else ""
    message = f"`{typed}` は `{list_name}` の一覧にありません"
    mistake = source.mistake(item.line, item.column, item.width, "unknown-word", message)
    words = split_words(typed, vocabulary)
    if len(words) > 1 and not set(words).isdisjoint(vocabulary):
        return _separate(mistake, source, item, words)
    known = sorted(vocabulary)
    hint, addition = suggestion_hint(typed, known), None
    near = closest_match(typed, known)
    if list_name in VOCABULARY_KEYS and typed:
        addition_hint, addition = _addition(source, list_name, known_list, typed)
        hint += f"{'。' if hint else ''}新しい{'課' if list_name == DEPARTMENTS_KEY else '言葉'}なら、{addition_hint}"
    mistake = mistake.with_hint(hint).with_fix(replace_value(source, item, near) if near else None)
    return mistake.with_fix(addition, title=f"`{list_name}` に `{typed}` を足します") if addition else mistake


def _separate(mistake: Diagnostic, source: Source, item: YamlValue, words: list[str]) -> Diagnostic:
    """Return the error with the words as they are written in a list."""
    yaml = [yaml_value(word, in_braces=True) for word in words]
    if is_in_brackets(source, item):
        hint = f"`{', '.join(yaml)}` と、半角の `,` と空白で区切ります"
        return mistake.with_hint(hint).with_fix(replace_yaml(source, item, ", ".join(yaml)))
    head = source.lines[item.line - 1][: item.column - 1]
    hint = "1 行に 1 つずつ、" + "、".join(f"`- {word}`" for word in yaml) + " と書きます"
    edit = replace_yaml(source, item, f"\n{head}".join(yaml)) if head.strip() == "-" else None
    return mistake.with_hint(hint).with_fix(edit)


def _addition(source: Source, list_name: str, known_list: YamlValue | None, word: str) -> tuple[str, TextEdit | None]:
    """Return how a word is added to a list at the top of plan.yaml: the end of a hint, and the edit."""
    yaml = yaml_value(word, in_braces=True)
    items = known_list.items if isinstance(known_list, YamlSequence) else []
    if not items:
        line = next((number for number, text in enumerate(source.lines, 1) if text.startswith("階層:")), 1)
        new = f"{list_name}: [{yaml}]"
        edit = None if known_list else insert_line(source, line, new)
        return f"{line} 行めの上に `{new}` の行を書き足します", edit
    last = items[-1]
    if is_in_brackets(source, last):
        end = last.column - 1 + len(typed_text(source, last))
        text = source.lines[last.line - 1]
        edit = replace_text(source, last.line, end + 1, "", f", {yaml}")
        return f"{last.line} 行めを `{text[:end].strip()}, {yaml}{text[end:].rstrip()}` とします", edit
    head = source.lines[last.line - 1][: last.column - 1]
    line = _last_line(source, last.line, head.index("-") if "-" in head else 0)
    new = f"{' ' * head.find('-')}- {yaml}"
    return f"{line} 行めの下に `{new}` の行を書き足します", insert_line(source, line + 1, new)


def _last_line(source: Source, line: int, column: int) -> int:
    """Return the last line of the item whose dash is at a line (from 1) and a column (from 0)."""
    last = line
    for number, text in enumerate(source.lines[line:], line + 1):
        if text.strip() and len(text) - len(text.lstrip(" ")) <= column:
            break
        last = number if text.strip() else last
    return last
