"""Indexes, full text, glossary links and the other pages that a public site needs."""

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
    """Return the paths to which the links of an element lead."""
    return [target(path, link.attrs["href"]) for link in element.all("a")]


# --- index by audience ---

WORDS_BY_AUDIENCE = {"NPO・ボランティア": ("NPO", "ボランティア"), "企業・団体": ("企業", "団体")}
ACTIVITY = "団体活動"
"""An activity of young people. Contains the word 団体 but is not an organisation."""


def test_audiences_of_the_real_plan_follow_from_the_names(real: Built) -> None:
    for node in real[0].tree_nodes:
        named = set(node.node.fact_values("対象"))
        text = node.name.replace(ACTIVITY, "")
        audiences = real[0].plan.audiences
        expected = {name for name in audiences if any(word in text for word in WORDS_BY_AUDIENCE.get(name, (name,)))}
        assert named == expected, node.name


def test_audience_lists_each_part_of_the_plan_once(plan_of: Callable[..., Path]) -> None:
    site, files = built(plan_of(PLAN))
    assert {group.name: [node.path for node in group.nodes] for group in site.audience_groups} == {
        "子ども": ["pillars/learn.html"],
        "大人": ["efforts/read.html"],
    }
    assert "learn" in files["audiences.html"]


def test_note_on_audiences_is_shown_with_them(real: Built) -> None:
    site, files = real
    assert "この冊子で付けました" in site.plan.audience_note
    for path in ("audiences.html", "list.html", "measures/children-learning.html"):
        assert site.plan.audience_note in page(files[path]).words, path


def test_node_links_to_its_audience(real: Built) -> None:
    _, files = real
    (link,) = [a for a in page(files["measures/children-learning.html"]).all("a") if a.words == "子ども"]
    anchor = link.attrs["href"].partition("#")[2]
    assert page(files["audiences.html"]).all("h2", id=anchor)[0].words == "子ども"


def test_plan_without_audiences_or_readings_has_no_such_pages(plan_of: Callable[..., Path]) -> None:
    _, files = built(
        plan_of("計画: {名称: x}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - {id: one, 名称: 一つめ}\n")
    )
    assert "audiences.html" not in files
    assert "kana.html" not in files
    assert 'id="ruby_"' not in files["index.html"]


# --- list of all leaves ---


def test_list_contains_every_leaf_once(either: Built) -> None:
    site, files = either
    expected = [node.path for node in site.tree_nodes if not node.children and not node.is_repeat]
    (listed,) = page(files["list.html"]).all("div", class_="leaf-list")
    items = [a for li in listed.all("li") for a in li.all("a")]
    assert [target("list.html", a.attrs["href"]) for a in items] == expected


def test_list_of_the_real_plan_has_51_leaves(real: Built) -> None:
    html = page(real[1]["list.html"])
    assert html.all("h1")[0].words == "具体的な施策の一覧"
    assert len(html.all("div", class_="leaf-list")[0].all("li")) == 51


def test_list_rows_have_the_audiences_of_their_ancestors(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN))
    rows = page(files["list.html"]).all("div", class_="leaf-list")[0].all("li")
    assert [row.attrs["data-audiences"] for row in rows] == ["子ども、大人", "子ども"]
    assert [[tag.words for tag in row.all("span", class_="tags")] for row in rows] == [["子ども大人"], []]


# --- kana index ---


def test_kana_index_contains_every_reading(either: Built) -> None:
    site, files = either
    shown = [
        e.words for li in page(files["kana.html"]).all("ul", class_="index") for e in li.all("span", class_="reading")
    ]
    readings = {node.node.kana_reading for node in site.tree_nodes if not node.is_repeat} | {
        t.reading for t in site.plan.terms
    }
    assert set(shown) == readings - {""}
    assert shown[0][0] in "あア"


def test_kana_index_links_terms_to_the_glossary(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN, pages__glossary=GLOSSARY))
    (link,) = [a for a in page(files["kana.html"]).all("ul", class_="index")[0].all("a") if a.words == "NPO"]
    path, _, anchor = link.attrs["href"].partition("#")
    assert page(files[path]).all("dt", id=anchor)[0].words.startswith("NPO")


# --- glossary ---


