"""The search page in a real browser, read from a disk: 50 golden queries against a search written another way."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import FIRST, ROOT, built
from playwright.sync_api import Browser, Page, Route, sync_playwright

from browser import sites
from browser.browser_page import FLAGS
from handbook import markdown, search_index
from handbook.model import Site

GOLDEN = ROOT / "tests/search-queries.txt"
FASTEST = 100
"""Milliseconds that a query among 300 pages may take, with all that is made ready when the page opens."""

TYPE = """query => {
    const box = document.getElementById('words_');
    const began = performance.now();
    box.value = query;
    box.dispatchEvent(new InputEvent('input'));
    document.body.offsetHeight; // so that laying out the hits counts, too
    return performance.now() - began;
}"""
HITS = """() => {
    const more = document.getElementById('more_');
    for (let times = 0; !more.hidden && times < 100; times++) more.click();
    return [...document.querySelectorAll('#results_ > li')].map((hit) => ({
        path: hit.querySelector('a').getAttribute('href'),
        marks: [...hit.querySelectorAll('mark')].map((mark) => mark.textContent),
    }));
}"""
LOAD = """() => new Promise((done) => {
    const began = performance.now();
    const again = document.createElement('script');
    again.src = 'theme/search.js';
    again.onload = () => done(performance.now() - began);
    document.head.append(again);
})"""


# --- the other way of searching ---

MARKS = dict.fromkeys(map(ord, "-~〜・、。,「」『』()[]{}〔〕【】〈〉《》“”‘’\"'!?"))
SPACES = dict.fromkeys(map(ord, " \t\u00a0"))
FIELDS = ("title", "reading", "text", "facts", "note")


def folded(text: str) -> str:
    """One way of writing for what a reader takes for the same; lines stay apart."""
    alike = unicodedata.normalize("NFKC", text).casefold()
    kana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in alike)
    return kana.translate(MARKS).translate(SPACES)


def respelled(word: str, spellings: Iterable[Iterable[str]]) -> set[str]:
    """A word in every way that the plan takes for the same."""
    found = {folded(word)}
    for group in spellings:
        ways = [folded(way) for way in group]
        found |= {one.replace(way, other) for one in found for way in ways if way in one for other in ways}
    return found


def holds(document: Mapping[str, Any], query: str, spellings: Iterable[Iterable[str]]) -> bool:
    lines = [folded(str(document.get(name, ""))) for name in FIELDS]
    words = [respelled(word, spellings) for word in query.split() if folded(word)]
    return all(any(way in line for way in ways for line in lines) for ways in words)


# --- the checker ---


@dataclass(frozen=True)
class Golden:
    query: str
    path: str
    """Of the page that must stand first."""


def golden(site: Site) -> list[Golden]:
    paths = {entry.id: entry.path for entry in site.tree_nodes}
    paths |= {f"term:{term.name}": term.path for term in site.plan.terms}
    paths |= {f"page:{page.path.removesuffix('.html')}": page.path for page in site.pages}
    rows = [line.split("\t") for line in GOLDEN.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return [Golden(query, paths[first]) for query, first, *_ in rows]


def unlike(found: Mapping[str, list[str]], index: Mapping[str, Any]) -> list[tuple[str, set[str]]]:
    """Queries whose hits are not exactly the documents that hold them, with those lacking or too many."""
    faults = []
    for query, paths in found.items():
        wanted = {each["path"] for each in index["documents"] if holds(each, query, index["spellings"])}
        if wanted != set(paths) or len(paths) != len(wanted):
            faults.append((query, wanted ^ set(paths)))
    return faults


def misled(found: Mapping[str, list[str]], wanted: Iterable[Golden]) -> list[str]:
    """Queries whose first hit is not the right one. A term's place in the glossary is the glossary, too."""
    return [one.query for one in wanted if one.path not in {*found[one.query][:1], *_pages(found[one.query][:1])}]


