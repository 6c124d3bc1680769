"""Import of our own data after people have changed them: each cell and value is read, or named in a message."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import ROOT, Tally
from support.command_line import run
from support.edited_workbooks import (
    CHANGES,
    HIDDEN,
    PLAN,
    REPORTED,
    edited,
    exported_workbook,
    filled_cells,
    texts,
    value,
)
from support.roundtrips import exported, without_spans, write_data_files

from handbook import parse
from handbook.commands.import_ import checked_import
from handbook.diagnostics import Diagnostic, SourceError
from handbook.importer import ImportResult
from handbook.model import Plan

QUICK_CELLS = 3
"""Cells per kind of change in a quick run."""
FULL_STEP = 16
"""In a full run each kind of change is tried in every sixteenth cell, and each cell with some of the kinds: all pairs
would take twenty minutes. Every cell of a workbook is emptied."""


def messages(path: Path) -> tuple[ImportResult | None, list[Diagnostic]]:
    """Return the result of an import, None if it is refused, and all its diagnostics."""
    try:
        result = checked_import(path)
    except SourceError as error:
        return None, list(error.mistakes)
    return result, [*result.errors, *result.warnings]


def names_cell(diagnostic: Diagnostic, sheet: str, cell: str) -> bool:
    """Return whether a message is about a cell, or lists it."""
    is_at_home = diagnostic.span.file.endswith(f"［{sheet}］")
    listed = re.search(rf"(?<![A-Z]){cell}(?![0-9])", diagnostic.message)
    return bool(listed) and (is_at_home or f"［{sheet}］" in diagnostic.message)


def _is_in_row(diagnostic: Diagnostic, sheet: str, row: int) -> bool:
    """Return whether a message is about a row, which was left out because of an empty cell."""
    return sheet in diagnostic.span.file and diagnostic.span.line == row


def read_plan(result: ImportResult, folder: Path) -> Plan:
    """Return the plan as `check` reads it. Raises SourceError if it has an error."""
    folder.mkdir(exist_ok=True)
    (folder / "plan.yaml").write_text(result.plan_yaml, encoding="utf-8", newline="\n")
    return parse.load_plan(folder)


def plain(text: str) -> str:
    return re.sub(r"\s|_x000D_", "", text.replace("_x005F_", "_")).removesuffix(".0")  # `_x005F_` stands for `_`


def problem(kind: str, sheet: str, cell: str, folder: Path) -> str:
    """Return what is wrong about the import of the workbook with one changed cell, or ""."""
    path = edited(folder / "t.xlsx", (sheet, cell, CHANGES[kind]))
    result, found = messages(path)
    if any(not re.search("セル [A-Z]+[0-9]", one.message) or "［" not in one.span.file for one in found):
        return "a message without a cell"
    if not result or result.errors:
        return ""
    plan = read_plan(result, folder / "plan")
    row = int(re.sub("[A-Z]", "", cell))
    if any(names_cell(one, sheet, cell) or (kind == "empty" and _is_in_row(one, sheet, row)) for one in found):
        return ""
    at_home = [one for one in found if one.span.file.endswith(f"［{sheet}］")]
    if kind in HIDDEN and any(one.rule == "hidden-cells" for one in at_home):
        return ""
    if kind in REPORTED or kind in HIDDEN:
        return "no message names the cell"
    again = next(one.file.data for one in exported(plan) if one.file.path.endswith(".xlsx"))
    now, due = (dict(texts(data)).get((sheet, cell), "") for data in (again, path.read_bytes()))
    due = due.removesuffix(" 00:00:00")
    due = "85%" if kind == "percent" and now == "85%" else due  # a text has no percent format
    return "" if plain(now) == plain(due) else f"{due!r} is neither read nor named: {now!r}"


@pytest.mark.every(2)
@pytest.mark.hazard(46)
@pytest.mark.parametrize("kind", CHANGES)
def test_a_changed_cell_is_read_or_named(kind: str, tmp_path: Path, tally: Tally, full: bool) -> None:
    cells = filled_cells()
    if not full:
        cells = random.Random(kind).sample(cells, QUICK_CELLS)  # noqa: S311  # a choice of test cases
    elif kind != "empty":
        cells = cells[[*CHANGES].index(kind) % FULL_STEP :: FULL_STEP]
    problems = {cell: text for cell in cells if (text := problem(kind, *cell, tmp_path))}
    assert problems == {}
    tally(len(cells))


def test_a_cell_that_nothing_reads_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handbook.importer.compare_sheets", lambda *_: [])
    assert "neither read nor named" in problem("other text", "事業", "E2", tmp_path)


# --- what a reader of the messages sees ---


def warnings_of(path: Path) -> list[str]:
    result = checked_import(path)
    assert result.errors == ()
    return [f"{one.span.file.partition('［')[2].removesuffix('］')} {one.message}" for one in result.warnings]


def errors_of(path: Path) -> list[str]:
    result, found = messages(path)
    errors = result.errors if result else found
    return [f"{one.span.file.partition('［')[2].removesuffix('］')} {one.message}" for one in errors]


def test_an_unchanged_workbook_has_no_message(tmp_path: Path) -> None:
    assert warnings_of(edited(tmp_path / "t.xlsx")) == []


def test_a_change_in_the_sheet_of_a_level_is_one_message_with_both_values(tmp_path: Path) -> None:
    path = edited(tmp_path / "t.xlsx", ("事業", "D3", value("水をやる")))
    assert warnings_of(path) == ["事業 セル D3: `水をやる` は使いませんでした。読んだ計画では `水やり` です"]


def test_a_renamed_node_is_one_message_with_all_other_cells(tmp_path: Path) -> None:
    path = edited(tmp_path / "t.xlsx", ("計画の全体", "E2", value("花をふやす")))
    (message,) = warnings_of(path)
    assert message.startswith("構造図 セル A5: `花を育てる` は使いませんでした。読んだ計画では `花をふやす` です")
    assert all(cell in message for cell in ("［目標］C2", "［事業］B2、B3"))
    assert "名称: 花をふやす\n" in checked_import(path).plan_yaml


def sorted_workbook(path: Path, data: bytes, column: str, *, downwards: bool) -> Path:
    """Write a workbook with the rows of 計画の全体 sorted by a column."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["計画の全体"]
    position = [cell.value for cell in sheet[1]].index(column)
    rows: list[list[Any]] = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    rows.sort(key=lambda row: (row[position] is None, f"{row[position]}"), reverse=downwards)
    for number, row in enumerate(rows, 2):
        for index, cell in enumerate(row, 1):
            sheet.cell(number, index).value = cell
    book.save(path)
    return path


