"""Follows all links from the front page and finds unreachable pages, broken links and failed requests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from browser.browser_page import Reader, Tab
from browser.sites import Site


@dataclass(frozen=True)
class Seen:
    """The links, styles and text of an open page."""

    links: list[str]
    """Addresses, as the browser understands them."""
    styles: list[str]
    """Computed styles of the main elements."""
    lines: list[str]
    """The lines of its main element."""
    failed: list[str]
    """Failed requests and console messages."""


async def look(tab: Tab) -> Seen:
    """Read an open page."""
    links, styles, lines = [await tab.query(name) for name in ("links", "styles", "lines")]
    return Seen(links, styles, lines, tab.failed + tab.messages)


@cache
def crawl(reader: Reader, site: Site, *, scripts: bool = True) -> dict[str, Seen]:
    """Return every page that can be reached by links from the front page."""
    found: dict[str, Seen] = {}
    wave = {"index.html"}
    while wave:
        found |= reader.visit(site, look, sorted(wave), scripts=scripts)
        linked = {site.page(link) for seen in found.values() for link in seen.links}
        wave = {page for page in linked if page in site.folder.pages} - found.keys()
    return found


def faults_of_pages(site: Site, found: dict[str, Seen]) -> dict[str, list[str]]:
    """Return failed requests and broken links by page."""
    faults_by_page = {page: list(seen.failed) for page, seen in found.items()}
    for page, seen in found.items():
        inside = {site.page(link) for link in seen.links if link.startswith((site.base, "file:"))}
        faults_by_page[page] += [
            f"a link leads to {link!r}" for link in inside if not (site.folder.path / link).is_file()
        ]
    return faults_by_page


def faults(site: Site, found: dict[str, Seen]) -> dict[str, list[str]]:
    """Return by page: failed requests, broken links, and that no link leads to a page that readers should find."""
    unreachable = {*site.folder.pages} - found.keys() - {*site.folder.unlisted}
    return faults_of_pages(site, found) | {page: ["no link leads here from the front page"] for page in unreachable}
