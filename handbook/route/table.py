"""The structure table: the tree as the rows of a table with merged cells."""

from __future__ import annotations

from handbook.model import Cell, Entry, Level


def structure_rows(roots: tuple[Entry, ...], columns: tuple[Level, ...]) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows; every column is filled exactly once in each, however cells are merged."""
    return tuple(tuple(cells) for root in roots for cells in _node_rows(root, columns, 0))


def _node_rows(entry: Entry, columns: tuple[Level, ...], column: int) -> list[list[Cell]]:
    """Return the table rows of a node: cells from `column` on, merged over the rows of the nodes below it."""
    own = columns.index(entry.level)
    filler = [Cell((), listed=False, rows=1, columns=own - column)] if own > column else []
    if not entry.children:
        return [[*filler, Cell((entry,), listed=False, rows=1, columns=len(columns) - own)]]
    nearest = min(columns.index(child.level) for child in entry.children)
    if all(not child.children for child in entry.children):
        last = Cell(entry.children, listed=True, rows=1, columns=len(columns) - nearest)
        return [[*filler, Cell((entry,), listed=False, rows=1, columns=nearest - own), last]]
    rows = [row for child in entry.children for row in _node_rows(child, columns, nearest)]
    merged = Cell((entry,), listed=False, rows=len(rows), columns=nearest - own)
    rows[0] = [*(Cell((), listed=False, rows=len(rows), columns=cell.columns) for cell in filler), merged, *rows[0]]
    return rows
