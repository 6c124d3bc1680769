"""A tree that was read and what stands beside it → the Plan."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.load.content import Content
from handbook.load.tree import Tree
from handbook.model import Address, File, Plan, Repository
from handbook.years import period


def whole(
    tree: Tree,
    beside: Content,
    *,
    day: str = "",
    repository: Repository | None = None,
    schema: File | None = None,
    addresses: Iterable[Address] = (),
) -> Plan:
    """Return the plan; `day` is that of the last change, where the plan itself tells none."""
    about = tree.plan
    return Plan(
        name=about.get("名称", ""),
        municipality=about.get("自治体", ""),
        subject=about.get("主題", ""),
        text=tree.plan_text,
        period=period(about.get("期間", "")),
        contact=about.get("連絡先", ""),
        licence=about.get("ライセンス", ""),
        permalink=about["公開URL"].rstrip("/") + "/" if "公開URL" in about else "",
        repository=repository,
        updated=about.get("更新日", day),
        vocabularies=tree.vocabularies,
        departments=tree.departments,
        audience_note=about.get("対象の注記", ""),
        spellings=tree.spellings,
        levels=tree.levels,
        schema=schema,
        items=tree.items,
        leaves=tuple(beside.leaves),
        terms=tuple(beside.terms),
        addresses=tuple(addresses),
        images=tuple(beside.images),
    )
