"""Two plans → what changed, by id, in words a council member reads.

Inside: `matching` finds each node again, `order` says what really moved, `nodes` and `beside` compare what is said in
the tree and beside it, `marks` finds the words that differ, `addresses` sees that no address dies. `summary` and
`record` write it down, for a pull request and for other programs; `told` makes the rows of a history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from handbook.compare import history_rows, metadata, nodes, removed_pages
from handbook.compare.matching import match_nodes
from handbook.compare.order import renumberings
from handbook.compare.to_json import comparison_json
from handbook.compare.to_markdown import comparison_markdown
from handbook.model import Comparison, Edition, History, HistoryDay, HistoryRow, LastChange, Plan

__all__ = ["build_history", "compare_plans", "comparison_json", "comparison_markdown"]


def compare_plans(before: Plan, after: Plan) -> Comparison:
    """Return everything that differs. Depends on the two plans alone, never on where they were read."""
    found = match_nodes(before, after)
    in_tree = list(nodes.node_changes(found))
    numbers = {change.id for change in in_tree if change.kind == "番号のみ"}
    changes = (*metadata.metadata_changes(before, after), *in_tree, *metadata.file_changes(before, after))
    old, new = removed_pages.page_paths(before), removed_pages.page_paths(after)
    told = [change.path for change in changes if change.path and change.kind != "番号のみ"]
    return Comparison(
        changes=changes,
        renumberings=tuple(renumberings(found, numbers)),
        added_paths=tuple(path for path in new if path not in old),
        modified_paths=tuple(dict.fromkeys(path for path in told if path in new and path in old)),
        removed_paths=tuple(path for path in old if path not in new),
        missing_redirects=tuple(sorted(removed_pages.missing_redirects(found))),
    )


def build_history(plan: Plan, editions: Iterable[Edition | None]) -> History:
    """Return what changed on each day, and when everything in `plan` last changed.

    `editions` are the plan as it stood, the newest first; None comes last where older ones were not read. What
    differs between the newest and `plan` is not recorded yet: it comes first and has no day.
    """
    days: dict[str, list[HistoryRow]] = {}
    last: dict[str, LastChange] = {}
    after, day, whole = replace(plan.with_value("更新日", None), images=()), "", True
    for edition in editions:
        if not edition:
            whole = False
            break
        for row in history_rows.history_rows(compare_plans(edition.plan, after)):
            days.setdefault(day, []).append(row)
            last.setdefault(row.key, LastChange(day, row.kinds))
        after, day = edition.plan, edition.day
    since = LastChange(day, ("記録のはじまり" if whole else "またはそれより前",))
    last = {key: since for key in history_rows.history_keys(after) if day} | last
    return History(tuple(HistoryDay(day, tuple(rows)) for day, rows in days.items()), last, day, whole)
