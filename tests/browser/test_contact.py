"""A reader is nobody's business: no request leaves the folder, nothing is kept, no script but the site's own runs."""

from __future__ import annotations

import re
from functools import partial

import pytest
from conftest import Tally
from support.html_page import page as read

from browser.browser_page import Reader, Tab
from browser.conftest import Planted
from browser.sites import Folder, Site, accept, on_disk


async def contact(base: str, tab: Tab) -> list[str]:
    """Use whatever the page has to be used, then tell what it asked for, kept and complained of."""
    for field in await tab.page.locator("input:visible, select:visible").all():
        kind = await field.get_attribute("type")
        await (field.press("Space") if kind in ("checkbox", "radio") else field.press("a"))
    if await tab.page.locator("script").count():
        await tab.page.wait_for_timeout(300)  # a script may wait before it fetches or keeps something
    faults = [f"asks for {address}" for address in tab.asked if not address.startswith((base, "data:"))]
    faults += [f"a request failed: {request}" for request in tab.failed]
    faults += [f"the console says: {words}" for words in tab.said]
    faults += [f"the page has the cookie {one.get('name')}" for one in await tab.page.context.cookies()]
    return faults + list(await tab.ask("kept"))


def laws(text: str) -> list[str]:
    """Tell what a page's security policy lacks, and what the page has that the policy forbids."""
    html = read(re.sub(r"<(iframe|script)\b[^>]*/>", "", text))
    heads = [meta.attrs.get("content", "") for meta in html.all("meta") if "Policy" in meta.attrs.get("http-equiv", "")]
    policy = "; ".join(heads)
    faults = [] if "default-src 'none'" in policy else [f"the policy is {policy!r} and does not begin from nothing"]
    faults += [f"the policy allows {word}" for word in ("unsafe-", "*", "http:", "https:") if word in policy]
    faults += ["an inline script" for tag in html.all("script") if "src" not in tag.attrs]
    faults += ["a style element" for _ in html.all("style")]
    for element in html.all():
        faults += [f"{name} on <{element.tag}>" for name in element.attrs if name == "style" or name.startswith("on")]
    return faults


@pytest.mark.hazard(31)
def test_no_page_tells_anyone_that_it_is_read(reader: Reader, site: Site, tally: Tally) -> None:
    accept(reader.visit(site, partial(contact, site.base)))
    tally(1)


@pytest.mark.hazard(31)
def test_nor_does_it_where_it_is_opened_from_the_disk(reader: Reader, folder: Folder) -> None:
    site = on_disk(folder)
    pages = [page for page in folder.sample if page != "404.html"]  # only a host shows it, at an address of the host
    accept(reader.visit(site, partial(contact, site.base), pages))


@pytest.mark.hazard(31)
def test_every_page_forbids_all_that_it_does_not_need(folder: Folder) -> None:
    accept({page: laws(folder.text(page)) for page in folder.pages})


GOOD = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'\">"


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>何もない</p>", "does not begin from nothing"),
        (GOOD.replace("'self'", "'unsafe-inline'"), "unsafe-"),
        (GOOD.replace("'self'", "https://example.org"), "https:"),
        (f"{GOOD}<script>1</script>", "an inline script"),
        (f"{GOOD}<style>p {{}}</style>", "a style element"),
        (f'{GOOD}<p style="color:red">赤</p>', "style on <p>"),
        (f'{GOOD}<p onclick="1">押す</p>', "onclick on <p>"),
    ],
)
def test_a_page_that_allows_too_much_is_seen(html: str, fault: str) -> None:
    assert fault in str(laws(html))
    assert laws(GOOD) == []


@pytest.mark.hazard(31)
def test_a_page_that_talks_is_seen(reader: Reader, planted: Planted) -> None:
    site = planted(
        elsewhere='<img src="http://127.0.0.1:9/pixel.png" alt="">',
        cookie='<script>document.cookie = "a=1"</script>',
        storage="<script>localStorage.a = sessionStorage.b = 1</script>",
        database='<script>indexedDB.open("a")</script>',
        search="<input oninput=\"fetch('http://127.0.0.1:9/?q=' + value)\">",
        blocked=f'{GOOD}<p style="color:red">赤</p>',
        fine=f"{GOOD}<p>静か</p>",
    )
    signs = {
        "elsewhere": "asks for http://127.0.0.1:9/pixel.png",
        "cookie": "the cookie a",
        "storage": "keeps local: 1",
        "database": "keeps databases: 1",
        "search": "asks for http://127.0.0.1:9/?q=a",
        "blocked": "the console says",
    }
    for page, sign in signs.items():  # one by one, since what a page keeps its neighbours have too
        (faults,) = reader.visit(site, partial(contact, site.base), [f"{page}.html"]).values()
        assert sign in str(faults), page
    assert reader.visit(site, partial(contact, site.base), ["fine.html"]) == {"fine.html": []}
