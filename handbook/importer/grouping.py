"""Join warnings that have the same cause into one that names all their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.importer.sheet import cell_name, column_letter, number_ranges

MAX_SINGLE_CELLS = 8
"""Most cells that are named one by one, not as ranges."""


def grouped(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics in the order of their cells. Those with the same message in one sheet are joined."""
    groups: dict[tuple[str, str, str], list[Diagnostic]] = defaultdict(list)
    for one in sorted(set(diagnostics)):
        groups[one.span.file, one.rule, _without_cell(one)].append(one)
    return tuple(
        replace(first, message=first.message + other_cells([one.span for one in others], first.span.file))
        for first, *others in groups.values()
    )


def _without_cell(diagnostic: Diagnostic) -> str:
    name = cell_name((diagnostic.span.line, diagnostic.span.column))
    return diagnostic.message.removeprefix(f"セル {name}: ")


def other_cells(spans: Sequence[SourceSpan], file: str) -> str:
    """Return the end of a message about further cells, sheet by sheet; `file` is the sheet of the first."""
    if not spans:
        return ""
    parts = []
    for (label, column), group in groupby(spans, key=lambda span: (span.file, span.column)):
        rows = [span.line for span in group]
        letter = column_letter(column)
        ranges = [(row, row) for row in rows] if len(spans) <= MAX_SINGLE_CELLS else number_ranges(rows)
        cells = "、".join(f"{letter}{one}" + (f"〜{letter}{other}" if other > one else "") for one, other in ranges)
        sheet = label.partition("［")[2].removesuffix("］") or label
        parts.append(cells if label == file else f"［{sheet}］{cells}")
    return f"（ほかに {len(spans)} セル: {'、'.join(parts)}）"
