"""How a single cell, a text file and a sheet made by other people are read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from conftest import PICTURE, Tally
from openpyxl.comments import Comment
from support.command_line import run

from handbook.commands.import_ import checked_import
from handbook.diagnostics import SourceError
from handbook.importer import text_encoding
from handbook.importer.cell_conversions import split_words
from handbook.importer.number_formats import number_text

# --- numbers ---


@pytest.mark.parametrize(
    ("number", "number_format", "text", "looks"),
    [
        (1350, "#,##0", "1350", ""),
        (2.4, "#,##0.00", "2.40", ""),
        (0.1 + 0.2, "General", "0.3", ""),
        (12345678901234567, "0", "12345678901234567", ""),
        (1e-7, "General", "0.0000001", ""),
        (Decimal("2.50"), "0.0", "2.5", ""),
        (0.85, "0%", "85%", ""),
        (0.855, "0.0%", "85.5%", ""),
        (0.855, "0%", "85.5%", "86%"),
        (1350, '#,##0"千円"', "1350", "1,350千円"),
        (1350, '"約"#,##0', "1350", "約1,350"),
        (1350, "[$¥-411]#,##0", "1350", "¥1,350"),
        (1_350_000, "#,##0,", "1350000", "1,350"),
        (2.345, "0.0", "2.345", "2.3"),
        (-12, '#,##0;"△ "#,##0', "-12", ""),
        (-12, "#,##0_);[Red]\\(#,##0\\)", "-12", ""),
        (0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "0", ""),
        (5, ";;;", "5", "表示されない"),
        (46113, '[$-411]ggge"年度"', "2026-04-01", "日付"),
        (1200, "0.00E+00", "1200.00", ""),
        (0.5, "# ?/?", "0.5", ""),
    ],
)
def test_a_number_is_read_as_shown_or_with_a_message(number: Any, number_format: str, text: str, looks: str) -> None:
    read, message = number_text(number, number_format)
    assert read == text
    assert (looks in message) if looks else message == ""


# --- words ---

DEPARTMENTS = frozenset({"道路維持課", "下水道課", "みどり・公園課"})


@pytest.mark.parametrize(
    ("cell", "known", "words", "is_certain"),
    [
        ("道路維持課;下水道課", DEPARTMENTS, ["道路維持課", "下水道課"], True),
        ("道路維持課、下水道課", DEPARTMENTS, ["道路維持課", "下水道課"], False),
        ("道路維持課\n下水道課", DEPARTMENTS, ["道路維持課", "下水道課"], False),
        ("道路維持課・下水道課", DEPARTMENTS, ["道路維持課", "下水道課"], False),
        ("道路維持課／下水道課", DEPARTMENTS, ["道路維持課", "下水道課"], False),
        ("道路維持課　下水道課", DEPARTMENTS, ["道路維持課", "下水道課"], False),
        ("みどり・公園課", DEPARTMENTS, ["みどり・公園課"], True),
        ("みどり・公園課、下水道課", DEPARTMENTS, ["みどり・公園課", "下水道課"], False),
        ("みどり・公園課・下水道課", DEPARTMENTS, ["みどり・公園課・下水道課"], True),  # refused by the list
        ("道路維持課、下水道課", frozenset(), ["道路維持課", "下水道課"], False),
        ("道路維持課・下水道課", frozenset(), ["道路維持課・下水道課"], False),
        (r"a\;b;c", frozenset(), ["a;b", "c"], True),
    ],
)
def test_a_cell_of_several_words_is_split(cell: str, known: frozenset[str], words: list[str], is_certain: bool) -> None:
    split, message = split_words(cell, "words", known)
    assert split == words
    assert (message == "") == is_certain


# --- encodings ---

TABLE = "目標,施策\r\n学ぶ,○読書のまち～①髙\r\n,○歩く\r\n"
OLD_TABLE = TABLE.replace("～①髙", "〜高")
ENCODED = {
    "utf-8": (TABLE.encode(), "", "～①髙"),
    "utf-8 with a mark": (TABLE.encode("utf-8-sig"), "", "～①髙"),
    "utf-16": (TABLE.encode("utf-16"), "UTF-16", "～①髙"),
    "utf-16 without a mark": (TABLE.encode("utf-16-le"), "UTF-16", "～①髙"),
    "utf-16 big-endian without a mark": (TABLE.encode("utf-16-be"), "UTF-16", "～①髙"),
    "cp932": (TABLE.encode("cp932"), "Shift_JIS", "～①髙"),
    "EUC-JP": (OLD_TABLE.encode("euc_jp"), "EUC-JP", "〜高"),
    "EUC-JP with numbers in circles": (OLD_TABLE.replace("〜", "①").encode("euc_jisx0213"), "EUC-JP", "①高"),
    "JIS": (OLD_TABLE.encode("iso2022_jp"), "ISO-2022-JP", "〜高"),
}


@pytest.mark.hazard(47)
@pytest.mark.parametrize("name", ENCODED)
def test_a_text_file_is_decoded_with_a_message(name: str, tmp_path: Path, tally: Tally) -> None:
    data, encoding, text = ENCODED[name]
    (tmp_path / "t.csv").write_bytes(data)
    result = checked_import(tmp_path / "t.csv")
    assert f"名称: 読書のまち{text}\n" in result.plan_yaml
    assert encoding in "".join(result.messages)
    assert bool(encoding) == any("文字コード" in message for message in result.messages)
    tally(1)


DAMAGED = {
    "a cut character": TABLE.encode()[:-4] + b"\n",
    "a changed byte": TABLE.encode().replace("読".encode(), b"\xe8\xff\xad"),
    "EUC-JP with a changed byte": OLD_TABLE.encode("euc_jp").replace(b"\xa5", b"\xff", 1)[:-3] + b"\xff\r\n",
    "no kana in EUC-JP": "目標,施策\n学校,図書館\n".encode("euc_jp"),
    "half-width kana": "ﾓｸﾋｮｳ,ｼｻｸ\n".encode("cp932"),
    "GB 18030": "目标,措施\n学习,○读书\n".encode("gb18030"),
    "EUC-KR": "목표,시책\n배움,○독서\n".encode("euc_kr"),
    "JIS with a changed byte": OLD_TABLE.encode("iso2022_jp").replace(b"\x1b$B", b"\x1b$B\x7f\x7f", 1),
}


@pytest.mark.hazard(47)
@pytest.mark.parametrize("name", DAMAGED)
def test_a_text_that_could_be_read_wrongly_is_refused(name: str, tmp_path: Path, tally: Tally) -> None:
    (tmp_path / "t.csv").write_bytes(DAMAGED[name])
    with pytest.raises(SourceError) as caught:
        checked_import(tmp_path / "t.csv")
    assert [mistake.rule for mistake in caught.value.mistakes] == ["bad-encoding"]
    assert "UTF-8 で保存し直してください" in caught.value.mistakes[0].hint
    tally(1)


def test_signs_that_shift_jis_replaced_have_a_message(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("目標,施策\n学ぶ,○読む?書く\n,○令和4～6年\n".encode("cp932"))
    result = checked_import(tmp_path / "t.csv")
    assert "「〜」「−」「—」がない" in "".join(result.messages)
    assert (2, 2, "replaced-character") in [(one.span.line, one.span.column, one.rule) for one in result.warnings]
    assert text_encoding.decode("～".encode("cp932"))[0] == "～"


# --- sheets made by other people ---


def test_a_hidden_first_sheet_is_not_taken_for_the_plan(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    old, new = book.active, book.create_sheet("今年")
    assert old is not None
    old.title = "昨年"
    for sheet, word in ((old, "昔"), (new, "今")):
        for row in (["目標", "施策"], ["学ぶ", f"○{word}の読書"]):
            sheet.append(row)
    old.sheet_state = "hidden"
    book.save(tmp_path / "t.xlsx")
    result = checked_import(tmp_path / "t.xlsx")
    assert "今の読書" in result.plan_yaml
    assert "昔の読書" not in result.plan_yaml
    assert ("t.xlsx［昨年］", "unused-sheet") in [(one.span.file, one.rule) for one in result.warnings]


def test_notes_links_pictures_and_text_boxes_are_named_by_cell(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(PICTURE)
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet("構造図")
    for row, words in enumerate([["目標", "施策"], ["学ぶ", "○読書"], ["", "○散歩"]]):
        sheet.write_row(row, 0, words)
    sheet.write_comment("B2", "ここは今年で終わり")
    sheet.write_url("B3", "https://example.org/walk", string="○散歩")
    sheet.insert_textbox("D5", "欄外の言葉")
    sheet.insert_image("E7", str(tmp_path / "p.png"))
    book.close()
    found = {(one.span.line, one.span.column, one.message) for one in checked_import(tmp_path / "t.xlsx").warnings}
    assert found >= {
        (2, 2, "セル B2: コメント `ここは今年で終わり` は使いませんでした"),
        (3, 2, "セル B3: リンク先 `https://example.org/walk` は使いませんでした"),
        (5, 4, "セル D5: ここに置いてある図形 `欄外の言葉` は使いませんでした"),
        (7, 5, "セル E7: ここに置いてある絵は使いませんでした"),
    }


def test_a_comment_in_a_merged_area_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["目標", "施策"], ["学ぶ", "○読書"], [None, "○散歩"]):
        sheet.append(row)
    sheet["A3"].comment = Comment("消す", "課員")
    sheet.merge_cells("A2:A3")
    sheet["A2"].comment = Comment("残す", "課員")
    book.save(tmp_path / "t.xlsx")
    assert "コメント `残す` は使いませんでした" in "".join(
        one.message for one in checked_import(tmp_path / "t.xlsx").warnings
    )


def test_a_foreign_table_that_check_would_refuse_is_refused_at_its_cell(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("目標,施策\n学ぶ,○#REF!\n", encoding="utf-8")
    done = run("import", str(tmp_path / "t.csv"), "--output", str(tmp_path / "plan.yaml"))
    assert done.returncode == 1
    assert "セル B2: 表計算ソフトのエラー値 `#REF!` が残っています" in done.stderr
    assert not (tmp_path / "plan.yaml").exists()
