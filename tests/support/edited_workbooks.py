"""A small fictitious plan as a workbook, and changes of single cells as people make them."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from handbook import parse
from support.roundtrips import write_data_files

PLAN = """計画:
  名称: 架空市 花の計画
  主題: 花のある道
  期間: 令和4年度〜令和8年度
  公開URL: https://example.org/hana/
  更新日: 2026-04-01
階層:
  - {名称: 目標, path: goals}
  - {名称: 事業, path: projects, 記号: ・, 必須: [担当課]}
対象: [子ども, 学校]
異表記:
  - [子ども, 子供]
組織:
  - 名称: 花の課
    id: flowers
    旧名称:
      - {名称: 園芸課, まで: 令和5年度}
  - 道の課
目標:
  - id: beds
    名称: 花を育てる
    よみ: はなをそだてる
    事業:
      - id: seeds
        名称: 種まき
        本文: |
          種をまきます。

          - 春
        対象: [子ども, 学校]
        担当課: [花の課, 道の課]
        期間: 令和4年度
        区分: 新規
        予算: {令和4年度: 1200, 令和5年度: 1350.5}
        指標:
          - 名称: まいた種
            単位: "%"
            向き: ↑
            基準値: {値: 2.40, 年度: 令和3年度}
            目標値: {令和6年度: 3.00}
            実績値: {令和4年度: 2.50, 令和5年度: 実績値なし}
          - 名称: 咲いた花
            単位: 本
        評価:
          令和4年度: {評価: 順調, 課題: 水が足りません。}
        関連: [water]
        リンク:
          - {名称: 花の育て方, URL: "https://example.org/flower/"}
        注記: 架空です。
        以前のid: [old-seeds]
      - id: water
        名称: 水やり
        担当課: [道の課]
  - id: paths
    名称: 道をつくる
    事業:
      - 再掲: seeds
      - id: stones
        名称: 石をしく
"""
STRUCK, RAISED = InlineFont(strike=True), InlineFont(vertAlign="superscript")
Change = Callable[[Any, Any], None]
"""Changes a cell, or something around it: sheet and cell of openpyxl."""


@functools.cache
def exported_workbook() -> bytes:
    """Return plan.xlsx of the plan."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "plan.yaml").write_text(PLAN, encoding="utf-8")
        write_data_files(parse.load_plan(root), root)
        return (root / "data/plan.xlsx").read_bytes()


def filled_cells() -> list[tuple[str, str]]:
    """Return the sheet and the name of each cell with a text."""
    book = openpyxl.load_workbook(io.BytesIO(exported_workbook()))
    return [(sheet.title, cell.coordinate) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]


def edited(path: Path, *changes: tuple[str, str, Change]) -> Path:
    """Write the workbook with some of its cells changed (sheet, cell, change), and return its path."""
    book = openpyxl.load_workbook(io.BytesIO(exported_workbook()))
    for sheet, name, change in changes:
        cell = book[sheet][name]
        if not isinstance(cell, MergedCell):
            change(book[sheet], cell)
    book.save(path)
    return path


def value(new: Any, number_format: str = "") -> Change:
    """Return a change to a value; a function gets the value before."""

    def change(_: Any, cell: Any) -> None:
        cell.value = new(cell.value) if callable(new) else new
        cell.number_format = number_format or cell.number_format

    return change


def _strike(_: Any, cell: Any) -> None:
    cell.font = Font(strike=True)


def _comment(_: Any, cell: Any) -> None:
    cell.comment = Comment("ここを消してください", "課員")


def _link(_: Any, cell: Any) -> None:
    cell.hyperlink = "https://example.org/other-page"


def _merge(sheet: Any, cell: Any) -> None:
    sheet.merge_cells(start_row=cell.row, end_row=cell.row + 1, start_column=cell.column, end_column=cell.column)


def _hide_row(sheet: Any, cell: Any) -> None:
    sheet.row_dimensions[cell.row].hidden = True


def _hide_column(sheet: Any, cell: Any) -> None:
    sheet.column_dimensions[cell.column_letter].hidden = True


def append(text: str) -> Change:
    """Return a change that adds a text at the end."""
    return value(lambda before: f"{before}{text}")


REPORTED: dict[str, Change] = {
    "date and time": value(datetime(2026, 5, 1, 9, 30), "yyyy-mm-dd h:mm"),  # noqa: DTZ001  # as in a cell
    "midnight": value(time(0, 0), "h:mm"),
    "era": value(46113, '[$-411]ggge"年度"'),
    "unit in the format": value(1350, '#,##0"千円"'),
    "thousands hidden": value(1_350_000, "#,##0,"),
    "rounded": value(2.345, "0.0"),
    "boolean": value(True),  # the value of a cell
    "formula without a value": value('="あ"&"い"'),
    "struck out": _strike,
    "struck out in part": value(lambda before: CellRichText(f"{before}", TextBlock(STRUCK, "消す"))),
    "superscript": value(lambda before: CellRichText(f"{before}", TextBlock(RAISED, "2"))),
    "invisible character": append("\u200b"),
    "comment": _comment,
    "link": _link,
}
"""The changes after which a message must name the cell."""
HIDDEN: dict[str, Change] = {"hidden row": _hide_row, "hidden column": _hide_column}
"""The changes after which a message must name the row or the column."""
OTHERS: dict[str, Change] = {
    "date": value(date(2026, 5, 1), "yyyy-mm-dd"),
    "empty": value(None),
    "other text": value("変えた言葉"),
    "other number": value(7),
    "percent": value(0.85, "0%"),
    "error value": value("#REF!"),
    "no-break space": value(lambda before: f"\u00a0{before}"),
    "escaped line end": append("_x000D_\nあと"),
    "escaped underscore": append("_x005F_x0041_"),
    "two lines": append("\n二行め"),
    "wide digits": value("２．０５"),
    "two words": value("道の課、花の課"),
    "number with a unit": value("1,200千円"),
    "YAML": value("- a: b #c"),
    "merged": _merge,
}
"""The changes after which the plan has the new value, or a message names the cell."""
CHANGES = REPORTED | HIDDEN | OTHERS


def texts(data: bytes) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the sheet and name of each cell of a workbook with its text, without blanks and escapes."""
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        for row in sheet.iter_rows():
            for cell in row:
                yield (sheet.title, cell.coordinate), f"{'' if cell.value is None else cell.value}"
