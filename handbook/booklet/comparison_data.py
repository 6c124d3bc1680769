"""A comparison of two plans → the data of the table that a council is handed."""

from __future__ import annotations

from handbook.booklet.document import Data
from handbook.booklet.document_data import date_parts, theme_colours
from handbook.model import Change, Comparison, Edition, Theme


def comparison_document_data(comparison: Comparison, before: Edition, after: Edition, theme: Theme) -> Data:
    """Return all that templates/booklet/comparison.typ may show."""
    return {
        "title": f"新旧対照表　{after.plan.name}",
        "author": after.plan.municipality,
        "date": date_parts(after.day),
        "colours": theme_colours(theme),
        "plan": after.plan.name,
        "editions": {"new": after.heading, "old": before.heading},
        "flaws": len(before.diagnostics),
        "counts": [list(count) for count in comparison.counts],
        "entries": [_change_row(of_one) for of_one in comparison.changes_by_node],
        "shifts": [{"told": shift.label, "nodes": shift.node_count} for shift in comparison.renumberings],
    }


def _change_row(of_one: tuple[Change, ...]) -> Data:
    """Return everything that changed in one node, or in what is no node."""
    head = of_one[0]
    return {
        "level": head.level,
        "number": head.number,
        "name": head.name,
        "trail": list(head.ancestors),
        "changes": [
            {
                "what": change.kind_label,
                "remark": change.remark,
                "nothing": change.empty_text,
                "old": [list(piece) for piece in change.old_segments],
                "new": [list(piece) for piece in change.new_segments],
            }
            for change in of_one
        ],
    }
