"""Errors of a comma that divides a value in `{ }`: a thousands comma, or one in a name."""

from __future__ import annotations

import re

from handbook.diagnostics import Diagnostic
from handbook.parse.edits.source_edits import quoted, replace_text
from handbook.parse.edits.value_edits import is_in_brackets
from handbook.parse.source import Source
from handbook.parse.yaml.values import Scalar, YamlValue

_VALUE_BEFORE = re.compile(r"(?P<key>[^\s:,{]+): +(?P<value>[^:{}\[\]\"']*)$")
"""Matches the last key before a place, and its value."""
_PARTS_AFTER = re.compile(r"(?:\s*,\s*[^,:{}\[\]]+(?=\s*[,}]))*")
"""Matches further parts of a value."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:,\s*[0-9]{3})+(?:\.[0-9]+)?")


def is_after_comma(source: Source, key: Scalar, value: YamlValue) -> bool:
    """Return whether a key without a value is what follows a comma in the value of the key before it."""
    before = source.lines[key.line - 1][: key.column - 1].rstrip()
    is_empty = isinstance(value, Scalar) and not value.text
    return is_empty and before.endswith(",") and is_in_brackets(source, key) and bool(_VALUE_BEFORE.search(before))


def comma_in_braces_error(source: Source, key: Scalar) -> Diagnostic | None:
    """Return the error for a key that `is_after_comma`. None for a further part of a value that is reported."""
    line, end = source.lines[key.line - 1], key.column - 1 + len(key.text)
    before = _VALUE_BEFORE.search(line[: key.column - 1])
    after = _PARTS_AFTER.match(line, end)
    if not before or not after or before["value"].count(",") > 1:
        return None
    typed = line[before.start("value") : after.end()].rstrip()
    if _NUMBER.fullmatch(typed):
        number = re.sub(r"\s", "", typed)
        message = "`{ }` の中では、けた区切りの `,` が値の区切りになります"
        hint, whole = f'`,` を付けずに書くか、`"{number}"` のように " " で囲みます', quoted(number)
    else:
        message = "`{ }` の中では、`,` が値の区切りになります"
        whole = quoted(typed)
        hint = f"`{before['key']}: {whole}` と、値の全体を囲みます"
    mistake = source.mistake(key.line, key.column, key.width, "comma-in-braces", message, hint)
    return mistake.with_fix(replace_text(source, key.line, before.start("value") + 1, typed, whole))
