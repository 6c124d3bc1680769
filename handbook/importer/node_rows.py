"""Build the tree of nodes from the rows of the table of all nodes in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from handbook.diagnostics import Diagnostic, SourceError
from handbook.importer.table_lines import TableLine
from handbook.json_types import Json, JsonObject
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, NUMBER_COLUMN, PARENT_COLUMN, REPEAT_COLUMN

MAX_DEPTH = 40
"""Deepest nesting of nodes. A plan has at most 12 levels."""
_TOO_DEEP = "circular-parent", f"`{PARENT_COLUMN}` をたどると、いちばん外側の節に着きません"


@dataclass(slots=True, eq=False)
class NodeRow:
    """A row with the values of its node."""

    line: TableLine
    values: JsonObject
    children: list[NodeRow] = field(default_factory=list)

    @property
    def parent_id(self) -> str:
        """The id of the node above, or ""."""
        return self.line.cell_by_column.get(PARENT_COLUMN, "")

    @property
    def number(self) -> tuple[int, ...]:
        """The number of the node in the plan, such as (1, 2); () if it has none."""
        parts = re.findall(r"\d+", self.line.cell_by_column.get(NUMBER_COLUMN, ""))
        return tuple(map(int, parts))

    @property
    def level(self) -> str:
        """The name of its level."""
        return str(self.values.get(LEVEL_COLUMN, ""))

    @property
    def name(self) -> str:
        """The name of the node, or the id of the repeated one, for messages."""
        return f"{self.values.get('名称') or self.values.get(REPEAT_COLUMN, '')}"

    def node(self) -> JsonObject:
        """Return the node with all nodes below it."""
        children: list[Json] = [child.node() for child in self.children]
        return {**self.values, **({CHILDREN_KEY: children} if children else {})}


class NodeTree:
    """Links the rows by `上の節`. What is doubtful is added to `warnings`, a row without its parent to `errors`.

    Raises SourceError if rows are below themselves or too deep.
    """

    def __init__(self, rows: Sequence[NodeRow], levels: Sequence[str]) -> None:
        """Take the rows of the table, and the names of the levels from the outermost."""
        self.warnings: list[Diagnostic] = []
        self.roots: list[NodeRow] = []
        by_id = {str(row.values["id"]): row for row in reversed(rows) if "id" in row.values}
        ranks = {level: rank for rank, level in reversed([*enumerate(levels)])}
        outermost = min(
            (row for row in rows if not row.parent_id), key=lambda row: ranks.get(row.level, 0), default=None
        )
        self.errors = [error for row in rows for error in _parent_errors(row, outermost, by_id)]
        if any(error.rule == _TOO_DEEP[0] for error in self.errors):
            raise SourceError(self.errors)
        for row in rows:
            parent = by_id.get(row.parent_id)
            (parent.children if parent else self.roots).append(row)
        self._sort(rows)
        for siblings in (self.roots, *(row.children for row in rows)):
            self._report_mixed_levels(siblings)

    def _sort(self, rows: Sequence[NodeRow]) -> None:
        """Sort siblings by their numbers, unless the rows are in the order of some tree, or all siblings are sorted."""
        lists = [siblings for siblings in (self.roots, *(row.children for row in rows)) if len(siblings) > 1]
        due = [*_preorder(self.roots)]
        moved = next((row for row, due_row in zip(rows, due, strict=False) if row is not due_row), None)
        if self.errors or not moved:
            return
        before, due_before = _row_before(rows), _row_before(due)
        is_sorted = all(map(_is_sorted, lists))
        if not is_sorted:
            message = f"行が計画の順に並んでいないので、`{NUMBER_COLUMN}` の順に並べました"
            self.warnings.append(moved.line.warning(NUMBER_COLUMN, "sorted-rows", message))
        for siblings in lists:
            lost = [row for row in siblings if not row.number]
            lost = [row for row in lost if not is_sorted or before[id(row)] is not due_before[id(row)]]
            for row in lost:
                message = f"並びの中の場所が分からないので、`{row.name}` を最後に置きました"
                self.warnings.append(row.line.warning(NUMBER_COLUMN, "no-number", message))
            kept = [row for row in siblings if row not in lost]
            siblings[:] = [*(kept if is_sorted else sorted(kept, key=lambda row: row.number)), *lost]

    def _report_mixed_levels(self, siblings: Sequence[NodeRow]) -> None:
        """Report nodes of one level that nodes of another level separate. plan.yaml has a list for each level."""
        seen: set[str] = set()
        for level, rows in groupby(siblings, key=lambda row: row.level):
            if level in seen:
                row = next(rows)
                message = f"同じ節の下では階層ごとにまとめるので、`{row.name}` をほかの `{level}` の次に置きました"
                self.warnings.append(row.line.warning(LEVEL_COLUMN, "mixed-levels", message))
            seen.add(level)


def _parent_errors(row: NodeRow, top: NodeRow | None, by_id: Mapping[str, NodeRow]) -> Iterator[Diagnostic]:
    """Yield the error of a row without the row above it. `top` is a row of the outermost level."""
    cell = row.line.warning
    if _is_too_deep(row, by_id):
        yield cell(PARENT_COLUMN, *_TOO_DEEP)
    elif row.parent_id and row.parent_id not in by_id:
        message = f"`{PARENT_COLUMN}` の `{row.parent_id}` という id の行がありません"
        yield cell(PARENT_COLUMN, "unknown-parent", message)
    elif not row.parent_id and top and len(row.number) != 1 and row.level != top.level:
        yield cell(PARENT_COLUMN, "empty-cell", f"`{PARENT_COLUMN}` が空です")


def _is_too_deep(row: NodeRow, by_id: Mapping[str, NodeRow]) -> bool:
    """Return whether more than MAX_DEPTH rows are above a row, which may be the row itself again and again."""
    for _ in range(MAX_DEPTH):
        if row.parent_id not in by_id:
            return False
        row = by_id[row.parent_id]
    return True


def _preorder(rows: Sequence[NodeRow]) -> Iterator[NodeRow]:
    """Yield rows and all rows below them, in the order of the plan."""
    for row in rows:
        yield row
        yield from _preorder(row.children)


def _is_sorted(siblings: Sequence[NodeRow]) -> bool:
    """Return whether the numbers of siblings rise. Repeats and new rows have none."""
    numbers = [row.number for row in siblings if row.number]
    return numbers == sorted(numbers)


def _row_before(rows: Sequence[NodeRow]) -> dict[int, NodeRow | None]:
    """Return the row before each row, by the identity of the row."""
    return {id(row): before for before, row in zip([None, *rows], rows, strict=False)}
