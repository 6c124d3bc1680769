"""Privacy of readers: no request to other hosts, no stored data, no scripts other than those of the site."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import partial
from hashlib import sha256

import pytest
from conftest import Tally
from support.html_page import page as parse_page

from browser.browser_page import Reader, Tab
from browser.conftest import Planted
from browser.sites import Folder, Site, assert_no_faults, on_disk


async def use_page(base: str, tab: Tab) -> list[str]:
    """Use all controls of the page and return its external requests, stored data and console messages."""
    for field in await tab.page.locator("input:visible, select:visible").all():
        kind = await field.get_attribute("type")
        await (field.press("Space") if kind in ("checkbox", "radio") else field.press("a"))
    if await tab.page.locator("script").count():
        await tab.page.wait_for_timeout(300)  # a script may wait before it fetches or keeps something
    faults = [f"requests {address}" for address in tab.requests if not address.startswith((base, "data:"))]
    faults += [f"a request failed: {request}" for request in tab.failed]
    faults += [f"message in the console: {words}" for words in tab.messages]
    faults += [f"the page has the cookie {one.get('name')}" for one in await tab.page.context.cookies()]
    return faults + list(await tab.query("kept"))


def policy_faults(text: str) -> list[str]:
    """Return what the security policy of a page lacks, and the elements and attributes that it forbids."""
    html = parse_page(re.sub(r"<(iframe|script)\b[^>]*/>", "", text))
    heads = [meta.attrs.get("content", "") for meta in html.all("meta") if "Policy" in meta.attrs.get("http-equiv", "")]
    policy = "; ".join(heads)
    faults = (
        []
        if "default-src 'none'" in policy
        else [f"the policy is {policy!r} and does not start with default-src 'none'"]
    )
    faults += [f"the policy allows {word}" for word in ("unsafe-", "*", "http:", "https:") if word in policy]
    # Text inside the page runs only if the policy names its hash; the one page with such text is 404.html.
    inside = re.findall(r"<(script|style)\b[^>]*>(.*?)</\1>", text, re.DOTALL)
    hashes = [(tag, b64encode(sha256(words.encode()).digest()).decode()) for tag, words in inside if words]
    faults += [
        f"a {tag} element without its hash" for tag, digest in hashes if f"{tag}-src 'sha256-{digest}'" not in policy
    ]
    if "http-equiv" in text and hashes and 'name="robots" content="noindex"' not in text:
        faults.append("a style or script element on a page that can load files")
    for element in html.all():
        faults += [f"{name} on <{element.tag}>" for name in element.attrs if name == "style" or name.startswith("on")]
    return faults


@pytest.mark.hazard(31)
def test_no_page_sends_requests_or_stores_data(reader: Reader, site: Site, tally: Tally) -> None:
    assert_no_faults(reader.visit(site, partial(use_page, site.base)))
    tally(1)


@pytest.mark.hazard(31)
def test_no_page_opened_from_the_disk_sends_requests_or_stores_data(reader: Reader, folder: Folder) -> None:
    site = on_disk(folder)
    pages = [
        page for page in folder.sample_kinds if page != "404.html"
    ]  # only a host shows it, with links from its root
    assert_no_faults(reader.visit(site, partial(use_page, site.base), pages))


@pytest.mark.hazard(31)
def test_the_policy_of_every_page_forbids_all_that_it_does_not_need(folder: Folder) -> None:
    assert_no_faults({page: policy_faults(folder.text(page)) for page in folder.pages})


GOOD = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'\">"


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>何もない</p>", "does not start with"),
        (GOOD.replace("'self'", "'unsafe-inline'"), "unsafe-"),
        (GOOD.replace("'self'", "https://example.org"), "https:"),
        (f"{GOOD}<script>1</script>", "a script element without its hash"),
        (f"{GOOD}<style>p {{}}</style>", "a style element without its hash"),
        (f'{GOOD}<p style="color:red">赤</p>', "style on <p>"),
        (f'{GOOD}<p onclick="1">押す</p>', "onclick on <p>"),
    ],
)
def test_a_policy_that_allows_too_much_is_reported(html: str, fault: str) -> None:
    assert fault in str(policy_faults(html))
    assert policy_faults(GOOD) == []


@pytest.mark.hazard(31)
def test_a_page_that_sends_requests_or_stores_data_is_reported(reader: Reader, planted: Planted) -> None:
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
        "elsewhere": "requests http://127.0.0.1:9/pixel.png",
        "cookie": "the cookie a",
        "storage": "keeps local: 1",
        "database": "keeps databases: 1",
        "search": "requests http://127.0.0.1:9/?q=a",
        "blocked": "message in the console",
    }
    for page, sign in signs.items():  # one by one, since pages of one visit share stored data
        (faults,) = reader.visit(site, partial(use_page, site.base), [f"{page}.html"]).values()
        assert sign in str(faults), page
    assert reader.visit(site, partial(use_page, site.base), ["fine.html"]) == {"fine.html": []}
