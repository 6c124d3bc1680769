"""Describe the plan as tables: their names, their columns and the meaning of each. Derived from fields.py.

The exporter, the importer and the page about the open data share these descriptions. A new field of a node is a column;
one with years or records is a table, named by `Field.table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from handbook.field_types import Field, FieldType, fields_by_name
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, TOP_LEVEL_FIELDS, node_fields
from handbook.record_fields import DEPARTMENT_FIELDS

NODES_TABLE_NAME = "plan"
"""Name of the table of all nodes, and of each file with the complete plan, before the extension."""
STRUCTURE_SHEET_NAME = "構造図"
"""Name of the sheet that shows the tree with merged cells."""
NODE_ID_COLUMN, NODE_NAME_COLUMN, POSITION_COLUMN = "節のid", "節の名称", "番め"
YEAR_COLUMN, ERA_COLUMN = "年度", "和暦"
LEVEL_COLUMN, PARENT_COLUMN, NUMBER_COLUMN, PAGE_COLUMN, REPEAT_COLUMN = "階層", "上の節", "番号", "ページ", "再掲"
CHILDREN_KEY = "節"
"""Key of the child nodes in plan.json."""
PERIOD_START_COLUMN, PERIOD_END_COLUMN = "期間の始まり", "期間の終わり"

_DATA_MEANINGS = {"本文": "文章（Markdown）", "注記": "編集者の注（Markdown）。計画そのものの言葉ではありません"}
"""Meanings for users of the data, where `Field.meaning` is for editors only."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, or a row of the table about the plan."""

    name: str
    meaning: str
    form: FieldType = "line"
    is_derived: bool = False
    """Computed from other columns; the importer only compares it."""
    is_required: bool = False
    """Filled in every row; with `record`, in every row that has another value of the record."""
    record: str = ""
    """The record inside a record, such as 基準値, to which it belongs."""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table, which is exported as a CSV file and as a sheet."""

    name: str
    """File name without the extension."""
    title: str
    """Name of the sheet."""
    description: str
    """Content of the table in one Japanese sentence."""
    columns: tuple[Column, ...]
    source_field: str = ""
    """Field of plan.yaml whose values the table contains; `""` if it contains nodes."""
    key: tuple[str, ...] = ()
    """The columns that identify a row; `()` if each row stands for itself."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def column_spec(field: Field) -> Column:
    """Return the column of a field whose value fits into one cell."""
    meaning = re.sub("`([^`]*)`", r"「\1」", _DATA_MEANINGS.get(field.name, field.meaning))
    return Column(field.name, meaning, field.type, is_required=field.is_required)


def flat_fields(fields: Iterable[Field]) -> Iterator[Field]:
    """Yield the fields whose value fits into one cell."""
    return (field for field in fields if field.type not in ("years", "record", "records", "entries"))


_ERA = Column(ERA_COLUMN, "同じ年度を和暦で", is_derived=True)
_YEAR = Column(YEAR_COLUMN, "4 月に始まる年度を西暦で", "year", is_required=True)
_NODE_COLUMNS = (
    Column(NODE_ID_COLUMN, "どの節のものか", "id"),
    Column(NODE_NAME_COLUMN, "その節の名称", is_derived=True),
)
_PAGE = Column(PAGE_COLUMN, "その節のページの場所", is_derived=True)
_NUMBER_COLUMN = Column(
    NUMBER_COLUMN,
    "計画の中の場所から数えた目安の番号。内容が増えると変わります。CSV では、日付と取られないよう No. を付けています",
    is_derived=True,
)


def _node_columns(fields: Iterable[Field]) -> Iterator[Column]:
    """Yield the columns of the fields of a node that fit into one cell."""
    for field in flat_fields(fields):
        if field.type != "repeat":
            yield column_spec(field)
        if field.type == "period":
            yield Column(PERIOD_START_COLUMN, "期間の最初の日", "date", is_derived=True)
            yield Column(PERIOD_END_COLUMN, "期間の最後の日", "date", is_derived=True)


def _year_value_table(field: Field) -> TableSpec:
    """Return the table of a field with a value or a record per year."""
    per_year = field.per_year or field
    columns = (*_NODE_COLUMNS, _YEAR, _ERA, *map(column_spec, per_year.subfields or (per_year,)))
    return TableSpec(field.table, field.name, field.meaning, columns, field.name, (NODE_ID_COLUMN, YEAR_COLUMN))


def _record_table(field: Field) -> TableSpec:
    """Return the table of the records of a field. A record inside a record, such as 基準値, becomes columns."""
    columns = []
    for subfield in field.subfields:
        if subfield.type == "record":
            columns += [
                replace(column_spec(part), name=f"{subfield.name}の{part.name}", record=subfield.name)
                for part in subfield.subfields
            ]
        elif subfield.type != "years":
            columns.append(column_spec(subfield))
    position = Column(POSITION_COLUMN, "同じ節の中で何番めか")
    key = NODE_ID_COLUMN, POSITION_COLUMN
    return TableSpec(field.table, field.name, field.meaning, (*_NODE_COLUMNS, position, *columns), field.name, key)


