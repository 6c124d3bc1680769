"""Write the JSON values of a plan as a readable plan.yaml: fields in the order of the field table, few quotes."""

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


def plan_yaml_text(plan: JsonObject) -> str:
    """Return the plan as the text of a plan.yaml."""
    plan_fields = plan["計画"]
    plan_lines = _field_lines(PLAN_FIELDS, plan_fields if isinstance(plan_fields, dict) else {}, "  ")
    blocks = [["計画:", *plan_lines], ["階層:", *_mapping_lines(LEVEL_FIELDS, objects(plan, "階層"), "  ")]]
    for name, field in _TOP_FIELDS.items():
        value = plan.get(name)
        if name in ("計画", "階層") or not value or not isinstance(value, list):
            continue
        if field.type == "spellings":
            blocks.append([f"{name}:", *(f"  - {_flow_sequence(row)}" for row in value if isinstance(row, list))])
        elif field.type == "entries":
            blocks.append([f"{name}:", *(line for row in objects(plan, name) for line in _department_lines(row))])
        else:
            blocks.append([f"{name}:", *(f"  - {_quote_if_needed(str(item), in_flow=True)}" for item in value)])
    blocks.append(list(_child_lines(objects(plan, CHILDREN_KEY), "")))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _department_lines(row: JsonObject) -> Iterator[str]:
    """Yield the lines of a department: its name alone if it has no other value."""
    if set(row) == {"名称"}:
        yield f"  - {_quote_if_needed(string(row, '名称'), in_flow=True)}"
    else:
        yield from _item_lines(_field_lines(DEPARTMENT_FIELDS, row, "    "), "  ")


def _child_lines(nodes: Iterable[JsonObject], indent: str) -> Iterator[str]:
    """Yield the lines of the children of a node, grouped by their level."""
    for level, siblings in groupby(nodes, key=lambda node: str(node[LEVEL_COLUMN])):
        yield f"{indent}{_quote_if_needed(level, in_flow=True)}:"
        for node in siblings:
            if REPEAT_COLUMN in node:
                yield f"{indent}  - {REPEAT_COLUMN}: {node[REPEAT_COLUMN]}"
                continue
            inner_indent = indent + "    "
            children = _child_lines(objects(node, CHILDREN_KEY), inner_indent)
            yield from _item_lines([*_field_lines(node_fields(), node, inner_indent), *children], indent + "  ")


def _item_lines(lines: Iterable[str], indent: str) -> Iterator[str]:
    """Yield lines as one item of a YAML sequence: a dash before the first."""
    for number, line in enumerate(lines):
        yield line if number else f"{indent}- {line[len(indent) + 2 :]}"


def _field_lines(fields: Iterable[Field], values: JsonObject, indent: str) -> Iterator[str]:
    """Yield the lines of all fields with a value, in the order of the definitions."""
    for field in fields:
        if values.get(field.name) not in (None, "", [], {}):
            yield from _one_field_lines(field, values, indent)


def _one_field_lines(field: Field, values: JsonObject, indent: str) -> Iterator[str]:
    value = values[field.name]
    if field.type == "records":
        yield f"{indent}{field.name}:"
        yield from _mapping_lines(field.subfields, objects(values, field.name), indent + "  ")
    elif isinstance(value, dict):
        pairs = ", ".join(
            f"{inner.name}: {_plain_scalar(inner, value[inner.name])}"
            for inner in field.subfields
            if inner.name in value
        )
        yield f"{indent}{field.name}: {{{pairs}}}"
    elif field.type == "years":
        yield f"{indent}{field.name}:"
        yield from _year_lines(field, objects(values, field.name), indent + "  ")
    elif field.type == "addresses" and isinstance(value, list):
        yield f"{indent}{field.name}:"
        for path, _, target in (str(row).partition(": ") for row in value):
            yield f"{indent}  {_quote_if_needed(path, in_flow=True)}: {_quote_if_needed(target)}"
    elif isinstance(value, list):
        yield f"{indent}{field.name}: {_flow_sequence(value)}"
    elif field.type == "text" and isinstance(value, str) and "\n" in value:
        yield from _block_scalar(field.name, value, indent)
    else:
        yield f"{indent}{field.name}: {_plain_scalar(field, value)}"


