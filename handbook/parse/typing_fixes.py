"""Slips of a Japanese keyboard in YAML: full-width colons, spaces, brackets. Found line by line and mended in memory.

A slip breaks the YAML around it, and one broken line would hide every other mistake in the file. So each is
reported at its place and mended in the copy that is read on; the editor's file is never touched.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from handbook.diagnostics import Diagnostic, closest_match
from handbook.fields import all_fields, list_field_names
from handbook.parse.source import Source

MAX_FIXES_PER_LINE = 20
"""Slips mended in one line; whatever is left then is for the parser to say."""
MAX_CONTEXT_LINES = 11
"""Lines above that an indentation may be meant to fit."""

_WIDE_SPACES = "\t\u3000\u00a0"
_BLOCK = re.compile(r"(?:(?:^|[:\-]|^\s*(?:- +)*[^\s:：]+)\s+|[:：]\s*)[|>][-+0-9]*\s*(?:#.*)?$")
"""Where a `|` text begins, also behind a slip in its colon."""
_LIST_DASHES = re.compile(r"(?:- +)*")
_WORD = r"[^\s\u3000:：#\"'\[\]{}｛｝［］|>、，,-][^:：#\"'\[\]{}、，,]{0,15}?"
_BULLET = re.compile(rf"[－−–—‐ー](?=[\s\u3000])|[・●○](?={_WORD}[:：])")
_DASH_WITH_WIDE_SPACE = re.compile(rf"-( *)([{_WIDE_SPACES}])[ {_WIDE_SPACES}]*")
_DASH_WITHOUT_SPACE = re.compile(r"-[^\s\-]")
_KEY = re.compile(rf"(?P<lead>(?:- +)*)(?P<key>{_WORD})\s*(?P<colon>[:：])")
_YEAR_KEY = re.compile(r"(?<![^\s{,、，])(?:(?:令和|平成|昭和)(?:元|[0-9]{1,2})年度?|[12][0-9]{3}(?:年度?)?)$")
_LONGEST_YEAR = len("令和12年度")
_TEXT_FIELD_NAMES = re.compile(
    r" *(?:#.*|(?:- +)*[^\s:：#\"'\[\]{}｛｝［］|>、，,・●○－−–—‐ー＃-][^\s:：#\"'\[\]{}、，,]{0,15}:"
    r"(?: +(?!\[\[)[^\s［］][^］]*| *))"
)
"""A remark, or a key with its colon and behind that nothing, or a space and a value: hardly a line is anything else."""
_LEVEL_ROW = re.compile(r"名称[\s\u3000]*[:：][\s\u3000]*([^,}\n:：、]+?)\s*[,、\n]\s*path\s*[:：]")


@dataclass(frozen=True, slots=True)
class _TypingFix:
    """A slip in one line, and the line without it. The column counts from 0."""

    column: int
    width: int
    rule: str
    message: str
    hint: str
    fixed_line: str


def apply_typing_fixes(source: Source) -> tuple[Source, list[Diagnostic]]:
    """Return the text with its typing slips mended, and each slip as a mistake at its own place."""
    whole = "\n".join(source.lines)
    known = {*(field.name for field in all_fields()), *_LEVEL_ROW.findall(whole), *_year_keys(whole)}
    # Full-width spaces and tabs alone are nothing to a reader, but much to YAML.
    lines = ["" if line.isspace() else line for line in source.lines]
    mistakes = []
    above: deque[str] = deque(maxlen=MAX_CONTEXT_LINES)
    for number in _structure_lines(source.lines):
        typed = lines[number]
        for slip in () if _TEXT_FIELD_NAMES.fullmatch(typed) else _fixes_in_order(typed, known, above):
            column = slip.column + 1 + len(typed) - len(lines[number])
            mistakes.append(source.mistake(number + 1, column, slip.width, slip.rule, slip.message, slip.hint))
            lines[number] = slip.fixed_line
        above.append(lines[number])
    return Source(source.file, tuple(lines)), mistakes


def _year_keys(whole: str) -> set[str]:
    """Return the years that stand as keys."""
    before = (words.rstrip()[-_LONGEST_YEAR - 1 :] for words in whole.replace("：", ":").split(":")[:-1])
    return {found[0] for words in before if (found := _YEAR_KEY.search(words))}


def original_column(column: int, mended: str, typed: str) -> int:
    """Return where a column (from 1) of a mended line stands in the line as it was typed."""
    if mended == typed:
        return column
    same = 0
    while same < min(len(mended), len(typed)) and mended[same] == typed[same]:
        same += 1
    if column - 1 < same:
        return column
    rest = mended[column - 1 :].removesuffix("'")  # behind the place, only a closing quote was added
    found = typed.rfind(rest) if rest.strip() else -1
    return found + 1 if found >= 0 else max(same + 1, column + len(typed) - len(mended))


def _structure_lines(lines: Iterable[str]) -> Iterator[int]:
    """Yield the numbers (from 0) of the lines with words but not inside `|` texts, where everything is just text."""
    deeper = ""
    for number, line in enumerate(lines):
        if (deeper and line.startswith(deeper)) or not line.strip():
            continue
        deeper = ""
        if line.endswith(("|", ">", "-", "+")) and _BLOCK.search(line) and not line.lstrip(" ").startswith("#"):
            deeper = " " * (_first_key_column(line) + 1)
        yield number


def _first_key_column(line: str) -> int:
    """Return the column of a line's first key or word, behind its spaces and dashes."""
    bare = line.lstrip(" ")
    lead = _LIST_DASHES.match(bare)
    return len(line) - len(bare) + (lead.end() if lead else 0)


