"""The plan as open data: JSON, CSV, a workbook, StratML, and a description for catalogues. Pure: Site → files.

Inside: `record` is the plan as nested plain values, `schema` tells what they are, `rows` cuts them into the tables
that handbook/table_specs.py describes, `written` makes JSON and CSV of them, `workbook` the sheets, `stratml` and
`catalogue` what other tools read.
"""

from __future__ import annotations

from collections.abc import Iterator

from handbook.export import dcat, json_schema, plan_dict, rows, serialize, stratml, xlsx
from handbook.model import DataFile, OutputFile, Site
from handbook.table_specs import TableSpec

DATA_DIR = "data"
MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}


def export_files(site: Site) -> tuple[DataFile, ...]:
    """Return every file of the open data, as the page about them shows them."""
    made = list(_plan(site))
    about = serialize.to_json_bytes(dcat.dataset_description(site, made))
    told = "データカタログや検索サイトのための説明（schema.org の Dataset と DCAT、JSON-LD）"
    return (*made, _file("dataset.json", about, "データの説明", told))


def _plan(site: Site) -> Iterator[DataFile]:
    whole = plan_dict.plan_dict(site)
    tables = list(rows.table_rows(whole))
    told = (
        "表計算ソフトで開くファイル。下の CSV と同じ表が 1 枚ずつのシートになり、セルを結合した構造図のシートもあります"
    )
    yield _file("plan.xlsx", xlsx.workbook_bytes(site, tables), "Excel で開く、計画の全部の表", told)
    told = "計画の全部を、入れ子のまま 1 つにしたファイル。何も落としていません"
    whole = {"$schema": "plan-schema.json", **whole}
    yield _file("plan.json", serialize.to_json_bytes(whole), "計画の全部", told)
    told = "plan.json の項目の説明（JSON Schema）"
    yield _file("plan-schema.json", serialize.to_json_bytes(json_schema.plan_json_schema()), "plan.json の説明", told)
    for table, held in tables:
        yield _file(
            f"{table.name}.csv", serialize.to_csv_bytes(table, held), table.title, table.description, table, len(held)
        )
    told = "計画を交換するための国際規格 StratML（ISO 17469-1）のファイル"
    yield _file("plan-stratml.xml", stratml.stratml_core(site), "StratML 第 1 部（計画）", told)
    if any(entry.node.indicators for entry in site.tree_nodes):
        told = "指標の目標値と実績値も入った StratML（第 2 部）のファイル"
        yield _file("performance-stratml.xml", stratml.stratml_performance(site), "StratML 第 2 部（計画と指標）", told)


def _file(name: str, data: bytes, title: str, told: str, table: TableSpec | None = None, rows: int = 0) -> DataFile:
    media = MEDIA_TYPES[name.rpartition(".")[2]]
    return DataFile(
        file=OutputFile(f"{DATA_DIR}/{name}", data),
        title=title,
        description=told,
        media_type=media,
        columns=table.columns if table else (),
        row_count=rows,
    )
