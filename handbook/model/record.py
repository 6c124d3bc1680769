"""What the records add up to: on the page of a node, of a section, of a year."""

from __future__ import annotations

from dataclasses import dataclass

from handbook import years
from handbook.model.entry import Entry
from handbook.model.records import Indicator
from handbook.model.values import Amount


@dataclass(frozen=True, slots=True)
class Way:
    """Words on a page, and the page of the site that they lead to; an empty path leads nowhere."""

    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Said:
    """A fact of a node as its page tells it."""

    name: str
    values: tuple[Way, ...]
    note: str
    """In the editor's words; empty for most."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of an indicator for one financial year; words are empty where nothing is said."""

    year: int
    start: str
    target: str
    actual: str

    @property
    def told(self) -> str:
        """The year in both calendars."""
        return years.told(self.year)


@dataclass(frozen=True, slots=True)
class Gauge:
    """An indicator in its place: whose it is, how it stands, its years."""

    entry: Entry
    indicator: Indicator
    state: str
    last: Amount | None
    """The newest number that is really one."""
    aim: Amount | None
    """The last target."""
    readings: tuple[Reading, ...]
    """Every year of which something is said, the earliest first."""
    chart: str
    """Name of its chart; empty where there are too few numbers to draw."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that is wanted. Amounts are in the order of their years; one without a value is a gap."""

    name: str
    title: str
    unit: str
    bars: tuple[Amount, ...]
    """Drawn as a bar each; a chart has bars or lines."""
    line: tuple[Amount, ...]
    """What was reached, year by year, the baseline before it."""
    targets: tuple[Amount, ...]
    baseline: Amount | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What the records beneath a place add up to; each is counted once, where it stands."""

    level: str
    """Name of the level whose nodes are counted."""
    number: int
    again: int
    """How many are shown here once more, and counted elsewhere."""
    categories: tuple[tuple[str, int], ...]
    states: tuple[tuple[str, int], ...]
    gauges: tuple[tuple[str, int], ...]
    """The indicators, of these records and of everything above them beneath the place, by how they stand."""


@dataclass(frozen=True, slots=True)
class Work:
    """One node in a table of what is done."""

    entry: Entry
    category: str
    period: str
    state: str
    owners: tuple[Way, ...]
    partners: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """An indicator in one financial year: what was aimed at, what came of it."""

    gauge: Gauge
    target: str
    actual: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Fill:
    """How much of something that is asked for is there."""

    have: int
    of: int
    """How many could be there; 0 where the question does not arise."""

    @property
    def sign(self) -> str:
        """A sign that is read without its colour."""
        return "—" if not self.of else "○" if self.have >= self.of else "△" if self.have else "×"

    @property
    def words(self) -> str:
        """The same in words."""
        if not self.of:
            return "対象外"
        return f"あり {self.have}" if self.have >= self.of else f"一部 {self.have}/{self.of}" if self.have else "なし"


@dataclass(frozen=True, slots=True)
class Gap:
    """A row of the map of gaps: what is there of an entry, and what is not."""

    entry: Entry
    records: Fill
    owners: Fill
    indicators: Fill
    actuals: Fill
