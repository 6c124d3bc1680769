"""Indexes of the plan apart from its tree, and the pages that a public site must have."""

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


def link_targets(element: Element, path: str = "index.html") -> list[str]:
    """Return the targets of the links in an element."""
    return [target(path, link.attrs["href"]) for link in element.all("a")]


# --- by audience ---

AUDIENCE_WORDS = {"NPO・ボランティア": ("NPO", "ボランティア"), "企業・団体": ("企業", "団体")}
ACTIVITY = "団体活動"
"""An activity of young people, not an organisation."""


def test_the_real_plan_has_an_audience_exactly_where_a_name_contains_it(real: Built) -> None:
    for entry in real[0].tree_nodes:
        named = set(entry.node.fact_values("対象"))
        words = entry.name.replace(ACTIVITY, "")
        expected = {
            name for name in real[0].plan.audiences if any(word in words for word in AUDIENCE_WORDS.get(name, (name,)))
        }
        assert named == expected, entry.name


def test_each_node_is_listed_once_under_an_audience(plan_of: Callable[..., Path]) -> None:
    site, files = built(plan_of(PLAN))
    assert {group.name: [entry.path for entry in group.nodes] for group in site.audience_groups} == {
        "子ども": ["pillars/learn.html"],
        "大人": ["efforts/read.html"],
    }
    assert "learn" in files["audiences.html"]


def test_the_origin_of_the_audiences_is_stated_wherever_they_are_shown(real: Built) -> None:
    site, files = real
    assert "この冊子で付けました" in site.plan.audience_note
    for path in ("audiences.html", "list.html", "measures/children-learning.html"):
        assert site.plan.audience_note in page(files[path]).words, path


def test_a_node_links_to_its_audience(real: Built) -> None:
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


# --- the list of leaf nodes ---


def test_the_list_contains_each_node_without_children_once(either: Built) -> None:
    site, files = either
    expected = [entry.path for entry in site.tree_nodes if not entry.children and not entry.is_repeat]
    (listed,) = page(files["list.html"]).all("div", class_="leaf-list")
    items = [a for li in listed.all("li") for a in li.all("a")]
    assert [target("list.html", a.attrs["href"]) for a in items] == expected


def test_the_list_of_the_real_plan_has_51_entries(real: Built) -> None:
    read = page(real[1]["list.html"])
    assert read.all("h1")[0].words == "具体的な施策の一覧"
    assert len(read.all("div", class_="leaf-list")[0].all("li")) == 51


def test_the_list_can_be_filtered_by_audience(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN))
    rows = page(files["list.html"]).all("div", class_="leaf-list")[0].all("li")
    assert [row.attrs["data-audiences"] for row in rows] == ["子ども、大人", "子ども"]
    assert [[tag.words for tag in row.all("span", class_="tags")] for row in rows] == [["子ども大人"], []]


# --- the kana index ---


def test_the_index_contains_every_reading_in_order(either: Built) -> None:
    site, files = either
    shown = [
        e.words for li in page(files["kana.html"]).all("ul", class_="index") for e in li.all("span", class_="reading")
    ]
    readings = {entry.node.kana_reading for entry in site.tree_nodes if not entry.is_repeat} | {
        t.reading for t in site.plan.terms
    }
    assert set(shown) == readings - {""}
    assert shown[0][0] in "あア"


def test_the_index_links_a_term_to_its_explanation(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN, pages__glossary=GLOSSARY))
    (link,) = [a for a in page(files["kana.html"]).all("ul", class_="index")[0].all("a") if a.words == "NPO"]
    path, _, anchor = link.attrs["href"].partition("#")
    assert page(files[path]).all("dt", id=anchor)[0].words.startswith("NPO")


# --- glossary ---


