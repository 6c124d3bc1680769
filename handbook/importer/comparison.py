"""Compare imported sheets with those that the read plan would be exported to: every cell that differs is a warning.

So a cell that the import does not use, such as one in the sheet of a level, is never left out without a warning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.importer.cell_conversions import is_same, normalized
from handbook.importer.cell_kinds import STRUCK_RULE
from handbook.importer.grouping import other_cells
from handbook.importer.sheet import Position, Sheet
from handbook.importer.table_lines import header_row, headings, unused_columns
from handbook.table_cells import unescape_formula
from handbook.table_specs import (
    NUMBER_COLUMN,
    PAGE_COLUMN,
    PLAN_TABLE_ROWS,
    REPEAT_COLUMN,
    STRUCTURE_SHEET_NAME,
    Column,
    TableSpec,
    all_tables,
    nodes_table,
)

MAX_SHOWN_CHARS, CONTEXT_CHARS = 40, 12
"""Characters of a text in a message, and of them those before the first difference."""
MAX_COMPARED_ROWS = 40_000
"""Most pairs of rows without a partner that are compared."""
MAX_NAMED = 5
"""Most rows that a message names."""
_COMPUTED = frozenset({NUMBER_COLUMN, PAGE_COLUMN})
"""Columns of which one change in the plan alters many cells. They share one warning."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell whose text is not the one that follows from the read plan."""

    sheet: Sheet
    position: Position
    column: str
    actual: str
    expected: str

    @property
    def span(self) -> SourceSpan:
        """The place of the cell."""
        return SourceSpan(self.sheet.label, *self.position)


def compare_sheets(
    actual: Iterable[Sheet],
    expected: Mapping[str, Sheet],
    tables: Mapping[str, TableSpec],
    reported: Iterable[Diagnostic],
) -> list[Diagnostic]:
    """Return a warning for each difference.

    `expected` and `tables` by the name of the sheet, or of the CSV file. `reported` are the warnings of the import,
    whose cells are left out.
    """
    actual = list(actual)
    remarks = {remark for sheet in actual for remark in sheet.remarks if remark.rule != STRUCK_RULE}
    reported_cells = {(one.span.file, one.span.line, one.span.column) for one in reported if one not in remarks}
    warnings: list[Diagnostic] = []
    differences: list[Difference] = []
    for sheet in actual:
        name = sheet.name or sheet.file
        if name not in expected:
            if sheet.cells:
                warnings.append(_unused_sheet(sheet))
        elif name in tables:
            if tables[name] not in all_tables():
                warnings += unused_columns(sheet, tables[name])
            differences += _table_differences(sheet, expected[name], tables[name], warnings, reported_cells)
        else:
            differences += _structure_differences(sheet, expected[name], warnings)
    unused = (one for one in differences if (one.sheet.label, *one.position) not in reported_cells)
    return [*warnings, *_difference_warnings(unused)]


def _unused_sheet(sheet: Sheet) -> Diagnostic:
    row, column = min(sheet.cells)
    text = _shown(sheet.cells[row, column], "")
    message = f"{text} などの {len(sheet.cells)} セルがあるこのシートは、使いませんでした"
    return sheet.warning(row, column, "unused-sheet", message)


# --- tables ---


def _table_differences(
    actual: Sheet, expected: Sheet, table: TableSpec, warnings: list[Diagnostic], reported: set[tuple[str, int, int]]
) -> Iterator[Difference]:
    """Yield the differences between the cells of rows with the same key. A row without a partner is a warning."""
    pairs, added, missing = _paired_rows(_rows_by_key(actual, table), _rows_by_key(expected, table))
    columns = headings(actual)
    for (row, cells), (_, due) in pairs:
        for column in table.columns:
            texts = cells.get(column.name, ""), due.get(column.name, "")
            if column.name in columns and not is_same(*texts, _form_of(column, cells)):
                yield Difference(actual, (row, columns[column.name]), column.name, *texts)
    reported_rows = {line for file, line, _ in reported if file == actual.label}
    warnings += [_row_warning(actual, row) for row in added if row[0] not in reported_rows]
    if missing and table is not nodes_table():
        names = "、".join(_row_name(cells) for _, cells in missing[:MAX_NAMED])
        more = f" など {len(missing)} 行" if len(missing) > MAX_NAMED else ""
        message = f"読んだ計画にある {names}{more} の行が、このシートにありません"
        warnings.append(actual.warning(1, 1, "missing-row", message))


_Row = tuple[int, dict[str, str]]
"""The number of a row, and its cells by column."""


def _rows_by_key(sheet: Sheet, table: TableSpec) -> dict[tuple[str, ...], list[_Row]]:
    """Return the rows of a table by the texts in the columns of its key."""
    name_by_column = {column: name for name, column in headings(sheet).items()}
    rows: dict[int, dict[str, str]] = defaultdict(dict)
    header = header_row(sheet)
    for (row, column), text in sheet.cells.items():
        if row > header and text.strip() and column in name_by_column:
            rows[row][name_by_column[column]] = unescape_formula(text) if not sheet.is_rectangular else text
    by_key: dict[tuple[str, ...], list[_Row]] = defaultdict(list)
    key_columns = table.key or table.header
    forms = {column.name: column for column in table.columns}
    for row, cells in sorted(rows.items()):
        used = key_columns[:1] if "id" in key_columns and REPEAT_COLUMN not in cells else key_columns
        by_key[tuple(normalized(cells.get(name, ""), forms[name].form) for name in used)].append((row, cells))
    return by_key


