"""The JSON Schema of plan.json, made from the table of fields."""

from __future__ import annotations

from collections.abc import Sequence

from handbook.field_types import Field
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, node_fields
from handbook.json_types import JsonObject
from handbook.patterns import FORMER_ID_PATTERN, ID_PATTERN
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, NUMBER_COLUMN, PAGE_COLUMN, REPEAT_COLUMN, YEAR_COLUMN

SchemaDict = JsonObject
_YEAR_SCHEMA: SchemaDict = {"type": "integer", "description": "年度。4 月に始まる年を西暦で"}
_ITEM_SCHEMAS: dict[str, SchemaDict] = {
    "words": {"type": "string"},
    "ids": {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$"},
    "old-ids": {"type": "string", "pattern": f"^{FORMER_ID_PATTERN.pattern}$"},
}


def plan_json_schema() -> SchemaDict:
    """Return what plan.json holds, each key with its meaning."""
    top: SchemaDict = {
        "計画": _object_schema(PLAN_FIELDS, "計画そのもの"),
        "階層": _list_schema(_object_schema(LEVEL_FIELDS, "1 つの階層"), "階層の表。外側から順に"),
        "対象": _list_schema({"type": "string"}, "「対象」に使う言葉"),
        "組織": _list_schema(_object_schema(DEPARTMENT_FIELDS, "1 つの課"), "「担当課」と「関係課」に使う課"),
        "異表記": _list_schema(_list_schema({"type": "string"}, ""), "同じ言葉とみなす書き方の組"),
        CHILDREN_KEY: _list_schema({"$ref": "#/$defs/item"}, "いちばん外側の節。計画の順に"),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "計画のデータ（plan.json）",
        "description": "値がないものは書かれていません。数は、書かれたけたのままです。",
        "type": "object",
        "properties": {"$schema": {"type": "string"}, **top},
        "required": list(top),
        "additionalProperties": False,
        "$defs": {
            "item": {"anyOf": [{"$ref": "#/$defs/node"}, {"$ref": "#/$defs/again"}]},
            "node": _node_dict(),
            "again": _repeat_schema(),
        },
    }


def _node_dict() -> SchemaDict:
    fields = tuple(field for field in node_fields() if field.name != REPEAT_COLUMN)
    properties: SchemaDict = {
        LEVEL_COLUMN: {"type": "string", "description": "どの階層の節か"},
        NUMBER_COLUMN: {"type": "string", "description": "計画の中の場所から数えた目安の番号"},
        **{field.name: _value(field) for field in fields},
        PAGE_COLUMN: {"type": "string", "description": "その節のページの場所"},
        CHILDREN_KEY: _list_schema({"$ref": "#/$defs/item"}, "この節の下にある節。計画の順に"),
    }
    return _object("計画の 1 つの節", properties, [*_required(fields), LEVEL_COLUMN, PAGE_COLUMN])


def _repeat_schema() -> SchemaDict:
    """Return the schema of a node that is repeated from elsewhere."""
    properties: SchemaDict = {
        LEVEL_COLUMN: {"type": "string"},
        REPEAT_COLUMN: {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$"},
    }
    return _object("ほかの場所にある節を、ここにもう一度示すもの", properties, [LEVEL_COLUMN, REPEAT_COLUMN])


def _object_schema(fields: Sequence[Field], description: str, *, dated: bool = False) -> SchemaDict:
    year: SchemaDict = {YEAR_COLUMN: _YEAR_SCHEMA} if dated else {}
    properties = year | {field.name: _value(field) for field in fields}
    return _object(description, properties, [*year, *_required(fields)])


def _object(description: str, properties: SchemaDict, required: Sequence[str]) -> SchemaDict:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _required(fields: Sequence[Field]) -> list[str]:
    return [field.name for field in fields if field.is_required]


def _value(key: Field) -> SchemaDict:
    told: SchemaDict = {"description": key.meaning}
    if key.type in ("records", "record"):
        record = _object_schema(key.subfields, key.meaning)
        return record if key.type == "record" else _list_schema(record, key.meaning)
    if key.type == "years":
        each = key.per_year or key
        return _list_schema(
            _object_schema(each.subfields or (each,), f"1 つの年度の{key.name}", dated=True), key.meaning
        )
    if key.type in _ITEM_SCHEMAS:
        return _list_schema(_ITEM_SCHEMAS[key.type], key.meaning)
    if key.type == "number":
        return told | (
            {"anyOf": [{"type": "number"}, {"const": key.no_value_word}]} if key.no_value_word else {"type": "number"}
        )
    if key.type == "year":
        return _YEAR_SCHEMA | told
    if key.type == "choice":
        return told | {"enum": list(key.choices)}
    if key.type == "id":
        return told | {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$"}
    return told | {"type": "string"} | ({"format": "date"} if key.type == "date" else {})


def _list_schema(item: SchemaDict, told: str) -> SchemaDict:
    return {"type": "array", **({"description": told} if told else {}), "items": item}