def _mapping_lines(fields: tuple[Field, ...], rows: Iterable[JsonObject], indent: str) -> Iterator[str]:
    """Yield records: each on one line if it has at most 4 values, all without quotes, else one line for each field."""
    for row in rows:
        used = [field for field in fields if row.get(field.name) not in (None, "", [], {})]
        if len(used) < 5 and all(_fits_flow_style(field, row[field.name]) for field in used):
            pairs = ", ".join(f"{field.name}: {_flow_value(row[field.name])}" for field in used)
            yield f"{indent}- {{{pairs}}}"
        else:
            yield from _item_lines(_field_lines(fields, row, indent + "  "), indent)


def _flow_value(value: Json) -> str:
    return _flow_sequence(value) if isinstance(value, list) else str(value)


def _fits_flow_style(field: Field, value: Json) -> bool:
    """Return whether a value needs no quotes in a flow mapping."""
    texts = value if isinstance(value, list) else [value]
    return field.type in ("line", "id", "until", "words") and all(
        _quote_if_needed(str(text), in_flow=True) == text for text in texts
    )


def _year_lines(field: Field, rows: Iterable[JsonObject], indent: str) -> Iterator[str]:
    yearly = field.per_year or field
    for row in rows:
        year = row[YEAR_COLUMN]
        label = (
            fiscal_year.format_era_year(year) if isinstance(year, int) else _quote_if_needed(str(year), in_flow=True)
        )
        if yearly.subfields:
            yield f"{indent}{label}:"
            yield from _field_lines(yearly.subfields, row, indent + "  ")
        else:
            yield f"{indent}{label}: {_plain_scalar(yearly, row[yearly.name])}"


def _plain_scalar(field: Field, value: Json) -> str:
    if field.type == "year" and isinstance(value, int):
        return fiscal_year.format_era_year(value)
    return (
        str(value)
        if field.type == "number" and re.fullmatch(r"[-+0-9.]+", str(value))
        else _quote_if_needed(str(value))
    )


def _flow_sequence(texts: Iterable[Json]) -> str:
    return "[" + ", ".join(_quote_if_needed(str(text), in_flow=True) for text in texts) + "]"


def _quote_if_needed(text: str, *, in_flow: bool = False) -> str:
    """Return one line of text, in quotes if YAML or our fixes of typing errors would read it as something else."""
    is_plain = (
        text.strip("\u3000 ") == text
        and not text.startswith(_QUOTE_IF_FIRST)
        and not re.search(r":(?:\s|$)|\s#|[\t\n]", text)
    )
    if not text or not is_plain or (in_flow and _QUOTE_IF_INSIDE.search(text)):
        return json.dumps(text, ensure_ascii=False)
    return text


def _block_scalar(name: str, text: str, indent: str) -> Iterator[str]:
    """Yield a text of several lines as a block scalar that keeps the number of newlines at its end."""
    body = text.rstrip("\n")
    trailing_newlines = len(text) - len(body)
    first_line = next((line for line in body.split("\n") if line.strip()), "")
    indicator = "-" if not trailing_newlines else "" if trailing_newlines == 1 else "+"
    if first_line.startswith(" "):
        indicator = "2" + (indicator or "+")  # YAML needs the indentation if the text begins with spaces
    yield f"{indent}{name}: |{indicator}"
    for line in [*body.split("\n"), *[""] * (trailing_newlines - 1)]:
        yield f"{indent}  {line}" if line.strip() else ""
    if indicator.endswith("+"):
        yield f"{indent}# ここまで"  # ends the scalar, which else includes the blank lines after it
