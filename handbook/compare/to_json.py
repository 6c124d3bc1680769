"""A comparison as JSON, for other programs. The form is told in docs/comparison.md and changes with its number only."""

from __future__ import annotations

import json

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.json_types import Json, JsonObject
from handbook.model import Change, Comparison, Edition, Segments

FORMAT_VERSION = 1
"""Number of the form; a key may be added without a new one, none is taken away or changes its meaning."""


def comparison_json(comparison: Comparison, before: Edition, after: Edition) -> str:
    """Return everything that the comparison holds; the same comparison gives the same bytes."""
    told = {
        "form": FORMAT_VERSION,
        "before": _edition(before),
        "after": _edition(after),
        "counts": dict(comparison.counts),
        "changes": [_change(change) for change in comparison.changes],
        "shifts": [
            {"before": list(shift.old_range), "after": list(shift.new_range), "nodes": shift.node_count}
            for shift in comparison.renumberings
        ],
        "pages": {
            "new": comparison.added_paths,
            "changed": comparison.modified_paths,
            "gone": comparison.removed_paths,
        },
        "mistakes": [_listed(mistake) for mistake in comparison.missing_redirects],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _edition(edition: Edition) -> JsonObject:
    return {
        "label": edition.label,
        "revision": edition.commit,
        "day": edition.day,
        "name": edition.plan.name,
        "flaws": [_listed(flaw) for flaw in edition.diagnostics],
    }


def _change(change: Change) -> JsonObject:
    return {
        "kind": change.kind,
        "key": change.key,
        "level": change.level,
        "id": change.id,
        "number": change.number,
        "name": change.name,
        "trail": list(change.ancestors),
        "page": change.path,
        "before": change.before,
        "after": change.after,
        "marked_before": _segment_list(change.old_segments),
        "marked_after": _segment_list(change.new_segments),
        "remark": change.remark,
        "place": _span_dict(change.span),
    }


def _segment_list(marked: Segments) -> Json:
    return [[words, differs] for words, differs in marked]


def _span_dict(place: SourceSpan) -> JsonObject:
    return {"file": place.file, "line": place.line, "column": place.column}


def _listed(mistake: Diagnostic) -> JsonObject:
    """Return the JSON form of a mistake without what only an excerpt needs."""
    return {key: value for key, value in mistake.as_json().items() if key not in ("width", "excerpt")}
