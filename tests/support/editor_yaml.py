"""A plan as another reader of YAML has it: every value a text, as here, or types guessed, as YAML 1.2 does."""

from __future__ import annotations

import re
from typing import Any

import yaml


class Guessing(yaml.BaseLoader):
    """The types of YAML 1.2's core schema, as the language server of editors guesses them."""


for _name, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    Guessing.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_pattern})$"), _first)
Guessing.add_constructor("tag:yaml.org,2002:null", lambda _, __: None)
Guessing.add_constructor("tag:yaml.org,2002:bool", lambda _, node: node.value.lower() == "true")
Guessing.add_constructor(
    "tag:yaml.org,2002:int", lambda _, node: int(node.value, 0 if node.value[:2] in ("0x", "0o") else 10)
)
Guessing.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))


def parse_guessing_types(text: str) -> Any:
    """Return a document with its types guessed, but for keys: JSON has no others than texts."""
    return _named(yaml.load(text, Guessing))  # noqa: S506  # as BaseLoader, it makes nothing but plain values


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _named(held) for key, held in value.items()}
    return [_named(held) for held in value] if isinstance(value, list) else value


def parse_as_texts(text: str) -> Any:
    """Return a document with every value the text that was typed; an empty value is none."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506  # as above
