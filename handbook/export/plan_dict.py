"""Convert the plan to JSON values under the field names of plan.yaml: the content of plan.json and of all tables."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.field_types import Field
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, node_fields
from handbook.fiscal_year import Period
from handbook.json_types import Json, JsonObject
from handbook.model import Item, Markdown, Record, Site, TreeNode, Value, YearRecord, YearValue
from handbook.patterns import NO_VALUE_WORD
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.table_specs import CHILDREN_KEY, LEVEL_COLUMN, NUMBER_COLUMN, PAGE_COLUMN, REPEAT_COLUMN, YEAR_COLUMN


def plan_dict(site: Site) -> JsonObject:
    """Return the plan with its tree of nodes. A field without a value is omitted."""
    plan = site.plan
    return {
        "計画": _record_dict(PLAN_FIELDS, plan),
        "階層": [_record_dict(LEVEL_FIELDS, level) for level in plan.levels],
        "対象": list(plan.audiences),
        "組織": [_record_dict(DEPARTMENT_FIELDS, department) for department in plan.departments],
        "異表記": [list(row) for row in plan.spellings],
        CHILDREN_KEY: [_node_dict(node, node_fields(), plan.base_url) for node in site.roots],
    }


def _node_dict(node: TreeNode, fields: tuple[Field, ...], base_url: str) -> JsonObject:
    if node.is_repeat:
        return {LEVEL_COLUMN: node.level.name, REPEAT_COLUMN: node.id}
    values: JsonObject = {LEVEL_COLUMN: node.level.name}
    if node.number:
        values[NUMBER_COLUMN] = node.number
    values |= _record_dict(fields, node.node)
    values[PAGE_COLUMN] = base_url + node.path
    if node.children:
        values[CHILDREN_KEY] = [_node_dict(child, fields, base_url) for child in node.children]
    return values


def _record_dict(fields: Iterable[Field], record: Record) -> JsonObject:
    year: JsonObject = {YEAR_COLUMN: record.year} if isinstance(record, YearRecord) else {}
    values = record.values
    return year | {field.name: _json_value(field, values[field.name]) for field in fields if field.name in values}


def _json_value(field: Field, value: Value) -> Json:
    match value:
        case str() | int():
            return value
        case tuple():
            return [_json_item(field, item) for item in value]
        case Markdown():
            return value.text
        case Period():
            return value.typed
        case Record():
            return _record_dict(field.subfields, value)
        case _:
            return value


def _json_item(field: Field, item: Item) -> Json:
    match item:
        case YearValue():
            return {YEAR_COLUMN: item.year, field.name: NO_VALUE_WORD if item.value is None else item.value}
        case Record():
            return _record_dict((field.per_year or field).subfields, item)
        case _:
            return item
