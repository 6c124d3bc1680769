"""The finished pages: links, headings, navigation, and the content of a node."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Built, built
from support.html_page import page, target

from handbook import kana, parse
from handbook.diagnostics import SourceError
from handbook.fields import NODE_FIELDS, all_fields
from handbook.model import NodePage

FILES = (".html", ".svg", ".txt", ".csv", ".json", ".xml", ".xlsx")


@pytest.fixture(params=["real", "example"])
def either(request: pytest.FixtureRequest) -> Built:
    site: Built = request.getfixturevalue(request.param)
    return site


def test_every_link_leads_to_a_written_file(either: Built) -> None:
    site, files = either
    for path, text in files.items():
        if not path.endswith((".html", ".svg")):
            continue
        for element in page(text).all():
            for name in ("href", "src"):
                link = element.attrs.get(name, "")
                if link and not link.startswith(("http", "mailto:")) and not (path == "404.html" and link[0] == "/"):
                    assert target(path, link) in files, (path, link)
    assert site.pages


def test_every_page_loads_only_files_of_the_site(either: Built) -> None:
    _, files = either
    for path, text in files.items():
        if path.endswith((".html", ".svg")):
            assert all(
                e.attrs["src"] in files or target(path, e.attrs["src"]) in files for e in page(text).all("script")
            )
            assert not any(script.words.strip() for script in page(text).all("script"))
            assert path.endswith(".svg") or "default-src 'none'" in text or "refresh" in text
            assert not any("style" in element.attrs for element in page(text).all())
            assert not any(name.startswith("on") for element in page(text).all() for name in element.attrs)
            assert not any(
                element.attrs.get("src", "").startswith("http")
                or (
                    element.tag == "link"
                    and element.attrs["href"].startswith("http")
                    and element.attrs["rel"] != "canonical"
                )
                for element in page(text).all()
            )
    assert not any("url(" in text for path, text in files.items() if path.endswith(".css"))


def test_links_are_relative_and_end_in_a_file_name(either: Built) -> None:
    _, files = either
    for path, text in files.items():
        for link in page(text).all("a") if path.endswith(".html") and path != "404.html" else ():
            href = link.attrs["href"]
            if not href.startswith(("http", "mailto:", "#")):
                assert not href.startswith("/")
                assert href.partition("#")[0].partition("?")[0].endswith(FILES)


def test_every_page_has_one_main_heading_and_its_own_title(either: Built) -> None:
    _, files = either
    titles = [page(text).all("title")[0].words for path, text in files.items() if path.endswith(".html")]
    assert all(len(page(text).all("h1")) == 1 for path, text in files.items() if path.endswith(".html"))
    assert len(set(titles)) >= len(titles) - 4  # a redirect has the title of its target


def test_no_heading_level_is_skipped(either: Built) -> None:
    _, files = either
    for path, text in files.items():
        if path.endswith(".html"):
            ranks = [int(e.tag[1]) for e in page(text).all() if e.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
            steps = zip([0, *ranks], ranks, strict=False)
            assert all(below <= above + 1 for above, below in steps), (path, ranks)


def test_next_and_previous_lead_through_all_nodes(either: Built) -> None:
    site, files = either
    order = [entry.path for entry in site.tree_nodes if not entry.is_repeat]
    visited = [order[0]]
    while links := page(files[visited[-1]]).all("a", rel="next"):
        visited.append(target(visited[-1], links[0].attrs["href"]))
    assert visited == order
    for previous, following in itertools.pairwise(order):
        assert target(following, page(files[following]).all("a", rel="prev")[0].attrs["href"]) == previous


def test_a_page_lists_its_children_and_their_children(real: Built) -> None:
    _, files = real
    read = page(files["directions/ict-learning-support.html"])
    (listed,) = read.all("ul", class_="children")
    assert [len(item.all("a")) for item in listed.parts if not isinstance(item, str)] == [3, 3, 3]
    assert "施策の展開 3" in " ".join(read.all("ul", class_="counts")[0].words.split())


def test_the_number_of_a_node_is_shown_with_its_level(real: Built) -> None:
    _, files = real
    label = page(files["actions/online-information.html"]).all("header", class_="title")[0].all("p")[0]
    assert label.words == "具体的な施策 1-3-3-1"


def test_a_former_path_redirects(example: Built) -> None:
    site, files = example
    assert len(site.redirects) >= 2
    for redirect in site.redirects:
        read = page(files[redirect.path])
        assert target(redirect.path, read.all("a")[0].attrs["href"]) == redirect.target.path
        assert "refresh" in files[redirect.path]


def test_a_repeat_is_listed_twice_and_counted_once(example: Built) -> None:
    site, files = example
    repeats = [entry for entry in site.tree_nodes if entry.is_repeat]
    assert repeats
    node_list = page(files["structure.html"]).all("div", id="node-list")[0]
    for entry in repeats:
        assert sum(target("structure.html", link.attrs["href"]) == entry.path for link in node_list.all("a")) == 2
    total = sum(count.count for count in site.level_counts)
    assert total == len({entry.id for entry in site.tree_nodes})


def test_the_example_shows_every_kind_of_fact(example: Built) -> None:
    site, files = example
    seen: set[str] = set()
    for made in [made for made in site.pages if isinstance(made, NodePage)]:
        entry = made.node
        words = page(files[entry.path]).words
        assert [fact.name for fact in made.facts] == [
            field.name for field in NODE_FIELDS if field.shown == "fact" and field.name in entry.node.values
        ]
        for fact in made.facts:
            seen.add(fact.name)
            assert all(value.text in words for value in fact.values)
        for row in entry.node.indicators:
            seen.add("指標")
            assert all(
                value in words for value in (row.name, row.unit, *(a.formatted for a in (*row.targets, *row.actuals)))
            )
        if entry.node.kana_reading:
            seen.add("よみ")
            kana_text = page(files[entry.path]).all("h1")[0].kana
            assert re.sub("[^ぁ-ゖー]", "", kana.to_hiragana(kana_text)) == re.sub(
                "[^ぁ-ゖー]", "", entry.node.kana_reading
            )
    assert seen == {"対象", "担当課", "関係課", "期間", "区分", "指標", "よみ"}


def test_the_example_uses_every_field_of_the_format() -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8")
    assert [key.name for key in all_fields() if not re.search(rf"(?m)^[^#\n]*\b{key.name}:", text)] == []


def test_the_structure_table_shows_the_tree_with_merged_cells(real: Built) -> None:
    """Every column of every row is covered by exactly one cell, merged or not."""
    site, files = real
    (table,) = page(files["structure.html"]).all("table", class_="structure")
    body = table.all("tbody")[0].all("tr")
    assert len(body) == 22
    filled: dict[tuple[int, int], str] = {}
    for number, row in enumerate(body):
        column = 0
        for cell in [*row.all("th"), *row.all("td")]:
            while (number, column) in filled:
                column += 1
            for y in range(int(cell.attrs.get("rowspan", "1"))):
                for x in range(int(cell.attrs.get("colspan", "1"))):
                    assert (number + y, column + x) not in filled
                    filled[number + y, column + x] = cell.words.strip()
    assert set(filled) == {(y, x) for y in range(22) for x in range(5)}
    names = {entry.name for entry in site.tree_nodes}
    assert {words.lstrip("○") for (_, x), words in filled.items() if x < 4} <= names


THREE = """
計画: {名称: 三つの階層の計画}
階層:
  - {名称: 柱, path: pillars}
  - {名称: 方針, path: policies}
  - {名称: 取組, path: efforts}
