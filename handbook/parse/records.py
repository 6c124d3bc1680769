"""Convert mappings of plan.yaml to the values of their fields, by the type of each field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal

from handbook import fiscal_year
from handbook.diagnostics import SourceSpan
from handbook.field_types import Field, fields_by_name
from handbook.fiscal_year import format_year_both, parse_year
from handbook.model import ExternalLink, FormerAddress, FormerName, Indicator, Record, Review, YearRecord, YearValue
from handbook.model import Value as FieldValue
from handbook.parse.errors.records import not_a_record_error, not_a_year_record_error, unnamed_values_error
from handbook.parse.former_addresses import read_former_addresses
from handbook.parse.numbers import parse_number
from handbook.parse.value_reader import ValueReader
from handbook.parse.yaml.values import Scalar, YamlMapping, YamlValue
from handbook.patterns import NUMBER_PATTERN

FieldValues = Mapping[str, YamlValue]
"""YAML values of a node or a record by field name."""


@dataclass(slots=True)
class YearTable:
    """A table by year as it was typed."""

    field: Field
    rows: dict[int, YamlValue]
    """The value of each year, the earliest first."""
    baseline: dict[int, Scalar] = dataclass_field(default_factory=dict)
    """The baseline of the same indicator by its year, for actuals."""


@dataclass(frozen=True, slots=True)
class TypedPeriod:
    """A period or a single year as it was typed."""

    name: str
    """The field."""
    first: int
    last: int
    value: YamlValue


class RecordReader:
    """Converts the field values of one plan.yaml. Errors are reported to the ValueReader."""

    def __init__(self, values: ValueReader) -> None:
        self.values = values
        self.former_addresses: list[FormerAddress] = []
        self.year_tables: list[YearTable] = []
        self.periods: list[TypedPeriod] = []

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
            case "addresses":
                self.former_addresses = list(read_former_addresses(self.values, value, field))
                return tuple(address.typed for address in self.former_addresses)
        typed = self.values.read(value, field)
        if field.type not in ("period", "year") or not isinstance(typed, str):
            return typed
        period = fiscal_year.parse_period(typed)
        if period:
            self.periods.append(TypedPeriod(field.name, period.first, period.last, value))
        return period if field.type == "period" else parse_year(typed)

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
                    self._add_baseline(mapping, indicator)
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
        rows = self.values.by_year(value, field)
        self.year_tables.append(YearTable(field, rows))
        for year, year_value in rows.items():
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

    def _add_baseline(self, mapping: FieldValues, indicator: Indicator) -> None:
        """Add the baseline of an indicator to the table of its actuals, which is the last that was read."""
        record = mapping.get("基準値")
        if indicator.baseline and indicator.actuals and isinstance(record, YamlMapping):
            _, value = record.entries["値"]
            if isinstance(value, Scalar):
                self.year_tables[-1].baseline[indicator.baseline.year] = value

    def _report_early_target(self, mapping: FieldValues, indicator: Indicator) -> None:
        """Report a target whose year is before that of the baseline."""
        baseline, targets = indicator.baseline, indicator.targets
        if baseline and targets and targets[0].year < baseline.year:
            target_year, baseline_year = format_year_both(targets[0].year), format_year_both(baseline.year)
            message = f"`目標値` の {target_year} は、`基準値` の {baseline_year} より前です"
            value = mapping["目標値"]
            self.values.report(value.key or value, "target-too-early", message, "年度を確かめてください")
