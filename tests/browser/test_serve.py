"""`build.py serve` in a browser: a reloaded page keeps its state, and errors are shown until they are corrected."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import FIRST
from support.serve_process import command

from browser.browser_page import Reader, Tab
from browser.sites import Folder, Site, assert_no_faults
from browser.test_accessibility import VARIANTS, axe

NAME = "子どもの学習支援"
PANEL = "#handbook-mistakes_"
VIEW_STATE = """() => [
    scrollX, scrollY,
    [...document.querySelectorAll("details")].map(box => box.open),
    [...document.querySelectorAll(".scroll")].map(strip => strip.scrollLeft),
    document.activeElement.textContent.trim(), document.querySelector("#ruby_").checked]"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The first edition of the plan, to be edited."""
    return Path(shutil.copytree(FIRST, tmp_path, dirs_exist_ok=True), "plan.yaml")


@pytest.fixture
def served_site(plan: Path) -> Iterator[Site]:
    """The same plan, served by `build.py serve`."""
    with command("--root", str(plan.parent), "--port", "0") as (_, address):
        yield Site(Folder(plan.parent), f"http://{address}")


def save(plan: Path, words: str, old: str = f"名称: {NAME}") -> None:
    text = (FIRST / "plan.yaml").read_text(encoding="utf-8")
    assert old in text
    plan.write_text(text.replace(old, words), encoding="utf-8")


def test_after_a_save_the_page_is_new_and_keeps_its_state(reader: Reader, served_site: Site, plan: Path) -> None:
    async def look(tab: Tab) -> tuple[Any, Any, list[str]]:
        page = tab.page
        await page.check("#ruby_")
        await page.locator("summary").nth(1).click()
        await tab.resize(1100)  # the branches fold on a phone, the whole diagram scrolls on a small laptop
        await page.locator("nav a").nth(3).focus()
        await page.evaluate("document.querySelectorAll('.scroll').forEach(strip => { strip.scrollLeft = 70; })")
        await page.evaluate("scrollTo(0, 431)")
        before = await page.evaluate(VIEW_STATE)
        save(plan, f"名称: {NAME}改")
        await page.get_by_text(f"{NAME}改").first.wait_for(state="attached")
        await page.wait_for_load_state()
        return before, await page.evaluate(VIEW_STATE), tab.messages

    ((before, after, messages),) = reader.visit(served_site, look, ["structure.html"], width=390).values()
    assert before[1] == 431
    assert True in before[2]
    assert any(before[3])
    assert before[4]
    assert after == before
    assert messages == []


def test_errors_are_shown_on_the_page_until_they_are_corrected(
    reader: Reader, served_site: Site, plan: Path, *, full: bool
) -> None:
    async def look(tab: Tab) -> list[str]:
        page, panel = tab.page, tab.page.locator(f"{PANEL} section")
        await page.evaluate("window.here = true")
        await page.locator("main a").nth(2).focus()
        focused = await page.evaluate("document.activeElement.textContent")
        save(plan, f"名稱: {NAME}")
        await panel.wait_for()
        assert await page.get_by_role("alert").inner_text() == "1 件の直すところがあります。ページは前のままです。"
        text = await panel.locator("li").inner_text()
        assert [
            word for word in ("plan.yaml:71:17", "知らない項目 `名稱` があります", "ヒント: `名称`") if word not in text
        ] == []
        assert await panel.locator("mark").inner_text() == "名稱"
        assert await page.evaluate("document.activeElement.textContent") == focused
        faults = await axe(VARIANTS if full else VARIANTS[:2])(tab)
        await panel.get_by_role("button").click()
        assert not await panel.locator("ol").is_visible()
        save(plan, f"名称: {NAME}")
        await panel.wait_for(state="detached")
        assert await page.evaluate("window.here"), "the page was loaded again although it is the same"
        return faults

    assert_no_faults(reader.visit(served_site, look, ["index.html"], width=390))


def test_a_broken_link_is_reported_on_the_new_page(reader: Reader, served_site: Site, plan: Path) -> None:
    async def look(tab: Tab) -> list[str]:
        page, panel = tab.page, tab.page.locator(f"{PANEL} section")
        save(plan, f"名称: {NAME}改\n                本文: '[先](nowhere.html)'")
        await page.get_by_text(f"{NAME}改").first.wait_for(state="attached")
        await panel.wait_for()
        expected_alert = "1 件の直すところがあります。ページは新しくなりましたが、直すまで書き出せません。"
        assert await page.get_by_role("alert").inner_text() == expected_alert
        assert "nowhere.html" in await panel.locator("li").inner_text()
        await page.evaluate("window.here = true")
        save(plan, f"名称: {NAME}改\n                本文: 先")
        await panel.wait_for(state="detached")
        assert await page.evaluate("window.here"), "the page was loaded again although only another one differs"
        return tab.messages

    (messages,) = reader.visit(served_site, look, ["structure.html"]).values()
    assert messages == []


def test_a_page_that_cannot_be_built_is_not_called_new(reader: Reader, served_site: Site, plan: Path) -> None:
    async def look(tab: Tab) -> str:
        assert "いまは作れません" in await tab.page.locator("h1").inner_text()
        await tab.page.locator(f"{PANEL} li").wait_for()
        return await tab.page.get_by_role("alert").inner_text()

    (plan.parent / "templates/pages").mkdir(parents=True)
    (plan.parent / "templates/pages/leaf_list.html").write_text("{{ wrong }}")
    (alert,) = reader.visit(served_site, look, ["list.html"]).values()
    assert alert == "1 件の直すところがあります。直して保存すると、ページが出ます。"


def test_a_filtered_list_is_filtered_after_a_save(reader: Reader, served_site: Site, plan: Path) -> None:
    async def look(tab: Tab) -> list[str]:
        await tab.page.fill("#words_", "読書活動")
        await tab.page.wait_for_function("() => document.querySelector('.result').textContent.includes('件のうち')")
        before = await tab.page.locator(".result").inner_text()
        save(plan, "読書活動を支える", "読書活動の支援")
        await tab.page.locator("li", has_text="読書活動を支える").first.wait_for()
        return [before, await tab.page.locator(".result").inner_text()]

    ((before, after),) = reader.visit(served_site, look, ["list.html"]).values()
    assert before == after


def test_a_page_opened_while_the_plan_is_broken_shows_the_errors(reader: Reader, plan: Path, *, full: bool) -> None:
    save(plan, f"名稱: {NAME}")

    async def look(tab: Tab) -> list[str]:
        assert "ページはまだありません" in await tab.page.locator("h1").inner_text()
        await tab.page.locator(f"{PANEL} li").wait_for()
        faults = await axe(VARIANTS if full else VARIANTS[:2])(tab)
        save(plan, f"名称: {NAME}")
        await tab.page.locator("header.site").wait_for()
        await tab.page.locator(PANEL).wait_for(state="detached")
        return faults

    with command("--root", str(plan.parent), "--port", "0") as (_, address):
        assert_no_faults(reader.visit(Site(Folder(plan.parent), f"http://{address}"), look, ["index.html"]))
