"""Write a comparison as Markdown for a pull request: a summary line and collapsed tables of the changes.

Texts of the plan appear as typed. Each character with a meaning in Markdown or HTML is written as a character
reference. A zero-width space follows each character that GitHub or GitLab would turn into a mention or a reference
(`@name`, `#12`, `!3`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from handbook.model import Change, Comparison, Edition, Segments

MAX_BODY_CHARS = 60_000
"""Most characters of the text. GitHub allows 65,536 in a comment and 1 MiB in a job summary."""
MAX_CELL_CHARS = 1_200
"""Most characters shown of one side of a change."""
MAX_LIST_ITEMS = 200
"""Most items of a list of pages, renumberings or errors."""
_MARKDOWN_SPECIAL = re.compile(r"[&<>\\`*_\[\](){}|~$:#@!%^='\"+]")
_FORGE_REFERENCES = re.compile(
    r"(?<=[@#!~$%&])(?=[\w\"'])|(?<=\bGH)(?=-\d)|(?<=\bwww)(?=\.)|(?<=\b[Hh][Tt][Tt][Pp])(?=s?:)"
)
_ZERO_WIDTH_SPACE = "\u200b"
_TABLE_HEADER = "| 節 | 改正前 | 改正後 | 備考 |\n|---|---|---|---|\n"


def comparison_markdown(comparison: Comparison, before: Edition, after: Edition) -> str:
    """Return the comparison as Markdown of at most MAX_BODY_CHARS characters. Omitted changes are counted."""
    head = "\n".join(_head(comparison, before, after))
    tail = "\n".join(_tail(comparison))
    if len(head) + len(tail) > MAX_BODY_CHARS // 2:
        tail = ""
    return head + _changes_table(comparison, MAX_BODY_CHARS - len(head) - len(tail) - 200) + tail


def escape_markdown(text: str) -> str:
    """Return the text on one line, escaped for Markdown, HTML and the references of GitHub and GitLab."""
    unlinked = _FORGE_REFERENCES.sub(_ZERO_WIDTH_SPACE, text)
    escaped = _MARKDOWN_SPECIAL.sub(lambda match: f"&#{ord(match[0])};", unlinked)
    return re.sub(r"\s*\n\s*", "<br>", escaped.strip("\n"))


def _head(comparison: Comparison, before: Edition, after: Edition) -> Iterator[str]:
    yield "## 新旧対照表\n"
    yield f"{escape_markdown(after.plan.name)}\n"
    yield f"改正前 {escape_markdown(before.heading)} → 改正後 {escape_markdown(after.heading)}\n"
    counts = "、".join(f"{kind} {number}" for kind, number in comparison.counts)
    yield f"**{counts or '変わったところはありません。'}**\n"
    if before.diagnostics:
        yield f"改正前の原稿に誤りが {len(before.diagnostics)} 件あり、読めたところだけを比べました。\n"
    if comparison.missing_redirects:
        yield f"### 直すところ {len(comparison.missing_redirects)} 件\n"
        errors = comparison.missing_redirects
        lines = (f"{error.span.file}:{error.span.line} {error.message} ヒント: {error.hint}" for error in errors)
        yield _bullet_list(lines)


def _bullet_list(lines: Iterable[str]) -> str:
    """Return a Markdown list of at most MAX_LIST_ITEMS items, with the number of omitted ones."""
    items = [f"- {escape_markdown(line)}" for line in lines]
    more = [f"- ほか {len(items) - MAX_LIST_ITEMS:,} 件"] if len(items) > MAX_LIST_ITEMS else []
    return "\n".join([*items[:MAX_LIST_ITEMS], *more, "", ""])


def _changes_table(comparison: Comparison, remaining: int) -> str:
    """Return the changes in one collapsed table for each branch, in at most `remaining` characters."""
    rows_by_branch: dict[str, list[str]] = {}
    changes = [change for node_changes in comparison.changes_by_node for change in node_changes]
    shown = 0
    for change in changes:
        branch, row = _branch(change), _table_row(change)
        length = len(row) + (0 if branch in rows_by_branch else len(branch) * 6 + len(_TABLE_HEADER) + 80)
        if length > remaining:
            break
        remaining -= length
        shown += 1
        rows_by_branch.setdefault(branch, []).append(row)
    parts = [
        _details(f"{branch}（{len(rows)} 件）", _TABLE_HEADER + "".join(rows))
        for branch, rows in rows_by_branch.items()
    ]
    if shown < len(changes):
        parts.append(
            f"長くなるため、ほか {len(changes) - shown:,} 件は省きました。全体は HTML か PDF で見られます。\n\n"
        )
    return "".join(parts)


def _branch(change: Change) -> str:
    """Return the heading of the table of a change: the number and name of its top-level branch."""
    if not change.number:
        return "計画の全体" if change.level not in ("ページ", "画像") else "ページと画像"
    depth = change.number.count("-")
    number = change.number.partition("-")[0]
    return f"{number} {change.ancestors[-depth]}" if depth else f"{number} {change.name}"


def _details(title: str, body: str) -> str:
    return f"<details><summary>{escape_markdown(title)}</summary>\n\n{body}\n</details>\n\n"


def _table_row(change: Change) -> str:
    item = " ".join(filter(None, (change.level, change.number, change.name)))
    kind = escape_markdown(change.kind_label) + (f"<br>{escape_markdown(change.remark)}" if change.remark else "")
    old, new = _marked_cell(change.old_segments, "del"), _marked_cell(change.new_segments, "ins")
    return f"| {escape_markdown(item)} | {old or change.empty_text} | {new or change.empty_text} | {kind} |\n"


def _marked_cell(segments: Segments, tag: str) -> str:
    """Return one side of a change, with the differing segments in `tag` elements."""
    cell, remaining = "", MAX_CELL_CHARS
    for text, is_changed in segments:
        escaped = escape_markdown(text[:remaining]) if text.strip("\n") else "<br>"
        breaks = ("<br>" * text.startswith("\n"), "<br>" * text.endswith("\n")) if text.strip("\n") else ("", "")
        cell += f"{breaks[0]}<{tag}>{escaped}</{tag}>{breaks[1]}" if is_changed else f"{breaks[0]}{escaped}{breaks[1]}"
        remaining -= len(text)
        if remaining <= 0:
            return f"{cell}…（続きがあります）"
    return cell


def _tail(comparison: Comparison) -> Iterator[str]:
    """Yield the collapsed lists at the end: renumberings, and added, modified and removed pages."""
    if comparison.renumberings:
        total = sum(renumbering.node_count for renumbering in comparison.renumberings)
        lines = (f"{renumbering.label}（{renumbering.node_count} 節）" for renumbering in comparison.renumberings)
        yield _details(f"番号だけが変わる節（{total} 節）", _bullet_list(lines))
    groups = (
        ("新しいページ", comparison.added_paths),
        ("内容が変わるページ", comparison.modified_paths),
        ("なくなるページ", comparison.removed_paths),
    )
    counts = "、".join(f"{name} {len(paths)}" for name, paths in groups if paths)
    if counts:
        yield _details(counts, _bullet_list(f"{name} {path}" for name, paths in groups for path in paths))
