"""Seeded edits of a plan, each with the change that a comparison must report for it.

Edits are made in the parsed YAML, without the code under test. No two edits change the same node. The expected
numbers of nodes are counted here, from the positions of the nodes.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from conftest import ROOT

Node = dict[str, Any]
Expected = tuple[str, str, str]
"""Kind, id and key of a change."""
LEVELS = ("柱", "方針", "取組", "事業")
EXTRA = 5
"""Nodes added to each innermost list, so that a change of order can be attributed to one node."""


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as block scalars, as in plan.yaml."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def example() -> Node:
    """Return the example plan as data with every scalar a text, with additional nodes for the edits."""
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8")
    plan: Node = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # texts only, nothing is constructed
    for number, node in enumerate([node for node, *_ in nodes(plan) if node.get("事業")]):
        node["事業"] += [
            {"id": f"more-{number}-{n}", "名称": f"見本{number}の{n}", "本文": f"見本の{n}つめの文章です。"}
            for n in range(EXTRA)
        ]
    return plan


def nodes(plan: Node) -> Iterator[tuple[Node, Node, str]]:
    """Yield (node, parent, level) of every node in reading order, without repeated nodes (再掲)."""
    stack = [(plan, iter(_children(plan)))]
    while stack:
        above, rest = stack[-1]
        level, node = next(rest, ("", None))
        if node is None:
            stack.pop()
            continue
        if "再掲" not in node:
            yield node, above, level
            stack.append((node, iter(_children(node))))


def _children(node: Node) -> list[tuple[str, Node]]:
    return [(level, child) for level, children in node.items() if level in LEVELS for child in children]


def numbers(plan: Node) -> dict[str, str]:
    """Return the number of each node by its id, counted from its position."""
    found: dict[str, str] = {}

    def count(node: Node, above: str) -> None:
        own = [child for _, child in _children(node) if "再掲" not in child]
        for place, child in enumerate(own, 1):
            found[child["id"]] = f"{above}{place}"
            count(child, f"{above}{place}-")

    count(plan, "")
    return found


def write_plan(plan: Node, folder: Path) -> Path:
    """Write a plan and the example's content/ into a folder."""
    shutil.copytree(ROOT / "example/content", folder / "content")
    (folder / "plan.yaml").write_text(to_yaml(plan), encoding="utf-8")
    return folder


def to_yaml(plan: Node) -> str:
    return yaml.dump(plan, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)


@dataclass
class Edits:
    """Edits of one plan, and the changes that a comparison must report."""

    seed: int
    before: Node = field(default_factory=example)
    kinds: tuple[str, ...] = ()
    after: Node = field(init=False)
    expected: set[Expected] = field(default_factory=set)
    new_ids: dict[str, str] = field(default_factory=dict)
    """New id by old id, for each node whose id was changed."""

    def __post_init__(self) -> None:
        self.after = deepcopy(self.before)
        self.chance = random.Random(self.seed)  # noqa: S311  # not for secrets
        self.free = [node["id"] for node, *_ in nodes(self.after) if node["id"].startswith("more-")]
        self.chance.shuffle(self.free)
        kinds = self.kinds or tuple(self.chance.choices(list(EDITS), k=self.chance.randint(4, 12)))
        for kind in kinds:
            EDITS[kind](self)
        self._expect_numbers()

    def take(self) -> tuple[Node, Node, str]:
        """Return a node that no edit has changed yet, with its parent and level."""
        free_id = self.free.pop()
        return next(found for found in nodes(self.after) if found[0]["id"] == free_id)

    def expect(self, kind: str, node: Node, key: str) -> None:
        self.expected.add((kind, node["id"], key))

    def _expect_numbers(self) -> None:
        """Expect a change of number for each node that was not moved itself but has another number."""
        was, now = numbers(self.before), numbers(self.after)
        placed = {node_id for kind, node_id, key in self.expected if key == "場所"}
        for old_id, number in was.items():
            node_id = self.new_ids.get(old_id, old_id)
            if node_id in now and now[node_id] != number and node_id not in placed:
                self.expected.add(("番号のみ", node_id, "番号"))


