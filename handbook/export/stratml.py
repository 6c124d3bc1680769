"""Export the plan as StratML (ISO 17469), an XML format for strategic plans.

StratML has two levels, goals and objectives. The goals are the top branches; the objectives are the nodes of the level
before the last one in use. Nodes between or below them become texts of the objectives, so that nothing is left out.
Part 1 contains the plan, Part 2 also its indicators. The template pages/stratml.xml writes the values of this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from handbook import fiscal_year
from handbook.export.stratml_fields import Stakeholder, other_information, stakeholders
from handbook.markdown_reader.places import replace_references
from handbook.model import COUNT_PREFIX, Indicator, Site, TreeNode, YearValue

TEMPLATE = "pages/stratml.xml"
CORE_NAMESPACE = "urn:ISO:std:iso:17469:tech:xsd:stratml_core"
PERFORMANCE_NAMESPACE = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"
TemplateRenderer = Callable[..., bytes]
"""Fills the template of this name with the variables given by keyword. Raises SourceError if the template is broken."""


class Result(NamedTuple):
    """A TargetResult or ActualResult of an indicator: the value of one fiscal year."""

    element: str
    start_date: str
    end_date: str
    number: str
    """Empty if the plan states that there is no value."""
    description: str


class PerformanceIndicator(NamedTuple):
    """An indicator with its values."""

    name: str
    unit: str
    identifier: str
    results: tuple[Result, ...]
    other_information: str


class Objective(NamedTuple):
    """A node that is an objective, or the indicators of a goal. An empty text has no element."""

    name: str
    description: str
    identifier: str
    sequence: str
    stakeholders: tuple[Stakeholder, ...]
    other_information: str
    indicators: tuple[PerformanceIndicator, ...]


class Goal(NamedTuple):
    """A node that is a goal. An empty text has no element."""

    name: str
    description: str
    identifier: str
    sequence: str
    stakeholders: tuple[Stakeholder, ...]
    other_information: str
    objectives: tuple[Objective, ...]


class _ObjectiveSource(NamedTuple):
    """The nodes from which an objective is built."""

    node: TreeNode
    ancestors: tuple[TreeNode, ...]
    """The nodes between the goal and `node`."""
    indicator_nodes: tuple[TreeNode, ...]


def stratml_core(site: Site, render: TemplateRenderer) -> bytes:
    """Return Part 1: the plan."""
    return _render(site, render, "StrategicPlan", CORE_NAMESPACE, "", with_indicators=False)


def stratml_performance(site: Site, render: TemplateRenderer) -> bytes:
    """Return Part 2: the plan with its indicators."""
    has_actuals = any(indicator.actuals for node in site.tree_nodes for indicator in node.node.indicators)
    kind = "Performance_Report" if has_actuals else "Performance_Plan"
    return _render(site, render, "PerformancePlanOrReport", PERFORMANCE_NAMESPACE, kind, with_indicators=True)


def _render(
    site: Site, render: TemplateRenderer, root: str, namespace: str, kind: str, *, with_indicators: bool
) -> bytes:
    plan, texts = site.plan, _NodeTexts(site)
    lines = [f"利用条件: {plan.licence}" if plan.licence else "", f"連絡先: {plan.contact}" if plan.contact else ""]
    lines += [f"{name}: {fact}" for name, fact in plan.facts]
    top_texts = (f"{node.name}\n{texts.text(node)}".strip() for node in site.top_nodes)
    return render(
        TEMPLATE,
        plan=plan,
        root=root,
        namespace=namespace,
        type=kind,
        description=texts.plain_text(plan.text.text) if plan.text else "",
        other_information="\n".join(filter(None, lines)),
        mission="\n\n".join(top_texts) if site.branches else "",
        goals=[_goal(node, site, texts, with_indicators=with_indicators) for node in site.branches or site.roots],
    )


def _goal(node: TreeNode, site: Site, texts: _NodeTexts, *, with_indicators: bool) -> Goal:
    sources = _objective_sources(node.children, (), _objective_rank(site))
    objectives = tuple(_objective(source, texts, with_indicators=with_indicators) for source in sources)
    if with_indicators and node.node.indicators and not node.is_repeat:
        # In StratML a goal has no indicators, so an objective of the same name contains them.
        remark = f"{node.level.name}そのものの指標"
        objectives = (Objective(node.name, "", "", "", (), remark, tuple(_indicators((node,), node))), *objectives)
    return Goal(
        name=node.name,
        description=texts.text(node) or node.name,
        identifier="" if node.is_repeat else node.id,
        sequence=node.number.replace("-", "."),
        stakeholders=tuple(stakeholders(node.node)),
        other_information=texts.note(node),
        objectives=objectives,
    )


def _objective_rank(site: Site) -> int:
    """Return the rank of the level whose nodes are objectives."""
    ranks = [level.rank for level in site.structure_levels]
    top = min((branch.level.rank for branch in site.branches), default=0)
    return ranks[-2] if len(ranks) > 1 and ranks[-2] > top else ranks[-1]


def _objective_sources(
    nodes: Iterable[TreeNode], ancestors: tuple[TreeNode, ...], rank: int
) -> Iterator[_ObjectiveSource]:
    """Yield the objectives below a goal. A node without children is an objective on any level."""
    for node in nodes:
        if node.level.rank >= rank or not node.children:
            indicator_nodes = tuple(descendant for descendant in node.walk() if not descendant.is_repeat)
            yield _ObjectiveSource(node, ancestors, indicator_nodes)
        else:
            # The first objective below a node between goal and objectives also contains the indicators of that node.
            first, *others = _objective_sources(node.children, (*ancestors, node), rank)
            yield first._replace(indicator_nodes=(node, *first.indicator_nodes))
            yield from others


def _objective(source: _ObjectiveSource, texts: _NodeTexts, *, with_indicators: bool) -> Objective:
    node = source.node
    lines = [f"{ancestor.level.name}: {ancestor.name}" for ancestor in source.ancestors]
    lines += [texts.text(ancestor) for ancestor in source.ancestors]
    lines += ["再掲（くわしくは、もとの場所にあります）"] if node.is_repeat else []
    lines += [texts.note(node), *(texts.descendants_text(child, 0) for child in node.children)]
    return Objective(
        name=node.name,
        description=texts.text(node),
        identifier="" if node.is_repeat else node.id,
        sequence=node.number.replace("-", "."),
        stakeholders=tuple(stakeholders(node.node)),
        other_information="\n".join(filter(None, lines)),
        indicators=tuple(_indicators(source.indicator_nodes, node)) if with_indicators else (),
    )


def _indicators(nodes: Iterable[TreeNode], owner: TreeNode) -> Iterator[PerformanceIndicator]:
    """Yield the indicators of the nodes. An indicator of another node than `owner` names that node."""
    for node in nodes:
        for number, indicator in enumerate(node.node.indicators, 1):
            lines = (
                f"向き: {indicator.direction}" if indicator.direction else "",
                f"{node.level.name}: {node.name}" if node is not owner else "",
                *(f"{name}: {fact}" for name, fact in indicator.facts),
            )
            yield PerformanceIndicator(
                name=indicator.name,
                unit=indicator.unit,
                identifier=f"{node.id}_{number}",
                results=tuple(_results(indicator)),
                other_information="\n".join(filter(None, lines)),
            )


def _results(indicator: Indicator) -> Iterator[Result]:
    yield from (_result("TargetResult", value, "目標値") for value in indicator.targets)
    if indicator.baseline:
        yield _result("ActualResult", indicator.baseline, "基準値")
    yield from (_result("ActualResult", value, "実績値") for value in indicator.actuals)


def _result(element: str, value: YearValue, kind: str) -> Result:
    return Result(
        element=element,
        start_date=fiscal_year.first_day(value.year),
        end_date=fiscal_year.last_day(value.year),
        number=f"{value.value:f}" if isinstance(value.value, Decimal) else "",
        description=f"{kind}（{value.year_label}）" + ("" if value.value is not None else f": {value.formatted}"),
    )


class _NodeTexts:
    """The texts of nodes, with links replaced by the names of their targets."""

    def __init__(self, site: Site) -> None:
        self.names = {node.id: node.name for node in site.tree_nodes}
        self.names |= {f"{COUNT_PREFIX}{count.level.name}": f"{count.node_count}" for count in site.level_counts}

    def plain_text(self, text: str) -> str:
        """Return Markdown with its `[[…]]` links replaced by text."""
        return replace_references(text, self._words).strip()

    def _words(self, reference: re.Match[str]) -> str:
        return (reference["words"] or "").strip() or self.names.get(reference["target"].strip(), reference[0])

    def text(self, node: TreeNode) -> str:
        """Return the text of a node; "" for a repeat, since the original has the text."""
        return self.plain_text(node.node.text.text) if node.node.text and not node.is_repeat else ""

    def note(self, node: TreeNode) -> str:
        """Return the other fields of a node and the note of the editors; "" for a repeat."""
        return "" if node.is_repeat else "\n".join(other_information(node.node, self.plain_text))

    def descendants_text(self, node: TreeNode, depth: int) -> str:
        """Return the lines of a node below an objective and of its descendants, indented by 2 for each depth."""
        suffix = "（再掲）" if node.is_repeat else ""
        texts = (f"{node.level.name}: {node.name}{suffix}", self.text(node), self.note(node))
        lines = [f"{'  ' * depth}{line}" for text in texts if text for line in text.split("\n")]
        return "\n".join([*lines, *(self.descendants_text(child, depth + 1) for child in node.children)])
