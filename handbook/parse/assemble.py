"""A tree that was read and what stands beside it → the Plan."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.model import OutputFile, Plan, PublishedPath, Repository
from handbook.parse.content import Content
from handbook.parse.plan_reader import PlanReader


def assemble_plan(
    tree: PlanReader,
    beside: Content,
    *,
    day: str = "",
    repository: Repository | None = None,
    schema: OutputFile | None = None,
    addresses: Iterable[PublishedPath] = (),
) -> Plan:
    """Return the plan; `day` is that of the last change, where the plan itself tells none."""
    values = dict(tree.plan)
    if "公開URL" in values:
        values["公開URL"] = f"{values['公開URL']}".rstrip("/") + "/"
    values.pop("リポジトリ", None)
    if repository:
        values["リポジトリ"] = repository.home_url
    if day:
        values.setdefault("更新日", day)
    return Plan(
        values=values,
        repository=repository,
        vocabularies=tree.vocabularies,
        departments=tree.departments,
        spellings=tree.spellings,
        levels=tree.levels,
        schema_file=schema,
        root_items=tree.items,
        free_pages=tuple(beside.free_pages),
        terms=tuple(beside.terms),
        published_paths=tuple(addresses),
        images=tuple(beside.images),
    )
