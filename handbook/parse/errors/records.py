"""Errors of records and of values by year that are written as one text, with the text as it must be written."""

from __future__ import annotations

from handbook.diagnostics import Diagnostic
from handbook.field_types import Field
from handbook.fiscal_year import format_year_both
from handbook.parse.edits.source_edits import replace_text, yaml_value
from handbook.parse.edits.value_edits import remove_entry, replace_value, replace_yaml
from handbook.parse.numbers import number_and_year
from handbook.parse.source import Source
from handbook.parse.validators import bad_year_problem
from handbook.parse.yaml.values import Scalar, YamlMapping, YamlValue
from handbook.text_edits import TextEdit

_YEAR_PLACE = "いつの年度か"
"""Where an editor must write a year that the text does not contain."""
TOTAL_WORDS = frozenset({"合計", "計", "総計", "総額", "累計"})
"""What people write below the years of a table."""


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


def unnamed_values_error(source: Source, value: YamlValue, field: Field) -> Diagnostic | None:
    """Return the error for a number and a year in brackets without the names of the fields, or None."""
    typed = source.lines[value.line - 1][value.column - 1 :].rstrip()
    is_bracketed = typed[:1] in ("[", "{") and typed[-1:] in ("]", "}")
    keys = value.entries if isinstance(value, YamlMapping) else {}
    if isinstance(value, Scalar) or not is_bracketed or any(subfield.name in keys for subfield in field.subfields):
        return None
    number, year = number_and_year(typed, field)
    required = [subfield.name for subfield in field.subfields if subfield.is_required]
    if not number or not year or len(required) != 2:
        return None
    record = f"{{{required[0]}: {_in_braces_number(number)}, {required[1]}: {year}}}"
    message = f"`{field.name}` には、{'と'.join(required)}を書きます"
    mistake = source.mistake(value.line, value.column, len(typed), "not-a-mapping", message)
    edit = replace_text(source, value.line, value.column, typed, record)
    return mistake.with_hint(f"`{field.name}: {record}` と書きます").with_fix(edit)


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


def bad_year_key_error(source: Source, years: YamlMapping, key: Scalar, field: Field) -> Diagnostic:
    """Return the error for a key that is no year, with the year and its value if the key has both."""
    problem = bad_year_problem(key.text)
    mistake = source.mistake(key.line, key.column, key.width, problem.rule, problem.message, problem.hint)
    value = years.entries[key.text][1]
    number, year = number_and_year(key.text, field)
    if isinstance(value, Scalar) and not value.text and number and year:
        pair = f"{year}: {_in_braces_number(number)}"
        edit = replace_yaml(source, key, pair) if value.line == key.line else None
        return mistake.with_hint(f"`{pair}` と書きます").with_fix(edit)
    if key.text in TOTAL_WORDS:
        hint = f"`{key.text}` は書きません。合計は、ページがたし算して示します。この行を消します"
        return mistake.with_hint(hint).with_fix(remove_entry(source, key, value))
    is_free = problem.correction and problem.correction not in years.entries
    return mistake.with_fix(replace_value(source, key, problem.correction) if is_free else None)


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