def test_a_glossary_term_is_linked_once_per_page(plan_of: Callable[..., Path]) -> None:
    text = PLAN.replace("{id: walk, ", "{id: walk, 本文: 'NPOの人とNPOへ。NPOSは別。`NPO`と[[read|NPO]]', ")
    _, files = built(plan_of(text, pages__glossary=GLOSSARY, pages__free="# 題\n\n## NPO\n\nNPOと読書\n"))
    for path, words in (("efforts/walk.html", ["NPO"]), ("free.html", ["NPO", "読書"])):
        (prose,) = page(files[path]).all("div", class_="prose")
        links = [a for a in prose.all("a") if "glossary.html#" in a.attrs["href"]]
        assert [a.words for a in links] == words
        assert all(f'id="{a.attrs["href"].partition("#")[2]}"' in files["glossary.html"] for a in links)
    assert page(files["glossary.html"]).all("dd")[0].all("a") == []


def test_a_glossary_term_in_a_name_is_explained_on_the_page(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN, pages__glossary=GLOSSARY))
    (terms,) = page(files["efforts/walk.html"]).all("section", class_="terms")
    assert "NPO" in terms.words
    assert "営利を目的としない団体。" in terms.words


def test_abbreviations_of_the_real_plan_are_explained(real: Built) -> None:
    site, files = real
    abbreviations = {word for entry in site.tree_nodes for word in re.findall("[A-Z]{2,}", entry.name)}
    assert abbreviations == {"NPO", "ICT"}
    for entry in site.tree_nodes:
        for word in re.findall("[A-Z]{2,}", entry.name):
            assert word in page(files[entry.path]).all("section", class_="terms")[0].words


def test_a_term_that_is_defined_twice_is_an_error(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN, pages__glossary=GLOSSARY + "\nNPO\n: もう一度。\n")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    (mistake,) = caught.value.mistakes
    assert (mistake.rule, mistake.span.file, mistake.span.line) == ("duplicate-word", "content/pages/glossary.md", 9)


# --- text versions of the diagram ---


@pytest.mark.parametrize("version", ["一覧", "表", "読み上げ"])
def test_every_text_version_has_the_same_nodes_in_the_same_order(either: Built, version: str) -> None:
    site, files = either
    text = files["reading.html" if version == "読み上げ" else "structure.html"]
    listed = [
        e.attrs["data-node-list"] for e in page(text).all() if e.attrs.get("data-node-list", "").startswith(version)
    ]
    assert listed == [f"{version} {entry.id}" for entry in site.tree_nodes]


def test_a_text_version_without_one_node_stops_the_build(real: Built) -> None:
    site, files = real
    cut = re.sub(
        r'<span data-node-list="読み上げ reading">.*?</span>', "", files["reading.html"], count=1, flags=re.DOTALL
    )
    assert cut != files["reading.html"]
    made = [OutputFile(path, (cut if path == "reading.html" else text).encode()) for path, text in files.items()]
    # The workbook is not text: the data files are left out, and their page is a stub.
    made = [file for file in made if not file.path.startswith("data")]
    made.append(OutputFile("data.html", b"<title>x</title><h1>x</h1>"))
    with pytest.raises(SourceError) as caught:
        check.check_files(made, site)
    assert [mistake.rule for mistake in caught.value.mistakes] == ["node-list-incomplete"]
    assert "読み上げ" in caught.value.mistakes[0].message


def test_the_reading_version_begins_in_the_usual_form(real: Built) -> None:
    words = page(real[1]["reading.html"]).words
    assert "次の表を、基本目標、推進の重点、推進の方向、施策の展開、具体的な施策の順で読み上げます。" in words
    assert "市民一人ひとりの生涯にわたる学習意欲を高め" in words


# --- the diagram on every page ---


def test_the_diagram_marks_the_node_of_its_page(real: Built) -> None:
    site, files = real
    for entry in site.tree_nodes:
        if entry.branch_ordinal:
            marked = page(files[entry.path]).all("a", class_="here")
            assert marked, entry.id
            assert {target(entry.path, box.attrs["href"]) for box in marked} == {entry.path}
            assert {box.attrs["aria-current"] for box in marked} == {"page"}


# --- pages that a city's site must have ---


def test_missing_contact_and_licence_are_stated_as_missing(real: Built, example: Built) -> None:
    words = page(real[1]["site.html"]).words
    assert "連絡先の記載はありません" in words
    assert "利用条件（ライセンス）の記載はありません" in words
    words = page(example[1]["site.html"]).words
    assert "CC BY 4.0" in words
    assert "2026年4月1日" in words


