"""A comparison as Markdown for a pull request: a line that says it all, and the table folded beneath.

Whatever stands in the plan appears as it was typed: every sign that means something to Markdown or HTML is written
as a character reference, and the signs that a forge makes into a mention or a reference (`@name`, `#12`, `!3`) are
followed by a space of no width, as the bots of the forges themselves do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from handbook.model import Change, Comparison, Edition, Marked

LONGEST = 60_000
"""Characters of the whole: a comment holds 65,536, a summary of a job 1 MiB."""
LONGEST_CELL = 1_200
"""Characters shown of one side of a change."""
MOST_LISTED = 200
"""Pages, runs of numbers and mistakes that are listed."""
_SIGNS = re.compile(r"[&<>\\`*_\[\](){}|~$:#@!%^='\"+]")
_CALLS = re.compile(r"(?<=[@#!~$%&])(?=[\w\"'])|(?<=\bGH)(?=-\d)|(?<=\bwww)(?=\.)|(?<=\b[Hh][Tt][Tt][Pp])(?=s?:)")
_GAP = "\u200b"
_HEAD = "| 節 | 改正前 | 改正後 | 備考 |\n|---|---|---|---|\n"


def summary(comparison: Comparison, before: Edition, after: Edition) -> str:
    """Return the whole as Markdown, never longer than LONGEST; what had no room is counted."""
    head = "\n".join(_head(comparison, before, after))
    tail = "\n".join(_tail(comparison))
    if len(head) + len(tail) > LONGEST // 2:
        tail = ""
    return head + _table(comparison, LONGEST - len(head) - len(tail) - 200) + tail


def plain(text: str) -> str:
    """Return words that Markdown, HTML and a forge take for nothing but words, on one line."""
    calm = _CALLS.sub(_GAP, text)
    escaped = _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", calm)
    return re.sub(r"\s*\n\s*", "<br>", escaped.strip("\n"))


def _head(comparison: Comparison, before: Edition, after: Edition) -> Iterator[str]:
    yield "## 新旧対照表\n"
    yield f"{plain(after.plan.name)}\n"
    yield f"改正前 {plain(before.named)} → 改正後 {plain(after.named)}\n"
    counted = "、".join(f"{kind} {number}" for kind, number in comparison.counts)
    yield f"**{counted or '変わったところはありません。'}**\n"
    if before.flaws:
        yield f"改正前の原稿に誤りが {len(before.flaws)} 件あり、読めたところだけを比べました。\n"
    if comparison.mistakes:
        yield f"### 直すところ {len(comparison.mistakes)} 件\n"
        lines = (f"{m.place.file}:{m.place.line} {m.message} ヒント: {m.hint}" for m in comparison.mistakes)
        yield _list(lines)


def _list(lines: Iterable[str]) -> str:
    """Return a Markdown list of at most MOST_LISTED lines."""
    every = [f"- {plain(line)}" for line in lines]
    more = [f"- ほか {len(every) - MOST_LISTED:,} 件"] if len(every) > MOST_LISTED else []
    return "\n".join([*every[:MOST_LISTED], *more, "", ""])


def _table(comparison: Comparison, room: int) -> str:
    """Return the changes, those of one branch folded together, as far as there is room."""
    branches: dict[str, list[str]] = {}
    rows = [change for of_one in comparison.entries for change in of_one]
    shown = 0
    for change in rows:
        branch, row = _branch(change), _row(change)
        needed = len(row) + (0 if branch in branches else len(branch) * 6 + len(_HEAD) + 80)
        if needed > room:
            break
        room -= needed
        shown += 1
        branches.setdefault(branch, []).append(row)
    parts = [_folded(f"{branch}（{len(held)} 件）", _HEAD + "".join(held)) for branch, held in branches.items()]
    if shown < len(rows):
        parts.append(f"長くなるため、ほか {len(rows) - shown:,} 件は省きました。全体は HTML か PDF で見られます。\n\n")
    return "".join(parts)


def _branch(change: Change) -> str:
    """Return under which heading a change is folded: that of its top branch."""
    if not change.number:
        return "計画の全体" if change.level not in ("ページ", "画像") else "ページと画像"
    steps = change.number.count("-")
    number = change.number.partition("-")[0]
    return f"{number} {change.trail[-steps]}" if steps else f"{number} {change.name}"


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{plain(title)}</summary>\n\n{body}\n</details>\n\n"


def _row(change: Change) -> str:
    about = " ".join(filter(None, (change.level, change.number, change.name)))
    remark = f"<br>{plain(change.remark)}" if change.remark else ""
    old, new = _side(change.old, "del"), _side(change.new, "ins")
    nothing = change.nothing
    return f"| {plain(about)} | {old or nothing} | {new or nothing} | {plain(change.what)}{remark} |\n"


def _side(pieces: Marked, tag: str) -> str:
    """Return one side of a change, with what differs between tags."""
    made, room = "", LONGEST_CELL
    for words, differs in pieces:
        shown = plain(words[:room]) if words.strip("\n") else "<br>"
        breaks = ("<br>" * words.startswith("\n"), "<br>" * words.endswith("\n")) if words.strip("\n") else ("", "")
        made += f"{breaks[0]}<{tag}>{shown}</{tag}>{breaks[1]}" if differs else f"{breaks[0]}{shown}{breaks[1]}"
        room -= len(words)
        if room <= 0:
            return f"{made}…（続きがあります）"
    return made


def _tail(comparison: Comparison) -> Iterator[str]:
    """Yield what is folded at the end: numbers that shifted, pages that are touched."""
    if comparison.shifts:
        total = sum(shift.nodes for shift in comparison.shifts)
        lines = (f"{shift.told}（{shift.nodes} 節）" for shift in comparison.shifts)
        yield _folded(f"番号だけが変わる節（{total} 節）", _list(lines))
    groups = (
        ("新しいページ", comparison.born),
        ("内容が変わるページ", comparison.touched),
        ("なくなるページ", comparison.gone),
    )
    counted = "、".join(f"{name} {len(paths)}" for name, paths in groups if paths)
    if counted:
        yield _folded(counted, _list(f"{name} {path}" for name, paths in groups for path in paths))
