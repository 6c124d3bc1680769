"""Convert a table or exported data to a plan.yaml, with a warning for each ambiguous cell.

`spreadsheets` reads CSV and Excel files, after `xlsx_safety` has measured a workbook. `from_tables` and `from_json`
read exported data, `grid_heading` and `from_grid` a structure table with merged or missing cells. `yaml_writer` writes
the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.importer import from_json, spreadsheets, yaml_writer
from handbook.importer.from_grid import GridImporter
from handbook.importer.from_tables import TablesImporter
from handbook.importer.table_lines import is_exported_table
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
    """Return the plan in a file. Raises SourceError if the file is unreadable or contains no plan."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        text, message = spreadsheets.decode_text(spreadsheets.read_import_file(path), path)
        plan, warnings = from_json.read_plan_json(text, path)
        return _import_result(plan, warnings, (message, MISSING_PAGES_MESSAGE))
    if suffix == ".xlsx":
        sheets = {sheet.name: sheet for sheet in spreadsheets.read_xlsx(path)}
        if nodes_table().title in sheets and is_exported_table(sheets[nodes_table().title]):
            tables = {table.name: sheets[table.title] for table in all_tables() if table.title in sheets}
            return _import_tables(tables, is_csv=False, messages=())
        filled_sheets = [sheet for sheet in sheets.values() if sheet.cells]
        if not filled_sheets:
            raise SourceError(
                [Diagnostic(SourceSpan(path.name, 1, 1), "empty-file", "どのシートにも何も書かれていません")]
            )
        chosen = (
            sheets[STRUCTURE_SHEET_NAME]
            if STRUCTURE_SHEET_NAME in sheets and sheets[STRUCTURE_SHEET_NAME].cells
            else filled_sheets[0]
        )
        other_names = "、".join(f"`{sheet.name}`" for sheet in filled_sheets if sheet is not chosen)
        return _import_grid(
            chosen, f"読んだのはシート `{chosen.name}` です。{other_names} は読みませんでした" if other_names else ""
        )
    sheet, message = spreadsheets.read_csv(path)
    if is_exported_table(sheet):
        return _import_tables(dict(_sibling_tables(path, sheet)), is_csv=True, messages=(message,))
    return _import_grid(sheet, message)


def _sibling_tables(path: Path, sheet: spreadsheets.Sheet) -> Iterator[tuple[str, spreadsheets.Sheet]]:
    """Yield plan.csv and the other exported tables in its folder."""
    yield nodes_table().name, sheet
    for table in all_tables()[1:]:
        other = path.with_name(f"{table.name}.csv")
        if other.exists():
            yield table.name, spreadsheets.read_csv(other)[0]


def _import_tables(
    tables: Mapping[str, spreadsheets.Sheet], *, is_csv: bool, messages: tuple[str, ...]
) -> ImportResult:
    importer = TablesImporter(tables, formulas_escaped=is_csv)
    plan = importer.plan_dict()
    missing_tables = "、".join(
        f"`{table.name}.csv`" if is_csv else f"`{table.title}`" for table in all_tables() if table.name not in tables
    )
    location = "となりに" if is_csv else "シートに"
    missing_message = f"{location} {missing_tables} がないので、その内容は入っていません" if missing_tables else ""
    return _import_result(plan, importer.warnings, (*messages, missing_message, MISSING_PAGES_MESSAGE))


def _import_grid(sheet: spreadsheets.Sheet, message: str) -> ImportResult:
    importer = GridImporter(sheet)
    plan = importer.plan_dict()
    return _import_result(plan, importer.warnings, (message, GENERATED_IDS_MESSAGE))


def _import_result(plan: JsonObject, warnings: Iterable[Diagnostic], messages: Iterable[str]) -> ImportResult:
    node_counts = Counter(_levels(objects(plan, CHILDREN_KEY)))
    names = [string(level, "名称") for level in objects(plan, "階層") if "名称" in level]
    counts = tuple((name, node_counts[name]) for name in names)
    return ImportResult(
        yaml_writer.plan_yaml_text(plan), counts, tuple(sorted(set(warnings))), tuple(filter(None, messages))
    )


def _levels(nodes: Iterable[JsonObject]) -> Iterator[str]:
    """Yield the level of each node, without repeats."""
    for node in nodes:
        if REPEAT_COLUMN not in node:
            yield string(node, LEVEL_COLUMN)
            yield from _levels(objects(node, CHILDREN_KEY))
