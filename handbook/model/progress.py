"""Values computed from the records: for the pages of nodes, departments and years."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from handbook import fiscal_year
from handbook.model.records import Indicator, Review
from handbook.model.tree import TreeNode
from handbook.model.values import YearValue


class Status(StrEnum):
    """The status of an indicator, or of a node by its indicators. The value is the word that readers see."""

    ACHIEVED = "達成"
    IN_PROGRESS = "進行中"
    BEHIND_SCHEDULE = "遅れ"
    NOT_EVALUATED = "未評価"

    @property
    def css_class(self) -> str:
        """The CSS class of the status in theme/site.css."""
        return _STATUS_CLASSES[self]


_STATUS_CLASSES = {
    Status.ACHIEVED: "status-achieved",
    Status.IN_PROGRESS: "status-in-progress",
    Status.BEHIND_SCHEDULE: "status-behind",
    Status.NOT_EVALUATED: "status-not-evaluated",
}


@dataclass(frozen=True, slots=True)
class PageLink:
    """A text and the path of the page that it links to; with an empty path, a text without a link."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class NodeFact:
    """A fact of a node as a row on its page."""

    name: str
    values: tuple[PageLink, ...]
    note: str
    """A note that the editor wrote in plan.yaml; empty for most facts."""


@dataclass(frozen=True, slots=True)
class IndicatorYear:
    """The values of an indicator in one financial year, formatted; empty if the plan has none."""

    year: int
    baseline: str
    target: str
    actual: str

    @property
    def year_label(self) -> str:
        """The year in both calendars."""
        return fiscal_year.format_year_both(self.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorStatus:
    """An indicator with its node, its status and its years."""

    node: TreeNode
    indicator: Indicator
    direction_label: str
    """The direction in words: 増やす, 減らす, 保つ; empty if the plan gives none."""
    status: Status | None
    """None if the numbers do not decide it and the plan has a review of the node."""
    latest_actual: YearValue | None
    """The latest actual that is a number."""
    final_target: YearValue | None
    """The last target."""
    years: tuple[IndicatorYear, ...]
    """Every year with a value, the earliest first."""
    chart_name: str
    """Name of its chart; empty if fewer than two years have a number."""

    @property
    def year_word(self) -> str:
        """年度 or 年: how its years are counted."""
        return fiscal_year.year_word(item.year for item in self.years)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """A chart to draw. Amounts are in the order of their years; an amount without a value is a gap."""

    name: str
    title: str
    unit: str
    bars: tuple[YearValue, ...]
    """One bar for each amount; a chart has bars or lines."""
    actuals: tuple[YearValue, ...]
    """The baseline and the actuals, by year."""
    targets: tuple[YearValue, ...]
    baseline: YearValue | None

    @property
    def year_word(self) -> str:
        """年度 or 年: how its years are counted."""
        return fiscal_year.year_word(item.year for item in (*self.bars, *self.actuals, *self.targets))


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The totals of some nodes and all nodes below them. Each node is counted once; repeats count elsewhere."""

    level: str
    """Name of the level whose nodes are counted."""
    node_count: int
    repeat_count: int
    """Number of repeats (再掲)."""
    category_counts: tuple[tuple[str, int], ...]
    status_counts: tuple[tuple[str, int], ...]
    verdict_counts: tuple[tuple[str, int], ...]
    """The nodes by the verdict of their latest review."""
    indicator_counts: tuple[tuple[str, int], ...]
    """The indicators of all these nodes, on every level, by status."""

    @property
    def tallies(self) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
        """Each tally with its name, such as 区分 and its counts. One without a count is left out."""
        named = (
            ("区分", self.category_counts),
            (f"{self.level}の状況", self.status_counts),
            (f"{self.level}の評価", self.verdict_counts),
            ("指標の状況", self.indicator_counts),
        )
        return tuple((name, counts) for name, counts in named if counts)

    def tally(self, name: str) -> tuple[tuple[str, int], ...]:
        """Return the counts of the tally with this name; () if it has none."""
        return dict(self.tallies).get(name, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One node as a row of a table."""

    node: TreeNode
    category: str
    period: str
    status: Status | None
    """None if nothing was measured, or if only a review states how far the node is."""
    review: Review | None
    """The latest review; None if there is none."""
    owners: tuple[PageLink, ...]

    @property
    def review_label(self) -> str:
        """The verdict of the latest review with its year: 評価：順調（令和7年度）; empty without a review."""
        if not self.review:
            return ""
        verdict = f"評価：{self.review.verdict}" if self.review.verdict else "評価あり"
        return f"{verdict}（{fiscal_year.format_era_year(self.review.year)}）"


@dataclass(frozen=True, slots=True)
class YearResult:
    """An indicator in one financial year: target, actual and outcome."""

    indicator_status: IndicatorStatus
    target: str
    actual: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """The number of present values out of the expected ones."""

    present: int
    expected: int
    """Number of expected values; 0 if the column does not apply to the row."""

    @property
    def symbol(self) -> str:
        """A symbol that is readable without its colour."""
        return "—" if not self.expected else "○" if self.present >= self.expected else "△" if self.present else "×"

    @property
    def css_class(self) -> str:
        """The class of its cell in theme/site.css; empty for `—`."""
        return {"○": "whole", "△": "part", "×": "none"}.get(self.symbol, "")

    @property
    def label(self) -> str:
        """The same as text."""
        if not self.expected:
            return "対象外"
        return (
            f"あり {self.present}"
            if self.present >= self.expected
            else f"一部 {self.present}/{self.expected}"
            if self.present
            else "なし"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """A row of the coverage page: which records of a node are present."""

    node: TreeNode
    records: Completeness
    owners: Completeness
    indicators: Completeness
    actuals: Completeness