def _pages(paths: Iterable[str]) -> Iterator[str]:
    return (path.partition("#")[0] for path in paths)


# --- the browser ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = sites.browser()
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it lies on a disk, in a folder with a name of its own."""
    return sites.built(FIRST, tmp_path_factory.mktemp("search") / "計画 のサイト").path


@pytest.fixture(scope="module")
def index() -> dict[str, Any]:
    words = built(FIRST)[1]["search-index.js"]
    held: dict[str, Any] = json.loads(words.removeprefix("window.planIndex=").removesuffix(";\n"))
    return held


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which nothing may go wrong."""
    context = browser.new_context()
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("dialog", lambda dialog: wrong.append(dialog.message))
    yield opened
    context.close()
    assert wrong == []


def address(folder: Path, query: str = "") -> str:
    return (folder / "search.html").as_uri() + query


def other(folder: Path, to: Path, held: Mapping[str, Any], *, lawless: bool = False) -> Path:
    """The same page with another index; `lawless` takes away the law that forbids foreign scripts."""
    shutil.copytree(folder / "theme", to / "theme")
    text = (folder / "search.html").read_text(encoding="utf-8")
    law = next(line for line in text.splitlines() if "Content-Security-Policy" in line)
    (to / "search.html").write_text(text.replace(law, "") if lawless else text, encoding="utf-8")
    words = json.dumps(held, ensure_ascii=False)
    (to / "search-index.js").write_text(f"window.planIndex = {words};", encoding="utf-8")
    return to


def searched(page: Page, queries: Iterable[str]) -> dict[str, list[str]]:
    """For each query the paths of all its hits, best first."""
    hits = {}
    for query in queries:
        page.evaluate(TYPE, query)
        hits[query] = [hit["path"] for hit in page.evaluate(HITS)]
    return hits


def first(page: Page) -> str:
    return page.locator("#results_ a").first.inner_text()


# --- what a reader can count on ---


def test_every_golden_query_finds_all_that_holds_it_and_the_right_one_first(
    page: Page, folder: Path, index: dict[str, Any]
) -> None:
    wanted = golden(built(FIRST)[0])
    assert len(wanted) >= 50
    page.goto(address(folder))
    hits = searched(page, [one.query for one in wanted])
    assert unlike(hits, index) == []
    assert len(misled(hits, wanted)) <= len(wanted) / 10, misled(hits, wanted)


def test_a_worse_ranking_and_a_wrong_fold_are_seen(page: Page, folder: Path, index: dict[str, Any]) -> None:
    wanted = golden(built(FIRST)[0])
    page.goto(address(folder))
    hits = searched(page, [one.query for one in wanted])
    assert len(misled({query: paths[::-1] for query, paths in hits.items()}, wanted)) > len(wanted) / 10
    assert unlike({**hits, "子ども": hits["子ども"][1:]}, index) == [("子ども", {hits["子ども"][0]})]
    assert unlike({"ｽﾎﾟｰﾂ": []}, index)
    assert unlike({"読書": [*hits["読書"], "index.html"]}, index)


@pytest.mark.parametrize(("better", "worse"), [("a.score - b.score", "b.score - a.score"), ("normalize('NFKC').", "")])
def test_a_script_that_ranks_or_folds_worse_is_seen(
    browser: Browser, folder: Path, index: dict[str, Any], tmp_path: Path, better: str, worse: str
) -> None:
    place = other(folder, tmp_path, index)
    script = (place / "theme/search.js").read_text(encoding="utf-8")
    assert better in script
    (place / "theme/search.js").write_text(script.replace(better, worse), encoding="utf-8")
    wanted = golden(built(FIRST)[0])
    page = browser.new_page()
    page.goto(address(place))
    hits = searched(page, [one.query for one in wanted])
    page.close()
    assert unlike(hits, index) or len(misled(hits, wanted)) > len(wanted) / 10


