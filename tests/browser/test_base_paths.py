"""The same files work at any address: on the disk, at the root of a host, under a path, in a Japanese folder."""

from __future__ import annotations

import hashlib

from browser.browser_page import Reader, Tab
from browser.conftest import Places, Planted
from browser.crawl import crawl, faults, faults_of_pages, look
from browser.sites import Folder, Site, assert_no_faults

STUB_STEP, QUICK_STUB_STEP = 3, 9
"""Of the redirects, whose files are the same at each address, every third one is opened at the others."""


def hashes(folder: Folder) -> dict[str, str]:
    """Return the SHA-256 of every file."""
    files = sorted(file for file in folder.path.rglob("*") if file.is_file())
    return {str(f.relative_to(folder.path)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def test_every_page_is_linked_and_has_its_styles_at_every_address(
    reader: Reader, places: Places, *, full: bool
) -> None:
    """In a full run, all links are followed on the disk. At the other addresses, each kind of page is opened."""
    disk = places["disk"]
    home = crawl(reader, disk) if full else reader.visit(site=disk, look=look)
    found_faults = faults(disk, home) if full else faults_of_pages(disk, home)
    for name, site in places.items():
        assert hashes(site.folder) == hashes(disk.folder)
        pages = [] if site == disk else site.folder.kinds
        found = reader.visit(site, look, [page for page in pages if page in site.folder.sample and page != "404.html"])
        found_faults |= {f"{name}: {page}": page_faults for page, page_faults in faults_of_pages(site, found).items()}
        odd = [page for page, seen in found.items() if page in home and seen.styles != home[page].styles]
        found_faults |= {f"{name}:: {page}": ["the page has other styles than on the disk"] for page in odd}
    assert_no_faults(found_faults)


def test_style_sheets_change_every_main_element(reader: Reader, site: Site) -> None:
    async def without_styles(tab: Tab) -> list[str]:
        await tab.page.route("**/*.css", lambda route: route.abort())
        await tab.page.reload()
        return (await look(tab)).styles

    (with_styles,) = reader.visit(site, look, ["index.html"]).values()
    (without,) = reader.visit(site, without_styles, ["index.html"]).values()
    assert [part for part, other in zip(with_styles.styles, without, strict=True) if part == other] == []


def test_every_redirect_leads_to_the_target_of_its_link(reader: Reader, places: Places, *, full: bool) -> None:
    for site in places.values():

        async def arrive(tab: Tab, site: Site = site) -> str:
            await tab.page.wait_for_url(lambda address: site.page(address) not in site.folder.stubs)
            return site.page(tab.page.url)

        pages = (
            site.folder.stubs
            if site == places["disk"]
            else site.folder.stubs[:: STUB_STEP if full else QUICK_STUB_STEP]
        )
        stubs = reader.visit(site, look, pages)
        arrived = reader.visit(site, arrive, pages, hold=False)
        assert arrived == {stub: site.page(seen.links[0]) for stub, seen in stubs.items()}


def test_a_wrong_address_shows_a_page_whose_links_work(reader: Reader, site: Site) -> None:
    wrong = "no/such/page.html" if site.folder.home else "no-such-page.html"
    (found,) = reader.visit(site, look, [wrong]).values()
    (front,) = reader.visit(site, look, ["index.html"]).values()
    assert [one for one in found.failed if not one.endswith(f"{wrong} 404") and "status of 404" not in one] == []
    assert {site.page(link) for link in found.links} <= {*site.folder.pages, wrong}
    assert found.styles[0] == front.styles[0]


def test_broken_links_and_unreachable_pages_are_reported(reader: Reader, planted: Planted) -> None:
    site = planted(
        index='<main><a href="one.html">一</a> <a href="/gone.html">ない</a> <a href="./">番地だけ</a></main>',
        one='<link rel="stylesheet" href="gone.css"><main>一</main>',
        lonely="<main>だれも来ない</main>",
    )
    found = faults(site, crawl(reader, site))
    assert sorted(found["index.html"]) == ["a link leads to ''", "a link leads to 'gone.html'"]
    assert "gone.css 404" in found["one.html"][0]
    assert found["lonely.html"] == ["no link leads here from the front page"]
