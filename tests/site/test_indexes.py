"""The ways into the plan besides its tree, and the pages that a public site must have."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FIRST, ROOT, Built, built
from support.building import build_in_memory, report_of
from support.git_repository import git
from support.html_page import Element, page, target

from handbook import check, cli
from handbook.diagnostics import SourceError
from handbook.model import OutputFile

PLAN = """
計画: {名称: 小さな計画, 主題: ひとつの主題}
階層:
  - {名称: 柱, path: pillars}
  - {名称: 取組, path: efforts}
対象: [子ども, 大人]
柱:
  - id: learn
    名称: 学びの柱
    対象: [子ども]
    取組:
      - {id: read, 名称: 読書の支援, よみ: どくしょのしえん, 対象: [子ども, 大人]}
      - {id: walk, 名称: NPOと歩く, よみ: えぬぴーおーとあるく}
  - id: meet
    名称: 出会いの柱
    取組:
      - {再掲: read}
"""
GLOSSARY = "# 用語集\n\nNPO（えぬぴーおー）\n: 営利を目的としない団体。\n\n読書\n: 本を読むこと。\n"


@pytest.fixture(params=["real", "example"])
def either(request: pytest.FixtureRequest) -> Built:
    site: Built = request.getfixturevalue(request.param)
    return site


def leads(element: Element, path: str = "index.html") -> list[str]:
    """Where the links of an element lead."""
    return [target(path, link.attrs["href"]) for link in element.all("a")]


# --- by audience ---

SAID = {"NPO・ボランティア": ("NPO", "ボランティア"), "企業・団体": ("企業", "団体")}
ACTIVITY = "団体活動"
"""Something young people do, no organisation."""


def test_the_real_plan_names_an_audience_exactly_where_its_words_do(real: Built) -> None:
    for entry in real[0].tree_nodes:
        named = set(entry.node.fact_values("対象"))
        words = entry.name.replace(ACTIVITY, "")
        said = {name for name in real[0].plan.audiences if any(word in words for word in SAID.get(name, (name,)))}
        assert named == said, entry.name


def test_an_audience_finds_each_part_of_the_plan_once(plan_of: Callable[..., Path]) -> None:
    site, files = built(plan_of(PLAN))
    assert {group.name: [entry.path for entry in group.nodes] for group in site.audience_groups} == {
        "子ども": ["pillars/learn.html"],
        "大人": ["efforts/read.html"],
    }
    assert "learn" in files["audiences.html"]


def test_how_the_audiences_were_found_is_said_wherever_they_are_shown(real: Built) -> None:
    site, files = real
    assert "この冊子で付けました" in site.plan.audience_note
    for path in ("audiences.html", "list.html", "measures/children-learning.html"):
        assert site.plan.audience_note in page(files[path]).words, path


def test_a_node_leads_to_its_audience(real: Built) -> None:
    _, files = real
    (link,) = [a for a in page(files["measures/children-learning.html"]).all("a") if a.words == "子ども"]
    name = link.attrs["href"].partition("#")[2]
    assert page(files["audiences.html"]).all("h2", id=name)[0].words == "子ども"


def test_a_plan_without_audiences_or_readings_has_no_such_pages(plan_of: Callable[..., Path]) -> None:
    _, files = built(
        plan_of("計画: {名称: x}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - {id: one, 名称: 一つめ}\n")
    )
    assert "audiences.html" not in files
    assert "kana.html" not in files
    assert 'id="ruby_"' not in files["index.html"]


# --- one list of all that is done ---


def test_the_list_holds_everything_that_has_nothing_beneath_it_once(either: Built) -> None:
    site, files = either
    wanted = [entry.path for entry in site.tree_nodes if not entry.children and not entry.is_repeat]
    (listed,) = page(files["list.html"]).all("div", class_="leaf-list")
    items = [a for li in listed.all("li") for a in li.all("a")]
    assert [target("list.html", a.attrs["href"]) for a in items] == wanted


def test_the_real_list_holds_51(real: Built) -> None:
    read = page(real[1]["list.html"])
    assert read.all("h1")[0].words == "具体的な施策の一覧"
    assert len(read.all("div", class_="leaf-list")[0].all("li")) == 51


def test_what_belongs_to_an_audience_is_found_with_it(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN))
    rows = page(files["list.html"]).all("div", class_="leaf-list")[0].all("li")
    assert [row.attrs["data-audiences"] for row in rows] == ["子ども、大人", "子ども"]
    assert [[tag.words for tag in row.all("span", class_="tags")] for row in rows] == [["子ども大人"], []]


# --- in the order of the kana ---


def test_the_index_holds_every_reading_in_order(either: Built) -> None:
    site, files = either
    shown = [
        e.words for li in page(files["kana.html"]).all("ul", class_="index") for e in li.all("span", class_="reading")
    ]
    readings = {entry.node.kana_reading for entry in site.tree_nodes if not entry.is_repeat} | {
        t.reading for t in site.plan.terms
    }
    assert set(shown) == readings - {""}
    assert shown[0][0] in "あア"


def test_a_term_and_its_explanation_are_found_from_the_index(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN, pages__glossary=GLOSSARY))
    (link,) = [a for a in page(files["kana.html"]).all("ul", class_="index")[0].all("a") if a.words == "NPO"]
    path, _, anchor = link.attrs["href"].partition("#")
    assert page(files[path]).all("dt", id=anchor)[0].words.startswith("NPO")


# --- words that are explained ---


def test_a_word_of_the_glossary_is_a_link_once_a_page(plan_of: Callable[..., Path]) -> None:
    text = PLAN.replace("{id: walk, ", "{id: walk, 本文: 'NPOの人とNPOへ。NPOSは別。`NPO`と[[read|NPO]]', ")
    _, files = built(plan_of(text, pages__glossary=GLOSSARY, pages__free="# 題\n\n## NPO\n\nNPOと読書\n"))
    for path, words in (("efforts/walk.html", ["NPO"]), ("free.html", ["NPO", "読書"])):
        (prose,) = page(files[path]).all("div", class_="prose")
        links = [a for a in prose.all("a") if "glossary.html#" in a.attrs["href"]]
        assert [a.words for a in links] == words
        assert all(f'id="{a.attrs["href"].partition("#")[2]}"' in files["glossary.html"] for a in links)
    assert page(files["glossary.html"]).all("dd")[0].all("a") == []


def test_a_word_in_a_name_is_explained_on_its_page(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN, pages__glossary=GLOSSARY))
    (terms,) = page(files["efforts/walk.html"]).all("section", class_="terms")
    assert "NPO" in terms.words
    assert "営利を目的としない団体。" in terms.words


def test_abbreviations_of_the_real_plan_are_explained(real: Built) -> None:
    site, files = real
    short = {word for entry in site.tree_nodes for word in re.findall("[A-Z]{2,}", entry.name)}
    assert short == {"NPO", "ICT"}
    for entry in site.tree_nodes:
        for word in re.findall("[A-Z]{2,}", entry.name):
            assert word in page(files[entry.path]).all("section", class_="terms")[0].words


def test_a_term_given_twice_is_a_mistake(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN, pages__glossary=GLOSSARY + "\nNPO\n: もう一度。\n")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    (mistake,) = caught.value.mistakes
    assert (mistake.rule, mistake.span.file, mistake.span.line) == ("duplicate-word", "content/pages/glossary.md", 9)


# --- the same, told in other ways ---


@pytest.mark.parametrize("telling", ["一覧", "表", "読み上げ"])
def test_every_telling_holds_the_same_nodes_in_the_same_order(either: Built, telling: str) -> None:
    site, files = either
    text = files["reading.html" if telling == "読み上げ" else "structure.html"]
    told = [
        e.attrs["data-node-list"] for e in page(text).all() if e.attrs.get("data-node-list", "").startswith(telling)
    ]
    assert told == [f"{telling} {entry.id}" for entry in site.tree_nodes]


def test_a_telling_that_leaves_something_out_stops_the_build(real: Built) -> None:
    site, files = real
    cut = re.sub(
        r'<span data-node-list="読み上げ reading">.*?</span>', "", files["reading.html"], count=1, flags=re.DOTALL
    )
    assert cut != files["reading.html"]
    made = [OutputFile(path, (cut if path == "reading.html" else text).encode()) for path, text in files.items()]
    # The workbook is no text: the data are left out, and their page is bare.
    made = [file for file in made if not file.path.startswith("data")]
    made.append(OutputFile("data.html", b"<title>x</title><h1>x</h1>"))
    with pytest.raises(SourceError) as caught:
        check.check_files(made, site)
    assert [mistake.rule for mistake in caught.value.mistakes] == ["node-list-incomplete"]
    assert "読み上げ" in caught.value.mistakes[0].message


def test_the_reading_version_begins_as_cities_write_it(real: Built) -> None:
    words = page(real[1]["reading.html"]).words
    assert "次の表を、基本目標、推進の重点、推進の方向、施策の展開、具体的な施策の順で読み上げます。" in words
    assert "市民一人ひとりの生涯にわたる学習意欲を高め" in words


# --- the diagram on every page ---


def test_every_page_of_a_node_shows_where_it_stands(real: Built) -> None:
    site, files = real
    for entry in site.tree_nodes:
        if entry.branch_ordinal:
            lit = page(files[entry.path]).all("a", class_="here")
            assert lit, entry.id
            assert {target(entry.path, box.attrs["href"]) for box in lit} == {entry.path}
            assert {box.attrs["aria-current"] for box in lit} == {"page"}


# --- pages a city's site must have ---


def test_what_the_plan_does_not_say_is_said_to_be_missing(real: Built, example: Built) -> None:
    words = page(real[1]["site.html"]).words
    assert "連絡先の記載はありません" in words
    assert "利用条件（ライセンス）の記載はありません" in words
    words = page(example[1]["site.html"]).words
    assert "CC BY 4.0" in words
    assert "2026年4月1日" in words


def test_every_page_leads_to_the_ways_in_and_the_pages_that_must_be(either: Built) -> None:
    site, files = either
    wanted = {item.path for item in (*site.nav_pages, *site.footer_pages)}
    assert {"structure.html", "list.html", "kana.html", "glossary.html"} <= wanted
    assert {"sitemap.html", "accessibility.html", "site.html", "reading.html"} <= wanted
    for entry in site.pages:
        if entry.path != "404.html":
            assert wanted <= set(leads(page(files[entry.path]), entry.path))


def test_the_site_map_holds_every_page(either: Built) -> None:
    site, files = either
    assert {item.path for item in site.pages} - {"404.html"} <= set(leads(page(files["sitemap.html"]).all("main")[0]))


def test_search_engines_are_told_where_each_page_lives(example: Built, real: Built) -> None:
    site, files = example
    listed = re.findall("<loc>(.*?)</loc>", files["sitemap.xml"])
    assert listed == [site.plan.base_url + item.path for item in site.pages if item.path != "404.html"]
    assert f"Sitemap: {site.plan.base_url}sitemap.xml" in files["robots.txt"]
    for item in site.pages:
        canonical = [link.attrs["href"] for link in page(files[item.path]).all("link", rel="canonical")]
        assert canonical == ([] if item.path == "404.html" else [site.plan.base_url + item.path])
    assert "sitemap.xml" not in real[1]
    assert "canonical" not in real[1]["index.html"]


def test_every_page_says_what_it_is_to_those_who_see_only_a_link(either: Built) -> None:
    site, files = either
    for item in site.pages:
        metas = {
            e.attrs.get("property", e.attrs.get("name", "")): e.attrs["content"]
            for e in page(files[item.path]).all("meta")
            if "content" in e.attrs
        }
        assert metas["og:title"] == item.title
        assert metas["og:description"] == metas["description"] == item.description
        assert 5 <= len(item.description) <= 160
        assert page(files[item.path]).all("html")[0].attrs["lang"] == "ja"


def test_names_of_files_suit_every_cms(either: Built) -> None:
    _, files = either
    name = re.compile(r"[a-z0-9][a-z0-9-]*\.(html|css|js|svg|pdf|csv|json|xml|txt|xlsx)")
    for path in files:
        *folders, last = path.split("/")
        assert name.fullmatch(last), path
        assert all(re.fullmatch("[a-z0-9][a-z0-9-]*", folder) for folder in folders)
        assert len(last) <= 64 + len(".html")
        assert len(folders) <= 2


# --- addresses that live, days that are right ---


def test_an_address_that_was_published_has_to_live_on(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    (root / "addresses.txt").write_text("# 住所\nefforts/read.html\nefforts/gone.html\npillars/walk.html\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    gone, moved = caught.value.mistakes
    assert (gone.rule, gone.span.file, gone.span.line) == ("missing-redirect", "addresses.txt", 3)
    assert "`以前のid` に `efforts/gone` を書き足します" in gone.hint
    assert "efforts/walk" in moved.hint
    mended = PLAN.replace("{id: walk,", "{id: walk, 以前のid: [gone, pillars/walk],")
    build_in_memory(plan_of(mended))


def test_what_is_no_address_is_a_mistake(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    (root / "addresses.txt").write_text("index.html\n/etc/passwd\n../up.html\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    assert [(m.rule, m.span.line) for m in caught.value.mistakes] == [
        ("bad-published-path", 2),
        ("bad-published-path", 3),
    ]


def test_a_release_notes_every_address_and_forgets_none(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    assert cli.main(["release", "--root", str(root)]) == 0
    first = (root / "addresses.txt").read_text("utf-8").split()
    assert "efforts/walk.html" in first
    assert "404.html" not in first
    plan_of(PLAN.replace("{id: walk,", "{id: stroll, 以前のid: [walk],"))
    assert cli.main(["release", "--root", str(root)]) == 0
    assert set((root / "addresses.txt").read_text("utf-8").split()) == {*first, "efforts/stroll.html"}


@pytest.mark.parametrize("root", [FIRST, ROOT / "example"], ids=["first", "example"])
def test_our_own_addresses_are_noted(root: Path) -> None:
    site, files = built(root)
    noted = {address.path for address in site.plan.published_paths}
    assert noted >= {path for path in files if path.endswith(".html")} - {"404.html"}


def test_the_day_of_the_last_change_comes_from_git(
    plan_of: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = plan_of(PLAN)
    git(root, "init", "-q")
    git(root, "add", "plan.yaml")
    git(root, "commit", "-qm", "計画", day="2026-05-06")
    (root / "other.txt").write_text("x")
    git(root, "add", "other.txt")
    git(root, "commit", "-qm", "ほか", day="2026-06-07")
    site, files = built(root)
    assert site.plan.last_change_date == "2026-05-06"
    assert "2026年5月6日" in files["site.html"]
    shallow = tmp_path_factory.mktemp("shallow") / "clone"
    git(root, "clone", "-q", "--depth", "1", f"file://{root}", str(shallow))
    site, files = built(shallow)
    assert site.plan.last_change_date == ""
    assert "更新日の記録はありません" in files["site.html"]
    assert [note.rule for note in report_of(shallow).notices] == ["shallow-clone"]
