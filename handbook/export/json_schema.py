"""Build the JSON Schema of plan.json from the field definitions."""

from __future__ import annotations

from collections.abc import Sequence

from handbook.field_types import Field
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, node_fields
from handbook.json_types import JsonObject
from handbook.patterns import FORMER_ID_PATTERN, ID_PATTERN, PAGE_PATH_PATTERN
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, NUMBER_COLUMN, PAGE_COLUMN, REPEAT_COLUMN, YEAR_COLUMN

SchemaDict = JsonObject
_YEAR_SCHEMA: SchemaDict = {"type": "integer", "description": "年度。4 月に始まる年を西暦で"}
_ITEM_SCHEMAS: dict[str, SchemaDict] = {
    "words": {"type": "string"},
    "ids": {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$"},
    "former-ids": {"type": "string", "pattern": f"^{FORMER_ID_PATTERN.pattern}$"},
    "addresses": {"type": "string", "pattern": f"^{PAGE_PATH_PATTERN.pattern}: .+$"},
}


def plan_json_schema() -> SchemaDict:
    """Return the JSON Schema of plan.json, with a description of each key."""
    properties: SchemaDict = {
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
        "properties": {"$schema": {"type": "string"}, **properties},
        "required": list(properties),
        "additionalProperties": False,
        "$defs": {
            "item": {"anyOf": [{"$ref": "#/$defs/node"}, {"$ref": "#/$defs/repeat"}]},
            "node": _node_schema(),
            "repeat": _repeat_schema(),
        },
    }


def _node_schema() -> SchemaDict:
    fields = tuple(field for field in node_fields() if field.name != REPEAT_COLUMN)
    properties: SchemaDict = {
        LEVEL_COLUMN: {"type": "string", "description": "どの階層の節か"},
        NUMBER_COLUMN: {"type": "string", "description": "計画の中の場所から数えた目安の番号"},
        **{field.name: _field_schema(field) for field in fields},
        PAGE_COLUMN: {"type": "string", "description": "その節のページの場所"},
        CHILDREN_KEY: _list_schema({"$ref": "#/$defs/item"}, "この節の下にある節。計画の順に"),
    }
    return _object("計画の 1 つの節", properties, [*_required(fields), LEVEL_COLUMN, PAGE_COLUMN])


def _repeat_schema() -> SchemaDict:
    """Return the schema of a repeat: a reference to a node in another place of the tree."""
    properties: SchemaDict = {
        LEVEL_COLUMN: {"type": "string"},
        REPEAT_COLUMN: {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$"},
    }
    return _object("ほかの場所にある節を、ここにもう一度示すもの", properties, [LEVEL_COLUMN, REPEAT_COLUMN])


def _object_schema(fields: Sequence[Field], description: str, *, dated: bool = False) -> SchemaDict:
    year_property: SchemaDict = {YEAR_COLUMN: _YEAR_SCHEMA} if dated else {}
    properties = year_property | {field.name: _field_schema(field) for field in fields}
    return _object(description, properties, [*year_property, *_required(fields)])


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


def _field_schema(field: Field) -> SchemaDict:
    description: SchemaDict = {"description": field.meaning}
    if field.type in ("records", "record"):
        record = _object_schema(field.subfields, field.meaning)
        return record if field.type == "record" else _list_schema(record, field.meaning)
    if field.type == "years":
        yearly = field.per_year or field
        return _list_schema(
            _object_schema(yearly.subfields or (yearly,), f"1 つの年度の{field.name}", dated=True), field.meaning
        )
    if field.type in _ITEM_SCHEMAS:
        return _list_schema(_ITEM_SCHEMAS[field.type], field.meaning)
    if field.type == "number":
        return description | (
            {"anyOf": [{"type": "number"}, {"const": field.no_value_word}]}
            if field.no_value_word
            else {"type": "number"}
        )
    if field.type == "year":
        return _YEAR_SCHEMA | description
    if field.type == "choice":
        return description | {"enum": list(field.choices)}
    if field.type == "id":
        return description | {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$"}
    return description | {"type": "string"} | ({"format": "date"} if field.type == "date" else {})


def _list_schema(item: SchemaDict, description: str) -> SchemaDict:
    return {"type": "array", **({"description": description} if description else {}), "items": item}
