"""The running head and the thumb of every page belong to the chapter of that page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HANDBOOK, ROOT, BookletSite, booklet_site_of
from support.building import build_in_memory
from support.page_marks import Chapter, chapter_pages, mark_errors
from support.pdf_document import PdfDocument

from handbook.model import Site

SHORT_CHAPTERS = "計画: {名称: 架空市の短い計画}\n階層: [{名称: 柱, path: pillars}]\n柱:\n" + "".join(
    f"  - {{id: c{number}, 名称: 短い柱{number}}}\n" for number in range(1, 13)
)
ONE_CHAPTER = (
    "計画: {名称: 架空市の一章の計画}\n階層: [{名称: 目標, path: goals}, {名称: 取組, path: efforts}]\n目標:\n"
    "  - id: goal\n    名称: ただ一つの目標\n    取組:\n"
    f"      - {{id: only, 名称: ただ一つの取組, 本文: {'架空の文です。' * 400}}}\n"
)


def chapters_of(site: Site) -> list[Chapter]:
    return [Chapter(top.id, top.number, top.name) for top in site.branches]


def errors_of(root: Path, path: str = HANDBOOK) -> list[str]:
    site, files = build_in_memory(root, with_booklet=True)
    printed = PdfDocument(next(file.data for file in files if file.path == path))
    return list(mark_errors(printed, site.plan.name, chapters_of(site)))


@pytest.mark.every(2)
def test_every_page_has_the_marks_of_its_chapter(booklet_site: BookletSite) -> None:
    site, files, printed = booklet_site
    assert list(mark_errors(printed, site.plan.name, chapters_of(site))) == []
    by_page, openings = chapter_pages(printed, chapters_of(site))
    assert len(by_page) > len(openings) == len(site.branches)
    assert max(by_page) < len(printed)
    for chapter in chapters_of(site):
        branch = PdfDocument(files[f"booklet/branch-{chapter.id}.pdf"])
        assert list(mark_errors(branch, site.plan.name, [chapter])) == []


def test_the_current_plan_has_the_marks_of_its_chapters() -> None:
    site, _, printed = booklet_site_of(ROOT)
    assert list(mark_errors(printed, site.plan.name, chapters_of(site))) == []


@pytest.mark.parametrize("plan", [SHORT_CHAPTERS, ONE_CHAPTER], ids=["chapters of one page", "one chapter"])
def test_short_and_single_chapters_have_their_marks(plan_of: Callable[..., Path], plan: str) -> None:
    root = plan_of(plan, pages__after="# あとがき\n\n最後の章のあとの文章です。\n")
    assert errors_of(root) == []


def test_a_large_plan_has_the_marks_of_its_chapters(large_booklet: BookletSite, full: bool) -> None:
    site, _, printed = large_booklet
    nodes = sum(1 for _ in site.tree_nodes)
    assert nodes == (200 if full else 60)
    assert len(printed) > nodes * 3 / 8
    assert list(mark_errors(printed, site.plan.name, chapters_of(site))) == []


@pytest.mark.parametrize(
    ("template", "right", "wrong", "error"),
    [
        ("booklet", "  pagebreak(weak: true) // 章の終わり", "  // 章の終わり", "page 16 has the thumb ('', 0)"),
        ("page_setup", "chapter != none and chapter.value != none and chapter.loc", "chapter != none and chapter.loc",
         "page 17 has the running head ''"),
        ("page_setup", "if is-chapter-start { return }", "", "page 5 has the running head '1短い柱1'"),
        ("page_setup", "low == 0 { none } else { starts.at(low - 1) }", "low < 2 { none } else { starts.at(low - 2) }",
         "page 6 has the thumb ('1', 0)"),
        ("page_setup", "place(top + side, dy", "place(top + left, dy", "page 5 has the thumb ('1', 0)"),
    ],
)  # fmt: skip
def test_wrong_marks_are_found(plan_of: Callable[..., Path], template: str, right: str, wrong: str, error: str) -> None:
    root = plan_of(SHORT_CHAPTERS)
    text = (ROOT / f"templates/booklet/{template}.typ").read_text(encoding="utf-8")
    assert right in text
    (root / "templates/booklet").mkdir(parents=True)
    (root / f"templates/booklet/{template}.typ").write_text(text.replace(right, wrong), encoding="utf-8")
    found = errors_of(root)
    assert any(error in line for line in found), found
