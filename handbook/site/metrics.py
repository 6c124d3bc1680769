"""Values computed from the records of a plan: for each node, for each branch and for the whole plan.

The pages of nodes, departments, years and progress, the coverage page and the charts are made from these values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from handbook.field_types import fields_by_name
from handbook.fields import AUDIENCE_KEY, DEPARTMENTS_KEY, OWNER_KEY, PARTNER_KEY, node_fields
from handbook.model import (
    ChartSpec,
    IndicatorStatus,
    NodeFact,
    NodeGroup,
    PageLink,
    Plan,
    PlanNode,
    Status,
    Totals,
    TreeNode,
    WorkRow,
    YearValue,
    value_texts,
)
from handbook.site.departments import department_links
from handbook.site.indicator_status import indicator_statuses, node_status
from handbook.site.tree import Tree

CATEGORY_KEY, PERIOD_KEY = "区分", "期間"
BUDGET_UNIT = "千円"
_CATEGORIES = fields_by_name(node_fields())[CATEGORY_KEY].choices
_RECORD_FIELDS = frozenset({OWNER_KEY, PARTNER_KEY, CATEGORY_KEY, PERIOD_KEY})


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMetrics:
    """The values computed from the records of one node."""

    node: TreeNode
    is_record: bool
    """Whether the node is on the innermost level, whose nodes are counted."""
    has_records: bool
    """Whether the node has a department, period, category, budget, indicator or review."""
    facts: tuple[NodeFact, ...]
    indicators: tuple[IndicatorStatus, ...]
    charts: tuple[ChartSpec, ...]
    """The charts of the indicators."""
    budget: ChartSpec | None
    """The chart of the budget; None if no budget is recorded."""
    row: WorkRow
    """The node as a row of a table."""

    @property
    def source(self) -> PlanNode:
        """The node as the plan defines it."""
        return self.node.node


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTotals:
    """The totals of the plan, of each branch and below each node."""

    plan: Totals
    by_branch: tuple[tuple[TreeNode, Totals], ...]
    """Each branch with the totals of itself and all nodes below it."""
    below_node: Mapping[str, Totals]
    """The totals of all nodes below a node, by its id. Leaves are missing."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """All values computed from the records of a plan."""

    nodes: tuple[NodeMetrics, ...]
    """The values of each node, in reading order."""
    totals: PlanTotals | None
    """None if the plan has no records."""


def plan_metrics(plan: Plan, tree: Tree, audience_groups: Iterable[NodeGroup]) -> Metrics:
    """Return the values of each node, of each branch and of the whole plan."""
    departments = department_links(plan)
    audiences = {group.name: PageLink(group.name, f"audiences.html#{group.anchor}") for group in audience_groups}
    nodes = tuple(_node_metrics(plan, node, audiences, departments) for node in tree.nodes)
    return Metrics(nodes, _plan_totals(plan, tree, nodes) if any(item.has_records for item in nodes) else None)


def _node_metrics(
    plan: Plan, node: TreeNode, audiences: Mapping[str, PageLink], departments: Mapping[str, PageLink]
) -> NodeMetrics:
    indicators = tuple(indicator_statuses(node))
    return NodeMetrics(
        node=node,
        is_record=is_on_record_level(plan, node),
        has_records=has_records(node),
        facts=tuple(_fact_rows(plan, node, audiences, departments)),
        indicators=indicators,
        charts=tuple(_indicator_chart(row) for row in indicators if row.chart_name),
        budget=budget_chart(node),
        row=WorkRow(
            node=node,
            category="".join(node.node.fact_values(CATEGORY_KEY)),
            period=str(node.node.period or ""),
            status=node_status(row.status for row in indicators),
            review=max(node.node.reviews, key=lambda review: review.year, default=None),
            owners=tuple(departments.get(name) or PageLink(name, "") for name in node.node.fact_values(OWNER_KEY)),
        ),
    )


def is_on_record_level(plan: Plan, node: TreeNode) -> bool:
    """Return whether a node is on the innermost level, which has the records."""
    return node.level is plan.levels[-1]


def has_records(node: TreeNode) -> bool:
    """Return whether a node has a department, period, category, budget, indicator or review."""
    source = node.node
    return not _RECORD_FIELDS.isdisjoint(source.values) or bool(source.budget or source.indicators or source.reviews)


def _fact_rows(
    plan: Plan, node: TreeNode, audiences: Mapping[str, PageLink], departments: Mapping[str, PageLink]
) -> Iterator[NodeFact]:
    """Yield the fields that a page lists as facts, with links to the pages of the node's departments and audiences."""
    links = {AUDIENCE_KEY: audiences, DEPARTMENTS_KEY: departments}
    for field in node_fields():
        if field.shown == "fact" and field.name in node.node.values:
            link_by_text = links.get(field.vocabulary, {})
            note = plan.audience_note if field.vocabulary == AUDIENCE_KEY else ""
            texts = value_texts(node.node.values[field.name])
            yield NodeFact(field.name, tuple(link_by_text.get(text) or PageLink(text, "") for text in texts), note)


