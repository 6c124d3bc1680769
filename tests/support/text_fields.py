"""A plan that says given words in every field that takes words, out of the one table of keys.

A key that is added to handbook/fields.py is in it by itself; one of a form that is not known here fails the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from handbook.field_types import Field, fields_by_name
from handbook.fields import LEVEL_FIELDS, NODE_FIELDS, PLAN_FIELDS, TOP_LEVEL_FIELDS, VOCABULARY_KEYS

FREE = frozenset({"line", "text"})
"""Forms that take any words. Lists at the top of the file do, too, and what names their words does through them."""


def leaves(keys: Iterable[Field]) -> Iterator[Field]:
    """The keys with a value of their own, those within others too."""
    for key in keys:
        inside = (*key.subfields, *filter(None, [key.per_year]))
        yield from leaves(inside) if inside else [key]


LEAVES = tuple(leaves((*TOP_LEVEL_FIELDS, *NODE_FIELDS)))
PLACES = tuple(key for key in LEAVES if key.type in FREE or (key in TOP_LEVEL_FIELDS and not key.vocabulary))
STRICT = tuple(key for key in LEAVES if key not in PLACES)
"""Keys that take words of a certain form alone, or those of a list."""
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
"""What each form of a strict key takes."""
Say = Callable[[Field], str | None]
"""The words that a key shall say; None where it shall say what its form takes."""


class Said(str):
    """Words that were put into a place; they stand on a line of their own."""

    __slots__ = ("key",)
    key: Field


@dataclass(frozen=True, slots=True)
class Typed:
    """A plan as text, and on which line which key says its words."""

    text: str
    lines: dict[int, Said]


def value(key: Field, say: Say, own: str) -> Any:
    """A value of a key: words where it shall say some, else what its form takes; `own` is the id of what has it."""
    if key.subfields:
        inside = record(key.subfields, say, own)
        return inside if key.type == "record" else [inside]
    if key.per_year:
        return {year: value(key.per_year, say, own) for year in ("2025", "2026")}
    words = say(key)
    if words is None:
        return sample(key, say, own)
    said = Said(words)
    said.key = key
    if key.type == "spellings":
        return [[said, f"{own}-spelt"]]
    return [said] if key.type in ("words", "ids", "old-ids") else said


def sample(key: Field, say: Say, own: str) -> Any:
    """What the form of a key takes; out of a list, the words that stand there."""
    match key.type:
        case "words" if key.vocabulary in VOCABULARY_KEYS:
            listed = fields_by_name(TOP_LEVEL_FIELDS)[key.vocabulary]
            return [say(listed.subfields[0] if listed.subfields else listed)]
        case "id":
            return own
        case "old-ids":
            return [f"{own}-before"]
        case "choice":
            return key.choices[0]
    return SAMPLES[key.type]


def record(keys: Iterable[Field], say: Say, own: str) -> dict[str, Any]:
    """A small table with all its keys, but the one that stands in the place of all others."""
    return {key.name: value(key, say, own) for key in keys if key.type != "again"}


def whole(says: list[Say]) -> dict[str, Any]:
    """A plan with as many nodes, sections and words as there are `says`; what it has once, the first one says."""
    first = says[0]
    plan: dict[str, Any] = {
        "計画": record(PLAN_FIELDS, first, "plan"),
        "階層": [record(LEVEL_FIELDS, first, "pillars")],
    }
    for key in TOP_LEVEL_FIELDS[2:]:
        plan[key.name] = [row for number, say in enumerate(says) for row in value(key, say, f"{key.type}{number}")]
    (level,) = plan["階層"]
    other = {"id": "other", "名称": "別の節"}
    return {
        **plan,
        level["名称"]: [other, *(record(NODE_FIELDS, say, f"n{number}") for number, say in enumerate(says))],
    }


def typed(plan: dict[str, Any]) -> Typed:
    """Write a plan as YAML, each scalar on a line of its own."""
    lines: list[str] = []
    places: dict[int, Said] = {}
    for line, said in _lines(plan, ""):
        lines.append(line)
        if isinstance(said, Said):
            places[len(lines)] = said
    return Typed("\n".join(lines) + "\n", places)


def _lines(held: Any, pad: str) -> Iterator[tuple[str, Any]]:
    if isinstance(held, str):
        yield f"{pad}{quoted(held)}", held
    for row in held if isinstance(held, list) else ():
        if isinstance(row, str):
            yield f"{pad}- {quoted(row)}", row
        else:
            (first, said), *rest = _lines(row, f"{pad}  ")
            yield f"{pad}- {first.lstrip()}", said
            yield from rest
    for name, inside in held.items() if isinstance(held, dict) else ():
        if isinstance(inside, str):
            yield f"{pad}{quoted(name)}: {quoted(inside)}", inside
        else:
            yield f"{pad}{quoted(name)}:", None
            yield from _lines(inside, f"{pad}  ")


def quoted(words: str) -> str:
    """Words as YAML takes them: a name as it is, all else in quotes."""
    return words if words.isidentifier() else json.dumps(words, ensure_ascii=False)
