"""The content of search-index.js."""

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
    index: dict[str, Any] = json.loads(data.decode().removeprefix("window.planIndex=").removesuffix(";\n"))
    return index


@functools.cache
def indexed(root: Path) -> Indexed:
    site = build_site(parse.load_plan(root))
    texts = markdown.lazy_texts(site)
    (file,) = search_index.index_files(site, texts)
    assert file.path == "search-index.js"
    return site, texts, parsed(file.data)


@pytest.fixture(params=[FIRST, ROOT / "example"], ids=["first", "example"])
def indexed_plan(request: pytest.FixtureRequest) -> Indexed:
    return indexed(request.param)


def without_spaces(words: str) -> str:
    return "".join(words.split())


def plain_text(text: HtmlText, *, glossary: bool = False) -> str:
    """Return the text of HTML without tags and spaces, extracted with regular expressions only."""
    whole = re.sub(r"<dl>.*?</dl>", "", text.html, flags=re.DOTALL) if glossary else text.html
    return without_spaces(html.unescape(re.sub(r"<[^>]*>", "", whole)))


def test_every_page_and_every_term_can_be_found(indexed_plan: Indexed) -> None:
    site, _, index = indexed_plan
    paths = [page.path for page in site.pages if page.is_listed and page.path != "search.html"]
    assert [each["path"] for each in index["documents"]] == [*paths, *(term.path for term in site.plan.terms)]
    assert site.plan.terms


def test_a_repeated_node_is_in_the_index_once() -> None:
    site, _, index = indexed(ROOT / "example")
    twice = [entry.path for entry in site.tree_nodes if entry.is_repeat]
    assert twice
    assert [each["path"] for each in index["documents"] if each["path"] in twice] == twice


def test_a_document_has_the_texts_of_its_page(indexed_plan: Indexed) -> None:
    site, texts, index = indexed_plan
    found = {each["path"]: each for each in index["documents"]}
    for page in site.pages:
        document = found.get(page.path)
        if not document:
            continue
        assert document["title"] == page.title
        written = texts.html_by_page.get(page.path, {})
        glossary = page.path == "glossary.html"
        own = "".join(plain_text(text, glossary=glossary) for name, text in written.items() if name != "note")
        assert without_spaces(document.get("text", "")) == own
        assert without_spaces(document.get("note", "")) == "".join(
            plain_text(t) for name, t in written.items() if name == "note"
        )
        if isinstance(page, NodePage):
            node = page.node.node
            assert document.get("reading", "") == node.kana_reading
            assert index["kinds"][document["kind"]] == node.level.name
            assert document.get("number", "") == page.node.number
            facts = [*(v.text for fact in page.facts for v in fact.values), *(row.name for row in node.indicators)]
            assert all(words in document["facts"] for words in facts)
    for term in site.plan.terms:
        document = found[term.path]
        assert (document["title"], document.get("reading", "")) == (term.name, term.reading)
        assert without_spaces(document["text"]) == plain_text(texts.html_by_term[term.name])
        assert index["kinds"][document["kind"]] == "用語"


def test_the_parents_of_a_document_are_its_breadcrumbs(indexed_plan: Indexed) -> None:
    site, _, index = indexed_plan
    documents = index["documents"]

    def above(document: dict[str, Any]) -> Iterator[str]:
        while "parent" in document:
            document = documents[document["parent"]]
            yield document["path"]

    trails = {each["path"]: [*above(each)][::-1] for each in documents}
    for page in site.pages:
        if isinstance(page, NodePage):
            assert trails[page.path] == [entry.path for entry in page.breadcrumbs]
    assert all(trails[term.path] == ["glossary.html"] for term in site.plan.terms)


def test_kinds_are_ordered_by_level_and_spellings_are_included(indexed_plan: Indexed) -> None:
    site, _, index = indexed_plan
    assert index["kinds"] == [*(level.name for level in site.plan.levels), "用語", "ページ"]
    assert index["spellings"] == [list(group) for group in site.plan.spellings]
    assert index["spellings"]


