"""Measure time and memory of typesetting the booklet of a large plan. Not a test, as the time depends on the machine.

    python3 bench/booklet.py [NODES]

The plan is made up: four levels; each leaf has a reading, a text with a link to another leaf, and an indicator.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from handbook import chart, diagram, markdown, parse
from handbook.booklet import build_booklet
from handbook.site import build_site

TEXT = (
    "架空の市の架空の取組です。だれもが身近な場所で学び、学んだことをまちづくりに生かせるように、場所と機会を整えます。"
)


def plan_yaml(leaf_count: int) -> str:
    """Return a plan with `leaf_count` leaves: 6 below each parent, 96 below each top node."""
    lines = [
        "計画: {名称: 架空市の大きな計画, 自治体: 架空市, 主題: 測るための計画, 更新日: 2026-04-01}",
        "階層:",
        "  - {名称: 柱, path: pillars}",
        "  - {名称: 方針, path: policies}",
        "  - {名称: 取組, path: efforts}",
        "  - {名称: 事業, path: projects}",
        "対象: [子ども, 高齢者]",
        "柱:",
    ]
    for leaf in range(leaf_count):
        for depth, leaves_below, level in ((0, 96, "柱"), (1, 24, "方針"), (2, 6, "取組")):
            if leaf % leaves_below == 0:
                number = leaf // leaves_below
                lines += _node_lines(f"n{depth}-{number}", f"{level} {number}", 2 + 4 * depth)
                lines.append(f"{' ' * (4 + 4 * depth)}{('方針', '取組', '事業')[depth]}:")
        pad = " " * 16
        lines += _node_lines(f"leaf-{leaf}", f"架空の事業 {leaf} をみんなで進める", 14)
        lines += [
            f"{pad}よみ: かくうのじぎょう{'いち' * (leaf % 3)}をみんなですすめる",
            f"{pad}対象: [{('子ども', '高齢者')[leaf % 2]}]",
            f"{pad}本文: |",
            f"{pad}  [[leaf-{(leaf * 7 + 1) % leaf_count}]]とあわせて進めます。",
            *(f"{pad}  {TEXT * (2 + (leaf + paragraph) % 3)}\n" for paragraph in range(4)),
            f"{pad}指標: [{{名称: 参加した人, 単位: 人, 基準値: {{値: 10, 年度: 2022}}, 目標値: {{2026: {leaf}}}}}]",
        ]
    return "\n".join(lines) + "\n"


def _node_lines(node_id: str, name: str, indent: int) -> list[str]:
    return [f"{' ' * indent}- id: {node_id}", f"{' ' * indent}  名称: {name}"]


def main(leaf_count: int) -> None:
    """Typeset the booklet and print pages, seconds and memory."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plan.yaml").write_text(plan_yaml(leaf_count), encoding="utf-8")
        plan, theme = parse.load_plan(Path(folder)), parse.load_theme(Path(folder))
    site = build_site(plan)
    texts = markdown.lazy_texts(site)
    diagrams = diagram.print_diagrams(site, texts, theme)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall_start, cpu_start = time.perf_counter(), time.process_time()
    booklet = build_booklet(site, texts, diagrams, chart.charts(site, theme), theme)
    wall, cpu = time.perf_counter() - wall_start, time.process_time() - cpu_start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = booklet.pdfs[0].page_count
    total = sum(pdf.page_count for pdf in booklet.pdfs)
    print(f"handbook {pages:,} pages; all PDFs {total:,} pages in {wall:.1f} s: {total / wall:.0f} pages/s")
    print(f"CPU {cpu:.1f} s: {total / cpu:.0f} pages/s")
    print(f"memory {peak / 1e6:.2f} GB at the peak ({before / 1e6:.2f} GB before)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
