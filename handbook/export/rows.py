"""The plan's record → the rows of each table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from handbook import years
from handbook.export.record import Record
from handbook.fields import NODE_FIELDS
from handbook.tables import (
    ABOUT,
    ABOUT_ROWS,
    AGAIN,
    AUDIENCES,
    BENEATH,
    DEPARTMENTS,
    ERA,
    FIRST_DAY,
    FORMERS,
    LAST_DAY,
    LEVEL_OF,
    LEVELS,
    LIST_FORMS,
    NESTED,
    NODES,
    NUMBER_IN,
    OWNER_ID,
    OWNER_NAME,
    PARENT,
    SPELLINGS,
    TABLES,
    YEAR,
    Table,
    joined,
    of_level,
)

Cell = str | int | Decimal
Row = tuple[Cell, ...]
_KEYS = {key.name: key for key in NODE_FIELDS}


def tables(whole: Record) -> Iterator[tuple[Table, list[Row]]]:
    """Yield every table with its rows: the whole, then each level, then what is recorded, then the lists."""
    names = [level["名称"] for level in whole["階層"]]
    made = {table.name: [_row(table, values) for values in found] for table, found in _found(whole)}
    yield NODES, made[NODES.name]
    for rank, level in enumerate(whole["階層"]):
        table = of_level(level["名称"], level["path"], names[:rank])
        yield table, [_row(table, values) for values in _at(whole[BENEATH], level["名称"], {})]
    yield from ((table, made[table.name]) for table in TABLES[1:])


def _row(table: Table, values: Mapping[str, object]) -> Row:
    return tuple([_cell(values[column.name], column.form) if column.name in values else "" for column in table.columns])


def _cell(value: object, form: str) -> Cell:
    if isinstance(value, str) and form not in LIST_FORMS:
        return value
    if isinstance(value, list):
        return joined(value)
    if isinstance(value, (int, Decimal)):
        return value
    return joined([str(value)]) if form in LIST_FORMS and value else str(value)


def _found(whole: Record) -> Iterator[tuple[Table, Iterable[Record]]]:
    about = whole["計画"] | _days(whole["計画"])
    yield NODES, _nodes(whole[BENEATH], "")
    yield ABOUT, [{"項目": row.name, "値": about[row.name]} for row in ABOUT_ROWS if row.name in about]
    yield LEVELS, whole["階層"]
    yield AUDIENCES, [{"対象": word} for word in whole["対象"]]
    yield SPELLINGS, [{"異表記": row} for row in whole["異表記"]]
    yield DEPARTMENTS, whole["組織"]
    yield FORMERS, [{"課": row["名称"], **former} for row in whole["組織"] for former in row.get("旧名称", ())]
    every = list(_every(whole[BENEATH]))
    for table in NESTED:
        yield table, [row for node in every if table.key in node for row in _nested(table, node)]


def _every(nodes: Iterable[Record]) -> Iterator[Record]:
    """Yield each node once."""
    for node in nodes:
        if AGAIN not in node:
            yield node
            yield from _every(node.get(BENEATH, ()))


def _nodes(nodes: Iterable[Record], parent: str) -> Iterator[Record]:
    for node in nodes:
        yield node | _days(node) | {PARENT: parent}
        yield from _nodes(node.get(BENEATH, ()), node.get("id", ""))


def _at(nodes: Iterable[Record], level: str, above: Record) -> Iterator[Record]:
    """Yield the nodes of one level with the names of those that they stand under."""
    for node in nodes:
        if AGAIN in node:
            continue
        if node[LEVEL_OF] == level:
            yield above | node | _days(node)
        yield from _at(node.get(BENEATH, ()), level, above | {f"{node[LEVEL_OF]}の名称": node["名称"]})


def _days(said: Record) -> Record:
    """Return the first and the last day of a period; April begins a financial year."""
    period = years.period(said["期間"]) if "期間" in said else None
    return {FIRST_DAY: f"{period.first}-04-01", LAST_DAY: f"{period.last + 1}-03-31"} if period else {}


def _nested(table: Table, node: Record) -> Iterator[Record]:
    """Yield the rows of one node in the table of a key."""
    own = {OWNER_ID: node["id"], OWNER_NAME: node["名称"]}
    by_year = YEAR in table.header
    for number, held in enumerate(node[table.key], 1):
        if _KEYS[table.key].type == "years":
            yield {**own, **held, ERA: years.short(held[YEAR])}
        elif not by_year:
            flat = {
                f"{name}の{part}": value
                for name, inner in held.items()
                if isinstance(inner, dict)
                for part, value in inner.items()
            }
            yield {**own, NUMBER_IN: number, **held, **flat}
        else:
            for year, values in sorted(_years(held).items()):
                yield {**own, NUMBER_IN: number, "名称": held["名称"], YEAR: year, ERA: years.short(year), **values}


def _years(held: Record) -> dict[int, Record]:
    """Return what a small table holds of each year."""
    found: dict[int, Record] = {}
    for name, values in held.items():
        if isinstance(values, list):
            for each in values:
                found.setdefault(each[YEAR], {})[name] = each[name]
    return found
