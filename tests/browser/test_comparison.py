"""The 新旧対照表 as one page from the disk: readable by everybody, valid, and without any contact outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from support.comparison_pair import sides

from browser import sites
from browser.browser_page import Reader, Tab
from browser.sites import Folder, Site, accept
from browser.test_accessibility import axe
from browser.test_small_screens import phone
from handbook import parse, render


def comparison_folder(parent: Path) -> Folder:
    """Write the page with every kind of change, alone in a folder with a Japanese name."""
    folder = parent / "新旧 対照表"
    folder.mkdir(parents=True)
    found, before, after = sides()
    made = render.comparison_html(found, before, after, parse.load_theme(ROOT / "example"))
    (folder / "comparison.html").write_bytes(made)
    return Folder(folder)


@pytest.fixture
def comparison(tmp_path: Path) -> Site:
    return sites.on_disk(comparison_folder(tmp_path))


def test_the_comparison_breaks_no_rule_of_accessibility(reader: Reader, comparison: Site) -> None:
    accept(reader.visit(comparison, axe()))


def test_the_comparison_fits_a_phone(reader: Reader, comparison: Site) -> None:
    accept(reader.visit(comparison, phone))


async def quiet(tab: Tab) -> list[str]:
    """Look at what the page asks for, what it says, and whether its style was let in."""
    faults = [*tab.asked[1:], *tab.failed, *tab.said]
    if await tab.page.evaluate("getComputedStyle(document.querySelector('ins')).textDecorationLine") != "underline":
        faults.append("the style was refused")
    return faults


def test_the_comparison_stands_alone(reader: Reader, comparison: Site) -> None:
    accept(reader.visit(comparison, quiet))
