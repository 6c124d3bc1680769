"""Properties of the site of every valid plan, tried with random plans."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.building import build_in_memory
from support.html_page import page, target
from support.random_examples import examples

from handbook.model import OutputFile, Site

SLOW = settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.text("学びとまちづくり市民子どもＩＣＴNPO&<>\"'\\{}[]%#:・「」〜0123 abc", min_size=1, max_size=24).filter(
    lambda words: words.strip("\u3000 ") == words
)


@st.composite
def plans(draw: st.DrawFn) -> str:
    """Return a plan.yaml of one to six levels with random names, skipped levels and repeated nodes."""
    depth = draw(st.integers(1, 6))
    text = f"計画: {{名称: {quoted(draw(WORDS))}"
    text += f", 主題: {quoted(draw(WORDS))}}}\n" if draw(st.booleans()) else "}\n"
    text += "階層:\n" + "".join(f"  - {{名称: 階層{n}, path: level-{n}}}\n" for n in range(depth))
    rows: list[str] = []
    leaves: list[tuple[str, int, str]] = []
    numbers = iter(range(1000))

    def grow(level: int, indent: str, parent: str) -> None:
        for _ in range(draw(st.integers(1, 3))):
            own = f"n{next(numbers)}"
            rows.append(f"{indent}- id: {own}\n{indent}  名称: {quoted(draw(WORDS))}\n")
            below = draw(st.integers(level + 1, min(depth, level + 2)))
            if below < depth and draw(st.booleans()) and len(rows) < 40:
                rows.append(f"{indent}  階層{below}:\n")
                grow(below, indent + "    ", own)
            else:
                leaves.append((own, level, parent))
        if leaves:
            repeated, level_of_repeated, home = draw(st.sampled_from(leaves))
            if level_of_repeated == level and home != parent:
                rows.append(f"{indent}- 再掲: {repeated}\n")

    grow(0, "  ", "")
    return text + "階層0:\n" + "".join(rows)


def quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def build_text(text: str, folder: Path) -> tuple[Site, list[OutputFile]]:
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    return build_in_memory(folder)


@SLOW
@given(text=plans())
def test_the_site_of_any_plan_has_every_node_and_no_broken_link(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site, files = build_text(text, tmp_path_factory.mktemp("plan"))
    paths = [file.path for file in files]
    assert len({path.casefold() for path in paths}) == len(paths)
    nodes = {entry.path for entry in site.tree_nodes}
    assert nodes <= set(paths)
    reached = {"index.html"}
    todo = ["index.html"]
    texts = {file.path: file.data.decode("utf-8", "replace") for file in files}
    while todo:
        here = todo.pop()
        for link in page(texts[here]).all("a") if here.endswith(".html") else ():
            there = target(here, link.attrs["href"])
            assert there in texts
            if there not in reached:
                reached.add(there)
                todo.append(there)
    assert nodes <= reached
    order = [
        target("structure.html", a.attrs["href"])
        for a in page(texts["structure.html"]).all("div", id="node-list")[0].all("a")
    ]
    assert order == [entry.path for entry in site.tree_nodes]


@SLOW
@given(text=plans())
def test_building_twice_gives_equal_bytes(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    first = build_text(text, tmp_path_factory.mktemp("one"))[1]
    second = build_text(text, tmp_path_factory.mktemp("two"))[1]
    assert first == second


@SLOW
@given(text=plans(), seed=st.integers(0, 10**6))
def test_a_node_keeps_its_address_when_its_branch_is_moved(
    text: str, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Shuffles the top level: numbers change, addresses do not."""
    head, _, tree = text.partition("階層0:\n")
    branches = ["  - " + branch for branch in ("\n" + tree).split("\n  - ")[1:]]
    branches = [branch.rstrip("\n") + "\n" for branch in branches if "再掲" not in branch.split("\n")[0]]
    random.Random(seed).shuffle(branches)  # noqa: S311  # not for secrets
    before = build_text(text, tmp_path_factory.mktemp("before"))[0]
    after = build_text(f"{head}階層0:\n{''.join(branches)}", tmp_path_factory.mktemp("after"))[0]
    assert {e.id: e.path for e in after.tree_nodes}.items() <= {e.id: e.path for e in before.tree_nodes}.items()
