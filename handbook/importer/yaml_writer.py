"""Write the JSON values of a plan as a readable plan.yaml: fields in the order of the field table, few quotes.

Each line is written with the texts in it, so that an error in the line can be reported at their cells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from handbook import fiscal_year
from handbook.field_types import Field, fields_by_name
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, TOP_LEVEL_FIELDS, node_fields
from handbook.importer.sheet import SourcedText
from handbook.json_types import Json, JsonObject, objects
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, REPEAT_COLUMN, YEAR_COLUMN

MAX_FLOW_VALUES = 4
"""Most values of a record that is written on one line."""

_QUOTE_IF_FIRST = tuple("-?:,[]{}#&*!|>'\"%@`=~ \u3000")
_QUOTE_IF_INSIDE = re.compile(r"[,\[\]{}:：#、，\"'|>&*!%@`]")
_TOP_FIELDS = fields_by_name(TOP_LEVEL_FIELDS)
_YEAR_LABEL = Field(YEAR_COLUMN, "year", "")


class Line(NamedTuple):
    """A line of plan.yaml with the texts that it contains."""

    text: str
    sources: tuple[SourcedText, ...] = ()


def _line(text: str, *values: Json) -> Line:
    """Return a line that contains some values."""
    return Line(text, tuple(_sources(values)))


def _sources(values: Iterable[Json]) -> Iterator[SourcedText]:
    for value in values:
        if isinstance(value, SourcedText):
            yield value
        elif isinstance(value, (list, dict)):
            yield from _sources(value.values() if isinstance(value, dict) else value)


def plan_yaml_lines(plan: JsonObject) -> list[Line]:
    """Return the lines of the plan's plan.yaml."""
    plan_fields = plan["計画"]
    plan_lines = _field_lines(PLAN_FIELDS, plan_fields if isinstance(plan_fields, dict) else {}, "  ")
    levels = _mapping_lines(LEVEL_FIELDS, objects(plan, "階層"), "  ")
    blocks = [[Line("計画:"), *plan_lines], [Line("階層:"), *levels]]
    for name in _TOP_FIELDS:
        value = plan.get(name)
        if name not in ("計画", "階層") and value and isinstance(value, list):
            blocks.append([Line(f"{name}:"), *_list_lines(value)])
    blocks.append(list(_child_lines(objects(plan, CHILDREN_KEY), "")))
    return [line for block in blocks for line in (*block, Line(""))][:-1]


def _list_lines(value: Iterable[Json]) -> Iterator[Line]:
    """Yield the items of a list at the top of the file."""
    for item in value:
        if isinstance(item, dict) and set(item) != {"名称"}:  # a department with other values than its name
            yield from _item_lines(_field_lines(DEPARTMENT_FIELDS, item, "    "), "  ")
        elif isinstance(item, list):
            yield _line(f"  - {_flow_sequence(item)}", item)
        else:
            name = item["名称"] if isinstance(item, dict) else item
            yield _line(f"  - {_quote_if_needed(str(name), in_flow=True)}", name)


def _child_lines(nodes: Iterable[JsonObject], indent: str) -> Iterator[Line]:
    """Yield the lines of the children of a node, grouped by their level."""
    by_level: dict[str, list[JsonObject]] = {}
    for node in nodes:
        by_level.setdefault(str(node[LEVEL_COLUMN]), []).append(node)
    for level, siblings in by_level.items():
        yield _line(f"{indent}{_quote_if_needed(level, in_flow=True)}:", siblings[0][LEVEL_COLUMN])
        for node in siblings:
            if REPEAT_COLUMN in node:
                target = node[REPEAT_COLUMN]
                yield _line(f"{indent}  - {REPEAT_COLUMN}: {_quote_if_needed(str(target))}", target)
                continue
            inner_indent = indent + "    "
            children = _child_lines(objects(node, CHILDREN_KEY), inner_indent)
            yield from _item_lines([*_field_lines(node_fields(), node, inner_indent), *children], indent + "  ")


