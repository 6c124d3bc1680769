"""Convert plan.json to the JSON values of a plan. Its structure is checked, since an editor may have changed it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.field_types import CELL_LIST_TYPES, Field, fields_by_name
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, node_fields
from handbook.importer.sheet import SourcedText
from handbook.json_types import Json, JsonObject
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, NUMBER_COLUMN, PAGE_COLUMN, REPEAT_COLUMN, YEAR_COLUMN

MAX_JSON_DEPTH = 40
"""Deepest nesting of nodes. A plan has at most 12 levels."""
MAX_ERRORS = 1_000
"""Errors in one file; more are not searched."""
_TREE_FIELDS = tuple(Field(name, "line", "") for name in (LEVEL_COLUMN, NUMBER_COLUMN, PAGE_COLUMN))
"""Keys of a node in plan.json that are no fields of plan.yaml."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_COMPUTED_KEYS = frozenset({NUMBER_COLUMN, PAGE_COLUMN})
"""Keys that each build computes again; the import leaves them out."""


def read_plan_json(text: str, path: Path) -> tuple[JsonObject, list[Diagnostic], JsonObject]:
    """Return the JSON values of a plan, the warnings, and all values of the file.

    Raises SourceError if `text` is not a valid plan.json.
    """
    duplicate_names: list[str] = []

    def read_object(pairs: list[tuple[str, Json]]) -> JsonObject:
        """Collect duplicate names, of which the JSON parser keeps only the last value."""
        values = dict(pairs)
        if len(values) < len(pairs):
            duplicate_names.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return values

    try:
        # Numbers are read as texts to keep their digits.
        raw = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=read_object)
    except json.JSONDecodeError as error:
        span = SourceSpan(path.name, error.lineno, error.colno)
        raise SourceError([Diagnostic(span, "bad-json", "JSON として読めません", error.msg)]) from error
    except RecursionError as error:
        raise SourceError([Diagnostic(SourceSpan(path.name, 1, 1), "too-deep", "入れ子が深すぎます")]) from error
    validator = _JsonValidator(path.name)
    plan = validator.root(raw)
    for name in dict.fromkeys(duplicate_names):
        validator.report(name, "が、1 つの `{ }` の中に 2 回あります")
    if validator.errors:
        raise SourceError(validator.errors)
    return plan, validator.warnings, raw


