"""The shipped plan is exactly that of the city: compared with the source table, which the test parses itself."""

from __future__ import annotations

import re
from collections import Counter

from conftest import FIRST, HERE, Built
from support.building import report_of
from support.html_page import page, target

from handbook.model import NodePage

SOURCE = (HERE / "structure-table.txt").read_text(encoding="utf-8")
"""The structure table of the city as text. Cells that were merged in the source are empty below the first row."""


def source_rows() -> list[tuple[str, str, str, list[str]]]:
    """Return the rows of the table as (重点, 方向, 展開, 施策), with empty cells filled from above."""
    lines = SOURCE.split("\n")
    first = next(number for number, line in enumerate(lines) if "○" in line)
    rows: list[tuple[str, str, str, list[str]]] = []
    focus = direction = ""
    for line in lines[first:]:
        cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
        if not any(cell.startswith("○") for cell in cells):
            continue
        place = next(number for number, cell in enumerate(cells) if cell.startswith("○"))
        above = [cell for cell in cells[:place] if not cell.startswith("苫小牧市生涯学習推進の基本目標")]
        if len(above) == 2:
            focus, direction = above
        elif len(above) == 1:
            direction = above[0]
        actions = [words.strip() for words in re.split(r"(?:^|\s)・", cells[place + 1]) if words.strip()]
        rows.append((focus, direction, cells[place].removeprefix("○"), actions))
    return rows


def test_the_parsed_source_table_has_the_known_numbers() -> None:
    rows = source_rows()
    assert len(rows) == 22
    assert sum(len(row[3]) for row in rows) == 51
    assert list(Counter(row[0] for row in rows).values()) == [12, 4, 3, 3]


def test_the_tree_of_the_plan_is_that_of_the_source_table(real: Built) -> None:
    site, _ = real
    made = [
        (focus.name, direction.name, measure.name, [action.name for action in measure.children])
        for goal in site.roots
        for focus in goal.children
        for direction in focus.children
        for measure in direction.children
    ]
    assert made == source_rows()


def test_every_level_has_its_count_and_missing_projects_are_stated(real: Built) -> None:
    site, files = real
    assert {count.level.name: count.node_count for count in site.level_counts} == {
        "基本目標": 1,
        "推進の重点": 4,
        "推進の方向": 6,
        "施策の展開": 22,
        "具体的な施策": 51,
        "事業": 0,
    }
    assert "登録された事業はまだありません" in files["actions/reading.html"]
    assert "まだありません" in files["index.html"]


def test_every_node_has_a_page_with_its_name_and_its_breadcrumbs(real: Built) -> None:
    """The breadcrumbs of all pages give the tree of the source: each page links to its parent and to the front page."""
    _, files = real
    pages = {path: page(text) for path, text in files.items() if "/" in path and path.endswith(".html")}
    assert len(pages) == 84
    parents = {}
    for path, read in pages.items():
        (breadcrumbs,) = [nav for nav in read.all("nav") if nav.attrs.get("aria-label") == "現在地"]
        links = [target(path, link.attrs["href"]) for link in breadcrumbs.all("a")]
        assert links[0] == "index.html"
        parents[path] = links[-1]
        assert [parents.get(link, link) for link in links[1:]] == ["index.html", *links[1:-1]] or len(links) == 1
    names = {path: read.all("h1")[0].words for path, read in pages.items()}
    chains = {
        tuple(names[step].lstrip("○・") for step in (p3, p2, p1, path))
        for path in pages
        if path.startswith("actions/")
        for p1 in [parents[path]]
        for p2 in [parents[p1]]
        for p3 in [parents[p2]]
    }
    assert chains == {(a, b, c, d) for a, b, c, actions in source_rows() for d in actions}


def test_texts_of_the_source_outside_the_tree_are_shown(real: Built) -> None:
    _, files = real
    goal = next(line for line in SOURCE.split("\n") if line.startswith("苫小牧市生涯学習推進の基本目標"))
    name, words = goal.split("\t")[0].split(" ", 1)
    read = page(files["goals/goal.html"])
    assert read.all("h1")[0].words == name
    assert words in read.words
    assert words in page(files["index.html"]).words
    assert "連帯と共生で、活力ある学びとまちづくり" in page(files["index.html"]).words
    assert page(files["index.html"]).all("h1")[0].words == "第四次 苫小牧市生涯学習推進基本計画"


def test_the_doubtful_place_is_marked_as_unconfirmed(real: Built) -> None:
    _, files = real
    assert "［要確認］" in page(files["directions/working-with-residents.html"]).words
    assert {note.rule for note in report_of(FIRST).notices} == {"unconfirmed", "same-name"}


def test_facts_that_the_source_lacks_are_not_claimed(real: Built) -> None:
    _, files = real
    assert "連絡先" not in page(files["index.html"]).words
    facts = {fact.name for made in real[0].pages if isinstance(made, NodePage) for fact in made.facts}
    assert facts == {"対象"}  # derived from the names, which the page states
    assert not any(entry.node.indicators for entry in real[0].tree_nodes)
