"""Attach the rows of the tables of records and yearly values to their nodes."""

from __future__ import annotations

from collections.abc import Mapping

from handbook.diagnostics import Diagnostic
from handbook.field_types import Field, fields_by_name
from handbook.fields import node_fields
from handbook.importer.cell_conversions import percentage
from handbook.importer.sheet import SourcedText
from handbook.importer.table_lines import TableLine
from handbook.json_types import Json, JsonObject, list_at, string
from handbook.table_specs import NODE_ID_COLUMN, POSITION_COLUMN, YEAR_COLUMN, TableSpec

MAX_POSITION_DIGITS = 5
UNIT_FIELD = "単位"
"""The field of an indicator with the unit of its numbers."""


class RecordRows:
    """Collects the records of the nodes. What is left out or changed is added to `warnings`."""

    def __init__(self, nodes: Mapping[str, JsonObject], warnings: list[Diagnostic], errors: list[Diagnostic]) -> None:
        self.nodes = nodes
        self.warnings = warnings
        self.errors = errors
        self.records: dict[tuple[str, str], dict[int, JsonObject]] = {}
        """The records of each node and field, by their position."""

    def add(self, table: TableSpec, line: TableLine, values: JsonObject) -> None:
        """Add a row of a table to its node."""
        node_id = str(values.pop(NODE_ID_COLUMN, ""))
        if node_id not in self.nodes:
            missing = f"id が `{node_id}` の節がない" if node_id else f"`{NODE_ID_COLUMN}` が空な"
            self._leave_out(line, NODE_ID_COLUMN, "unknown-node", f"{missing}ので、この行は使いませんでした")
            return
        if empty := list(line.empty_cells(table)):
            self.errors += empty
            return
        field = fields_by_name(node_fields())[table.source_field]
        if field.type == "years":
            self._add_year(field, line, values, list_at(self.nodes[node_id], field.name))
            return
        position = str(values.pop(POSITION_COLUMN, ""))
        if YEAR_COLUMN not in table.header:
            self._add_record(field, line, position, values, self.records.setdefault((node_id, field.name), {}))
            return
        record = self.records.get((node_id, field.name), {}).get(_ordinal(position))
        if record is None:
            what = f"{position or '何'}番めの{field.name}がない"
            self._leave_out(line, POSITION_COLUMN, "unknown-number", f"{what}ので、この行は使いませんでした")
            return
        year = values.pop(YEAR_COLUMN)
        for name, value in values.items():
            number = self._number(line, name, value, string(record, UNIT_FIELD))
            list_at(record, name).append({YEAR_COLUMN: year, name: number})
        if not values:
            self._leave_out(line, YEAR_COLUMN, "empty-row", f"`{year}` の値が空なので、この行は使いませんでした")

    def attach(self) -> None:
        """Add the records to their nodes, in the order of their positions."""
        for (node_id, field), records in self.records.items():
            self.nodes[node_id][field] = [records[position] for position in sorted(records)]

    def _add_year(self, field: Field, line: TableLine, values: JsonObject, years: list[Json]) -> None:
        """Add the value or record of one year."""
        if len(values) > 1:
            years.append(values)
            return
        year = values[YEAR_COLUMN]
        name = (field.per_year or field).name
        column = name if name in line.columns else YEAR_COLUMN
        self._leave_out(line, column, "empty-row", f"`{year}` の{name}が空なので、この行は使いませんでした")

    def _add_record(
        self, field: Field, line: TableLine, position: str, values: JsonObject, records: dict[int, JsonObject]
    ) -> None:
        """Add a record at its position, or at the end if the position is empty or taken."""
        ordinal = _ordinal(position)
        if not ordinal or ordinal in records:
            wrong = (
                f"{position} が 2 回ある" if ordinal else f"`{position}` を番号として読めない" if position else "空な"
            )
            self._leave_out(
                line, POSITION_COLUMN, "bad-position", f"`{POSITION_COLUMN}` が{wrong}ので、最後に置きました"
            )
            ordinal = max(records, default=0) + 1
        for name, value in values.items():
            values[name] = self._number(line, name, value, string(values, UNIT_FIELD))
        records[ordinal] = _unflatten(values, field)

    def _number(self, line: TableLine, column: str, value: object, unit: str) -> str:
        """Return a value, without `%` if the unit is percent."""
        text, message = percentage(str(value), unit)
        if message:
            self._leave_out(line, column, "percent", message)
        return value.like(text) if isinstance(value, SourcedText) else text

    def _leave_out(self, line: TableLine, column: str, rule: str, message: str) -> None:
        self.warnings.append(line.warning(column, rule, message))


def _ordinal(position: str) -> int:
    """Return a position of at least 1, or 0 if the text is none."""
    return int(position) if position.isascii() and position.isdecimal() and len(position) <= MAX_POSITION_DIGITS else 0


def _unflatten(values: JsonObject, field: Field) -> JsonObject:
    """Move the values of flattened columns back into nested records: 基準値の値 → 基準値 {値}."""
    for outer in field.subfields:
        columns = {inner.name: f"{outer.name}の{inner.name}" for inner in outer.subfields}
        inner_values = {name: values.pop(column) for name, column in columns.items() if column in values}
        if inner_values:
            values[outer.name] = inner_values
    return values