def test_hits_mark_what_was_looked_for(page: Page, folder: Path, index: dict[str, Any]) -> None:
    page.goto(address(folder))
    for one in golden(built(FIRST)[0]):
        page.evaluate(TYPE, one.query)
        ways = set().union(*(respelled(word, index["spellings"]) for word in one.query.split()))
        for hit in page.evaluate(HITS):
            assert hit["marks"], (one.query, hit)
            assert {folded(mark) for mark in hit["marks"]} <= ways, (one.query, hit)


@pytest.mark.parametrize(
    ("query", "mark"),
    [
        ("ガイドブック", "ｶﾞｲﾄﾞ・ブック"),
        ("がいどぶっく", "ｶﾞｲﾄﾞ・ブック"),
        ("株式会社", "㍿"),
        ("𠮷野", "𠮷野"),
        ("12月", "１２月"),
        ("障碍", "障がい"),
        ("ＮＰＯ法人", "NPO 法人"),
        ("1ー2-3", "1－2－3"),
        ("a+b*", "A+b)*"),
        ("章", "章"),
    ],
)
def test_the_mark_stands_on_the_very_letters(page: Page, folder: Path, tmp_path: Path, query: str, mark: str) -> None:
    text = "まえ㍿のｶﾞｲﾄﾞ・ブックは、𠮷野で１２月に\n障がいとNPO 法人の章 1－2－3、(A+b)* のあと" + "、続き" * 50
    held = {
        "kinds": ["柱", "用語", "ページ"],
        "spellings": [["障がい", "障害", "障碍"]],
        "documents": [{"path": "a.html", "kind": 0, "title": "題", "text": text}],
    }
    page.goto(address(other(folder, tmp_path, held)))
    page.evaluate(TYPE, query)
    assert page.locator("#results_ mark").all_inner_texts() == [mark]
    snippet = page.locator("#results_ .snippet").inner_text()
    assert snippet.strip("…") in text.replace("\n", " ")
    assert len(snippet) < 90


def test_hostile_words_are_shown_as_words(page: Page, folder: Path, tmp_path: Path) -> None:
    bad = "<img src=x onerror=alert(1)>\"'&amp;</script><script>alert(2)</script>"
    document = {"path": "a.html", "kind": 0, **dict.fromkeys(("title", "reading", "text", "facts", "note"), bad)}
    held = {"kinds": [bad, "用語", "ページ"], "spellings": [[bad, "x"]], "documents": [document]}
    place = other(folder, tmp_path, held, lawless=True)
    page.goto(address(place, "?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"))
    assert first(page) == bad
    assert bad in page.locator("#results_ .label").inner_text()
    assert page.locator("#results_ img, #results_ script").count() == 0
    page.locator("#status_:text('<img')").wait_for()


def test_a_number_finds_its_place(page: Page, folder: Path) -> None:
    page.goto(address(folder))
    (entry,) = [entry for entry in built(FIRST)[0].tree_nodes if entry.number == "1-1-2"]
    for query in ("1-1-2", "１－１－２", "1ー1ー2"):
        page.evaluate(TYPE, query)
        assert page.evaluate(HITS)[0]["path"] == entry.path


def test_the_address_keeps_the_query_through_reload_and_return(page: Page, folder: Path) -> None:
    page.goto(address(folder))
    page.locator("#words_").press_sequentially("障害 交流", delay=20)
    page.wait_for_url(address(folder, f"?q={quote('障害 交流')}"))
    page.locator("#status_:has-text('件')").wait_for()
    before = page.locator("#results_").inner_text()
    page.reload()
    assert page.locator("#words_").input_value() == "障害 交流"
    assert page.locator("#results_").inner_text() == before
    page.locator("#results_ a").first.click()
    page.wait_for_url("**/actions/*.html")
    page.go_back()
    page.wait_for_url("**/search.html?q=*")
    assert page.locator("#results_").inner_text() == before
    page.locator("#words_").fill("")
    page.wait_for_url(address(folder))


