"""The plan as JSON values → plan.yaml as a clerk would write it: fields in the order of the table, few quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from handbook import fiscal_year
from handbook.field_types import Field, fields_by_name
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, TOP_LEVEL_FIELDS, node_fields
from handbook.json_types import Json, JsonObject, objects, string
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, REPEAT_COLUMN, YEAR_COLUMN

_QUOTE_IF_FIRST = tuple("-?:,[]{}#&*!|>'\"%@`=~ \u3000")
_QUOTE_IF_INSIDE = re.compile(r"[,\[\]{}:：#、，\"'|>&*!%@`]")
_TOP_FIELDS = fields_by_name(TOP_LEVEL_FIELDS)


def plan_yaml_text(whole: JsonObject) -> str:
    """Return the plan as the text of a plan.yaml."""
    plan = whole["計画"]
    about = _fields(PLAN_FIELDS, plan if isinstance(plan, dict) else {}, "  ")
    blocks = [["計画:", *about], ["階層:", *_mapping_lines(LEVEL_FIELDS, objects(whole, "階層"), "  ")]]
    for name, key in _TOP_FIELDS.items():
        value = whole.get(name)
        if name in ("計画", "階層") or not value or not isinstance(value, list):
            continue
        if key.type == "spellings":
            blocks.append([f"{name}:", *(f"  - {_flow_sequence(row)}" for row in value if isinstance(row, list))])
        elif key.type == "entries":
            blocks.append([f"{name}:", *(line for row in objects(whole, name) for line in _department_lines(row))])
        else:
            blocks.append([f"{name}:", *(f"  - {_quote_if_needed(str(word), inside=True)}" for word in value)])
    blocks.append(list(_child_lines(objects(whole, CHILDREN_KEY), "")))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _department_lines(row: JsonObject) -> Iterator[str]:
    """Yield a department: its name alone if it has no other value."""
    if set(row) == {"名称"}:
        yield f"  - {_quote_if_needed(string(row, '名称'), inside=True)}"
    else:
        yield from _item(_fields(DEPARTMENT_FIELDS, row, "    "), "  ")


def _child_lines(nodes: Iterable[JsonObject], indent: str) -> Iterator[str]:
    """Yield the children of a node, those of a level under its name."""
    for level, held in groupby(nodes, key=lambda node: str(node[LEVEL_COLUMN])):
        yield f"{indent}{_quote_if_needed(level, inside=True)}:"
        for node in held:
            if REPEAT_COLUMN in node:
                yield f"{indent}  - {REPEAT_COLUMN}: {node[REPEAT_COLUMN]}"
                continue
            below = indent + "    "
            children = _child_lines(objects(node, CHILDREN_KEY), below)
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
        yield from _mapping_lines(key.subfields, objects(held, key.name), indent + "  ")
    elif isinstance(value, dict):
        inner = ", ".join(
            f"{field.name}: {_plain_scalar(field, value[field.name])}" for field in key.subfields if field.name in value
        )
        yield f"{indent}{key.name}: {{{inner}}}"
    elif key.type == "years":
        yield f"{indent}{key.name}:"
        yield from _year_lines(key, objects(held, key.name), indent + "  ")
    elif isinstance(value, list):
        yield f"{indent}{key.name}: {_flow_sequence(value)}"
    elif key.type == "text" and isinstance(value, str) and "\n" in value:
        yield from _block(key.name, value, indent)
    else:
        yield f"{indent}{key.name}: {_plain_scalar(key, value)}"


def _mapping_lines(keys: tuple[Field, ...], rows: Iterable[JsonObject], indent: str) -> Iterator[str]:
    """Yield records: each in one line if all its values are plain and short, else each field on its own line."""
    for row in rows:
        said = [key for key in keys if row.get(key.name) not in (None, "", [], {})]
        if len(said) < 5 and all(_fits_flow_style(key, row[key.name]) for key in said):
            pairs = ", ".join(f"{key.name}: {_in_flow(row[key.name])}" for key in said)
            yield f"{indent}- {{{pairs}}}"
        else:
            yield from _item(_fields(keys, row, indent + "  "), indent)


def _in_flow(value: Json) -> str:
    return _flow_sequence(value) if isinstance(value, list) else str(value)


def _fits_flow_style(key: Field, value: Json) -> bool:
    """Whether a value can stand in braces without quotes."""
    words = value if isinstance(value, list) else [value]
    return key.type in ("line", "id", "until", "words") and all(
        _quote_if_needed(str(word), inside=True) == word for word in words
    )


def _year_lines(key: Field, held: Iterable[JsonObject], indent: str) -> Iterator[str]:
    each = key.per_year or key
    for row in held:
        found = row[YEAR_COLUMN]
        year = (
            fiscal_year.format_era_year(found) if isinstance(found, int) else _quote_if_needed(str(found), inside=True)
        )
        if each.subfields:
            yield f"{indent}{year}:"
            yield from _fields(each.subfields, row, indent + "  ")
        else:
            yield f"{indent}{year}: {_plain_scalar(each, row[each.name])}"


def _plain_scalar(key: Field, value: Json) -> str:
    if key.type == "year" and isinstance(value, int):
        return fiscal_year.format_era_year(value)
    return (
        str(value) if key.type == "number" and re.fullmatch(r"[-+0-9.]+", str(value)) else _quote_if_needed(str(value))
    )


def _flow_sequence(words: Iterable[Json]) -> str:
    return "[" + ", ".join(_quote_if_needed(str(word), inside=True) for word in words) + "]"


def _quote_if_needed(word: str, *, inside: bool = False) -> str:
    """Write one line of text; in quotes where YAML, or our own reading of slips, would take it for something else."""
    bare = (
        word.strip("\u3000 ") == word
        and not word.startswith(_QUOTE_IF_FIRST)
        and not re.search(r":(?:\s|$)|\s#|[\t\n]", word)
    )
    if not word or not bare or (inside and _QUOTE_IF_INSIDE.search(word)):
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
