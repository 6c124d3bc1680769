"""Build the tree of nodes from the rows of the table of all nodes, in whatever order they are."""

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


@dataclass(slots=True)
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
    def name(self) -> str:
        """The name of the node, or the id of the repeated one, for messages."""
        return f"{self.values.get('名称') or self.values.get(REPEAT_COLUMN, '')}"

    def node(self) -> JsonObject:
        """Return the node with all nodes below it."""
        children: list[Json] = [child.node() for child in self.children]
        return {**self.values, **({CHILDREN_KEY: children} if children else {})}


class NodeTree:
    """Links the rows by `上の節`. What is doubtful is added to `warnings`.

    Raises SourceError if rows are below themselves or too deep.
    """

    def __init__(self, rows: Sequence[NodeRow]) -> None:
        self.warnings: list[Diagnostic] = []
        self.roots: list[NodeRow] = []
        by_id = {str(row.values["id"]): row for row in reversed(rows) if "id" in row.values}
        if errors := [row.line.warning(PARENT_COLUMN, *_TOO_DEEP) for row in rows if _is_too_deep(row, by_id)]:
            raise SourceError(errors)
        for row in rows:
            parent = by_id.get(row.parent_id)
            (parent.children if parent else self.roots).append(row)
        for root in self.roots:
            self._report_root(root)
        self._sort(rows)
        for siblings in (self.roots, *(row.children for row in rows)):
            self._report_mixed_levels(siblings)

    def _report_root(self, root: NodeRow) -> None:
        others = [row for row in self.roots if row is not root and "id" in row.values]
        if root.parent_id:
            message = f"`{PARENT_COLUMN}` の `{root.parent_id}` という id の行がありません。いちばん外側に置きました"
        elif len(root.number) > 1 or (root.number and any(not row.number for row in others)):
            message = f"`{PARENT_COLUMN}` が空なので、`{root.name}` をいちばん外側に置きました"
        else:
            return
        self.warnings.append(root.line.warning(PARENT_COLUMN, "unknown-parent", message))

    def _sort(self, rows: Sequence[NodeRow]) -> None:
        """Sort siblings by their numbers if the rows are not in the order of the tree."""
        moved = next((row for row, due in zip(rows, _preorder(self.roots), strict=False) if row is not due), None)
        if not moved:
            return
        message = f"行が計画の順に並んでいないので、`{NUMBER_COLUMN}` の順に並べました"
        self.warnings.append(moved.line.warning(NUMBER_COLUMN, "sorted-rows", message))
        for siblings in (self.roots, *(row.children for row in rows)):
            for row in siblings if len(siblings) > 1 else ():
                if not row.number:
                    message = f"`{row.name}` に `{NUMBER_COLUMN}` がないので、並びの最後に置きました"
                    self.warnings.append(row.line.warning(NUMBER_COLUMN, "no-number", message))
            siblings.sort(key=lambda row: (not row.number, row.number))

    def _report_mixed_levels(self, siblings: Sequence[NodeRow]) -> None:
        """Report nodes of one level that nodes of another level separate. plan.yaml has a list for each level."""
        seen: set[str] = set()
        for level, rows in groupby(siblings, key=lambda row: str(row.values.get(LEVEL_COLUMN, ""))):
            if level in seen:
                row = next(rows)
                message = f"同じ節の下では階層ごとにまとめるので、`{row.name}` をほかの `{level}` の次に置きました"
                self.warnings.append(row.line.warning(LEVEL_COLUMN, "mixed-levels", message))
            seen.add(level)


def _is_too_deep(row: NodeRow, by_id: Mapping[str, NodeRow]) -> bool:
    """Return whether more than MAX_DEPTH rows are above a row, which may be the row itself again and again."""
    above: NodeRow | None = row
    for _ in range(MAX_DEPTH):
        above = by_id.get(above.parent_id)
        if not above:
            return False
    return True


def _preorder(rows: Sequence[NodeRow]) -> Iterator[NodeRow]:
    """Yield rows and all rows below them, in the order of the plan."""
    for row in rows:
        yield row
        yield from _preorder(row.children)
