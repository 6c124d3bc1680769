"""The plan as StratML (ISO 17469): strategy markup that other tools and countries read.

StratML knows two levels, goals and objectives. The top branches are its goals; its objectives are the level above the
last one in use. What lies between or beneath stands in their texts, so nothing is left out. Part 1 holds the plan,
Part 2 the same with its indicators.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree as ET

from handbook.export.stratml_fields import other_information, stakeholders
from handbook.model import COUNT_PREFIX, WIKI_LINK, Indicator, Site, TreeNode, YearValue

CORE_NAMESPACE = "urn:ISO:std:iso:17469:tech:xsd:stratml_core"
PERFORMANCE_NAMESPACE = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"


@dataclass(frozen=True, slots=True)
class _Objective:
    """An entry that becomes an objective, and all whose indicators it bears."""

    entry: TreeNode
    trail: tuple[TreeNode, ...]
    """What lies between it and its goal."""
    indicator_nodes: tuple[TreeNode, ...]


def stratml_core(site: Site) -> bytes:
    """Return the plan after Part 1."""
    return _serialize_stratml(site, CORE_NAMESPACE, "StrategicPlan", {}, gauged=False)


def stratml_performance(site: Site) -> bytes:
    """Return the plan with its indicators after Part 2."""
    reported = any(indicator.actuals for entry in site.tree_nodes for indicator in entry.node.indicators)
    kind = "Performance_Report" if reported else "Performance_Plan"
    return _serialize_stratml(site, PERFORMANCE_NAMESPACE, "PerformancePlanOrReport", {"Type": kind}, gauged=True)


def _serialize_stratml(site: Site, space: str, root: str, about: dict[str, str], *, gauged: bool) -> bytes:
    plan = site.plan
    words = _NodeTexts(site)
    top = ET.Element(root, {"xmlns": space, **about})
    _add_text_element(top, "Name", plan.name)
    _add_text_element(top, "Description", words.plain_text(plan.text.text) if plan.text else "")
    said = f"利用条件: {plan.licence or '原典に記載なし'}"
    _add_text_element(
        top, "OtherInformation", "\n".join(filter(None, (said, f"連絡先: {plan.contact}" if plan.contact else "")))
    )
    core = ET.SubElement(top, "StrategicPlanCore")
    if plan.municipality:
        whose = ET.SubElement(core, "Organization")
        _add_text_element(whose, "Name", plan.municipality)
        _add_text_element(whose, "Identifier", "_organization")
        for section in plan.departments:
            holder = ET.SubElement(whose, "Stakeholder", {"StakeholderTypeType": "Organization"})
            _add_text_element(holder, "Name", section.name)
    if plan.subject:
        _add_text_element(ET.SubElement(core, "Vision"), "Description", plan.subject)
    if site.top_nodes and site.branches:
        told = (f"{head.name}\n{words.text(head)}".strip() for head in site.top_nodes)
        _add_text_element(ET.SubElement(core, "Mission"), "Description", "\n\n".join(told))
    for goal in site.branches or site.roots:
        _add_goal(core, goal, site, words, gauged=gauged)
    _add_administrative_information(top, site)
    ET.indent(top)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="unicode").encode() + b"\n"


def _add_goal(core: ET.Element, entry: TreeNode, site: Site, words: _NodeTexts, *, gauged: bool) -> None:
    goal = ET.SubElement(core, "Goal")
    _add_text_element(goal, "Name", entry.name)
    _add_text_element(goal, "Description", words.text(entry) or entry.name)
    if not entry.is_repeat:
        _add_text_element(goal, "Identifier", entry.id)
    _add_text_element(goal, "SequenceIndicator", entry.number.replace("-", "."))
    _add_stakeholders(goal, entry)
    _add_text_element(goal, "OtherInformation", words.note(entry))
    if gauged and entry.node.indicators and not entry.is_repeat:
        # A goal bears no indicator of its own in StratML.
        own = ET.SubElement(goal, "Objective")
        _add_text_element(own, "Name", entry.name)
        _add_text_element(own, "OtherInformation", f"{entry.level.name}そのものの指標")
        _add_indicators(own, (entry,), entry)
    for objective in _objectives(entry.children, (), _rank(site)):
        _add_objective(goal, objective, words, gauged=gauged)


def _rank(site: Site) -> int:
    """Return the rank of the level whose entries are objectives."""
    ranks = [level.rank for level in site.structure_levels]
    top = min((branch.level.rank for branch in site.branches), default=0)
    return ranks[-2] if len(ranks) > 1 and ranks[-2] > top else ranks[-1]


def _objectives(entries: Iterable[TreeNode], trail: tuple[TreeNode, ...], rank: int) -> Iterator[_Objective]:
    """Yield the objectives beneath a goal; an entry that has none beneath it is one itself."""
    for entry in entries:
        if entry.level.rank >= rank or not entry.children:
            own = tuple(each for each in entry.walk() if not each.is_repeat)
            # Indicators of what lies between come with the first objective beneath it.
            yield _Objective(entry, trail, own)
        else:
            beneath = list(_objectives(entry.children, (*trail, entry), rank))
            first = beneath[0]
            yield _Objective(first.entry, first.trail, (entry, *first.indicator_nodes))
            yield from beneath[1:]


def _add_objective(goal: ET.Element, held: _Objective, words: _NodeTexts, *, gauged: bool) -> None:
    entry = held.entry
    made = ET.SubElement(goal, "Objective")
    _add_text_element(made, "Name", entry.name)
    _add_text_element(made, "Description", words.text(entry))
    if not entry.is_repeat:
        _add_text_element(made, "Identifier", entry.id)
    _add_text_element(made, "SequenceIndicator", entry.number.replace("-", "."))
    _add_stakeholders(made, entry)
    over = [f"{each.level.name}: {each.name}" for each in held.trail]
    over += [words.text(each) for each in held.trail]
    again = ["再掲（くわしくは、もとの場所にあります）"] if entry.is_repeat else []
    told = (*over, *again, words.note(entry), *(words.descendants_text(child, 0) for child in entry.children))
    _add_text_element(made, "OtherInformation", "\n".join(filter(None, told)))
    if gauged:
        _add_indicators(made, held.indicator_nodes, entry)


def _add_stakeholders(made: ET.Element, entry: TreeNode) -> None:
    """Say for whom something is, and which sections do it."""
    for kind, name, role in stakeholders(entry.node):
        holder = ET.SubElement(made, "Stakeholder", {"StakeholderTypeType": kind})
        _add_text_element(holder, "Name", name)
        _add_text_element(holder, "Description", role)


def _add_indicators(made: ET.Element, entries: Iterable[TreeNode], owner: TreeNode) -> None:
    for entry in entries:
        for number, indicator in enumerate(entry.node.indicators, 1):
            _indicator_dict(made, entry, indicator, number, owner)


def _indicator_dict(made: ET.Element, entry: TreeNode, indicator: Indicator, number: int, owner: TreeNode) -> None:
    found = ET.SubElement(made, "PerformanceIndicator", {"PerformanceIndicatorType": "Quantitative"})
    _add_text_element(found, "MeasurementDimension", indicator.name)
    ET.SubElement(found, "UnitOfMeasurement").text = indicator.unit
    _add_text_element(found, "Identifier", f"{entry.id}_{number}")
    instance = ET.SubElement(found, "MeasurementInstance")
    for amount in indicator.targets:
        _add_value(instance, "TargetResult", amount, "目標値")
    if indicator.baseline:
        _add_value(instance, "ActualResult", indicator.baseline, "基準値")
    for amount in indicator.actuals:
        _add_value(instance, "ActualResult", amount, "実績値")
    if not len(instance):
        found.remove(instance)
    told = (
        f"向き: {indicator.better}" if indicator.better else "",
        f"{entry.level.name}: {entry.name}" if entry is not owner else "",
    )
    _add_text_element(found, "OtherInformation", "\n".join(filter(None, told)))


def _add_value(instance: ET.Element, name: str, amount: YearValue, kind: str) -> None:
    """Write one value: the financial year as its days. A value that openly does not exist has no number."""
    made = ET.SubElement(instance, name)
    _add_text_element(made, "StartDate", f"{amount.year}-04-01")
    _add_text_element(made, "EndDate", f"{amount.year + 1}-03-31")
    if isinstance(amount.value, Decimal):
        _add_text_element(made, "NumberOfUnits", f"{amount.value:f}")
    _add_text_element(
        made,
        "Description",
        f"{kind}（{amount.year_label}）" + ("" if amount.value is not None else f": {amount.formatted}"),
    )


def _add_administrative_information(top: ET.Element, site: Site) -> None:
    plan = site.plan
    held = ET.SubElement(top, "AdministrativeInformation")
    if plan.period:
        _add_text_element(held, "StartDate", f"{plan.period.first}-04-01")
        _add_text_element(held, "EndDate", f"{plan.period.last + 1}-03-31")
    _add_text_element(held, "PublicationDate", plan.last_change_date)
    _add_text_element(held, "Source", plan.base_url)
    if not len(held):
        top.remove(held)


def _add_text_element(parent: ET.Element, name: str, words: str) -> None:
    if words.strip():
        ET.SubElement(parent, name).text = words


class _NodeTexts:
    """A node's texts with the names that their links stand for."""

    def __init__(self, site: Site) -> None:
        self.names = {entry.id: entry.name for entry in site.tree_nodes}
        self.names |= {f"{COUNT_PREFIX}{count.level.name}": f"{count.count}" for count in site.level_counts}

    def plain_text(self, text: str) -> str:
        """Return a text without our own marks."""
        return WIKI_LINK.sub(lambda found: found["words"] or self.names[found["target"]], text).strip()

    def text(self, entry: TreeNode) -> str:
        """Return what a node says; one that is shown again says it elsewhere."""
        return self.plain_text(entry.node.text.text) if entry.node.text and not entry.is_repeat else ""

    def note(self, entry: TreeNode) -> str:
        """Return an editor's note, and the years."""
        if entry.is_repeat:
            return ""
        return "\n".join(other_information(entry.node, self.plain_text))

    def descendants_text(self, entry: TreeNode, depth: int) -> str:
        """Return an entry below an objective, and all beneath it, as lines."""
        again = "（再掲）" if entry.is_repeat else ""
        own = f"{entry.level.name}: {entry.name}{again}"
        said = (own, self.text(entry), self.note(entry))
        lines = [f"{'  ' * depth}{line}" for words in said if words for line in words.split("\n")]
        return "\n".join([*lines, *(self.descendants_text(child, depth + 1) for child in entry.children)])
