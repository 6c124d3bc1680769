"""The plan's record → the rows of each table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from handbook import years
from handbook.field_types import LIST_TYPES, fields_by_name
from handbook.fields import node_fields
from handbook.json_types import Json, JsonObject, objects, string, strings
from handbook.table_cells import join_cell
from handbook.tables import (
    ABOUT_ROWS,
    AGAIN,
    BENEATH,
    ERA,
    FIRST_DAY,
    LAST_DAY,
    LEVEL_OF,
    NUMBER_IN,
    OWNER_ID,
    OWNER_NAME,
    PARENT,
    YEAR,
    Table,
    all_tables,
    of_level,
)

Cell = str | int | Decimal
Row = tuple[Cell, ...]


def tables(whole: JsonObject) -> Iterator[tuple[Table, list[Row]]]:
    """Yield every table with its rows: all nodes, then each level, then their records, then the lists."""
    levels, nodes = objects(whole, "階層"), objects(whole, BENEATH)
    names = [string(level, "名称") for level in levels]
    first, *others = ((table, [_row(table, values) for values in found]) for table, found in _found(whole))
    yield first
    for rank, level in enumerate(levels):
        table = of_level(names[rank], string(level, "path"), names[:rank])
        yield table, [_row(table, values) for values in _at(nodes, names[rank], {})]
    yield from others


def _row(table: Table, values: JsonObject) -> Row:
    return tuple([_cell(values[column.name], column.form) if column.name in values else "" for column in table.columns])


def _cell(value: Json, form: str) -> Cell:
    if isinstance(value, str) and form not in LIST_TYPES:
        return value
    if isinstance(value, list):
        return join_cell(map(str, value))
    if isinstance(value, (int, Decimal)):
        return value
    return join_cell([str(value)]) if form in LIST_TYPES and value else str(value)


def _found(whole: JsonObject) -> Iterator[tuple[Table, Iterable[JsonObject]]]:
    plan, nodes, departments = whole["計画"], objects(whole, BENEATH), objects(whole, "組織")
    about = plan | _days(plan) if isinstance(plan, dict) else {}
    every = list(_every(nodes))
    for table in all_tables():
        match table.key:
            case "":
                yield table, _nodes(nodes, "")
            case "計画":
                yield table, [{"項目": row.name, "値": about[row.name]} for row in ABOUT_ROWS if row.name in about]
            case "対象":
                yield table, [{"対象": word} for word in strings(whole, "対象")]
            case "異表記":
                rows = whole["異表記"]
                yield table, [{"異表記": row} for row in (rows if isinstance(rows, list) else ())]
            case "旧名称":
                rows_of = [(row, objects(row, "旧名称")) for row in departments]
                yield table, [{"課": row["名称"], **former} for row, held in rows_of for former in held]
            case "階層" | "組織":
                yield table, objects(whole, table.key)
            case _:
                yield table, [row for node in every if table.key in node for row in _nested(table, node)]


def _every(nodes: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Yield each node once."""
    for node in nodes:
        if AGAIN not in node:
            yield node
            yield from _every(objects(node, BENEATH))


def _nodes(nodes: Iterable[JsonObject], parent: str) -> Iterator[JsonObject]:
    for node in nodes:
        yield node | _days(node) | {PARENT: parent}
        yield from _nodes(objects(node, BENEATH), string(node, "id"))


def _at(nodes: Iterable[JsonObject], level: str, above: JsonObject) -> Iterator[JsonObject]:
    """Yield the nodes of one level with the names of their ancestors."""
    for node in nodes:
        if AGAIN in node:
            continue
        if node[LEVEL_OF] == level:
            yield above | node | _days(node)
        yield from _at(objects(node, BENEATH), level, above | {f"{node[LEVEL_OF]}の名称": node["名称"]})


def _days(held: JsonObject) -> JsonObject:
    """Return the first and the last day of a period; April begins a financial year."""
    period = years.period(string(held, "期間")) if "期間" in held else None
    return {FIRST_DAY: f"{period.first}-04-01", LAST_DAY: f"{period.last + 1}-03-31"} if period else {}


def _nested(table: Table, node: JsonObject) -> Iterator[JsonObject]:
    """Yield the rows of one node in the table of a field."""
    field = fields_by_name(node_fields())[table.key]
    own: JsonObject = {OWNER_ID: node["id"], OWNER_NAME: node["名称"]}
    for number, held in enumerate(objects(node, table.key), 1):
        if field.type == "years":
            yield {**own, **held, ERA: _era(held[YEAR])}
        elif YEAR not in table.header:
            flat: JsonObject = {
                f"{name}の{part}": value
                for name, inner in held.items()
                if isinstance(inner, dict)
                for part, value in inner.items()
            }
            yield {**own, NUMBER_IN: number, **held, **flat}
        else:
            for year, values in sorted(_years(held).items()):
                yield {**own, NUMBER_IN: number, "名称": held["名称"], YEAR: year, ERA: _era(year), **values}


def _era(year: Json) -> str:
    return years.short(year) if isinstance(year, int) else ""


def _years(held: JsonObject) -> dict[int, JsonObject]:
    """Return what a record holds of each year."""
    found: dict[int, JsonObject] = {}
    for name in held:
        for each in objects(held, name):
            if isinstance(year := each.get(YEAR), int):
                found.setdefault(year, {})[name] = each[name]
    return found
