"""Links, headings, content and accessibility of the HTML pages."""

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


def test_every_link_target_is_a_written_file(either: Built) -> None:
    site, files = either
    for path, text in files.items():
        if not path.endswith((".html", ".svg")):
            continue
        for element in page(text).all():
            for attribute in ("href", "src"):
                link = element.attrs.get(attribute, "")
                if link and not link.startswith(("http", "mailto:")) and not (path == "404.html" and link[0] == "/"):
                    assert target(path, link) in files, (path, link)
    assert site.pages


def test_pages_load_only_files_of_the_site(either: Built) -> None:
    _, files = either
    for path, text in files.items():
        if path.endswith((".html", ".svg")):
            scripts = [] if path == "404.html" else page(text).all("script")  # its own is inside, allowed by its hash
            assert all(e.attrs["src"] in files or target(path, e.attrs["src"]) in files for e in scripts)
            assert not any(script.words.strip() for script in scripts)
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


def test_every_page_has_one_h1_and_a_unique_title(either: Built) -> None:
    _, files = either
    titles = [page(text).all("title")[0].words for path, text in files.items() if path.endswith(".html")]
    assert all(len(page(text).all("h1")) == 1 for path, text in files.items() if path.endswith(".html"))
    redirects = [path for path, text in files.items() if path.endswith(".html") and 'http-equiv="refresh"' in text]
    assert len(set(titles)) >= len(titles) - len(redirects)  # redirects have the name of their target


