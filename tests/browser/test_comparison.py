"""The comparison (新旧対照表) as one page from the disk: accessible, valid, and without external requests."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from support.comparison_pair import sides

from browser import sites
from browser.browser_page import Reader, Tab
from browser.sites import Folder, Site, assert_no_faults
from browser.test_accessibility import VARIANTS, axe
from browser.test_small_screens import phone
from handbook import parse, render


def comparison_folder(parent: Path) -> Folder:
    """Write a comparison with every kind of change into a folder with a Japanese name."""
    folder = parent / "新旧 対照表"
    folder.mkdir(parents=True)
    found, before, after = sides()
    html = render.comparison_html(found, before, after, parse.load_theme(ROOT / "example"))
    (folder / "comparison.html").write_bytes(html)
    return Folder(folder)


@pytest.fixture
def comparison(tmp_path: Path) -> Site:
    return sites.on_disk(comparison_folder(tmp_path))


def test_the_comparison_breaks_no_rule_of_accessibility(reader: Reader, comparison: Site) -> None:
    assert_no_faults(reader.visit(comparison, axe(VARIANTS)))


def test_the_comparison_fits_a_phone(reader: Reader, comparison: Site) -> None:
    assert_no_faults(reader.visit(comparison, phone))


async def contacts(tab: Tab) -> list[str]:
    """Return further requests, console messages, and a fault if the style was not applied."""
    faults = [*tab.requests[1:], *tab.failed, *tab.messages]
    if await tab.page.evaluate("getComputedStyle(document.querySelector('ins')).textDecorationLine") != "underline":
        faults.append("the style was refused")
    return faults


def test_the_comparison_loads_no_other_file(reader: Reader, comparison: Site) -> None:
    assert_no_faults(reader.visit(comparison, contacts))
