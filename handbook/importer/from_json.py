"""plan.json → the plan's record. Its shape is looked through first, for it may have been edited by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.field_types import LIST_TYPES, Field, fields_by_name
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, node_fields
from handbook.json_types import Json, JsonObject
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, NUMBER_COLUMN, PAGE_COLUMN, REPEAT_COLUMN, YEAR_COLUMN

MAX_JSON_DEPTH = 40
"""Nodes within nodes; a plan has twelve levels at most."""
_PLACED = tuple(Field(name, "line", "") for name in (LEVEL_COLUMN, NUMBER_COLUMN, PAGE_COLUMN))
"""What plan.json holds of a node beside its fields."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_COMPUTED_KEYS = frozenset({NUMBER_COLUMN, PAGE_COLUMN})
"""Worked out by every build."""


def read_plan_json(text: str, path: Path) -> tuple[JsonObject, list[Diagnostic]]:
    """Return the record and its doubts. Raises SourceError where the file is no plan.json."""
    twice: list[str] = []

    def table(pairs: list[tuple[str, Json]]) -> JsonObject:
        """Note a name that stands twice: JSON itself keeps the last in silence."""
        held = dict(pairs)
        if len(held) < len(pairs):
            twice.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return held

    try:
        # Numbers stay as they were typed.
        raw = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=table)
    except json.JSONDecodeError as error:
        place = SourceSpan(path.name, error.lineno, error.colno)
        raise SourceError([Diagnostic(place, "bad-json", "JSON として読めません", error.msg)]) from error
    except RecursionError as error:
        raise SourceError([Diagnostic(SourceSpan(path.name, 1, 1), "too-deep", "入れ子が深すぎます")]) from error
    shape = _JsonValidator(path.name)
    found = shape.root(raw)
    for name in dict.fromkeys(twice):
        shape.report(name, "が、1 つの `{ }` の中に 2 回あります")
    if shape.wrong:
        raise SourceError(shape.wrong)
    return found, shape.doubts


class _JsonValidator:
    """Walks a value beside the table of keys, and names each place by the way to it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.wrong: list[Diagnostic] = []
        self.doubts: list[Diagnostic] = []

    def root(self, raw: Json) -> JsonObject:
        held = self.object(raw, "")
        for name in ("計画", "階層", CHILDREN_KEY):
            if name not in held:
                self.report(name, "がありません")
        found: JsonObject = {
            "計画": self.fields(held.get("計画", {}), fields_by_name(PLAN_FIELDS), "計画"),
            "階層": [
                self.fields(row, fields_by_name(LEVEL_FIELDS), f"階層[{n}]")
                for n, row in self.list(held.get("階層", []), "階層")
            ],
            "対象": self.strings(held.get("対象", []), "対象"),
            "組織": [
                self.fields(row, fields_by_name(DEPARTMENT_FIELDS), f"組織[{n}]")
                for n, row in self.list(held.get("組織", []), "組織")
            ],
            "異表記": [self.strings(row, f"異表記[{n}]") for n, row in self.list(held.get("異表記", []), "異表記")],
            CHILDREN_KEY: [
                self.node(row, f"{CHILDREN_KEY}[{n}]", 0)
                for n, row in self.list(held.get(CHILDREN_KEY, []), CHILDREN_KEY)
            ],
        }
        self._unknown(held, (*found, "$schema"), "")
        return found

    def node(self, raw: Json, where: str, depth: int) -> JsonObject:
        """Return a node with all beneath it."""
        if depth > MAX_JSON_DEPTH:
            self.report(where, "は、入れ子が深すぎます")
            return {LEVEL_COLUMN: ""}
        held = self.object(raw, where)
        beneath = held.pop(CHILDREN_KEY, [])
        found = self.fields(held, fields_by_name((*node_fields(), *_PLACED)), where)
        if LEVEL_COLUMN not in found or not (REPEAT_COLUMN in found or "id" in found):
            self.report(where, f"に `{LEVEL_COLUMN}` か `id` がありません")
        made = {name: value for name, value in found.items() if name not in _COMPUTED_KEYS}
        rows: list[Json] = [
            self.node(row, f"{where}.{CHILDREN_KEY}[{n}]", depth + 1)
            for n, row in self.list(beneath, f"{where}.{CHILDREN_KEY}")
        ]
        return {LEVEL_COLUMN: "", **made, **({CHILDREN_KEY: rows} if rows else {})}

    def fields(self, raw: Json, keys: Mapping[str, Field], where: str) -> JsonObject:
        """Return what a small table says under its keys."""
        held = self.object(raw, where)
        self._unknown(held, keys, where)
        return {name: self.value(held[name], keys[name], f"{where}.{name}") for name in keys if name in held}

    def _rows(self, raw: Json, fields: tuple[Field, ...], where: str) -> list[JsonObject]:
        """Return the records of a list."""
        keys = fields_by_name(fields)
        return [self.fields(row, keys, f"{where}[{n}]") for n, row in self.list(raw, where)]

    def value(self, raw: Json, key: Field, where: str) -> Json:
        """Return a value in the form of its key."""
        if key.type == "record":
            return self.fields(raw, fields_by_name(key.subfields), where)
        if key.type == "records":
            return [*self._rows(raw, key.subfields, where)]
        if key.type == "years":
            each = key.per_year or key
            keys = (Field(YEAR_COLUMN, "year", ""), *(each.subfields or (each,)))
            rows = self._rows(raw, keys, where)
            for row in rows:
                if YEAR_COLUMN not in row:
                    self.report(where, f"に `{YEAR_COLUMN}` がありません")
            return [*rows]
        if key.type in LIST_TYPES:
            return self.strings(raw, where)
        text = self.string(raw, where)
        return int(text) if key.type == "year" and text.isascii() and text.isdecimal() and len(text) < 5 else text

    def string(self, raw: Json, where: str) -> str:
        """Return a text or a number as text."""
        if not isinstance(raw, str):
            self.report(where, "は文字か数で書きます")
            return ""
        if _LONE_SURROGATE.search(raw):
            self.report(where, "に、文字の半分だけのもの（\\ud800 など）があります")
            return ""
        return raw.replace("\r\n", "\n")

    def strings(self, raw: Json, where: str) -> list[Json]:
        """Return a list of texts."""
        return [self.string(item, f"{where}[{number}]") for number, item in self.list(raw, where)]

    def list(self, raw: Json, where: str) -> Iterable[tuple[int, Json]]:
        """Return the items of a list with their places."""
        if not isinstance(raw, list):
            self.report(where, "は `[ ]` の並びで書きます")
            return ()
        return enumerate(raw)

    def object(self, raw: Json, where: str) -> JsonObject:
        """Return a small table of our own, free to be taken from."""
        if not isinstance(raw, dict):
            self.report(where or "いちばん外側", "は `{ }` の集まりで書きます")
            return {}
        return dict(raw)

    def _unknown(self, held: JsonObject, known: Iterable[str], where: str) -> None:
        for name in held.keys() - set(known):
            message = f"`{where}.{name}` は使いませんでした".replace("`.", "`")
            self.doubts.append(Diagnostic(SourceSpan(self.file, 1, 1), "unknown-key", message))

    def report(self, where: str, message: str) -> None:
        """Note what is wrong with a value."""
        self.wrong.append(Diagnostic(SourceSpan(self.file, 1, 1), "bad-shape", f"`{where}` {message}"))
