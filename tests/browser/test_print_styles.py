"""A page printed on A4: no content is cut, no control is printed, and the address of each link is shown.

Each sheet is A4, shows the address of its page, and is full; nothing stands alone at its foot.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from support.pdf_document import PdfDocument
from support.printed_sheets import fills, sheet_faults

from browser import sites
from browser.browser_page import Reader, Tab
from browser.conftest import Planted
from browser.sites import Site, assert_no_faults

sys.path.append(str(ROOT / "bench"))
import generator_inputs
import sample_plans

A4 = 210 / 25.4 * 96
"""Width of the sheet in CSS pixels."""
HEADINGS = """found => found
    .filter(each => each.checkVisibility() && !each.closest("nav, form, .place, .narrow-only, main.search"))
    .map(each => each.textContent)"""
"""Texts of the visible headings, without those of controls and those for small screens only."""


async def print_faults(tab: Tab) -> list[str]:
    """Return the faults of a page with its print styles."""
    width = int(A4 - await tab.query("margins"))
    await tab.resize(width, int(width * 1.414))
    await tab.page.emulate_media(media="screen")  # the previous page of this tab has set `print`
    seen = await tab.page.eval_on_selector_all("h1, h2, h3", HEADINGS)
    await tab.page.emulate_media(media="print")
    printed = await tab.page.eval_on_selector_all("h1, h2, h3", HEADINGS)
    return [
        *(f"the heading “{words}” is not printed" for words in seen if words not in printed),
        *await tab.query("wide", width),
        *await tab.query("cut", ["auto", "scroll", "hidden", "clip"]),
        *await tab.query("navigation"),
        *await tab.query("missingAddresses"),
    ]


async def printed(tab: Tab) -> bytes:
    """Print a page as a reader does, with the tags that show what belongs together."""
    return await tab.page.pdf(format="A4", prefer_css_page_size=True, tagged=True)


async def wrong_sheets(tab: Tab) -> list[str]:
    """Print a page and return the faults of its sheets."""
    address = await tab.page.get_attribute("html", "data-address")
    is_at_any_address = await tab.page.get_attribute("html", "data-folders") is not None  # 404.html without a known URL
    faults = [] if address or is_at_any_address else ["the page has no address"]
    return [*sheet_faults(await printed(tab), address or ""), *faults]


async def fill_of_sheets(tab: Tab) -> list[float]:
    return fills(PdfDocument(await printed(tab)))


def test_every_page_is_complete_on_paper(reader: Reader, site: Site) -> None:
    assert_no_faults(
        reader.visit(site, print_faults, [page for page in site.folder.sample if page not in site.folder.stubs])
    )


def test_every_sheet_is_a4_and_full_and_nothing_stands_alone_on_it(reader: Reader, site: Site) -> None:
    assert_no_faults(
        reader.visit(site, wrong_sheets, [page for page in site.folder.sample if page not in site.folder.stubs])
    )


def test_a_large_plan_is_printed_like_a_small_one(reader: Reader, tmp_path: Path, *, full: bool) -> None:
    """Of 400 nodes, a branch of 80 has a diagram three sheets high, and the structure page one of two."""
    generator_inputs.INPUT_WRITERS["handbook"](sample_plans.sample_tree(400 if full else 100), tmp_path / "plan")
    folder = sites.built(tmp_path / "plan", tmp_path / "output")
    pages = ["pillars/n1.html", "policies/n2.html"]
    if full:
        pages += ["index.html", "structure.html", "efforts/n10.html", "list.html"]
    with sites.served(folder) as large:
        assert_no_faults(reader.visit(large, wrong_sheets, pages))
        (sheets,) = reader.visit(large, fill_of_sheets, pages[:1]).values()
    assert len(sheets) >= (4 if full else 2)


def test_the_foot_shows_the_public_address_or_the_path(site: Site) -> None:
    public = re.search('<link rel="canonical" href="([^"]+)"', site.folder.text("index.html"))
    address = public[1] if public else "index.html"
    assert f'<html lang="ja" data-address="{address}">' in site.folder.text("index.html")


def test_a_page_with_faults_on_paper_is_reported(reader: Reader, planted: Planted) -> None:
    head = "<style>@page { margin: 20mm }</style><main>"
    wide = '<table style="width:900px"><tr><td>広い表</table>'
    site = planted(
        wide=f"{head}{wide}",
        cut=f'{head}<div id="box" style="overflow-x:auto">{wide}</div>',
        menu=f"{head}<nav><a href='#'>案内</a></nav>",
        link=f"{head}<a href='https://example.org/'>よそ</a>",
        lost=f"{head}<style>@media print {{ h2 {{ display: none }} }}</style><h2>見出し</h2>",
        fine=f"{head}<style>a::after {{ content: attr(href) }}</style><a href='https://example.org/'>よそ</a>",
    )
    found = reader.visit(site, print_faults)
    assert "sideways" in str(found["wide.html"])
    assert "#box" in str(found["cut.html"])
    assert "nav “案内” is printed" in str(found["menu.html"])
    assert "does not show its address" in str(found["link.html"])
    assert found["lost.html"] == ["the heading “見出し” is not printed"]
    assert found["fine.html"] == []


FOOT = "@bottom-left { content: 'index.html' }"
SHEET = f"<style>@page {{ size: A4; margin: 16mm 16mm 18mm; {FOOT} }} h2, p {{ margin: 0 }}</style><main>"
TABLE = "<table><thead><tr><th>頭<th>値<tbody>" + "<tr><td>川<td>三" * 9 + "</table>"
LONE_HEAD = "<table><tr><th>頭<th>値<tr style='break-before: page'><td>川<td>三</table>"
NARROW, NUMBER = (
    f"<table><tr><th>頭<th>値<tr><td><div style='width: {width}; word-break: break-all'>{text}</div><td>川</table>"
    for width, text in (("1em", "区分"), ("3em", "12,345,678"))
)
LONE_CAPTION = "<table><caption>表の題</caption><tbody style='break-before: page'><tr><td>一<td>二</table>"
BAD_SHEETS = {
    "odd": ("<style>@page { size: A5 }</style><main>小さい紙</main>", "measures 148"),
    "poster": (f"{SHEET}<style>@page big {{ size: A3 }} div {{ page: big }}</style>文<div>図</div>", "297 × 420"),
    "empty": (f"{SHEET}<p>一行</p><p style='break-before: page'>次", "sheet 1 of 2 is"),
    "heading": (
        f"{SHEET}<div style='height:245mm'>文</div><h2>見出し</h2><div style='break-before: page'>文",
        "away from",
    ),
    "head": (f"{SHEET}<div style='height:120mm'>文</div>{LONE_HEAD}", "the table head “頭値” stands alone"),
    "caption": (f"{SHEET}<div style='height:248mm'>文</div>{LONE_CAPTION}", "a table caption stands alone"),
    "narrow": (f"{SHEET}{NARROW}", "a line has one character"),
    "number": (f"{SHEET}{NUMBER}", "breaks a number"),
    "nowhere": ("<style>@page { size: A4; margin: 16mm }</style><main>文", "does not show the address"),
}
"""For each fault of a sheet, a page with it and a part of the message."""


@pytest.mark.parametrize("name", BAD_SHEETS)
def test_a_sheet_with_a_fault_is_reported(reader: Reader, planted: Planted, name: str) -> None:
    html, message = BAD_SHEETS[name]
    page = f'<!DOCTYPE html><html lang="ja" data-address="index.html"><meta charset="utf-8">{html}'
    (found,) = reader.visit(planted(**{name: page}), wrong_sheets).values()
    assert any(message in fault for fault in found), found


def test_a_sound_sheet_has_no_fault(reader: Reader, planted: Planted) -> None:
    page = f'<!DOCTYPE html><html lang="ja" data-address="index.html"><meta charset="utf-8">{SHEET}<h2>題</h2>{TABLE}'
    assert reader.visit(planted(fine=page), wrong_sheets) == {"fine.html": []}
