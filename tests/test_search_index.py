"""What goes into search-index.js."""

from __future__ import annotations

import functools
import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import FIRST, ROOT

from handbook import markdown, parse, search_index
from handbook.lazy import LazyMapping
from handbook.model import GlossaryTerm, HtmlText, Markdown, NodePage, Site, SiteTexts
from handbook.search_index import html_to_text
from handbook.site import build_site

Indexed = tuple[Site, SiteTexts, dict[str, Any]]
HOSTILE = "</script><!--<img src=x onerror=alert(1)> \u2028\u2029 \"quotes\" 'and' \\u003c ]]> &amp; 𠮷"


def parsed(data: bytes) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(data.decode().removeprefix("window.planIndex=").removesuffix(";\n"))
    return held


@functools.cache
def indexed(root: Path) -> Indexed:
    site = build_site(parse.load_plan(root))
    texts = markdown.lazy_texts(site)
    (file,) = search_index.index_files(site, texts)
    assert file.path == "search-index.js"
    return site, texts, parsed(file.data)


@pytest.fixture(params=[FIRST, ROOT / "example"], ids=["first", "example"])
def either(request: pytest.FixtureRequest) -> Indexed:
    return indexed(request.param)


def squeezed(words: str) -> str:
    return "".join(words.split())


def shown(text: HtmlText, *, glossary: bool = False) -> str:
    """What a text says, read by the simplest means."""
    whole = re.sub(r"<dl>.*?</dl>", "", text.html, flags=re.DOTALL) if glossary else text.html
    return squeezed(html.unescape(re.sub(r"<[^>]*>", "", whole)))


def test_every_page_and_every_term_can_be_found(either: Indexed) -> None:
    site, _, held = either
    wanted = [page.path for page in site.pages if page.path not in {"404.html", "search.html"}]
    assert [each["path"] for each in held["documents"]] == [*wanted, *(term.path for term in site.plan.terms)]
    assert site.plan.terms


def test_an_entry_shown_again_is_found_once() -> None:
    site, _, held = indexed(ROOT / "example")
    twice = [entry.path for entry in site.tree_nodes if entry.is_repeat]
    assert twice
    assert [each["path"] for each in held["documents"] if each["path"] in twice] == twice


def test_a_document_says_what_its_page_says(either: Indexed) -> None:
    site, texts, held = either
    found = {each["path"]: each for each in held["documents"]}
    for page in site.pages:
        document = found.get(page.path)
        if not document:
            continue
        assert document["title"] == page.title
        written = texts.html_by_page.get(page.path, {})
        glossary = page.path == "glossary.html"
        own = "".join(shown(text, glossary=glossary) for name, text in written.items() if name != "note")
        assert squeezed(document.get("text", "")) == own
        assert squeezed(document.get("note", "")) == "".join(shown(t) for name, t in written.items() if name == "note")
        if isinstance(page, NodePage):
            node = page.node.node
            assert document.get("reading", "") == node.kana_reading
            assert held["kinds"][document["kind"]] == node.level.name
            assert document.get("number", "") == page.node.number
            said = [*(v.text for fact in page.facts for v in fact.values), *(row.name for row in node.indicators)]
            assert all(words in document["facts"] for words in said)
    for term in site.plan.terms:
        document = found[term.path]
        assert (document["title"], document.get("reading", "")) == (term.name, term.reading)
        assert squeezed(document["text"]) == shown(texts.html_by_term[term.name])
        assert held["kinds"][document["kind"]] == "用語"


def test_the_trail_can_be_walked_from_parent_to_parent(either: Indexed) -> None:
    site, _, held = either
    documents = held["documents"]

    def above(document: dict[str, Any]) -> Iterator[str]:
        while "parent" in document:
            document = documents[document["parent"]]
            yield document["path"]

    trails = {each["path"]: [*above(each)][::-1] for each in documents}
    for page in site.pages:
        if isinstance(page, NodePage):
            assert trails[page.path] == [entry.path for entry in page.breadcrumbs]
    assert all(trails[term.path] == ["glossary.html"] for term in site.plan.terms)


def test_kinds_stand_outermost_first_and_spellings_go_over(either: Indexed) -> None:
    site, _, held = either
    assert held["kinds"] == [*(level.name for level in site.plan.levels), "用語", "ページ"]
    assert held["spellings"] == [list(group) for group in site.plan.spellings]
    assert held["spellings"]


def test_the_front_page_is_found_by_the_words_about_the_plan() -> None:
    site, _, held = indexed(ROOT / "example")
    front = held["documents"][0]
    assert all(words in front["facts"] for words in (site.plan.contact, site.plan.subject, site.plan.municipality))


