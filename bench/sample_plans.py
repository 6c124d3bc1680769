"""Make up plans of any size, the same for the same seed, and read real plans from their exported data.

A plan has four levels. Each parent has about as many children as in the real plan, titles consist of words that are
typical of such plans, and every node has three paragraphs, a list, a small table and two links to other nodes. Nothing
made up here is a fact about any city.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEVELS = (("柱", "pillars"), ("方針", "policies"), ("取組", "efforts"), ("事業", "projects"))
AUDIENCE_WORDS = [
    "子ども",
    "若者",
    "高齢者",
    "障がいのある人",
    "子育て家庭",
    "働く人",
    "市民",
    "地域団体",
    "学校",
    "図書館",
    "公民館",
    "博物館",
]
TOPIC_WORDS = [
    "学習機会",
    "読書活動",
    "文化活動",
    "スポーツ",
    "交流の場",
    "防災学習",
    "環境学習",
    "情報活用",
    "人材育成",
    "国際理解",
    "健康づくり",
]
SUFFIX_WORDS = ["の充実", "の推進", "への支援", "の整備", "の拡大", "づくり", "の連携強化", "の情報提供"]
SENTENCES = (
    "だれもが身近な場所で学び、学んだことを暮らしと地域づくりに生かせるようにします。",
    "関係する団体と話し合いながら、参加しやすい時間と場所を選び、年度ごとに見直します。",
    "取組の内容と結果は、次の年度の計画づくりに役立てるために、わかりやすく公表します。",
    "これまで参加する機会の少なかった人にも届くように、知らせ方と進め方を工夫します。",
    "施設や設備を大切に使い、古くなったものは、安全に使えるように計画的に直します。",
)


@dataclass(slots=True)
class SampleNode:
    """A node of a plan, with what the generators need of it."""

    id: str
    depth: int
    title: str
    text: str
    """Markdown; `[[id]]` is a link."""
    folder: str
    """Folder of the pages of its level."""
    children: list[SampleNode] = field(default_factory=list)

    def walk(self) -> Iterator[SampleNode]:
        """Yield the node and all its descendants, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


def sample_tree(nodes: int, seed: int = 1) -> list[SampleNode]:
    """Return the top nodes of a plan with exactly `nodes` nodes."""
    rng = random.Random(seed)  # noqa: S311  # the plan must be the same for the same seed
    width = max(2, round(nodes ** (1 / len(LEVELS))))
    tops: list[SampleNode] = []
    count = 0

    def node(depth: int) -> SampleNode:
        nonlocal count
        count += 1
        title = f"{rng.choice(AUDIENCE_WORDS)}の{rng.choice(TOPIC_WORDS)}{rng.choice(SUFFIX_WORDS)}（{count}）"
        return SampleNode(f"n{count}", depth, title, _sample_text(*_random_passages(rng)), LEVELS[depth][1])

    while count < nodes:
        tops.append(node(0))
        parents = [tops[-1]]
        while parents and count < nodes:
            parent = parents.pop(0)
            for _ in range(min(width, nodes - count)):
                parent.children.append(node(parent.depth + 1))
            parents += [child for child in parent.children if child.depth + 1 < len(LEVELS)]
    for top in tops:
        for descendant in top.walk():
            first, second = (f"[[n{rng.randint(1, nodes)}]]" for _ in range(2))
            descendant.text += f"\n{first}、{second}とあわせて進めます。\n"
    return tops


def read_exported_plan(data: Path) -> list[SampleNode]:
    """Return the top nodes of a plan from its data/plan.json. Repeated nodes (再掲) are left out."""

    def read_nodes(entries: list[dict[str, Any]], depth: int) -> list[SampleNode]:
        return [
            SampleNode(
                entry["id"],
                depth,
                entry["名称"],
                entry.get("本文", ""),
                entry["ページ"].split("/")[-2],
                read_nodes(entry.get("節", []), depth + 1),
            )
            for entry in entries
            if not entry.get("再掲")
        ]

    return read_nodes(json.loads(data.read_text(encoding="utf-8"))["節"], 0)


def _random_passages(rng: random.Random) -> Iterator[str]:
    for _ in range(3):
        yield "".join(rng.choice(SENTENCES) for _ in range(rng.randint(1, 2)))
    for _ in range(3):
        yield f"{rng.choice(AUDIENCE_WORDS)}の{rng.choice(TOPIC_WORDS)}{rng.choice(SUFFIX_WORDS)}"
    for _ in range(2):
        yield f"| {rng.choice(AUDIENCE_WORDS)} | {rng.randint(10, 900)} |"


def _sample_text(first: str, second: str, third: str, *rest: str) -> str:
    """Return Markdown with three paragraphs, a list of three items and a table of the remaining rows."""
    items = "\n".join(f"- {item}" for item in rest[:3])
    rows = "\n".join(rest[3:])
    return (
        f"{first}\n\n{second}**大切にすること**は、続けることです。{third}\n\n{items}\n\n"
        f"| 対象 | 人数 |\n|---|---|\n{rows}\n"
    )


def node_markdown(node: SampleNode, links: dict[str, str]) -> str:
    """Return a node's Markdown; `links` contains the Markdown link to each id."""
    return re.sub(r"\[\[([^]|]+)\]\]", lambda match: links.get(match[1], match[0]), node.text)


def write_plan(tops: list[SampleNode], folder: Path, separate_ids: Collection[str] = ()) -> None:
    """Write plan.yaml, and a file in content/ with the text of each node of `separate_ids`."""
    lines = ["計画: {名称: 架空市の大きな計画, 自治体: 架空市, 更新日: 2026-04-01}", "階層:"]
    lines += [f"  - {{名称: {name}, path: {path}}}" for name, path in LEVELS]

    def write(nodes: list[SampleNode], depth: int) -> None:
        pad = "    " * depth
        lines.append(f"{pad}{LEVELS[depth][0]}:")
        for node in nodes:
            lines.extend([f"{pad}  - id: {node.id}", f"{pad}    名称: {node.title}"])
            if node.id in separate_ids:
                path = folder / "content/nodes" / f"{node.id}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(node.text, encoding="utf-8")
            else:
                lines.append(f"{pad}    本文: |")
                lines.extend(f"{pad}      {line}".rstrip() for line in node.text.split("\n"))
            if node.children:
                write(node.children, depth + 1)

    write(tops, 0)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.yaml").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
