"""Our own tables → the plan as JSON values; what belongs nowhere is a doubt, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from handbook import years
from handbook.field_types import LIST_TYPES, Field, fields_by_name
from handbook.fields import AUDIENCE_KEY, DEPARTMENTS_KEY, PLAN_FIELDS, node_fields
from handbook.json_types import Json, JsonObject, list_at, objects, string, strings
from handbook.mistakes import Mistake, SourceError
from handbook.restore.sheets import Sheet
from handbook.table_cells import split_cell, unescape_formula
from handbook.tables import (
    ABOUT,
    ABOUT_ROWS,
    AGAIN,
    AUDIENCES,
    BENEATH,
    DEPARTMENTS,
    FORMERS,
    LEVEL_OF,
    LEVELS,
    NUMBER_IN,
    OWNER_ID,
    PAGE,
    PARENT,
    SPELLINGS,
    YEAR,
    Table,
    all_tables,
    nodes_table,
    record_tables,
)

NEEDED = (LEVEL_OF, PARENT, "id", "名称")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its cells by the name of the column, and where it stands."""

    sheet: Sheet
    row: int
    said: Mapping[str, str]
    columns: Mapping[str, int]

    def doubt(self, column: str, rule: str, message: str) -> Mistake:
        """Return what is not certain about one of its cells."""
        return self.sheet.doubt(self.row, self.columns.get(column, 1), rule, message)


def is_ours(sheet: Sheet) -> bool:
    """Whether a sheet is the table of every node as we write it."""
    header = {text for (row, _), text in sheet.cells.items() if row == 1}
    return header.issuperset(NEEDED)


