"""Serialize values as JSON that keeps the digits of numbers, and as CSV that spreadsheet programs do not alter."""

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
    """Return nested values as JSON, indented by 2. A Decimal keeps its trailing zeros: 2.40 stays 2.40."""
    return (_json(value, "\n") + "\n").encode()


def _json(value: object, newline: str) -> str:
    if isinstance(value, str):
        return quoted(value)
    inner = newline + "  "
    if isinstance(value, dict):
        pairs = [f"{quoted(name)}: {_json(item, inner)}" for name, item in value.items()]
        return "{" + inner + ("," + inner).join(pairs) + newline + "}" if value else "{}"
    if isinstance(value, (list, tuple)):
        return (
            "[" + inner + ("," + inner).join([_json(item, inner) for item in value]) + newline + "]" if value else "[]"
        )
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def to_csv_bytes(table: TableSpec, rows: Iterable[TableRow]) -> bytes:
    """Return a table as CSV (RFC 4180): UTF-8 with BOM, CRLF, one header row, formulas escaped."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.header)
    number_columns = [position for position, name in enumerate(table.header) if name == NUMBER_COLUMN]
    for row in rows:
        cells = [_csv_cell(cell) if cell != "" else "" for cell in row]
        for position in number_columns:  # a spreadsheet would convert 1-2 to 2 January
            cells[position] = f"No.{row[position]}" if row[position] else ""
        writer.writerow(cells)
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape_formula(cell)
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
