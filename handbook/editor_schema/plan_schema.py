"""Build the JSON Schema of a plan.yaml, with which text editors check and complete."""

from __future__ import annotations

import json
from collections.abc import Sequence

from handbook.editor_schema.schema_parts import (
    JsonSchema,
    additional_properties_error,
    required_constraints,
    schema_annotations,
)
from handbook.editor_schema.value_types import Vocabularies, field_schema, object_schema, with_snippets
from handbook.fields import TOP_LEVEL_FIELDS, node_field_names, node_fields
from handbook.model import Level, OutputFile
from handbook.patterns import PLAN_FILE

_REPEAT_HELP = "`再掲` だけを書きます。ほかは元の場所に書きます"


def plan_schema_file(levels: Sequence[Level], vocabularies: Vocabularies, path: str) -> OutputFile:
    """Return the schema of a plan with these levels and lists of allowed words as a file."""
    vocabularies = {**vocabularies, "項目": node_field_names()}
    properties = {
        **{field.name: field_schema(field, vocabularies) for field in TOP_LEVEL_FIELDS},
        **_child_properties(levels),
    }
    plan = object_schema(TOP_LEVEL_FIELDS, "plan.yaml ", vocabularies)
    plan["properties"] = properties
    plan["errorMessage"] = additional_properties_error([*properties])
    plan["anyOf"] = [
        {"required": [level.name], "errorMessage": f"計画に節が 1 つもありません（`{levels[0].name}:` の下に書きます）"}
        for level in levels
    ]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": PLAN_FILE,
        "description": "計画。`python3 build.py schema` が、この計画の階層と一覧から作ります。手では直しません",
        **plan,
        "$defs": {
            "node": {"properties": {field.name: field_schema(field, vocabularies) for field in node_fields()}},
            **{f"level-{level.folder}": _level_array(level, levels[level.rank + 1 :]) for level in levels},
        },
    }
    return OutputFile(path, (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode())


def _child_properties(levels: Sequence[Level]) -> JsonSchema:
    """Return the properties with child nodes, one for each of the levels."""
    return {level.name: {"$ref": f"#/$defs/level-{level.folder}"} for level in levels}


def _level_array(level: Level, deeper: Sequence[Level]) -> JsonSchema:
    """Return the schema of a list of nodes of one level. `deeper` are the levels below it."""
    lines = [f"{level.name}の並び。1 つずつ `- id:` と `名称:` で書き始めます"]
    if level.required:
        lines.append(f"公開までに要る項目: {'、'.join(level.required)}")
    return {
        **schema_annotations(level.name, *lines),
        "type": "array",
        "minItems": 1,
        "errorMessage": f"`{level.name}` は `- ` で始まる並びで書きます",
        **with_snippets(_node_object(level, deeper), level.name, node_fields()),
    }


def _node_object(level: Level, deeper: Sequence[Level]) -> JsonSchema:
    properties = {field.name: {"$ref": f"#/$defs/node/properties/{field.name}"} for field in node_fields()}
    return {
        "title": level.name,
        "type": "object",
        "errorMessage": additional_properties_error([*properties, *(other.name for other in deeper)]),
        "properties": {**properties, **_child_properties(deeper)},
        "additionalProperties": False,
        "if": {"required": ["再掲"]},
        "then": {"propertyNames": {"const": "再掲", "errorMessage": _REPEAT_HELP}},
        "else": {"allOf": required_constraints(node_fields(), f"この{level.name}")},
    }