def _fixes_in_order(line: str, known: Collection[str], above: Sequence[str]) -> Iterator[_TypingFix]:
    """Yield the slips of a line, each in the line as it is once those before it are mended."""
    for _ in range(MAX_FIXES_PER_LINE):
        slip = next(_line_fixes(line, known, above), None)
        if not slip:
            return
        yield slip
        line = slip.fixed_line


def _line_fixes(line: str, known: Collection[str], above: Sequence[str]) -> Iterator[_TypingFix]:
    """Yield the slips of a line; the first is mended, then the line is looked at again."""
    yield from _indent(line, above)
    at = len(line) - len(line.lstrip(" "))
    if line[at : at + 1] == "＃":
        mend = line[:at] + "#" + line[at + 1 :]
        yield _TypingFix(at, 1, "wide-hash", "覚え書きの `＃` が全角です", "半角の `#` にします", mend)
    if line[at : at + 1] == "#":
        return
    yield from _dash(line, at, known)
    if line[_first_key_column(line) : _first_key_column(line) + 1] in ("{", "｛"):
        yield from _flow_mapping_fixes(line, _first_key_column(line), known)
    else:
        yield from _colon(line, at, known)


def _indent(line: str, above: Sequence[str]) -> Iterator[_TypingFix]:
    """Tabs and full-width spaces at the head of a line; they count as what makes the line fit those above."""
    indent = line[: len(line) - len(line.lstrip(" " + _WIDE_SPACES))]
    if not indent.strip(" "):
        return
    bad = len(indent) - len(indent.lstrip(" "))
    plain = indent.count(" ")
    widths = [plain + each * (len(indent) - plain) for each in (2, 1, 4, 8)] if above else [0]
    columns = (
        column
        for other in reversed(above)
        for column in (_first_key_column(other), len(other) - len(other.lstrip(" ")))
    )
    fit = next((column for column in columns if column in widths), widths[0])
    tab = indent[bad] == "\t"
    name, rule = ("タブ", "tab-indent") if tab else ("全角の空白", "wide-space-indent")
    mend = " " * fit + line[len(indent) :]
    yield _TypingFix(bad, 1, rule, f"字下げに{name}が使われています", "半角の空白で字下げします", mend)


def _dash(line: str, at: int, known: Collection[str]) -> Iterator[_TypingFix]:
    """What stands for `- ` but is something else."""
    head, body = line[:at], line[at:]
    bullet = _BULLET.match(body)
    if bullet and (bullet[0] not in "・●○" or ((key := _KEY.match(body[1:])) and key["key"] in known)):
        mend = head + "- " + body[1:].lstrip(" " + _WIDE_SPACES)
        yield _TypingFix(at, 1, "wide-dash", f"項目のはじめが `{bullet[0]}` です", "半角の `-` と空白にします", mend)
    spaced = _DASH_WITH_WIDE_SPACE.match(body)
    if spaced:
        name = "タブ" if spaced[2] == "\t" else "全角"
        mend = head + "- " + body[spaced.end() :]
        message = f"`-` のあとの空白が{name}です"
        yield _TypingFix(at + 1 + len(spaced[1]), 1, "wide-space", message, "半角の空白にします", mend)
    elif _DASH_WITHOUT_SPACE.match(body):
        hint = "`- ` と半角の空白を入れます"
        yield _TypingFix(at, 1, "no-space-after-dash", "`-` のあとに空白がありません", hint, head + "- " + body[1:])


