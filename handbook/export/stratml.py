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
from handbook.model import COUNT, REFERENCE, Amount, Entry, Indicator, Site

PLAN = "urn:ISO:std:iso:17469:tech:xsd:stratml_core"
PERFORMANCE = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"


@dataclass(frozen=True, slots=True)
class _Objective:
    """An entry that becomes an objective, and all whose indicators it bears."""

    entry: Entry
    trail: tuple[Entry, ...]
    """What lies between it and its goal."""
    gauged: tuple[Entry, ...]


def strategy(site: Site) -> bytes:
    """Return the plan after Part 1."""
    return _written(site, PLAN, "StrategicPlan", {}, gauged=False)


def performance(site: Site) -> bytes:
    """Return the plan with its indicators after Part 2."""
    reported = any(indicator.actuals for entry in site.entries for indicator in entry.node.indicators)
    kind = "Performance_Report" if reported else "Performance_Plan"
    return _written(site, PERFORMANCE, "PerformancePlanOrReport", {"Type": kind}, gauged=True)


def _written(site: Site, space: str, root: str, about: dict[str, str], *, gauged: bool) -> bytes:
    plan = site.plan
    words = _Words(site)
    top = ET.Element(root, {"xmlns": space, **about})
    _say(top, "Name", plan.name)
    _say(top, "Description", words.plain(plan.text.text) if plan.text else "")
    said = f"利用条件: {plan.licence or '原典に記載なし'}"
    _say(top, "OtherInformation", "\n".join(filter(None, (said, f"連絡先: {plan.contact}" if plan.contact else ""))))
    core = ET.SubElement(top, "StrategicPlanCore")
    if plan.municipality:
        whose = ET.SubElement(core, "Organization")
        _say(whose, "Name", plan.municipality)
        _say(whose, "Identifier", "_organization")
        for section in plan.departments:
            holder = ET.SubElement(whose, "Stakeholder", {"StakeholderTypeType": "Organization"})
            _say(holder, "Name", section.name)
    if plan.subject:
        _say(ET.SubElement(core, "Vision"), "Description", plan.subject)
    if site.heads and site.branches:
        told = (f"{head.name}\n{words.text(head)}".strip() for head in site.heads)
        _say(ET.SubElement(core, "Mission"), "Description", "\n\n".join(told))
    for goal in site.branches or site.roots:
        _goal(core, goal, site, words, gauged=gauged)
    _administration(top, site)
    ET.indent(top)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="unicode").encode() + b"\n"


def _goal(core: ET.Element, entry: Entry, site: Site, words: _Words, *, gauged: bool) -> None:
    goal = ET.SubElement(core, "Goal")
    _say(goal, "Name", entry.name)
    _say(goal, "Description", words.text(entry) or entry.name)
    if not entry.again:
        _say(goal, "Identifier", entry.id)
    _say(goal, "SequenceIndicator", entry.number.replace("-", "."))
    _holders(goal, entry)
    _say(goal, "OtherInformation", words.note(entry))
    if gauged and entry.node.indicators and not entry.again:
        # A goal bears no indicator of its own in StratML.
        own = ET.SubElement(goal, "Objective")
        _say(own, "Name", entry.name)
        _say(own, "OtherInformation", f"{entry.level.name}そのものの指標")
        _indicators(own, (entry,), entry)
    for objective in _objectives(entry.children, (), _rank(site)):
        _objective(goal, objective, words, gauged=gauged)


def _rank(site: Site) -> int:
    """Return the rank of the level whose entries are objectives."""
    ranks = [level.rank for level in site.columns]
    top = min((branch.level.rank for branch in site.branches), default=0)
    return ranks[-2] if len(ranks) > 1 and ranks[-2] > top else ranks[-1]


def _objectives(entries: Iterable[Entry], trail: tuple[Entry, ...], rank: int) -> Iterator[_Objective]:
    """Yield the objectives beneath a goal; an entry that has none beneath it is one itself."""
    for entry in entries:
        if entry.level.rank >= rank or not entry.children:
            own = tuple(each for each in entry.walk() if not each.again)
            # Indicators of what lies between come with the first objective beneath it.
            yield _Objective(entry, trail, own)
        else:
            beneath = list(_objectives(entry.children, (*trail, entry), rank))
            first = beneath[0]
            yield _Objective(first.entry, first.trail, (entry, *first.gauged))
            yield from beneath[1:]


