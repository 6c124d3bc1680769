"""Build the Plan from the values of plan.yaml and the files next to it."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.model import OutputFile, Plan, PublishedPath, Repository
from handbook.parse.content.reader import Content
from handbook.parse.plan_reader import PlanReader


def assemble_plan(
    reader: PlanReader,
    content: Content,
    *,
    change_date: str = "",
    repository: Repository | None = None,
    schema: OutputFile | None = None,
    published_paths: Iterable[PublishedPath] = (),
) -> Plan:
    """Return the plan. `change_date`, `""` if unknown, is used if plan.yaml has no `更新日`."""
    values = dict(reader.plan)
    if "公開URL" in values:
        values["公開URL"] = f"{values['公開URL']}".rstrip("/") + "/"
    values.pop("リポジトリ", None)
    if repository:
        values["リポジトリ"] = repository.home_url
    if change_date:
        values.setdefault("更新日", change_date)
    return Plan(
        values=values,
        repository=repository,
        vocabularies=reader.vocabularies,
        departments=reader.departments,
        spellings=reader.spellings,
        levels=reader.levels,
        schema_file=schema,
        root_items=reader.items,
        free_pages=tuple(content.free_pages),
        terms=tuple(content.terms),
        published_paths=tuple(published_paths),
        former_addresses=tuple(reader.records.former_addresses),
        new_field_place=reader.new_field_place,
        images=tuple(content.images),
    )
