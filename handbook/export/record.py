"""The plan as JSON values under its own field names: the content of plan.json, from which every table is made."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.field_types import Field
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, node_fields
from handbook.json_types import Json, JsonObject
from handbook.model import Amount, Entry, Item, Prose, Record, Site, Value, YearRecord
from handbook.patterns import NO_VALUE_WORD
from handbook.record_fields import DEPARTMENT_FIELDS
from handbook.tables import AGAIN, BENEATH, LEVEL_OF, PAGE, PLACE, YEAR
from handbook.years import Period


def plan_dict(site: Site) -> JsonObject:
    """Return the whole plan, and the place of each node in it. A field without a value is missing."""
    plan = site.plan
    return {
        "計画": _record_dict(PLAN_FIELDS, plan),
        "階層": [_record_dict(LEVEL_FIELDS, level) for level in plan.levels],
        "対象": list(plan.audiences),
        "組織": [_record_dict(DEPARTMENT_FIELDS, department) for department in plan.departments],
        "異表記": [list(row) for row in plan.spellings],
        BENEATH: [_node_dict(entry, node_fields(), plan.permalink) for entry in site.roots],
    }


def _node_dict(entry: Entry, fields: tuple[Field, ...], base_url: str) -> JsonObject:
    if entry.again:
        return {LEVEL_OF: entry.level.name, AGAIN: entry.id}
    made: JsonObject = {LEVEL_OF: entry.level.name}
    if entry.number:
        made[PLACE] = entry.number
    made |= _record_dict(fields, entry.node)
    made[PAGE] = base_url + entry.path
    if entry.children:
        made[BENEATH] = [_node_dict(child, fields, base_url) for child in entry.children]
    return made


def _record_dict(fields: Iterable[Field], record: Record) -> JsonObject:
    year: JsonObject = {YEAR: record.year} if isinstance(record, YearRecord) else {}
    values = record.values
    return year | {field.name: _json(field, values[field.name]) for field in fields if field.name in values}


def _json(field: Field, value: Value) -> Json:
    match value:
        case str() | int():
            return value
        case tuple():
            return [_item(field, item) for item in value]
        case Prose():
            return value.text
        case Period():
            return value.typed
        case Record():
            return _record_dict(field.subfields, value)
        case _:
            return value


def _item(field: Field, item: Item) -> Json:
    match item:
        case Amount():
            return {YEAR: item.year, field.name: NO_VALUE_WORD if item.value is None else item.value}
        case Record():
            return _record_dict((field.per_year or field).subfields, item)
        case _:
            return item
