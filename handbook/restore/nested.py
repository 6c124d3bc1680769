"""plan.json → the plan's record. Its shape is looked through first, for it may have been edited by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from handbook.field_types import LIST_TYPES, Field, fields_by_name
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, node_fields
from handbook.json_types import Json, JsonObject
from handbook.mistakes import Mistake, Place, SourceError
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.tables import AGAIN, BENEATH, LEVEL_OF, PAGE, PLACE, YEAR

DEEPEST = 40
"""Nodes within nodes; a plan has twelve levels at most."""
_PLACED = tuple(Field(name, "line", "") for name in (LEVEL_OF, PLACE, PAGE))
"""What plan.json holds of a node beside its fields."""
_HALF = re.compile("[\ud800-\udfff]")
_ITSELF = frozenset({PLACE, PAGE})
"""Worked out by every build."""


def whole(text: str, path: Path) -> tuple[JsonObject, list[Mistake]]:
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
        place = Place(path.name, error.lineno, error.colno)
        raise SourceError([Mistake(place, "bad-json", "JSON として読めません", error.msg)]) from error
    except RecursionError as error:
        raise SourceError([Mistake(Place(path.name, 1, 1), "too-deep", "入れ子が深すぎます")]) from error
    shape = _Shape(path.name)
    found = shape.top(raw)
    for name in dict.fromkeys(twice):
        shape.refuse(name, "が、1 つの `{ }` の中に 2 回あります")
    if shape.wrong:
        raise SourceError(shape.wrong)
    return found, shape.doubts


class _Shape:
    """Walks a value beside the table of keys, and names each place by the way to it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.wrong: list[Mistake] = []
        self.doubts: list[Mistake] = []

    def top(self, raw: Json) -> JsonObject:
        held = self.record(raw, "")
        for name in ("計画", "階層", BENEATH):
            if name not in held:
                self.refuse(name, "がありません")
        found: JsonObject = {
            "計画": self.fields(held.get("計画", {}), fields_by_name(PLAN_FIELDS), "計画"),
            "階層": [
                self.fields(row, fields_by_name(LEVEL_FIELDS), f"階層[{n}]")
                for n, row in self.list(held.get("階層", []), "階層")
            ],
            "対象": self.words(held.get("対象", []), "対象"),
            "組織": [
                self.fields(row, fields_by_name(DEPARTMENT_FIELDS), f"組織[{n}]")
                for n, row in self.list(held.get("組織", []), "組織")
            ],
            "異表記": [self.words(row, f"異表記[{n}]") for n, row in self.list(held.get("異表記", []), "異表記")],
            BENEATH: [self.node(row, f"{BENEATH}[{n}]", 0) for n, row in self.list(held.get(BENEATH, []), BENEATH)],
        }
        self._unknown(held, (*found, "$schema"), "")
        return found

    def node(self, raw: Json, where: str, depth: int) -> JsonObject:
        """Return a node with all beneath it."""
        if depth > DEEPEST:
            self.refuse(where, "は、入れ子が深すぎます")
            return {LEVEL_OF: ""}
        held = self.record(raw, where)
        beneath = held.pop(BENEATH, [])
        found = self.fields(held, fields_by_name((*node_fields(), *_PLACED)), where)
        if LEVEL_OF not in found or not (AGAIN in found or "id" in found):
            self.refuse(where, f"に `{LEVEL_OF}` か `id` がありません")
        made = {name: value for name, value in found.items() if name not in _ITSELF}
        rows: list[Json] = [
            self.node(row, f"{where}.{BENEATH}[{n}]", depth + 1) for n, row in self.list(beneath, f"{where}.{BENEATH}")
        ]
        return {LEVEL_OF: "", **made, **({BENEATH: rows} if rows else {})}

    def fields(self, raw: Json, keys: Mapping[str, Field], where: str) -> JsonObject:
        """Return what a small table says under its keys."""
        held = self.record(raw, where)
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
            keys = (Field(YEAR, "year", ""), *(each.subfields or (each,)))
            rows = self._rows(raw, keys, where)
            for row in rows:
                if YEAR not in row:
                    self.refuse(where, f"に `{YEAR}` がありません")
            return [*rows]
        if key.type in LIST_TYPES:
            return self.words(raw, where)
        text = self.word(raw, where)
        return int(text) if key.type == "year" and text.isascii() and text.isdecimal() and len(text) < 5 else text

    def word(self, raw: Json, where: str) -> str:
        """Return a text or a number as text."""
        if not isinstance(raw, str):
            self.refuse(where, "は文字か数で書きます")
            return ""
        if _HALF.search(raw):
            self.refuse(where, "に、文字の半分だけのもの（\\ud800 など）があります")
            return ""
        return raw.replace("\r\n", "\n")

    def words(self, raw: Json, where: str) -> list[Json]:
        """Return a list of texts."""
        return [self.word(item, f"{where}[{number}]") for number, item in self.list(raw, where)]

    def list(self, raw: Json, where: str) -> Iterable[tuple[int, Json]]:
        """Return the items of a list with their places."""
        if not isinstance(raw, list):
            self.refuse(where, "は `[ ]` の並びで書きます")
            return ()
        return enumerate(raw)

    def record(self, raw: Json, where: str) -> JsonObject:
        """Return a small table of our own, free to be taken from."""
        if not isinstance(raw, dict):
            self.refuse(where or "いちばん外側", "は `{ }` の集まりで書きます")
            return {}
        return dict(raw)

    def _unknown(self, held: JsonObject, known: Iterable[str], where: str) -> None:
        for name in held.keys() - set(known):
            message = f"`{where}.{name}` は使いませんでした".replace("`.", "`")
            self.doubts.append(Mistake(Place(self.file, 1, 1), "unknown-key", message))

    def refuse(self, where: str, message: str) -> None:
        """Note what is wrong with a value."""
        self.wrong.append(Mistake(Place(self.file, 1, 1), "bad-shape", f"`{where}` {message}"))