@pytest.mark.every(4)
@pytest.mark.parametrize("downwards", [False, True])
@pytest.mark.parametrize("column", ["担当課", "名称", "id", "階層", "番号", "期間", "本文"])
def test_a_sorted_table_gives_the_same_tree(column: str, downwards: bool, tmp_path: Path) -> None:
    plan = parse.load_plan(ROOT / "example")
    write_data_files(plan, tmp_path)
    data = (tmp_path / "data/plan.xlsx").read_bytes()
    path = sorted_workbook(tmp_path / "t.xlsx", data, column, downwards=downwards)
    result = checked_import(path)
    assert result.errors == ()
    assert {one.rule for one in result.warnings} <= {"sorted-rows", "no-number"}
    restored = read_plan(result, tmp_path)
    before, after = ([(node.id, without_spans(node.values)) for node in one.nodes] for one in (plan, restored))
    assert before == after
    if "school-biotope" not in "".join(one.message for one in result.warnings):  # the place of the repeat
        assert without_spans(restored) == without_spans(plan)


def change_book(path: Path, change: Callable[[Any], object]) -> Path:
    book = openpyxl.load_workbook(io.BytesIO(exported_workbook()))
    change(book)
    book.save(path)
    return path


def test_a_title_above_the_header_is_named_and_the_table_is_read(tmp_path: Path) -> None:
    def insert_title(book: Any) -> None:
        book["計画の全体"].insert_rows(1)
        book["計画の全体"]["A1"] = "課で直してください"

    path = change_book(tmp_path / "t.xlsx", insert_title)
    assert warnings_of(path) == ["計画の全体 セル A1: 見出しより上の `課で直してください` は使いませんでした"]
    assert "名称: 種まき\n" in checked_import(path).plan_yaml


