"""Parses YAML as other programs do: with every scalar as a text, or with the types of YAML 1.2."""

from __future__ import annotations

import re
from typing import Any

import yaml


class CoreSchemaLoader(yaml.BaseLoader):
    """Resolves scalars by the core schema of YAML 1.2, as the language server of editors does."""


for _name, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    CoreSchemaLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_pattern})$"), _first)
CoreSchemaLoader.add_constructor("tag:yaml.org,2002:null", lambda _, __: None)
CoreSchemaLoader.add_constructor("tag:yaml.org,2002:bool", lambda _, node: node.value.lower() == "true")
CoreSchemaLoader.add_constructor(
    "tag:yaml.org,2002:int", lambda _, node: int(node.value, 0 if node.value[:2] in ("0x", "0o") else 10)
)
CoreSchemaLoader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))


def parse_guessing_types(text: str) -> Any:
    """Return a document with the types of YAML 1.2. Keys are texts, as in JSON."""
    return _named(yaml.load(text, CoreSchemaLoader))  # noqa: S506  # a BaseLoader, which constructs only plain values


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _named(item) for key, item in value.items()}
    return [_named(item) for item in value] if isinstance(value, list) else value


def parse_as_texts(text: str) -> Any:
    """Return a document with every scalar as the text that was typed; an empty scalar is \"\"."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506  # as above
