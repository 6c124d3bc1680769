"""Our own tables → the plan as JSON values; what belongs nowhere is a doubt, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from handbook import fiscal_year
from handbook.diagnostics import Diagnostic, SourceError
from handbook.field_types import LIST_TYPES, Field, fields_by_name
from handbook.fields import AUDIENCE_KEY, DEPARTMENTS_KEY, PLAN_FIELDS, node_fields
from handbook.importer.spreadsheets import Sheet
from handbook.json_types import Json, JsonObject, list_at, objects, string, strings
from handbook.table_cells import split_cell, unescape_formula
from handbook.table_specs import (
    AUDIENCES_TABLE,
    CHILDREN_KEY,
    DEPARTMENTS_TABLE,
    FORMER_NAMES_TABLE,
    LEVEL_COLUMN,
    LEVELS_TABLE,
    NODE_ID_COLUMN,
    PAGE_COLUMN,
    PARENT_COLUMN,
    PLAN_TABLE,
    PLAN_TABLE_ROWS,
    POSITION_COLUMN,
    REPEAT_COLUMN,
    SPELLINGS_TABLE,
    YEAR_COLUMN,
    TableSpec,
    all_tables,
    nodes_table,
    record_tables,
)

REQUIRED_COLUMNS = (LEVEL_COLUMN, PARENT_COLUMN, "id", "名称")


@dataclass(frozen=True, slots=True)
class TableLine:
    """A row of a table: its cells by the name of the column, and where it stands."""

    sheet: Sheet
    row: int
    cell_by_column: Mapping[str, str]
    columns: Mapping[str, int]

    def warning(self, column: str, rule: str, message: str) -> Diagnostic:
        """Return what is not certain about one of its cells."""
        return self.sheet.warning(self.row, self.columns.get(column, 1), rule, message)


def is_exported_table(sheet: Sheet) -> bool:
    """Whether a sheet is the table of every node as we write it."""
    header = {text for (row, _), text in sheet.cells.items() if row == 1}
    return header.issuperset(REQUIRED_COLUMNS)


class MetricsBuilder:
    """Reads a plan from its tables."""

    def __init__(self, sheets: Mapping[str, Sheet], *, guarded: bool) -> None:
        """`sheets` are the tables that were found, by name; `guarded` ones bear a sign before formulas."""
        self.sheets = sheets
        self.guarded = guarded
        self.doubts: list[Diagnostic] = []
        self.nodes: dict[str, JsonObject] = {}
        self.rows: dict[tuple[str, str], dict[int, JsonObject]] = {}
        """The records of each node and field, by their number."""
        self.folders: dict[str, str] = {}
        """The folder of each level's pages, as the addresses of the nodes have it."""

    def plan_dict(self) -> JsonObject:
        """Return the whole plan."""
        found = {table.name: list(self._lines(table)) for table in all_tables() if table.name in self.sheets}
        beneath = self._tree(found[nodes_table().name])
        spellings = [
            line.cell_by_column["異表記"]
            for line in found.get(SPELLINGS_TABLE.name, ())
            if line.cell_by_column.get("異表記")
        ]
        whole: JsonObject = {
            "計画": self._plan_fields(found.get(PLAN_TABLE.name, ())),
            "階層": [self._row_fields(LEVELS_TABLE, line) for line in found.get(LEVELS_TABLE.name, ())],
            "対象": [
                line.cell_by_column["対象"]
                for line in found.get(AUDIENCES_TABLE.name, ())
                if line.cell_by_column.get("対象")
            ],
            "異表記": [list[Json](split_cell(text)) for text in spellings],
            "組織": self._departments(found),
            CHILDREN_KEY: beneath,
        }
        for table in record_tables():
            for line in found.get(table.name, ()):
                self._attach_row(table, line)
        for (node_id, name), rows in self.rows.items():
            self.nodes[node_id][name] = [rows[number] for number in sorted(rows)]
        self._infer_missing(whole)
        return whole

    def _lines(self, table: TableSpec) -> Iterator[TableLine]:
        sheet = self.sheets[table.name]
        heads = {column: text.strip() for (row, column), text in sheet.cells.items() if row == 1}
        columns = {name: column for column, name in reversed(heads.items())}
        for column, name in heads.items():
            if name not in table.header:
                self.doubts.append(sheet.warning(1, column, "unknown-column", f"列 `{name}` は使いませんでした"))
        for name in (column.name for column in table.columns if not column.is_derived and column.name not in columns):
            self.doubts.append(sheet.warning(1, 1, "missing-column", f"列 `{name}` がありません"))
        rows: dict[int, dict[str, str]] = {}
        for (row, column), text in sheet.cells.items():
            if row > 1 and column in heads:
                rows.setdefault(row, {})[heads[column]] = unescape_formula(text) if self.guarded else text
            elif row > 1:
                self.doubts.append(
                    sheet.warning(row, column, "no-heading", f"列の名前がない欄の `{text[:20]}` は使いませんでした")
                )
        for row, column in sorted(sheet.formula_cells):
            self.doubts.append(
                sheet.warning(row, column, "formula", "計算式なので、いちばん新しく計算された値を読みました")
            )
        for row in sorted(rows):
            yield TableLine(sheet, row, rows[row], columns)

    def _row_fields(self, table: TableSpec, line: TableLine) -> JsonObject:
        """Return what a row says under the keys of plan.yaml."""
        kept = {column.name: column.form for column in table.columns if not column.is_derived}
        said = ((name, text) for name, text in line.cell_by_column.items() if name in kept)
        return {name: list[Json](split_cell(text)) if kept[name] in LIST_TYPES else text for name, text in said}

    # --- the tree ---

    def _tree(self, lines: Iterable[TableLine]) -> list[Json]:
        top: list[Json] = []
        for line in lines:
            held = self._row_fields(nodes_table(), line)
            parent = str(held.pop(PARENT_COLUMN, ""))
            if LEVEL_COLUMN not in held:
                self.doubts.append(line.warning("id", "no-level", "`階層` が書かれていない行は使いませんでした"))
                continue
            *_, folder, _ = ("", "", *line.cell_by_column.get(PAGE_COLUMN, "").split("/"))
            self.folders.setdefault(string(held, LEVEL_COLUMN), folder)
            if REPEAT_COLUMN in held:
                held = {LEVEL_COLUMN: held[LEVEL_COLUMN], REPEAT_COLUMN: held[REPEAT_COLUMN]}
            elif "id" in held:
                self.nodes[string(held, "id")] = held
            if parent and parent not in self.nodes:
                message = f"`{PARENT_COLUMN}` の `{parent}` が、この行より上にありません。いちばん外側に置きました"
                self.doubts.append(line.warning(PARENT_COLUMN, "unknown-parent", message))
            home = list_at(self.nodes[parent], CHILDREN_KEY) if parent in self.nodes else top
            home.append(held)
        return top

    def _attach_row(self, table: TableSpec, line: TableLine) -> None:
        """Add a row of a field's own table to its node."""
        node_id = line.cell_by_column.get(NODE_ID_COLUMN, "")
        node = self.nodes.get(node_id)
        if node is None:
            message = f"id が `{node_id}` の節がないので、この行は使いませんでした"
            self.doubts.append(line.warning(NODE_ID_COLUMN, "unknown-node", message))
            return
        field = fields_by_name(node_fields())[table.source_field]
        said = self._row_fields(table, line)
        said.pop(NODE_ID_COLUMN)
        if YEAR_COLUMN in said and YEAR_COLUMN in table.header:
            said[YEAR_COLUMN] = fiscal_year.parse_year(string(said, YEAR_COLUMN)) or said[YEAR_COLUMN]
        if field.type == "years":
            list_at(node, table.source_field).append(said)
            return
        number = str(said.pop(POSITION_COLUMN, ""))
        rows = self.rows.setdefault((node_id, table.source_field), {})
        if YEAR_COLUMN not in table.header:
            place = int(number) if number.isdecimal() else len(rows) + 1
            rows[place] = _folded(said, field)
        elif not number.isdecimal() or int(number) not in rows:
            message = f"{number or '何'}番めの{table.source_field}がないので、この行は使いませんでした"
            self.doubts.append(line.warning(POSITION_COLUMN, "unknown-number", message))
        else:
            year = said.pop(YEAR_COLUMN, "")
            for name, value in said.items():
                list_at(rows[int(number)], name).append({YEAR_COLUMN: year, name: value})

    # --- the lists ---

    def _plan_fields(self, lines: Iterable[TableLine]) -> JsonObject:
        known = {column.name: column.is_derived for column in PLAN_TABLE_ROWS}
        said: dict[str, str] = {}
        for line in lines:
            name, value = line.cell_by_column.get("項目", ""), line.cell_by_column.get("値", "")
            if name not in known:
                self.doubts.append(line.warning("項目", "unknown-row", f"項目 `{name}` は使いませんでした"))
            elif not known[name]:
                said[name] = value
        return {field.name: said[field.name] for field in PLAN_FIELDS if field.name in said}

    def _departments(self, found: Mapping[str, list[TableLine]]) -> list[Json]:
        rows = {
            line.cell_by_column.get("名称", ""): self._row_fields(DEPARTMENTS_TABLE, line)
            for line in found.get(DEPARTMENTS_TABLE.name, ())
        }
        for line in found.get(FORMER_NAMES_TABLE.name, ()):
            said = self._row_fields(FORMER_NAMES_TABLE, line)
            owner = str(said.pop("課", ""))
            if owner in rows:
                list_at(rows[owner], "旧名称").append(said)
            else:
                self.doubts.append(
                    line.warning("課", "unknown-section", f"課 `{owner}` がないので、この行は使いませんでした")
                )
        return list(rows.values())

    def _infer_missing(self, whole: JsonObject) -> None:
        """Add what a lone table of nodes lacks: the levels, and the vocabularies from the words in use."""
        if not self.nodes and not whole[CHILDREN_KEY]:
            raise SourceError([self.sheets[nodes_table().name].warning(1, 1, "no-nodes", "節が 1 つもありません")])
        if LEVELS_TABLE.name not in self.sheets:
            ranked = enumerate(_levels_by_depth(objects(whole, CHILDREN_KEY)), 1)
            whole["階層"] = [
                {"名称": name, "path": self.folders.get(name) or f"level-{number}"} for number, name in ranked
            ]
        for vocabulary, table in ((AUDIENCE_KEY, AUDIENCES_TABLE), (DEPARTMENTS_KEY, DEPARTMENTS_TABLE)):
            if table.name not in self.sheets:
                names = [field.name for field in node_fields() if field.vocabulary == vocabulary]
                nodes = self.nodes.values()
                used = dict.fromkeys(word for node in nodes for name in names for word in strings(node, name))
                whole[vocabulary] = [{"名称": word} for word in used] if vocabulary == DEPARTMENTS_KEY else [*used]
        plan = whole["計画"]
        if isinstance(plan, dict) and "名称" not in plan:
            whole["計画"] = {"名称": self.sheets[nodes_table().name].file.rpartition(".")[0], **plan}


def _folded(said: JsonObject, field: Field) -> JsonObject:
    """Return a record with the values that lay in columns folded back: 基準値の値 → 基準値 {値}."""
    for part in field.subfields:
        columns = {inner.name: f"{part.name}の{inner.name}" for inner in part.subfields}
        values = {name: said.pop(column) for name, column in columns.items() if column in said}
        if values:
            year = fiscal_year.parse_year(str(values.get(YEAR_COLUMN, "")))
            said[part.name] = values | ({YEAR_COLUMN: year} if year else {})
    return said


def _levels_by_depth(nodes: Iterable[JsonObject]) -> list[str]:
    """Return the names of the levels, the outer before the inner."""
    depth: dict[str, int] = {}

    def look(held: Iterable[JsonObject], at: int) -> None:
        for node in held:
            level = string(node, LEVEL_COLUMN)
            depth[level] = max(depth.get(level, 0), at)
            look(objects(node, CHILDREN_KEY), at + 1)

    look(nodes, 0)
    return sorted(depth, key=lambda name: depth[name])