def test_a_new_column_and_a_new_sheet_are_named(tmp_path: Path) -> None:
    def add(book: Any) -> None:
        book["計画の全体"]["T1"], book["計画の全体"]["T3"] = "備考", "要検討"
        book.create_sheet("メモ")["B2"] = "電話した"

    assert warnings_of(change_book(tmp_path / "t.xlsx", add)) == [
        "メモ セル B2: `電話した` などの 1 セルがあるこのシートは、使いませんでした",
        "計画の全体 セル T1: 列 `備考` は使いませんでした（`要検討`）",
    ]


def test_without_the_sheet_of_all_nodes_the_import_is_refused(tmp_path: Path) -> None:
    def rename(book: Any) -> None:
        book["計画の全体"].title = "計画の全体（修正）"

    (message,) = errors_of(change_book(tmp_path / "t.xlsx", rename))
    assert "シート `計画の全体` がありません" in message


@pytest.mark.parametrize(
    ("sheet", "cell", "new", "error"),
    [
        ("計画の全体", "E3", value(None), "計画の全体 セル E3: `名称` が空です"),
        ("計画の全体", "D3", value(None), "計画の全体 セル D3: `id` が空です"),
        ("計画の全体", "C3", value("bed"), "計画の全体 セル C3: `上の節` の `bed` という id の行がありません"),
        ("計画の全体", "C3", value(None), "計画の全体 セル C3: `上の節` が空です"),
        ("計画の全体", "C2", value("seeds"), "計画の全体 セル C2: `上の節` をたどると、いちばん外側の節に着きません"),
        ("計画の全体", "A3", value("取組"), "計画の全体 セル A3: 階層 `取組` が、シート `階層` の `名称` にありません"),
        ("計画の全体", "A1", value("レベル"), "計画の全体 セル A1: この行に、見出し `階層` がありません"),
        ("計画の全体", "E3", value("#REF!"), "計画の全体 セル E3: 表計算ソフトのエラー値 `#REF!` が残っています"),
        ("計画の全体", "D4", value("seeds"), "計画の全体 セル D4: id `seeds` は t.xlsx［計画の全体］ のセル D3でも"),
        ("予算", "C2", value(None), "予算 セル C2: `年度` が空です"),
        ("予算", "E2", value("1,200千円"), "予算 セル E2: `1,200千円` を数として読めません"),
        ("予算", "E2", value("約2"), "予算 セル E2: `約2` を数として読めません"),
        ("予算", "E2", value(0.85, "0%"), "予算 セル E2: `85%` を数として読めません"),
        ("指標の年度", "H2", value(True), "指標の年度 セル H2: `TRUE` を数として読めません"),  # of a cell
        ("計画", "B2", value(None), "計画 セル B2: `名称` の値が空です"),
    ],
)
def test_a_cell_that_check_would_refuse_is_refused_at_the_cell(
    sheet: str, cell: str, new: Any, error: str, tmp_path: Path
) -> None:
    errors = errors_of(edited(tmp_path / "t.xlsx", (sheet, cell, new)))
    assert [message for message in errors if message.startswith(error)], errors


def test_a_refused_plan_is_not_written(tmp_path: Path) -> None:
    path = edited(tmp_path / "t.xlsx", ("予算", "E2", value("約2")), ("事業", "D3", value("水をやる")))
    done = run("import", str(path), "--output", str(tmp_path / "plan.yaml"))
    assert done.returncode == 1
    assert "［予算］" in done.stderr
    assert "`約2` を数として読めません" in done.stderr
    assert not (tmp_path / "plan.yaml").exists()


