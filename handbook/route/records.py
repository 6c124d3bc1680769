"""What the records say: each node's facts and indicators as its page tells them, and what they add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from handbook.field_types import Field, fields_by_name
from handbook.fields import AUDIENCE_KEY, DEPARTMENTS_KEY, NODE_FIELDS, OWNER_KEY, PARTNER_KEY, node_fields
from handbook.model import Amount, Chart, Entry, Gauge, Group, Plan, Reading, Said, Tally, Way, Work, value_texts
from handbook.route import standing
from handbook.route.departments import ways

CATEGORY, PERIOD = "区分", "期間"
NONE = "記載なし"
"""What is counted where a record does not say."""
_CATEGORIES = fields_by_name(NODE_FIELDS)[CATEGORY].choices
_RECORDED = frozenset({OWNER_KEY, PARTNER_KEY, CATEGORY, PERIOD})
MONEY = "千円"


class Records:
    """One plan's records, each looked at once."""

    def __init__(self, plan: Plan, own: Iterable[Entry], audiences: Iterable[Group]) -> None:
        self.plan = plan
        self.own = tuple(own)
        self.ways = ways(plan)
        """By every name that a section has or had: its words and the way to its page."""
        self.audiences = {group.name: f"audiences.html#{group.anchor}" for group in audiences}
        self.gauges: Mapping[str, tuple[Gauge, ...]] = {entry.id: tuple(_gauges(entry)) for entry in self.own}
        self.recorded = any(map(is_recorded, self.own))
        """Whether the plan holds any record at all."""

    @property
    def level(self) -> str:
        """Name of the level that holds the records: the innermost."""
        return self.plan.levels[-1].name

    def facts(self, entry: Entry) -> tuple[Said, ...]:
        """Return the fields of a node that its page lists as facts, with links to the pages of their values."""
        values = entry.node.values
        return tuple(
            Said(
                field.name,
                tuple(self._way(field, text) for text in value_texts(values[field.name])),
                self.plan.audience_note if field.vocabulary == AUDIENCE_KEY else "",
            )
            for field in node_fields()
            if field.shown == "fact" and field.name in values
        )

    def _way(self, field: Field, text: str) -> Way:
        if field.vocabulary == AUDIENCE_KEY:
            return Way(text, self.audiences.get(text, ""))
        if field.vocabulary == DEPARTMENTS_KEY:
            return self.ways.get(text, Way(text, ""))
        return Way(text, "")

    def work(self, entry: Entry) -> Work:
        """Return a node as a row of a table."""
        node = entry.node
        return Work(
            entry=entry,
            category="".join(node.fact(CATEGORY)) or NONE,
            period=str(node.period or NONE),
            state=standing.of_node(node.indicators),
            owners=tuple(self.ways.get(name, Way(name, "")) for name in node.fact(OWNER_KEY)),
            partners=tuple(self.ways.get(name, Way(name, "")) for name in node.fact(PARTNER_KEY)),
        )

    def is_record(self, entry: Entry) -> bool:
        """Whether a node stands on the level of the records."""
        return entry.level is self.plan.levels[-1]

    def tally(self, roots: Iterable[Entry]) -> Tally:
        """Add up what stands beneath some entries, themselves among it."""
        below = [entry for root in roots for entry in root.walk()]
        counted = [entry for entry in below if self.is_record(entry) and not entry.again]
        rows = [self.work(entry) for entry in counted]
        gauges = [gauge for entry in below if not entry.again for gauge in self.gauges[entry.id]]
        return Tally(
            level=self.level,
            number=len(counted),
            again=sum(self.is_record(entry) and entry.again for entry in below),
            categories=_counted((row.category for row in rows), (*_CATEGORIES, NONE)),
            states=_counted((row.state for row in rows), standing.STATES),
            gauges=_counted((gauge.state for gauge in gauges), standing.STATES),
        )


def is_recorded(entry: Entry) -> bool:
    """Whether something is recorded of a node: who does it, when, with what, to what effect."""
    node = entry.node
    return not _RECORDED.isdisjoint(node.values) or bool(node.budget or node.indicators or node.reviews)


def budget(entry: Entry) -> Chart | None:
    """Return the money of each year as a chart."""
    title = f"{entry.name} 予算"
    return Chart(f"budget_{entry.id}", title, MONEY, entry.node.budget, (), (), None) if entry.node.budget else None


def charts(pages: Iterable[tuple[Iterable[Gauge], Chart | None]]) -> Iterator[Chart]:
    """Yield every chart that the pages of nodes show."""
    for gauges, money in pages:
        for gauge in gauges:
            row = gauge.indicator
            if gauge.chart:
                baseline = row.baseline
                line = (*((baseline,) if baseline else ()), *row.actuals)
                yield Chart(gauge.chart, row.name, row.unit, (), line, row.targets, baseline)
        if money:
            yield money


def _counted(words: Iterable[str], order: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    found = Counter(words)
    return tuple((word, found[word]) for word in order if found[word])


def _gauges(entry: Entry) -> Iterator[Gauge]:
    for place, row in enumerate(entry.node.indicators, 1):
        said = {"start": (row.baseline,) if row.baseline else (), "target": row.targets, "actual": row.actuals}
        words = {name: {amount.year: amount.words for amount in amounts} for name, amounts in said.items()}
        drawn = {amount.year for amounts in said.values() for amount in amounts if amount.value is not None}
        yield Gauge(
            entry=entry,
            indicator=row,
            state=standing.of_indicator(row),
            last=standing.last(row.actuals),
            aim=standing.last(row.targets),
            readings=tuple(
                Reading(year, *(words[name].get(year, "") for name in said))
                for year in sorted({year for amounts in words.values() for year in amounts})
            ),
            chart=f"indicator_{entry.id}_{place}" if len(drawn) > 1 else "",
        )


def said_in(amounts: Iterable[Amount], year: int) -> Amount | None:
    """Return what is said of a year."""
    return next((amount for amount in amounts if amount.year == year), None)
