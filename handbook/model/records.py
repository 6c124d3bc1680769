"""Records of a node, such as indicators and reviews, and the departments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from handbook import fiscal_year
from handbook.diagnostics import SourceSpan
from handbook.field_types import Field
from handbook.model.values import FieldValue, Markdown, Record, YearRecord, YearValue
from handbook.record_fields import DEPARTMENT_FIELDS, FORMER_NAME_FIELDS, INDICATOR_FIELDS, LINK_FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Record):
    """An indicator of a node. Its values are in the order of their years, each year once."""

    fields: ClassVar[tuple[Field, ...]] = INDICATOR_FIELDS
    span: SourceSpan
    name = FieldValue("名称", "")
    unit = FieldValue("単位", "")
    direction = FieldValue("向き", "")
    """The desired direction: ↑ increase, ↓ decrease, → maintain, or empty."""
    targets = FieldValue[tuple[YearValue, ...]]("目標値", ())
    actuals = FieldValue[tuple[YearValue, ...]]("実績値", ())

    @property
    def baseline(self) -> YearValue | None:
        """The baseline value with its year, or None."""
        match self.values.get("基準値"):
            case Record(values={"値": Decimal() as value, "年度": int(year)}):
                return YearValue(year, value)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(YearRecord):
    """The review of one financial year."""

    verdict = FieldValue("評価", "")
    issue = FieldValue[Markdown | None]("課題", None)
    next_steps = FieldValue[Markdown | None]("今後の方向性", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalLink(Record):
    """A link to another site."""

    fields: ClassVar[tuple[Field, ...]] = LINK_FIELDS
    text = FieldValue("名称", "")
    href = FieldValue("URL", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName(Record):
    """A former name of a department."""

    fields: ClassVar[tuple[Field, ...]] = FORMER_NAME_FIELDS
    name = FieldValue("名称", "")
    until = FieldValue("まで", "")
    """The last financial year or day of the name, as it was typed."""

    @property
    def end_year(self) -> int:
        """The last financial year of the name."""
        return fiscal_year.parse_year(self.until) or fiscal_year.fiscal_year_of(self.until)

    @property
    def end_label(self) -> str:
        """The end as pages show it: 令和6年度 or 2024年9月30日."""
        year = fiscal_year.parse_year(self.until)
        return fiscal_year.format_era_year(year) if year else fiscal_year.format_day(self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department(Record):
    """A department of the municipality: a row of the table 組織."""

    fields: ClassVar[tuple[Field, ...]] = DEPARTMENT_FIELDS
    name = FieldValue("名称", "")
    id = FieldValue("id", "")
    """Empty if the editor gave none."""
    kana_reading = FieldValue("よみ", "")
    phone = FieldValue("電話", "")
    former_names = FieldValue[tuple[FormerName, ...]]("旧名称", ())
