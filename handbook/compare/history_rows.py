"""Convert changes to rows of the history: one row for each node or page, with short descriptions."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.compare.nodes import ANCESTOR_SEPARATOR
from handbook.model import Change, Comparison, HistoryRow, Plan

ID_KEYS = {"id": "住所", "以前のid": "住所"}
"""Labels of keys that only editors know."""


def history_rows(comparison: Comparison) -> Iterator[HistoryRow]:
    """Yield a row for each changed node or page, in reading order. Changes of the number alone are left out."""
    for first, *more in comparison.changes_by_node:
        labels = tuple(dict.fromkeys(map(_change_label, (first, *more))))
        descriptions = tuple(dict.fromkeys(map(_change_description, (first, *more))))
        level = "一覧" if first.level == first.name == first.key else first.level
        yield HistoryRow(
            key=_history_key(first),
            level=level,
            name=first.name,
            path=first.path,
            kinds=labels,
            descriptions=descriptions,
        )


def history_keys(plan: Plan) -> Iterator[str]:
    """Yield the key of each node and free page, as used in HistoryRow.key."""
    yield from (node.id for node in plan.nodes)
    yield from (f"{page.name}.html" for page in plan.free_pages)


def _history_key(change: Change) -> str:
    """Return the id of a node, since its path may change, or the path of any other page."""
    return change.id if "/" in change.path else change.path


def _change_label(change: Change) -> str:
    if change.kind != "事項":
        return change.kind
    return "変更" if change.key == change.level else ID_KEYS.get(change.key, change.key)


def _change_description(change: Change) -> str:
    """Return the label of a change, with the former name or parent, which the page no longer shows."""
    label = _change_label(change)
    if change.kind == "改称":
        return f"{label}（前は「{change.before}」）"
    old_ancestors = change.before.split(ANCESTOR_SEPARATOR)[:-1]
    return f"{label}（前は「{old_ancestors[-1]}」の中）" if change.kind == "移動" and old_ancestors else label