class Records:
    """Reads a plan from its tables."""

    def __init__(self, sheets: Mapping[str, Sheet], *, guarded: bool) -> None:
        """`sheets` are the tables that were found, by name; `guarded` ones bear a sign before formulas."""
        self.sheets = sheets
        self.guarded = guarded
        self.doubts: list[Mistake] = []
        self.nodes: dict[str, JsonObject] = {}
        self.rows: dict[tuple[str, str], dict[int, JsonObject]] = {}
        """The records of each node and field, by their number."""
        self.folders: dict[str, str] = {}
        """The folder of each level's pages, as the addresses of the nodes have it."""

    def whole(self) -> JsonObject:
        """Return the whole plan."""
        found = {table.name: list(self._lines(table)) for table in all_tables() if table.name in self.sheets}
        beneath = self._tree(found[nodes_table().name])
        spellings = [line.said["異表記"] for line in found.get(SPELLINGS.name, ()) if line.said.get("異表記")]
        whole: JsonObject = {
            "計画": self._about(found.get(ABOUT.name, ())),
            "階層": [self._said(LEVELS, line) for line in found.get(LEVELS.name, ())],
            "対象": [line.said["対象"] for line in found.get(AUDIENCES.name, ()) if line.said.get("対象")],
            "異表記": [list[Json](split_cell(text)) for text in spellings],
            "組織": self._sections(found),
            BENEATH: beneath,
        }
        for table in record_tables():
            for line in found.get(table.name, ()):
                self._nested(table, line)
        for (node_id, name), rows in self.rows.items():
            self.nodes[node_id][name] = [rows[number] for number in sorted(rows)]
        self._fill(whole)
        return whole

    def _lines(self, table: Table) -> Iterator[Line]:
        sheet = self.sheets[table.name]
        heads = {column: text.strip() for (row, column), text in sheet.cells.items() if row == 1}
        columns = {name: column for column, name in reversed(heads.items())}
        for column, name in heads.items():
            if name not in table.header:
                self.doubts.append(sheet.doubt(1, column, "unknown-column", f"列 `{name}` は使いませんでした"))
        for name in (column.name for column in table.columns if not column.told and column.name not in columns):
            self.doubts.append(sheet.doubt(1, 1, "missing-column", f"列 `{name}` がありません"))
        rows: dict[int, dict[str, str]] = {}
        for (row, column), text in sheet.cells.items():
            if row > 1 and column in heads:
                rows.setdefault(row, {})[heads[column]] = unescape_formula(text) if self.guarded else text
            elif row > 1:
                self.doubts.append(
                    sheet.doubt(row, column, "no-heading", f"列の名前がない欄の `{text[:20]}` は使いませんでした")
                )
        for row, column in sorted(sheet.formulas):
            self.doubts.append(
                sheet.doubt(row, column, "formula", "計算式なので、いちばん新しく計算された値を読みました")
            )
        for row in sorted(rows):
            yield Line(sheet, row, rows[row], columns)

    def _said(self, table: Table, line: Line) -> JsonObject:
        """Return what a row says under the keys of plan.yaml."""
        kept = {column.name: column.form for column in table.columns if not column.told}
        said = ((name, text) for name, text in line.said.items() if name in kept)
        return {name: list[Json](split_cell(text)) if kept[name] in LIST_TYPES else text for name, text in said}

    # --- the tree ---

    def _tree(self, lines: Iterable[Line]) -> list[Json]:
        top: list[Json] = []
        for line in lines:
            held = self._said(nodes_table(), line)
            parent = str(held.pop(PARENT, ""))
            if LEVEL_OF not in held:
                self.doubts.append(line.doubt("id", "no-level", "`階層` が書かれていない行は使いませんでした"))
                continue
            *_, folder, _ = ("", "", *line.said.get(PAGE, "").split("/"))
            self.folders.setdefault(string(held, LEVEL_OF), folder)
            if AGAIN in held:
                held = {LEVEL_OF: held[LEVEL_OF], AGAIN: held[AGAIN]}
            elif "id" in held:
                self.nodes[string(held, "id")] = held
            if parent and parent not in self.nodes:
                message = f"`{PARENT}` の `{parent}` が、この行より上にありません。いちばん外側に置きました"
                self.doubts.append(line.doubt(PARENT, "unknown-parent", message))
            home = list_at(self.nodes[parent], BENEATH) if parent in self.nodes else top
            home.append(held)
        return top

    def _nested(self, table: Table, line: Line) -> None:
        """Add a row of a field's own table to its node."""
        node_id = line.said.get(OWNER_ID, "")
        node = self.nodes.get(node_id)
        if node is None:
            message = f"id が `{node_id}` の節がないので、この行は使いませんでした"
            self.doubts.append(line.doubt(OWNER_ID, "unknown-node", message))
            return
        field = fields_by_name(node_fields())[table.key]
        said = self._said(table, line)
        said.pop(OWNER_ID)
        if YEAR in said and YEAR in table.header:
            said[YEAR] = years.one(string(said, YEAR)) or said[YEAR]
        if field.type == "years":
            list_at(node, table.key).append(said)
            return
        number = str(said.pop(NUMBER_IN, ""))
        rows = self.rows.setdefault((node_id, table.key), {})
        if YEAR not in table.header:
            place = int(number) if number.isdecimal() else len(rows) + 1
            rows[place] = _folded(said, field)
        elif not number.isdecimal() or int(number) not in rows:
            message = f"{number or '何'}番めの{table.key}がないので、この行は使いませんでした"
            self.doubts.append(line.doubt(NUMBER_IN, "unknown-number", message))
        else:
            year = said.pop(YEAR, "")
            for name, value in said.items():
                list_at(rows[int(number)], name).append({YEAR: year, name: value})

    # --- the lists ---

    def _about(self, lines: Iterable[Line]) -> JsonObject:
        known = {column.name: column.told for column in ABOUT_ROWS}
        said: dict[str, str] = {}
        for line in lines:
            name, value = line.said.get("項目", ""), line.said.get("値", "")
            if name not in known:
                self.doubts.append(line.doubt("項目", "unknown-row", f"項目 `{name}` は使いませんでした"))
            elif not known[name]:
                said[name] = value
        return {field.name: said[field.name] for field in PLAN_FIELDS if field.name in said}

    def _sections(self, found: Mapping[str, list[Line]]) -> list[Json]:
        rows = {line.said.get("名称", ""): self._said(DEPARTMENTS, line) for line in found.get(DEPARTMENTS.name, ())}
        for line in found.get(FORMERS.name, ()):
            said = self._said(FORMERS, line)
            owner = str(said.pop("課", ""))
            if owner in rows:
                list_at(rows[owner], "旧名称").append(said)
            else:
                self.doubts.append(
                    line.doubt("課", "unknown-section", f"課 `{owner}` がないので、この行は使いませんでした")
                )
        return list(rows.values())

    def _fill(self, whole: JsonObject) -> None:
        """Add what a lone table of nodes lacks: the levels, and the vocabularies from the words in use."""
        if not self.nodes and not whole[BENEATH]:
            raise SourceError([self.sheets[nodes_table().name].doubt(1, 1, "no-nodes", "節が 1 つもありません")])
        if LEVELS.name not in self.sheets:
            ranked = enumerate(_ranked(objects(whole, BENEATH)), 1)
            whole["階層"] = [
                {"名称": name, "path": self.folders.get(name) or f"level-{number}"} for number, name in ranked
            ]
        for vocabulary, table in ((AUDIENCE_KEY, AUDIENCES), (DEPARTMENTS_KEY, DEPARTMENTS)):
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
            year = years.one(str(values.get(YEAR, "")))
            said[part.name] = values | ({YEAR: year} if year else {})
    return said


def _ranked(nodes: Iterable[JsonObject]) -> list[str]:
    """Return the names of the levels, the outer before the inner."""
    depth: dict[str, int] = {}

    def look(held: Iterable[JsonObject], at: int) -> None:
        for node in held:
            level = string(node, LEVEL_OF)
            depth[level] = max(depth.get(level, 0), at)
            look(objects(node, BENEATH), at + 1)

    look(nodes, 0)
    return sorted(depth, key=lambda name: depth[name])
