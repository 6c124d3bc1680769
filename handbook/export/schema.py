"""The JSON Schema of plan.json, out of the table of keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handbook.keys import ID, LEVEL, NODE, OLD_ID, PLAN, SECTION, Key
from handbook.tables import AGAIN, BENEATH, LEVEL_OF, PAGE, PLACE, YEAR

Schema = dict[str, Any]
_YEAR: Schema = {"type": "integer", "description": "年度。4 月に始まる年を西暦で"}
_LISTS: dict[str, Schema] = {
    "words": {"type": "string"},
    "ids": {"type": "string", "pattern": f"^{ID.pattern}$"},
    "old-ids": {"type": "string", "pattern": f"^{OLD_ID.pattern}$"},
}


def schema() -> Schema:
    """Return what plan.json holds, each key with its meaning."""
    top = {
        "計画": _record(PLAN, "計画そのもの"),
        "階層": _list(_record(LEVEL, "1 つの階層"), "階層の表。外側から順に"),
        "対象": _list({"type": "string"}, "「対象」に使う言葉"),
        "組織": _list(_record(SECTION, "1 つの課"), "「担当課」と「関係課」に使う課"),
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
    keys = tuple(key for key in NODE if key.name != AGAIN)
    node = _record(keys, "計画の 1 つの節")
    node["properties"] = {
        LEVEL_OF: {"type": "string", "description": "どの階層の節か"},
        PLACE: {"type": "string", "description": "計画の中の場所から数えた目安の番号"},
        **node["properties"],
        PAGE: {"type": "string", "description": "その節のページの場所"},
        BENEATH: _list({"$ref": "#/$defs/item"}, "この節の下にある節。計画の順に"),
    }
    node["required"] += [LEVEL_OF, PAGE]
    return node


def _again() -> Schema:
    """Return the entry of a node that is shown here once more."""
    return {
        "type": "object",
        "description": "ほかの場所にある節を、ここにもう一度示すもの",
        "properties": {LEVEL_OF: {"type": "string"}, AGAIN: {"type": "string", "pattern": f"^{ID.pattern}$"}},
        "required": [LEVEL_OF, AGAIN],
        "additionalProperties": False,
    }


def _record(keys: Iterable[Key], told: str, *, dated: bool = False) -> Schema:
    held = tuple(keys)
    return {
        "type": "object",
        "description": told,
        "properties": ({YEAR: _YEAR} if dated else {}) | {key.name: _value(key) for key in held},
        "required": ([YEAR] if dated else []) + [key.name for key in held if key.required],
        "additionalProperties": False,
    }


def _value(key: Key) -> Schema:
    told = {"description": key.meaning}
    if key.form in ("records", "record"):
        record = _record(key.fields, key.meaning)
        return record if key.form == "record" else _list(record, key.meaning)
    if key.form == "years":
        each = key.each or key
        return _list(_record(each.fields or (each,), f"1 つの年度の{key.name}", dated=True), key.meaning)
    if key.form in _LISTS:
        return _list(_LISTS[key.form], key.meaning)
    if key.form == "number":
        return told | ({"anyOf": [{"type": "number"}, {"const": key.absent}]} if key.absent else {"type": "number"})
    if key.form == "year":
        return _YEAR | told
    if key.form == "choice":
        return told | {"enum": list(key.choices)}
    if key.form == "id":
        return told | {"type": "string", "pattern": f"^{ID.pattern}$"}
    return told | {"type": "string"} | ({"format": "date"} if key.form == "date" else {})


def _list(item: Schema, told: str) -> Schema:
    return {"type": "array", **({"description": told} if told else {}), "items": item}