柱:
  - id: one
    名称: 一つめ
    方針:
      - {id: one-a, 名称: 方針A}
      - id: one-b
        名称: 方針B
        取組:
          - {id: act, 名称: 取組あ}
  - id: two
    名称: 二つめ
    取組:
      - {id: direct, 名称: 階層をとばした取組}
"""


def test_a_plan_of_three_levels_without_subject_builds(plan_of: Callable[..., Path]) -> None:
    site, files = built(plan_of(THREE))
    assert [entry.number for entry in site.tree_nodes] == ["1", "1-1", "1-2", "1-2-1", "2", "2-1"]
    assert "主題" not in page(files["index.html"]).words
    assert "diagrams/plan.svg" in files


def test_a_plan_of_eight_levels_builds(plan_of: Callable[..., Path]) -> None:
    names = "ABCDEFGH"
    text = "計画: {名称: 深い計画}\n階層:\n" + "".join(f"  - {{名称: 段{n}, path: level-{n.lower()}}}\n" for n in names)
    for depth, name in enumerate(names):
        pad = "    " * depth
        text += f"{pad}段{name}:\n{pad}  - id: node-{name.lower()}\n{pad}    名称: 名前{name}\n"
    site, _ = built(plan_of(text))
    assert len(list(site.tree_nodes)) == 8


def test_a_node_that_moves_keeps_its_path(plan_of: Callable[..., Path], tmp_path: Path) -> None:
    before = built(plan_of(THREE))[0]
    branch = "        取組:\n          - {id: act, 名称: 取組あ}\n"
    text = THREE.replace(branch, "").replace(
        "    取組:\n      - {id: direct", "    取組:\n      - {id: act, 名称: 取組あ}\n      - {id: direct"
    )
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    built.cache_clear()
    after = built(tmp_path)[0]
    moved = {entry.id: entry for entry in after.tree_nodes}["act"]
    assert moved.number == "2-1"
    assert moved.path == {entry.id: entry for entry in before.tree_nodes}["act"].path == "efforts/act.html"


def test_no_id_or_heading_collides_with_an_id_of_the_templates(plan_of: Callable[..., Path]) -> None:
    words = ["main", "shape", "branches", "children", "note", "place", "list", "table", "box", "subject", "plan"]
    rows = "".join(f"      - {{id: {word}, 名称: {word}}}\n" for word in words)
    text = "計画: {名称: x}\n階層:\n  - {名称: A, path: a}\n  - {名称: B, path: b}\n"
    text += f"A:\n  - id: top\n    名称: x\n    B:\n{rows}"
    headings = "".join(f"## {word}\n\n" for word in words)
    built(plan_of(text, pages__free=f"# 題\n\n{headings}", nodes__main=headings, nodes__top=headings))


def test_a_node_with_the_id_plan_does_not_replace_the_text_of_the_plan(plan_of: Callable[..., Path]) -> None:
    text = "計画: {名称: x, 本文: 計画の文}\n階層:\n  - {名称: A, path: a}\n"
    _, files = built(plan_of(text + "A:\n  - {id: plan, 名称: y, 本文: 節の文}\n"))
    assert "計画の文" in files["index.html"]
    assert "節の文" in files["a/plan.html"]


def test_a_node_may_have_the_name_of_a_generated_page_and_its_own_text_file(plan_of: Callable[..., Path]) -> None:
    text = "計画: {名称: x}\n階層:\n  - {名称: A, path: a}\nA:\n  - {id: reading, 名称: 読書}\n"
    root = plan_of(text, nodes__reading="読書の文章です。")
    assert "読書の文章です。" in page(built(root)[1]["a/reading.html"]).words
    with pytest.raises(SourceError) as caught:
        parse.load_plan(plan_of(text, pages__changes="# 変更\n\n文。\n"))
    assert [mistake.rule for mistake in caught.value.mistakes] == ["reserved-name"]


def test_a_page_with_many_siblings_lists_only_the_nearest(plan_of: Callable[..., Path]) -> None:
    rows = "".join(f"  - {{id: n{n}, 名称: 名前{n}}}\n" for n in range(300))
    _, files = built(plan_of("計画: {名称: x}\n階層:\n  - {名称: A, path: a}\nA:\n" + rows))
    assert len(page(files["a/n150.html"]).all("li", class_="siblings")) == 25
    assert max(map(len, files.values())) < 300_000


def test_the_seventh_branch_has_the_first_colour(plan_of: Callable[..., Path]) -> None:
    rows = "".join(f"  - {{id: n{n}, 名称: 名前{n}}}\n" for n in range(7))
    _, files = built(plan_of("計画: {名称: x}\n階層:\n  - {名称: A, path: a}\nA:\n" + rows))
    assert 'class="card branch-1"' in files["index.html"]
    assert "branch-7" not in files["index.html"]


def test_a_theme_without_a_colour_uses_the_default_one(plan_of: Callable[..., Path]) -> None:
    root = plan_of(THREE)
    (root / "theme").mkdir()
    (root / "theme/tokens.css").write_text(":root { --branch-1: #123456; }")
    assert "#123456" in built(root)[1]["diagrams/plan.svg"]


def test_values_appear_as_they_were_typed(plan_of: Callable[..., Path]) -> None:
    typed = ["no", "010", "9:30", "1.10", "0120", "2026-04-01", "~", "null", "1e3", "1_000"]
    rows = "".join(f"  - {{id: n{number}, 名称: {word}}}\n" for number, word in enumerate(typed))
    _, files = built(plan_of("計画: {名称: そのまま}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n" + rows))
    assert [page(files[f"pillars/n{number}.html"]).all("h1")[0].words for number in range(len(typed))] == typed
