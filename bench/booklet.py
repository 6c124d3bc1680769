"""How fast the booklet of a large plan is set, and how much memory that takes. Not a test: a busy machine is no fault.

    python3 bench/booklet.py [NODES]

The plan is made up: four levels, a text, facts and an indicator at every leaf, readings, links from text to text.
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


def plan_yaml(leaves: int) -> str:
    """Return a plan with so many leaves: six beneath each parent, 96 beneath each top branch."""
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
    for leaf in range(leaves):
        for depth, every, word in ((0, 96, "柱"), (1, 24, "方針"), (2, 6, "取組")):
            if leaf % every == 0:
                lines += _node_lines(f"n{depth}-{leaf // every}", f"{word} {leaf // every}", 2 + 4 * depth)
                lines.append(f"{' ' * (4 + 4 * depth)}{('方針', '取組', '事業')[depth]}:")
        pad = " " * 16
        lines += _node_lines(f"leaf-{leaf}", f"架空の事業 {leaf} をみんなで進める", 14)
        lines += [
            f"{pad}よみ: かくうのじぎょう{'いち' * (leaf % 3)}をみんなですすめる",
            f"{pad}対象: [{('子ども', '高齢者')[leaf % 2]}]",
            f"{pad}本文: |",
            f"{pad}  [[leaf-{(leaf * 7 + 1) % leaves}]]とあわせて進めます。",
            *(f"{pad}  {TEXT * (2 + (leaf + part) % 3)}\n" for part in range(4)),
            f"{pad}指標: [{{名称: 参加した人, 単位: 人, 基準値: {{値: 10, 年度: 2022}}, 目標値: {{2026: {leaf}}}}}]",
        ]
    return "\n".join(lines) + "\n"


def _node_lines(name: str, words: str, indent: int) -> list[str]:
    return [f"{' ' * indent}- id: {name}", f"{' ' * indent}  名称: {words}"]


def main(leaves: int) -> None:
    """Set the booklet and print pages, seconds and memory."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plan.yaml").write_text(plan_yaml(leaves), encoding="utf-8")
        made, theme = parse.load_plan(Path(folder)), parse.load_theme(Path(folder))
    site = build_site(made)
    texts = markdown.lazy_texts(site)
    drawings = diagram.print_diagrams(site, texts, theme)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, busy = time.perf_counter(), time.process_time()
    booklet = build_booklet(site, texts, drawings, chart.charts(site, theme), theme)
    took, busy = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = booklet.pdfs[0].page_count
    total = sum(made.page_count for made in booklet.pdfs)
    print(f"handbook {pages:,} pages; all PDFs {total:,} pages in {took:.1f} s: {total / took:.0f} pages/s")
    print(f"processor {busy:.1f} s, whatever else the machine does: {total / busy:.0f} pages/s")
    print(f"memory {peak / 1e6:.2f} GB at most ({before / 1e6:.2f} GB before)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
