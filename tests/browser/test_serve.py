"""`build.py serve` in a browser: the page comes back where it was, and mistakes stand on it until they are mended."""

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
from browser.test_accessibility import axe

WORD = "子どもの学習支援"
PANEL = "#handbook-mistakes_"
WHERE = """() => [
    scrollX, scrollY,
    [...document.querySelectorAll("details")].map(box => box.open),
    [...document.querySelectorAll(".scroll")].map(strip => strip.scrollLeft),
    document.activeElement.textContent.trim(), document.querySelector("#ruby_").checked]"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The first edition of the plan, to be edited."""
    return Path(shutil.copytree(FIRST, tmp_path, dirs_exist_ok=True), "plan.yaml")


@pytest.fixture
def shown(plan: Path) -> Iterator[Site]:
    """The same as `build.py serve` shows it."""
    with command("--root", str(plan.parent), "--port", "0") as (_, address):
        yield Site(Folder(plan.parent), f"http://{address}")


def save(plan: Path, words: str, instead: str = f"名称: {WORD}") -> None:
    text = (FIRST / "plan.yaml").read_text(encoding="utf-8")
    assert instead in text
    plan.write_text(text.replace(instead, words), encoding="utf-8")


def test_after_a_save_the_page_is_new_and_where_it_was(reader: Reader, shown: Site, plan: Path) -> None:
    async def look(tab: Tab) -> tuple[Any, Any, list[str]]:
        page = tab.page
        await page.check("#ruby_")
        await page.locator("summary").nth(1).click()
        await tab.resize(1100)  # the branches fold on a phone, the whole diagram scrolls on a small laptop
        await page.locator("nav a").nth(3).focus()
        await page.evaluate("document.querySelectorAll('.scroll').forEach(strip => { strip.scrollLeft = 70; })")
        await page.evaluate("scrollTo(0, 431)")
        before = await page.evaluate(WHERE)
        save(plan, f"名称: {WORD}改")
        await page.get_by_text(f"{WORD}改").first.wait_for(state="attached")
        await page.wait_for_load_state()
        return before, await page.evaluate(WHERE), tab.messages

    ((before, after, said),) = reader.visit(shown, look, ["structure.html"], width=390).values()
    assert before[1] == 431
    assert True in before[2]
    assert any(before[3])
    assert before[4]
    assert after == before
    assert said == []


def test_mistakes_stand_on_the_page_until_they_are_mended(reader: Reader, shown: Site, plan: Path) -> None:
    async def look(tab: Tab) -> list[str]:
        page, panel = tab.page, tab.page.locator(f"{PANEL} section")
        await page.evaluate("window.here = true")
        await page.locator("main a").nth(2).focus()
        focused = await page.evaluate("document.activeElement.textContent")
        save(plan, f"名稱: {WORD}")
        await panel.wait_for()
        assert await page.get_by_role("alert").inner_text() == "1 件の直すところがあります。ページは前のままです。"
        told = await panel.locator("li").inner_text()
        assert [
            word for word in ("plan.yaml:71:17", "知らない項目 `名稱` があります", "ヒント: `名称`") if word not in told
        ] == []
        assert await panel.locator("mark").inner_text() == "名稱"
        assert await page.evaluate("document.activeElement.textContent") == focused
        faults = await axe()(tab)
        await panel.get_by_role("button").click()
        assert not await panel.locator("ol").is_visible()
        save(plan, f"名称: {WORD}")
        await panel.wait_for(state="detached")
        assert await page.evaluate("window.here"), "the page was loaded again although it is the same"
        return faults

    assert_no_faults(reader.visit(shown, look, ["index.html"], width=390))


def test_a_dead_link_is_told_on_the_new_page(reader: Reader, shown: Site, plan: Path) -> None:
    async def look(tab: Tab) -> list[str]:
        page, panel = tab.page, tab.page.locator(f"{PANEL} section")
        save(plan, f"名称: {WORD}改\n                本文: '[先](nowhere.html)'")
        await page.get_by_text(f"{WORD}改").first.wait_for(state="attached")
        await panel.wait_for()
        told = "1 件の直すところがあります。ページは新しくなりましたが、直すまで書き出せません。"
        assert await page.get_by_role("alert").inner_text() == told
        assert "nowhere.html" in await panel.locator("li").inner_text()
        await page.evaluate("window.here = true")
        save(plan, f"名称: {WORD}改\n                本文: 先")
        await panel.wait_for(state="detached")
        assert await page.evaluate("window.here"), "the page was loaded again although only another one differs"
        return tab.messages

    (said,) = reader.visit(shown, look, ["structure.html"]).values()
    assert said == []


def test_a_page_that_cannot_be_made_is_not_called_new(reader: Reader, shown: Site, plan: Path) -> None:
    async def look(tab: Tab) -> str:
        assert "いまは作れません" in await tab.page.locator("h1").inner_text()
        await tab.page.locator(f"{PANEL} li").wait_for()
        return await tab.page.get_by_role("alert").inner_text()

    (plan.parent / "templates/pages").mkdir(parents=True)
    (plan.parent / "templates/pages/leaf_list.html").write_text("{{ wrong }}")
    (told,) = reader.visit(shown, look, ["list.html"]).values()
    assert told == "1 件の直すところがあります。直して保存すると、ページが出ます。"


def test_a_list_that_was_narrowed_is_narrow_after_a_save(reader: Reader, shown: Site, plan: Path) -> None:
    async def look(tab: Tab) -> list[str]:
        await tab.page.fill("#words_", "読書活動")
        await tab.page.wait_for_function("() => document.querySelector('.result').textContent.includes('件のうち')")
        before = await tab.page.locator(".result").inner_text()
        save(plan, "読書活動を支える", "読書活動の支援")
        await tab.page.locator("li", has_text="読書活動を支える").first.wait_for()
        return [before, await tab.page.locator(".result").inner_text()]

    ((before, after),) = reader.visit(shown, look, ["list.html"]).values()
    assert before == after


def test_a_page_opened_while_the_plan_is_broken_shows_the_mistakes(reader: Reader, plan: Path) -> None:
    save(plan, f"名稱: {WORD}")

    async def look(tab: Tab) -> list[str]:
        assert "ページはまだありません" in await tab.page.locator("h1").inner_text()
        await tab.page.locator(f"{PANEL} li").wait_for()
        faults = await axe()(tab)
        save(plan, f"名称: {WORD}")
        await tab.page.locator("header.site").wait_for()
        await tab.page.locator(PANEL).wait_for(state="detached")
        return faults

    with command("--root", str(plan.parent), "--port", "0") as (_, address):
        assert_no_faults(reader.visit(Site(Folder(plan.parent), f"http://{address}"), look, ["index.html"]))
