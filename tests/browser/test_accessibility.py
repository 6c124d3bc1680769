"""WCAG 2.2 AA, where a program can check it: axe-core on every page, narrow and wide, light and dark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from browser.browser_page import Look, Reader, Tab
from browser.conftest import Planted
from browser.sites import HERE, Site, assert_no_faults, checker

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DARK_RULES = {"type": "rule", "values": ["color-contrast"]}
"""Colours are all that the dark scheme changes."""
Scheme = Literal["light", "dark"]
VARIANTS: tuple[tuple[int, Scheme], ...] = ((320, "light"), (1280, "dark"), (320, "dark"), (1280, "light"))
"""Width in pixels and colour scheme. A quick run tries each template in the first two, a full run in all."""
RUN = """([runOnly, rules]) => axe.run(document, {runOnly, rules, resultTypes: ["violations"]}).then(
    found => found.violations.flatMap(rule => rule.nodes.map(
        node => `${rule.id}: ${node.target.flat().join(" ")} (${rule.help})`)))"""


def axe(variants: Iterable[tuple[int, Scheme]], *, with_colours: bool = True) -> Look[list[str]]:
    """Return a check with axe for each pair of width and colour scheme. A fault names the first of them."""
    variants = list(variants)
    exceptions = {} if with_colours else {"color-contrast": {"enabled": False}}
    source = checker("axe-core/axe.min.js").read_text(encoding="utf-8")

    async def look(tab: Tab) -> list[str]:
        faults: dict[str, str] = {}
        await tab.page.evaluate(source)
        for width, scheme in variants:
            await tab.resize(width)
            await tab.page.emulate_media(color_scheme=scheme)
            for fault in await tab.page.evaluate(RUN, [DARK_RULES if scheme == "dark" else RULES, exceptions]):
                faults.setdefault(fault, f"{fault} [{width} px, {scheme}]")
        return list(faults.values())

    return look


def test_no_page_breaks_a_rule_of_accessibility(reader: Reader, site: Site, *, full: bool) -> None:
    """Try each page at one width. Colours, which pages of one template share, are tried on one of each template."""
    others = [page for page in site.folder.sample if page not in site.folder.sample_kinds]
    for number, width in enumerate((320, 1280)):
        look = axe([(width, "light")], with_colours=False)
        assert_no_faults(reader.visit(site, look, others[number::2]))
    assert_no_faults(reader.visit(site, axe(VARIANTS if full else VARIANTS[:2]), site.folder.sample_kinds))


def test_no_page_breaks_a_rule_of_accessibility_without_scripts(reader: Reader, site: Site) -> None:
    # A page without a script is the same in both tests.
    pages = [page for page in site.folder.sample_kinds if "<script" in site.folder.text(page)]
    assert_no_faults(reader.visit(site, axe([(1280, "light")]), pages, scripts=False))


def test_an_unreadable_page_is_reported(reader: Reader, planted: Planted) -> None:
    site = planted(bad=(HERE / "seeded_faults/unreadable.html").read_text(encoding="utf-8"))
    (faults,) = reader.visit(site, axe(VARIANTS)).values()
    rules = {fault.partition(":")[0] for fault in faults}
    assert len(rules) >= 11, rules
    assert {"color-contrast", "image-alt", "target-size", "html-has-lang", "label", "heading-order"} <= rules
    assert [fault for fault in faults if ".night" in fault and fault.endswith("dark]")]
