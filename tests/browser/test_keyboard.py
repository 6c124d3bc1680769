"""The whole site by the Tab key: every control is reached in the order of the page and shows the focus."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from browser.browser_page import Reader, Tab
from browser.conftest import Planted
from browser.sites import Site, assert_no_faults

Stop = dict[str, Any]
"""A focused element: position in the document, name for a message, href, faults."""


async def walk(tab: Tab) -> tuple[list[Stop], list[Stop]]:
    """Press Tab until the focus leaves the page. Return the expected stops and those reached."""
    expected: list[Stop] = await tab.query("stops")
    reached: list[Stop] = []
    while len(reached) < 2 * len(expected) + 20:
        await tab.page.keyboard.press("Tab")
        stop = await tab.query("focus")
        at_start = bool(reached) and stop is not None and stop["place"] == reached[0]["place"]
        if stop is None or (
            at_start and (len(reached) > 1 or len(expected) == 1)
        ):  # Chromium may start again at the top
            break
        reached.append(stop)
    return expected, reached


async def by_tab(tab: Tab) -> list[str]:
    """Return the faults of a page for a reader without a mouse."""
    expected, reached = await walk(tab)
    faults = [fault for stop in reached for fault in stop["faults"]]
    places = [stop["place"] for stop in reached]
    faults += [f"Tab never reaches {stop['name']}" for stop in expected if stop["place"] not in places]
    for one, other in pairwise(reached):
        if other["place"] == one["place"]:
            return [*faults, f"the focus is caught in {one['name']}"]
        if other["place"] < one["place"]:
            faults.append(f"Tab goes back from {one['name']} to {other['name']}")
    return faults


def test_tab_reaches_every_control_in_order_and_the_focus_is_visible(reader: Reader, site: Site) -> None:
    assert_no_faults(reader.visit(site, by_tab, site.folder.sample_kinds))


def test_tab_reaches_every_control_of_each_kind_of_page_on_a_phone(reader: Reader, site: Site, *, full: bool) -> None:
    pages = [page for page in site.folder.sample_kinds if full or page != "structure.html"]  # with the most controls
    assert_no_faults(reader.visit(site, by_tab, pages, width=320))


def test_tab_reaches_every_box_of_the_diagram_in_the_order_of_the_list(reader: Reader, site: Site) -> None:
    """Tab is not pressed again: the first test shows that it reaches every stop in the order of the page."""

    async def look(tab: Tab) -> tuple[list[str], list[str], list[str]]:
        stops: list[Stop] = await tab.query("stops")
        box, item = "svg.whole a.box", "#node-list a"
        read = "found => found.map(each => each.getAttribute('href'))"
        boxes = await tab.page.eval_on_selector_all(box, read)
        places = await tab.page.evaluate(
            "box => [...document.querySelectorAll('*')].flatMap((each, at) => each.matches(box) ? [at] : [])", box
        )
        stopped = [stop["href"] for stop in stops if stop["place"] in places]
        return stopped, boxes, await tab.page.eval_on_selector_all(item, read)

    (found,) = reader.visit(site, look, ["structure.html"]).values()
    stopped, boxes, listed = found
    assert len(listed) > 10
    assert stopped == boxes
    assert [href for href in stopped if href != "index.html"] == listed  # the subject's box leads to the front page


def test_a_page_that_needs_a_mouse_is_reported(reader: Reader, planted: Planted) -> None:
    link = '<a href="#1">一</a> <a href="#2">二</a>'
    site = planted(
        blind=f"<style>a:focus {{ outline: none }}</style>{link}",
        queue=f'{link} <a href="#3" tabindex="1">三</a>',
        behind=f'<div style="position:fixed;inset:0;background:#fff">前</div>{link}',
        trap=f"{link}<script>document.links[0].onkeydown = e => e.preventDefault()</script>",
        fine=f"<style>a:focus {{ outline: none; background: gold }}</style>{link}",
    )
    found = reader.visit(site, by_tab)
    assert "the same with and without" in str(found["blind.html"])
    assert "jumps the queue" in str(found["queue.html"])
    assert "not to be seen" in str(found["behind.html"])
    assert "never reaches a “二”" in str(found["trap.html"])
    assert found["fine.html"] == []
