"""A page printed on A4: no content is cut, no control is printed, and the address of each link is shown."""

from __future__ import annotations

import re

from browser.browser_page import Reader, Tab
from browser.conftest import Planted
from browser.sites import Site, assert_no_faults

A4 = 210 / 25.4 * 96
"""Width of the sheet in CSS pixels."""
SHEETS = [(595, 842), (842, 1191)]
"""A4, and A3 for the poster of the whole diagram, in points. Chromium differs by up to one point."""
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


async def wrong_sheets(tab: Tab) -> list[str]:
    """Print a page and return each sheet with a wrong size."""
    pdf = await tab.page.pdf(format="A4", prefer_css_page_size=True)
    sheets = [tuple(map(float, box)) for box in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)]
    wrong_size = [(w, h) for w, h in sheets or [(0, 0)] if not any(abs(w - W) < 2 > abs(h - H) for W, H in SHEETS)]
    return [f"a sheet measures {w} × {h} points" for w, h in wrong_size]


def test_every_page_is_complete_on_paper(reader: Reader, site: Site) -> None:
    assert_no_faults(
        reader.visit(site, print_faults, [page for page in site.folder.sample if page not in site.folder.stubs])
    )


def test_every_kind_of_page_is_printed_on_its_paper_size(reader: Reader, site: Site) -> None:
    pages = [page for page in site.folder.kinds if page in site.folder.sample]
    assert_no_faults(reader.visit(site, wrong_sheets, pages))


def test_a_page_with_faults_on_paper_is_reported(reader: Reader, planted: Planted) -> None:
    head = "<style>@page { margin: 20mm }</style><main>"
    wide = '<table style="width:900px"><tr><td>広い表</table>'
    site = planted(
        wide=f"{head}{wide}",
        cut=f'{head}<div id="box" style="overflow-x:auto">{wide}</div>',
        menu=f"{head}<nav><a href='#'>案内</a></nav>",
        link=f"{head}<a href='https://example.org/'>よそ</a>",
        lost=f"{head}<style>@media print {{ h2 {{ display: none }} }}</style><h2>見出し</h2>",
        odd="<style>@page { size: A5 }</style><main>小さい紙</main>",
        fine=f"{head}<style>a::after {{ content: attr(href) }}</style><a href='https://example.org/'>よそ</a>",
    )
    found = reader.visit(site, print_faults)
    assert "sideways" in str(found["wide.html"])
    assert "#box" in str(found["cut.html"])
    assert "nav “案内” is printed" in str(found["menu.html"])
    assert "does not show its address" in str(found["link.html"])
    assert found["lost.html"] == ["the heading “見出し” is not printed"]
    assert found["fine.html"] == []
    (wrong_size,) = reader.visit(site, wrong_sheets, ["odd.html"]).values()
    assert wrong_size[0].startswith("a sheet measures 4")
