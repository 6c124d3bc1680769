"""The JSON Schema of plan.json, made from the table of fields."""

from __future__ import annotations

from collections.abc import Sequence

from handbook.field_types import Field
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, node_fields
from handbook.json_types import JsonObject
from handbook.patterns import FORMER_ID_PATTERN, ID_PATTERN
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.tables import AGAIN, BENEATH, LEVEL_OF, PAGE, PLACE, YEAR

Schema = JsonObject
_YEAR: Schema = {"type": "integer", "description": "年度。4 月に始まる年を西暦で"}
_LISTS: dict[str, Schema] = {
    "words": {"type": "string"},
    "ids": {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$"},
    "old-ids": {"type": "string", "pattern": f"^{FORMER_ID_PATTERN.pattern}$"},
}


def schema() -> Schema:
    """Return what plan.json holds, each key with its meaning."""
    top: Schema = {
        "計画": _record(PLAN_FIELDS, "計画そのもの"),
        "階層": _list(_record(LEVEL_FIELDS, "1 つの階層"), "階層の表。外側から順に"),
        "対象": _list({"type": "string"}, "「対象」に使う言葉"),
        "組織": _list(_record(DEPARTMENT_FIELDS, "1 つの課"), "「担当課」と「関係課」に使う課"),
        "異表記": _list(_list({"type": "string"}, ""), "同じ言葉とみなす書き方の組"),
        BENEATH: _list({"$ref": "#/$defs/item"}, "いちばん外側の節。計画の順に"),
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
            "node": _node(),
            "again": _again(),
        },
    }


def _node() -> Schema:
    fields = tuple(field for field in node_fields() if field.name != AGAIN)
    properties: Schema = {
        LEVEL_OF: {"type": "string", "description": "どの階層の節か"},
        PLACE: {"type": "string", "description": "計画の中の場所から数えた目安の番号"},
        **{field.name: _value(field) for field in fields},
        PAGE: {"type": "string", "description": "その節のページの場所"},
        BENEATH: _list({"$ref": "#/$defs/item"}, "この節の下にある節。計画の順に"),
    }
    return _object("計画の 1 つの節", properties, [*_required(fields), LEVEL_OF, PAGE])


def _again() -> Schema:
    """Return the schema of a node that is repeated from elsewhere."""
    properties: Schema = {
        LEVEL_OF: {"type": "string"},
        AGAIN: {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$"},
    }
    return _object("ほかの場所にある節を、ここにもう一度示すもの", properties, [LEVEL_OF, AGAIN])


def _record(fields: Sequence[Field], description: str, *, dated: bool = False) -> Schema:
    year: Schema = {YEAR: _YEAR} if dated else {}
    properties = year | {field.name: _value(field) for field in fields}
    return _object(description, properties, [*year, *_required(fields)])


def _object(description: str, properties: Schema, required: Sequence[str]) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _required(fields: Sequence[Field]) -> list[str]:
    return [field.name for field in fields if field.is_required]


def _value(key: Field) -> Schema:
    told: Schema = {"description": key.meaning}
    if key.type in ("records", "record"):
        record = _record(key.subfields, key.meaning)
        return record if key.type == "record" else _list(record, key.meaning)
    if key.type == "years":
        each = key.per_year or key
        return _list(_record(each.subfields or (each,), f"1 つの年度の{key.name}", dated=True), key.meaning)
    if key.type in _LISTS:
        return _list(_LISTS[key.type], key.meaning)
    if key.type == "number":
        return told | (
            {"anyOf": [{"type": "number"}, {"const": key.no_value_word}]} if key.no_value_word else {"type": "number"}
        )
    if key.type == "year":
        return _YEAR | told
    if key.type == "choice":
        return told | {"enum": list(key.choices)}
    if key.type == "id":
        return told | {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$"}
    return told | {"type": "string"} | ({"format": "date"} if key.type == "date" else {})


def _list(item: Schema, told: str) -> Schema:
    return {"type": "array", **({"description": told} if told else {}), "items": item}
