"""Sixty mistakes in a plan like a city's own: each is said at its line, nearly all at the very character (promise G1).

Each seed is one edit of the example plan. The sign ▲ in the new text stands where a person would point; it is taken
out before the plan is read, so that the place is known from the text alone and not from the code.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT
from support.building import build_in_memory

from handbook.diagnostics import Diagnostic, SourceError, format_diagnostic

EXAMPLE = ROOT / "example"
HERE = "▲"
QUALITY, ABOUT = "content/nodes/water-quality.md", "content/pages/about.md"
WANTED = {
    "missing key": 6,
    "unknown key": 8,
    "wrong type": 8,
    "bad value": 4,
    "duplicate id": 4,
    "dangling reference": 6,
    "bad period": 4,
    "bad indicator": 4,
    "missing content": 3,
    "heading level": 2,
    "YAML syntax": 6,
    "typing slip": 5,
}
"""How many of each kind readers were promised."""


@dataclass(frozen=True)
class Seed:
    """One edit: what it is, the text that goes, the text that comes."""

    kind: str
    old: str
    new: str
    file: str = "plan.yaml"

    def sown(self, folder: Path) -> tuple[str, int, int]:
        """Write the edited plan into a folder; return file, line and column of the sign."""
        for name in ("plan.yaml", "addresses.txt", "content"):
            copy = shutil.copytree if (EXAMPLE / name).is_dir() else shutil.copy
            copy(EXAMPLE / name, folder / name)
        text = (folder / self.file).read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.old!r} stands {text.count(self.old)} times in {self.file}"
        marked = text.replace(self.old, self.new)
        assert marked.count(HERE) == 1
        before = marked[: marked.index(HERE)]
        (folder / self.file).write_text(marked.replace(HERE, ""), encoding="utf-8", newline="\n")
        return self.file, before.count("\n") + 1, len(before) - before.rfind("\n")


SEEDS = (
    # A node, a level, an indicator, the plan without what each must have: at the head of the one that lacks it.
    Seed("missing key", "- id: parks-for-all\n        名称: だれもが使える公園にする\n", "- ▲id: parks-for-all\n"),
    Seed("missing key", "- id: street-tree-renewal\n            名称", "- ▲名称"),
    Seed("missing key", "  名称: 第2期 架空市 みどりと水辺の計画（架空の例）\n  自治体", "  ▲自治体"),
    Seed("missing key", "  - {名称: 方針, path: policies}", "  - ▲{名称: 方針}"),
    Seed("missing key", "- 名称: 里親のいる公園\n                    単位", "- ▲単位"),
    Seed("missing key", "- id: town-greenery\n    名称: みどりをまちに広げる\n", "- ▲id: town-greenery\n"),
    # Keys that are no keys here.
    Seed("unknown key", "        名称: だれもが使える公園にする", "        ▲名稱: だれもが使える公園にする"),
    Seed("unknown key", "  ライセンス: CC BY 4.0", "  ▲ライセソス: CC BY 4.0"),
    Seed("unknown key", "  - {名称: 取組, path: efforts,  記号: ◇}", "  - {名称: 取組, path: efforts, ▲印: ◇}"),
    Seed(
        "unknown key", "- 名称: 街路樹の数\n                単位: 本", "- 名称: 街路樹の数\n                ▲単立: 本"
    ),
    Seed("unknown key", "\n異表記:\n", "\n▲表記:\n"),
    Seed("unknown key", "                よみ: がっこうびおとーぷづくり", "                ▲財源: 国の補助金"),
    Seed(
        "unknown key",
        "            担当課: [生涯学習課]\n            指標",
        "            ▲担当: [生涯学習課]\n            指標",
    ),
    Seed("unknown key", "                よみ: わきみずのげんきょうちょうさ", "                ▲ＩＤ: spring"),
    # A text for a list, a list for a text, and so on: at the value.
    Seed("wrong type", "対象: [子ども, 保護者, 高齢者]", "対象: ▲子ども"),
    Seed("wrong type", "単位: mg/L", "単位: ▲[mg, L]"),
    Seed("wrong type", "名称: 川と沼の水をきれいにする", "名称: ▲{川: 沼}"),
    Seed("wrong type", "関連: [adopt-a-park]", "関連: ▲adopt-a-park"),
    Seed("wrong type", "以前のid: [annual-report]", "以前のid: ▲annual-report"),
    Seed("wrong type", "  - {名称: 柱,   path: pillars}", "  - ▲柱"),
    Seed("wrong type", "  ライセンス: CC BY 4.0", "  ライセンス: ▲|\n    CC BY 4.0"),
    Seed("wrong type", "  - [わき水, 湧き水, 湧水]", "  - ▲わき水"),
    # Values that are not among those allowed.
    Seed("bad value", "区分: 終了", "区分: ▲廃止"),
    Seed("bad value", "担当課: [市民協働課, みどり公園課]", "担当課: [市民協働課, ▲観光課]"),
    Seed("bad value", "  更新日: 2026-04-01", "  更新日: ▲令和8年4月1日"),
    Seed("bad value", "よみ: みずべをよみがえらせる", "よみ: ▲水辺をよみがえらせる"),
    # The second of two equal ids.
    Seed("duplicate id", "- id: parks-for-all", "- id: ▲clean-streams"),
    Seed("duplicate id", "- id: vacant-land", "- id: ▲park-renewal"),
    Seed("duplicate id", "- id: street-tree-renewal", "- id: ▲pocket-parks"),
    Seed("duplicate id", "- id: people-and-nature", "- id: ▲water-revival"),
    # Ids of nobody.
    Seed("dangling reference", "関連: [adopt-a-park]", "関連: [▲adopt-park]"),
    Seed("dangling reference", "関連: [water-monitoring, spring-survey]", "関連: [water-monitoring, ▲museum]"),
    Seed("dangling reference", "- 再掲: school-biotope", "- 再掲: ▲school-biotop"),
    Seed("dangling reference", "結果は[[green-map|地図]]に", "結果は[[▲greenmap|地図]]に"),
    Seed("dangling reference", "取組 [[数:取組]]、", "取組 [[▲数:取り組み]]、"),
    Seed("dangling reference", "[[spring-conservation]]の取組", "[[▲spring]]の取組", QUALITY),
    # Periods.
    Seed("bad period", "  期間: 令和4年度〜令和8年度\n  # 連絡先", "  期間: ▲令和8年度〜令和4年度\n  # 連絡先"),
    Seed("bad period", "期間: 2023-2026", "期間: ▲2026-2023"),
    Seed("bad period", "期間: 令和5年度〜令和8年度", "期間: ▲当分の間"),
    Seed("bad period", "期間: 令和4年度\n            区分: 終了", "期間: ▲R4.4月\n            区分: 終了"),
    # Indicators.
    Seed("bad indicator", "向き: →\n                基準値: {値: 14", "向き: ▲横ばい\n                基準値: {値: 14"),
    Seed("bad indicator", "令和8年度: 1.50", "令和8年度: ▲約1.5"),
    Seed("bad indicator", "単位: 種\n", "単位:▲\n"),
    Seed(
        "bad indicator",
        "- 名称: 街路樹の数\n                単位: 本",
        "- ▲街路樹の数\n              - 名称: 街路樹\n                単位: 本",
    ),
    # What should have been written.
    Seed("missing content", "# この例について\n", "▲この例について\n", ABOUT),
    Seed("missing content", "    本文: 公園を使いやすくし、まちかどや空き地にもみどりを増やします。", "    本文:▲"),
    Seed("missing content", "[用語集](glossary.html)", "![用語集の絵](▲images/glossary.png)", ABOUT),
    # Headings.
    Seed("heading level", "## 今の様子", "▲### 今の様子", QUALITY),
    Seed(
        "heading level",
        "                  小学校の校庭に",
        "                  ▲# 池\n\n                  小学校の校庭に",
    ),
    # YAML.
    Seed("YAML syntax", '単位: "%"', "単位: ▲%"),
    Seed("YAML syntax", "対象: [子ども, 保護者, 高齢者]", "対象: ▲[子ども, 保護者, 高齢者"),
    Seed(
        "YAML syntax", "  連絡先: 架空市 環境課（架空の課です。電話もメールもありません）", '  連絡先: ▲"架空市 環境課'
    ),
    Seed("YAML syntax", "        よみ: だれもがつかえるこうえんにする", "       ▲よみ: だれもがつかえるこうえんにする"),
    Seed("YAML syntax", "    よみ: みどりをまちにひろげる", "    ▲よみ みどりをまちにひろげる"),
    Seed("YAML syntax", "本文: 弱った街路樹を調べ、", "本文: ▲@街路樹を調べ、"),
    # What a Japanese keyboard does.
    Seed("typing slip", "  自治体: 架空市", "  自治体▲：架空市"),
    Seed("typing slip", "    よみ: ひととしぜんをつなぐ", "▲　　よみ: ひととしぜんをつなぐ"),
    Seed("typing slip", "  - id: people-and-nature", "  ▲－ id: people-and-nature"),
    Seed("typing slip", "  公開URL: https", "  公開URL:▲　https"),
    Seed("typing slip", "対象: [すべての市民, 学校]", "対象: ▲［すべての市民, 学校]"),
)


def said(folder: Path) -> tuple[Diagnostic, ...]:
    """What a check of a folder with a mistake says. A traceback fails the test."""
    try:
        build_in_memory(folder)
    except SourceError as error:
        return error.mistakes
    return ()


def test_the_seeds_are_of_the_kinds_that_were_promised() -> None:
    assert Counter(seed.kind for seed in SEEDS) == WANTED
    assert sum(WANTED.values()) == 60


def figures(seeds: Sequence[Seed], folder: Path) -> tuple[int, int, int, str]:
    """Sow each seed by itself; count the lines and columns it was said at, and what was said elsewhere."""
    lines, columns, elsewhere, details = 0, 0, 0, []
    for number, seed in enumerate(seeds):
        (own := folder / str(number)).mkdir()
        file, line, column = seed.sown(own)
        found = said(own)
        at_line = [m for m in found if (m.span.file, m.span.line) == (file, line)]
        at_column = [m for m in at_line if m.span.column == column]
        lines, columns = lines + bool(at_line), columns + bool(at_column)
        elsewhere += len(found) - len(at_line)
        if not at_column or len(found) > len(at_line):
            details.append(f"{seed.kind}, expected {file}:{line}:{column}\n" + "\n".join(map(format_diagnostic, found)))
    told = f"lines {lines}/{len(seeds)}, columns {columns}/{len(seeds)}, said elsewhere {elsewhere}"
    return lines, columns, elsewhere, "\n\n".join([told, *details])


def test_sixty_mistakes_are_said_at_their_lines_and_nearly_all_at_their_columns(tmp_path: Path) -> None:
    lines, columns, elsewhere, told = figures(SEEDS, tmp_path)
    print(told)
    assert lines == 60, told
    assert columns >= 54, told
    assert elsewhere == 0, told


def test_a_mistake_that_is_said_at_another_place_is_counted_as_such(tmp_path: Path) -> None:
    wrong = (
        Seed("column", "区分: 終了", "▲区分: 廃止"),
        Seed("line", "区分: 終了\n", "区分: 廃止\n▲"),
        Seed("no mistake", "区分: 終了", "区分: ▲継続"),
    )
    assert figures(wrong, tmp_path)[:3] == (1, 0, 1)
