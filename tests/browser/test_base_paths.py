"""The same bytes work wherever they are put: on the disk, at the top of a host, deep under it, in a Japanese folder."""

from __future__ import annotations

import hashlib

from browser.browser_page import Reader, Tab
from browser.conftest import Places, Planted
from browser.crawl import crawl, faults, look
from browser.sites import Folder, Site, accept


def hashes(folder: Folder) -> dict[str, str]:
    """What `sha256sum` says of every file."""
    files = sorted(file for file in folder.path.rglob("*") if file.is_file())
    return {str(f.relative_to(folder.path)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def test_links_reach_every_page_and_every_page_is_dressed_wherever_the_folder_lies(
    reader: Reader, places: Places
) -> None:
    """In a quick run, the larger plan is opened at two of the four addresses."""
    chosen = places if places["disk"].folder.step == 1 else {name: places[name] for name in ("disk", "deep")}
    home = crawl(reader, places["disk"])
    told: dict[str, list[str]] = {}
    for name, site in chosen.items():
        assert hashes(site.folder) == hashes(places["disk"].folder)
        found = crawl(reader, site)
        told |= {f"{name}: {page}": said for page, said in faults(site, found).items()}
        odd = [page for page, seen in found.items() if page in home and seen.dress != home[page].dress]
        told |= {f"{name}:: {page}": ["the page is dressed otherwise than on the disk"] for page in odd}
    accept(told)


def test_style_sheets_dress_the_pages(reader: Reader, site: Site) -> None:
    async def bare(tab: Tab) -> list[str]:
        await tab.page.route("**/*.css", lambda route: route.abort())
        await tab.page.reload()
        return (await look(tab)).dress

    (dressed,) = reader.visit(site, look, ["index.html"]).values()
    (undressed,) = reader.visit(site, bare, ["index.html"]).values()
    assert [part for part, other in zip(dressed.dress, undressed, strict=True) if part == other] == []


def test_every_earlier_address_leads_on_by_itself_to_where_its_link_leads(reader: Reader, places: Places) -> None:
    for site in places.values():

        async def arrive(tab: Tab, site: Site = site) -> str:
            await tab.page.wait_for_url(lambda address: site.page(address) not in site.folder.stubs)
            return site.page(tab.page.url)

        said = reader.visit(site, look, site.folder.stubs)
        led = reader.visit(site, arrive, site.folder.stubs, hold=False)
        assert led == {stub: site.page(seen.links[0]) for stub, seen in said.items()}


def test_a_wrong_address_shows_a_page_whose_links_work(reader: Reader, site: Site) -> None:
    wrong = "no/such/page.html" if site.folder.home else "no-such-page.html"
    (found,) = reader.visit(site, look, [wrong]).values()
    (front,) = reader.visit(site, look, ["index.html"]).values()
    assert [one for one in found.failed if not one.endswith(f"{wrong} 404") and "status of 404" not in one] == []
    assert {site.page(link) for link in found.links} <= {*site.folder.pages, wrong}
    assert found.dress[0] == front.dress[0]


def test_a_folder_that_does_not_hold_together_is_seen(reader: Reader, planted: Planted) -> None:
    site = planted(
        index='<main><a href="one.html">一</a> <a href="/gone.html">ない</a> <a href="./">番地だけ</a></main>',
        one='<link rel="stylesheet" href="gone.css"><main>一</main>',
        lonely="<main>だれも来ない</main>",
    )
    told = faults(site, crawl(reader, site))
    assert sorted(told["index.html"]) == ["a link leads to ''", "a link leads to 'gone.html'"]
    assert "gone.css 404" in told["one.html"][0]
    assert told["lonely.html"] == ["no link leads here from the front page"]
