"""Made-up plans of any size, the same for the same seed, and any plan as its own open data tells it.

Four levels as a city's plan has them: each parent has about as many children as the real plan's, titles are made of
the words such plans are made of, and every node has a body of three paragraphs, a list, a small table and two links to
other nodes. Nothing made up here is a fact about any city.
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
    """A node."""

    id: str
    depth: int
    title: str
    text: str
    """Markdown; `[[id]]` is a link."""
    folder: str
    """Of its level."""
    children: list[SampleNode] = field(default_factory=list)

    def walk(self) -> Iterator[SampleNode]:
        """Itself and all beneath, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


def sample_tree(nodes: int, seed: int = 1) -> list[SampleNode]:
    """Return the top nodes of a plan with exactly so many nodes."""
    draw = random.Random(seed)  # noqa: S311  # the same plan for the same seed is the point
    width = max(2, round(nodes ** (1 / len(LEVELS))))
    tops: list[SampleNode] = []
    made = 0

    def node(depth: int) -> SampleNode:
        nonlocal made
        made += 1
        title = f"{draw.choice(AUDIENCE_WORDS)}の{draw.choice(TOPIC_WORDS)}{draw.choice(SUFFIX_WORDS)}（{made}）"
        return SampleNode(f"n{made}", depth, title, _sample_text(*_random_names(draw)), LEVELS[depth][1])

    while made < nodes:
        tops.append(node(0))
        open_ends = [tops[-1]]
        while open_ends and made < nodes:
            parent = open_ends.pop(0)
            for _ in range(min(width, nodes - made)):
                parent.children.append(node(parent.depth + 1))
            open_ends += [child for child in parent.children if child.depth + 1 < len(LEVELS)]
    for top in tops:
        for each in top.walk():
            one, two = (f"[[n{draw.randint(1, nodes)}]]" for _ in range(2))
            each.text += f"\n{one}、{two}とあわせて進めます。\n"
    return tops


def read_exported_plan(data: Path) -> list[SampleNode]:
    """Return the top nodes of a plan as its data/plan.json tells them. What is shown again is left out."""

    def made(nodes: list[dict[str, Any]], depth: int) -> list[SampleNode]:
        return [
            SampleNode(
                each["id"],
                depth,
                each["名称"],
                each.get("本文", ""),
                each["ページ"].split("/")[-2],
                made(each.get("節", []), depth + 1),
            )
            for each in nodes
            if not each.get("再掲")
        ]

    return made(json.loads(data.read_text(encoding="utf-8"))["節"], 0)


def _random_names(draw: random.Random) -> Iterator[str]:
    for _ in range(3):
        yield "".join(draw.choice(SENTENCES) for _ in range(draw.randint(1, 2)))
    for _ in range(3):
        yield f"{draw.choice(AUDIENCE_WORDS)}の{draw.choice(TOPIC_WORDS)}{draw.choice(SUFFIX_WORDS)}"
    for _ in range(2):
        yield f"| {draw.choice(AUDIENCE_WORDS)} | {draw.randint(10, 900)} |"


def _sample_text(one: str, two: str, three: str, *rest: str) -> str:
    """Return three paragraphs, three items and the rows of a table."""
    items = "\n".join(f"- {item}" for item in rest[:3])
    rows = "\n".join(rest[3:])
    return (
        f"{one}\n\n{two}**大切にすること**は、続けることです。{three}\n\n{items}\n\n"
        f"| 対象 | 人数 |\n|---|---|\n{rows}\n"
    )


def node_markdown(node: SampleNode, link: dict[str, str]) -> str:
    """Return a node's Markdown; `link` holds the link to each id as this peer writes it."""
    return re.sub(r"\[\[([^]|]+)\]\]", lambda found: link.get(found[1], found[0]), node.text)


def write_plan(tops: list[SampleNode], folder: Path, apart: Collection[str] = ()) -> None:
    """Write plan.yaml, and a file in content/ for each node whose text stands `apart`."""
    lines = ["計画: {名称: 架空市の大きな計画, 自治体: 架空市, 更新日: 2026-04-01}", "階層:"]
    lines += [f"  - {{名称: {name}, path: {path}}}" for name, path in LEVELS]

    def write(nodes: list[SampleNode], depth: int) -> None:
        pad = "    " * depth
        lines.append(f"{pad}{LEVELS[depth][0]}:")
        for each in nodes:
            lines.extend([f"{pad}  - id: {each.id}", f"{pad}    名称: {each.title}"])
            if each.id in apart:
                path = folder / "content/nodes" / f"{each.id}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(each.text, encoding="utf-8")
            else:
                lines.append(f"{pad}    本文: |")
                lines.extend(f"{pad}      {line}".rstrip() for line in each.text.split("\n"))
            if each.children:
                write(each.children, depth + 1)

    write(tops, 0)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.yaml").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