class _JsonValidator:
    """Checks and converts JSON values by the field definitions. `path` is the place for messages: 階層[0].名称."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.errors: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []

    def root(self, raw: Json) -> JsonObject:
        values = self.object(raw, "")
        for name in ("計画", "階層", CHILDREN_KEY):
            if name not in values:
                self.report(name, "がありません")
        plan: JsonObject = {
            "計画": self.fields(values.get("計画", {}), fields_by_name(PLAN_FIELDS), "計画"),
            "階層": [
                self.fields(row, fields_by_name(LEVEL_FIELDS), f"階層[{number}]")
                for number, row in self.list(values.get("階層", []), "階層")
            ],
            "対象": self.strings(values.get("対象", []), "対象"),
            "組織": [
                self.fields(row, fields_by_name(DEPARTMENT_FIELDS), f"組織[{number}]")
                for number, row in self.list(values.get("組織", []), "組織")
            ],
            "異表記": [
                self.strings(row, f"異表記[{number}]") for number, row in self.list(values.get("異表記", []), "異表記")
            ],
            CHILDREN_KEY: [
                self.node(row, f"{CHILDREN_KEY}[{number}]", 0)
                for number, row in self.list(values.get(CHILDREN_KEY, []), CHILDREN_KEY)
            ],
        }
        self._warn_unknown_keys(values, (*plan, "$schema"), "")
        return plan

    def node(self, raw: Json, path: str, depth: int) -> JsonObject:
        """Return a node with its descendants."""
        if depth > MAX_JSON_DEPTH:
            self.report(path, "は、入れ子が深すぎます")
            return {LEVEL_COLUMN: ""}
        values = self.object(raw, path)
        raw_children = values.pop(CHILDREN_KEY, [])
        fields = self.fields(values, fields_by_name((*node_fields(), *_TREE_FIELDS)), path)
        if LEVEL_COLUMN not in fields or not (REPEAT_COLUMN in fields or "id" in fields):
            self.report(path, f"に `{LEVEL_COLUMN}` か `id` がありません")
        node = {name: value for name, value in fields.items() if name not in _COMPUTED_KEYS}
        children: list[Json] = [
            self.node(row, f"{path}.{CHILDREN_KEY}[{number}]", depth + 1)
            for number, row in self.list(raw_children, f"{path}.{CHILDREN_KEY}")
        ]
        return {LEVEL_COLUMN: "", **node, **({CHILDREN_KEY: children} if children else {})}

    def fields(self, raw: Json, fields: Mapping[str, Field], path: str) -> JsonObject:
        """Return the values of an object by its field definitions. Unknown keys are left out with a warning."""
        values = self.object(raw, path)
        self._warn_unknown_keys(values, fields, path)
        return {name: self.value(values[name], fields[name], f"{path}.{name}") for name in fields if name in values}

    def _records(self, raw: Json, fields: tuple[Field, ...], path: str) -> list[JsonObject]:
        """Return the records of a list."""
        by_name = fields_by_name(fields)
        return [self.fields(row, by_name, f"{path}[{number}]") for number, row in self.list(raw, path)]

    def value(self, raw: Json, field: Field, path: str) -> Json:
        """Return the value of a field, converted by the type of the field."""
        if field.type == "record":
            return self.fields(raw, fields_by_name(field.subfields), path)
        if field.type == "records":
            return [*self._records(raw, field.subfields, path)]
        if field.type == "years":
            yearly = field.per_year or field
            fields = (Field(YEAR_COLUMN, "year", ""), *(yearly.subfields or (yearly,)))
            rows = self._records(raw, fields, path)
            for row in rows:
                if YEAR_COLUMN not in row:
                    self.report(path, f"に `{YEAR_COLUMN}` がありません")
            return [*rows]
        if field.type in CELL_LIST_TYPES:
            return self.strings(raw, path)
        return self.string(raw, path)

    def string(self, raw: Json, path: str) -> str:
        """Return a text or a number as text; "" with an error for any other value."""
        if not isinstance(raw, str):
            self.report(path, "は文字か数で書きます")
            return ""
        if _LONE_SURROGATE.search(raw):
            self.report(path, "に、文字の半分だけのもの（\\ud800 など）があります")
            return ""
        return SourcedText(raw.replace("\r\n", "\n"), SourceSpan(self.file, 1, 1), f"`{path}`: ")

    def strings(self, raw: Json, path: str) -> list[Json]:
        """Return a list of texts; an empty list with an error if `raw` is not a list."""
        return [self.string(item, f"{path}[{number}]") for number, item in self.list(raw, path)]

    def list(self, raw: Json, path: str) -> Iterable[tuple[int, Json]]:
        """Return the items of a list with their index from 0."""
        if not isinstance(raw, list):
            self.report(path, "は `[ ]` の並びで書きます")
            return ()
        return enumerate(raw)

    def object(self, raw: Json, path: str) -> JsonObject:
        """Return a copy of an object; {} with an error if `raw` is not an object."""
        if not isinstance(raw, dict):
            self.report(path or "いちばん外側", "は `{ }` の集まりで書きます")
            return {}
        return dict(raw)

    def _warn_unknown_keys(self, values: JsonObject, known: Iterable[str], path: str) -> None:
        for name in values.keys() - set(known):
            message = f"`{path}.{name}` は使いませんでした".replace("`.", "`")
            self.warnings.append(Diagnostic(SourceSpan(self.file, 1, 1), "unknown-key", message))

    def report(self, path: str, message: str) -> None:
        """Add an error about the value at `path`. Raises SourceError with all errors if they are too many."""
        self.errors.append(Diagnostic(SourceSpan(self.file, 1, 1), "bad-shape", f"`{path}` {message}"))
        if len(self.errors) >= MAX_ERRORS:
            message = f"直すところが {MAX_ERRORS:,} をこえたので、ここまでで読むのをやめました"
            hint = "data/plan.json をもう一度書き出して、それを読みこんでください"
            raise SourceError([*self.errors, Diagnostic(SourceSpan(self.file, 1, 1), "bad-shape", message, hint)])
