"""The coverage page: which records are there and which are missing, for each node that should have some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handbook.fields import OWNER_KEY
from handbook.model import Completeness, CoveragePage, CoverageRow, Plan
from handbook.site.metrics import NodeMetrics
from handbook.site.tree import Tree


def coverage_page(plan: Plan, tree: Tree, metrics: tuple[NodeMetrics, ...]) -> CoveragePage:
    """Return the page. It has no rows if the plan has no records and no node on their level."""
    by_id = {each.node.id: each for each in metrics}
    roots = {root.id for root in tree.roots}
    expected = [each for each in metrics if _expects_records(each, by_id, is_root=each.node.id in roots)]
    has_rows = any(each.has_records or each.is_record for each in metrics)
    names = {each.node.level.rank: each.node.level.name for each in expected}
    return CoveragePage(
        template="coverage.html",
        path="gaps.html",
        title="空欄の地図",
        prose={},
        description="計画のどこに、何がまだ書かれていないかを示します。",
        label="空欄の地図",
        level="・".join(names[rank] for rank in sorted(names)),
        record_level=plan.levels[-1].name,
        rows=tuple(_coverage_rows(expected, by_id)) if has_rows else (),
        expected_rows=len(expected),
    )


def _expects_records(metrics: NodeMetrics, by_id: Mapping[str, NodeMetrics], *, is_root: bool) -> bool:
    """Return whether a node should have records directly below it, or is itself one that has no parent."""
    if metrics.is_record:
        return is_root
    children = metrics.node.children
    return not children or any(by_id[child.id].is_record for child in children)


def _coverage_rows(expected: list[NodeMetrics], by_id: Mapping[str, NodeMetrics]) -> Iterator[CoverageRow]:
    for each in expected:
        children = [by_id[child.id] for child in each.node.children if not child.is_repeat]
        below = [child for child in children if child.is_record]
        with_owner = [bool(one.source.fact_values(OWNER_KEY)) for one in (each, *below)]
        with_indicators = [bool(one.indicators) for one in (each, *below)]
        actuals = [row.latest_actual is not None for one in (each, *below) for row in one.indicators]
        yield CoverageRow(
            node=each.node,
            records=Completeness(len(below), 0 if each.is_record else max(1, len(below))),
            owners=_own_or_below(with_owner),
            indicators=_own_or_below(with_indicators),
            actuals=Completeness(sum(actuals), len(actuals)),
        )


def _own_or_below(present: list[bool]) -> Completeness:
    """Return how many records have a value; a value of the node itself, the first item, is enough for all."""
    own, *below = present
    counted = below if below and not own else [own]
    return Completeness(sum(counted), len(counted))
