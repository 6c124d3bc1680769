"""Convert a table or exported data to a plan.yaml, with a warning for each ambiguous cell.

`spreadsheets` reads CSV (`text_encoding`) and Excel files (`workbooks`, after `xlsx_safety` has measured the file) as
a `sheet`: `cell_kinds` and `number_formats` read its single cells. `from_tables` reads exported tables by their
`table_lines` and `cell_conversions`: `node_rows` the tree, `record_rows` the records. `from_json` reads plan.json,
`grid_heading` and `from_grid` a structure table with merged or missing cells. `yaml_writer` writes the `result`, and
`comparison` compares exported tables with those of the read plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.importer import from_json, spreadsheets, yaml_writer
from handbook.importer.comparison import compare_sheets
from handbook.importer.from_grid import GridImporter
from handbook.importer.from_tables import TablesImporter
from handbook.importer.grouping import grouped
from handbook.importer.json_comparison import compare_json
from handbook.importer.result import ImportResult
from handbook.importer.sheet import Sheet
from handbook.importer.table_lines import headings, is_exported_table, remarks
from handbook.json_types import JsonObject, objects, string
from handbook.table_specs import (
    CHILDREN_KEY,
    LEVEL_COLUMN,
    REPEAT_COLUMN,
    STRUCTURE_SHEET_NAME,
    TableSpec,
    all_tables,
    nodes_table,
    record_tables,
)

__all__ = [
    "ImportResult",
    "compared_with_csv",
    "compared_with_json",
    "compared_with_workbook",
    "grouped",
    "import_plan",
]
GENERATED_IDS_MESSAGE = (
    "id と階層の path は仮のもの（level-1-1 など）です。ページの住所になるので、公開の前によい名前に直してください"
)
_MISSING_SHEET_HINT = "シートの名前を元に戻します。構造図だけから作るときは、ほかのシートを消します"
MISSING_PAGES_MESSAGE = (
    "content/pages/ の文章と絵は、データに入っていません。要るものは元のフォルダーから写してください"
)


def import_plan(path: Path) -> ImportResult:
    """Return the plan in a file. Raises SourceError if the file is unreadable or contains no plan.

    The plan may have errors, and sheets that the import does not use: the caller reads the plan, and compares the
    sheets with those of the read plan.
    """
    suffix = path.suffix.lower()
    if suffix == ".json":
        text, message = spreadsheets.decode_text(spreadsheets.read_import_file(path), path)
        plan, warnings, raw = from_json.read_plan_json(text, path)
        result = _import_result(path, plan, warnings=warnings, messages=(message, MISSING_PAGES_MESSAGE))
        return replace(result, raw_json=raw)
    if suffix == ".xlsx":
        sheets = spreadsheets.read_xlsx(path)
        by_name = {sheet.name: sheet for sheet in sheets}
        if nodes_table().title in by_name and is_exported_table(by_name[nodes_table().title]):
            tables = {table.name: by_name[table.title] for table in all_tables() if table.title in by_name}
            return _import_tables(path, tables, sheets, is_csv=False)
        if exported := [sheet for sheet in sheets if _is_other_exported_table(sheet)]:
            message = f"この道具の表のようですが、シート `{nodes_table().title}` がありません"
            raise SourceError([exported[0].warning(1, 1, "missing-sheet", message, _MISSING_SHEET_HINT)])
        return _import_grid(path, *_structure_sheet(sheets, path))
    sheet, message = spreadsheets.read_csv(path)
    if is_exported_table(sheet):
        siblings = dict(_sibling_tables(path, sheet))
        tables = {table.name: siblings[name] for table in all_tables() if (name := f"{table.name}.csv") in siblings}
        tables[nodes_table().name] = sheet
        return _import_tables(path, tables, tuple(siblings.values()), is_csv=True, messages=(message,))
    return _import_grid(path, sheet, [], message)


def compared_with_workbook(result: ImportResult, workbook: bytes, tables: Mapping[str, TableSpec]) -> list[Diagnostic]:
    """Return a warning for each cell of an imported workbook that the workbook of the read plan has differently.

    `tables` by the names of the sheets.
    """
    expected = {sheet.name: sheet for sheet in spreadsheets.xlsx_sheets(workbook, Path(result.file))}
    return compare_sheets(result.sheets, expected, tables, result.warnings)


def compared_with_csv(result: ImportResult, files: Mapping[str, tuple[bytes, TableSpec]]) -> list[Diagnostic]:
    """Return a warning for each cell of imported CSV files that the files of the read plan have differently."""
    names = {f"{nodes_table().name}.csv": result.file}
    expected = {
        names.get(name, name): spreadsheets.csv_sheet(data.decode("utf-8-sig"), Path(name))
        for name, (data, _) in files.items()
    }
    tables = {names.get(name, name): table for name, (_, table) in files.items()}
    return compare_sheets(result.sheets, expected, tables, result.warnings)


def compared_with_json(result: ImportResult, plan: JsonObject) -> list[Diagnostic]:
    """Return a warning for each value of an imported plan.json that differs from the plan.json of the read plan."""
    return list(compare_json(result.raw_json, plan, result.file))


def _is_other_exported_table(sheet: Sheet) -> bool:
    """Return whether a sheet is an exported table that refers to the nodes."""
    return any(sheet.name == table.title and headings(sheet).keys() >= {*table.key} for table in record_tables())


def _sibling_tables(path: Path, sheet: Sheet) -> Iterator[tuple[str, Sheet]]:
    """Yield plan.csv and the other exported tables in its folder, by their file names."""
    yield path.name, sheet
    names = {f"{table.name}.csv" for table in all_tables()[1:]}
    for other in sorted(path.parent.glob("*.csv")):
        if other.name in names or (other.name.startswith("level-") and other != path):
            yield other.name, spreadsheets.read_csv(other)[0]


def _structure_sheet(sheets: Sequence[Sheet], path: Path) -> tuple[Sheet, list[Diagnostic], str]:
    """Return the sheet with the structure table, a warning for each other sheet, and a message about the choice."""
    filled = [sheet for sheet in sheets if sheet.cells]
    if not filled:
        raise SourceError([Diagnostic(SourceSpan(path.name, 1, 1), "empty-file", "どのシートにも何も書かれていません")])
    chosen = min(filled, key=lambda sheet: (sheet.is_hidden, sheet.name != STRUCTURE_SHEET_NAME))
    others = [sheet for sheet in filled if sheet is not chosen]
    warnings = [
        sheet.warning(*min(sheet.cells), "unused-sheet", f"{len(sheet.cells)} セルがあるこのシートは読みませんでした")
        for sheet in others
    ]
    return chosen, warnings, f"読んだのはシート `{chosen.name}` だけです" if others else ""


def _import_tables(
    path: Path, tables: Mapping[str, Sheet], sheets: tuple[Sheet, ...], *, is_csv: bool, messages: tuple[str, ...] = ()
) -> ImportResult:
    importer = TablesImporter(tables, formulas_escaped=is_csv)
    plan = importer.plan_dict()
    missing_tables = "、".join(
        f"`{table.name}.csv`" if is_csv else f"`{table.title}`" for table in all_tables() if table.name not in tables
    )
    location = "となりに" if is_csv else "シートに"
    missing_message = f"{location} {missing_tables} がないので、その内容は入っていません" if missing_tables else ""
    return _import_result(
        path,
        plan,
        warnings=[*importer.warnings, *remarks(sheets)],
        messages=(*messages, missing_message, MISSING_PAGES_MESSAGE),
        errors=importer.errors,
        sheets=sheets,
    )


def _import_grid(path: Path, sheet: Sheet, warnings: list[Diagnostic], message: str) -> ImportResult:
    importer = GridImporter(sheet)
    plan = importer.plan_dict()
    messages = message, GENERATED_IDS_MESSAGE
    return _import_result(path, plan, warnings=[*warnings, *importer.warnings], messages=messages)


def _import_result(
    path: Path,
    plan: JsonObject,
    *,
    warnings: Iterable[Diagnostic],
    messages: Iterable[str],
    errors: Iterable[Diagnostic] = (),
    sheets: tuple[Sheet, ...] = (),
) -> ImportResult:
    node_counts = Counter(_levels(objects(plan, CHILDREN_KEY)))
    names = [string(level, "名称") for level in objects(plan, "階層") if "名称" in level]
    return ImportResult(
        lines=tuple(yaml_writer.plan_yaml_lines(plan)),
        counts=tuple((str(name), node_counts[name]) for name in names),
        warnings=grouped(warnings),
        errors=grouped(errors),
        messages=tuple(filter(None, messages)),
        file=path.name,
        sheets=sheets,
    )


def _levels(nodes: Iterable[JsonObject]) -> Iterator[str]:
    """Yield the level of each node, without repeats."""
    for node in nodes:
        if REPEAT_COLUMN not in node:
            yield string(node, LEVEL_COLUMN)
            yield from _levels(objects(node, CHILDREN_KEY))
