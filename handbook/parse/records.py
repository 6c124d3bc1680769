"""A mapping of plan.yaml → the values of its fields, by the type of each field."""

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
from handbook.parse.values import ValueReader
from handbook.parse.yaml_reader import Scalar, YamlValue
from handbook.patterns import NUMBER_PATTERN

FieldValues = Mapping[str, YamlValue]
"""The values of a node, or of one of its records, by the name of the field."""


class RecordReader:
    """Reads the values of the fields of one plan.yaml."""

    def __init__(self, values: ValueReader) -> None:
        self.values = values

    def record_values(self, found: FieldValues, fields: Iterable[Field]) -> dict[str, FieldValue]:
        """Return the values by field. A value that is empty or has a mistake is missing."""
        read = ((field.name, self.value(found[field.name], field)) for field in fields if field.name in found)
        return {name: value for name, value in read if value is not None and value not in ("", ())}

    def value(self, value: YamlValue, field: Field) -> FieldValue | None:
        """Return one value as the type of its field demands; None if it has a mistake."""
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
        read = self.values.read(value, field)
        if field.type == "period" and isinstance(read, str):
            return fiscal_year.parse_period(read)
        return parse_year(read) if field.type == "year" and isinstance(read, str) else read

    def _records(self, value: YamlValue, field: Field) -> Iterator[Record]:
        """Yield the records of a list."""
        for row in self.values.items(value, field.name):
            held = self.values.fields(row, fields_by_name(field.subfields), f"この{field.name}")
            values = self.record_values(held, field.subfields)
            match field.name:
                case "指標":
                    indicator = Indicator(values=values, span=SourceSpan(self.values.source.file, row.line, row.column))
                    self._reject_early_targets(held, indicator)
                    yield indicator
                case "リンク":
                    yield ExternalLink(values=values)
                case "旧名称":
                    yield FormerName(values=values)
                case _:
                    yield Record(values=values)

    def _record(self, value: YamlValue, field: Field) -> Record | None:
        """Return a single record; a mistake shows how to write one."""
        if isinstance(value, Scalar):
            if typed := self.values.text(value, field.name):
                required = [part.name for part in field.subfields if part.is_required]
                message = f"`{field.name}` には、{'と'.join(required)}を書きます"
                self.values.report(value, "not-a-mapping", message, f"`{_in_braces(field, typed)}` のように書きます")
            return None
        held = self.values.fields(value, fields_by_name(field.subfields), f"`{field.name}` ")
        return Record(values=self.record_values(held, field.subfields))

    def _years(self, value: YamlValue, field: Field) -> Iterator[YearValue | YearRecord]:
        """Yield what stands for each year, in the order of the years."""
        per_year = field.per_year or field
        for year, entry in self.values.by_year(value, field).items():
            if not per_year.subfields:
                read = self._number(entry, per_year)
                if read is not None:
                    yield YearValue(year, read if isinstance(read, Decimal) else None)
                continue
            if isinstance(entry, Scalar) and (typed := self.values.text(entry, field.name)):
                self._not_a_year_record(entry, typed, year, per_year)
                continue
            held = self.values.fields(
                entry, fields_by_name(per_year.subfields), f"{format_year_both(year)}の{field.name}"
            )
            values = self.record_values(held, per_year.subfields)
            yield Review(values=values, year=year) if field.name == "評価" else YearRecord(values=values, year=year)

    def _not_a_year_record(self, value: Scalar, typed: str, year: int, field: Field) -> None:
        others = " ".join(f"`{part.name}`" for part in field.subfields[1:])
        hint = f"`{_in_braces(field, typed)}` のように書きます。ほかに {others} を書けます"
        self.values.report(
            value, "not-a-mapping", f"{format_year_both(year)}の{field.name}は `項目: 値` の集まりで書きます", hint
        )

    def _number(self, value: YamlValue, field: Field) -> Decimal | str | None:
        """Return a number, or the word that states that there is none; None if it has a mistake."""
        text = str(self.values.read(value, field))
        if text == field.no_value_word:
            return text or None
        return parse_number(text) if NUMBER_PATTERN.fullmatch(text) else None

    def _reject_early_targets(self, held: FieldValues, indicator: Indicator) -> None:
        """Report a target before the year of the baseline."""
        baseline, targets = indicator.baseline, indicator.targets
        if baseline and targets and targets[0].year < baseline.year:
            message = f"`目標値` の {format_year_both(targets[0].year)} は、`基準値` の {format_year_both(baseline.year)} より前です"
            self.values.report(
                held["目標値"].key or held["目標値"], "target-too-early", message, "年度を確かめてください"
            )


def _in_braces(field: Field, typed: str) -> str:
    """Return how a record is written whose first value was typed without braces."""
    first, *others = field.subfields
    pairs = [f"{first.name}: {typed.replace(',', '') if first.type == 'number' else typed}"]
    pairs += [f"{part.name}: {part.example}" for part in others if part.is_required]
    return f"{{{', '.join(pairs)}}}"