def test_an_index_is_made_alike_each_time() -> None:
    site, texts, _ = indexed(FIRST)
    assert [*search_index.index_files(site, texts)] == [*search_index.index_files(site, texts)]
    assert [*search_index.index_files(site, markdown.lazy_texts(site))] == [
        *search_index.index_files(build_site(parse.load_plan(FIRST)), texts)
    ]


def test_many_texts_are_dealt_out_to_scripts_of_a_size_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    site, texts, whole = indexed(ROOT / "example")
    monkeypatch.setattr(search_index, "MAX_PART_CHARS", 700)
    head, *parts = search_index.index_files(site, texts)
    assert [file.path for file in parts] == [f"search-index-{n + 1}.js" for n in range(len(parts))]
    held = parsed(head.data)
    dealt = [json.loads(file.data.decode().removeprefix("window.planTexts=").removesuffix(";\n")) for file in parts]
    assert held["parts"] == [sum(map(len, dealt[:n])) for n in range(len(dealt))]
    assert len(dealt) > 3
    assert all(len(part) == 1 or sum(len(w) for each in part for w in each.values()) <= 700 for part in dealt)
    joined = [name | words for name, words in zip(held["documents"], (w for p in dealt for w in p), strict=True)]
    assert joined == whole["documents"]
    assert not [each for each in held["documents"] if {"text", "facts", "note"} & each.keys()]


def hostile() -> bytes:
    """The index of a plan whose every word is one that breaks scripts."""
    site, texts, _ = indexed(ROOT / "example")
    place = next(iter(site.plan.nodes)).span
    term = GlossaryTerm(HOSTILE, HOSTILE, Markdown("", place), "glossary.html#term_x")
    first, *others = (page for page in site.pages if isinstance(page, NodePage))
    node = first.node.node.with_value("名称", HOSTILE).with_value("よみ", HOSTILE)
    page = replace(first, title=HOSTILE, node=replace(first.node, node=node))
    plan = replace(site.plan.with_value("連絡先", HOSTILE), spellings=((HOSTILE, "x"),), terms=(term,))
    text = HtmlText(f"<p>{html.escape(HOSTILE)}</p>", ())
    prose = {**texts.html_by_page, page.path: {"body": text, "note": text}}
    twisted_texts = replace(
        texts, html_by_page=LazyMapping(prose, prose.__getitem__), html_by_term=LazyMapping([HOSTILE], lambda _: text)
    )
    twisted = replace(site, plan=plan, pages=(site.pages[0], page, *others))
    (file,) = search_index.index_files(twisted, twisted_texts)
    return file.data


def test_hostile_words_come_back_equal_and_end_no_script() -> None:
    held = parsed(hostile())
    node, term = held["documents"][1], held["documents"][-1]
    for each in (node, term):
        assert each["title"] == each["reading"] == HOSTILE
        assert squeezed(each["text"]) == squeezed(HOSTILE)
    assert squeezed(node["note"]) == squeezed(HOSTILE)
    assert HOSTILE in held["documents"][0]["facts"]
    assert held["spellings"] == [[HOSTILE, "x"]]
    text = hostile().decode()
    assert not {"<", "\u2028", "\u2029"} & set(text)
    assert text.count("\n") == 1


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_a_browser_s_own_language_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "search-index.js").write_bytes(hostile())
    code = "global.window = {}; require('./search-index.js'); console.log(JSON.stringify(window.planIndex))"
    done = subprocess.run(["node", "-e", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == parsed(hostile())


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("<h2 id='a'>見出し</h2>\n<p>一つめ\n二つめ</p>", "見出し\n一つめ 二つめ"),
        ("<ul>\n<li>甲</li>\n<li>乙<ul><li>丙</li></ul></li>\n</ul>", "甲\n乙\n丙"),
        ("<table><tr><th>名</th><td>値</td></tr><tr><td>1</td><td>2</td></tr></table>", "名 値\n1 2"),
        ("<table>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</table>", "1 2"),
        ("<p><ruby>苫小牧<rp>（</rp><rt>とまこまい</rt><rp>）</rp></ruby>市</p>", "苫小牧市"),
        ('<p>脚注<sup id="fnref:1"><a href="#fn:1">1</a></sup>つき</p>', "脚注つき"),
        ('<li id="note_fn:1"><p>注 <a href="#note_fnref:1" title="戻る">↩</a></p></li>', "注"),
        ("<p>1 &lt; 2 &amp; <b>太い</b>字　全角</p>", "1 < 2 & 太い字 全角"),
        ('<p><img src="images/map.png" alt="地図">と<br>図</p>', "地図と\n図"),
        ("", ""),
    ],
)
def test_html_becomes_plain_words_with_a_line_for_each_block(written: str, words: str) -> None:
    assert html_to_text(written) == words


def test_named_elements_are_left_out_whole() -> None:
    assert html_to_text("<p>前</p><dl><dt>語</dt><dd><dl><dt>内</dt></dl>外</dd></dl><p>後</p>", ["dl"]) == "前\n後"
