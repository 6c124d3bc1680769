"""Build the block of a table: where each cell is, how wide the columns are, and which texts no line break divides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict

from handbook.booklet.table_texts import column_ems, split_at_numbers

Block = str | dict[str, object]


class TableCell(TypedDict):
    """A cell of a table in the data of a document."""

    is_heading: bool
    align: str
    column: int
    """From 0."""
    column_span: int
    row_span: int
    text: str
    has_word: bool
    """Whether it contains a word that may be too long for the cell."""
    content: list[Block]


def table_block(head_rows: list[list[TableCell]], rows: list[list[TableCell]]) -> Iterator[Block]:
    """Yield the block of a table, or nothing if it has no cell. Sets the column of each cell and cuts its spans."""
    for part in (head_rows, rows):
        columns = cell_columns([[(cell["row_span"], cell["column_span"]) for cell in row] for row in part])
        for number, row in enumerate(part):
            for cell, column in zip(row, columns[number], strict=True):
                cell["column"] = column
                cell["row_span"] = min(cell["row_span"], len(part) - number)
                cell["content"] = numbers_unbroken(cell["content"])
    cells = [cell for row in (*head_rows, *rows) for cell in row]
    if cells:
        width = max(cell["column"] + cell["column_span"] for cell in cells)
        ems = column_ems(width, [(cell["column"], cell["text"]) for cell in cells if cell["column_span"] == 1])
        yield {"type": "table", "column_ems": ems, "head_rows": head_rows, "rows": rows}


def cell_columns(rows: Sequence[Sequence[tuple[int, int]]]) -> list[list[int]]:
    """Return the column of each cell of a table, from 0. A cell is given by the rows and the columns that it spans."""
    filled: dict[int, int] = {}
    """How many rows, from the present one on, a cell fills in each column."""
    found = []
    for row in rows:
        places = []
        column = 0
        for row_span, column_span in row:
            while filled.get(column, 0):
                column += 1
            places.append(column)
            filled |= dict.fromkeys(range(column, column + column_span), row_span)
            column += column_span
        filled = {column: count - 1 for column, count in filled.items() if count > 1}
        found.append(places)
    return found


def numbers_unbroken(blocks: list[Block]) -> list[Block]:
    """Return blocks in which each number with its counter is an inline of type `unbroken`."""
    changed: list[Block] = []
    for block in blocks:
        if isinstance(block, str):
            changed += [
                {"type": "unbroken", "content": piece} if is_number else piece
                for piece, is_number in split_at_numbers(block)
            ]
        elif isinstance(content := block.get("content"), list):
            changed.append(block | {"content": numbers_unbroken(content)})
        else:
            changed.append(block)
    return changed
