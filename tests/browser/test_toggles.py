"""The controls of a page that change its content: kana over names, and the filter of the list."""

from __future__ import annotations

import pytest

from browser.browser_page import Reader, Tab
from browser.sites import Folder, on_disk

VISIBLE = "found => found.filter(row => row.checkVisibility()).map(row => row.querySelector('a').getAttribute('href'))"


@pytest.mark.parametrize("scripts", [True, False])
def test_kana_are_shown_over_names_only_while_switched_on(reader: Reader, folder: Folder, scripts: bool) -> None:
    async def look(tab: Tab) -> list[bool]:
        kana = tab.page.locator("h1 rt").first
        shown = [await kana.is_visible()]
        await tab.page.check("#ruby_")
        shown.append(await kana.is_visible())
        await tab.page.uncheck("#ruby_")
        return [*shown, await kana.is_visible()]

    node = next(page for page in folder.pages if '<h1><span class="phrase"><ruby>' in folder.text(page))
    (shown,) = reader.visit(on_disk(folder), look, [node], scripts=scripts).values()
    assert shown == [False, True, False]


def test_the_list_shows_only_the_rows_that_match_the_filter(reader: Reader, folder: Folder) -> None:
    async def look(tab: Tab) -> dict[str, list[str]]:
        async def visible() -> list[str]:
            hrefs: list[str] = await tab.page.eval_on_selector_all(".leaf-list li", VISIBLE)
            return hrefs

        found = {"all": await visible()}
        await tab.page.select_option("#branch_", "2")
        found["branch"] = await visible()
        await tab.page.click("#all_")
        found["reset"] = await visible()
        name = await tab.page.locator("#audience_ option").nth(1).inner_text()
        await tab.page.select_option("#audience_", name)
        found["audience"] = await visible()
        await tab.page.click("#all_")
        for words in ("のせいび", "ｾｲﾋﾞ　の", "そんな言葉はない"):
            await tab.page.fill("#words_", words)
            found[words] = await visible()
            found[f"{words} message"] = [await tab.page.locator(".result").inner_text()]
        return found

    (found,) = reader.visit(on_disk(folder), look, ["list.html"]).values()
    assert found["reset"] == found["all"]
    assert 0 < len(found["branch"]) < len(found["all"])
    assert 0 < len(found["audience"]) < len(found["all"])
    assert 0 < len(found["のせいび"]) <= len(found["ｾｲﾋﾞ　の"]) < len(found["all"])
    assert found["のせいび message"] == [f"{len(found['all'])} 件のうち {len(found['のせいび'])} 件"]
    assert found["そんな言葉はない"] == []
    assert found["そんな言葉はない message"] == ["当てはまるものがありません"]


def test_without_scripts_the_list_is_complete_and_has_no_filter(reader: Reader, folder: Folder) -> None:
    async def look(tab: Tab) -> tuple[int, bool]:
        rows: list[str] = await tab.page.eval_on_selector_all(".leaf-list li", VISIBLE)
        return len(rows), await tab.page.locator(".filter").is_visible()

    (found,) = reader.visit(on_disk(folder), look, ["list.html"], scripts=False).values()
    assert found == (folder.text("list.html").count("<li data-audiences="), False)
