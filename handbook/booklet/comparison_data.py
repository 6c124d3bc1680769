"""Convert a comparison of two plans into the data of templates/booklet/comparison.typ."""

from __future__ import annotations

from handbook.booklet.document import Data
from handbook.booklet.document_data import date_parts, theme_colours
from handbook.model import Change, Comparison, Edition, Theme


def comparison_document_data(comparison: Comparison, before: Edition, after: Edition, theme: Theme) -> Data:
    """Return the data of the comparison table (新旧対照表)."""
    return {
        "title": f"新旧対照表　{after.plan.name}",
        "author": after.plan.municipality,
        "date": date_parts(after.day),
        "colours": theme_colours(theme),
        "plan_name": after.plan.name,
        "editions": {"new": after.heading, "old": before.heading},
        "error_count": len(before.diagnostics),
        "counts": [list(count) for count in comparison.counts],
        "nodes": [_node_changes(changes) for changes in comparison.changes_by_node],
        "renumberings": [
            {"text": renumbering.label, "node_count": renumbering.node_count} for renumbering in comparison.renumberings
        ],
    }


def _node_changes(changes: tuple[Change, ...]) -> Data:
    """Return all changes of one node, of the plan itself, of a free page or of an image."""
    first = changes[0]
    return {
        "level": first.level,
        "number": first.number,
        "name": first.name,
        "ancestors": list(first.ancestors),
        "changes": [
            {
                "kind": change.kind_label,
                "remark": change.remark,
                "empty_text": change.empty_text,
                "old": [list(segment) for segment in change.old_segments],
                "new": [list(segment) for segment in change.new_segments],
            }
            for change in changes
        ],
    }