def _rename(edits: Edits) -> None:
    node, *_ = edits.take()
    node["名称"] = edits.chance.choice([f"新しい{node['名称']}", node["名称"][:-1] + "七", "すっかり変わった名前"])
    edits.expect("改称", node, "名称")


def _change_text(edits: Edits) -> None:
    node, *_ = edits.take()
    node["本文"] = edits.chance.choice(
        [node["本文"].replace("文章", "長い文章"), f"はじめに。\n{node['本文']}", "別の話です。"]
    )
    edits.expect("本文", node, "本文")


def _note(edits: Edits) -> None:
    node, *_ = edits.take()
    node["注記"] = "あとから付けた注です。"
    edits.expect("注記", node, "注記")


def _fact(edits: Edits) -> None:
    node, *_ = edits.take()
    key, value = edits.chance.choice(
        [
            ("期間", "令和5年度"),
            ("区分", "新規"),
            ("担当課", ["環境課"]),
            ("対象", ["子ども", "学校"]),
            ("よみ", "みほん"),
            ("関連", ["green-map"]),
            ("指標", [{"名称": "数", "目標値": {"令和8年度": "3"}}]),
        ]
    )
    node[key] = value
    edits.expect("事項", node, key)


def _spelling(edits: Edits) -> None:
    node, *_ = edits.take()
    key = edits.chance.choice(["名称", "本文"])
    node[key] = edits.chance.choice([node[key].replace("の", "の　"), node[key] + "！", node[key].translate(_WIDE)])
    edits.expect("表記のみ", node, key)


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _add(edits: Edits) -> None:
    _, above, level = edits.take()
    node: Node = {"id": f"born-{len(edits.expected)}-{edits.seed}", "名称": f"まだなかったもの{len(edits.expected)}"}
    above[level].insert(edits.chance.randrange(len(above[level]) + 1), node)
    edits.expect("新設", node, "節")


def _remove(edits: Edits) -> None:
    node, above, level = edits.take()
    above[level].remove(node)
    edits.expect("廃止", node, "節")


def _move(edits: Edits) -> None:
    node, above, level = edits.take()
    others = [other for other, *_ in nodes(edits.after) if other.get(level) and other is not above]
    above[level].remove(node)
    there = edits.chance.choice(others)[level]
    there.insert(edits.chance.randrange(len(there) + 1), node)
    edits.expect("移動", node, "場所")


def _reorder(edits: Edits) -> None:
    """Move a node past at least three unmoved nodes, so that moving this node is the shortest explanation."""
    node, above, level = edits.take()
    siblings, at = above[level], above[level].index(node)
    still = {other["id"] for other in siblings if "id" in other} & set(edits.free)
    for to in (len(siblings), 0):
        passed = siblings[at + 1 :] if to else siblings[:at]
        if len([other for other in passed if other.get("id") in still]) >= 3:
            edits.free = [free for free in edits.free if free not in {other.get("id") for other in siblings}]
            siblings.insert(to, siblings[at])
            del siblings[at if to else at + 1]
            edits.expect("並べ替え", node, "場所")
            return


def _new_id(edits: Edits) -> None:
    node, *_ = edits.take()
    old, node["id"] = node["id"], f"{node['id']}-new"
    node["以前のid"] = [old]
    edits.new_ids[old] = node["id"]
    edits.expect("事項", node, "id")


EDITS = {
    "改称": _rename,
    "本文": _change_text,
    "注記": _note,
    "事項": _fact,
    "表記のみ": _spelling,
    "新設": _add,
    "廃止": _remove,
    "移動": _move,
    "並べ替え": _reorder,
    "id": _new_id,
}
