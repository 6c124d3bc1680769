"""A plan with given texts in every field that takes any text, generated from the table of fields.

A field that is added to handbook/fields.py is included automatically; a field of a type unknown here fails the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from handbook.field_types import Field, fields_by_name
from handbook.fields import LEVEL_FIELDS, NODE_FIELDS, PLAN_FIELDS, TOP_LEVEL_FIELDS, VOCABULARY_KEYS

FREE = frozenset({"line", "text"})
"""Types that take any text. Vocabularies at the top level and the fields that refer to them do, too."""


def leaves(keys: Iterable[Field]) -> Iterator[Field]:
    """Yield the fields that have a value of their own, including subfields."""
    for key in keys:
        inside = (*key.subfields, *filter(None, [key.per_year]))
        yield from leaves(inside) if inside else [key]


LEAVES = tuple(leaves((*TOP_LEVEL_FIELDS, *NODE_FIELDS)))
FREE_FIELDS = tuple(key for key in LEAVES if key.type in FREE or (key in TOP_LEVEL_FIELDS and not key.vocabulary))
STRICT = tuple(key for key in LEAVES if key not in FREE_FIELDS)
"""Fields that take only texts of one format, or words of a vocabulary."""
SAMPLES: dict[str, Any] = {
    "kana": "な",
    "number": "1",
    "period": "2024-2027",
    "year": "2025",
    "date": "2026-04-01",
    "until": "2025",
    "url": "https://github.com/owner/repo",
    "https": "https://example.org/",
    "words": ["期間"],
    "ids": ["other"],
}
"""A valid value for each type of a strict field."""
TextFor = Callable[[Field], str | None]
"""Returns the text to put into a field, or None for a valid sample value."""


class PlacedText(str):
    """A text that was put into a field. It is on a line of its own in the YAML."""

    __slots__ = ("key",)
    key: Field


@dataclass(frozen=True, slots=True)
class PlanText:
    """A plan as YAML, with the texts that were put into its fields by line number."""

    text: str
    lines: dict[int, PlacedText]


def value(key: Field, text_for: TextFor, own: str) -> Any:
    """Return a value of a field: the text for it, or else a sample. `own` is the id of the node or record."""
    if key.subfields:
        inside = record(key.subfields, text_for, own)
        return inside if key.type == "record" else [inside]
    if key.per_year:
        return {year: value(key.per_year, text_for, own) for year in ("2025", "2026")}
    words = text_for(key)
    if words is None:
        return sample(key, text_for, own)
    placed = PlacedText(words)
    placed.key = key
    if key.type == "spellings":
        return [[placed, f"{own}-spelt"]]
    return [placed] if key.type in ("words", "ids", "former-ids") else placed


def sample(key: Field, text_for: TextFor, own: str) -> Any:
    """Return a valid value for the type of a field. For a word of a vocabulary, it is the text put into that list."""
    match key.type:
        case "words" if key.vocabulary in VOCABULARY_KEYS:
            listed = fields_by_name(TOP_LEVEL_FIELDS)[key.vocabulary]
            return [text_for(listed.subfields[0] if listed.subfields else listed)]
        case "id":
            return own
        case "former-ids":
            return [f"{own}-before"]
        case "addresses":
            return {"ended.html": "index.html"}
        case "choice":
            return key.choices[0]
    return SAMPLES[key.type]


def record(keys: Iterable[Field], text_for: TextFor, own: str) -> dict[str, Any]:
    """Return a record with all its fields, except for the one (再掲) that replaces all others."""
    return {key.name: value(key, text_for, own) for key in keys if key.type != "repeat"}


def plan_with_texts(texts: list[TextFor]) -> dict[str, Any]:
    """Return a plan with one node, department and word per item of `texts`. The first item fills the single fields."""
    first = texts[0]
    plan: dict[str, Any] = {
        "計画": record(PLAN_FIELDS, first, "plan"),
        "階層": [record(LEVEL_FIELDS, first, "pillars")],
    }
    for key in TOP_LEVEL_FIELDS[2:]:
        plan[key.name] = [
            row for number, text_for in enumerate(texts) for row in value(key, text_for, f"{key.type}{number}")
        ]
    (level,) = plan["階層"]
    other = {"id": "other", "名称": "別の節"}
    return {
        **plan,
        level["名称"]: [other, *(record(NODE_FIELDS, text_for, f"n{number}") for number, text_for in enumerate(texts))],
    }


def to_yaml(plan: dict[str, Any]) -> PlanText:
    """Write a plan as YAML, each scalar on a line of its own."""
    lines: list[str] = []
    places: dict[int, PlacedText] = {}
    for line, value in _yaml_lines(plan, ""):
        lines.append(line)
        if isinstance(value, PlacedText):
            places[len(lines)] = value
    return PlanText("\n".join(lines) + "\n", places)


def _yaml_lines(content: Any, pad: str) -> Iterator[tuple[str, Any]]:
    if isinstance(content, str):
        yield f"{pad}{quoted(content)}", content
    for row in content if isinstance(content, list) else ():
        if isinstance(row, str):
            yield f"{pad}- {quoted(row)}", row
        else:
            (first, value), *rest = _yaml_lines(row, f"{pad}  ")
            yield f"{pad}- {first.lstrip()}", value
            yield from rest
    for name, inside in content.items() if isinstance(content, dict) else ():
        if isinstance(inside, str):
            yield f"{pad}{quoted(name)}: {quoted(inside)}", inside
        else:
            yield f"{pad}{quoted(name)}:", None
            yield from _yaml_lines(inside, f"{pad}  ")


def quoted(words: str) -> str:
    """Return a YAML scalar: an identifier as it is, any other text in quotes."""
    return words if words.isidentifier() else json.dumps(words, ensure_ascii=False)
