"""Import: our own data come back as the same plan, tables of others with every doubt named, hostile files never."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from conftest import FIRST, HERE, ROOT, Built
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.command_line import run
from support.random_examples import examples
from support.roundtrips import import_again, plans, without_spans, write_data_files

from handbook import importer, parse
from handbook.diagnostics import SourceError
from handbook.model import ImportResult

OURS = ["plan.json", "plan.csv", "plan.xlsx"]
SLOW = settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(text=plans())
def test_any_plan_comes_back_from_its_data(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    plan = parse.load_plan(folder)
    write_data_files(plan, folder)
    for name in OURS:
        back, made = import_again(folder, name)
        assert without_spans(back) == without_spans(plan), name
        assert made.warnings == ()


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("root", [FIRST, ROOT / "example"], ids=["first", "example"])
def test_both_plans_come_back_from_their_data(root: Path, name: str, tmp_path: Path) -> None:
    plan = parse.load_plan(root)
    write_data_files(plan, tmp_path)
    back, made = import_again(tmp_path, name)
    assert without_spans(back) == without_spans(plan)
    assert made.warnings == ()


def test_a_plan_written_by_import_reads_as_a_clerk_writes(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(ROOT / "example"), tmp_path)
    text = importer.import_plan(tmp_path / "data/plan.json").plan_yaml
    assert "  - {名称: 取組, path: efforts, 記号: ◇}\n" in text
    assert (
        "                  - 名称: 水質の基準を満たした調査地点の割合\n" not in text
    )  # indented as deep as it has to be
    assert "基準値: {値: 2.40, 年度: 令和3年度}" in text
    assert "対象: [子ども, 保護者, 学校]" in text
    assert "単位: '%'" not in text
    assert '単位: "%"' in text
    assert "本文: |\n" in text
    assert text.count('"') < 20  # quotes stand where they are needed


# --- the structure table ---


def restored(path: Path) -> ImportResult:
    return importer.import_plan(path)


def test_the_source_table_becomes_the_tree_we_ship(real: Built, tmp_path: Path) -> None:
    made = restored(HERE / "structure-table.txt")
    assert [number for _, number in made.counts] == [1, 4, 6, 22, 51]
    (tmp_path / "plan.yaml").write_text(made.plan_yaml, encoding="utf-8")
    back = parse.load_plan(tmp_path)
    ours = [(entry.level.name, entry.name) for entry in real[0].tree_nodes]
    assert [(node.level.name, node.name) for node in back.nodes] == ours
    assert back.name == real[0].plan.name
    assert back.subject == real[0].plan.subject


def test_every_doubtful_cell_of_the_source_table_is_named() -> None:
    doubts = restored(HERE / "structure-table.txt").warnings
    told = {(doubt.span.line, doubt.span.column, doubt.rule) for doubt in doubts}
    assert (31, 2, "same-name") in told
    (doubt,) = [doubt for doubt in doubts if doubt.rule == "same-name"]
    assert "地域・市民と密着した協働体制の充実" in doubt.message
    assert "学びから生まれるひとづくり・まちづくり" in doubt.message
    assert [doubt.span.line for doubt in doubts if doubt.rule == "moved-cell"] == [18, 21, 24, 24, 28, 28, 31, 31]
    assert [doubt.message for doubt in doubts if doubt.rule == "below-table" and "具体的な事業計画" in doubt.message]
    assert {doubt.rule for doubt in doubts} == {"same-name", "moved-cell", "below-table", "name-and-text"}


Sheet = list[list[str]]
GOOD: Sheet = [
    ["まちの計画 構造図"],
    ["柱", "方針", "取組"],
    ["学ぶ", "家で学ぶ", "○読む・書く"],
    ["", "", "○話す"],
    ["", "外で学ぶ", "○歩く"],
    ["支える", "人を育てる", "○集う"],
]
MERGES = ["A3:A5", "B3:B4"]


def table(path: Path, rows: Sheet, merges: list[str]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append([cell or None for cell in row])
    for area in merges:
        sheet.merge_cells(area)
    book.save(path)
    return path


def test_a_rightly_merged_table_leaves_no_doubt(tmp_path: Path) -> None:
    made = restored(table(tmp_path / "t.xlsx", GOOD, MERGES))
    assert made.warnings == ()
    assert made.counts == (("柱", 2), ("方針", 3), ("取組", 4))
    assert "名称: まちの計画\n" in made.plan_yaml
    assert "名称: 読む・書く\n" in made.plan_yaml


def changed(row: int, column: int, text: str) -> Sheet:
    rows = [list(each) for each in GOOD]
    rows[row - 1][column - 1] = text
    return rows


@pytest.mark.parametrize(
    ("rows", "merges", "row", "column", "rule"),
    [
        (GOOD, ["A3:A4", "B3:B4"], 5, 1, "lost-cell"),  # the area of 学ぶ ends a row too early
        (GOOD, ["A3:A5", "B3:B4", "B5:B6"], 5, 2, "crossing-merge"),
        (changed(5, 3, "歩く"), MERGES, 5, 3, "no-mark"),
        (changed(5, 2, "○外で学ぶ"), MERGES, 5, 2, "moved-cell"),
        (changed(5, 3, "○歩く ○走る"), MERGES, None, None, ""),  # the last level may hold several in a cell
        (changed(4, 3, "○"), MERGES, 4, 3, "empty-mark"),
        (changed(5, 3, "○話す ・聞く"), MERGES, None, None, ""),
        (changed(5, 2, "家で学ぶ"), MERGES, 5, 2, "repeated"),
        ([*GOOD, ["", "", "", "○欄の外"]], MERGES, 7, 4, "moved-cell"),
        ([*GOOD, ["資料: 企画課"]], MERGES, 7, 1, "below-table"),
        ([["表紙"], *GOOD], ["A4:A6", "B4:B5"], 2, 1, "above-table"),
        (changed(6, 2, "支える"), MERGES, 6, 2, "same-name"),
    ],
)
def test_a_planted_fault_is_named_at_its_cell(
    rows: Sheet, merges: list[str], row: int | None, column: int | None, rule: str, tmp_path: Path
) -> None:
    made = restored(table(tmp_path / "t.xlsx", rows, merges))
    places = [(doubt.span.line, doubt.span.column, doubt.rule) for doubt in made.warnings]
    if row is None:
        assert places == []
    else:
        assert (row, column, rule) in places
        assert all("［Sheet］" in doubt.span.file for doubt in made.warnings)
    every = "".join(cell for each in rows for cell in each)
    for word in ("学ぶ", "話す", "集う"):
        assert word not in every or word in made.plan_yaml + "".join(doubt.message for doubt in made.warnings)


def test_the_sheet_of_the_structure_that_we_write_reads_back_as_the_tree(real: Built, tmp_path: Path) -> None:
    write_data_files(real[0].plan, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "data/plan.xlsx")
    for name in book.sheetnames[1:]:
        del book[name]
    book.save(tmp_path / "only.xlsx")
    made = restored(tmp_path / "only.xlsx")
    assert [number for _, number in made.counts] == [1, 4, 6, 22, 51]
    assert {doubt.rule for doubt in made.warnings} == {"same-name"}


def test_formulas_are_told_and_never_worked_out(tmp_path: Path) -> None:
    rows = changed(5, 3, '="○"&"歩く"')
    made = restored(table(tmp_path / "t.xlsx", rows, MERGES))
    assert (5, 3, "formula") in [(doubt.span.line, doubt.span.column, doubt.rule) for doubt in made.warnings]
    assert '="○"' not in made.plan_yaml


# --- what an office sends ---


def test_a_csv_that_excel_saved_in_shift_jis_is_read_and_told(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(FIRST), tmp_path)
    path = tmp_path / "data/plan.csv"
    path.write_bytes(path.read_text(encoding="utf-8-sig").replace("\r", "").encode("cp932"))
    made = restored(path)
    assert any("Shift_JIS" in sentence for sentence in made.messages)
    assert [number for _, number in made.counts] == [1, 4, 6, 22, 51, 0]


def test_a_lone_plan_csv_says_what_is_missing_beside_it(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(ROOT / "example"), tmp_path)
    shutil.move(tmp_path / "data/plan.csv", tmp_path / "plan.csv")
    made = restored(tmp_path / "plan.csv")
    assert any("`indicators.csv`" in sentence for sentence in made.messages)
    (tmp_path / "plan.yaml").write_text(made.plan_yaml, encoding="utf-8")
    assert len(list(parse.load_plan(tmp_path).nodes)) == 35


def test_a_row_that_belongs_nowhere_is_named_not_dropped(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(ROOT / "example"), tmp_path)
    with (tmp_path / "data/indicators.csv").open("a", encoding="utf-8") as file:
        file.write("no-such-node,,1,迷子の指標,,,,\r\n")
    doubts = restored(tmp_path / "data/plan.csv").warnings
    assert [(doubt.span.file, doubt.rule) for doubt in doubts] == [("indicators.csv", "unknown-node")]


# --- what nobody should send ---


def archive(path: Path, parts: dict[str, bytes]) -> Path:
    """A workbook with some of its parts replaced."""
    table(path, GOOD, MERGES)
    with zipfile.ZipFile(path) as book:
        held = {name: book.read(name) for name in book.namelist()} | parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in held.items():
            book.writestr(name, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'


def big_merge() -> bytes:
    book = io.BytesIO()
    table_book = openpyxl.Workbook()
    table_book.save(book)
    with zipfile.ZipFile(book) as held:
        sheet = held.read(SHEET)
    return sheet.replace(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ).replace(b"<sheetData/>", b'<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda p: archive(p, {SHEET: ENTITY}), "strange-xml"),
        (lambda p: archive(p, {"xl/bomb.xml": b" " * 210_000_000}), "too-large"),
        (lambda p: archive(p, {SHEET: big_merge()}), "too-many-cells"),
        (lambda p: archive(p, {SHEET: b"<worksheet><sheetData><row"}), "broken-workbook"),
        (lambda p: archive(p, {"xl/workbook.xml": b""}), "broken-workbook"),
        (lambda p: p.write_bytes(b"PK\x03\x04 no archive") and p, "broken-workbook"),
        (lambda p: p.write_bytes(b"") or p, "broken-workbook"),
    ],
    ids=["entity", "bomb", "merge", "cut", "empty-part", "no-zip", "empty"],
)
def test_a_hostile_workbook_is_refused_in_a_sentence(make: Callable[[Path], Path], rule: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        restored(make(tmp_path / "t.xlsx"))
    assert [mistake.rule for mistake in caught.value.mistakes] == [rule]


def test_a_refusal_brings_nothing_of_an_earlier_one_along(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"")
    causes = []
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            restored(tmp_path / "t.xlsx")
        causes.append(caught.value.__cause__)
    assert causes[0] is not causes[1]


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("t.xls", b"x", "unknown-ending"),
        ("t", b"x", "unknown-ending"),
        ("t.csv", b"\xff\xff\x81", "bad-encoding"),
        ("t.csv", b"a,b\0\n", "bad-character"),
        ("t.csv", b'"' + b"a" * 200_000 + b'"', "bad-csv"),
        ("t.csv", b"a,b\n" * 10_001, "too-many-cells"),
        ("t.csv", b"", "no-structure"),
        ("t.tsv", b"a\tb\n", "no-structure"),
        ("t.json", b"{", "bad-json"),
        ("t.json", b"[" * 100_000, "too-deep"),
        ("t.json", b"[]", "bad-shape"),
        ("t.json", '{"計画": {}, "階層": [], "節": [], "節": []}'.encode(), "bad-shape"),
        ("t.json", '{"計画": {"名称": "\\ud800"}, "階層": [], "節": []}'.encode(), "bad-shape"),
        ("t.json", '{"計画": {}, "階層": 1, "節": [{"階層": 2}]}'.encode(), "bad-shape"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_a_sentence(name: str, data: bytes, rule: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError) as caught:
        restored(tmp_path / name)
    assert rule in {mistake.rule for mistake in caught.value.mistakes}


def test_unknown_keys_of_a_json_are_doubts(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(ROOT / "example"), tmp_path)
    path = tmp_path / "data/plan.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    held["節"][0]["思いつき"] = "x"
    path.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
    assert [doubt.message for doubt in restored(path).warnings] == ["`節[0].思いつき` は使いませんでした"]


# --- the command ---


def test_import_never_replaces_a_plan_unasked(tmp_path: Path) -> None:
    out = tmp_path / "plan.yaml"
    out.write_text("大事な計画", encoding="utf-8")
    table_file = str(HERE / "structure-table.txt")
    refused = run("import", table_file, "--output", str(out))
    assert refused.returncode == 1
    assert "すでにあります" in refused.stderr
    assert out.read_text(encoding="utf-8") == "大事な計画"
    done = run("import", table_file, "--output", str(out), "--force")
    assert done.returncode == 0, done.stderr
    assert "地域・市民と密着した協働体制の充実" in done.stdout
    assert "セル B31" in done.stdout
    assert "仮のもの" in done.stdout
    assert run("check", "--root", str(tmp_path), "--no-booklet").returncode == 0


def test_import_of_nothing_is_a_sentence(tmp_path: Path) -> None:
    done = run("import", str(tmp_path / "none.csv"))
    assert done.returncode == 1
    assert "`none.csv` がありません" in done.stderr
    assert "Traceback" not in done.stderr


CELLS = st.sampled_from(
    ["", "", "", "海", "○山", "・川", "・谷 ・峰", "○丘 ・森", "◇原", "○", "空 気", "里", "○里", "泉\n滝"]
)


@SLOW
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=7),
    areas=st.lists(st.tuples(*[st.integers(1, 8)] * 2, *[st.integers(0, 2)] * 2), max_size=4),
    ending=st.sampled_from(["xlsx", "tsv", "csv"]),
)
def test_whatever_a_table_holds_no_word_is_lost(
    rows: Sheet, areas: list[tuple[int, int, int, int]], ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("table") / f"t.{ending}"
    held = [["大目標", "中目標", "小目標"], *rows]
    if ending == "xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in held:
            sheet.append([cell or None for cell in row])
        for top, left, down, right in areas:
            with contextlib.suppress(ValueError):
                sheet.merge_cells(start_row=top, start_column=left, end_row=top + down, end_column=left + right)
        # What Excel drops when it merges is not in the file.
        held = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
        book.save(path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="," if ending == "csv" else "\t").writerows(held)
    try:
        made = restored(path)
    except SourceError:
        return
    kept = made.plan_yaml + "".join(doubt.message for doubt in made.warnings)
    for row in held:
        for cell in row:
            assert all(word in kept for word in re.findall(r"[^\s○・◇]+", cell)), (cell, kept)
