"""A comparison of two plans → the data of the table that a council is handed."""

from __future__ import annotations

from handbook.bind.desk import Data
from handbook.bind.manuscript import colours, dated
from handbook.model import Change, Comparison, Edition, Theme


def manuscript(comparison: Comparison, before: Edition, after: Edition, theme: Theme) -> Data:
    """Return all that templates/booklet/comparison.typ may show."""
    return {
        "title": f"新旧対照表　{after.plan.name}",
        "author": after.plan.municipality,
        "date": dated(after.day),
        "colours": colours(theme),
        "plan": after.plan.name,
        "editions": {"new": after.named, "old": before.named},
        "flaws": len(before.flaws),
        "counts": [list(count) for count in comparison.counts],
        "entries": [_entry(of_one) for of_one in comparison.entries],
        "shifts": [{"told": shift.told, "nodes": shift.nodes} for shift in comparison.shifts],
    }


def _entry(of_one: tuple[Change, ...]) -> Data:
    """Return everything that changed in one node, or in what is no node."""
    head = of_one[0]
    return {
        "level": head.level,
        "number": head.number,
        "name": head.name,
        "trail": list(head.trail),
        "changes": [
            {
                "what": change.what,
                "remark": change.remark,
                "nothing": change.nothing,
                "old": [list(piece) for piece in change.old],
                "new": [list(piece) for piece in change.new],
            }
            for change in of_one
        ],
    }
