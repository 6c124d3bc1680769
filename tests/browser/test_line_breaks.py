"""Names are heard as they are written, and their lines break between phrases only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from browser.browser_page import Look, Reader, Tab
from browser.conftest import Planted
from browser.sites import Site, assert_no_faults

WRITTEN = """() => {
    const written = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.data;
        if (node.nodeType !== Node.ELEMENT_NODE) return '';
        const display = getComputedStyle(node).display;
        if (display === 'none') return '';
        const text = node.localName === 'br' ? ' ' : [...node.childNodes].map(written).join('');
        return /^(inline|ruby|contents)/.test(display) ? text : ` ${text} `;
    };
    const selector = 'a, button, summary, label, caption, h1, h2, h3, h4, h5, h6, th, td, dt, dd, li';
    return [...document.querySelectorAll(selector)].map(written);
}"""
"""The text of each element that may have a name, with spaces between its blocks only."""
SPLIT_PHRASES = """() => [...document.querySelectorAll('.phrase')].filter((phrase) => {
    const lines = new Set([...phrase.getClientRects()].map((box) => Math.round(box.bottom)));
    return lines.size > 1 && !phrase.querySelector('ruby');
}).map((phrase) => `broken: ${phrase.textContent}`)"""
TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth
    ? [`${document.documentElement.scrollWidth} px wide`] : []"""
WIDTHS = (320, 360, 390, 768, 1280)
"""Widths of the window in pixels. A quick run tries the first."""


def squeezed(text: str) -> str:
    """Return a text without white space."""
    return re.sub(r"\s", "", text)


async def names_with_gaps(tab: Tab) -> tuple[int, list[str]]:
    """Return how many names the accessibility tree of a page has, and those with a gap that the page does not show."""
    client = await tab.page.context.new_cdp_session(tab.page)
    tree = await client.send("Accessibility.getFullAXTree")
    await client.detach()
    written: dict[str, set[str]] = {}
    for text in await tab.page.evaluate(WRITTEN):
        written.setdefault(squeezed(text), set()).add(" ".join(text.split()))
    names = [
        " ".join(node["name"].get("value", "").split())
        for node in tree["nodes"]
        if "name" in node and node["role"]["value"] not in {"StaticText", "InlineTextBox"}
    ]
    names = [name for name in names if squeezed(name) in written]
    faults = [f"gap: {name}" for name in names if len(name) > max(map(len, written[squeezed(name)]))]
    return len(names), faults


async def gaps(tab: Tab) -> list[str]:
    """Return the names of a page that are heard with a gap."""
    return (await names_with_gaps(tab))[1]


def split_phrases(widths: Iterable[int]) -> Look[list[str]]:
    """Return a check that finds, at each width, phrases on two lines and pages that scroll sideways."""

    async def look(tab: Tab) -> list[str]:
        faults: dict[str, str] = {}
        for width in widths:
            await tab.resize(width)
            for fault in await tab.page.evaluate(SPLIT_PHRASES) + await tab.page.evaluate(TOO_WIDE):
                faults.setdefault(fault, f"{fault} [{width} px]")
        return list(faults.values())

    return look


def test_names_are_heard_without_gaps_and_break_between_phrases(reader: Reader, site: Site, *, full: bool) -> None:
    find_split_phrases = split_phrases(WIDTHS if full else WIDTHS[:1])

    async def look(tab: Tab) -> list[str]:
        return await gaps(tab) + await find_split_phrases(tab)

    assert_no_faults(reader.visit(site, look))


def test_names_are_counted(reader: Reader, site: Site) -> None:
    (counted,) = reader.visit(site, names_with_gaps, ["structure.html"]).values()
    assert counted[0] > 100


def test_gaps_and_split_phrases_are_reported(reader: Reader, planted: Planted) -> None:
    site = planted(
        bad="<h1>第<wbr>四次</h1><p><a href=x>障がいの<span style='display:inline-block'>ある</span>方</a></p>"
        "<h2><span class=phrase>よみがえらせる</span></h2>",
        broken="<h1 style='width: 3em'><span class=phrase>よみがえらせる</span></h1>",
        wide="<h1 style='width: 700px'><span class=phrase style='white-space: nowrap'>第四次</span></h1>",
    )
    found = reader.visit(site, gaps, ["bad.html"])["bad.html"]
    assert found == ["gap: 第 四次", "gap: 障がいの ある 方"]
    found_by_page = reader.visit(site, split_phrases(WIDTHS), ["broken.html", "wide.html"])
    assert found_by_page["broken.html"] == ["broken: よみがえらせる [320 px]"]
    assert any("px wide" in fault for fault in found_by_page["wide.html"])
