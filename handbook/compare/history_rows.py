"""Changes → rows of a history: each node or page once, with a few words on how it changed."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.compare.nodes import ANCESTOR_SEPARATOR
from handbook.model import Change, Comparison, HistoryRow, Plan

ID_KEYS = {"id": "住所", "以前のid": "住所"}
"""Keys that editors know by their names, as a reader knows them."""


def history_rows(comparison: Comparison) -> Iterator[HistoryRow]:
    """Yield what changed, in reading order; what merely bears another number is left out."""
    for first, *more in comparison.changes_by_node:
        ways = tuple(dict.fromkeys(map(_change_label, (first, *more))))
        words = tuple(dict.fromkeys(map(_change_text, (first, *more))))
        level = "一覧" if first.level == first.name == first.key else first.level
        yield HistoryRow(
            key=_history_key(first), level=level, name=first.name, path=first.path, kinds=ways, descriptions=words
        )


def history_keys(plan: Plan) -> Iterator[str]:
    """Yield what the rows of each node and free page are known by."""
    yield from (node.id for node in plan.nodes)
    yield from (f"{leaf.name}.html" for leaf in plan.free_pages)


def _history_key(change: Change) -> str:
    """Return the id of a node, which outlives its address, or the address of a page."""
    return change.id if "/" in change.path else change.path


def _change_label(change: Change) -> str:
    if change.kind != "事項":
        return change.kind
    return "変更" if change.key == change.level else ID_KEYS.get(change.key, change.key)


def _change_text(change: Change) -> str:
    """Say how something changed, and what it was where that is short and where the page no longer tells it."""
    way = _change_label(change)
    if change.kind == "改称":
        return f"{way}（前は「{change.before}」）"
    above = change.before.split(ANCESTOR_SEPARATOR)[:-1]
    return f"{way}（前は「{above[-1]}」の中）" if change.kind == "移動" and above else way
