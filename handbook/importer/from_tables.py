"""Convert exported tables to the JSON values of a plan. Every row or column that is left out gets a warning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handbook import fiscal_year
from handbook.diagnostics import Diagnostic, SourceError
from handbook.field_types import LIST_TYPES, Field, fields_by_name
from handbook.fields import AUDIENCE_KEY, DEPARTMENTS_KEY, PLAN_FIELDS, node_fields
from handbook.importer.spreadsheets import Sheet
from handbook.importer.table_lines import TableLine, table_lines
from handbook.json_types import Json, JsonObject, list_at, objects, string, strings
from handbook.table_cells import split_cell
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


class TablesImporter:
    """Reads a plan from its tables."""

    def __init__(self, sheets: Mapping[str, Sheet], *, formulas_escaped: bool) -> None:
        """Take the sheets by table name. `formulas_escaped`: texts like formulas begin with `'`, as in CSV."""
        self.sheets = sheets
        self.formulas_escaped = formulas_escaped
        self.warnings: list[Diagnostic] = []
        self.nodes: dict[str, JsonObject] = {}
        self.rows: dict[tuple[str, str], dict[int, JsonObject]] = {}
        """The records of each node and field, by their position."""
        self.folders: dict[str, str] = {}
        """The folder of the pages of each level, from the paths of its nodes."""

    def plan_dict(self) -> JsonObject:
        """Return the JSON values of the plan. What is left out is added to `warnings`."""
        lines_by_table = {table.name: self._lines(table) for table in all_tables() if table.name in self.sheets}
        roots = self._tree(lines_by_table[nodes_table().name])
        spellings = [
            line.cell_by_column["異表記"]
            for line in lines_by_table.get(SPELLINGS_TABLE.name, ())
            if line.cell_by_column.get("異表記")
        ]
        plan: JsonObject = {
            "計画": self._plan_fields(lines_by_table.get(PLAN_TABLE.name, ())),
            "階層": [self._row_fields(LEVELS_TABLE, line) for line in lines_by_table.get(LEVELS_TABLE.name, ())],
            "対象": [
                line.cell_by_column["対象"]
                for line in lines_by_table.get(AUDIENCES_TABLE.name, ())
                if line.cell_by_column.get("対象")
            ],
            "異表記": [list[Json](split_cell(text)) for text in spellings],
            "組織": self._departments(lines_by_table),
            CHILDREN_KEY: roots,
        }
        for table in record_tables():
            for line in lines_by_table.get(table.name, ()):
                self._attach_row(table, line)
        for (node_id, field), rows in self.rows.items():
            self.nodes[node_id][field] = [rows[position] for position in sorted(rows)]
        self._infer_missing(plan)
        return plan

    def _lines(self, table: TableSpec) -> list[TableLine]:
        sheet = self.sheets[table.name]
        return list(table_lines(sheet, table, self.warnings, formulas_escaped=self.formulas_escaped))

    def _row_fields(self, table: TableSpec, line: TableLine) -> JsonObject:
        """Return the cells of a row as the fields of plan.yaml, without derived columns."""
        types = {column.name: column.form for column in table.columns if not column.is_derived}
        cells = ((name, text) for name, text in line.cell_by_column.items() if name in types)
        return {name: list[Json](split_cell(text)) if types[name] in LIST_TYPES else text for name, text in cells}

    # --- the tree ---

    def _tree(self, lines: Iterable[TableLine]) -> list[Json]:
        roots: list[Json] = []
        for line in lines:
            values = self._row_fields(nodes_table(), line)
            parent = str(values.pop(PARENT_COLUMN, ""))
            if LEVEL_COLUMN not in values:
                self.warnings.append(line.warning("id", "no-level", "`階層` が書かれていない行は使いませんでした"))
                continue
            *_, folder, _ = ("", "", *line.cell_by_column.get(PAGE_COLUMN, "").split("/"))
            self.folders.setdefault(string(values, LEVEL_COLUMN), folder)
            if REPEAT_COLUMN in values:
                values = {LEVEL_COLUMN: values[LEVEL_COLUMN], REPEAT_COLUMN: values[REPEAT_COLUMN]}
            elif "id" in values:
                self.nodes[string(values, "id")] = values
            if parent and parent not in self.nodes:
                message = f"`{PARENT_COLUMN}` の `{parent}` が、この行より上にありません。いちばん外側に置きました"
                self.warnings.append(line.warning(PARENT_COLUMN, "unknown-parent", message))
            siblings = list_at(self.nodes[parent], CHILDREN_KEY) if parent in self.nodes else roots
            siblings.append(values)
        return roots

    def _attach_row(self, table: TableSpec, line: TableLine) -> None:
        """Add a row of a table of records or yearly values to its node."""
        node_id = line.cell_by_column.get(NODE_ID_COLUMN, "")
        node = self.nodes.get(node_id)
        if node is None:
            message = f"id が `{node_id}` の節がないので、この行は使いませんでした"
            self.warnings.append(line.warning(NODE_ID_COLUMN, "unknown-node", message))
            return
        field = fields_by_name(node_fields())[table.source_field]
        values = self._row_fields(table, line)
        values.pop(NODE_ID_COLUMN)
        if YEAR_COLUMN in values and YEAR_COLUMN in table.header:
            values[YEAR_COLUMN] = fiscal_year.parse_year(string(values, YEAR_COLUMN)) or values[YEAR_COLUMN]
        if field.type == "years":
            list_at(node, table.source_field).append(values)
            return
        position = str(values.pop(POSITION_COLUMN, ""))
        rows = self.rows.setdefault((node_id, table.source_field), {})
        if YEAR_COLUMN not in table.header:
            index = int(position) if position.isdecimal() else len(rows) + 1
            rows[index] = _unflatten(values, field)
        elif not position.isdecimal() or int(position) not in rows:
            message = f"{position or '何'}番めの{table.source_field}がないので、この行は使いませんでした"
            self.warnings.append(line.warning(POSITION_COLUMN, "unknown-number", message))
        else:
            year = values.pop(YEAR_COLUMN, "")
            for name, value in values.items():
                list_at(rows[int(position)], name).append({YEAR_COLUMN: year, name: value})

    # --- the plan and its lists ---

    def _plan_fields(self, lines: Iterable[TableLine]) -> JsonObject:
        is_derived = {column.name: column.is_derived for column in PLAN_TABLE_ROWS}
        values: dict[str, str] = {}
        for line in lines:
            name, value = line.cell_by_column.get("項目", ""), line.cell_by_column.get("値", "")
            if name not in is_derived:
                self.warnings.append(line.warning("項目", "unknown-row", f"項目 `{name}` は使いませんでした"))
            elif not is_derived[name]:
                values[name] = value
        return {
            field.name: list[Json](split_cell(values[field.name])) if field.type in LIST_TYPES else values[field.name]
            for field in PLAN_FIELDS
            if field.name in values
        }

    def _departments(self, lines_by_table: Mapping[str, list[TableLine]]) -> list[Json]:
        rows = {
            line.cell_by_column.get("名称", ""): self._row_fields(DEPARTMENTS_TABLE, line)
            for line in lines_by_table.get(DEPARTMENTS_TABLE.name, ())
        }
        for line in lines_by_table.get(FORMER_NAMES_TABLE.name, ()):
            former_name = self._row_fields(FORMER_NAMES_TABLE, line)
            department = str(former_name.pop("課", ""))
            if department in rows:
                list_at(rows[department], "旧名称").append(former_name)
            else:
                self.warnings.append(
                    line.warning("課", "unknown-section", f"課 `{department}` がないので、この行は使いませんでした")
                )
        return list(rows.values())

    def _infer_missing(self, plan: JsonObject) -> None:
        """Add levels, vocabularies and the name if their tables are missing. Raises SourceError if there is no node."""
        if not self.nodes and not plan[CHILDREN_KEY]:
            raise SourceError([self.sheets[nodes_table().name].warning(1, 1, "no-nodes", "節が 1 つもありません")])
        if LEVELS_TABLE.name not in self.sheets:
            levels = enumerate(_levels_by_depth(objects(plan, CHILDREN_KEY)), 1)
            plan["階層"] = [
                {"名称": name, "path": self.folders.get(name) or f"level-{number}"} for number, name in levels
            ]
        for vocabulary, table in ((AUDIENCE_KEY, AUDIENCES_TABLE), (DEPARTMENTS_KEY, DEPARTMENTS_TABLE)):
            if table.name not in self.sheets:
                names = [field.name for field in node_fields() if field.vocabulary == vocabulary]
                nodes = self.nodes.values()
                used = dict.fromkeys(value for node in nodes for name in names for value in strings(node, name))
                plan[vocabulary] = [{"名称": value} for value in used] if vocabulary == DEPARTMENTS_KEY else [*used]
        plan_fields = plan["計画"]
        if isinstance(plan_fields, dict) and "名称" not in plan_fields:
            plan["計画"] = {"名称": self.sheets[nodes_table().name].file.rpartition(".")[0], **plan_fields}


def _unflatten(values: JsonObject, field: Field) -> JsonObject:
    """Move the values of flattened columns back into nested records: 基準値の値 → 基準値 {値}."""
    for outer in field.subfields:
        columns = {inner.name: f"{outer.name}の{inner.name}" for inner in outer.subfields}
        inner_values = {name: values.pop(column) for name, column in columns.items() if column in values}
        if inner_values:
            year = fiscal_year.parse_year(str(inner_values.get(YEAR_COLUMN, "")))
            values[outer.name] = inner_values | ({YEAR_COLUMN: year} if year else {})
    return values


def _levels_by_depth(nodes: Iterable[JsonObject]) -> list[str]:
    """Return the names of the levels, sorted by their greatest depth in the tree."""
    depth: dict[str, int] = {}

    def visit(siblings: Iterable[JsonObject], level_depth: int) -> None:
        for node in siblings:
            level = string(node, LEVEL_COLUMN)
            depth[level] = max(depth.get(level, 0), level_depth)
            visit(objects(node, CHILDREN_KEY), level_depth + 1)

    visit(nodes, 0)
    return sorted(depth, key=lambda name: depth[name])
