"""The plan as JSON values → plan.yaml as a clerk would write it: fields in the order of the table, few quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from handbook import years
from handbook.field_types import Field, fields_by_name
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, TOP_LEVEL_FIELDS, node_fields
from handbook.json_types import Json, JsonObject, objects, string
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.tables import AGAIN, BENEATH, LEVEL_OF, YEAR

_BAD_START = tuple("-?:,[]{}#&*!|>'\"%@`=~ \u3000")
_BAD_INSIDE = re.compile(r"[,\[\]{}:：#、，\"'|>&*!%@`]")
_TOP = fields_by_name(TOP_LEVEL_FIELDS)


def text(whole: JsonObject) -> str:
    """Return the plan as the text of a plan.yaml."""
    plan = whole["計画"]
    about = _fields(PLAN_FIELDS, plan if isinstance(plan, dict) else {}, "  ")
    blocks = [["計画:", *about], ["階層:", *_rows(LEVEL_FIELDS, objects(whole, "階層"), "  ")]]
    for name, key in _TOP.items():
        value = whole.get(name)
        if name in ("計画", "階層") or not value or not isinstance(value, list):
            continue
        if key.type == "spellings":
            blocks.append([f"{name}:", *(f"  - {_listed(row)}" for row in value if isinstance(row, list))])
        elif key.type == "entries":
            blocks.append([f"{name}:", *(line for row in objects(whole, name) for line in _section(row))])
        else:
            blocks.append([f"{name}:", *(f"  - {_word(str(word), inside=True)}" for word in value)])
    blocks.append(list(_beneath(objects(whole, BENEATH), "")))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _section(row: JsonObject) -> Iterator[str]:
    """Yield a department: its name alone if it has no other value."""
    if set(row) == {"名称"}:
        yield f"  - {_word(string(row, '名称'), inside=True)}"
    else:
        yield from _item(_fields(DEPARTMENT_FIELDS, row, "    "), "  ")


def _beneath(nodes: Iterable[JsonObject], indent: str) -> Iterator[str]:
    """Yield the children of a node, those of a level under its name."""
    for level, held in groupby(nodes, key=lambda node: str(node[LEVEL_OF])):
        yield f"{indent}{_word(level, inside=True)}:"
        for node in held:
            if AGAIN in node:
                yield f"{indent}  - {AGAIN}: {node[AGAIN]}"
                continue
            below = indent + "    "
            children = _beneath(objects(node, BENEATH), below)
            yield from _item([*_fields(node_fields(), node, below), *children], indent + "  ")


def _item(lines: Iterable[str], indent: str) -> Iterator[str]:
    """Yield lines as one item of a list: a dash before the first."""
    for number, line in enumerate(lines):
        yield line if number else f"{indent}- {line[len(indent) + 2 :]}"


def _fields(keys: Iterable[Field], held: JsonObject, indent: str) -> Iterator[str]:
    """Yield the values of fields, in the order of the table."""
    for key in keys:
        if held.get(key.name) not in (None, "", [], {}):
            yield from _field(key, held, indent)


def _field(key: Field, held: JsonObject, indent: str) -> Iterator[str]:
    value = held[key.name]
    if key.type == "records":
        yield f"{indent}{key.name}:"
        yield from _rows(key.subfields, objects(held, key.name), indent + "  ")
    elif isinstance(value, dict):
        inner = ", ".join(
            f"{field.name}: {_plain(field, value[field.name])}" for field in key.subfields if field.name in value
        )
        yield f"{indent}{key.name}: {{{inner}}}"
    elif key.type == "years":
        yield f"{indent}{key.name}:"
        yield from _by_year(key, objects(held, key.name), indent + "  ")
    elif isinstance(value, list):
        yield f"{indent}{key.name}: {_listed(value)}"
    elif key.type == "text" and isinstance(value, str) and "\n" in value:
        yield from _block(key.name, value, indent)
    else:
        yield f"{indent}{key.name}: {_plain(key, value)}"


def _rows(keys: tuple[Field, ...], rows: Iterable[JsonObject], indent: str) -> Iterator[str]:
    """Yield records: each in one line if all its values are plain and short, else each field on its own line."""
    for row in rows:
        said = [key for key in keys if row.get(key.name) not in (None, "", [], {})]
        if len(said) < 5 and all(_fits(key, row[key.name]) for key in said):
            pairs = ", ".join(f"{key.name}: {_in_flow(row[key.name])}" for key in said)
            yield f"{indent}- {{{pairs}}}"
        else:
            yield from _item(_fields(keys, row, indent + "  "), indent)


def _in_flow(value: Json) -> str:
    return _listed(value) if isinstance(value, list) else str(value)


def _fits(key: Field, value: Json) -> bool:
    """Whether a value can stand in braces without quotes."""
    words = value if isinstance(value, list) else [value]
    return key.type in ("line", "id", "until", "words") and all(_word(str(word), inside=True) == word for word in words)


def _by_year(key: Field, held: Iterable[JsonObject], indent: str) -> Iterator[str]:
    each = key.per_year or key
    for row in held:
        found = row[YEAR]
        year = years.short(found) if isinstance(found, int) else _word(str(found), inside=True)
        if each.subfields:
            yield f"{indent}{year}:"
            yield from _fields(each.subfields, row, indent + "  ")
        else:
            yield f"{indent}{year}: {_plain(each, row[each.name])}"


def _plain(key: Field, value: Json) -> str:
    if key.type == "year" and isinstance(value, int):
        return years.short(value)
    return str(value) if key.type == "number" and re.fullmatch(r"[-+0-9.]+", str(value)) else _word(str(value))


def _listed(words: Iterable[Json]) -> str:
    return "[" + ", ".join(_word(str(word), inside=True) for word in words) + "]"


def _word(word: str, *, inside: bool = False) -> str:
    """Write one line of text; in quotes where YAML, or our own reading of slips, would take it for something else."""
    bare = (
        word.strip("\u3000 ") == word
        and not word.startswith(_BAD_START)
        and not re.search(r":(?:\s|$)|\s#|[\t\n]", word)
    )
    if not word or not bare or (inside and _BAD_INSIDE.search(word)):
        return json.dumps(word, ensure_ascii=False)
    return word


def _block(name: str, words: str, indent: str) -> Iterator[str]:
    """Yield a text over several lines, its ends kept exactly."""
    body = words.rstrip("\n")
    ends = len(words) - len(body)
    first = next((line for line in body.split("\n") if line.strip()), "")
    keep = "-" if not ends else "" if ends == 1 else "+"
    if first.startswith(" "):
        keep = "2" + (keep or "+")  # the indent has to be told where the text itself begins with spaces
    yield f"{indent}{name}: |{keep}"
    for line in [*body.split("\n"), *[""] * (ends - 1)]:
        yield f"{indent}  {line}" if line.strip() else ""
    if keep.endswith("+"):
        yield f"{indent}# ここまで"  # else the blank lines behind it would be taken for its own
