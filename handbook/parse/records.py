"""Convert mappings of plan.yaml to the values of their fields, by the type of each field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from handbook import fiscal_year
from handbook.diagnostics import SourceSpan
from handbook.field_types import Field, fields_by_name
from handbook.fiscal_year import format_year_both, parse_year
from handbook.model import ExternalLink, FormerName, Indicator, Record, Review, YearRecord, YearValue
from handbook.model import Value as FieldValue
from handbook.parse.numbers import parse_number
from handbook.parse.record_errors import not_a_record_error, not_a_year_record_error, unnamed_values_error
from handbook.parse.value_reader import ValueReader
from handbook.parse.yaml_values import Scalar, YamlValue
from handbook.patterns import NUMBER_PATTERN

FieldValues = Mapping[str, YamlValue]
"""YAML values of a node or a record by field name."""


class RecordReader:
    """Converts the field values of one plan.yaml. Errors are reported to the ValueReader."""

    def __init__(self, values: ValueReader) -> None:
        self.values = values

    def record_values(self, mapping: FieldValues, fields: Iterable[Field]) -> dict[str, FieldValue]:
        """Return the values by field name, without those that are empty or have an error."""
        converted = ((field.name, self.value(mapping[field.name], field)) for field in fields if field.name in mapping)
        return {name: value for name, value in converted if value is not None and value not in ("", ())}

    def value(self, value: YamlValue, field: Field) -> FieldValue | None:
        """Return one value in the type of its field, or None if it has an error."""
        match field.type:
            case "text":
                return self.values.prose(value, field)
            case "record":
                return self._record(value, field)
            case "records":
                return tuple(self._records(value, field))
            case "years":
                return tuple(self._years(value, field))
            case "number":
                return self._number(value, field)
        typed = self.values.read(value, field)
        if field.type == "period" and isinstance(typed, str):
            return fiscal_year.parse_period(typed)
        return parse_year(typed) if field.type == "year" and isinstance(typed, str) else typed

    def _records(self, value: YamlValue, field: Field) -> Iterator[Record]:
        """Yield the records of a list."""
        for row in self.values.items(value, field.name):
            mapping = self.values.fields(row, fields_by_name(field.subfields), f"この{field.name}")
            values = self.record_values(mapping, field.subfields)
            match field.name:
                case "指標":
                    span = SourceSpan(self.values.source.file, row.line, row.column)
                    indicator = Indicator(values=values, span=span)
                    self._report_early_target(mapping, indicator)
                    yield indicator
                case "リンク":
                    yield ExternalLink(values=values)
                case "旧名称":
                    yield FormerName(values=values)
                case _:
                    yield Record(values=values)

    def _record(self, value: YamlValue, field: Field) -> Record | None:
        """Return a single record. Reports a text and returns None."""
        if error := unnamed_values_error(self.values.source, value, field):
            self.values.mistakes.append(error)
            return None
        if isinstance(value, Scalar):
            if typed := self.values.text(value, field.name):
                self.values.mistakes.append(not_a_record_error(self.values.source, value, typed, field))
            return None
        mapping = self.values.fields(value, fields_by_name(field.subfields), f"`{field.name}` ")
        return Record(values=self.record_values(mapping, field.subfields))

    def _years(self, value: YamlValue, field: Field) -> Iterator[YearValue | YearRecord]:
        """Yield the value or record of each year, in the order of the years."""
        per_year = field.per_year or field
        for year, year_value in self.values.by_year(value, field).items():
            if not per_year.subfields:
                number = self._number(year_value, per_year)
                if number is not None:
                    yield YearValue(year, number if isinstance(number, Decimal) else None)
                continue
            if isinstance(year_value, Scalar):
                if typed := self.values.text(year_value, field.name):
                    self.values.mistakes.append(
                        not_a_year_record_error(self.values.source, year_value, typed, year, per_year)
                    )
                continue
            mapping = self.values.fields(
                year_value, fields_by_name(per_year.subfields), f"{format_year_both(year)}の{field.name}"
            )
            values = self.record_values(mapping, per_year.subfields)
            yield Review(values=values, year=year) if field.name == "評価" else YearRecord(values=values, year=year)

    def _number(self, value: YamlValue, field: Field) -> Decimal | str | None:
        """Return a number, or the word for a missing one; None if the value has an error."""
        text = str(self.values.read(value, field))
        if text == field.no_value_word:
            return text or None
        return parse_number(text) if NUMBER_PATTERN.fullmatch(text) else None

    def _report_early_target(self, mapping: FieldValues, indicator: Indicator) -> None:
        """Report a target whose year is before that of the baseline."""
        baseline, targets = indicator.baseline, indicator.targets
        if baseline and targets and targets[0].year < baseline.year:
            target_year, baseline_year = format_year_both(targets[0].year), format_year_both(baseline.year)
            message = f"`目標値` の {target_year} は、`基準値` の {baseline_year} より前です"
            value = mapping["目標値"]
            self.values.report(value.key or value, "target-too-early", message, "年度を確かめてください")