def test_the_front_page_is_found_by_the_fields_of_the_plan() -> None:
    site, _, index = indexed(ROOT / "example")
    front = index["documents"][0]
    assert all(words in front["facts"] for words in (site.plan.contact, site.plan.subject, site.plan.municipality))


def test_an_index_is_the_same_each_time() -> None:
    site, texts, _ = indexed(FIRST)
    assert [*search_index.index_files(site, texts)] == [*search_index.index_files(site, texts)]
    assert [*search_index.index_files(site, markdown.lazy_texts(site))] == [
        *search_index.index_files(build_site(parse.load_plan(FIRST)), texts)
    ]


def test_many_texts_are_split_into_scripts_of_limited_size_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    site, texts, whole = indexed(ROOT / "example")
    monkeypatch.setattr(search_index, "MAX_PART_CHARS", 700)
    head, *parts = search_index.index_files(site, texts)
    assert [file.path for file in parts] == [f"search-index-{n + 1}.js" for n in range(len(parts))]
    index = parsed(head.data)
    part_texts = [
        json.loads(file.data.decode().removeprefix("window.planTexts=").removesuffix(";\n")) for file in parts
    ]
    assert index["parts"] == [sum(map(len, part_texts[:n])) for n in range(len(part_texts))]
    assert len(part_texts) > 3
    assert all(len(part) == 1 or sum(len(w) for each in part for w in each.values()) <= 700 for part in part_texts)
    joined = [name | words for name, words in zip(index["documents"], (w for p in part_texts for w in p), strict=True)]
    assert joined == whole["documents"]
    assert not [each for each in index["documents"] if {"text", "facts", "note"} & each.keys()]


def hostile_index() -> bytes:
    """Return the index of a plan in which every text contains characters that could end a script."""
    site, texts, _ = indexed(ROOT / "example")
    place = next(iter(site.plan.nodes)).span
    term = GlossaryTerm(HOSTILE, HOSTILE, Markdown("", place), "glossary.html#term_x")
    first, *others = (page for page in site.pages if isinstance(page, NodePage))
    node = first.node.node.with_value("名称", HOSTILE).with_value("よみ", HOSTILE)
    page = replace(first, title=HOSTILE, node=replace(first.node, node=node))
    plan = replace(site.plan.with_value("連絡先", HOSTILE), spellings=((HOSTILE, "x"),), terms=(term,))
    text = HtmlText(f"<p>{html.escape(HOSTILE)}</p>", ())
    prose = {**texts.html_by_page, page.path: {"body": text, "note": text}}
    hostile_texts = replace(
        texts, html_by_page=LazyMapping(prose, prose.__getitem__), html_by_term=LazyMapping([HOSTILE], lambda _: text)
    )
    hostile_site = replace(site, plan=plan, pages=(site.pages[0], page, *others))
    (file,) = search_index.index_files(hostile_site, hostile_texts)
    return file.data


def test_hostile_texts_are_unchanged_and_end_no_script() -> None:
    index = parsed(hostile_index())
    node, term = index["documents"][1], index["documents"][-1]
    for each in (node, term):
        assert each["title"] == each["reading"] == HOSTILE
        assert without_spaces(each["text"]) == without_spaces(HOSTILE)
    assert without_spaces(node["note"]) == without_spaces(HOSTILE)
    assert HOSTILE in index["documents"][0]["facts"]
    assert index["spellings"] == [[HOSTILE, "x"]]
    text = hostile_index().decode()
    assert not {"<", "\u2028", "\u2029"} & set(text)
    assert text.count("\n") == 1


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_javascript_reads_the_same_index(tmp_path: Path) -> None:
    (tmp_path / "search-index.js").write_bytes(hostile_index())
    code = "global.window = {}; require('./search-index.js'); console.log(JSON.stringify(window.planIndex))"
    done = subprocess.run(["node", "-e", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == parsed(hostile_index())


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
def test_html_becomes_plain_text_with_a_line_for_each_block(written: str, words: str) -> None:
    assert html_to_text(written) == words


def test_excluded_elements_are_left_out_with_their_content() -> None:
    assert html_to_text("<p>前</p><dl><dt>語</dt><dd><dl><dt>内</dt></dl>外</dd></dl><p>後</p>", ["dl"]) == "前\n後"