def _paired_rows(
    found: Mapping[tuple[str, ...], list[_Row]], due: Mapping[tuple[str, ...], list[_Row]]
) -> tuple[list[tuple[_Row, _Row]], list[_Row], list[_Row]]:
    """Return pairs of rows with the same key, or else with mostly the same cells; then the rows without a partner."""
    pairs = [pair for key, rows in found.items() for pair in zip(rows, due.get(key, ()), strict=False)]
    added = [row for key, rows in found.items() for row in rows[len(due.get(key, ())) :]]
    missing = [row for key, rows in due.items() for row in rows[len(found.get(key, ())) :]]
    for row in list(added) if len(added) * len(missing) <= MAX_COMPARED_ROWS else ():
        likeness = {number: len(row[1].items() & other[1].items()) for number, other in enumerate(missing)}
        best = max(likeness, key=lambda number: likeness[number], default=None)
        if best is not None and likeness[best] * 2 >= max(len(row[1]), len(missing[best][1])):
            pairs.append((row, missing.pop(best)))
            added.remove(row)
    return pairs, added, missing


def _row_warning(sheet: Sheet, row: _Row) -> Diagnostic:
    column = min(column for line, column in sheet.cells if line == row[0])
    return sheet.warning(row[0], column, "unused-row", f"この行（{_row_name(row[1])}）は、読んだ計画にありません")


def _row_name(cells: Mapping[str, str]) -> str:
    return _shown(cells.get("名称") or cells.get("節の名称") or next(iter(cells.values()), ""), "")


def _form_of(column: Column, cells: Mapping[str, str]) -> str:
    """Return the form of a cell. In the table about the plan it depends on the row."""
    row = next((row for row in PLAN_TABLE_ROWS if column.name == "値" and row.name == cells.get("項目")), column)
    return row.form


# --- the structure table ---


def _structure_differences(actual: Sheet, expected: Sheet, warnings: list[Diagnostic]) -> Iterator[Difference]:
    """Yield the cells of the structure table whose texts differ, in reading order."""
    found, due = sorted(actual.cells.items()), sorted(expected.cells.items())
    texts, due_texts = ([normalized(text, "text") for _, text in cells] for cells in (found, due))
    missing: list[str] = []
    for kind, start, end, due_start, due_end in SequenceMatcher(None, texts, due_texts, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for cell, due_cell in zip_longest(found[start:end], due[due_start:due_end]):
            if cell is None and due_cell[0] in actual.cells:
                missing.append(due_cell[1])
            elif cell is None:
                yield Difference(actual, due_cell[0], STRUCTURE_SHEET_NAME, "", due_cell[1])
            else:
                yield Difference(actual, cell[0], STRUCTURE_SHEET_NAME, cell[1], due_cell[1] if due_cell else "")
    if missing:
        names = "、".join(_shown(text, "") for text in missing[:MAX_NAMED])
        more = f" など {len(missing)} セル" if len(missing) > MAX_NAMED else ""
        message = f"読んだ計画にある {names}{more} が、このシートにありません"
        warnings.append(actual.warning(1, 1, "missing-cell", message))


# --- messages ---


def _difference_warnings(differences: Iterable[Difference]) -> Iterator[Diagnostic]:
    """Yield a warning for each pair of texts, and one for each computed column, at the first of their cells."""
    groups: dict[tuple[str, ...], list[Difference]] = defaultdict(list)
    for one in differences:
        key = (one.column,) if one.column in _COMPUTED else (one.actual, one.expected)
        groups[key].append(one)
    for group in groups.values():
        first, *others = group
        actual, expected = _shown(first.actual, first.expected), _shown(first.expected, first.actual)
        message = f"{actual} は使いませんでした。読んだ計画では {expected} です"
        if first.column in _COMPUTED:
            message = f"`{first.column}` は計画から計算されます。ここは {actual} でなく {expected} になります"
        message += other_cells([one.span for one in others], first.sheet.label)
        yield first.sheet.warning(*first.position, "differing-cell", message)


def _shown(text: str, other: str) -> str:
    """Return a text for a message, clipped around its first difference from another one."""
    if not text:
        return "（空）"
    line, other_line = text.replace("\n", "↵"), other.replace("\n", "↵")
    same = next((index for index, (one, two) in enumerate(zip(line, other_line, strict=False)) if one != two), None)
    same = min(len(line), len(other_line)) if same is None else same
    start = max(0, same - CONTEXT_CHARS) if other and len(line) > MAX_SHOWN_CHARS else 0
    clipped = line[start : start + MAX_SHOWN_CHARS]
    return f"`{'…' if start else ''}{clipped}{'…' if start + MAX_SHOWN_CHARS < len(line) else ''}`"
