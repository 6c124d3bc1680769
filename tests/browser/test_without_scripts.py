"""Where scripts are off, everything but search and filtering is there."""

from __future__ import annotations

from browser.browser_page import Reader
from browser.conftest import Places, Planted
from browser.crawl import Seen, crawl, faults, look
from browser.sites import assert_no_faults


def lost(on: dict[str, Seen], off: dict[str, Seen]) -> dict[str, list[str]]:
    """Tell, by page, which lines are there with scripts and not without, or the other way."""
    told = {}
    for page, seen in on.items():
        told[page] = [f"scripts take away: {line}" for line in off[page].lines if line not in seen.lines]
        told[page] += [f"only scripts bring: {line}" for line in seen.lines if line not in off[page].lines]
        told[page] += [] if off[page].lines else ["without scripts the page is empty"]
    return told


def test_every_page_is_reached_and_says_the_same_without_scripts(reader: Reader, places: Places) -> None:
    site = places["deep"]  # whose crawl with scripts is cached
    on, off = crawl(reader, site), crawl(reader, site, scripts=False)
    assert_no_faults(faults(site, off))
    assert_no_faults(lost(on, off))


def test_a_page_that_needs_scripts_is_seen(reader: Reader, planted: Planted) -> None:
    brings = "<script>document.querySelector('p').textContent = '後から'</script>"
    site = planted(
        empty=f"<main><p></p></main>{brings}",
        other=f"<main><p>はじめから</p></main>{brings}",
        fine=f"<main><h1>同じ</h1><form><p>検索</p></form></main>{brings}",
    )
    told = lost(reader.visit(site, look), reader.visit(site, look, scripts=False))
    assert told["empty.html"] == ["only scripts bring: 後から", "without scripts the page is empty"]
    assert told["other.html"] == ["scripts take away: はじめから", "only scripts bring: 後から"]
    assert told["fine.html"] == []