def _item_lines(lines: Iterable[Line], indent: str) -> Iterator[Line]:
    """Yield lines as one item of a YAML sequence: a dash before the first."""
    for number, line in enumerate(lines):
        yield line if number else Line(f"{indent}- {line.text[len(indent) + 2 :]}", line.sources)


def _field_lines(fields: Iterable[Field], values: JsonObject, indent: str) -> Iterator[Line]:
    """Yield the lines of all fields with a value, in the order of the definitions."""
    for field in fields:
        if values.get(field.name) not in (None, "", [], {}):
            yield from _one_field_lines(field, values, indent)


def _one_field_lines(field: Field, values: JsonObject, indent: str) -> Iterator[Line]:
    value = values[field.name]
    if field.type == "records":
        yield Line(f"{indent}{field.name}:")
        yield from _mapping_lines(field.subfields, objects(values, field.name), indent + "  ")
    elif isinstance(value, dict):
        pairs = ", ".join(
            f"{inner.name}: {_plain_scalar(inner, value[inner.name], in_flow=True)}"
            for inner in field.subfields
            if inner.name in value
        )
        yield _line(f"{indent}{field.name}: {{{pairs}}}", value)
    elif field.type == "years":
        yield Line(f"{indent}{field.name}:")
        yield from _year_lines(field, objects(values, field.name), indent + "  ")
    elif field.type == "addresses" and isinstance(value, list):
        yield Line(f"{indent}{field.name}:")
        for row in value:
            path, _, target = str(row).partition(": ")
            yield _line(f"{indent}  {_quote_if_needed(path, in_flow=True)}: {_quote_if_needed(target)}", row)
    elif isinstance(value, list):
        yield _line(f"{indent}{field.name}: {_flow_sequence(value)}", value)
    elif field.type == "text" and isinstance(value, str) and "\n" in value:
        yield from (_line(text, value) for text in _block_scalar(field.name, value, indent))
    else:
        yield _line(f"{indent}{field.name}: {_plain_scalar(field, value)}", value)


def _mapping_lines(fields: tuple[Field, ...], rows: Iterable[JsonObject], indent: str) -> Iterator[Line]:
    """Yield records: each on one line if it has at most 4 values, all without quotes, else one line for each field."""
    for row in rows:
        used = [field for field in fields if row.get(field.name) not in (None, "", [], {})]
        if len(used) <= MAX_FLOW_VALUES and all(_fits_flow_style(field, row[field.name]) for field in used):
            pairs = ", ".join(f"{field.name}: {_flow_value(row[field.name])}" for field in used)
            yield _line(f"{indent}- {{{pairs}}}", row)
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


def _year_lines(field: Field, rows: Iterable[JsonObject], indent: str) -> Iterator[Line]:
    yearly = field.per_year or field
    for row in rows:
        year = row[YEAR_COLUMN]
        label = _plain_scalar(_YEAR_LABEL, year, in_flow=True)
        if yearly.subfields:
            yield _line(f"{indent}{label}:", year)
            yield from _field_lines(yearly.subfields, row, indent + "  ")
        else:
            yield _line(f"{indent}{label}: {_plain_scalar(yearly, row[yearly.name])}", row[yearly.name], year)


def _plain_scalar(field: Field, value: Json, *, in_flow: bool = False) -> str:
    if field.type == "year" and (year := fiscal_year.parse_year(str(value))):
        return fiscal_year.format_era_year(year)
    if field.type == "number" and re.fullmatch(r"[-+0-9.]+", str(value)):
        return str(value)
    return _quote_if_needed(str(value), in_flow=in_flow)


def _flow_sequence(texts: Iterable[Json]) -> str:
    return "[" + ", ".join(_quote_if_needed(str(text), in_flow=True) for text in texts) + "]"


def _quote_if_needed(text: str, *, in_flow: bool = False) -> str:
    """Return one line of text, in quotes if YAML or our fixes of typing errors would read it as something else."""
    is_plain = (
        text.strip() == text and not text.startswith(_QUOTE_IF_FIRST) and not re.search(r":(?:\s|$)|\s#|[\t\n]", text)
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
