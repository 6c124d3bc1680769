"""Our own tables → the plan's record; what belongs nowhere is a doubt, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handbook import years
from handbook.fields import NODE_FIELDS, OWNER_KEY, PARTNER_KEY, PLAN_FIELDS, fields_by_name
from handbook.mistakes import Mistake, SourceError
from handbook.restore.sheets import Sheet
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
    LIST_FORMS,
    NESTED,
    NODES,
    NUMBER_IN,
    OWNER_ID,
    PAGE,
    PARENT,
    SPELLINGS,
    YEAR,
    Table,
    parted,
    unguarded,
)

Record = dict[str, Any]
NEEDED = (LEVEL_OF, PARENT, "id", "名称")
_NODE = fields_by_name(NODE_FIELDS)


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
    """Grows the record of a plan from its tables."""

    def __init__(self, sheets: Mapping[str, Sheet], *, guarded: bool) -> None:
        """`sheets` are the tables that were found, by name; `guarded` ones bear a sign before formulas."""
        self.sheets = sheets
        self.guarded = guarded
        self.doubts: list[Mistake] = []
        self.nodes: dict[str, Record] = {}
        self.folders: dict[str, str] = {}
        """The folder of each level's pages, as the addresses of the nodes have it."""

    def whole(self) -> Record:
        """Return the record of the whole plan."""
        found = {table.name: list(self._lines(table)) for table in self._wanted()}
        beneath = self._tree(found[NODES.name])
        whole: Record = {
            "計画": self._about(found.get(ABOUT.name, ())),
            "階層": [self._said(LEVELS, line) for line in found.get(LEVELS.name, ())],
            "対象": [line.said["対象"] for line in found.get(AUDIENCES.name, ()) if line.said.get("対象")],
            "異表記": [
                parted(line.said["異表記"]) for line in found.get(SPELLINGS.name, ()) if line.said.get("異表記")
            ],
            "組織": self._sections(found),
            BENEATH: beneath,
        }
        for table in NESTED:
            for line in found.get(table.name, ()):
                self._nested(table, line)
        for node in self.nodes.values():
            for name in {table.key for table in NESTED} & node.keys():
                if isinstance(node[name], dict):  # gathered by number
                    node[name] = [node[name][number] for number in sorted(node[name])]
        self._fill(whole)
        return whole

    def _wanted(self) -> Iterator[Table]:
        every = (NODES, ABOUT, LEVELS, AUDIENCES, SPELLINGS, DEPARTMENTS, FORMERS, *NESTED)
        return (table for table in every if table.name in self.sheets)

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
                rows.setdefault(row, {})[heads[column]] = unguarded(text) if self.guarded else text
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

    def _said(self, table: Table, line: Line) -> Record:
        """Return what a row says under the keys of plan.yaml."""
        kept = {column.name: column.form for column in table.columns if not column.told}
        return {
            name: parted(text) if kept[name] in LIST_FORMS else text for name, text in line.said.items() if name in kept
        }

    # --- the tree ---

    def _tree(self, lines: Iterable[Line]) -> list[Record]:
        top: list[Record] = []
        for line in lines:
            said = self._said(NODES, line)
            parent, held = said.pop(PARENT, ""), said
            if LEVEL_OF not in held:
                self.doubts.append(line.doubt("id", "no-level", "`階層` が書かれていない行は使いませんでした"))
                continue
            *_, folder, _ = ("", "", *line.said.get(PAGE, "").split("/"))
            self.folders.setdefault(held[LEVEL_OF], folder)
            if AGAIN in held:
                held = {LEVEL_OF: held[LEVEL_OF], AGAIN: held[AGAIN]}
            elif "id" in held:
                self.nodes[held["id"]] = held
            if parent and parent not in self.nodes:
                message = f"`{PARENT}` の `{parent}` が、この行より上にありません。いちばん外側に置きました"
                self.doubts.append(line.doubt(PARENT, "unknown-parent", message))
            home = self.nodes[parent].setdefault(BENEATH, []) if parent in self.nodes else top
            home.append(held)
        return top

    def _nested(self, table: Table, line: Line) -> None:
        """Hang a row of a key's own table on its node."""
        node = self.nodes.get(line.said.get(OWNER_ID, ""))
        if node is None:
            message = f"id が `{line.said.get(OWNER_ID, '')}` の節がないので、この行は使いませんでした"
            self.doubts.append(line.doubt(OWNER_ID, "unknown-node", message))
            return
        said = self._said(table, line)
        said.pop(OWNER_ID)
        key = _NODE[table.key]
        if YEAR in said and YEAR in table.header:
            said[YEAR] = years.one(said[YEAR]) or said[YEAR]
        if key.type == "years":
            node.setdefault(table.key, []).append(said)
            return
        number = said.pop(NUMBER_IN, "")
        rows = node.setdefault(table.key, {})
        if YEAR not in table.header:
            place = int(number) if number.isdecimal() else len(rows) + 1
            rows[place] = self._folded(said, table.key)
        elif not number.isdecimal() or int(number) not in rows:
            message = f"{number or '何'}番めの{table.key}がないので、この行は使いませんでした"
            self.doubts.append(line.doubt(NUMBER_IN, "unknown-number", message))
        else:
            year = said.pop(YEAR, "")
            for name, value in said.items():
                rows[int(number)].setdefault(name, []).append({YEAR: year, name: value})

    def _folded(self, said: Record, name: str) -> Record:
        """Return a small table with what lay in columns folded back: 基準値の値 → 基準値 {値}."""
        for field in _NODE[name].subfields:
            inner = {
                part.name: said.pop(f"{field.name}の{part.name}")
                for part in field.subfields
                if f"{field.name}の{part.name}" in said
            }
            if inner:
                year = years.one(str(inner.get(YEAR, "")))
                said[field.name] = inner | ({YEAR: year} if year else {})
        return said

    # --- the lists ---

    def _about(self, lines: Iterable[Line]) -> Record:
        known = {column.name: column.told for column in ABOUT_ROWS}
        said: Record = {}
        for line in lines:
            name, value = line.said.get("項目", ""), line.said.get("値", "")
            if name not in known:
                self.doubts.append(line.doubt("項目", "unknown-row", f"項目 `{name}` は使いませんでした"))
            elif not known[name]:
                said[name] = value
        return {key.name: said[key.name] for key in PLAN_FIELDS if key.name in said}

    def _sections(self, found: Mapping[str, list[Line]]) -> list[Record]:
        rows = {line.said.get("名称", ""): self._said(DEPARTMENTS, line) for line in found.get(DEPARTMENTS.name, ())}
        for line in found.get(FORMERS.name, ()):
            said = self._said(FORMERS, line)
            owner = said.pop("課", "")
            if owner in rows:
                rows[owner].setdefault("旧名称", []).append(said)
            else:
                self.doubts.append(
                    line.doubt("課", "unknown-section", f"課 `{owner}` がないので、この行は使いませんでした")
                )
        return list(rows.values())

    def _fill(self, whole: Record) -> None:
        """Make up what a lone table of nodes cannot tell: the levels, the words in use."""
        if not self.nodes and not whole[BENEATH]:
            raise SourceError([self.sheets[NODES.name].doubt(1, 1, "no-nodes", "節が 1 つもありません")])
        if LEVELS.name not in self.sheets:
            ranked = enumerate(_ranked(whole[BENEATH]), 1)
            whole["階層"] = [
                {"名称": name, "path": self.folders.get(name) or f"level-{number}"} for number, name in ranked
            ]
        lists = (("対象", AUDIENCES, ("対象",)), ("組織", DEPARTMENTS, (OWNER_KEY, PARTNER_KEY)))
        for name, table, facts in lists:
            if table.name not in self.sheets:
                used = dict.fromkeys(
                    word for node in self.nodes.values() for fact in facts for word in node.get(fact, ())
                )
                whole[name] = [{"名称": word} for word in used] if name == "組織" else list(used)
        if "名称" not in whole["計画"]:
            whole["計画"] = {"名称": self.sheets[NODES.name].file.rpartition(".")[0], **whole["計画"]}


def _ranked(nodes: Iterable[Record]) -> list[str]:
    """Return the names of the levels, the outer before the inner."""
    depth: dict[str, int] = {}

    def look(held: Iterable[Record], at: int) -> None:
        for node in held:
            depth[node[LEVEL_OF]] = max(depth.get(node[LEVEL_OF], 0), at)
            look(node.get(BENEATH, ()), at + 1)

    look(nodes, 0)
    return sorted(depth, key=lambda name: depth[name])
