"""A comparison as Markdown for a pull request: a line that says it all, and the table folded beneath.

Whatever stands in the plan appears as it was typed: every sign that means something to Markdown or HTML is written
as a character reference, and the signs that a forge makes into a mention or a reference (`@name`, `#12`, `!3`) are
followed by a space of no width, as the bots of the forges themselves do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from handbook.model import Change, Comparison, Edition, Segments

MAX_BODY_CHARS = 60_000
"""Characters of the whole: a comment holds 65,536, a summary of a job 1 MiB."""
MAX_CELL_CHARS = 1_200
"""Characters shown of one side of a change."""
MAX_LIST_ITEMS = 200
"""Pages, runs of numbers and mistakes that are listed."""
_MARKDOWN_SPECIAL = re.compile(r"[&<>\\`*_\[\](){}|~$:#@!%^='\"+]")
_FORGE_REFERENCES = re.compile(
    r"(?<=[@#!~$%&])(?=[\w\"'])|(?<=\bGH)(?=-\d)|(?<=\bwww)(?=\.)|(?<=\b[Hh][Tt][Tt][Pp])(?=s?:)"
)
_ZERO_WIDTH_SPACE = "\u200b"
_TABLE_HEADER = "| 節 | 改正前 | 改正後 | 備考 |\n|---|---|---|---|\n"


def comparison_markdown(comparison: Comparison, before: Edition, after: Edition) -> str:
    """Return the whole as Markdown, never longer than LONGEST; what had no room is counted."""
    head = "\n".join(_head(comparison, before, after))
    tail = "\n".join(_footer(comparison))
    if len(head) + len(tail) > MAX_BODY_CHARS // 2:
        tail = ""
    return head + _changes_table(comparison, MAX_BODY_CHARS - len(head) - len(tail) - 200) + tail


def escape_markdown(text: str) -> str:
    """Return words that Markdown, HTML and a forge take for nothing but words, on one line."""
    calm = _FORGE_REFERENCES.sub(_ZERO_WIDTH_SPACE, text)
    escaped = _MARKDOWN_SPECIAL.sub(lambda sign: f"&#{ord(sign[0])};", calm)
    return re.sub(r"\s*\n\s*", "<br>", escaped.strip("\n"))


def _head(comparison: Comparison, before: Edition, after: Edition) -> Iterator[str]:
    yield "## 新旧対照表\n"
    yield f"{escape_markdown(after.plan.name)}\n"
    yield f"改正前 {escape_markdown(before.heading)} → 改正後 {escape_markdown(after.heading)}\n"
    counted = "、".join(f"{kind} {number}" for kind, number in comparison.counts)
    yield f"**{counted or '変わったところはありません。'}**\n"
    if before.diagnostics:
        yield f"改正前の原稿に誤りが {len(before.diagnostics)} 件あり、読めたところだけを比べました。\n"
    if comparison.missing_redirects:
        yield f"### 直すところ {len(comparison.missing_redirects)} 件\n"
        lines = (f"{m.span.file}:{m.span.line} {m.message} ヒント: {m.hint}" for m in comparison.missing_redirects)
        yield _bullet_list(lines)


def _bullet_list(lines: Iterable[str]) -> str:
    """Return a Markdown list of at most MOST_LISTED lines."""
    every = [f"- {escape_markdown(line)}" for line in lines]
    more = [f"- ほか {len(every) - MAX_LIST_ITEMS:,} 件"] if len(every) > MAX_LIST_ITEMS else []
    return "\n".join([*every[:MAX_LIST_ITEMS], *more, "", ""])


def _changes_table(comparison: Comparison, room: int) -> str:
    """Return the changes, those of one branch folded together, as far as there is room."""
    branches: dict[str, list[str]] = {}
    rows = [change for of_one in comparison.changes_by_node for change in of_one]
    shown = 0
    for change in rows:
        branch, row = _branch(change), _table_row(change)
        needed = len(row) + (0 if branch in branches else len(branch) * 6 + len(_TABLE_HEADER) + 80)
        if needed > room:
            break
        room -= needed
        shown += 1
        branches.setdefault(branch, []).append(row)
    parts = [
        _details(f"{branch}（{len(held)} 件）", _TABLE_HEADER + "".join(held)) for branch, held in branches.items()
    ]
    if shown < len(rows):
        parts.append(f"長くなるため、ほか {len(rows) - shown:,} 件は省きました。全体は HTML か PDF で見られます。\n\n")
    return "".join(parts)


def _branch(change: Change) -> str:
    """Return under which heading a change is folded: that of its top branch."""
    if not change.number:
        return "計画の全体" if change.level not in ("ページ", "画像") else "ページと画像"
    steps = change.number.count("-")
    number = change.number.partition("-")[0]
    return f"{number} {change.ancestors[-steps]}" if steps else f"{number} {change.name}"


def _details(title: str, body: str) -> str:
    return f"<details><summary>{escape_markdown(title)}</summary>\n\n{body}\n</details>\n\n"


def _table_row(change: Change) -> str:
    about = " ".join(filter(None, (change.level, change.number, change.name)))
    remark = f"<br>{escape_markdown(change.remark)}" if change.remark else ""
    old, new = _marked_cell(change.old_segments, "del"), _marked_cell(change.new_segments, "ins")
    nothing = change.empty_text
    return f"| {escape_markdown(about)} | {old or nothing} | {new or nothing} | {escape_markdown(change.kind_label)}{remark} |\n"


def _marked_cell(pieces: Segments, tag: str) -> str:
    """Return one side of a change, with what differs between tags."""
    made, room = "", MAX_CELL_CHARS
    for words, differs in pieces:
        shown = escape_markdown(words[:room]) if words.strip("\n") else "<br>"
        breaks = ("<br>" * words.startswith("\n"), "<br>" * words.endswith("\n")) if words.strip("\n") else ("", "")
        made += f"{breaks[0]}<{tag}>{shown}</{tag}>{breaks[1]}" if differs else f"{breaks[0]}{shown}{breaks[1]}"
        room -= len(words)
        if room <= 0:
            return f"{made}…（続きがあります）"
    return made


def _footer(comparison: Comparison) -> Iterator[str]:
    """Yield what is folded at the end: numbers that shifted, pages that are touched."""
    if comparison.renumberings:
        total = sum(shift.node_count for shift in comparison.renumberings)
        lines = (f"{shift.label}（{shift.node_count} 節）" for shift in comparison.renumberings)
        yield _details(f"番号だけが変わる節（{total} 節）", _bullet_list(lines))
    groups = (
        ("新しいページ", comparison.added_paths),
        ("内容が変わるページ", comparison.modified_paths),
        ("なくなるページ", comparison.removed_paths),
    )
    counted = "、".join(f"{name} {len(paths)}" for name, paths in groups if paths)
    if counted:
        yield _details(counted, _bullet_list(f"{name} {path}" for name, paths in groups for path in paths))
