"""Find typing errors in the value after a colon: full-width brackets and signs, quotes that close too early."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from handbook.field_types import GROUP_TYPES, ITEM_TYPES, TEXT_TYPES
from handbook.fields import field_names, list_field_names
from handbook.parse.edits.source_edits import quoted, yaml_value
from handbook.parse.typing_errors.typing_fix import SPACES, WORD, TypingFix, space_name

BLOCK_SIGNS = "｜￨│┃＞"
"""Characters that are typed for the `|` of a text over several lines."""
_QUOTED = r"""(?>'(?:[^']|'')*'|"(?:[^"\\]|\\.)*\")"""
_QUOTE_TOO_EARLY = re.compile(rf"(?P<quoted>{_QUOTED})(?P<rest>(?!\s*(?:$|[:：]|#))(?:[^#]|(?<!\s)#)*)")
"""Matches a value that begins with a quoted part, up to a remark."""
_FLOW_SCALAR = re.compile(rf"(?:[\[{{,]\s*|:\s+)(?P<quoted>{_QUOTED})(?P<rest>\s*[^\s,\]}}:][^,\]}}]*)?")
"""Matches a quoted value in `[ ]` or `{{ }}`, and the text between its end and the next comma or bracket."""


_KEY_AFTER_VALUE = re.compile(
    rf"(?<=[^\s{SPACES},，、{{\[:：;；])(?P<sign>[\s{SPACES}]*[;；／][\s{SPACES}]*|[\s{SPACES}]+)"
    r"(?P<key>[^\s\"',，、{}\[\]:：;；]+)(?=[:：](?:\s|[^\x00-\x7f]))"
)
"""Matches a key behind a value in `{ }` and what is between."""


def value_fixes(line: str, start: int, key: str, known_keys: Collection[str]) -> Iterator[TypingFix]:
    """Yield the fixes of the value of a known key; it begins at column `start` (from 0)."""
    value = line[start:]
    if key in list_field_names():
        yield from _list_fixes(line, start, key)
    elif value.startswith("[[") and key in known_keys:
        whole = quoted(value.rstrip())
        message = f"`{key}` の値が `[[` で始まっています"
        yield TypingFix(
            start, 2, "bracket-value", message, f"値の全体を囲んで `{whole}` とします", line[:start] + whole
        )
    if value.rstrip() in tuple(BLOCK_SIGNS) and key in field_names(TEXT_TYPES):
        message = f"`{key}:` のあとの `{value[0]}` が全角です"
        yield TypingFix(start, 1, "wide-bracket", message, "半角の `|` にします", f"{line[:start]}|{line[start + 1 :]}")
    if value[:1] in tuple("{｛") and key in field_names(GROUP_TYPES | ITEM_TYPES):
        yield from flow_mapping_fixes(line, start, known_keys)
    yield from quote_fixes(line, start, known_keys, is_list=value.startswith("["))


def quote_fixes(line: str, start: int, known_keys: Collection[str], *, is_list: bool) -> Iterator[TypingFix]:
    """Yield fixes for quotes that close before the end of the value at column `start` (from 0).

    The quotes stay as characters of a text. They are dropped from a word of a list (`is_list`), and from a known key.
    """
    in_brackets = line[start : start + 1] in tuple("{[")
    first_match = None if in_brackets else _QUOTE_TOO_EARLY.match(line, start)
    matches = _FLOW_SCALAR.finditer(line, start) if in_brackets else filter(None, [first_match])
    for match in matches:
        if not match["rest"]:
            continue
        quote, typed = match["quoted"][0], (match["quoted"] + match["rest"]).rstrip()
        bare, first = typed.replace(quote, ""), match.start("quoted")
        is_bare = is_list or bare in known_keys
        whole = yaml_value(bare, in_braces=True) if is_bare else quoted(typed)
        fixed = line[:first] + whole + line[first + len(typed) :]
        message = f"値のはじめの `{quote}` が、値の途中で閉じています"
        hint = f"`{quote}` を消して `{whole}` とします" if is_bare else f"値の全体を囲んで `{whole}` とします"
        yield TypingFix(first, 1, "yaml-syntax", message, hint, fixed)


