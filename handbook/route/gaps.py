"""The map of gaps: what is there and what is not, for each node that records should stand under."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from handbook.fields import OWNER_KEY
from handbook.model import Entry, Fill, Gap, GapsPage
from handbook.route import standing
from handbook.route.records import Records


def page(records: Records, roots: Iterable[Entry]) -> GapsPage:
    """Return the map; without rows where nothing of the kind is in the plan yet."""
    tops = {entry.id for entry in roots}
    carriers = [entry for entry in records.own if _carries(records, entry, tops)]
    begun = records.recorded or any(map(records.is_record, records.own))
    names = {entry.level.rank: entry.level.name for entry in carriers}
    return GapsPage(
        template="gaps.html",
        path="gaps.html",
        title="空欄の地図",
        prose={},
        description="計画のどこに、何がまだ書かれていないかを示します。",
        label="空欄の地図",
        level="・".join(names[rank] for rank in sorted(names)),
        record=records.level,
        rows=tuple(_rows(records, carriers)) if begun else (),
        asked=len(carriers),
    )


def _carries(records: Records, entry: Entry, tops: Collection[str]) -> bool:
    """Whether records should stand directly beneath an entry, or it is one that stands beneath none."""
    if records.is_record(entry):
        return entry.id in tops
    return not entry.children or any(records.is_record(child) for child in entry.children)


def _rows(records: Records, carriers: list[Entry]) -> Iterator[Gap]:
    for entry in carriers:
        below = [child for child in entry.children if records.is_record(child) and not child.again]
        asked = [entry] if entry.node.fact(OWNER_KEY) or not below else below
        measured = [entry] if entry.node.indicators or not below else below
        rows = [row for each in (entry, *below) for row in each.node.indicators]
        yield Gap(
            entry=entry,
            records=Fill(len(below), 0 if records.is_record(entry) else max(1, len(below))),
            owners=Fill(sum(bool(each.node.fact(OWNER_KEY)) for each in asked), len(asked)),
            indicators=Fill(sum(bool(each.node.indicators) for each in measured), len(measured)),
            actuals=Fill(sum(standing.last(row.actuals) is not None for row in rows), len(rows)),
        )
