"""A table or our own data → a plan.yaml, and every doubt about it. The only room beside load that reads a file.

Inside: `sheets` opens files from outside, `archive` measures a workbook before, `records` reads our own tables back,
`nested` our plan.json, `heading` and `structure` a structure table with merged or lost cells, `typed` writes the plan
as a clerk would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.importer import from_json, spreadsheets, yaml_writer
from handbook.importer.from_grid import GridImporter
from handbook.importer.from_tables import MetricsBuilder, is_exported_table
from handbook.json_types import JsonObject, objects, string
from handbook.model import ImportResult
from handbook.table_specs import (
    CHILDREN_KEY,
    LEVEL_COLUMN,
    REPEAT_COLUMN,
    STRUCTURE_SHEET_NAME,
    all_tables,
    nodes_table,
)

GENERATED_IDS_MESSAGE = (
    "id と階層の path は仮のもの（level-1-1 など）です。ページの住所になるので、公開の前によい名前に直してください"
)
MISSING_PAGES_MESSAGE = (
    "content/pages/ の文章と絵は、データに入っていません。要るものは元のフォルダーから写してください"
)


def import_plan(path: Path) -> ImportResult:
    """Return the plan that a file holds. Raises SourceError where it cannot be one."""
    ending = path.suffix.lower()
    if ending == ".json":
        text, told = spreadsheets.decode_csv(spreadsheets.read_import_file(path), path)
        whole, doubts = from_json.read_plan_json(text, path)
        return _import_result(whole, doubts, (told, MISSING_PAGES_MESSAGE))
    if ending == ".xlsx":
        book = {sheet.name: sheet for sheet in spreadsheets.read_xlsx(path)}
        if nodes_table().title in book and is_exported_table(book[nodes_table().title]):
            ours = {table.name: book[table.title] for table in all_tables() if table.title in book}
            return _import_tables(ours, guarded=False, told=())
        filled = [sheet for sheet in book.values() if sheet.cells]
        if not filled:
            raise SourceError(
                [Diagnostic(SourceSpan(path.name, 1, 1), "empty-file", "どのシートにも何も書かれていません")]
            )
        chosen = (
            book[STRUCTURE_SHEET_NAME]
            if STRUCTURE_SHEET_NAME in book and book[STRUCTURE_SHEET_NAME].cells
            else filled[0]
        )
        others = "、".join(f"`{sheet.name}`" for sheet in filled if sheet is not chosen)
        return _import_grid(
            chosen, f"読んだのはシート `{chosen.name}` です。{others} は読みませんでした" if others else ""
        )
    sheet, told = spreadsheets.read_csv(path)
    if is_exported_table(sheet):
        return _import_tables(dict(_sibling_tables(path, sheet)), guarded=True, told=(told,))
    return _import_grid(sheet, told)


def _sibling_tables(path: Path, sheet: spreadsheets.Sheet) -> Iterator[tuple[str, spreadsheets.Sheet]]:
    """Yield the tables that lie beside a plan.csv."""
    yield nodes_table().name, sheet
    for table in all_tables()[1:]:
        other = path.with_name(f"{table.name}.csv")
        if other.exists():
            yield table.name, spreadsheets.read_csv(other)[0]


def _import_tables(found: Mapping[str, spreadsheets.Sheet], *, guarded: bool, told: tuple[str, ...]) -> ImportResult:
    records = MetricsBuilder(found, guarded=guarded)
    whole = records.plan_dict()
    missing = "、".join(
        f"`{table.name}.csv`" if guarded else f"`{table.title}`" for table in all_tables() if table.name not in found
    )
    where = "となりに" if guarded else "シートに"
    lacking = f"{where} {missing} がないので、その内容は入っていません" if missing else ""
    return _import_result(whole, records.doubts, (*told, lacking, MISSING_PAGES_MESSAGE))


def _import_grid(sheet: spreadsheets.Sheet, told: str) -> ImportResult:
    structure = GridImporter(sheet)
    whole = structure.plan_dict()
    return _import_result(whole, structure.doubts, (told, GENERATED_IDS_MESSAGE))


def _import_result(whole: JsonObject, doubts: Iterable[Diagnostic], told: Iterable[str]) -> ImportResult:
    found = Counter(_levels(objects(whole, CHILDREN_KEY)))
    names = [string(level, "名称") for level in objects(whole, "階層") if "名称" in level]
    counts = tuple((name, found[name]) for name in names)
    return ImportResult(
        yaml_writer.plan_yaml_text(whole), counts, tuple(sorted(set(doubts))), tuple(filter(None, told))
    )


def _levels(nodes: Iterable[JsonObject]) -> Iterator[str]:
    """Yield the level of each node, those shown again left out."""
    for node in nodes:
        if REPEAT_COLUMN not in node:
            yield string(node, LEVEL_COLUMN)
            yield from _levels(objects(node, CHILDREN_KEY))