def _record_year_table(field: Field) -> TableSpec:
    """Return the table of the yearly values in the records of a field."""
    position = Column(POSITION_COLUMN, f"同じ節の中で何番めの{field.name}か")
    name = Column("名称", f"{field.name}の名称", is_derived=True)
    value_columns = (column_spec(subfield.per_year) for subfield in field.subfields if subfield.per_year)
    columns = (*_NODE_COLUMNS, position, name, _YEAR, _ERA, *value_columns)
    key = NODE_ID_COLUMN, POSITION_COLUMN, YEAR_COLUMN
    return TableSpec(field.years_table, f"{field.name}の年度", f"{field.name}の年度ごとの値", columns, field.name, key)


def _nested_tables(fields: Iterable[Field]) -> Iterator[TableSpec]:
    for field in fields:
        if field.type == "years":
            yield _year_value_table(field)
        elif field.type == "records":
            yield _record_table(field)
            if any(subfield.per_year for subfield in field.subfields):
                yield _record_year_table(field)


_TOP_FIELDS = fields_by_name(TOP_LEVEL_FIELDS)
_FORMER_NAMES_FIELD = fields_by_name(DEPARTMENT_FIELDS)["旧名称"]
PLAN_TABLE = TableSpec(
    "about",
    "計画",
    "計画そのものの名称や期間などを、1 行に 1 つ並べた表",
    (Column("項目", "何についてか", is_required=True), Column("値", "その内容", "text", is_required=True)),
    "計画",
    ("項目",),
)
LEVELS_TABLE = TableSpec(
    "levels", "階層", "計画の階層を、外側から順に並べた表", tuple(map(column_spec, LEVEL_FIELDS)), "階層"
)
AUDIENCES_TABLE = TableSpec("audiences", "対象", "「対象」に使う言葉の表", (Column("対象", "言葉"),), "対象")
SPELLINGS_TABLE = TableSpec(
    "spellings",
    "異表記",
    _TOP_FIELDS["異表記"].meaning,
    (Column("異表記", "同じ言葉とみなす書き方", "spellings"),),
    "異表記",
)
DEPARTMENTS_TABLE = TableSpec(
    "departments",
    "組織",
    "「担当課」と「関係課」に使う課の表",
    tuple(map(column_spec, flat_fields(DEPARTMENT_FIELDS))),
    "組織",
)
FORMER_NAMES_TABLE = TableSpec(
    "former-names",
    "旧名称",
    "課の、前の名前の表",
    (Column("課", "いまの名称", is_required=True), *map(column_spec, _FORMER_NAMES_FIELD.subfields)),
    "旧名称",
)
PLAN_TABLE_ROWS = (
    *map(column_spec, PLAN_FIELDS),
    Column(PERIOD_START_COLUMN, "", is_derived=True),
    Column(PERIOD_END_COLUMN, "", is_derived=True),
)
"""The rows of the table about the plan."""


def nodes_table() -> TableSpec:
    """Return the table of all nodes."""
    return all_tables()[0]


def record_tables() -> tuple[TableSpec, ...]:
    """Return the tables of the records of nodes: one for each field with years or records."""
    return _record_tables(node_fields())


def all_tables() -> tuple[TableSpec, ...]:
    """Return every table except those of single levels."""
    return _all_tables(node_fields())


@lru_cache(maxsize=8)
def _record_tables(fields: tuple[Field, ...]) -> tuple[TableSpec, ...]:
    return tuple(_nested_tables(fields))


@lru_cache(maxsize=8)
def _all_tables(fields: tuple[Field, ...]) -> tuple[TableSpec, ...]:
    nodes = TableSpec(
        NODES_TABLE_NAME,
        "計画の全体",
        "すべての節を、計画の順に 1 行に 1 つ並べた表。ほかの場所に再び示す節（再掲）の行もあります",
        (
            Column(LEVEL_COLUMN, "どの階層の節か", is_required=True),
            _NUMBER_COLUMN,
            Column(PARENT_COLUMN, "すぐ上の節の id。いちばん外側の節では空です", "id"),
            *_node_columns(fields),
            Column(
                REPEAT_COLUMN, "ほかの場所にある節をここにもう一度示す行で、その節の id。ほかの列は空です", "repeat"
            ),
            _PAGE,
        ),
        key=("id", REPEAT_COLUMN, PARENT_COLUMN),
    )
    lists = (PLAN_TABLE, LEVELS_TABLE, AUDIENCES_TABLE, SPELLINGS_TABLE, DEPARTMENTS_TABLE, FORMER_NAMES_TABLE)
    return (nodes, *lists, *_record_tables(fields))


def level_table(name: str, path: str, above: Iterable[str]) -> TableSpec:
    """Return the table of the nodes of one level. `above` has the names of the levels whose node names are columns."""
    ancestors = tuple(Column(f"{level}の名称", f"上にある{level}", is_derived=True) for level in above)
    description = f"{name}だけを 1 行に 1 つ並べた表。再掲は入れていないので、数えられます"
    columns = (_NUMBER_COLUMN, *ancestors, *_node_columns(node_fields()), _PAGE)
    return TableSpec(f"level-{path}", name, description, columns, key=("id",))
