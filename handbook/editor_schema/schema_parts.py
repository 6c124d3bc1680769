"""Parts of JSON Schemas that are the same for every type of values.

`errorMessage`, `markdownDescription` and `defaultSnippets` are extensions of the YAML language server.
"""

from __future__ import annotations

from collections.abc import Sequence

from handbook.field_types import Field
from handbook.json_types import JsonOutput

JsonSchema = dict[str, JsonOutput]


def schema_annotations(title: str, *lines: str) -> JsonSchema:
    """Return the texts that an editor shows in the tooltip of a value."""
    return {"title": title, "description": lines[0], "markdownDescription": "\n\n".join(lines)}


def required_constraints(fields: Sequence[Field], what: str) -> list[JsonSchema]:
    """Return a constraint for each required field, with the error message of the checks."""
    return [
        {"required": [field.name], "errorMessage": f"{what}に `{field.name}` がありません（{field.meaning}）"}
        for field in fields
        if field.is_required
    ]


def additional_properties_error(names: Sequence[str]) -> str:
    """Return the error message for an unknown key and for a value that is no object."""
    return f"ここに書けるのは、{'、'.join(f'`{name}`' for name in names)} です（`項目: 値` の形で書きます）"


def keyed_schema(key_pattern: str, value: JsonSchema, message: str) -> JsonSchema:
    """Return the schema of an object with at least one key, all of which match a pattern."""
    return {
        "type": "object",
        "minProperties": 1,
        "errorMessage": message,
        "patternProperties": {key_pattern: value},
        "propertyNames": {"pattern": key_pattern, "patternErrorMessage": message},
    }
