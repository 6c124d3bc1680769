"""Tables on paper: merged cells over page breaks, rows that stay together, wide tables, numbers in one piece."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HANDBOOK, ROOT, BookletSite
from support.building import build_in_memory
from support.page_tables import (
    lone_rows,
    narrow_cells,
    reaches_over_the_edge,
    rows_without_group,
    torn_numbers,
    torn_rows,
)
from support.pdf_document import PdfDocument

from handbook.booklet.table_blocks import cell_columns
from handbook.booklet.table_texts import split_at_numbers, with_minus_signs
from handbook.model import Site

Build = Callable[..., tuple[Site, PdfDocument]]
LEVELS = "計画: {名称: 架空市の表の計画}\n階層: [{名称: 柱, path: a}, {名称: 方針, path: b}, {名称: 取組, path: c}]\n"
SHORT_PLAN = """計画: {名称: 架空市の表の計画}
階層: [{名称: 柱, path: a}]
柱: [{id: one, 名称: 一つめ}, {id: two, 名称: 二つめ}]
"""
LINES_BEFORE = range(6, 30)
"""Numbers of lines before a table, each in a chapter of its own, so that the page ends at any of its rows."""
MANY_CHAPTERS = "計画: {名称: 架空市の表の計画}\n階層: [{名称: 柱, path: a}]\n柱:\n" + "".join(
    f"  - {{id: c{before}, 名称: 柱{before}}}\n" for before in LINES_BEFORE
)
YEARS = range(1, 14)


def wide_table(rows: int) -> str:
    head = "| 項目 | " + " | ".join(f"令和{year}年度" for year in YEARS) + " |\n|" + "---|" * (len(YEARS) + 1) + "\n"
    return head + "".join(
        f"| 取組{row} | " + " | ".join(f"-{row},{year:03}" for year in YEARS) + " |\n" for row in range(rows)
    )


def merged_table(sizes: tuple[int, ...]) -> str:
    """Return an HTML table with a group of rows of each size."""
    lines = []
    for group, size in enumerate(sizes):
        head = f'<th rowspan="{size}">まとめ{chr(65 + group)}の名前</th>'
        lines += [
            f"<tr>{head if row == 0 else ''}<td>行{chr(65 + group)}{row:02}x</td><td>{row} 人</td></tr>"
            for row in range(size)
        ]
    return (
        f"<table><thead><tr><th>区分</th><th>内容</th><th>数</th></tr></thead><tbody>{''.join(lines)}</tbody></table>\n"
    )


def large_plan(branches: int = 3, policies: int = 5, efforts: int = 9) -> tuple[str, dict[str, list[str]]]:
    """Return a plan whose structure table has several pages, and the names of the ancestors of each 取組."""
    lines, groups = [LEVELS, "柱:\n"], {}
    for top in range(branches):
        lines.append(f"  - id: t{top}\n    名称: 柱の名前{chr(65 + top)}\n    方針:\n")
        for middle in range(policies):
            lines.append(
                f"      - id: m{top}-{middle}\n        名称: 方針{chr(65 + top)}{middle}の名前\n        取組:\n"
            )
            for leaf in range(efforts):
                name = f"取組{chr(65 + top)}{middle}{leaf:02}"
                lines.append(f"          - {{id: l{top}-{middle}-{leaf}, 名称: {name}}}\n")
                groups[name] = [f"柱の名前{chr(65 + top)}", f"方針{chr(65 + top)}{middle}の名前"]
    return "".join(lines), groups


@pytest.fixture
def build(plan_of: Callable[..., Path]) -> Build:
    """Build the handbook of a plan with changed templates: `booklet__tables=(right, wrong)`."""

    def built(plan: str, changes: dict[str, tuple[str, str]] | None = None, **texts: str) -> tuple[Site, PdfDocument]:
        root = plan_of(plan, **texts)
        for name, (right, wrong) in (changes or {}).items():
            template = (ROOT / f"templates/booklet/{name}.typ").read_text(encoding="utf-8")
            assert right in template
            (root / "templates/booklet").mkdir(parents=True, exist_ok=True)
            (root / f"templates/booklet/{name}.typ").write_text(template.replace(right, wrong), encoding="utf-8")
        site, files = build_in_memory(root, with_booklet=True)
        return site, PdfDocument(next(file.data for file in files if file.path == HANDBOOK))

    return built


def structure_pages(printed: PdfDocument, first_branch: str) -> range:
    return range(printed.places["structure.html#table"][0], printed.places[first_branch][0])


def test_the_structure_table_repeats_merged_cells_on_each_page(build: Build) -> None:
    # A fold-out of this plan would be larger than any paper, and its table has several pages.
    text, groups = large_plan(3, 8, 8)
    _, printed = build(text, {"settings": ("((297mm, 420mm), (420mm, 594mm), (594mm, 841mm))", "((100mm, 100mm),)")})
    pages = structure_pages(printed, "t0")
    assert len(pages) >= 3
    assert list(rows_without_group(printed, groups, pages)) == []
    assert sum(printed.text(page).count("続き") for page in pages) >= len(pages) - 1
    assert list(lone_rows(printed)) == []


def test_a_table_that_is_not_divided_at_page_breaks_is_found(build: Build) -> None:
    text, groups = large_plan(3, 8, 8)
    changes = {
        "settings": ("((297mm, 420mm), (420mm, 594mm), (594mm, 841mm))", "((100mm, 100mm),)"),
        "tables": ("page-ranges(heights, merged, first-room, room).enumerate()", "((0, heights.len()),).enumerate()"),
    }
    _, printed = build(text, changes)
    assert list(rows_without_group(printed, groups, structure_pages(printed, "t0")))


def in_many_chapters(table: str) -> dict[str, str]:
    return {f"nodes__c{before}": "行です。\n\n" * before + table for before in LINES_BEFORE}


def test_merged_cells_of_a_text_go_on_after_a_page_break(build: Build, full: bool) -> None:
    sizes = (12, 31, 2, 5, 40)
    texts = in_many_chapters(merged_table(sizes))
    shown = list(LINES_BEFORE) if full else [6, 17, 28]
    _, printed = build(
        MANY_CHAPTERS, **{name: text for name, text in texts.items() if int(name.removeprefix("nodes__c")) in shown}
    )
    groups = {f"行{letter}{row:02}x": [f"まとめ{letter}の名前"] for letter in "ABCDE" for row in range(60)}
    assert list(rows_without_group(printed, groups, range(1, len(printed) + 1))) == []
    assert list(lone_rows(printed)) == list(torn_rows(printed)) == []
    for before in shown:
        words = re.sub(
            r"\s", "", printed.between(f"c{before}", f"c{before + 1}" if before + 1 in LINES_BEFORE else None)
        )
        rows = re.findall(r"行[A-E]\d\dx", words)
        assert rows == [
            f"行{letter}{row:02}x" for letter, size in zip("ABCDE", sizes, strict=True) for row in range(size)
        ]
        assert "（続き）" in words


def plain_table(rows: int, name: str = "項目") -> str:
    return "| 名 | 値 |\n|---|---|\n" + "".join(f"| {name}{row} | {row} |\n" for row in range(rows))


TALL_ROWS = plain_table(16, "二行になる長い項目" * 7)
"""A table with rows higher than a line of text, so that some of LINES_BEFORE leave room for just one of them."""


def tables_that_end_at_any_row() -> dict[str, str]:
    return {f"nodes__c{before}": plain_table(20 + before) for before in LINES_BEFORE}


@pytest.mark.every(5)
@pytest.mark.parametrize("table", [TALL_ROWS, plain_table(4), plain_table(7), plain_table(30), ""])
def test_the_first_and_the_last_two_rows_stay_together(build: Build, table: str) -> None:
    texts = in_many_chapters(table) if table else tables_that_end_at_any_row()
    _, printed = build(MANY_CHAPTERS, **texts)
    assert list(lone_rows(printed)) == list(torn_rows(printed)) == []
    assert not [part for part in printed.tags.walk() if part.kind == "TFoot"]
    assert len(printed.tags.all("Table")) >= len(LINES_BEFORE)


def test_a_last_row_alone_on_a_page_is_found(build: Build) -> None:
    right = "if rows.len() > 3 and height-of(rows.slice(-2)) < most { rows.slice(-2) } else { () }"
    _, printed = build(MANY_CHAPTERS, {"tables": (right, "()")}, **tables_that_end_at_any_row())
    assert list(lone_rows(printed))


def test_a_first_row_alone_on_a_page_is_found(build: Build) -> None:
    change = ("if start-height < most { keep-together(start-height) }", "")
    _, printed = build(MANY_CHAPTERS, {"tables": change}, **in_many_chapters(TALL_ROWS))
    assert list(lone_rows(printed))


def test_a_wide_table_is_on_landscape_pages_of_the_same_paper(build: Build) -> None:
    body = f"はじめ。\n\n## 広い表\n\n{wide_table(40)}\nあと。\n\n| 名 | 値 |\n|---|---|\n| あ | 1 |\n"
    site, printed = build(SHORT_PLAN, nodes__one=body, pages__free=f"# 文章\n\n{wide_table(3)}")
    pages = [page for page, (wide, high) in enumerate(printed.sizes, 1) if (round(wide), round(high)) == (297, 210)]
    assert len(pages) == 3
    assert {(round(wide), round(high)) for wide, high in printed.sizes} <= {(210, 297), (297, 210), (420, 297)}
    assert "広い表" in printed.text(pages[0])
    for page in pages:
        assert re.search("令和 ?13 ?年度", printed.text(page))
    assert printed.text(pages[1]).count("取組") >= 2
    assert not reaches_over_the_edge(printed)
    assert list(narrow_cells(printed)) == list(torn_numbers(printed)) == []
    chapter = site.branches[0].name
    assert chapter in printed.text(pages[0])


def test_a_wide_table_in_a_list_or_a_note_stays_on_the_page(build: Build) -> None:
    plan = SHORT_PLAN.replace("名称: 一つめ", "名称: 一つめ, 注記: 見本") + ""
    inside = "\n".join(f"    {line}" for line in wide_table(3).split("\n"))
    _, printed = build(plan, nodes__one=f"- 項目\n\n{inside}\n")
    assert {(round(wide), round(high)) for wide, high in printed.sizes} <= {(210, 297), (420, 297)}
    assert not reaches_over_the_edge(printed)


def test_numbers_periods_and_counters_are_in_one_piece(build: Build) -> None:
    texts = [
        "令和4年度から令和8年度までの14日間で 1,200 人",
        "参加した人は 3,500 人、前の年度より-1.5%",
        "2026-04-01 から 1-2-3 の取組",
    ]
    head = "| " + " | ".join(f"説明の列{n}" for n in range(8)) + " |\n|" + "---|" * 8 + "\n"
    rows = "".join("| " + " | ".join(texts[(row + n) % 3] for n in range(8)) + " |\n" for row in range(5))
    _, printed = build(SHORT_PLAN, nodes__one=head + rows)
    assert list(torn_numbers(printed)) == list(narrow_cells(printed)) == []
    words = re.sub(r"\s", "", printed.between("one", "two"))
    assert words.count("−1.5%") > 10
    assert "2026-04-01から1-2-3の取組" in words


def test_torn_numbers_and_narrow_columns_are_found(build: Build) -> None:
    changes = {
        "prose": ('kind == "unbroken" { box(typeset(inner)) }', 'kind == "unbroken" { typeset(inner) }'),
        "tables": (
            "let widths = column-widths(column-ems, region.width, size)",
            "let widths = (9mm,) * column-ems.len()",
        ),
    }
    table = "| 名 | 値 |\n|---|---|\n" + "| 名前の長い項目の説明 | 令和8年度から令和12年度 |\n" * 9
    _, printed = build(SHORT_PLAN, changes, nodes__one=table)
    assert list(torn_numbers(printed))
    assert list(narrow_cells(printed))


def test_tables_of_every_plan_are_in_order(booklet_site: BookletSite, large_booklet: BookletSite) -> None:
    for _, files, printed in (booklet_site, large_booklet):
        assert list(lone_rows(printed)) == []
        assert list(narrow_cells(printed)) == []
        assert list(torn_numbers(printed)) == []
        for path, data in files.items():
            if "department-" in path and path.endswith(".pdf"):
                assert list(torn_numbers(PdfDocument(data))) == [], path


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("-1.5", "−1.5"),
        ("（-5）", "（−5）"),
        ("前年比-5%", "前年比−5%"),
        ("10〜-5", "10〜−5"),
        ("値は -0.3 です", "値は −0.3 です"),
        ("前より-1.5%", "前より−1.5%"),
        *(
            (text, text)
            for text in ("1-2-3", "2026-04-01", "0000-00-0000", "A-1", "第3号-2", "https://example.org/-5", "-a")
        ),
    ],
)
def test_only_a_hyphen_before_a_number_of_its_own_is_a_minus_sign(typed: str, printed: str) -> None:
    assert with_minus_signs(typed) == printed


def test_numbers_with_their_counters_are_found_in_a_text() -> None:
    text = "期間は令和4年度〜令和 8 年度の14日間で、1,200 人、−1.5%です。1-2-3とA4"
    numbers = [piece for piece, is_number in split_at_numbers(text) if is_number]
    assert numbers == ["令和4年度", "令和 8 年度", "14日間", "1,200 人", "−1.5%", "1-2-3"]
    assert "".join(piece for piece, _ in split_at_numbers(text)) == text


def test_cells_are_in_the_columns_that_spans_of_former_rows_leave_free() -> None:
    rows = [[(3, 1), (1, 2), (2, 1)], [(1, 1), (1, 1)], [(1, 3)], [(1, 4)]]
    assert cell_columns(rows) == [[0, 1, 3], [1, 2], [1], [0]]
