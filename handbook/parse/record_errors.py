"""Errors of records and of values by year that are written as one text, with the text as it must be written."""

from __future__ import annotations

from handbook.diagnostics import Diagnostic
from handbook.field_types import Field
from handbook.fiscal_year import format_year_both
from handbook.parse.edits import yaml_value
from handbook.parse.numbers import number_and_year
from handbook.parse.source import Source
from handbook.parse.value_edits import replace_yaml
from handbook.parse.yaml_values import Scalar, YamlValue
from handbook.text_edits import TextEdit

_YEAR_PLACE = "いつの年度か"
"""Where an editor must write a year that the text does not contain."""


def not_a_record_error(source: Source, value: Scalar, typed: str, field: Field) -> Diagnostic:
    """Return the error for a text in the place of a record, such as a baseline that is only a number."""
    required = [subfield.name for subfield in field.subfields if subfield.is_required]
    message = f"`{field.name}` には、{'と'.join(required)}を書きます"
    mistake = source.mistake(value.line, value.column, value.width, "not-a-mapping", message)
    number, year = number_and_year(typed, field)
    if number and [subfield.type for subfield in field.subfields if subfield.is_required] == ["number", "year"]:
        first, second = required
        record = f"{{{first}: {_in_braces_number(number)}, {second}: {year or _YEAR_PLACE}}}"
        mistake = mistake.with_hint(f"`{field.name}: {record}` と書きます{_year_advice(year)}")
        return mistake.with_fix(replace_yaml(source, value, record) if year else None)
    record = _with_first_value(field, typed)
    return mistake.with_hint(f"`{record}` のように書きます").with_fix(_record_edit(source, value, field, record))


def not_a_year_record_error(source: Source, value: Scalar, typed: str, year: int, field: Field) -> Diagnostic:
    """Return the error for a text in the place of the record of a year."""
    others = " ".join(f"`{subfield.name}`" for subfield in field.subfields[1:])
    record = _with_first_value(field, typed)
    message = f"{format_year_both(year)}の{field.name}は `項目: 値` の集まりで書きます"
    mistake = source.mistake(value.line, value.column, value.width, "not-a-mapping", message)
    mistake = mistake.with_hint(f"`{record}` と書きます。ほかに {others} を書けます")
    return mistake.with_fix(_record_edit(source, value, field, record))


def not_by_year_error(source: Source, value: YamlValue, typed: str, field: Field) -> Diagnostic:
    """Return the error for one value in the place of values by year."""
    message = f"`{field.name}` は年度ごとに書きます"
    mistake = source.mistake(value.line, value.column, value.width, "not-by-year", message)
    number, year = number_and_year(typed, field)
    if field.per_year and field.per_year.subfields:
        year, content = "", _with_first_value(field.per_year, typed)
    elif number:
        content = _in_braces_number(number)
    else:
        return mistake.with_hint(
            f"`{field.name}: {{{_YEAR_PLACE}: {yaml_value(typed, in_braces=True)}}}` の形で書きます{_year_advice('')}"
        )
    by_year = f"{{{year or _YEAR_PLACE}: {content}}}"
    mistake = mistake.with_hint(f"`{field.name}: {by_year}` と書きます{_year_advice(year)}")
    return mistake.with_fix(replace_yaml(source, value, by_year) if year else None)


def _year_advice(year: str) -> str:
    return "" if year else f"。「{_YEAR_PLACE}」のところに、`令和8年度` の形で年度を書きます"


def _in_braces_number(number: str) -> str:
    """Return a number without thousands commas, which separate values in braces."""
    return number.replace(",", "")


def _with_first_value(field: Field, typed: str) -> str:
    """Return a record whose first value is a text. In the place of the other required values are their meanings."""
    first, *others = field.subfields
    value = _in_braces_number(typed) if first.type == "number" else yaml_value(typed, in_braces=True)
    pairs = [f"{first.name}: {value}"]
    pairs += [f"{subfield.name}: {subfield.meaning}" for subfield in others if subfield.is_required]
    return f"{{{', '.join(pairs)}}}"


def _record_edit(source: Source, value: Scalar, field: Field, record: str) -> TextEdit | None:
    """Return the edit that writes a text as a record; None if more values are required."""
    is_complete = not any(subfield.is_required for subfield in field.subfields[1:])
    return replace_yaml(source, value, record) if is_complete else None