def budget_chart(node: TreeNode) -> ChartSpec | None:
    """Return the budget of each year as a bar chart, or None if there is none."""
    if not node.node.budget:
        return None
    return ChartSpec(
        name=f"budget_{node.id}",
        title=f"{node.name} 予算",
        unit=BUDGET_UNIT,
        bars=node.node.budget,
        actuals=(),
        targets=(),
        baseline=None,
    )


def _indicator_chart(row: IndicatorStatus) -> ChartSpec:
    indicator = row.indicator
    baseline = indicator.baseline  # read once, because the chart compares by identity
    return ChartSpec(
        name=row.chart_name,
        title=indicator.name,
        unit=indicator.unit,
        bars=(),
        actuals=(*((baseline,) if baseline else ()), *indicator.actuals),
        targets=indicator.targets,
        baseline=baseline,
    )


def all_charts(metrics: Iterable[NodeMetrics]) -> Iterator[ChartSpec]:
    """Yield the charts of each node: first of its indicators, then of its budget."""
    for item in metrics:
        yield from item.charts
        if item.budget:
            yield item.budget


def value_in_year(amounts: Iterable[YearValue], year: int) -> YearValue | None:
    """Return the value of a year, or None."""
    return next((amount for amount in amounts if amount.year == year), None)


_Counts = Counter[tuple[str, str]]
"""The number of nodes, repeats, and of each category, status, verdict and indicator status, by (kind, value)."""


def _plan_totals(plan: Plan, tree: Tree, metrics: Iterable[NodeMetrics]) -> PlanTotals:
    """Return the totals of the plan, of each branch and of all nodes below each node. Each node is counted once."""
    by_id = {item.node.id: item for item in metrics}
    level = plan.levels[-1].name
    below: dict[str, Totals] = {}
    subtree_counts: dict[tuple[str, bool], _Counts] = {}

    def count(node: TreeNode) -> _Counts:
        """Return the counts of a node and of all nodes below it, and record the totals below each node."""
        counts = _sum(count(child) for child in node.children)
        if node.children:
            below[node.id] = _totals(level, counts)
        counts.update(_own_counts(by_id[node.id], is_repeat=node.is_repeat))
        subtree_counts[node.id, node.is_repeat] = counts
        return counts

    plan_counts = _sum(count(root) for root in tree.roots)
    branches = tuple((branch, _totals(level, subtree_counts[branch.id, branch.is_repeat])) for branch in tree.branches)
    return PlanTotals(plan=_totals(level, plan_counts), by_branch=branches, below_node=below)


def _own_counts(metrics: NodeMetrics, *, is_repeat: bool) -> _Counts:
    if is_repeat:
        return Counter([("repeat", "")] if metrics.is_record else [])
    counts: _Counts = Counter(("indicator", row.status) for row in metrics.indicators if row.status)
    if metrics.is_record:
        row = metrics.row
        verdict = row.review.verdict if row.review else ""
        values = [("category", row.category), ("status", row.status), ("verdict", verdict)]
        counts.update([("node", ""), *((kind, value) for kind, value in values if value)])
    return counts


def _sum(parts: Iterable[_Counts]) -> _Counts:
    total: _Counts = Counter()
    for part in parts:
        total.update(part)
    return total


def _totals(level: str, counts: _Counts) -> Totals:
    return Totals(
        level=level,
        node_count=counts["node", ""],
        repeat_count=counts["repeat", ""],
        category_counts=_value_counts(counts, "category", _CATEGORIES),
        status_counts=_value_counts(counts, "status", Status),
        verdict_counts=_value_counts(counts, "verdict", (value for kind, value in counts if kind == "verdict")),
        indicator_counts=_value_counts(counts, "indicator", Status),
    )


def _value_counts(counts: _Counts, kind: str, order: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return the values of a kind that occur, with their counts, in the given order."""
    return tuple((value, counts[kind, value]) for value in order if counts[kind, value])
