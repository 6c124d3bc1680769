"""A phone, or a desktop at 400 %: no page scrolls sideways, no content is cut, touch targets are large enough."""

from __future__ import annotations

from browser.browser_page import Reader, Tab
from browser.conftest import Planted
from browser.sites import Site, assert_no_faults

PHONE = 320
"""Width in CSS pixels at which WCAG 1.4.10 requires a page to reflow: 1,280 at 400 %."""
FINGER = 24
"""Smallest size of a target in CSS pixels (WCAG 2.5.8). Links inside a text are exempt; axe checks them."""
CUTTING = ["hidden", "clip"]
ROWS = """[...document.querySelectorAll(".scroll:has(> .rows)")].filter(box => box.scrollWidth > box.clientWidth).map(
    box => `the rows of “${box.ariaLabel}” are ${box.scrollWidth} of ${box.clientWidth} px`)"""
"""Finds tables of records whose values are outside the screen, where readers do not look for them."""


async def phone(tab: Tab) -> list[str]:
    """Return the faults on a phone, first of the page as loaded, then with all details elements open."""
    await tab.resize(PHONE)
    faults: list[str] = await tab.query("wide", PHONE)
    await tab.query("unfold")
    faults += [*await tab.query("wide", PHONE), *await tab.query("cut", CUTTING), *await tab.query("outOfReach", PHONE)]
    faults += await tab.page.evaluate(ROWS)
    return faults + list(
        await tab.query("small", {"least": FINGER, "but": ".skip-link"})
    )  # the skip link has no size without the focus


async def desktop(tab: Tab) -> list[str]:
    """Return controls that are too small. Boxes of a large diagram are exempt, since the list has the same links."""
    await tab.resize(1280)
    return list(await tab.query("small", {"least": FINGER, "but": ".skip-link, a.box"}))


async def enlarged(tab: Tab) -> list[str]:
    """Return the faults with a doubled font size in the settings of the browser, in a window of 640 px."""
    await tab.resize(640)
    browser = await tab.page.context.new_cdp_session(tab.page)
    await browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    faults: list[str] = [*await tab.query("wide", 640), *await tab.query("cut", CUTTING)]
    if await tab.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize) < 28"):
        faults.append("the letters do not grow with the reader's own size")
    await browser.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    return faults


async def sizes(tab: Tab) -> list[str]:
    """Return the faults of a page, loaded once, on a phone, on a desktop and with large letters."""
    return [
        f"{where}: {fault}"
        for where, look in (("phone", phone), ("desktop", desktop), ("large letters", enlarged))
        for fault in await look(tab)
    ]


def test_every_page_fits_a_phone_a_fingertip_and_large_letters(reader: Reader, site: Site) -> None:
    assert_no_faults(reader.visit(site, sizes))


def test_a_page_that_does_not_fit_a_phone_is_reported(reader: Reader, planted: Planted) -> None:
    head = '<meta name="viewport" content="width=device-width">'
    site = planted(
        wide=f'{head}<div id="plank" style="width:400px">長い板</div>',
        hidden=f'{head}<body style="overflow-x:hidden"><div id="plank" style="width:400px">長い板</div>',
        cut=f'{head}<div id="box" style="width:99px;overflow:hidden"><p style="width:300px">切れる',
        small=f'{head}<button id="dot" style="width:9px;height:9px;padding:0"></button>',
        folded=f'{head}<details><summary>ひらくと広くなる細い図</summary><div id="plank" style="width:400px">板',
        drawn=f'{head}<svg style="margin-left:300px"><a class="box" href="#"><rect width="99" height="40"/></a></svg>',
        fixed=f"{head}<style>body {{ font-size: 16px }}</style>",
        rows=(
            f'{head}<div class="scroll" aria-label="課" style="overflow-x:auto">'
            '<table class="rows" style="width:900px"><tr><td>'
        ),
        fine=f'{head}<div style="overflow-x:auto"><table style="width:900px"><tr><td>箱の中で動く表</table></div>',
    )
    found = reader.visit(site, sizes)
    signs = {
        "wide": "phone: div#plank “長い板” ends at 408 of 320 px",
        "hidden": "phone: div#plank “長い板” ends at 408 of 320 px",
        "folded": "phone: details > div#plank “板” ends at 408 of 320 px",
        "rows": "phone: the rows of “課” are 900 of 304 px",
        "cut": "phone: div#box “切れる” shows 99 of its 300 px",
        "small": "desktop: button#dot is 9 × 9 px",
        "drawn": "phone: svg > a.box lies outside the screen",
        "fixed": "large letters: the letters do not grow with the reader's own size",
    }
    assert {page: sign in found[f"{page}.html"] for page, sign in signs.items()} == dict.fromkeys(signs, True)
    assert found["fine.html"] == []
