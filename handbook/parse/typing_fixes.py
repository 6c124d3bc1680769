"""Find and fix typing errors of Japanese input in YAML: full-width colons, spaces and brackets.

A typing error breaks the YAML around it and would hide all other errors in the file. So each is reported and fixed
in a copy of the lines in memory. The file itself is not changed.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from handbook.diagnostics import Diagnostic, closest_match
from handbook.fields import all_fields, list_field_names
from handbook.parse.edits import quoted
from handbook.parse.source import Source
from handbook.parse.typed_places import TypedPlaces

MAX_FIXES_PER_LINE = 20
"""Fixes per line. The YAML parser reports what remains."""
MAX_CONTEXT_LINES = 11
"""Lines above whose indentation a wrong one is compared with."""
_WIDE_SPACES = "\t\u3000\u00a0"
_BLOCK = re.compile(r"(?:(?:^|[:\-]|^\s*(?:- +)*[^\s:：]+)\s+|[:：]\s*)[|>][-+0-9]*\s*(?:#.*)?$")
"""Matches a line that begins a `|` text, also after a colon with a typing error."""
_LIST_DASHES = re.compile(r"(?:- +)*")
_WORD = r"[^\s\u3000:：#\"'\[\]{}｛｝［］|>、，,-][^:：#\"'\[\]{}、，,]{0,15}?"
_BULLET = re.compile(rf"[－−–—‐ー](?=[\s\u3000])|[・●○](?={_WORD}[:：])")
_DASH_WITH_WIDE_SPACE = re.compile(rf"-( *)([{_WIDE_SPACES}])[ {_WIDE_SPACES}]*")
_DASH_WITHOUT_SPACE = re.compile(r"-[^\s\-]")
_KEY = re.compile(rf"(?P<lead>(?:- +)*)(?P<key>{_WORD})\s*(?P<colon>[:：])")
_YEAR_KEY = re.compile(r"(?<![^\s{,、，])(?:(?:令和|平成|昭和)(?:元|[0-9]{1,2})年度?|[12][0-9]{3}(?:年度?)?)$")
_LONGEST_YEAR = len("令和12年度")
_CORRECT_LINE = re.compile(
    r" *(?:#.*|(?:- +)*[^\s:：#\"'\[\]{}｛｝［］|>、，,・●○－−–—‐ー＃-][^\s:：#\"'\[\]{}、，,]{0,15}:"
    r"(?: +(?!\[\[)[^\s［］][^］]*| *))"
)
"""Matches a comment, or a key with a correct colon and value. Nearly all lines match, and need no further check."""
_LEVEL_ROW = re.compile(r"名称[\s\u3000]*[:：][\s\u3000]*([^,}\n:：、]+?)\s*[,、\n]\s*path\s*[:：]")


@dataclass(frozen=True, slots=True)
class _TypingFix:
    """A typing error in one line, and the line without it."""

    column: int
    """From 0."""
    width: int
    rule: str
    message: str
    hint: str
    fixed_line: str


def apply_typing_fixes(source: Source) -> tuple[Source, list[Diagnostic]]:
    """Return the text with typing errors fixed, and a diagnostic for each at its place as typed."""
    text = "\n".join(source.lines)
    known_keys = {*(field.name for field in all_fields()), *_LEVEL_ROW.findall(text), *_year_keys(text)}
    # A line of full-width spaces or tabs looks blank, but is a YAML error.
    lines = ["" if line.isspace() else line for line in source.lines]
    mistakes = []
    above: deque[str] = deque(maxlen=MAX_CONTEXT_LINES)
    for number in _structure_lines(source.lines):
        typed = lines[number]
        places = TypedPlaces(source, number + 1)
        for fix in () if _CORRECT_LINE.fullmatch(typed) else _fixes_in_order(typed, known_keys, above):
            column = fix.column + 1 + len(typed) - len(lines[number])
            mistake = source.mistake(number + 1, column, fix.width, fix.rule, fix.message, fix.hint)
            mistakes.append(mistake.with_fix(places.edit(lines[number], fix.fixed_line), certain=True))
            lines[number] = fix.fixed_line
        above.append(lines[number])
    return Source(source.file, tuple(lines)), mistakes


def _year_keys(text: str) -> set[str]:
    """Return the years used as keys."""
    line_ends = (part.rstrip()[-_LONGEST_YEAR - 1 :] for part in text.replace("：", ":").split(":")[:-1])
    return {match[0] for part in line_ends if (match := _YEAR_KEY.search(part))}


def _structure_lines(lines: Iterable[str]) -> Iterator[int]:
    """Yield the numbers (from 0) of lines that are not blank and not inside a `|` text."""
    block_indent = ""
    for number, line in enumerate(lines):
        if (block_indent and line.startswith(block_indent)) or not line.strip():
            continue
        block_indent = ""
        if line.endswith(("|", ">", "-", "+")) and _BLOCK.search(line) and not line.lstrip(" ").startswith("#"):
            block_indent = " " * (_first_key_column(line) + 1)
        yield number


def _first_key_column(line: str) -> int:
    """Return the column (from 0) of the first key or word after spaces and list dashes."""
    content = line.lstrip(" ")
    dashes = _LIST_DASHES.match(content)
    return len(line) - len(content) + (dashes.end() if dashes else 0)


def _fixes_in_order(line: str, known_keys: Collection[str], above: Sequence[str]) -> Iterator[_TypingFix]:
    """Yield the fixes of a line one after another. Each applies to the line with the earlier ones."""
    for _ in range(MAX_FIXES_PER_LINE):
        fix = next(_line_fixes(line, known_keys, above), None)
        if not fix:
            return
        yield fix
        line = fix.fixed_line


def _line_fixes(line: str, known_keys: Collection[str], above: Sequence[str]) -> Iterator[_TypingFix]:
    """Yield the possible fixes of a line. Callers apply the first and call again."""
    yield from _indent_fixes(line, above)
    indent = len(line) - len(line.lstrip(" "))
    if line[indent : indent + 1] == "＃":
        fixed = line[:indent] + "#" + line[indent + 1 :]
        yield _TypingFix(indent, 1, "wide-hash", "覚え書きの `＃` が全角です", "半角の `#` にします", fixed)
    if line[indent : indent + 1] == "#":
        return
    yield from _dash_fixes(line, indent, known_keys)
    start = _first_key_column(line)
    if line[start : start + 1] in ("{", "｛"):
        yield from _flow_mapping_fixes(line, start, known_keys)
    else:
        yield from _colon_fixes(line, indent, known_keys)


def _indent_fixes(line: str, above: Sequence[str]) -> Iterator[_TypingFix]:
    """Yield the fix for tabs and full-width spaces in the indentation. It aligns the line with one above."""
    indent = line[: len(line) - len(line.lstrip(" " + _WIDE_SPACES))]
    if not indent.strip(" "):
        return
    first_wide = len(indent) - len(indent.lstrip(" "))
    spaces = indent.count(" ")
    widths = [spaces + width * (len(indent) - spaces) for width in (2, 1, 4, 8)] if above else [0]
    columns = (
        column
        for other in reversed(above)
        for column in (_first_key_column(other), len(other) - len(other.lstrip(" ")))
    )
    aligned = next((column for column in columns if column in widths), widths[0])
    kind, rule = ("タブ", "tab-indent") if indent[first_wide] == "\t" else ("全角の空白", "wide-space-indent")
    fixed = " " * aligned + line[len(indent) :]
    yield _TypingFix(first_wide, 1, rule, f"字下げに{kind}が使われています", "半角の空白で字下げします", fixed)


def _dash_fixes(line: str, indent: int, known_keys: Collection[str]) -> Iterator[_TypingFix]:
    """Yield fixes for a wrong list dash or the wrong space after it."""
    head, body = line[:indent], line[indent:]
    bullet = _BULLET.match(body)
    if bullet and (bullet[0] not in "・●○" or ((key := _KEY.match(body[1:])) and key["key"] in known_keys)):
        fixed = head + "- " + body[1:].lstrip(" " + _WIDE_SPACES)
        message = f"項目のはじめが `{bullet[0]}` です"
        yield _TypingFix(indent, 1, "wide-dash", message, "半角の `-` と空白にします", fixed)
    spaced = _DASH_WITH_WIDE_SPACE.match(body)
    if spaced:
        kind = "タブ" if spaced[2] == "\t" else "全角"
        fixed = head + "- " + body[spaced.end() :]
        message = f"`-` のあとの空白が{kind}です"
        yield _TypingFix(indent + 1 + len(spaced[1]), 1, "wide-space", message, "半角の空白にします", fixed)
    elif _DASH_WITHOUT_SPACE.match(body):
        hint = "`- ` と半角の空白を入れます"
        yield _TypingFix(indent, 1, "no-space-after-dash", "`-` のあとに空白がありません", hint, head + "- " + body[1:])


def _colon_fixes(line: str, indent: int, known_keys: Collection[str]) -> Iterator[_TypingFix]:
    """Yield fixes for the colon after a key and for the start of its value."""
    match = _KEY.match(line, indent)
    if not match:
        yield from _missing_colon_fixes(line, indent, known_keys)
        return
    key, end = match["key"].strip(), match.end()
    rest, value = line[end:], line[end:].lstrip(" " + _WIDE_SPACES)
    fixed = f"{line[: match.start('colon')]}: {value}"
    if match["colon"] == "：":
        if key in known_keys or (closest_match(key, known_keys) and ": " not in line):
            message = f"`{key}` のあとの `：` が全角です"
            yield _TypingFix(end - 1, 1, "wide-colon", message, "半角の `:` と空白にします", fixed)
    elif key in known_keys and rest.lstrip(" ")[:1] in tuple(_WIDE_SPACES) and value:
        column = end + len(rest) - len(rest.lstrip(" "))
        kind = "タブ" if line[column] == "\t" else "全角"
        yield _TypingFix(column, 1, "wide-space", f"`{key}:` のあとの空白が{kind}です", "半角の空白にします", fixed)
    elif key in known_keys and rest[:1] not in ("", " "):
        message = f"`{key}:` のあとに空白がありません"
        yield _TypingFix(end, 1, "no-space-after-colon", message, "`:` のあとに半角の空白を入れます", fixed)
    else:
        yield from _value_fixes(line, len(line) - len(value), key, known_keys)


def _value_fixes(line: str, start: int, key: str, known_keys: Collection[str]) -> Iterator[_TypingFix]:
    """Yield fixes for full-width brackets of a list, and for a value that begins with `[[`."""
    value = line[start:]
    if key in list_field_names():
        for wide, narrow in (("［", "["), ("］", "]")):
            column = value.find(wide)
            if column >= 0 and (wide == "］" or column == 0) and "［要確認］" not in value:
                fixed = line[: start + column] + narrow + line[start + column + 1 :]
                hint = "`[` と `]` は半角にします"
                yield _TypingFix(start + column, 1, "wide-bracket", f"`{wide}` が全角です", hint, fixed)
        if value.startswith("[[") and value.rstrip().endswith("]]"):
            inner = value.strip()[1:-1]
            message, hint = f"`{key}` の値が `[[` で始まっています", f"`{inner}` と、`[` を 1 つにします"
            yield _TypingFix(start, 2, "bracket-value", message, hint, line[:start] + inner)
    elif value.startswith("[[") and key in known_keys:
        fixed = line[:start] + quoted(value.rstrip())
        message = f"`{key}` の値が `[[` で始まっています"
        hint = f"`{fixed[start:]}` と、値の全体を囲みます"
        yield _TypingFix(start, 2, "bracket-value", message, hint, fixed)


def _missing_colon_fixes(line: str, indent: int, known_keys: Collection[str]) -> Iterator[_TypingFix]:
    """Yield the fix for a known key without a colon. A single word after a dash is a list item."""
    start = _first_key_column(line)
    key, space, rest = line[start:].partition(" ")
    if key in known_keys and (rest.strip() or (start == indent and not space)):
        fixed = f"{line[:start]}{key}: {rest.lstrip()}"
        message = "項目名のあとに `:` がありません"
        yield _TypingFix(start, len(key), "yaml-syntax", message, "`項目: 値` の形で書きます", fixed)


def _flow_mapping_fixes(line: str, start: int, known_keys: Collection[str]) -> Iterator[_TypingFix]:
    """Yield fixes in a mapping written as `{key: value, key: value}`."""
    for wide, narrow, column in (("｛", "{", start), ("｝", "}", len(line.rstrip()) - 1)):
        if line[column] == wide:
            fixed = line[:column] + narrow + line[column + 1 :]
            yield _TypingFix(column, 1, "wide-bracket", f"`{wide}` が全角です", f"半角の `{narrow}` にします", fixed)
    for match in re.finditer(rf"(?P<comma>[,，、{{])\s*(?P<key>{_WORD})(?P<colon>[:：])(?P<after>.?)", line):
        key, comma, colon = match["key"], match["comma"], match["colon"]
        if key not in known_keys:
            continue
        fixed = f"{line[: match.start('colon')]}: {line[match.end('colon') :].lstrip(' ' + _WIDE_SPACES)}"
        if comma in "，、":
            fixed = f"{line[: match.start()]}, {line[match.start('key') :]}"
            message, hint = f"`{comma}` では区切れません", "半角の `,` にします"
            yield _TypingFix(match.start(), 1, "wide-comma", message, hint, fixed)
        elif colon == "：":
            message, hint = f"`{key}` のあとの `：` が全角です", "半角の `:` と空白にします"
            yield _TypingFix(match.start("colon"), 1, "wide-colon", message, hint, fixed)
        elif match["after"] != " ":
            message, hint = f"`{key}:` のあとに空白がありません", "`:` のあとに半角の空白を入れます"
            yield _TypingFix(match.end("colon"), 1, "no-space-after-colon", message, hint, fixed)
