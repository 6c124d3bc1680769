"""Plain values → the bytes of a file: JSON with the digits that were typed, CSV that every spreadsheet reads alike."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from decimal import Decimal
from json.encoder import encode_basestring as quoted

from handbook.export.rows import Cell, TableRow
from handbook.table_cells import escape_formula
from handbook.table_specs import NUMBER_COLUMN, TableSpec


def to_json_bytes(value: object) -> bytes:
    """Write nested values. A quantity is a number with all its digits: 2.40 stays 2.40."""
    return (_json(value, "\n") + "\n").encode()


def _json(value: object, line: str) -> str:
    if isinstance(value, str):
        return quoted(value)
    deeper = line + "  "
    if isinstance(value, dict):
        inner = [f"{quoted(name)}: {_json(held, deeper)}" for name, held in value.items()]
        return "{" + deeper + ("," + deeper).join(inner) + line + "}" if value else "{}"
    if isinstance(value, (list, tuple)):
        return (
            "[" + deeper + ("," + deeper).join([_json(held, deeper) for held in value]) + line + "]" if value else "[]"
        )
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def to_csv_bytes(table: TableSpec, rows: Iterable[TableRow]) -> bytes:
    """Write a table after RFC 4180: UTF-8 with its mark, CRLF, one row of headings, no text that is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.header)
    places = [number for number, name in enumerate(table.header) if name == NUMBER_COLUMN]
    for row in rows:
        cells = [_csv_cell(cell) if cell != "" else "" for cell in row]
        for number in places:  # a spreadsheet would take 1-2 for a day in January
            cells[number] = f"No.{row[number]}" if row[number] else ""
        writer.writerow(cells)
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape_formula(cell)
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
