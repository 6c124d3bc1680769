"""The plan as open data: JSON, CSV, a workbook, StratML, and a description for catalogues. Pure: Site → files.

Inside: `record` is the plan as nested plain values, `schema` tells what they are, `rows` cuts them into the tables
that handbook/tables.py describes, `written` makes JSON and CSV of them, `workbook` the sheets, `stratml` and
`catalogue` what other tools read.
"""

from __future__ import annotations

from collections.abc import Iterator

from handbook.export import catalogue, record, rows, schema, stratml, workbook, written
from handbook.model import DataFile, File, Site
from handbook.tables import Table

FOLDER = "data"
MEDIA = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}


def data(site: Site) -> tuple[DataFile, ...]:
    """Return every file of the open data, as the page about them shows them."""
    made = list(_plan(site))
    about = written.as_json(catalogue.catalogue(site, made))
    told = "データカタログや検索サイトのための説明（schema.org の Dataset と DCAT、JSON-LD）"
    return (*made, _file("dataset.json", about, "データの説明", told))


def _plan(site: Site) -> Iterator[DataFile]:
    whole = record.plan_dict(site)
    tables = list(rows.tables(whole))
    told = (
        "表計算ソフトで開くファイル。下の CSV と同じ表が 1 枚ずつのシートになり、セルを結合した構造図のシートもあります"
    )
    yield _file("plan.xlsx", workbook.workbook(site, tables), "Excel で開く、計画の全部の表", told)
    told = "計画の全部を、入れ子のまま 1 つにしたファイル。何も落としていません"
    whole = {"$schema": "plan-schema.json", **whole}
    yield _file("plan.json", written.as_json(whole), "計画の全部", told)
    told = "plan.json の項目の説明（JSON Schema）"
    yield _file("plan-schema.json", written.as_json(schema.schema()), "plan.json の説明", told)
    for table, held in tables:
        yield _file(f"{table.name}.csv", written.as_csv(table, held), table.title, table.told, table, len(held))
    told = "計画を交換するための国際規格 StratML（ISO 17469-1）のファイル"
    yield _file("plan-stratml.xml", stratml.strategy(site), "StratML 第 1 部（計画）", told)
    if any(entry.node.indicators for entry in site.entries):
        told = "指標の目標値と実績値も入った StratML（第 2 部）のファイル"
        yield _file("performance-stratml.xml", stratml.performance(site), "StratML 第 2 部（計画と指標）", told)


def _file(name: str, data: bytes, title: str, told: str, table: Table | None = None, rows: int = 0) -> DataFile:
    media = MEDIA[name.rpartition(".")[2]]
    return DataFile(
        file=File(f"{FOLDER}/{name}", data),
        title=title,
        told=told,
        media=media,
        columns=table.columns if table else (),
        rows=rows,
    )
