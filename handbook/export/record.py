"""The plan as nested plain values under its own keys: what plan.json holds, and what every table is cut from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from handbook import years
from handbook.fields import NODE_FIELDS, fields_by_name
from handbook.model import Amount, Department, Entry, Indicator, Level, Node, Plan, Prose, Review, Site
from handbook.patterns import NO_VALUE_WORD
from handbook.tables import AGAIN, BENEATH, LEVEL_OF, LIST_FORMS, PAGE, PLACE, YEAR
from handbook.years import Period

Record = dict[str, Any]
"""Texts, lists, years as int, quantities as Decimal; what is not said is not there."""
_NODE = fields_by_name(NODE_FIELDS)


def whole(site: Site) -> Record:
    """Return all that the plan says, and for each node where it stands."""
    plan = site.plan
    return {
        "計画": _about(plan),
        "階層": [_level(level) for level in plan.levels],
        "対象": list(plan.audiences),
        "組織": [_section(section) for section in plan.departments],
        "異表記": [list(row) for row in plan.spellings],
        BENEATH: [_node(entry, plan.permalink) for entry in site.roots],
    }


def _about(plan: Plan) -> Record:
    return _present(
        {
            "名称": plan.name,
            "自治体": plan.municipality,
            "主題": plan.subject,
            "本文": _text(plan.text),
            "期間": typed(plan.period),
            "連絡先": plan.contact,
            "ライセンス": plan.licence,
            "公開URL": plan.permalink,
            "リポジトリ": plan.repository.home if plan.repository else "",
            "更新日": plan.updated,
            "対象の注記": plan.audience_note,
        }
    )


def typed(period: Period | None) -> str:
    """Write a period as an editor does."""
    if not period:
        return ""
    ends = dict.fromkeys((years.short(period.first), years.short(period.last)))
    return "〜".join(ends)


def _level(level: Level) -> Record:
    return _present({"名称": level.name, "path": level.path, "記号": level.mark, "必須": list(level.required)})


def _section(section: Department) -> Record:
    former = [{"名称": name.name, "まで": name.until} for name in section.former]
    return _present({"名称": section.name, "id": section.id, "旧名称": former, "電話": section.phone})


def _node(entry: Entry, home: str) -> Record:
    if entry.again:
        return {LEVEL_OF: entry.level.name, AGAIN: entry.id}
    node = entry.node
    said = _said(node)
    return _present(
        {
            LEVEL_OF: entry.level.name,
            PLACE: entry.number,
            **{key.name: said[key.name] for key in NODE_FIELDS if key.name in said},
            PAGE: home + entry.path,
            BENEATH: [_node(child, home) for child in entry.children],
        }
    )


def _said(node: Node) -> Record:
    facts = {
        fact.name: list(fact.values) if _NODE[fact.name].type in LIST_FORMS else fact.values[0] for fact in node.facts
    }
    return facts | {
        "id": node.id,
        "名称": node.name,
        "よみ": node.reading,
        "本文": _text(node.text),
        "予算": _amounts(node.budget, "予算"),
        "指標": [_indicator(indicator) for indicator in node.indicators],
        "評価": [_review(review) for review in node.reviews],
        "関連": list(node.related),
        "リンク": [{"名称": link.words, "URL": link.href} for link in node.links],
        "注記": _text(node.note),
        "以前のid": list(node.earlier),
    }


def _indicator(indicator: Indicator) -> Record:
    baseline = indicator.baseline
    return _present(
        {
            "名称": indicator.name,
            "単位": indicator.unit,
            "向き": indicator.aim,
            "基準値": {"値": baseline.value, YEAR: baseline.year} if baseline else None,
            "目標値": _amounts(indicator.targets, "目標値"),
            "実績値": _amounts(indicator.actuals, "実績値"),
        }
    )


def _review(review: Review) -> Record:
    said = {"評価": review.verdict, "課題": _text(review.issue), "今後の方向性": _text(review.direction)}
    return {YEAR: review.year, **_present(said)}


def _amounts(amounts: Iterable[Amount], name: str) -> list[Record]:
    return [{YEAR: each.year, name: NO_VALUE_WORD if each.value is None else each.value} for each in amounts]


def _text(prose: Prose | None) -> str:
    return prose.text if prose else ""


def _present(said: Mapping[str, Any]) -> Record:
    return {name: value for name, value in said.items() if value not in ("", None, [], {})}
