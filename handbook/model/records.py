"""Records of a node, such as indicators and reviews, and the departments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from handbook import years
from handbook.mistakes import Place
from handbook.model.values import Amount, FieldValue, Prose, Record, YearRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Record):
    """Something measured. Amounts are in the order of their years, each year once."""

    place: Place
    name = FieldValue("名称", "")
    unit = FieldValue("単位", "")
    aim = FieldValue("向き", "")
    """↑ more, ↓ less, → keep, or empty."""
    targets = FieldValue[tuple[Amount, ...]]("目標値", ())
    actuals = FieldValue[tuple[Amount, ...]]("実績値", ())

    @property
    def baseline(self) -> Amount | None:
        """The value and the year that it starts from."""
        match self.values.get("基準値"):
            case Record(values={"値": Decimal() as value, "年度": int(year)}):
                return Amount(year, value)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(YearRecord):
    """How one financial year was judged."""

    verdict = FieldValue("評価", "")
    issue = FieldValue[Prose | None]("課題", None)
    direction = FieldValue[Prose | None]("今後の方向性", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Record):
    """A link to another site."""

    words = FieldValue("名称", "")
    href = FieldValue("URL", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Former(Record):
    """A former name of a department."""

    name = FieldValue("名称", "")
    until = FieldValue("まで", "")
    """The last financial year or day, as it was typed."""

    @property
    def year(self) -> int:
        """The financial year in which it ended."""
        return years.one(self.until) or years.of_day(self.until)

    @property
    def ended(self) -> str:
        """The end as a page shows it: 令和6年度, 2024年9月30日."""
        year = years.one(self.until)
        return years.short(year) if year else years.day(self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department(Record):
    """A department of the municipality: a row of the table 組織."""

    name = FieldValue("名称", "")
    id = FieldValue("id", "")
    """Empty if the editor gave none."""
    phone = FieldValue("電話", "")
    former = FieldValue[tuple[Former, ...]]("旧名称", ())