def test_what_check_finds_on_the_pages_is_named_by_cell(tmp_path: Path) -> None:
    path = edited(tmp_path / "t.xlsx", ("計画の全体", "G4", value("[花の地図](map.html)へ")))
    done = run("import", str(path), "--output", str(tmp_path / "plan.yaml"))
    assert done.returncode == 0
    assert "t.xlsx［計画の全体］ セル G4: リンク `map.html` の先がありません" in done.stdout


VALUES: list[tuple[str, str, Any, str, int]] = [
    ("指標の年度", "H2", value(0.85, "0%"), "令和4年度: 85\n", 1),
    ("指標の年度", "H2", value("２．０５"), "令和4年度: 2.05\n", 1),
    ("指標の年度", "H2", value(0.1 + 0.2, "General"), "令和4年度: 0.3\n", 0),
    ("計画", "B6", value(date(2026, 5, 1), "yyyy-mm-dd"), "更新日: 2026-05-01\n", 0),
    ("旧名称", "C2", value("2023/9/30"), "まで: 2023-09-30}\n", 1),
    ("計画の全体", "I4", value("花の課、道の課"), "担当課: [花の課, 道の課]\n", 2),
    ("計画の全体", "I4", value("花の課・道の課"), "担当課: [花の課, 道の課]\n", 2),
    ("計画の全体", "I4", value("花の課\n道の課"), "担当課: [花の課, 道の課]\n", 2),
    ("計画の全体", "E4", value("水\nやり"), "名称: 水やり\n", 1),
    ("計画の全体", "P3", value("前はa。_x000D_\n今はb。"), "注記: |-\n          前はa。\n          今はb。\n", 1),
]


@pytest.mark.parametrize(("sheet", "cell", "new", "line", "count"), VALUES)
def test_a_value_is_read_as_people_mean_it(
    sheet: str, cell: str, new: Any, line: str, count: int, tmp_path: Path
) -> None:
    path = edited(tmp_path / "t.xlsx", (sheet, cell, new))
    result = checked_import(path)
    assert result.errors == ()
    assert line in result.plan_yaml
    assert len(result.warnings) == count, result.warnings


