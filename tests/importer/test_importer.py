"""Import: exported data give the same plan, doubtful cells of a spreadsheet a warning, hostile files an error."""

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
from handbook.commands.import_ import checked_import
from handbook.diagnostics import SourceError
from handbook.importer import ImportResult

EXPORTED_FILES = ["plan.json", "plan.csv", "plan.xlsx"]
SLOW = settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(text=plans())
def test_any_plan_is_restored_from_its_exported_data(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    plan = parse.load_plan(folder)
    write_data_files(plan, folder)
    for name in EXPORTED_FILES:
        restored, result = import_again(folder, name)
        assert without_spans(restored) == without_spans(plan), name
        assert result.warnings == ()


@pytest.mark.parametrize("name", EXPORTED_FILES)
@pytest.mark.parametrize("root", [FIRST, ROOT / "example"], ids=["first", "example"])
def test_both_plans_are_restored_from_their_exported_data(root: Path, name: str, tmp_path: Path) -> None:
    plan = parse.load_plan(root)
    write_data_files(plan, tmp_path)
    restored, result = import_again(tmp_path, name)
    assert without_spans(restored) == without_spans(plan)
    assert result.warnings == ()


def test_an_imported_plan_is_written_in_the_style_of_an_editor(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(ROOT / "example"), tmp_path)
    text = importer.import_plan(tmp_path / "data/plan.json").plan_yaml
    assert "  - {名称: 取組, path: efforts, 記号: ◇}\n" in text
    assert (
        "                  - 名称: 水質の基準を満たした調査地点の割合\n" not in text
    )  # indented no deeper than necessary
    assert "基準値: {値: 2.40, 年度: 令和3年度}" in text
    assert "対象: [子ども, 保護者, 学校]" in text
    assert "単位: '%'" not in text
    assert '単位: "%"' in text
    assert "本文: |\n" in text
    assert text.count('"') < 20  # quotes only where they are needed


# --- the structure table ---


def import_file(path: Path) -> ImportResult:
    return checked_import(path)


def test_the_source_table_gives_the_tree_of_the_shipped_plan(real: Built, tmp_path: Path) -> None:
    result = import_file(HERE / "structure-table.txt")
    assert [number for _, number in result.counts] == [1, 4, 6, 22, 51]
    (tmp_path / "plan.yaml").write_text(result.plan_yaml, encoding="utf-8")
    imported = parse.load_plan(tmp_path)
    shipped = [(entry.level.name, entry.name) for entry in real[0].tree_nodes]
    assert [(node.level.name, node.name) for node in imported.nodes] == shipped
    assert imported.name == real[0].plan.name
    assert imported.subject == real[0].plan.subject


def test_every_doubtful_cell_of_the_source_table_has_a_warning() -> None:
    warnings = import_file(HERE / "structure-table.txt").warnings
    places = {(warning.span.line, warning.span.column, warning.rule) for warning in warnings}
    assert (31, 2, "same-name") in places
    (warning,) = [warning for warning in warnings if warning.rule == "same-name"]
    assert "地域・市民と密着した協働体制の充実" in warning.message
    assert "学びから生まれるひとづくり・まちづくり" in warning.message
    assert [warning.span.line for warning in warnings if warning.rule == "moved-cell"] == [
        18,
        21,
        24,
        24,
        28,
        28,
        31,
        31,
    ]
    assert [
        warning.message
        for warning in warnings
        if warning.rule == "below-table" and "具体的な事業計画" in warning.message
    ]
    assert {warning.rule for warning in warnings} == {"same-name", "moved-cell", "below-table", "name-and-text"}


Sheet = list[list[str]]
VALID_ROWS: Sheet = [
    ["まちの計画 構造図"],
    ["柱", "方針", "取組"],
    ["学ぶ", "家で学ぶ", "○読む・書く"],
    ["", "", "○話す"],
    ["", "外で学ぶ", "○歩く"],
    ["支える", "人を育てる", "○集う"],
]
MERGES = ["A3:A5", "B3:B4"]


def write_workbook(path: Path, rows: Sheet, merges: list[str]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append([cell or None for cell in row])
    for area in merges:
        sheet.merge_cells(area)
    book.save(path)
    return path


def test_a_correctly_merged_table_has_no_warning(tmp_path: Path) -> None:
    result = import_file(write_workbook(tmp_path / "t.xlsx", VALID_ROWS, MERGES))
    assert result.warnings == ()
    assert result.counts == (("柱", 2), ("方針", 3), ("取組", 4))
    assert "名称: まちの計画\n" in result.plan_yaml
    assert "名称: 読む・書く\n" in result.plan_yaml


def with_cell(row: int, column: int, text: str) -> Sheet:
    rows = [list(each) for each in VALID_ROWS]
    rows[row - 1][column - 1] = text
    return rows


@pytest.mark.parametrize(
    ("rows", "merges", "row", "column", "rule"),
    [
        (VALID_ROWS, ["A3:A4", "B3:B4"], 5, 1, "lost-cell"),  # the merged cell 学ぶ ends one row too early
        (VALID_ROWS, ["A3:A5", "B3:B4", "B5:B6"], 5, 2, "crossing-merge"),
        (with_cell(5, 3, "歩く"), MERGES, 5, 3, "no-mark"),
        (with_cell(5, 2, "○外で学ぶ"), MERGES, 5, 2, "moved-cell"),
        (with_cell(5, 3, "○歩く ○走る"), MERGES, None, None, ""),  # a cell of the last level may contain several names
        (with_cell(4, 3, "○"), MERGES, 4, 3, "empty-mark"),
        (with_cell(5, 3, "○話す ・聞く"), MERGES, None, None, ""),
        (with_cell(5, 2, "家で学ぶ"), MERGES, 5, 2, "repeated"),
        ([*VALID_ROWS, ["", "", "", "○欄の外"]], MERGES, 7, 4, "moved-cell"),
        ([*VALID_ROWS, ["資料: 企画課"]], MERGES, 7, 1, "below-table"),
        ([["表紙"], *VALID_ROWS], ["A4:A6", "B4:B5"], 2, 1, "above-table"),
        (with_cell(6, 2, "支える"), MERGES, 6, 2, "same-name"),
    ],
)
def test_a_fault_in_a_table_is_reported_at_its_cell(
    rows: Sheet, merges: list[str], row: int | None, column: int | None, rule: str, tmp_path: Path
) -> None:
    result = import_file(write_workbook(tmp_path / "t.xlsx", rows, merges))
    places = [(warning.span.line, warning.span.column, warning.rule) for warning in result.warnings]
    if row is None:
        assert places == []
    else:
        assert (row, column, rule) in places
        assert all("［Sheet］" in warning.span.file for warning in result.warnings)
    all_cells = "".join(cell for each in rows for cell in each)
    for word in ("学ぶ", "話す", "集う"):
        assert word not in all_cells or word in result.plan_yaml + "".join(
            warning.message for warning in result.warnings
        )


def test_the_structure_sheet_of_the_export_is_imported_as_the_tree(real: Built, tmp_path: Path) -> None:
    write_data_files(real[0].plan, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "data/plan.xlsx")
    for name in book.sheetnames[1:]:
        del book[name]
    book.save(tmp_path / "only.xlsx")
    result = import_file(tmp_path / "only.xlsx")
    assert [number for _, number in result.counts] == [1, 4, 6, 22, 51]
    assert {warning.rule for warning in result.warnings} == {"same-name"}


def test_formulas_are_reported_and_never_evaluated(tmp_path: Path) -> None:
    rows = with_cell(5, 3, '="○"&"歩く"')
    result = import_file(write_workbook(tmp_path / "t.xlsx", rows, MERGES))
    assert (5, 3, "formula") in [(warning.span.line, warning.span.column, warning.rule) for warning in result.warnings]
    assert '="○"' not in result.plan_yaml


# --- CSV files ---


def test_a_csv_in_shift_jis_is_read_with_a_message(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(FIRST), tmp_path)
    path = tmp_path / "data/plan.csv"
    path.write_bytes(path.read_text(encoding="utf-8-sig").replace("\r", "").encode("cp932"))
    result = import_file(path)
    assert any("Shift_JIS" in message for message in result.messages)
    assert [number for _, number in result.counts] == [1, 4, 6, 22, 51, 0]


def test_a_plan_csv_without_the_other_files_has_a_message_per_missing_file(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(ROOT / "example"), tmp_path)
    shutil.move(tmp_path / "data/plan.csv", tmp_path / "plan.csv")
    result = import_file(tmp_path / "plan.csv")
    assert any("`indicators.csv`" in message for message in result.messages)
    (tmp_path / "plan.yaml").write_text(result.plan_yaml, encoding="utf-8")
    assert len(list(parse.load_plan(tmp_path).nodes)) == 35


def test_a_row_of_an_unknown_node_has_a_warning(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(ROOT / "example"), tmp_path)
    with (tmp_path / "data/indicators.csv").open("a", encoding="utf-8") as file:
        file.write("no-such-node,,1,迷子の指標,,,,\r\n")
    warnings = import_file(tmp_path / "data/plan.csv").warnings
    assert [(warning.span.file, warning.rule) for warning in warnings] == [("indicators.csv", "unknown-node")]


# --- hostile and invalid files ---


def with_parts(path: Path, parts: dict[str, bytes]) -> Path:
    """Write a workbook with some of its parts replaced or added and return its path."""
    write_workbook(path, VALID_ROWS, MERGES)
    with zipfile.ZipFile(path) as book:
        contents = {name: book.read(name) for name in book.namelist()} | parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in contents.items():
            book.writestr(name, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'


def huge_merge() -> bytes:
    """Return a sheet with one merged cell over all rows and columns."""
    buffer = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        sheet = archive.read(SHEET)
    return sheet.replace(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ).replace(b"<sheetData/>", b'<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda p: with_parts(p, {SHEET: ENTITY}), "strange-xml"),
        (lambda p: with_parts(p, {"xl/bomb.xml": b" " * 210_000_000}), "too-large"),
        (lambda p: with_parts(p, {SHEET: huge_merge()}), "too-many-cells"),
        (lambda p: with_parts(p, {SHEET: b"<worksheet><sheetData><row"}), "broken-workbook"),
        (lambda p: with_parts(p, {"xl/workbook.xml": b""}), "broken-workbook"),
        (lambda p: p.write_bytes(b"PK\x03\x04 no archive") and p, "broken-workbook"),
        (lambda p: p.write_bytes(b"") or p, "broken-workbook"),
    ],
    ids=["entity", "bomb", "merge", "cut", "empty-part", "no-zip", "empty"],
)
def test_a_hostile_workbook_is_refused_with_one_message(
    make: Callable[[Path], Path], rule: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError) as caught:
        import_file(make(tmp_path / "t.xlsx"))
    assert [mistake.rule for mistake in caught.value.mistakes] == [rule]


def test_a_refusal_does_not_share_its_cause_with_an_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"")
    causes = []
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            import_file(tmp_path / "t.xlsx")
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
def test_a_file_that_is_not_a_plan_is_refused_with_a_message(name: str, data: bytes, rule: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError) as caught:
        import_file(tmp_path / name)
    assert rule in {mistake.rule for mistake in caught.value.mistakes}


def test_a_json_file_with_too_many_errors_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(f'{{"計画": {{}}, "階層": [], "節": [{",".join(["{}"] * 300_000)}]}}', encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        importer.import_plan(path)
    assert len(caught.value.mistakes) == 1_001
    (last,) = [mistake for mistake in caught.value.mistakes if mistake.hint]
    assert "1,000" in last.message


def test_unknown_keys_of_a_json_file_have_a_warning(tmp_path: Path) -> None:
    write_data_files(parse.load_plan(ROOT / "example"), tmp_path)
    path = tmp_path / "data/plan.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["節"][0]["思いつき"] = "x"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    assert [warning.message for warning in import_file(path).warnings] == ["`節[0].思いつき` は使いませんでした"]


# --- the command ---


def test_import_replaces_a_plan_only_with_the_option_force(tmp_path: Path) -> None:
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


def test_import_of_a_missing_file_prints_one_message(tmp_path: Path) -> None:
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
def test_no_word_of_a_table_is_lost(
    rows: Sheet, areas: list[tuple[int, int, int, int]], ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("table") / f"t.{ending}"
    table = [["大目標", "中目標", "小目標"], *rows]
    if ending == "xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in table:
            sheet.append([cell or None for cell in row])
        for top, left, down, right in areas:
            with contextlib.suppress(ValueError):
                sheet.merge_cells(start_row=top, start_column=left, end_row=top + down, end_column=left + right)
        # The file does not contain cells that Excel drops in a merge.
        table = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
        book.save(path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="," if ending == "csv" else "\t").writerows(table)
    try:
        result = import_file(path)
    except SourceError:
        return
    output = result.plan_yaml + "".join(warning.message for warning in result.warnings)
    for row in table:
        for cell in row:
            assert all(word in output for word in re.findall(r"[^\s○・◇]+", cell)), (cell, output)
