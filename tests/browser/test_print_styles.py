"""A page printed on A4: nothing is cut, nothing is there to be clicked, the address of a link can be typed in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from browser.browser_page import Reader, Tab
from browser.conftest import Planted
from browser.sites import Site, assert_no_faults

A4 = 210 / 25.4 * 96
"""Width of the sheet in CSS pixels."""
SHEETS = [(595, 842), (842, 1191)]
"""A4 and, for the whole diagram as a poster, A3, in points; Chromium is up to one off."""
HEADINGS = """found => found
    .filter(each => each.checkVisibility() && !each.closest("nav, form, .place, .narrow-only, main.search"))
    .map(each => each.textContent)"""
"""Words of the headings to be seen, without those of what is there to be clicked or only for a small screen."""


async def sheet(tab: Tab) -> list[str]:
    """Look at a page as it will be printed."""
    width = int(A4 - await tab.query("margins"))
    await tab.resize(width, int(width * 1.414))
    await tab.page.emulate_media(media="screen")  # the tab has printed the page before
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


async def print_out(tab: Tab) -> list[str]:
    """Print a page and measure the sheets."""
    pdf = await tab.page.pdf(format="A4", prefer_css_page_size=True)
    sheets = [tuple(map(float, box)) for box in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)]
    odd = [(w, h) for w, h in sheets or [(0, 0)] if not any(abs(w - W) < 2 > abs(h - H) for W, H in SHEETS)]
    return [f"a sheet measures {w} × {h} points" for w, h in odd]


def one_of_each(pages: Iterable[str]) -> list[str]:
    """The pages at the top and one from each folder: every kind there is."""
    return list({page.rpartition("/")[0] or page: page for page in pages}.values())


def test_every_page_is_fit_for_paper(reader: Reader, site: Site) -> None:
    assert_no_faults(reader.visit(site, sheet, [page for page in site.folder.sample if page not in site.folder.stubs]))


def test_every_kind_of_page_is_printed_on_the_sheets_it_is_made_for(reader: Reader, site: Site) -> None:
    assert_no_faults(reader.visit(site, print_out, one_of_each(site.folder.pages)))


def test_a_page_that_is_bad_on_paper_is_seen(reader: Reader, planted: Planted) -> None:
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
    found = reader.visit(site, sheet)
    assert "sideways" in str(found["wide.html"])
    assert "#box" in str(found["cut.html"])
    assert "nav “案内” is printed" in str(found["menu.html"])
    assert "does not show its address" in str(found["link.html"])
    assert found["lost.html"] == ["the heading “見出し” is not printed"]
    assert found["fine.html"] == []
    (odd,) = reader.visit(site, print_out, ["odd.html"]).values()
    assert odd[0].startswith("a sheet measures 4")