def test_a_department_whose_name_contains_a_separator_stays_one(tmp_path: Path) -> None:
    plan = PLAN.replace("道の課", "道・川の課")
    (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
    write_data_files(parse.load_plan(tmp_path), tmp_path)
    result = checked_import(tmp_path / "data/plan.xlsx")
    assert result.warnings == ()
    assert "担当課: [花の課, 道・川の課]\n" in result.plan_yaml


def test_a_changed_number_in_plan_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    write_data_files(parse.load_plan(tmp_path), tmp_path)
    path = tmp_path / "data/plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"番号": "1-2"', '"番号": "7"'), encoding="utf-8")
    assert [one.message for one in checked_import(path).warnings] == [
        "`節[0].節[1].番号` は使いませんでした（`7`）。読んだ計画では `1-2` です"
    ]


def test_a_changed_level_table_in_csv_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    write_data_files(parse.load_plan(tmp_path), tmp_path)
    path = tmp_path / "data/level-projects.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("水やり", "水をやる"), encoding="utf-8")
    (warning,) = checked_import(tmp_path / "data/plan.csv").warnings
    assert (warning.span.file, warning.message) == (
        "level-projects.csv",
        "セル D3: `水をやる` は使いませんでした。読んだ計画では `水やり` です",
    )


# --- CSV and JSON ---

CSV_TEXTS = [
    "",
    "変えた言葉",
    "7",
    "85%",
    "２．０５",
    "1,200千円",
    "2026/5/1",
    "道の課、花の課",
    "#REF!",
    "あ\u200b",
    "- a: b",
]


def data_folder(folder: Path) -> Path:
    """Write the data files of the plan and return their folder."""
    folder.mkdir(exist_ok=True)
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    write_data_files(parse.load_plan(folder), folder)
    return folder / "data"


def csv_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def csv_problem(rows: list[list[str]], row: int, column: int, path: Path) -> str:
    """Return what is wrong about the import of CSV files, of which one has these rows with one changed cell, or ""."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    result, found = messages(path.with_name("plan.csv"))
    if any(not re.search("セル [A-Z]+[0-9]", one.message) for one in found):
        return "a message without a cell"
    if not result or result.errors:
        return ""
    plan = read_plan(result, path.parent / "read")
    cell = f"{chr(65 + column)}{row + 1}"
    if any(re.search(rf"(?<![A-Z]){cell}(?![0-9])", one.message) for one in found):
        return ""
    if not rows[row][column] and any(_is_in_row(one, path.name, row + 1) for one in found):
        return ""
    again = csv_rows(next(one.file.data for one in exported(plan) if one.file.path == f"data/{path.name}"))
    now = again[row][column].removeprefix("'") if row < len(again) else ""
    return "" if plain(now) == plain(rows[row][column]) else f"{rows[row][column]!r} is neither read nor named: {now!r}"


@pytest.mark.hazard(46)
@pytest.mark.parametrize("text", CSV_TEXTS)
def test_a_changed_cell_of_a_csv_file_is_read_or_named(text: str, tmp_path: Path, tally: Tally, full: bool) -> None:
    data = data_folder(tmp_path / "plan")
    files = {path: path.read_bytes() for path in data.glob("*.csv")}
    cells = [
        (path, row, column)
        for path in sorted(files)
        for row, texts in enumerate(csv_rows(files[path]))
        for column, before in enumerate(texts)
        if before
    ]
    if not full:
        cells = random.Random(text).sample(cells, QUICK_CELLS)  # noqa: S311  # a choice of test cases
    else:
        cells = cells[CSV_TEXTS.index(text) % FULL_STEP :: FULL_STEP]
    problems = {}
    for path, row, column in cells:
        rows = csv_rows(files[path])
        rows[row][column] = text
        if problem := csv_problem(rows, row, column, path):
            problems[path.name, row, column] = problem
        path.write_bytes(files[path])
    assert problems == {}
    tally(len(cells))


JSON_VALUES: list[Any] = ["", "変えた言葉", 7, None, [], {}, ["あ"], {"あ": "い"}, True]


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of each value inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


def json_problem(content: Any, place: tuple[str | int, ...], new: Any, path: Path) -> str:
    """Return what is wrong about the import of plan.json with one changed value, or ""."""
    parent = content
    for key in place[:-1]:
        parent = parent[key]
    before, parent[place[-1]] = parent[place[-1]], new
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    parent[place[-1]] = before
    result, found = messages(path)
    if any("`" not in one.message for one in found):
        return "a message without a place"
    if not result or result.errors:
        return ""
    plan = read_plan(result, path.parent / "read")
    name = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place).removeprefix(".")
    if any(name in one.message for one in found) or new in ("", None, [], {}):
        return ""
    again: Any = json.loads(next(one.file.data for one in exported(plan) if one.file.path == "data/plan.json"))
    for key in place:
        again = again.get(key) if isinstance(again, dict) else again[int(key)]
    return "" if f"{again}" == f"{new}" else f"{new!r} is neither read nor named: {again!r}"


@pytest.mark.hazard(46)
@pytest.mark.parametrize("new", JSON_VALUES, ids=repr)
def test_a_changed_value_of_plan_json_is_read_or_named(new: Any, tmp_path: Path, tally: Tally, full: bool) -> None:
    path = data_folder(tmp_path / "plan") / "plan.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    all_places = [place for place in places(content) if place != ("$schema",)]
    if not full:
        all_places = random.Random(repr(new)).sample(all_places, QUICK_CELLS)  # noqa: S311  # as above
    problems = {place: text for place in all_places if (text := json_problem(content, place, new, path))}
    assert problems == {}
    tally(len(all_places))
