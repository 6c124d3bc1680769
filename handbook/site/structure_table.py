"""The structure table: the tree as the rows of a table with merged cells."""

from __future__ import annotations

from handbook.model import Level, StructureCell, TreeNode


def structure_rows(roots: tuple[TreeNode, ...], columns: tuple[Level, ...]) -> tuple[tuple[StructureCell, ...], ...]:
    """Return the rows. Together with merged cells, every row fills every column exactly once."""
    return tuple(tuple(cells) for root in roots for cells in _node_rows(root, columns, 0))


def _node_rows(
    node: TreeNode, columns: tuple[Level, ...], column: int, ancestors: tuple[TreeNode, ...] = ()
) -> list[list[StructureCell]]:
    """Return the table rows of a node, from `column` on. Its own cell spans the rows of all nodes below it."""
    own_column = columns.index(node.level)

    def cells(row_span: int, end: int) -> list[StructureCell]:
        """Return the own cell, which ends before column `end`, and an empty cell before it if it begins later."""
        own = StructureCell(
            (node,),
            is_list=False,
            row_span=row_span,
            column_span=end - own_column,
            column=own_column,
            ancestors=ancestors,
        )
        filler = StructureCell((), is_list=False, row_span=row_span, column_span=own_column - column, column=column)
        return [filler, own] if own_column > column else [own]

    if not node.children:
        return [cells(1, len(columns))]
    child_column = min(columns.index(child.level) for child in node.children)
    if all(not child.children for child in node.children):
        leaf_list = StructureCell(
            node.children,
            is_list=True,
            row_span=1,
            column_span=len(columns) - child_column,
            column=child_column,
            ancestors=(*ancestors, node),
        )
        return [[*cells(1, child_column), leaf_list]]
    rows = [row for child in node.children for row in _node_rows(child, columns, child_column, (*ancestors, node))]
    rows[0] = [*cells(len(rows), child_column), *rows[0]]
    return rows