def test_headings_skip_no_rank(either: Built) -> None:
    _, files = either
    for path, text in files.items():
        if path.endswith(".html"):
            ranks = [int(e.tag[1]) for e in page(text).all() if e.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
            steps = zip([0, *ranks], ranks, strict=False)
            assert all(following <= previous + 1 for previous, following in steps), (path, ranks)


def test_next_and_previous_links_follow_reading_order(either: Built) -> None:
    site, files = either
    order = [node.path for node in site.tree_nodes if not node.is_repeat]
    visited = [order[0]]
    while links := page(files[visited[-1]]).all("a", rel="next"):
        visited.append(target(visited[-1], links[0].attrs["href"]))
    assert visited == order
    for path, following in itertools.pairwise(order):
        assert target(following, page(files[following]).all("a", rel="prev")[0].attrs["href"]) == path


def test_page_lists_children_and_grandchildren(real: Built) -> None:
    _, files = real
    html = page(files["directions/ict-learning-support.html"])
    (children,) = html.all("ul", class_="children")
    assert [len(item.all("a")) for item in children.parts if not isinstance(item, str)] == [3, 3, 3]
    assert "施策の展開 3" in " ".join(html.all("ul", class_="counts")[0].words.split())


def test_number_shows_the_position_in_the_tree(real: Built) -> None:
    _, files = real
    label = page(files["actions/online-information.html"]).all("header", class_="title")[0].all("p")[0]
    assert label.words == "具体的な施策 1-3-3-1"


def test_former_path_redirects(example: Built) -> None:
    site, files = example
    assert len(site.redirects) >= 2
    for redirect in site.redirects:
        html = page(files[redirect.path])
        assert target(redirect.path, html.all("a")[0].attrs["href"]) == redirect.target.path
        assert "refresh" in files[redirect.path]
        (canonical,) = html.all("link", rel="canonical")
        assert canonical.attrs["href"] == site.plan.base_url + redirect.target.path


def test_repeated_node_is_listed_twice_and_counted_once(example: Built) -> None:
    site, files = example
    repeats = [node for node in site.tree_nodes if node.is_repeat]
    assert repeats
    node_list = page(files["structure.html"]).all("div", id="node-list")[0]
    for node in repeats:
        assert sum(target("structure.html", link.attrs["href"]) == node.path for link in node_list.all("a")) == 2
    total = sum(count.node_count for count in site.level_counts)
    assert total == len({node.id for node in site.tree_nodes})


def test_example_shows_every_kind_of_fact(example: Built) -> None:
    site, files = example
    seen: set[str] = set()
    for node_page in (item for item in site.pages if isinstance(item, NodePage)):
        node = node_page.node
        text = page(files[node.path]).words
        assert [fact.name for fact in node_page.facts] == [
            field.name for field in NODE_FIELDS if field.shown == "fact" and field.name in node.node.values
        ]
        for fact in node_page.facts:
            seen.add(fact.name)
            assert all(value.text in text for value in fact.values)
        for row in node.node.indicators:
            seen.add("指標")
            assert all(
                value in text for value in (row.name, row.unit, *(a.formatted for a in (*row.targets, *row.actuals)))
            )
        if node.node.kana_reading:
            seen.add("よみ")
            shown = page(files[node.path]).all("h1")[0].kana
            assert re.sub("[^ぁ-ゖー]", "", kana.to_hiragana(shown)) == re.sub("[^ぁ-ゖー]", "", node.node.kana_reading)
    assert seen == {"対象", "担当課", "関係課", "期間", "区分", "指標", "よみ"}


def test_example_uses_every_field() -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8")
    assert [item.name for item in all_fields() if not re.search(rf"(?m)^[^#\n]*\b{item.name}:", text)] == []


def test_structure_table_contains_the_tree(real: Built) -> None:
    """Together with merged cells, every row fills every column exactly once."""
    site, files = real
    (table,) = page(files["structure.html"]).all("table", class_="structure")
    body = table.all("tbody")[0].all("tr")
    assert len(body) == 22
    filled: dict[tuple[int, int], str] = {}
    for row_index, row in enumerate(body):
        column = 0
        for cell in [*row.all("th"), *row.all("td")]:
            while (row_index, column) in filled:
                column += 1
            for y in range(int(cell.attrs.get("rowspan", "1"))):
                for x in range(int(cell.attrs.get("colspan", "1"))):
                    assert (row_index + y, column + x) not in filled
                    filled[row_index + y, column + x] = cell.words.strip()
    assert set(filled) == {(y, x) for y in range(22) for x in range(5)}
    names = {node.name for node in site.tree_nodes}
    assert {text.lstrip("○") for (_, x), text in filled.items() if x < 4} <= names


SKIPPED_LEVEL = """
計画: {名称: 階層をとばす計画}
階層:
  - {名称: 柱, path: pillars}
  - {名称: 方針, path: policies}
  - {名称: 取組, path: efforts}
  - {名称: 事業, path: projects}
  - {名称: 細目, path: items}
柱:
  - id: top
    名称: 柱
    方針: [{id: policy, 名称: 方針}]
    取組:
      - id: effort
        名称: 取組
        事業:
          - {id: one, 名称: 事業, 細目: [{id: one-a, 名称: 細目}]}
          - {id: two, 名称: 事業, 細目: [{id: two-a, 名称: 細目}]}
"""


def test_filler_of_a_skipped_level_spans_the_rows_of_its_node(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(SKIPPED_LEVEL))
    (table,) = page(files["structure.html"]).all("table", class_="structure")
    (filler,) = [cell for cell in table.all("td") if not cell.parts]
    assert filler.attrs == {"rowspan": "2"}


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


def test_plan_with_three_levels_and_no_subject(plan_of: Callable[..., Path]) -> None:
    site, files = built(plan_of(THREE))
    assert [node.number for node in site.tree_nodes] == ["1", "1-1", "1-2", "1-2-1", "2", "2-1"]
    assert "主題" not in page(files["index.html"]).words
    assert "diagrams/plan.svg" in files


def test_plan_with_eight_levels(plan_of: Callable[..., Path]) -> None:
    names = "ABCDEFGH"
    text = "計画: {名称: 深い計画}\n階層:\n" + "".join(f"  - {{名称: 段{n}, path: level-{n.lower()}}}\n" for n in names)
    for depth, name in enumerate(names):
        indent = "    " * depth
        text += f"{indent}段{name}:\n{indent}  - id: node-{name.lower()}\n{indent}    名称: 名前{name}\n"
    site, _ = built(plan_of(text))
    assert len(list(site.tree_nodes)) == 8


def test_moved_node_keeps_its_path(plan_of: Callable[..., Path], tmp_path: Path) -> None:
    before = built(plan_of(THREE))[0]
    branch = "        取組:\n          - {id: act, 名称: 取組あ}\n"
    text = THREE.replace(branch, "").replace(
        "    取組:\n      - {id: direct", "    取組:\n      - {id: act, 名称: 取組あ}\n      - {id: direct"
    )
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    built.cache_clear()
    after = built(tmp_path)[0]
    moved = {node.id: node for node in after.tree_nodes}["act"]
    assert moved.number == "2-1"
    assert moved.path == {node.id: node for node in before.tree_nodes}["act"].path == "efforts/act.html"


def test_ids_and_headings_of_editors_do_not_collide_with_those_of_templates(plan_of: Callable[..., Path]) -> None:
    anchors = ["main", "shape", "branches", "children", "note", "place", "list", "table", "box", "subject", "plan"]
    rows = "".join(f"      - {{id: {anchor}, 名称: {anchor}}}\n" for anchor in anchors)
    text = "計画: {名称: x}\n階層:\n  - {名称: A, path: a}\n  - {名称: B, path: b}\n"
    text += f"A:\n  - id: top\n    名称: x\n    B:\n{rows}"
    headings = "".join(f"## {anchor}\n\n" for anchor in anchors)
    built(plan_of(text, pages__free=f"# 題\n\n{headings}", nodes__main=headings, nodes__top=headings))


def test_node_with_the_id_plan_does_not_replace_the_text_of_the_plan(plan_of: Callable[..., Path]) -> None:
    text = "計画: {名称: x, 本文: 計画の文}\n階層:\n  - {名称: A, path: a}\n"
    _, files = built(plan_of(text + "A:\n  - {id: plan, 名称: y, 本文: 節の文}\n"))
    assert "計画の文" in files["index.html"]
    assert "節の文" in files["a/plan.html"]


def test_node_but_not_free_page_may_have_the_name_of_a_generated_page(plan_of: Callable[..., Path]) -> None:
    text = "計画: {名称: x}\n階層:\n  - {名称: A, path: a}\nA:\n  - {id: reading, 名称: 読書}\n"
    root = plan_of(text, nodes__reading="読書の文章です。")
    assert "読書の文章です。" in page(built(root)[1]["a/reading.html"]).words
    with pytest.raises(SourceError) as caught:
        parse.load_plan(plan_of(text, pages__changes="# 変更\n\n文。\n"))
    assert [mistake.rule for mistake in caught.value.mistakes] == ["reserved-name"]


def test_page_lists_only_the_nearest_siblings(plan_of: Callable[..., Path]) -> None:
    rows = "".join(f"  - {{id: n{n}, 名称: 名前{n}}}\n" for n in range(300))
    _, files = built(plan_of("計画: {名称: x}\n階層:\n  - {名称: A, path: a}\nA:\n" + rows))
    assert len(page(files["a/n150.html"]).all("li", class_="siblings")) == 25
    assert max(map(len, files.values())) < 300_000


def test_seventh_branch_has_the_first_colour(plan_of: Callable[..., Path]) -> None:
    rows = "".join(f"  - {{id: n{n}, 名称: 名前{n}}}\n" for n in range(7))
    _, files = built(plan_of("計画: {名称: x}\n階層:\n  - {名称: A, path: a}\nA:\n" + rows))
    assert 'class="card branch-1"' in files["index.html"]
    assert "branch-7" not in files["index.html"]


def test_own_theme_overrides_single_colours(plan_of: Callable[..., Path]) -> None:
    root = plan_of(THREE)
    (root / "theme").mkdir()
    (root / "theme/tokens.css").write_text(":root { --branch-1: #123456; }")
    assert "#123456" in built(root)[1]["diagrams/plan.svg"]


def test_values_are_shown_as_typed(plan_of: Callable[..., Path]) -> None:
    typed = ["no", "010", "9:30", "1.10", "0120", "2026-04-01", "~", "null", "1e3", "1_000"]
    rows = "".join(f"  - {{id: n{index}, 名称: {text}}}\n" for index, text in enumerate(typed))
    _, files = built(plan_of("計画: {名称: そのまま}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n" + rows))
    assert [page(files[f"pillars/n{index}.html"]).all("h1")[0].words for index in range(len(typed))] == typed
