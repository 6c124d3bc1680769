"""Convert a comparison of two plans into the data of templates/booklet/comparison.typ."""

from __future__ import annotations

from handbook.booklet.document import Data
from handbook.booklet.document_data import date_parts, theme_colours
from handbook.model import Change, Comparison, Edition, TextLine, Theme


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
        "counts": [list(count) for count in comparison.council_counts],
        "nodes": [_node_changes(changes) for changes in comparison.council_changes_by_node],
        "technical_nodes": [_node_changes(changes) for changes in comparison.technical_changes_by_node],
        "mistakes": [{"message": mistake.message, "hint": mistake.hint} for mistake in comparison.missing_redirects],
        "paths": [{"name": name, "paths": list(paths)} for name, paths in comparison.paths],
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
                "old": _lines(change.old_lines),
                "new": _lines(change.new_lines),
            }
            for change in changes
        ],
    }


def _lines(lines: tuple[TextLine, ...]) -> list[Data]:
    return [{"kind": line.kind, "segments": [list(segment) for segment in line.segments]} for line in lines]
