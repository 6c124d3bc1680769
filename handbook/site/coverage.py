"""The coverage page: which records are present and which are missing, for each node that should have records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handbook.fields import OWNER_KEY
from handbook.model import Completeness, CoveragePage, CoverageRow, Plan
from handbook.site.metrics import NodeMetrics
from handbook.site.tree import Tree


def coverage_page(plan: Plan, tree: Tree, metrics: tuple[NodeMetrics, ...]) -> CoveragePage:
    """Return the page. It has no rows if the plan has no records and no node on the innermost level."""
    by_id = {item.node.id: item for item in metrics}
    root_ids = {root.id for root in tree.roots}
    expected = [item for item in metrics if _expects_records(item, by_id, is_root=item.node.id in root_ids)]
    has_rows = any(item.has_records or item.is_record for item in metrics)
    level_names = {item.node.level.rank: item.node.level.name for item in expected}
    return CoveragePage(
        template="coverage.html",
        path="gaps.html",
        title="空欄の地図",
        prose={},
        description="計画のどこに、何がまだ書かれていないかを示します。",
        label="空欄の地図",
        level="・".join(level_names[rank] for rank in sorted(level_names)),
        record_level=plan.levels[-1].name,
        rows=tuple(_coverage_rows(expected, by_id)) if has_rows else (),
        expected_rows=len(expected),
    )


def _expects_records(metrics: NodeMetrics, by_id: Mapping[str, NodeMetrics], *, is_root: bool) -> bool:
    """Return whether a node should have records directly below it, or is itself a record without a parent."""
    if metrics.is_record:
        return is_root
    children = metrics.node.children
    return not children or any(by_id[child.id].is_record for child in children)


def _coverage_rows(expected: list[NodeMetrics], by_id: Mapping[str, NodeMetrics]) -> Iterator[CoverageRow]:
    """Yield the row of each node; its values count those of the node and of the records directly below it."""
    for item in expected:
        children = [by_id[child.id] for child in item.node.children if not child.is_repeat]
        records = [child for child in children if child.is_record]
        with_owner = [bool(counted.source.fact_values(OWNER_KEY)) for counted in (item, *records)]
        with_indicators = [bool(counted.indicators) for counted in (item, *records)]
        actuals = [row.latest_actual is not None for counted in (item, *records) for row in counted.indicators]
        yield CoverageRow(
            node=item.node,
            records=Completeness(len(records), 0 if item.is_record else max(1, len(records))),
            owners=_own_or_below(with_owner),
            indicators=_own_or_below(with_indicators),
            actuals=Completeness(sum(actuals), len(actuals)),
        )


def _own_or_below(present: list[bool]) -> Completeness:
    """Return how many records have a value. A value of the node itself, the first item, counts for all of them."""
    own, *records = present
    counted = records if records and not own else [own]
    return Completeness(sum(counted), len(counted))
