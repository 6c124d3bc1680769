"""The structure table: the tree as the rows of a table with merged cells."""

from __future__ import annotations

from handbook.model import Level, StructureCell, TreeNode


def structure_rows(roots: tuple[TreeNode, ...], columns: tuple[Level, ...]) -> tuple[tuple[StructureCell, ...], ...]:
    """Return the rows. Together with merged cells, every row fills every column exactly once."""
    return tuple(tuple(cells) for root in roots for cells in _node_rows(root, columns, 0))


def _node_rows(node: TreeNode, columns: tuple[Level, ...], column: int) -> list[list[StructureCell]]:
    """Return the table rows of a node, from `column` on. Its own cell spans the rows of all nodes below it."""
    own_column = columns.index(node.level)
    filler = (
        [StructureCell((), is_list=False, row_span=1, column_span=own_column - column)] if own_column > column else []
    )
    if not node.children:
        return [[*filler, StructureCell((node,), is_list=False, row_span=1, column_span=len(columns) - own_column)]]
    child_column = min(columns.index(child.level) for child in node.children)
    if all(not child.children for child in node.children):
        leaf_list = StructureCell(node.children, is_list=True, row_span=1, column_span=len(columns) - child_column)
        return [
            [
                *filler,
                StructureCell((node,), is_list=False, row_span=1, column_span=child_column - own_column),
                leaf_list,
            ]
        ]
    rows = [row for child in node.children for row in _node_rows(child, columns, child_column)]
    own_cell = StructureCell((node,), is_list=False, row_span=len(rows), column_span=child_column - own_column)
    rows[0] = [
        *(StructureCell((), is_list=False, row_span=len(rows), column_span=cell.column_span) for cell in filler),
        own_cell,
        *rows[0],
    ]
    return rows