def _list_fixes(line: str, start: int, key: str) -> Iterator[TypingFix]:
    """Yield fixes for the brackets of a list of words."""
    value = line[start:]
    for wide, narrow in (("［", "["), ("］", "]")):
        column = value.find(wide)
        if column >= 0 and (wide == "］" or column == 0) and "［要確認］" not in value:
            fixed = line[: start + column] + narrow + line[start + column + 1 :]
            hint = f"半角の `{narrow}` にします"
            yield TypingFix(start + column, 1, "wide-bracket", f"`{wide}` が全角です", hint, fixed)
    if value.startswith("[[") and value.rstrip().endswith("]]"):
        inner = value.strip()[1:-1]
        message, hint = f"`{key}` の値が `[[` で始まっています", f"`{inner}` と、`[` を 1 つにします"
        yield TypingFix(start, 2, "bracket-value", message, hint, line[:start] + inner)


def flow_mapping_fixes(line: str, start: int, known_keys: Collection[str]) -> Iterator[TypingFix]:
    """Yield fixes in a mapping written as `{key: value, key: value}`, which begins at column `start` (from 0)."""
    for wide, narrow, column in (("｛", "{", start), ("｝", "}", len(line.rstrip()) - 1)):
        if line[column] == wide:
            fixed = line[:column] + narrow + line[column + 1 :]
            yield TypingFix(column, 1, "wide-bracket", f"`{wide}` が全角です", f"半角の `{narrow}` にします", fixed)
    yield from _missing_comma_fixes(line, start, known_keys)
    pattern = rf"(?P<comma>[,，、{{])(?P<gap>\s*)(?P<key>{WORD})(?P<colon>[:：])(?P<after>.?)"
    for match in re.finditer(pattern, line):
        if match["key"] in known_keys and (fix := _flow_pair_fix(line, match)):
            yield fix


def _missing_comma_fixes(line: str, start: int, known_keys: Collection[str]) -> Iterator[TypingFix]:
    """Yield fixes for a known key in `{ }` with no comma before it, or another sign."""
    for match in _KEY_AFTER_VALUE.finditer(line, start):
        if match["key"] in known_keys:
            fixed = f"{line[: match.start('sign')]}, {line[match.start('key') :]}"
            sign, hint = match["sign"].strip(), f"`{match['key']}` の前に、半角の `,` と空白を入れます"
            message = f"`{sign}` では区切れません" if sign else f"`{match['key']}` の前に `,` がありません"
            column = match.start("sign") if sign else match.start("key")
            yield TypingFix(column, 1, "wide-comma", message, hint, fixed)


def _flow_pair_fix(line: str, match: re.Match[str]) -> TypingFix | None:
    """Return the fix for the comma before a key, for the spaces around it or for the colon after it."""
    key, comma, gap, after = match["key"], match["comma"], match["gap"], match["after"]
    colon = match.start("colon")
    fixed = f"{line[:colon]}: {line[colon + 1 :].lstrip(' ' + SPACES)}"
    if comma in "，、":
        fixed = f"{line[: match.start()]}, {line[match.start('key') :]}"
        return TypingFix(match.start(), 1, "wide-comma", f"`{comma}` では区切れません", "半角の `,` にします", fixed)
    if space := next((character for character in gap if character in SPACES), ""):
        fixed = f"{line[: match.start('gap')]}{' ' if comma == ',' else ''}{line[match.start('key') :]}"
        message = f"`{key}` の前が{space_name(space)}です"
        return TypingFix(match.start("gap") + gap.index(space), 1, "wide-space", message, "半角の空白にします", fixed)
    if match["colon"] == "：":
        message, hint = f"`{key}` のあとの `：` が全角です", "半角の `:` と空白にします"
        return TypingFix(colon, 1, "wide-colon", message, hint, fixed)
    if after and after in SPACES:
        message = f"`{key}:` のあとが{space_name(after)}です"
        return TypingFix(colon + 1, 1, "wide-space", message, "半角の空白にします", fixed)
    if after != " ":
        message, hint = f"`{key}:` のあとに空白がありません", "`:` のあとに半角の空白を入れます"
        return TypingFix(colon + 1, 1, "no-space-after-colon", message, hint, fixed)
    return None
