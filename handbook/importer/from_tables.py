"""Convert exported tables to the JSON values of a plan. Every row or column that is left out gets a warning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handbook.diagnostics import Diagnostic, SourceError
from handbook.field_types import CELL_LIST_TYPES
from handbook.fields import AUDIENCE_KEY, DEPARTMENTS_KEY, PLAN_FIELDS, node_field_names, node_fields
from handbook.importer.cell_conversions import convert, split_words
from handbook.importer.node_rows import NodeRow, NodeTree
from handbook.importer.record_rows import RecordRows
from handbook.importer.sheet import Sheet
from handbook.importer.table_lines import (
    TableLine,
    converted_line,
    missing_columns,
    table_lines,
    unused_columns,
)
from handbook.json_types import Json, JsonObject, list_at, objects, string, strings
from handbook.table_cells import split_cell
from handbook.table_specs import (
    AUDIENCES_TABLE,
    CHILDREN_KEY,
    DEPARTMENTS_TABLE,
    FORMER_NAMES_TABLE,
    LEVEL_COLUMN,
    LEVELS_TABLE,
    PAGE_COLUMN,
    PARENT_COLUMN,
    PLAN_TABLE,
    PLAN_TABLE_ROWS,
    REPEAT_COLUMN,
    SPELLINGS_TABLE,
    TableSpec,
    all_tables,
    nodes_table,
    record_tables,
)


class TablesImporter:
    """Reads a plan from its tables. What is left out is added to `warnings`, and empty required cells to `errors`."""

    def __init__(self, sheets: Mapping[str, Sheet], *, formulas_escaped: bool) -> None:
        """Take the sheets by table name. `formulas_escaped`: texts like formulas begin with `'`, as in CSV."""
        self.sheets = sheets
        self.warnings: list[Diagnostic] = []
        self.errors: list[Diagnostic] = []
        self.nodes: dict[str, JsonObject] = {}
        self.folders: dict[str, str] = {}
        """The folder of the pages of each level, from the paths of its nodes."""
        self.lines: dict[str, list[TableLine]] = {}
        """The rows of each table."""
        for table in all_tables():
            sheet = sheets.get(table.name)
            lines = table_lines(sheet, formulas_escaped=formulas_escaped) if sheet else []
            self.lines[table.name] = [converted_line(line, table, self.warnings) for line in lines]
            if sheet:
                self.warnings += unused_columns(sheet, table)
                self.errors += missing_columns(sheet, table)
        if self.errors:
            raise SourceError(self.errors)
        self.level_names = [str(line.cell_by_column.get("名称", "")) for line in self.lines[LEVELS_TABLE.name]]
        self.known_words = self._known_words()
        """The allowed words of each list of words; empty if any word is allowed."""

    def plan_dict(self) -> JsonObject:
        """Return the JSON values of the plan. Raises SourceError if there is no node, or if nodes are in a circle."""
        roots = self._roots()
        records = RecordRows(self.nodes, self.warnings, self.errors)
        for table in record_tables():
            for line in self.lines[table.name]:
                records.add(table, line, self._values(table, line))
        records.attach()
        spellings = [self._values(SPELLINGS_TABLE, line) for line in self.lines[SPELLINGS_TABLE.name]]
        plan: JsonObject = {
            "計画": self._plan_fields(),
            "階層": self._required_rows(LEVELS_TABLE),
            "対象": [word for line in self.lines[AUDIENCES_TABLE.name] if (word := line.cell_by_column.get("対象"))],
            "異表記": [row["異表記"] for row in spellings if "異表記" in row],
            "組織": self._departments(),
            CHILDREN_KEY: [*(root.node() for root in roots)],
        }
        self._infer_missing(plan)
        return plan

    def _known_words(self) -> dict[str, frozenset[str]]:
        """Return the words of each vocabulary, and the ids of the nodes."""
        columns = {
            AUDIENCE_KEY: ((AUDIENCES_TABLE, "対象"),),
            DEPARTMENTS_KEY: ((DEPARTMENTS_TABLE, "名称"), (FORMER_NAMES_TABLE, "名称")),
            "関連": ((nodes_table(), "id"),),
        }
        words = {
            name: frozenset(
                line.cell_by_column[column]
                for table, column in places
                for line in self.lines[table.name]
                if column in line.cell_by_column
            )
            for name, places in columns.items()
        }
        return words | {"項目": frozenset(node_field_names())}

    def _values(self, table: TableSpec, line: TableLine) -> JsonObject:
        """Return the cells of a row as the fields of plan.yaml, without derived columns."""
        vocabularies = {field.name: field.vocabulary or field.name for field in node_fields()} | {"必須": "項目"}
        values: JsonObject = {}
        for column in table.columns:
            text = line.cell_by_column.get(column.name)
            if text is None or column.is_derived:
                continue
            if column.form not in CELL_LIST_TYPES:
                values[column.name] = text
                continue
            known = self.known_words.get(vocabularies.get(column.name, ""), frozenset())
            words, message = split_words(text, column.form, known)
            values[column.name] = [*map(text.like, words)]
            if message:
                self.warnings.append(line.warning(column.name, "other-separator", message))
        return values

    def _required_rows(self, table: TableSpec) -> list[Json]:
        """Return the rows of a table as records. An empty cell of a required column is an error."""
        self.errors += [error for line in self.lines[table.name] for error in line.empty_cells(table)]
        return [self._values(table, line) for line in self.lines[table.name]]

    # --- the tree ---

    def _roots(self) -> list[NodeRow]:
        rows = [row for line in self.lines[nodes_table().name] if (row := self._node_row(line))]
        if not rows:
            raise SourceError([self.sheets[nodes_table().name].warning(1, 1, "no-nodes", "節が 1 つもありません")])
        tree = NodeTree(rows, self.level_names or [*dict.fromkeys(row.level for row in rows)])
        self.warnings += tree.warnings
        self.errors += tree.errors
        return tree.roots

    def _node_row(self, line: TableLine) -> NodeRow | None:
        """Return a node or a repeat; None, with a warning, if the row is neither."""
        values = self._values(nodes_table(), line)
        values.pop(PARENT_COLUMN, None)
        if not values.keys() & {REPEAT_COLUMN, "id", "名称"}:
            texts = " ".join(line.cell_by_column.values())
            message = f"`id` も `名称` もないので、この行（{texts[:60]}）は使いませんでした"
            self.warnings.append(line.warning("id", "no-node", message))
            return None
        if REPEAT_COLUMN in values:
            values = {name: values[name] for name in (LEVEL_COLUMN, REPEAT_COLUMN) if name in values}
            if LEVEL_COLUMN not in values:
                self.errors.append(line.warning(LEVEL_COLUMN, "empty-cell", f"`{LEVEL_COLUMN}` が空です"))
        else:
            self.errors += line.empty_cells(nodes_table())
        values.setdefault(LEVEL_COLUMN, "")
        level = string(values, LEVEL_COLUMN)
        if level and self.level_names and level not in self.level_names:
            message = f"階層 `{level}` が、シート `{LEVELS_TABLE.title}` の `名称` にありません"
            self.errors.append(line.warning(LEVEL_COLUMN, "unknown-level", message))
        *_, folder, _ = ("", "", *line.cell_by_column.get(PAGE_COLUMN, "").split("/"))
        self.folders.setdefault(level, folder)
        if "id" in values:
            self.nodes.setdefault(string(values, "id"), values)
        return NodeRow(line, values)

    # --- the plan and its lists ---

    def _plan_fields(self) -> JsonObject:
        columns = {column.name: column for column in PLAN_TABLE_ROWS}
        values: JsonObject = {}
        for line in self.lines[PLAN_TABLE.name]:
            name, value = str(line.cell_by_column.get("項目", "")), line.cell_by_column.get("値")
            column = columns.get(name)
            if not column or name in values:
                problem = "が 2 回あるので" if column else "は"
                self.warnings.append(line.warning("項目", "unknown-row", f"項目 `{name}` {problem}使いませんでした"))
            elif value is None and column.is_required:
                self.errors.append(line.warning("値", "empty-cell", f"`{name}` の値が空です"))
            elif value is None:
                self.warnings.append(line.warning("値", "empty-row", f"`{name}` の値が空なので、使いませんでした"))
            elif column.form in CELL_LIST_TYPES:
                values[name] = [*map(value.like, split_cell(value))]
            elif not column.is_derived:
                text, message = convert(value, column.form)
                values[name] = value.like(text)
                if message:
                    self.warnings.append(line.warning("値", "converted", message))
        return {field.name: values[field.name] for field in PLAN_FIELDS if field.name in values}

    def _departments(self) -> list[Json]:
        departments = self._required_rows(DEPARTMENTS_TABLE)
        by_name = {string(row, "名称"): row for row in departments if isinstance(row, dict)}
        for line in self.lines[FORMER_NAMES_TABLE.name]:
            self.errors += line.empty_cells(FORMER_NAMES_TABLE)
            former_name = self._values(FORMER_NAMES_TABLE, line)
            department = str(former_name.pop("課", ""))
            if department in by_name:
                list_at(by_name[department], "旧名称").append(former_name)
            elif department:
                message = f"課 `{department}` がないので、この行は使いませんでした"
                self.warnings.append(line.warning("課", "unknown-section", message))
        return departments

    def _infer_missing(self, plan: JsonObject) -> None:
        """Add levels, vocabularies and the name if their tables are missing."""
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
            sheet = self.sheets.get(PLAN_TABLE.name, self.sheets[nodes_table().name])
            plan["計画"] = {"名称": sheet.file.rpartition(".")[0], **plan_fields}
            if PLAN_TABLE.name in self.sheets:
                message = "`名称` の行がないので、ファイルの名前を計画の名称にしました"
                self.warnings.append(sheet.warning(1, 1, "no-name", message))


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
