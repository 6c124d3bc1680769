"""The values of fields, and records of them: one Python type for each type of field in handbook/fields.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import ClassVar, Generic, Self, TypeVar, overload

from handbook import fiscal_year
from handbook.diagnostics import SourceSpan
from handbook.field_types import Field
from handbook.fiscal_year import Period
from handbook.patterns import NO_VALUE_WORD

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Markdown:
    """Markdown as an editor typed it."""

    text: str
    span: SourceSpan
    """Start of the text; the further lines start in the same column."""
    first_line: str = ""
    """The complete first line, if it contains more than the text, such as the field name; else empty."""

    def place(self, offset: int, width: int = 1) -> tuple[SourceSpan, str]:
        """Return the place in the source of an offset in the text, with its complete line."""
        number = self.text.count("\n", 0, offset)
        start = self.text.rfind("\n", 0, offset) + 1
        line = self.text[start:].partition("\n")[0]
        indent = self.span.column - 1
        span = SourceSpan(self.span.file, self.span.line + number, indent + offset - start + 1, max(1, width))
        return span, self.first_line if self.first_line and not number else " " * indent + line


@dataclass(frozen=True, slots=True)
class YearValue:
    """A number of one financial year, exact: the digits after the decimal point are those that were typed."""

    year: int
    value: Decimal | None
    """None if the plan states explicitly that there is no value."""

    @property
    def formatted(self) -> str:
        """The number with thousands separators, or the word for no value."""
        return NO_VALUE_WORD if self.value is None else f"{self.value:,f}"

    @property
    def year_label(self) -> str:
        """The year in both calendars."""
        return fiscal_year.format_year_both(self.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One object of plan.yaml: the values of its fields by name. A field without a value is missing."""

    fields: ClassVar[tuple[Field, ...]] = ()
    """The fields whose facts the pages list with the record."""
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Name and text of each field with `shown="fact"` that has a value."""
        shown = (field for field in self.fields if field.shown == "fact" and field.name in self.values)
        return tuple((field.name, "、".join(value_texts(self.values[field.name]))) for field in shown)

    @property
    def facts_in_parentheses(self) -> str:
        """The facts as a suffix of the record's name, such as `（根拠：条例）`; empty if there are none."""
        return "".join(f"（{name}：{text}）" for name, text in self.facts)

    def with_value(self, name: str, value: Value | None) -> Self:
        """Return a copy in which one field has another value, or is missing if the value is None."""
        others = {other: item for other, item in self.values.items() if other != name}
        return replace(self, values=others if value is None else {**others, name: value})


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRecord(Record):
    """The values of one financial year."""

    year: int

    @property
    def year_label(self) -> str:
        """The year in both calendars."""
        return fiscal_year.format_year_both(self.year)


Item = str | YearValue | Record
Value = str | int | Decimal | Period | Markdown | Record | tuple[Item, ...]
"""By type of field: `text` Markdown; `number` Decimal, or the word for no value; `year` int; `period` Period; `words`,
`ids` and `former-ids` tuples of str; `record` Record; `records` a tuple of Record; `years` a tuple of YearValue or
YearRecord, in the order of the years; any other type str."""


class FieldValue(Generic[T]):
    """A field of a record as a typed attribute of its class."""

    def __init__(self, name: str, default: T) -> None:
        """Read the field `name` of a record; `default` is returned if it has no value."""
        self.name = name
        self.default = default

    @overload
    def __get__(self, record: None, owner: type) -> FieldValue[T]: ...
    @overload
    def __get__(self, record: Record, owner: type) -> T: ...
    def __get__(self, record: Record | None, owner: type) -> T | FieldValue[T]:
        """Return the value of the field in a record, or the descriptor itself if read from the class."""
        if record is None:
            return self
        return record.values.get(self.name, self.default)  # type: ignore[return-value]  # tests/test_fields.py proves T


def value_texts(value: Value) -> tuple[str, ...]:
    """Return a value as a list of facts shows it: one text, or one for each item."""
    match value:
        case tuple():
            return tuple(text for item in value for text in _item_texts(item))
        case Decimal():
            return (f"{value:,f}",)
        case Markdown():
            return (value.text.strip(),)
        case Record():
            return _item_texts(value)
        case _:
            return (str(value),)


def _item_texts(item: Item) -> tuple[str, ...]:
    match item:
        case YearValue():
            return (f"{item.year_label} {item.formatted}",)
        case Record():
            year = (item.year_label,) if isinstance(item, YearRecord) else ()
            return (" ".join([*year, *("、".join(value_texts(value)) for value in item.values.values())]),)
        case _:
            return (item,)
