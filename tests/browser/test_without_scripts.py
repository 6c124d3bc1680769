"""Without scripts, a page has all its content except for search and filters."""

from __future__ import annotations

from browser.browser_page import Reader
from browser.conftest import Places, Planted
from browser.crawl import Seen, crawl, faults, look
from browser.sites import assert_no_faults


def script_differences(with_scripts: dict[str, Seen], without_scripts: dict[str, Seen]) -> dict[str, list[str]]:
    """Return by page the lines that are present only with scripts or only without."""
    differences = {}
    for page, seen in with_scripts.items():
        differences[page] = [
            f"only without scripts: {line}" for line in without_scripts[page].lines if line not in seen.lines
        ]
        differences[page] += [
            f"only with scripts: {line}" for line in seen.lines if line not in without_scripts[page].lines
        ]
        differences[page] += [] if without_scripts[page].lines else ["without scripts the page is empty"]
    return differences


def test_every_page_is_linked_and_has_the_same_text_without_scripts(
    reader: Reader, places: Places, *, full: bool
) -> None:
    site = places["disk"]  # whose crawl with scripts is cached
    if full:
        with_scripts, without_scripts = crawl(reader, site), crawl(reader, site, scripts=False)
        assert_no_faults(faults(site, without_scripts))
    else:
        with_scripts, without_scripts = reader.visit(site, look), reader.visit(site, look, scripts=False)
    assert_no_faults(script_differences(with_scripts, without_scripts))


def test_a_page_that_needs_scripts_is_reported(reader: Reader, planted: Planted) -> None:
    script = "<script>document.querySelector('p').textContent = '後から'</script>"
    site = planted(
        empty=f"<main><p></p></main>{script}",
        other=f"<main><p>はじめから</p></main>{script}",
        fine=f"<main><h1>同じ</h1><form><p>検索</p></form></main>{script}",
    )
    differences = script_differences(reader.visit(site, look), reader.visit(site, look, scripts=False))
    assert differences["empty.html"] == ["only with scripts: 後から", "without scripts the page is empty"]
    assert differences["other.html"] == ["only without scripts: はじめから", "only with scripts: 後から"]
    assert differences["fine.html"] == []