def test_the_small_form_of_every_page_leads_here(page: Page, folder: Path) -> None:
    page.goto((folder / "goals/goal.html").as_uri())
    page.locator("header form input[name=q]").fill("学習 相談")
    page.locator("header form input[name=q]").press("Enter")
    page.wait_for_url("**/search.html?q=*")
    assert page.locator("#words_").input_value() == "学習 相談"
    assert page.locator("#results_ a").count() > 1


def test_enter_does_not_reload_and_tab_walks_the_hits(page: Page, folder: Path) -> None:
    page.goto(address(folder))
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.evaluate("window.mine = true")
    page.locator("#words_").focus()
    page.keyboard.type("読書")
    page.keyboard.press("Enter")
    assert page.evaluate("window.mine")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.querySelector('#results_ a')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/actions/reading.html")


def test_nothing_moves_while_an_input_method_composes(page: Page, folder: Path) -> None:
    page.goto(address(folder))
    page.locator("#words_").focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "どくしょ", "selectionStart": 4, "selectionEnd": 4})
    assert page.locator("#words_").input_value() == "どくしょ"
    assert page.locator("#results_ li").count() == 0
    keyboard.send("Input.insertText", {"text": "読書"})
    assert page.locator("#words_").input_value() == "読書"
    assert page.locator("#results_ li").count() > 0


def test_fifty_hits_come_first_and_a_button_brings_the_rest(page: Page, folder: Path, index: dict[str, Any]) -> None:
    page.goto(address(folder, "?q=の"))
    number = sum(holds(each, "の", index["spellings"]) for each in index["documents"])
    assert page.locator("#results_ > li").count() == 50 < number
    page.locator(f"#status_:has-text('{number} 件')").wait_for()
    page.get_by_role("button", name="もっと見る").click()
    assert page.locator("#results_ > li").count() == min(100, number)
    assert page.evaluate("document.activeElement === document.querySelectorAll('#results_ a')[50]")


def test_an_empty_search_offers_words_and_a_vain_one_other_ways(page: Page, folder: Path) -> None:
    page.goto(address(folder))
    example = page.locator("#examples_ button").first
    words = example.inner_text()
    example.click()
    assert page.locator("#words_").input_value() == words
    assert page.locator("#results_ a").count() > 0
    assert not page.locator("#examples_").is_visible()
    assert page.evaluate("document.activeElement.id") == "words_"
    assert not page.locator("#start_").is_visible()
    page.goto(address(folder, "?q=水族館"))
    page.locator("#status_:has-text('見つかりませんでした')").wait_for()
    assert page.locator("#none_").is_visible()
    ways = page.locator("#indexes_ a")
    assert [ways.nth(n).get_attribute("href") for n in range(3)] == ["kana.html", "list.html", "sitemap.html"]
    for nothing in ("、・", "　"):
        page.evaluate(TYPE, nothing)
        assert page.locator("#start_").is_visible()
        assert page.locator("#results_ li").count() == 0


def test_without_scripts_the_page_leads_to_the_other_ways(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address(folder, "?q=読書"))
    assert page.locator("#indexes_ a:has-text('索引')").is_visible()
    assert not page.locator("#examples_").is_visible()
    assert not page.locator("#none_").is_visible()
    page.locator("#indexes_ a").first.click()
    assert page.url.endswith("kana.html")
    context.close()


def test_three_hundred_pages_are_searched_at_once(
    page: Page, folder: Path, index: dict[str, Any], tmp_path: Path
) -> None:
    documents = [*index["documents"]] * 3
    page.goto(address(other(folder, tmp_path, {**index, "documents": documents[:300]})))
    queries = [one.query for one in golden(built(FIRST)[0])]
    # The best of a few, for other programs of the machine take their time in between.
    took = {query: min(page.evaluate(TYPE, query) for _ in range(5)) for query in queries}
    loading = min(page.evaluate(LOAD) for _ in range(5))
    assert max(took.values()) + loading <= FASTEST, (loading, took)