def test_glossary_term_is_linked_once_per_page(plan_of: Callable[..., Path]) -> None:
    text = PLAN.replace("{id: walk, ", "{id: walk, 本文: 'NPOの人とNPOへ。NPOSは別。`NPO`と[[read|NPO]]', ")
    _, files = built(plan_of(text, pages__glossary=GLOSSARY, pages__free="# 題\n\n## NPO\n\nNPOと読書\n"))
    for path, terms in (("efforts/walk.html", ["NPO"]), ("free.html", ["NPO", "読書"])):
        (prose,) = page(files[path]).all("div", class_="prose")
        links = [a for a in prose.all("a") if "glossary.html#" in a.attrs["href"]]
        assert [a.words for a in links] == terms
        assert all(f'id="{a.attrs["href"].partition("#")[2]}"' in files["glossary.html"] for a in links)
    assert page(files["glossary.html"]).all("dd")[0].all("a") == []


def test_term_in_a_name_is_explained_on_the_page(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN, pages__glossary=GLOSSARY))
    (terms,) = page(files["efforts/walk.html"]).all("section", class_="terms")
    assert "NPO" in terms.words
    assert "営利を目的としない団体。" in terms.words


def test_abbreviations_of_the_real_plan_are_explained(real: Built) -> None:
    site, files = real
    abbreviations = {word for node in site.tree_nodes for word in re.findall("[A-Z]{2,}", node.name)}
    assert abbreviations == {"NPO", "ICT"}
    for node in site.tree_nodes:
        for word in re.findall("[A-Z]{2,}", node.name):
            assert word in page(files[node.path]).all("section", class_="terms")[0].words


def test_duplicate_term_is_an_error(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN, pages__glossary=GLOSSARY + "\nNPO\n: もう一度。\n")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    (mistake,) = caught.value.mistakes
    assert (mistake.rule, mistake.span.file, mistake.span.line) == ("duplicate-word", "content/pages/glossary.md", 9)


# --- lists of all nodes ---


@pytest.mark.parametrize("list_name", ["一覧", "表", "読み上げ"])
def test_node_lists_have_the_same_nodes_in_the_same_order(either: Built, list_name: str) -> None:
    site, files = either
    html = page(files["reading.html" if list_name == "読み上げ" else "structure.html"])
    marks = [element.attrs.get("data-node-list", "") for element in html.all()]
    expected = [f"{list_name} {node.id}" for node in site.tree_nodes]
    assert [mark for mark in marks if mark.startswith(list_name)] == expected


def test_incomplete_node_list_is_an_error(real: Built) -> None:
    site, files = real
    cut = re.sub(
        r'<span data-node-list="読み上げ reading">.*?</span>', "", files["reading.html"], count=1, flags=re.DOTALL
    )
    assert cut != files["reading.html"]
    outputs = [OutputFile(path, (cut if path == "reading.html" else text).encode()) for path, text in files.items()]
    # `files` contains texts only, so without the workbook the data page must have no links to the data.
    outputs = [file for file in outputs if not file.path.startswith("data")]
    outputs.append(OutputFile("data.html", b"<title>x</title><h1>x</h1>"))
    with pytest.raises(SourceError) as caught:
        check.check_files(outputs, site)
    assert [mistake.rule for mistake in caught.value.mistakes] == ["node-list-incomplete"]
    assert "読み上げ" in caught.value.mistakes[0].message


def test_full_text_starts_with_the_order_of_levels(real: Built) -> None:
    text = page(real[1]["reading.html"]).words
    assert "次の表を、基本目標、推進の重点、推進の方向、施策の展開、具体的な施策の順で読み上げます。" in text
    assert "市民一人ひとりの生涯にわたる学習意欲を高め" in text


# --- diagrams on node pages ---


def test_diagram_of_a_node_page_highlights_the_node(real: Built) -> None:
    site, files = real
    for node in site.tree_nodes:
        if node.branch_ordinal:
            highlighted = page(files[node.path]).all("a", class_="here")
            assert highlighted, node.id
            assert {target(node.path, box.attrs["href"]) for box in highlighted} == {node.path}
            assert {box.attrs["aria-current"] for box in highlighted} == {"page"}


# --- pages that every site needs ---


