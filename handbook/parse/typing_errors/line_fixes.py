"""Find and fix typing errors of Japanese input in YAML: full-width colons, spaces and brackets.

A typing error breaks the YAML around it and would hide all other errors in the file. So each is reported and fixed
in a copy of the lines in memory. The file itself is not changed.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from handbook.diagnostics import Diagnostic, closest_match
from handbook.fields import all_fields
from handbook.parse.source import Source
from handbook.parse.typing_errors.items import item_fixes
from handbook.parse.typing_errors.typed_places import TypedPlaces
from handbook.parse.typing_errors.typing_fix import SPACES, WORD, TypingFix, first_key_column, space_name
from handbook.parse.typing_errors.values import BLOCK_SIGNS, flow_mapping_fixes, quote_fixes, value_fixes

MAX_FIXES_PER_LINE = 20
"""Fixes per line. The YAML parser reports what remains."""
MAX_CONTEXT_LINES = 11
"""Lines above whose indentation a wrong one is compared with."""
_BLOCK = re.compile(rf"(?:(?:^|[:\-]|^\s*(?:- +)*[^\s:：]+)\s+|[:：]\s*)[|>{BLOCK_SIGNS}][-+0-9]*\s*(?:#.*)?$")
"""Matches a line that begins a `|` text, also after a colon with a typing error."""
_KEY = re.compile(rf"(?P<lead>(?:- +)*)(?P<key>{WORD})\s*(?P<colon>[:：])")
_SIGN_AFTER_KEY = re.compile(rf"(?P<key>{WORD})\s*(?P<sign>[;；=＝、，→])\s*(?=\S)")
"""Matches what editors type instead of the colon."""
_YEAR_KEY = re.compile(r"(?<![^\s{,、，])(?:(?:令和|平成|昭和)(?:元|[0-9]{1,2})年度?|[12][0-9]{3}(?:年度?)?)$")
_LONGEST_YEAR = len("令和12年度")
_PAIR = r"[^\s:：;；,、，\"'{}\[\]｝］]+: [^\s:：;；,、，\"'{}\[\]｝］]+"
_CORRECT_LINE = re.compile(
    r" *(?:#.*|(?:- +)?(?![0-9０-９]{1,2}[)）.．、])"
    r"[^\W_・･·ー－＋＊①-⑳][^\s:：#\"'\[\]{}、，,]{0,15}:"
    rf"(?: +(?:[^\s［］\"'\[{{｛{BLOCK_SIGNS}][^］]*|\[(?!\[)[^\"'［］]*|\{{{_PAIR}(?:, {_PAIR})*\}})| *))"
)
"""Matches a comment, or a key with a correct colon and value. Nearly all lines match, and need no further check."""
_LEVEL_ROW = re.compile(r"名称[\s\u3000]*[:：][\s\u3000]*([^,}\n:：、]+?)\s*[,、\n]\s*path\s*[:：]")


def apply_typing_fixes(source: Source) -> tuple[Source, list[Diagnostic]]:
    """Return the text with typing errors fixed, and a diagnostic for each at its place as typed."""
    text = "\n".join(source.lines)
    known_keys = {
        *(field.name for field in all_fields()),
        *(name.replace('"', "").replace("'", "") for name in _LEVEL_ROW.findall(text)),
        *_year_keys(text),
    }
    # A line of full-width spaces or tabs looks blank, but is a YAML error.
    lines = ["" if line.isspace() else line for line in source.lines]
    mistakes = []
    above: deque[str] = deque(maxlen=MAX_CONTEXT_LINES)
    for number, next_number in pairwise((*_structure_lines(source.lines), -1)):
        typed, below = lines[number], lines[next_number] if next_number > 0 else ""
        if _CORRECT_LINE.fullmatch(typed):
            above.append(typed)
            continue
        places = TypedPlaces(source, number + 1)
        for fix in _fixes_in_order(typed, known_keys, above, below):
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
        has_sign = any(sign in line for sign in ("|", ">", *BLOCK_SIGNS))
        if has_sign and _BLOCK.search(line) and not line.lstrip(" ").startswith("#"):
            block_indent = " " * (first_key_column(line) + 1)
        yield number


def _fixes_in_order(line: str, known_keys: Collection[str], above: Sequence[str], below: str) -> Iterator[TypingFix]:
    """Yield the fixes of a line one after another. Each applies to the line with the earlier ones."""
    for _ in range(MAX_FIXES_PER_LINE):
        fix = next(_line_fixes(line, known_keys, above, below), None)
        if not fix:
            return
        yield fix
        line = fix.fixed_line


def _line_fixes(line: str, known_keys: Collection[str], above: Sequence[str], below: str = "") -> Iterator[TypingFix]:
    """Yield the possible fixes of a line. Callers apply the first and call again."""
    yield from _indent_fixes(line, above)
    indent = len(line) - len(line.lstrip(" "))
    if line[indent : indent + 1] == "＃":
        fixed = line[:indent] + "#" + line[indent + 1 :]
        yield TypingFix(indent, 1, "wide-hash", "覚え書きの `＃` が全角です", "半角の `#` にします", fixed)
    if line[indent : indent + 1] == "#":
        return
    yield from item_fixes(line, known_keys, above, below)
    start = first_key_column(line)
    if line[start : start + 1] in tuple("{｛"):
        yield from flow_mapping_fixes(line, start, known_keys)
    if line[start : start + 1] in tuple("{[\"'"):
        yield from quote_fixes(line, start, known_keys, is_list=line[start] != "{")
    else:
        yield from _colon_fixes(line, indent, known_keys, below)


def _indent_fixes(line: str, above: Sequence[str]) -> Iterator[TypingFix]:
    """Yield the fix for tabs and full-width spaces in the indentation. It aligns the line with one above."""
    indent = line[: len(line) - len(line.lstrip(" " + SPACES))]
    if not indent.strip(" "):
        return
    first_wide = len(indent) - len(indent.lstrip(" "))
    spaces = indent.count(" ")
    widths = [spaces + width * (len(indent) - spaces) for width in (2, 1, 4, 8)] if above else [0]
    columns = (
        column for other in reversed(above) for column in (first_key_column(other), len(other) - len(other.lstrip(" ")))
    )
    aligned = next((column for column in columns if column in widths), widths[0])
    if above and _BLOCK.search(above[-1]) and not _KEY.match(line, len(indent)):
        aligned = first_key_column(above[-1]) + 2  # a line of a text
    rule = "tab-indent" if indent[first_wide] == "\t" else "wide-space-indent"
    message = f"字下げに{space_name(indent[first_wide])}が使われています"
    hint = f"行の頭を半角の空白 {aligned} 個にします" if aligned else "行の頭の空白を消します"
    yield TypingFix(first_wide, 1, rule, message, hint, " " * aligned + line[len(indent) :])


def _colon_fixes(line: str, indent: int, known_keys: Collection[str], below: str) -> Iterator[TypingFix]:
    """Yield fixes for the colon after a key and for the start of its value."""
    match = _KEY.match(line, indent)
    if not match:
        yield from _missing_colon_fixes(line, indent, known_keys, below)
        return
    key, end = match["key"].strip(), match.end()
    rest, value = line[end:], line[end:].lstrip(" " + SPACES)
    fixed = f"{line[: match.start('colon')]}: {value}"
    before_colon = line[match.end("key") : match.start("colon")]
    if key in known_keys and (space := before_colon.lstrip(" ")[:1]):
        message = f"`{key}` のあとに{space_name(space)}があります"
        fixed = line[: match.end("key")] + line[match.start("colon") :]
        yield TypingFix(
            match.start("colon") - len(before_colon.lstrip(" ")), 1, "wide-space", message, "この空白を消します", fixed
        )
    elif match["colon"] == "：":
        if key in known_keys or (closest_match(key, known_keys) and ": " not in line):
            message = f"`{key}` のあとの `：` が全角です"
            yield TypingFix(end - 1, 1, "wide-colon", message, "半角の `:` と空白にします", fixed)
    elif key in known_keys and rest.lstrip(" ")[:1] in tuple(SPACES) and value:
        column = end + len(rest) - len(rest.lstrip(" "))
        message = f"`{key}:` のあとが{space_name(line[column])}です"
        yield TypingFix(column, 1, "wide-space", message, "半角の空白にします", fixed)
    elif key in known_keys and rest[:1] not in ("", " "):
        message = f"`{key}:` のあとに空白がありません"
        yield TypingFix(end, 1, "no-space-after-colon", message, "`:` のあとに半角の空白を入れます", fixed)
    else:
        yield from value_fixes(line, len(line) - len(value), key, known_keys)


def _missing_colon_fixes(line: str, indent: int, known_keys: Collection[str], below: str) -> Iterator[TypingFix]:
    """Yield the fix for a known key without a colon. A single word is a key only if its value is below it."""
    start = first_key_column(line)
    sign = _SIGN_AFTER_KEY.match(line, start)
    if sign and sign["key"] in known_keys:
        fixed = f"{line[:start]}{sign['key']}: {line[sign.end() :]}".rstrip()
        message = f"`{sign['key']}` のあとが `{sign['sign']}` です"
        yield TypingFix(sign.start("sign"), 1, "yaml-syntax", message, "半角の `:` と空白にします", fixed)
        return
    key, space, rest = line[start:].partition(" ")
    depth = len(below) - len(below.lstrip(" "))
    is_above_value = start == indent and (depth > indent or (depth == indent and below.lstrip().startswith("- ")))
    if key in known_keys and (rest.strip() or (is_above_value and not space)):
        fixed = f"{line[:start]}{key}: {rest.lstrip()}"
        message = "項目名のあとに `:` がありません"
        hint = f"`{fixed.lstrip(' -')}` と、`:` と半角の空白を入れます" if rest.strip() else f"`{key}:` とします"
        yield TypingFix(start, len(key), "yaml-syntax", message, hint, fixed)