def _objective(goal: ET.Element, held: _Objective, words: _Words, *, gauged: bool) -> None:
    entry = held.entry
    made = ET.SubElement(goal, "Objective")
    _say(made, "Name", entry.name)
    _say(made, "Description", words.text(entry))
    if not entry.again:
        _say(made, "Identifier", entry.id)
    _say(made, "SequenceIndicator", entry.number.replace("-", "."))
    _holders(made, entry)
    over = [f"{each.level.name}: {each.name}" for each in held.trail]
    over += [words.text(each) for each in held.trail]
    again = ["再掲（くわしくは、もとの場所にあります）"] if entry.again else []
    told = (*over, *again, words.note(entry), *(words.beneath(child, 0) for child in entry.children))
    _say(made, "OtherInformation", "\n".join(filter(None, told)))
    if gauged:
        _indicators(made, held.gauged, entry)


def _holders(made: ET.Element, entry: Entry) -> None:
    """Say for whom something is, and which sections do it."""
    for kind, name, role in stakeholders(entry.node):
        holder = ET.SubElement(made, "Stakeholder", {"StakeholderTypeType": kind})
        _say(holder, "Name", name)
        _say(holder, "Description", role)


def _indicators(made: ET.Element, entries: Iterable[Entry], owner: Entry) -> None:
    for entry in entries:
        for number, indicator in enumerate(entry.node.indicators, 1):
            _indicator(made, entry, indicator, number, owner)


def _indicator(made: ET.Element, entry: Entry, indicator: Indicator, number: int, owner: Entry) -> None:
    found = ET.SubElement(made, "PerformanceIndicator", {"PerformanceIndicatorType": "Quantitative"})
    _say(found, "MeasurementDimension", indicator.name)
    ET.SubElement(found, "UnitOfMeasurement").text = indicator.unit
    _say(found, "Identifier", f"{entry.id}_{number}")
    instance = ET.SubElement(found, "MeasurementInstance")
    for amount in indicator.targets:
        _result(instance, "TargetResult", amount, "目標値")
    if indicator.baseline:
        _result(instance, "ActualResult", indicator.baseline, "基準値")
    for amount in indicator.actuals:
        _result(instance, "ActualResult", amount, "実績値")
    if not len(instance):
        found.remove(instance)
    told = (
        f"向き: {indicator.aim}" if indicator.aim else "",
        f"{entry.level.name}: {entry.name}" if entry is not owner else "",
    )
    _say(found, "OtherInformation", "\n".join(filter(None, told)))


def _result(instance: ET.Element, name: str, amount: Amount, kind: str) -> None:
    """Write one value: the financial year as its days. A value that openly does not exist has no number."""
    made = ET.SubElement(instance, name)
    _say(made, "StartDate", f"{amount.year}-04-01")
    _say(made, "EndDate", f"{amount.year + 1}-03-31")
    if isinstance(amount.value, Decimal):
        _say(made, "NumberOfUnits", f"{amount.value:f}")
    _say(made, "Description", f"{kind}（{amount.told}）" + ("" if amount.value is not None else f": {amount.words}"))


def _administration(top: ET.Element, site: Site) -> None:
    plan = site.plan
    held = ET.SubElement(top, "AdministrativeInformation")
    if plan.period:
        _say(held, "StartDate", f"{plan.period.first}-04-01")
        _say(held, "EndDate", f"{plan.period.last + 1}-03-31")
    _say(held, "PublicationDate", plan.updated)
    _say(held, "Source", plan.permalink)
    if not len(held):
        top.remove(held)


def _say(parent: ET.Element, name: str, words: str) -> None:
    if words.strip():
        ET.SubElement(parent, name).text = words


class _Words:
    """A node's texts with the names that their links stand for."""

    def __init__(self, site: Site) -> None:
        self.names = {entry.id: entry.name for entry in site.entries}
        self.names |= {f"{COUNT}{count.level.name}": f"{count.number}" for count in site.counts}

    def plain(self, text: str) -> str:
        """Return a text without our own marks."""
        return REFERENCE.sub(lambda found: found["words"] or self.names[found["target"]], text).strip()

    def text(self, entry: Entry) -> str:
        """Return what a node says; one that is shown again says it elsewhere."""
        return self.plain(entry.node.text.text) if entry.node.text and not entry.again else ""

    def note(self, entry: Entry) -> str:
        """Return an editor's note, and the years."""
        if entry.again:
            return ""
        return "\n".join(other_information(entry.node, self.plain))

    def beneath(self, entry: Entry, depth: int) -> str:
        """Return an entry below an objective, and all beneath it, as lines."""
        again = "（再掲）" if entry.again else ""
        own = f"{entry.level.name}: {entry.name}{again}"
        said = (own, self.text(entry), self.note(entry))
        lines = [f"{'  ' * depth}{line}" for words in said if words for line in words.split("\n")]
        return "\n".join([*lines, *(self.beneath(child, depth + 1) for child in entry.children)])
