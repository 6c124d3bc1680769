"""Split the JSON values of the plan into the rows of each table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from handbook import fiscal_year
from handbook.field_types import CELL_LIST_TYPES, fields_by_name
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


def table_rows(plan: JsonObject) -> Iterator[tuple[TableSpec, list[TableRow]]]:
    """Yield every table with its rows: all nodes, the nodes of each level, the records, the lists of the plan."""
    levels, nodes = objects(plan, "階層"), objects(plan, CHILDREN_KEY)
    level_names = [string(level, "名称") for level in levels]
    node_rows, *other_rows = (
        (table, [_table_cells(table, values) for values in rows]) for table, rows in _rows_by_table(plan)
    )
    yield node_rows
    for rank, level in enumerate(levels):
        table = level_table(level_names[rank], string(level, "path"), level_names[:rank])
        yield table, [_table_cells(table, values) for values in _level_rows(nodes, level_names[rank], {})]
    yield from other_rows


def _table_cells(table: TableSpec, values: JsonObject) -> TableRow:
    return tuple(
        [_cell_value(values[column.name], column.form) if column.name in values else "" for column in table.columns]
    )


def _cell_value(value: Json, form: str) -> Cell:
    if isinstance(value, str) and form not in CELL_LIST_TYPES:
        return value
    if isinstance(value, list):
        return join_cell(map(str, value))
    if isinstance(value, (int, Decimal)):
        return value
    return join_cell([str(value)]) if form in CELL_LIST_TYPES and value else str(value)


def _rows_by_table(plan: JsonObject) -> Iterator[tuple[TableSpec, Iterable[JsonObject]]]:
    fields, nodes, departments = plan["計画"], objects(plan, CHILDREN_KEY), objects(plan, "組織")
    values = fields | _period_days(fields) if isinstance(fields, dict) else {}
    unique = list(_unique_nodes(nodes))
    for table in all_tables():
        match table.source_field:
            case "":
                yield table, _node_rows(nodes, "")
            case "計画":
                yield (
                    table,
                    [{"項目": row.name, "値": values[row.name]} for row in PLAN_TABLE_ROWS if row.name in values],
                )
            case "対象":
                yield table, [{"対象": audience} for audience in strings(plan, "対象")]
            case "異表記":
                spellings = plan["異表記"]
                yield table, [{"異表記": row} for row in (spellings if isinstance(spellings, list) else ())]
            case "旧名称":
                former_names = [(row, objects(row, "旧名称")) for row in departments]
                yield table, [{"課": row["名称"], **former} for row, names in former_names for former in names]
            case "階層" | "組織":
                yield table, objects(plan, table.source_field)
            case _:
                yield (
                    table,
                    [row for node in unique if table.source_field in node for row in _record_rows(table, node)],
                )


def _unique_nodes(nodes: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Yield each node in reading order, without repeats."""
    for node in nodes:
        if REPEAT_COLUMN not in node:
            yield node
            yield from _unique_nodes(objects(node, CHILDREN_KEY))


def _node_rows(nodes: Iterable[JsonObject], parent: str) -> Iterator[JsonObject]:
    for node in nodes:
        yield node | _period_days(node) | {PARENT_COLUMN: parent}
        yield from _node_rows(objects(node, CHILDREN_KEY), string(node, "id"))


def _level_rows(nodes: Iterable[JsonObject], level: str, ancestor_names: JsonObject) -> Iterator[JsonObject]:
    """Yield a row for each node of one level, with the names of its ancestors. Repeats are left out."""
    for node in nodes:
        if REPEAT_COLUMN in node:
            continue
        if node[LEVEL_COLUMN] == level:
            yield ancestor_names | node | _period_days(node)
        yield from _level_rows(
            objects(node, CHILDREN_KEY), level, ancestor_names | {f"{node[LEVEL_COLUMN]}の名称": node["名称"]}
        )


def _period_days(values: JsonObject) -> JsonObject:
    """Return the first and the last day of the period, if there is one. A fiscal year begins on 1 April."""
    period = fiscal_year.parse_period(string(values, "期間")) if "期間" in values else None
    return {PERIOD_START_COLUMN: period.first_day, PERIOD_END_COLUMN: period.last_day} if period else {}


def _record_rows(table: TableSpec, node: JsonObject) -> Iterator[JsonObject]:
    """Yield the rows of one node in the table of one of its fields."""
    field = fields_by_name(node_fields())[table.source_field]
    node_columns: JsonObject = {NODE_ID_COLUMN: node["id"], NODE_NAME_COLUMN: node["名称"]}
    for number, record in enumerate(objects(node, table.source_field), 1):
        if field.type == "years":
            yield {**node_columns, **record, ERA_COLUMN: _era_year(record[YEAR_COLUMN])}
        elif YEAR_COLUMN not in table.header:
            nested: JsonObject = {
                f"{name}の{part}": value
                for name, inner in record.items()
                if isinstance(inner, dict)
                for part, value in inner.items()
            }
            yield {**node_columns, POSITION_COLUMN: number, **record, **nested}
        else:
            for year, values in sorted(_values_by_year(record).items()):
                yield {
                    **node_columns,
                    POSITION_COLUMN: number,
                    "名称": record["名称"],
                    YEAR_COLUMN: year,
                    ERA_COLUMN: _era_year(year),
                    **values,
                }


def _era_year(year: Json) -> str:
    return fiscal_year.format_era_year(year) if isinstance(year, int) else ""


def _values_by_year(record: JsonObject) -> dict[int, JsonObject]:
    """Return the yearly values of a record: field name → value, by year."""
    values: dict[int, JsonObject] = {}
    for name in record:
        for value in objects(record, name):
            if isinstance(year := value.get(YEAR_COLUMN), int):
                values.setdefault(year, {})[name] = value[name]
    return values
