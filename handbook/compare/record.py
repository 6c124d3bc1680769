"""A comparison as JSON, for other programs. The form is told in docs/comparison.md and changes with its number only."""

from __future__ import annotations

import json

from handbook.json_types import Json, JsonObject
from handbook.mistakes import Mistake, Place
from handbook.model import Change, Comparison, Edition, Marked

FORM = 1
"""Number of the form; a key may be added without a new one, none is taken away or changes its meaning."""


def record(comparison: Comparison, before: Edition, after: Edition) -> str:
    """Return everything that the comparison holds; the same comparison gives the same bytes."""
    told = {
        "form": FORM,
        "before": _edition(before),
        "after": _edition(after),
        "counts": dict(comparison.counts),
        "changes": [_change(change) for change in comparison.changes],
        "shifts": [
            {"before": list(shift.before), "after": list(shift.after), "nodes": shift.nodes}
            for shift in comparison.shifts
        ],
        "pages": {"new": comparison.born, "changed": comparison.touched, "gone": comparison.gone},
        "mistakes": [_listed(mistake) for mistake in comparison.mistakes],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _edition(edition: Edition) -> JsonObject:
    return {
        "label": edition.label,
        "revision": edition.revision,
        "day": edition.day,
        "name": edition.plan.name,
        "flaws": [_listed(flaw) for flaw in edition.flaws],
    }


def _change(change: Change) -> JsonObject:
    return {
        "kind": change.kind,
        "key": change.key,
        "level": change.level,
        "id": change.id,
        "number": change.number,
        "name": change.name,
        "trail": list(change.trail),
        "page": change.path,
        "before": change.before,
        "after": change.after,
        "marked_before": _pieces(change.old),
        "marked_after": _pieces(change.new),
        "remark": change.remark,
        "place": _place(change.place),
    }


def _pieces(marked: Marked) -> Json:
    return [[words, differs] for words, differs in marked]


def _place(place: Place) -> JsonObject:
    return {"file": place.file, "line": place.line, "column": place.column}


def _listed(mistake: Mistake) -> JsonObject:
    """Return the JSON form of a mistake without what only an excerpt needs."""
    return {key: value for key, value in mistake.as_json().items() if key not in ("width", "excerpt")}
