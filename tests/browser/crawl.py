"""What links lead to from the front page, and whether all of a site holds together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from browser.browser_page import Reader, Tab
from browser.sites import Site


@dataclass(frozen=True)
class Seen:
    """What a page showed."""

    links: list[str]
    """Addresses, as the browser understands them."""
    dress: list[str]
    """How the style sheets dress it, part by part."""
    lines: list[str]
    """The words of its main part."""
    failed: list[str]
    """What did not load, and what the console says of it."""


async def look(tab: Tab) -> Seen:
    """Read an open page."""
    links, dress, lines = [await tab.ask(question) for question in ("links", "dress", "lines")]
    return Seen(links, dress, lines, tab.failed + tab.said)


@cache
def crawl(reader: Reader, site: Site, *, scripts: bool = True) -> dict[str, Seen]:
    """Every page that links lead to from the front page."""
    found: dict[str, Seen] = {}
    wave = {"index.html"}
    while wave:
        found |= reader.visit(site, look, sorted(wave), scripts=scripts)
        linked = {site.page(link) for seen in found.values() for link in seen.links}
        wave = {page for page in linked if page in site.folder.pages} - found.keys()
    return found


def faults(site: Site, found: dict[str, Seen]) -> dict[str, list[str]]:
    """Tell which pages no link reaches, which links lead nowhere, what did not load."""
    told = {page: list(seen.failed) for page, seen in found.items()}
    for page, seen in found.items():
        inside = {site.page(link) for link in seen.links if link.startswith((site.base, "file:"))}
        told[page] += [f"a link leads to {link!r}" for link in inside if not (site.folder.path / link).is_file()]
    for page in {*site.folder.pages} - found.keys() - {*site.folder.stubs, "404.html"}:
        told[page] = ["no link leads here from the front page"]
    return told