# --- a large plan, whose texts come in parts ---

THERE = "#status_:has-text('見つかり'):not(:has-text('名前とよみ'))"
"""What a reader hears once all texts have been searched."""


@pytest.fixture
def dealt(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same site as if its texts were many."""
    site = built(FIRST)[0]
    monkeypatch.setattr(search_index, "MAX_PART_CHARS", 500)
    copy = shutil.copytree(folder, tmp_path / "計画")
    for file in search_index.index_files(site, markdown.lazy_texts(site)):
        (copy / file.path).write_bytes(file.data)
    assert 3 < len(list(copy.glob("search-index-*.js"))) < 20
    return copy


def test_texts_in_parts_give_the_same_hits_in_the_same_order(page: Page, folder: Path, dealt: Path) -> None:
    queries = [one.query for one in golden(built(FIRST)[0])]
    page.goto(address(folder))
    whole = {query: (page.evaluate(TYPE, query), page.evaluate(HITS))[1] for query in queries}
    page.goto(address(dealt, "?q=読書"))
    page.locator(THERE).wait_for()
    assert {query: (page.evaluate(TYPE, query), page.evaluate(HITS))[1] for query in queries} == whole


def test_nothing_is_loaded_for_a_reader_who_looks_for_nothing(page: Page, dealt: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address(dealt))
    assert not [url for url in asked if "search-index-" in url]
    page.locator("#words_").fill("読書")
    page.locator(THERE).wait_for()
    assert {Path(url).name for url in asked if "search-index-" in url} == {f.name for f in dealt.glob("*-index-*.js")}


def test_names_are_found_while_the_texts_are_on_their_way(page: Page, dealt: Path) -> None:
    held: list[Route] = []
    with sites.served(sites.Folder(dealt)) as site:
        page.route("**/search-index-*.js", lambda route: held.append(route))  # noqa: PLW0108  # the library marks what it is given
        page.goto(site.address("search.html") + "?q=学習", wait_until="commit")
        page.locator("#status_:has-text('名前とよみから。本文を読み込んでいます')").wait_for()
        names = [hit["path"] for hit in page.evaluate(HITS)]
        page.locator("#results_ a").nth(1).focus()
        for each in held:
            each.continue_()
        page.locator(THERE).wait_for()
        found = [hit["path"] for hit in page.evaluate(HITS)]
        assert found[: len(names)] == names
        assert len(found) > len(names)
        assert page.evaluate("document.activeElement.getAttribute('href')") == names[1]


def test_a_part_that_is_missing_is_told(browser: Browser, dealt: Path) -> None:
    (dealt / "search-index-2.js").unlink()
    page = browser.new_page()
    page.goto(address(dealt, "?q=読書"))
    page.locator("#status_:has-text('本文の一部は読み込めませんでした')").wait_for()
    assert page.locator("#results_ a").count() > 0
    page.close()


def test_a_reader_is_asked_before_very_many_texts_are_loaded(page: Page, folder: Path, tmp_path: Path) -> None:
    documents = [{"path": f"{n}.html", "kind": 0, "title": f"題 {n}"} for n in range(30)]
    held = {"kinds": ["柱", "用語", "ページ"], "spellings": [], "documents": documents, "parts": list(range(30))}
    place = other(folder, tmp_path, held)
    for n in range(30):
        (place / f"search-index-{n + 1}.js").write_text(f'window.planTexts=[{{"text":"本文 {n}"}}];', encoding="utf-8")
    page.goto(address(place, "?q=本文 7"))
    page.locator("#status_:has-text('見つかりませんでした（名前とよみから）')").wait_for()
    page.get_by_role("button", name="本文からも探す（約 30 MB）").click()
    page.locator(THERE).wait_for()
    assert [hit["path"] for hit in page.evaluate(HITS)] == ["7.html", "17.html", "27.html"]
    assert not page.locator("#texts_").is_visible()
