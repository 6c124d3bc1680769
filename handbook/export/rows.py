"""The plan's record → the rows of each table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from handbook import fiscal_year
from handbook.field_types import LIST_TYPES, fields_by_name
from handbook.fields import node_fields
from handbook.json_types import Json, JsonObject, objects, string, strings
from handbook.table_cells import join_cell
from handbook.table_specs import (
    CHILDREN_KEY,
    ERA_COLUMN,
    LEVEL_COLUMN,
    NODE_ID_COLUMN,
    NODE_NAME_COLUMN,
    PARENT_COLUMN,
    PERIOD_END_COLUMN,
    PERIOD_START_COLUMN,
    PLAN_TABLE_ROWS,
    POSITION_COLUMN,
    REPEAT_COLUMN,
    YEAR_COLUMN,
    TableSpec,
    all_tables,
    level_table,
)

Cell = str | int | Decimal
TableRow = tuple[Cell, ...]


def table_rows(whole: JsonObject) -> Iterator[tuple[TableSpec, list[TableRow]]]:
    """Yield every table with its rows: all nodes, then each level, then their records, then the lists."""
    levels, nodes = objects(whole, "階層"), objects(whole, CHILDREN_KEY)
    names = [string(level, "名称") for level in levels]
    first, *others = (
        (table, [_table_cells(table, values) for values in found]) for table, found in _rows_by_table(whole)
    )
    yield first
    for rank, level in enumerate(levels):
        table = level_table(names[rank], string(level, "path"), names[:rank])
        yield table, [_table_cells(table, values) for values in _nodes_of_level(nodes, names[rank], {})]
    yield from others


def _table_cells(table: TableSpec, values: JsonObject) -> TableRow:
    return tuple(
        [_cell_value(values[column.name], column.form) if column.name in values else "" for column in table.columns]
    )


def _cell_value(value: Json, form: str) -> Cell:
    if isinstance(value, str) and form not in LIST_TYPES:
        return value
    if isinstance(value, list):
        return join_cell(map(str, value))
    if isinstance(value, (int, Decimal)):
        return value
    return join_cell([str(value)]) if form in LIST_TYPES and value else str(value)


def _rows_by_table(whole: JsonObject) -> Iterator[tuple[TableSpec, Iterable[JsonObject]]]:
    plan, nodes, departments = whole["計画"], objects(whole, CHILDREN_KEY), objects(whole, "組織")
    about = plan | _days(plan) if isinstance(plan, dict) else {}
    every = list(_unique_nodes(nodes))
    for table in all_tables():
        match table.source_field:
            case "":
                yield table, _nodes(nodes, "")
            case "計画":
                yield table, [{"項目": row.name, "値": about[row.name]} for row in PLAN_TABLE_ROWS if row.name in about]
            case "対象":
                yield table, [{"対象": word} for word in strings(whole, "対象")]
            case "異表記":
                rows = whole["異表記"]
                yield table, [{"異表記": row} for row in (rows if isinstance(rows, list) else ())]
            case "旧名称":
                rows_of = [(row, objects(row, "旧名称")) for row in departments]
                yield table, [{"課": row["名称"], **former} for row, held in rows_of for former in held]
            case "階層" | "組織":
                yield table, objects(whole, table.source_field)
            case _:
                yield table, [row for node in every if table.source_field in node for row in _nested(table, node)]


def _unique_nodes(nodes: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Yield each node once."""
    for node in nodes:
        if REPEAT_COLUMN not in node:
            yield node
            yield from _unique_nodes(objects(node, CHILDREN_KEY))


def _nodes(nodes: Iterable[JsonObject], parent: str) -> Iterator[JsonObject]:
    for node in nodes:
        yield node | _days(node) | {PARENT_COLUMN: parent}
        yield from _nodes(objects(node, CHILDREN_KEY), string(node, "id"))


def _nodes_of_level(nodes: Iterable[JsonObject], level: str, above: JsonObject) -> Iterator[JsonObject]:
    """Yield the nodes of one level with the names of their ancestors."""
    for node in nodes:
        if REPEAT_COLUMN in node:
            continue
        if node[LEVEL_COLUMN] == level:
            yield above | node | _days(node)
        yield from _nodes_of_level(
            objects(node, CHILDREN_KEY), level, above | {f"{node[LEVEL_COLUMN]}の名称": node["名称"]}
        )


def _days(held: JsonObject) -> JsonObject:
    """Return the first and the last day of a period; April begins a financial year."""
    period = fiscal_year.parse_period(string(held, "期間")) if "期間" in held else None
    return (
        {PERIOD_START_COLUMN: f"{period.first}-04-01", PERIOD_END_COLUMN: f"{period.last + 1}-03-31"} if period else {}
    )


def _nested(table: TableSpec, node: JsonObject) -> Iterator[JsonObject]:
    """Yield the rows of one node in the table of a field."""
    field = fields_by_name(node_fields())[table.source_field]
    own: JsonObject = {NODE_ID_COLUMN: node["id"], NODE_NAME_COLUMN: node["名称"]}
    for number, held in enumerate(objects(node, table.source_field), 1):
        if field.type == "years":
            yield {**own, **held, ERA_COLUMN: _era(held[YEAR_COLUMN])}
        elif YEAR_COLUMN not in table.header:
            flat: JsonObject = {
                f"{name}の{part}": value
                for name, inner in held.items()
                if isinstance(inner, dict)
                for part, value in inner.items()
            }
            yield {**own, POSITION_COLUMN: number, **held, **flat}
        else:
            for year, values in sorted(_values_by_year(held).items()):
                yield {
                    **own,
                    POSITION_COLUMN: number,
                    "名称": held["名称"],
                    YEAR_COLUMN: year,
                    ERA_COLUMN: _era(year),
                    **values,
                }


def _era(year: Json) -> str:
    return fiscal_year.format_era_year(year) if isinstance(year, int) else ""


def _values_by_year(held: JsonObject) -> dict[int, JsonObject]:
    """Return what a record holds of each year."""
    found: dict[int, JsonObject] = {}
    for name in held:
        for each in objects(held, name):
            if isinstance(year := each.get(YEAR_COLUMN), int):
                found.setdefault(year, {})[name] = each[name]
    return found
