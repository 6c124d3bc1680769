"""Values computed from the records: for the pages of nodes, departments and years."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from handbook import years
from handbook.model.entry import Entry
from handbook.model.records import Indicator
from handbook.model.values import Amount


class Status(StrEnum):
    """The status of an indicator, or of a node by its indicators. The value is the word that readers see."""

    ACHIEVED = "達成"
    IN_PROGRESS = "進行中"
    BEHIND_SCHEDULE = "遅れ"
    NOT_EVALUATED = "未評価"

    @property
    def css_class(self) -> str:
        """The class of its colour in theme/site.css."""
        return _STATUS_CLASSES[self]


_STATUS_CLASSES = {
    Status.ACHIEVED: "status-achieved",
    Status.IN_PROGRESS: "status-in-progress",
    Status.BEHIND_SCHEDULE: "status-behind",
    Status.NOT_EVALUATED: "status-not-evaluated",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A text and the path of the page that it links to; with an empty path, a text without a link."""

    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Said:
    """A fact of a node as a row on its page."""

    name: str
    values: tuple[Way, ...]
    note: str
    """A note that the editor wrote in plan.yaml; empty for most facts."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The values of an indicator in one financial year, formatted; empty if the plan has none."""

    year: int
    start: str
    target: str
    actual: str

    @property
    def told(self) -> str:
        """The year in both calendars."""
        return years.told(self.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """An indicator with its node, its status and its years."""

    entry: Entry
    indicator: Indicator
    direction_label: str
    """The direction in words: 増やす, 減らす, 保つ; empty if the plan gives none."""
    state: Status
    last: Amount | None
    """The latest actual that is a number."""
    aim: Amount | None
    """The last target."""
    readings: tuple[Reading, ...]
    """Every year with a value, the earliest first."""
    chart: str
    """Name of its chart; empty if fewer than two years have a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart to draw. Amounts are in the order of their years; an amount without a value is a gap."""

    name: str
    title: str
    unit: str
    bars: tuple[Amount, ...]
    """One bar for each amount; a chart has bars or lines."""
    line: tuple[Amount, ...]
    """The baseline and the actuals, by year."""
    targets: tuple[Amount, ...]
    baseline: Amount | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The totals of some nodes and all nodes below them. Each node is counted once; repeats count elsewhere."""

    level: str
    """Name of the level whose nodes are counted."""
    number: int
    again: int
    """How many repeats (再掲) there are."""
    categories: tuple[tuple[str, int], ...]
    states: tuple[tuple[str, int], ...]
    gauges: tuple[tuple[str, int], ...]
    """The indicators of all these nodes, on every level, by status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One node as a row of a table."""

    entry: Entry
    category: str
    period: str
    state: Status
    owners: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """An indicator in one financial year: target, actual and outcome."""

    gauge: Gauge
    target: str
    actual: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Fill:
    """How many of the expected values are present."""

    have: int
    of: int
    """How many are expected; 0 if the column does not apply to the row."""

    @property
    def sign(self) -> str:
        """A symbol that is readable without its colour."""
        return "—" if not self.of else "○" if self.have >= self.of else "△" if self.have else "×"

    @property
    def css_class(self) -> str:
        """The class of its cell in theme/site.css; empty for `—`."""
        return {"○": "whole", "△": "part", "×": "none"}.get(self.sign, "")

    @property
    def words(self) -> str:
        """The same as text."""
        if not self.of:
            return "対象外"
        return f"あり {self.have}" if self.have >= self.of else f"一部 {self.have}/{self.of}" if self.have else "なし"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A row of the coverage page: which records of a node are present."""

    entry: Entry
    records: Fill
    owners: Fill
    indicators: Fill
    actuals: Fill