def test_site_page_states_what_the_plan_contains(real: Built, example: Built) -> None:
    text = page(real[1]["site.html"]).words
    assert "連絡先" not in text
    assert "利用条件" not in text
    text = page(example[1]["site.html"]).words
    assert "CC BY 4.0" in text
    assert "2026年4月1日" in text


def test_every_page_links_to_all_menu_pages(either: Built) -> None:
    site, files = either
    expected = {item.path for item in (*site.nav_pages, *site.footer_pages)}
    assert {"structure.html", "list.html", "kana.html", "glossary.html"} <= expected
    assert {"sitemap.html", "accessibility.html", "site.html", "reading.html"} <= expected
    for item in site.pages:
        if item.path != "404.html":
            assert expected <= set(link_targets(page(files[item.path]), item.path))


def test_site_map_links_to_every_page(either: Built) -> None:
    site, files = either
    assert {item.path for item in site.pages if item.is_listed} <= set(
        link_targets(page(files["sitemap.html"]).all("main")[0])
    )


def test_sitemap_xml_and_canonical_urls(example: Built, real: Built) -> None:
    site, files = example
    listed = re.findall("<loc>(.*?)</loc>", files["sitemap.xml"])
    assert listed == [site.plan.base_url + item.path for item in site.pages if item.is_listed]
    assert f"Sitemap: {site.plan.base_url}sitemap.xml" in files["robots.txt"]
    for item in site.pages:
        canonical = [link.attrs["href"] for link in page(files[item.path]).all("link", rel="canonical")]
        assert canonical == ([site.plan.base_url + item.path] if item.is_listed else [])
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


def test_file_names_are_portable(either: Built) -> None:
    _, files = either
    file_name = re.compile(r"[a-z0-9][a-z0-9-]*\.(html|css|js|svg|pdf|csv|json|xml|txt|xlsx)")
    for path in files:
        *folders, last = path.split("/")
        assert file_name.fullmatch(last), path
        assert all(re.fullmatch("[a-z0-9][a-z0-9-]*", folder) for folder in folders)
        assert len(last) <= 64 + len(".html")
        assert len(folders) <= 2


# --- published paths and dates ---


def test_published_path_without_page_or_redirect_is_an_error(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    (root / "addresses.txt").write_text("# 住所\nefforts/read.html\nefforts/gone.html\npillars/walk.html\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    gone, moved = caught.value.mistakes
    assert (gone.rule, gone.span.file, gone.span.line) == ("missing-redirect", "addresses.txt", 3)
    assert "`以前の住所: {efforts/gone.html: この住所のページは、いまの計画にはありません}` と書き足します" in gone.hint
    assert "`以前の住所: {pillars/walk.html: efforts/walk.html}` と書き足します" in moved.hint
    corrected = PLAN.replace("{id: walk,", "{id: walk, 以前のid: [gone, pillars/walk],")
    build_in_memory(plan_of(corrected))


def test_invalid_published_path_is_an_error(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    (root / "addresses.txt").write_text("index.html\n/etc/passwd\n../up.html\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    rule = "bad-published-path"
    assert [(m.rule, m.span.line) for m in caught.value.mistakes] == [(rule, 2), (rule, 3)]


def test_release_records_every_path_and_removes_none(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    assert cli.main(["release", "--root", str(root)]) == 0
    first = (root / "addresses.txt").read_text("utf-8").split()
    assert "efforts/walk.html" in first
    assert "404.html" not in first
    plan_of(PLAN.replace("{id: walk,", "{id: stroll, 以前のid: [walk],"))
    assert cli.main(["release", "--root", str(root)]) == 0
    assert set((root / "addresses.txt").read_text("utf-8").split()) == {*first, "efforts/stroll.html"}


@pytest.mark.parametrize("root", [FIRST, ROOT / "example"], ids=["first", "example"])
def test_addresses_txt_of_our_plans_is_complete(root: Path) -> None:
    site, files = built(root)
    published = {item.path for item in site.plan.published_paths}
    assert published >= {path for path in files if path.endswith(".html")} - {"404.html"}


def test_last_change_date_comes_from_git(
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
    assert "更新日" not in page(files["site.html"]).words
    assert [note.rule for note in report_of(shallow).notices] == ["shallow-clone"]
