"""A tree that was read and what stands beside it → the Plan."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.load.content import Content
from handbook.load.tree import Tree
from handbook.model import Address, File, Plan, Repository


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
    values = dict(tree.plan)
    if "公開URL" in values:
        values["公開URL"] = f"{values['公開URL']}".rstrip("/") + "/"
    values.pop("リポジトリ", None)
    if repository:
        values["リポジトリ"] = repository.home
    if day:
        values.setdefault("更新日", day)
    return Plan(
        values=values,
        repository=repository,
        vocabularies=tree.vocabularies,
        departments=tree.departments,
        spellings=tree.spellings,
        levels=tree.levels,
        schema=schema,
        items=tree.items,
        leaves=tuple(beside.leaves),
        terms=tuple(beside.terms),
        addresses=tuple(addresses),
        images=tuple(beside.images),
    )
