"""The structure table: the tree as the rows of a table with merged cells."""

from __future__ import annotations

from handbook.model import Level, StructureCell, TreeNode


def structure_rows(roots: tuple[TreeNode, ...], columns: tuple[Level, ...]) -> tuple[tuple[StructureCell, ...], ...]:
    """Return the rows; every column is filled exactly once in each, however cells are merged."""
    return tuple(tuple(cells) for root in roots for cells in _node_rows(root, columns, 0))


def _node_rows(entry: TreeNode, columns: tuple[Level, ...], column: int) -> list[list[StructureCell]]:
    """Return the table rows of a node: cells from `column` on, merged over the rows of the nodes below it."""
    own = columns.index(entry.level)
    filler = [StructureCell((), is_list=False, row_span=1, column_span=own - column)] if own > column else []
    if not entry.children:
        return [[*filler, StructureCell((entry,), is_list=False, row_span=1, column_span=len(columns) - own)]]
    nearest = min(columns.index(child.level) for child in entry.children)
    if all(not child.children for child in entry.children):
        last = StructureCell(entry.children, is_list=True, row_span=1, column_span=len(columns) - nearest)
        return [[*filler, StructureCell((entry,), is_list=False, row_span=1, column_span=nearest - own), last]]
    rows = [row for child in entry.children for row in _node_rows(child, columns, nearest)]
    merged = StructureCell((entry,), is_list=False, row_span=len(rows), column_span=nearest - own)
    rows[0] = [
        *(StructureCell((), is_list=False, row_span=len(rows), column_span=cell.column_span) for cell in filler),
        merged,
        *rows[0],
    ]
    return rows
