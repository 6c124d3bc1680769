"""Parse YAML into values with line and column. The only module that imports PyYAML.

The values are built from the parser's events. PyYAML's own values keep only the last of two equal keys, guess types,
follow aliases into cycles, and (through the C composer) crash on deep input. Here each scalar stays the typed text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any  # PyYAML has no types for its C events

import yaml

from handbook.diagnostics import Diagnostic
from handbook.parse.edits.source_edits import (
    replace_line,
    replace_lines,
    replace_text,
    with_comment_fixes,
)
from handbook.parse.errors.values import second_document_error
from handbook.parse.source import Source
from handbook.parse.yaml.errors import YamlError, explain_yaml_error, skip_broken_lines
from handbook.parse.yaml.line_fixes import aligned_lines
from handbook.parse.yaml.long_values import value_over_lines
from handbook.parse.yaml.repeated_keys import duplicate_key_error, is_item_without_dash, missing_dash_error
from handbook.parse.yaml.rewritten_lines import indentation
from handbook.parse.yaml.values import REPLACEMENT_CHAR, Scalar, YamlMapping, YamlSequence, YamlValue
from handbook.text_edits import TextEdit

MAX_YAML_DEPTH = 64
"""Nesting depth of values. A plan of twelve levels needs 26."""
MAX_RECOVERIES = 20
"""Syntax errors after which the rest of the file is not read."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = re.compile(r"![^\s,\[\]{}]*")
_COMMENT = re.compile(r"\s+#.*")


def read_yaml(source: Source) -> tuple[YamlValue | None, list[Diagnostic], set[int]]:
    """Return the value of the file, its YAML errors, and the numbers of unread lines (from 1).

    A line with a syntax error is reported and skipped together with the lines nested under it. The rest is read.
    """
    lines = list(source.lines)
    syntax_errors: list[Diagnostic] = []
    unread_lines: set[int] = set()
    for _ in range(MAX_RECOVERIES):
        composer = _TreeComposer(source)
        text = "\n".join(lines) + "\n"
        try:
            for event in yaml.parse(text, Loader=_Loader):
                if not composer.feed(event):
                    unread_lines |= composer.close_unfinished(event, len(lines))
                    break
        except yaml.YAMLError as error:
            yaml_error = explain_yaml_error(error, lines, composer.open_quote(lines))
            before = list(lines)
            skipped = skip_broken_lines(yaml_error, lines)
            if skipped and skipped <= unread_lines:
                break
            unread_lines |= skipped
            corrected = _corrected_lines(yaml_error, before, {} if skipped else dict(enumerate(lines, 1)))
            syntax_errors.append(_syntax_diagnostic(source, yaml_error, corrected))
            continue
        break
    return composer.root, syntax_errors + composer.mistakes, unread_lines


def _corrected_lines(yaml_error: YamlError, lines: list[str], read_as: dict[int, str]) -> dict[int, str]:
    """Return the lines that correct a syntax error, by number (from 1); none if the parser stops at them again.

    `read_as` has all lines as the reader has taken them to be, and is empty if it has skipped the error.
    """
    if yaml_error.corrected:
        read_as = {yaml_error.line: yaml_error.corrected}
    elif not read_as and yaml_error.rule == "uneven-indent":
        read_as = aligned_lines(lines, yaml_error.line)
    changed = {number: line for number, line in read_as.items() if line != lines[number - 1]}
    with_change = [changed.get(number, line) for number, line in enumerate(lines, 1)]
    return changed if _first_error_line(with_change) > max(changed, default=0) else {}


def _first_error_line(lines: Sequence[str]) -> int:
    """Return the line (from 1) at which the parser stops; one behind the last if it reads all."""
    try:
        for _ in yaml.parse("\n".join(lines) + "\n", Loader=_Loader):
            pass
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return mark.line + 1 if mark else 0
    return len(lines) + 1


def _syntax_diagnostic(source: Source, error: YamlError, corrected: dict[int, str]) -> Diagnostic:
    """Return the diagnostic of a syntax error, with its fix if it has one."""
    new, hint = corrected.get(error.line, ""), error.hint
    if error.rule.endswith("-indent") and len(corrected) == 1 and new.lstrip() == source.lines[error.line - 1].lstrip():
        hint = f"行の頭を半角の空白 {indentation(new)} 個にします"
    mistake = source.mistake(error.line, error.column, error.width, error.rule, error.message, hint)
    if change := error.change:
        return mistake.with_fix(replace_lines(source, change.first, change.last, change.lines))
    return mistake.with_fix(*(replace_line(source, number, line) for number, line in corrected.items()))