def test_every_page_links_to_the_indexes_and_the_required_pages(either: Built) -> None:
    site, files = either
    expected = {item.path for item in (*site.nav_pages, *site.footer_pages)}
    assert {"structure.html", "list.html", "kana.html", "glossary.html"} <= expected
    assert {"sitemap.html", "accessibility.html", "site.html", "reading.html"} <= expected
    for entry in site.pages:
        if entry.path != "404.html":
            assert expected <= set(link_targets(page(files[entry.path]), entry.path))


def test_the_site_map_links_to_every_page(either: Built) -> None:
    site, files = either
    assert {item.path for item in site.pages} - {"404.html"} <= set(
        link_targets(page(files["sitemap.html"]).all("main")[0])
    )


def test_search_engines_get_the_url_of_each_page(example: Built, real: Built) -> None:
    site, files = example
    listed = re.findall("<loc>(.*?)</loc>", files["sitemap.xml"])
    assert listed == [site.plan.base_url + item.path for item in site.pages if item.path != "404.html"]
    assert f"Sitemap: {site.plan.base_url}sitemap.xml" in files["robots.txt"]
    for item in site.pages:
        canonical = [link.attrs["href"] for link in page(files[item.path]).all("link", rel="canonical")]
        assert canonical == ([] if item.path == "404.html" else [site.plan.base_url + item.path])
    assert "sitemap.xml" not in real[1]
    assert "canonical" not in real[1]["index.html"]


def test_every_page_has_metadata_for_link_previews(either: Built) -> None:
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


def test_file_names_are_valid_in_every_cms(either: Built) -> None:
    _, files = either
    name = re.compile(r"[a-z0-9][a-z0-9-]*\.(html|css|js|svg|pdf|csv|json|xml|txt|xlsx)")
    for path in files:
        *folders, last = path.split("/")
        assert name.fullmatch(last), path
        assert all(re.fullmatch("[a-z0-9][a-z0-9-]*", folder) for folder in folders)
        assert len(last) <= 64 + len(".html")
        assert len(folders) <= 2


# --- published paths, and the last change ---


def test_a_removed_page_without_a_redirect_is_an_error(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    (root / "addresses.txt").write_text("# 住所\nefforts/read.html\nefforts/gone.html\npillars/walk.html\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    removed, moved = caught.value.mistakes
    assert (removed.rule, removed.span.file, removed.span.line) == ("missing-redirect", "addresses.txt", 3)
    assert "`以前のid` に `efforts/gone` を書き足します" in removed.hint
    assert "efforts/walk" in moved.hint
    corrected = PLAN.replace("{id: walk,", "{id: walk, 以前のid: [gone, pillars/walk],")
    build_in_memory(plan_of(corrected))


def test_an_invalid_published_path_is_an_error(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    (root / "addresses.txt").write_text("index.html\n/etc/passwd\n../up.html\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    assert [(m.rule, m.span.line) for m in caught.value.mistakes] == [
        ("bad-published-path", 2),
        ("bad-published-path", 3),
    ]


def test_a_release_adds_every_path_and_removes_none(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    assert cli.main(["release", "--root", str(root)]) == 0
    first = (root / "addresses.txt").read_text("utf-8").split()
    assert "efforts/walk.html" in first
    assert "404.html" not in first
    plan_of(PLAN.replace("{id: walk,", "{id: stroll, 以前のid: [walk],"))
    assert cli.main(["release", "--root", str(root)]) == 0
    assert set((root / "addresses.txt").read_text("utf-8").split()) == {*first, "efforts/stroll.html"}


@pytest.mark.parametrize("root", [FIRST, ROOT / "example"], ids=["first", "example"])
def test_the_paths_of_both_plans_are_recorded(root: Path) -> None:
    site, files = built(root)
    recorded = {published.path for published in site.plan.published_paths}
    assert recorded >= {path for path in files if path.endswith(".html")} - {"404.html"}


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
