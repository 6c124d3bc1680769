"""Write a comparison as Markdown for a pull request: a summary line and collapsed tables of the changes.

Texts of the plan appear as read, without the marks of their Markdown. Each character with a meaning in Markdown or HTML
is written as a character reference. A zero-width space follows each character that GitHub or GitLab would turn into a
mention or a reference (`@name`, `#12`, `!3`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from handbook.model import Change, Comparison, Edition, Segments, TextLine

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
    head, renumberings = "\n".join(_head(comparison, before, after)), _renumberings(comparison)
    tail = "\n".join(_tail(comparison))
    if len(head) + len(tail) > MAX_BODY_CHARS // 2:
        tail = ""
    remaining = MAX_BODY_CHARS - len(head) - len(renumberings) - len(tail) - 300
    table, omitted = _changes_table(comparison.council_changes_by_node, remaining)
    technical, omitted_technical = _changes_table(comparison.technical_changes_by_node, remaining - len(table))
    title = "### 技術的な変更\n\n" if comparison.has_technical_part else ""
    return "".join([head, table, _omission(omitted + omitted_technical), renumberings, title, technical, tail])


def _omission(count: int) -> str:
    """Return the remark on the changes that were left out."""
    remark = f"長くなるため、ほか {count:,} 件は省きました。全体は HTML か PDF で見られます。\n\n"
    return remark if count else ""


def escape_markdown(text: str) -> str:
    """Return the text on one line, escaped for Markdown, HTML and the references of GitHub and GitLab."""
    unlinked = _FORGE_REFERENCES.sub(_ZERO_WIDTH_SPACE, text)
    escaped = _MARKDOWN_SPECIAL.sub(lambda match: f"&#{ord(match[0])};", unlinked)
    return re.sub(r"\s*\n\s*", "<br>", escaped.strip("\n"))


def _head(comparison: Comparison, before: Edition, after: Edition) -> Iterator[str]:
    yield "## 新旧対照表\n"
    yield f"{escape_markdown(after.plan.name)}\n"
    yield f"改正前 {escape_markdown(before.heading)} → 改正後 {escape_markdown(after.heading)}\n"
    counts = "、".join(f"{kind} {number}" for kind, number in comparison.council_counts)
    yield f"**{counts or '変わったところはありません。'}**\n"
    if before.diagnostics:
        yield f"改正前の原稿に誤りが {len(before.diagnostics)} 件あり、読めたところだけを比べました。\n"


def _bullet_list(lines: Iterable[str]) -> str:
    """Return a Markdown list of at most MAX_LIST_ITEMS items, with the number of omitted ones."""
    items = [f"- {escape_markdown(line)}" for line in lines]
    more = [f"- ほか {len(items) - MAX_LIST_ITEMS:,} 件"] if len(items) > MAX_LIST_ITEMS else []
    return "\n".join([*items[:MAX_LIST_ITEMS], *more, "", ""])


def _changes_table(changes_by_node: Iterable[tuple[Change, ...]], remaining: int) -> tuple[str, int]:
    """Return the changes in one collapsed table for each branch, in at most `remaining` characters.

    Also return how many changes were left out.
    """
    rows_by_branch: dict[str, list[str]] = {}
    changes = [change for node_changes in changes_by_node for change in node_changes]
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
    return "".join(parts), len(changes) - shown


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
    old, new = (_marked_cell(side, tag) for side, tag in zip(change.sides, ("del", "ins"), strict=True))
    return f"| {escape_markdown(item)} | {old or change.empty_text} | {new or change.empty_text} | {kind} |\n"


def _marked_cell(blocks: Iterable[tuple[TextLine, ...]], tag: str) -> str:
    """Return one side of a change, with the differing segments in `tag` elements. A long one ends with a remark."""
    parts: list[str] = []
    remaining = MAX_CELL_CHARS
    for block in blocks:
        if remaining <= 0:
            parts.append("…（続きがあります）")
            break
        shown = [_shortened(line, remaining) for line in block]
        parts.append(_table(shown, tag) if block[0].is_row else _line(shown[0], tag))
        remaining -= sum(len(text) for line in block for text, _ in line.segments)
    return "<br>".join(parts).replace("</table><br>", "</table>")


def _shortened(line: TextLine, remaining: int) -> TextLine:
    """Return the line with at most `remaining` characters and an ellipsis."""
    segments: list[tuple[str, bool]] = []
    for text, is_changed in line.segments:
        segments.append((text if len(text) <= remaining else f"{text[:remaining]}…", is_changed))
        remaining -= len(text)
        if remaining < 0:
            break
    return TextLine(line.kind, tuple(segments))


def _line(line: TextLine, tag: str) -> str:
    html = _marked(line.segments, tag)
    return {"heading": f"<b>{html}</b>", "label": f"<i>{html}</i>", "code": f"<code>{html}</code>"}.get(line.kind, html)


def _table(rows: Iterable[TextLine], tag: str) -> str:
    """Return the rows as an HTML table: a cell of a Markdown table can contain no other."""
    lines: list[str] = []
    for row in rows:
        name = "th" if row.kind == "head" else "td"
        lines.append("".join(f"<{name}>{_marked(cell, tag)}</{name}>" for cell in row.cells))
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _marked(segments: Segments, tag: str) -> str:
    texts = ((escape_markdown(text), is_changed) for text, is_changed in segments)
    return "".join(f"<{tag}>{text}</{tag}>" if is_changed else text for text, is_changed in texts)


def _renumberings(comparison: Comparison) -> str:
    """Return the collapsed list of the nodes of which only the number differs."""
    if not comparison.renumberings:
        return ""
    total = sum(renumbering.node_count for renumbering in comparison.renumberings)
    lines = (f"{renumbering.label}（{renumbering.node_count} 節）" for renumbering in comparison.renumberings)
    return _details(f"番号だけが変わる節（{total} 節）", _bullet_list(lines)) + "\n"


def _tail(comparison: Comparison) -> Iterator[str]:
    """Yield the end of the technical part: missing redirects, and the pages that differ."""
    if errors := comparison.missing_redirects:
        yield f"#### 直すところ {len(errors)} 件\n"
        lines = (f"{error.span.file}:{error.span.line} {error.message} ヒント: {error.hint}" for error in errors)
        yield _bullet_list(lines)
    if comparison.paths:
        counts = "、".join(f"{name} {len(paths)}" for name, paths in comparison.paths)
        yield _details(counts, _bullet_list(f"{name} {path}" for name, paths in comparison.paths for path in paths))