class _TreeComposer:
    """Builds a value from parser events."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root: YamlValue | None = None
        self.mistakes: list[Diagnostic] = []
        self.last: Scalar | None = None
        self._open: list[YamlSequence | YamlMapping] = []
        self._keys: list[Scalar | None] = []
        self._documents = 0

    def open_quote(self, lines: list[str]) -> tuple[int, int] | None:
        """Return line and column of the last value if it is quoted and spans several lines, else None."""
        last = self.last
        if last and not last.is_block and last.end_line > last.line and lines[last.line - 1][last.column - 1] in "'\"":
            return last.line, last.column
        return None

    def feed(self, event: Any) -> bool:
        """Add one event. Return False if the rest of the file cannot be read."""
        kind, start = type(event), event.start_mark
        line, column = start.line + 1, start.column + 1
        if kind is yaml.ScalarEvent:
            self.last = scalar = self._scalar(event, line, column)
            self._add(scalar)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._keys.pop()
            self._open.pop().end_line = line
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._reject_anchors_tags(event, line, column)
            value = YamlMapping(line, column) if kind is yaml.MappingStartEvent else YamlSequence(line, column)
            if len(self._open) >= MAX_YAML_DEPTH:
                self._report(line, column, 1, "too-deep", f"入れ子が深すぎます（{MAX_YAML_DEPTH} 段まで）", "")
                return False
            self._add(value)
            self._open.append(value)
            self._keys.append(None)
        elif kind is yaml.AliasEvent:
            hint = "同じ内容をもう一度書いてください。節をもう一度示すときは `再掲` を使います"
            self._report(line, column, 1, "alias", "`*` による引用は使えません", hint)
            self._add(Scalar(REPLACEMENT_CHAR, line, column, line))
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                self.mistakes.append(second_document_error(self.source, line, column))
                return False
        return True

    def _scalar(self, event: Any, line: int, column: int) -> Scalar:
        """Return a text value. Reports YAML features that are not allowed in it."""
        end_line, style = event.end_mark.line + 1, event.style
        scalar = Scalar(event.value, line, column, end_line, style in ("|", ">"))
        if event.anchor or event.tag:
            self._reject_anchors_tags(event, line, column)
        if style or (scalar.text and (end_line > line or scalar.text == "<<" or "#" in self.source.lines[line - 1])):
            self._check_scalar(scalar, event)
        return scalar

    def close_unfinished(self, event: Any, last: int) -> set[int]:
        """Close open lists and mappings. Return the numbers of the lines after the event, which stay unread."""
        for value in self._open:
            value.end_line = last
        return set(range(event.start_mark.line + 1, last + 1))

    def _add(self, value: YamlValue) -> None:
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        if isinstance(parent, YamlSequence):
            parent.items.append(value)
            return
        key = self._keys[-1]
        if key is None:
            if not isinstance(value, Scalar):
                self._report(value.line, value.column, 1, "not-a-key", "項目名は 1 行の言葉で書きます", "")
                value = Scalar(REPLACEMENT_CHAR, value.line, value.column, value.line)
            items = self._open[-2] if len(self._open) > 1 else None
            if isinstance(items, YamlSequence) and is_item_without_dash(self.source, parent, value):
                self.mistakes.append(missing_dash_error(self.source, value))
                self._open[-1] = YamlMapping(value.line, value.column)
                items.items.append(self._open[-1])
            self._keys[-1] = value
            return
        self._keys[-1] = None
        if key.text in parent.entries:
            self.mistakes.append(duplicate_key_error(self.source, parent, key, value))
            return
        value.key = key
        parent.entries[key.text] = key, value

    def _reject_anchors_tags(self, event: Any, line: int, column: int) -> None:
        if event.anchor:
            width = len(event.anchor) + 1
            name = f"&{event.anchor}"
            edit = self._removed(line, column, name)
            self._report(line, column, width, "anchor", f"`{name}` の名付けは使えません", f"`{name}` を消します", edit)
        if event.tag and event.tag != "!":
            tag = _TAG.match(self.source.lines[line - 1], column - 1)
            hint = f"`{tag[0]}` を消します。" if tag else ""
            hint += "値はいつも書いたとおりの文字として読まれます"
            removal = self._removed(line, column, tag[0]) if tag else None
            self._report(line, column, 1, "tag", "`!` による型の指定は使えません", hint, removal)

    def _removed(self, line: int, column: int, text: str) -> TextEdit:
        """Return the edit that removes a text and the spaces after it."""
        rest = self.source.lines[line - 1][column - 1 + len(text) :]
        return replace_text(self.source, line, column, text + rest[: len(rest) - len(rest.lstrip(" "))], "")

    def _check_scalar(self, scalar: Scalar, event: Any) -> None:
        if scalar.text == "<<" and not event.style and not self._expects_value():
            self._report(scalar.line, scalar.column, 2, "merge-key", "`<<` による取り込みは使えません", "")
            scalar.text = REPLACEMENT_CHAR
        if event.style == ">":
            message = "`>` は行のつなぎめに空白を入れてしまいます"
            edit = replace_text(self.source, scalar.line, scalar.column, ">", "|")
            self._report(scalar.line, scalar.column, 1, "folded-text", message, "`|` を使ってください", edit)
        if scalar.is_block:
            return
        if scalar.end_line > scalar.line and scalar.text:
            key = self._keys[-1] if self._keys else None
            brackets = [value for value in self._open if self.source.lines[value.line - 1][value.column - 1] in "[{"]
            end = event.end_mark.line + 1, event.end_mark.column
            self.mistakes += value_over_lines(self.source, scalar, key, end, in_brackets=bool(brackets))
        elif not event.style and scalar.text:
            rest = self.source.lines[scalar.line - 1][event.end_mark.column :]
            if _COMMENT.match(rest) and self._expects_value():
                column = event.end_mark.column + 1 + len(rest) - len(rest.lstrip())
                message = "値のあとの ` #` から先は読まれません"
                hint = '`#` も値なら全体を " " で囲み、覚え書きなら 1 行に分けます'
                mistake = self.source.mistake(scalar.line, column, 1, "comment-in-value", message, hint)
                self.mistakes.append(with_comment_fixes(mistake, self.source, scalar.column, event.end_mark.column))

    def _expects_value(self) -> bool:
        """Return whether the next scalar is a value or a list item, not a key."""
        return bool(self._open) and (isinstance(self._open[-1], YamlSequence) or self._keys[-1] is not None)

    def _report(
        self, line: int, column: int, width: int, rule: str, message: str, hint: str, *edits: TextEdit | None
    ) -> None:
        self.mistakes.append(self.source.mistake(line, column, width, rule, message, hint).with_fix(*edits))
