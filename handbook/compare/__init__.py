"""Compare two plans by the ids of their nodes.

`matching` pairs the nodes of the two plans, `order` finds the ones that moved, `nodes` and `metadata` compare the nodes
and the rest of the plan, `word_diff` marks the words that differ, `missing_redirects` finds missing redirects.
`to_markdown` and `to_json` write the comparison for pull requests and for other programs, `history_rows` for the
change history of the site.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from handbook.compare import history_rows, metadata, missing_redirects, nodes
from handbook.compare.matching import match_nodes
from handbook.compare.order import renumberings
from handbook.compare.to_json import comparison_json
from handbook.compare.to_markdown import comparison_markdown
from handbook.model import Comparison, Edition, History, HistoryDay, HistoryRow, LastChange, Plan

__all__ = ["build_history", "compare_plans", "comparison_json", "comparison_markdown"]


def compare_plans(before: Plan, after: Plan) -> Comparison:
    """Return all differences. The result depends only on the two plans, not on their source."""
    matches = match_nodes(before, after)
    node_changes = list(nodes.node_changes(matches))
    renumbered_ids = {change.id for change in node_changes if change.kind == "番号のみ"}
    changes = (*metadata.metadata_changes(matches), *node_changes, *metadata.file_changes(matches))
    old_paths, new_paths = missing_redirects.page_paths(before), missing_redirects.page_paths(after)
    changed_paths = [change.path for change in changes if change.path and change.kind != "番号のみ"]
    return Comparison(
        changes=changes,
        renumberings=tuple(renumberings(matches, renumbered_ids)),
        added_paths=tuple(path for path in new_paths if path not in old_paths),
        modified_paths=tuple(dict.fromkeys(path for path in changed_paths if path in new_paths and path in old_paths)),
        removed_paths=tuple(path for path in old_paths if path not in new_paths),
        missing_redirects=tuple(sorted(missing_redirects.missing_redirects(matches))),
    )


def build_history(plan: Plan, editions: Iterable[Edition | None]) -> History:
    """Return the changes of each day, and the last change of each node and page of `plan`.

    `editions` are earlier states of the plan, newest first; a final None means that older ones were not read. The
    differences between the newest edition and `plan` are not committed yet: they come first and have the day "".
    """
    days: dict[str, list[HistoryRow]] = {}
    last_changes: dict[str, LastChange] = {}
    after, day, is_complete = replace(plan.with_value("更新日", None), images=()), "", True
    for edition in editions:
        if not edition:
            is_complete = False
            break
        for row in history_rows.history_rows(compare_plans(edition.plan, after)):
            days.setdefault(day, []).append(row)
            last_changes.setdefault(row.key, LastChange(day, row.kinds))
        after, day = edition.plan, edition.day
    first_change = LastChange(day, ("記録のはじまり" if is_complete else "またはそれより前",))
    last_changes = {key: first_change for key in history_rows.history_keys(after) if day} | last_changes
    return History(tuple(HistoryDay(day, tuple(rows)) for day, rows in days.items()), last_changes, day, is_complete)
