"""Write a comparison as JSON for other programs. docs/comparison.md documents the format."""

from __future__ import annotations

import json

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.json_types import Json, JsonObject
from handbook.model import Change, Comparison, Edition, Segments, TextLine

FORMAT_VERSION = 2
"""Version of the format. It increases if a key is removed or changes its meaning, not if a key is added."""


def comparison_json(comparison: Comparison, before: Edition, after: Edition) -> str:
    """Return the whole comparison. Equal comparisons give equal texts."""
    values = {
        "form": FORMAT_VERSION,
        "before": _edition_dict(before),
        "after": _edition_dict(after),
        "counts": dict(comparison.counts),
        "changes": [_change_dict(change) for change in comparison.changes],
        "shifts": [
            {
                "before": list(renumbering.old_range),
                "after": list(renumbering.new_range),
                "nodes": renumbering.node_count,
            }
            for renumbering in comparison.renumberings
        ],
        "pages": {
            "new": comparison.added_paths,
            "changed": comparison.modified_paths,
            "gone": comparison.removed_paths,
        },
        "mistakes": [_diagnostic_dict(diagnostic) for diagnostic in comparison.missing_redirects],
    }
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def _edition_dict(edition: Edition) -> JsonObject:
    return {
        "label": edition.heading,
        "source": edition.label,
        "revision": edition.commit,
        "day": edition.day,
        "name": edition.plan.name,
        "flaws": [_diagnostic_dict(diagnostic) for diagnostic in edition.diagnostics],
    }


def _change_dict(change: Change) -> JsonObject:
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
        "lines_before": _line_list(change.old_lines),
        "lines_after": _line_list(change.new_lines),
        "technical": change.is_technical,
        "remark": change.remark,
        "place": _span_dict(change.span),
    }


def _segment_list(segments: Segments) -> Json:
    return [[text, is_changed] for text, is_changed in segments]


def _line_list(lines: tuple[TextLine, ...]) -> Json:
    return [{"kind": line.kind, "words": _segment_list(line.segments)} for line in lines]


def _span_dict(span: SourceSpan) -> JsonObject:
    return {"file": span.file, "line": span.line, "column": span.column}


def _diagnostic_dict(diagnostic: Diagnostic) -> JsonObject:
    """Return the JSON form of a diagnostic without `width`, `excerpt` and `fixes`."""
    parts = {"message": diagnostic.message, "hint": diagnostic.hint}
    return {"rule": diagnostic.rule, **_span_dict(diagnostic.span), **parts}
