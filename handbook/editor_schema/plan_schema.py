"""The table of keys and a plan's own levels and words → a JSON Schema, for editors that check and complete."""

from __future__ import annotations

import json
from collections.abc import Sequence

from handbook.editor_schema.value_types import (
    JsonSchema,
    Vocabularies,
    additional_properties_error,
    field_schema,
    object_schema,
    required_constraints,
    schema_annotations,
    with_snippets,
)
from handbook.fields import TOP_LEVEL_FIELDS, node_field_names, node_fields
from handbook.model import Level, OutputFile
from handbook.patterns import PLAN_FILE

_REPEAT_HELP = "`再掲` だけを書きます。ほかは元の場所に書きます"


def plan_schema_file(levels: Sequence[Level], words: Vocabularies, path: str) -> OutputFile:
    """Return what editors read about a plan with these levels and lists of allowed words."""
    words = {**words, "項目": node_field_names()}
    properties = {**{key.name: field_schema(key, words) for key in TOP_LEVEL_FIELDS}, **_child_properties(levels)}
    top = object_schema(TOP_LEVEL_FIELDS, "plan.yaml ", words)
    top["properties"] = properties
    top["errorMessage"] = additional_properties_error([*properties])
    top["anyOf"] = [
        {"required": [level.name], "errorMessage": f"計画に節が 1 つもありません（`{levels[0].name}:` の下に書きます）"}
        for level in levels
    ]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": PLAN_FILE,
        "description": "計画。`python3 build.py schema` が、この計画の階層と一覧から作ります。手では直しません",
        **top,
        "$defs": {
            "node": {"properties": {key.name: field_schema(key, words) for key in node_fields()}},
            **{f"level-{level.folder}": _level_array(level, levels[level.rank + 1 :]) for level in levels},
        },
    }
    return OutputFile(path, (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode())


def _child_properties(levels: Sequence[Level]) -> JsonSchema:
    """Return the lists that may stand beneath a node, or at the top of the file: one for each deeper level."""
    return {level.name: {"$ref": f"#/$defs/level-{level.folder}"} for level in levels}


def _level_array(level: Level, deeper: Sequence[Level]) -> JsonSchema:
    """Return the list of a level's nodes."""
    said = [f"{level.name}の並び。1 つずつ `- id:` と `名称:` で書き始めます"]
    if level.required:
        said.append(f"公開までに要る項目: {'、'.join(level.required)}")
    return {
        **schema_annotations(level.name, *said),
        "type": "array",
        "minItems": 1,
        "errorMessage": f"`{level.name}` は `- ` で始まる並びで書きます",
        **with_snippets(_node_object(level, deeper), level.name, node_fields()),
    }


def _node_object(level: Level, deeper: Sequence[Level]) -> JsonSchema:
    keys = {key.name: {"$ref": f"#/$defs/node/properties/{key.name}"} for key in node_fields()}
    return {
        "title": level.name,
        "type": "object",
        "errorMessage": additional_properties_error([*keys, *(other.name for other in deeper)]),
        "properties": {**keys, **_child_properties(deeper)},
        "additionalProperties": False,
        "if": {"required": ["再掲"]},
        "then": {"propertyNames": {"const": "再掲", "errorMessage": _REPEAT_HELP}},
        "else": {"allOf": required_constraints(node_fields(), f"この{level.name}")},
    }
