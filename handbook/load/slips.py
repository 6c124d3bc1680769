"""Slips of a Japanese keyboard in YAML: full-width colons, spaces, dashes. Found line by line and mended in memory.

A slip breaks the YAML around it, and one broken line would hide every other mistake in the file. So each is
reported at its place and mended in the copy that is read on; the editor's file is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from handbook.load.source import Source
from handbook.mistakes import Mistake, nearest

_BLOCK = re.compile(r"(?:^|[:\-])\s+[|>][-+0-9]*\s*(?:#.*)?$")
_LEAD = re.compile(r"(?:[-]\s+)*")
_SPACES = re.compile(r"[\s\u3000]*")
_WIDE_DASH = re.compile(r"[－−–—‐ー](?=[\s\u3000])")
_KEY = re.compile(
    r"(?P<lead>(?:-[\s\u3000]+)*)(?P<key>[^\s\u3000:：#\"'\[\]{}|>-][^:：#\"'\[\]{}]{0,15}?)(?P<colon>[:：])"
)
_DASHED = re.compile(r"-(?P<key>[^\s:：-][^\s:：]*)[:：]")


def block_lines(lines: tuple[str, ...]) -> set[int]:
    """Return the numbers (from 0) of the lines inside `|` texts, where everything is just text."""
    inside: set[int] = set()
    base = -1
    for number, line in enumerate(lines):
        bare = line.lstrip(" ")
        if base >= 0 and (not bare or len(line) - len(bare) > base):
            inside.add(number)
            continue
        base = -1
        if line.endswith(("|", ">", "-", "+")) and _BLOCK.search(line) and not bare.startswith("#"):
            lead = _LEAD.match(bare)
            base = len(line) - len(bare) + (lead.end() if lead else 0)
    return inside


def mended(source: Source, known: Collection[str]) -> tuple[Source, list[Mistake]]:
    """Return the text with its typing slips mended, and each slip as a mistake at its own place."""
    inside = block_lines(source.lines)
    lines, mistakes = list(source.lines), []
    for number, line in enumerate(source.lines):
        if number in inside or not line.strip() or (line.isascii() and "\t" not in line and ":" not in line):
            continue
        for column, width, rule, message, hint, mend in _slips(line, known):
            mistakes.append(source.mistake(number + 1, column + 1, width, rule, message, hint))
            lines[number] = mend
    return Source(source.file, tuple(lines)), mistakes


def _slips(line: str, known: Collection[str]) -> Iterator[tuple[int, int, str, str, str, str]]:
    """Yield each slip of one line as (column, width, rule, message, hint, the line mended so far)."""
    spaces = _SPACES.match(line)
    indent = spaces[0] if spaces else ""
    if indent.strip(" "):
        bad = next(i for i, c in enumerate(indent) if c != " ")
        tab = indent[bad] == "\t"
        name = "タブ" if tab else "全角の空白"
        rule = "tab-indent" if tab else "wide-space-indent"
        line = "".join("  " if c in "\t\u3000" else " " for c in indent) + line[len(indent) :]
        yield bad, 1, rule, f"字下げに{name}が使われています", "半角の空白で字下げします", line
    start = len(line) - len(line.lstrip(" "))
    head, body = line[:start], line[start:]
    if body.startswith("＃"):
        line = head + "#" + body[1:]
        yield start, 1, "wide-hash", "覚え書きの `＃` が全角です", "半角の `#` にします", line
        return
    if body.startswith("#"):
        return
    if _WIDE_DASH.match(body):
        body = "- " + body[1:].lstrip(" \u3000")
        yield start, 1, "wide-dash", f"項目のはじめの `{line[start]}` が全角です", "半角の `-` にします", head + body
    if (dashed := _DASHED.match(body)) and dashed["key"] in known:
        body = "- " + body[1:]
        yield (
            start,
            1,
            "no-space-after-dash",
            "`-` のあとに空白がありません",
            "`- ` と半角の空白を入れます",
            head + body,
        )
    yield from _colon(head, body, known)


def _colon(head: str, body: str, known: Collection[str]) -> Iterator[tuple[int, int, str, str, str, str]]:
    """Yield the slip at the colon after a key, if there is one."""
    found = _KEY.match(body)
    if not found:
        return
    key, rest = found["key"].strip(), body[found.end() :]
    column = len(head) + found.start("colon")
    line = f"{head}{found['lead'].replace(chr(0x3000), ' ')}{key}: {rest.lstrip(' ' + chr(0x3000))}"
    if "\u3000" in found["lead"]:
        wide = len(head) + body.index("\u3000")
        yield wide, 1, "wide-space", "`-` のあとの空白が全角です", "半角の空白にします", line
    elif found["colon"] == "：" and (key in known or (nearest(key, known) and ": " not in body)):
        yield column, 1, "wide-colon", f"`{key}` のあとの `：` が全角です", "半角の `:` と空白にします", line
    elif found["colon"] == ":" and rest.startswith("\u3000") and key in known:
        message = f"`{key}:` のあとの空白が全角です"
        yield column + 1, 1, "wide-space", message, "半角の空白にします", line
    elif found["colon"] == ":" and rest.startswith(" [[") and key in known:
        line = line[: -len(rest) + 1] + "'" + rest[1:].replace("'", "''") + "'"
        yield column + 2, 2, "bracket-value", "値が `[[` で始まっています", '値の全体を " " で囲みます', line
    elif found["colon"] == ":" and rest[:1] not in ("", " ") and key in known:
        message = f"`{key}:` のあとに空白がありません"
        yield column + 1, 1, "no-space-after-colon", message, "`:` のあとに半角の空白を入れます", line