def _colon(line: str, at: int, known: Collection[str]) -> Iterator[_TypingFix]:
    """The colon after a key, and what a value begins with."""
    found = _KEY.match(line, at)
    if not found:
        yield from _missing_colon_fixes(line, at, known)
        return
    key, end = found["key"].strip(), found.end()
    rest, bare = line[end:], line[end:].lstrip(" " + _WIDE_SPACES)
    mend = f"{line[: found.start('colon')]}: {bare}"
    if found["colon"] == "：":
        if key in known or (closest_match(key, known) and ": " not in line):
            yield _TypingFix(
                end - 1, 1, "wide-colon", f"`{key}` のあとの `：` が全角です", "半角の `:` と空白にします", mend
            )
    elif key in known and rest.lstrip(" ")[:1] in tuple(_WIDE_SPACES) and bare:
        place = end + len(rest) - len(rest.lstrip(" "))
        name = "タブ" if line[place] == "\t" else "全角"
        yield _TypingFix(place, 1, "wide-space", f"`{key}:` のあとの空白が{name}です", "半角の空白にします", mend)
    elif key in known and rest[:1] not in ("", " "):
        message = f"`{key}:` のあとに空白がありません"
        yield _TypingFix(end, 1, "no-space-after-colon", message, "`:` のあとに半角の空白を入れます", mend)
    else:
        yield from _value(line, len(line) - len(bare), key, known)


def _value(line: str, at: int, key: str, known: Collection[str]) -> Iterator[_TypingFix]:
    """A value that begins with brackets: those of a list in full width, those of a link."""
    value = line[at:]
    if key in list_field_names():
        for sign, half in (("［", "["), ("］", "]")):
            wide = value.find(sign)
            if wide >= 0 and (sign == "］" or wide == 0) and "［要確認］" not in value:
                mend = line[: at + wide] + half + line[at + wide + 1 :]
                yield _TypingFix(
                    at + wide, 1, "wide-bracket", f"`{sign}` が全角です", "`[` と `]` は半角にします", mend
                )
        if value.startswith("[[") and value.rstrip().endswith("]]"):
            inner = value.strip()[1:-1]
            message, hint = f"`{key}` の値が `[[` で始まっています", f"`{inner}` と、`[` を 1 つにします"
            yield _TypingFix(at, 2, "bracket-value", message, hint, line[:at] + inner)
    elif value.startswith("[[") and key in known:
        mend = line[:at] + "'" + value.replace("'", "''") + "'"
        yield _TypingFix(
            at, 2, "bracket-value", f"`{key}` の値が `[[` で始まっています", '値の全体を " " で囲みます', mend
        )


def _missing_colon_fixes(line: str, at: int, known: Collection[str]) -> Iterator[_TypingFix]:
    """A known key with no colon behind it. A lone word after a dash may well be an item of a list."""
    start = _first_key_column(line)
    key, space, rest = line[start:].partition(" ")
    if key in known and (rest.strip() or (start == at and not space)):
        mend = f"{line[:start]}{key}: {rest.lstrip()}"
        message = "項目名のあとに `:` がありません"
        yield _TypingFix(start, len(key), "yaml-syntax", message, "`項目: 値` の形で書きます", mend)


def _flow_mapping_fixes(line: str, start: int, known: Collection[str]) -> Iterator[_TypingFix]:
    """A row written as `{key: value, key: value}`."""
    for sign, half, place in (("｛", "{", start), ("｝", "}", len(line.rstrip()) - 1)):
        if line[place] == sign:
            mend = line[:place] + half + line[place + 1 :]
            yield _TypingFix(place, 1, "wide-bracket", f"`{sign}` が全角です", f"半角の `{half}` にします", mend)
    for found in re.finditer(rf"(?P<comma>[,，、{{])\s*(?P<key>{_WORD})(?P<colon>[:：])(?P<after>.?)", line):
        key, comma, colon = found["key"], found["comma"], found["colon"]
        if key not in known:
            continue
        mend = f"{line[: found.start('colon')]}: {line[found.end('colon') :].lstrip(' ' + _WIDE_SPACES)}"
        if comma in "，、":
            mend = f"{line[: found.start()]}, {line[found.start('key') :]}"
            yield _TypingFix(found.start(), 1, "wide-comma", f"`{comma}` では区切れません", "半角の `,` にします", mend)
        elif colon == "：":
            message, hint = f"`{key}` のあとの `：` が全角です", "半角の `:` と空白にします"
            yield _TypingFix(found.start("colon"), 1, "wide-colon", message, hint, mend)
        elif found["after"] != " ":
            message, hint = f"`{key}:` のあとに空白がありません", "`:` のあとに半角の空白を入れます"
            yield _TypingFix(found.end("colon"), 1, "no-space-after-colon", message, hint, mend)
