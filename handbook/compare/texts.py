"""Convert the value of a field to the text that a comparison shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from handbook.compare.as_read import marked_line
from handbook.field_types import Field
from handbook.fiscal_year import Period, format_era_year
from handbook.model import Item, Markdown, Record, Value, YearRecord, YearValue, format_date

Converter = Callable[[str], str]
"""Converts a Markdown text to the form that a comparison needs."""


def as_typed(markdown: str) -> str:
    """Return a Markdown text as it was typed."""
    return markdown.strip("\n")


def value_text(field: Field, value: Value | None, convert: Converter = as_typed) -> str:
    """Return a value as one text; "" if it is None. Markdown in it is converted."""
    match value:
        case None:
            return ""
        case tuple():
            records = any(isinstance(item, Record) for item in value)
            return ("\n" if records else "、").join(item_texts(field, value, convert))
        case Markdown():
            return convert(value.text)
        case Period():
            return value.typed
        case Record():
            return record_text(field.subfields, value, convert)
        case Decimal():
            return f"{value:,f}"
        case int():
            return format_era_year(value)
        case str() if field.type == "date":
            return format_date(value)
        case _:
            return value


def item_texts(field: Field, value: Value | None, convert: Converter = as_typed) -> tuple[str, ...]:
    """Return the text of each item of a list, or the one text of another value; () if it is None."""
    if isinstance(value, tuple):
        return tuple(_item_text(field, item, convert) for item in value)
    return () if value is None else (value_text(field, value, convert),)


def _item_text(field: Field, item: Item, convert: Converter) -> str:
    match item:
        case YearValue():
            return f"{format_era_year(item.year)} {item.formatted}"
        case Record():
            return record_text((field.per_year or field).subfields, item, convert)
        case _:
            return item


def record_text(fields: Sequence[Field], record: Record, convert: Converter = as_typed) -> str:
    """Return a record on one line: required values first, a year before them, then optional values with their names.

    The record of a year has a line for the year and for each value; a Markdown text follows the name of its field.
    """
    values = record.values
    texts = [(field, value_text(field, values[field.name], convert)) for field in fields if field.name in values]
    if isinstance(record, YearRecord):
        lines = [
            f"{marked_line('label', field.name)}\n{text}" if field.type == "text" else text for field, text in texts
        ]
        return "\n".join([format_era_year(record.year), *lines])
    unnamed = [(field, text) for field, text in texts if field.is_required and field.type != "id"]
    named = [f"{field.name} {text}" for field, text in texts if not (field.is_required and field.type != "id")]
    unnamed_text = " ".join(text for _, text in sorted(unnamed, key=lambda pair: pair[0].type != "year"))
    return "　".join([*([unnamed_text] if unnamed_text else []), *named])
