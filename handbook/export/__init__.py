"""Export the plan as open data: JSON, CSV, an Excel workbook, StratML and a DCAT description. Pure: Site → files.

`plan_dict` turns the plan into nested JSON values, `json_schema` describes them, and `rows` splits them into the tables
that handbook/table_specs.py defines. `serialize` writes JSON and CSV, `xlsx` the workbook, `stratml` the two StratML
files and `dcat` the description for data catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator

from handbook.export import dcat, json_schema, plan_dict, rows, serialize, stratml, xlsx
from handbook.json_types import JsonObject
from handbook.model import DataFile, OutputFile, Site
from handbook.table_specs import TableSpec

DATA_DIR = "data"
MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}


def export_files(site: Site, render: stratml.TemplateRenderer) -> tuple[DataFile, ...]:
    """Return every file of the open data, in the order of the page data.html. `render` fills the StratML template."""
    files = list(_plan_files(site, render))
    metadata = serialize.to_json_bytes(dcat.dataset_description(site, files))
    description = "データカタログや検索サイトのための説明（schema.org の Dataset と DCAT、JSON-LD）"
    return (*files, _data_file("dataset.json", metadata, "データの説明", description))


def _plan_files(site: Site, render: stratml.TemplateRenderer) -> Iterator[DataFile]:
    plan = plan_dict.plan_dict(site)
    tables = list(rows.table_rows(plan))
    description = (
        "表計算ソフトで開くファイル。下の CSV と同じ表が 1 枚ずつのシートになり、セルを結合した構造図のシートもあります"
    )
    yield _data_file("plan.xlsx", xlsx.workbook_bytes(site, tables), "Excel で開く、計画の全部の表", description)
    description = "計画の全部を、入れ子のまま 1 つにしたファイル。何も落としていません"
    plan = {"$schema": "plan-schema.json", **plan}
    yield _data_file("plan.json", serialize.to_json_bytes(plan), "計画の全部", description)
    description = "plan.json の項目の説明（JSON Schema）"
    yield _data_file(
        "plan-schema.json", serialize.to_json_bytes(json_schema.plan_json_schema()), "plan.json の説明", description
    )
    for table, table_rows in tables:
        yield _data_file(
            f"{table.name}.csv",
            serialize.to_csv_bytes(table, table_rows),
            table.title,
            table.description,
            table,
            len(table_rows),
        )
    description = "計画を交換するための国際規格 StratML（ISO 17469-1）のファイル"
    yield _data_file("plan-stratml.xml", stratml.stratml_core(site, render), "StratML 第 1 部（計画）", description)
    if any(node.node.indicators for node in site.tree_nodes):
        description = "指標の目標値と実績値も入った StratML（第 2 部）のファイル"
        yield _data_file(
            "performance-stratml.xml",
            stratml.stratml_performance(site, render),
            "StratML 第 2 部（計画と指標）",
            description,
        )


def plan_json(site: Site) -> JsonObject:
    """Return the content of plan.json."""
    return plan_dict.plan_dict(site)


def plan_workbook(site: Site) -> tuple[bytes, dict[str, TableSpec]]:
    """Return plan.xlsx, and the table of each of its sheets by the sheet's name. The structure table is not one."""
    tables = list(rows.table_rows(plan_dict.plan_dict(site)))
    names = xlsx.sheet_names(table for table, _ in tables)
    return xlsx.workbook_bytes(site, tables), {names[table.name]: table for table, _ in tables}


def plan_csv_files(site: Site) -> dict[str, tuple[bytes, TableSpec]]:
    """Return each CSV file and its table, by the name of the file."""
    tables = rows.table_rows(plan_dict.plan_dict(site))
    return {f"{table.name}.csv": (serialize.to_csv_bytes(table, cells), table) for table, cells in tables}


def _data_file(
    name: str, data: bytes, title: str, description: str, table: TableSpec | None = None, row_count: int = 0
) -> DataFile:
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    return DataFile(
        file=OutputFile(f"{DATA_DIR}/{name}", data),
        title=title,
        description=description,
        media_type=media_type,
        columns=table.columns if table else (),
        row_count=row_count,
    )
