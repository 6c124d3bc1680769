"""Sixty errors in a plan like that of a city: each is reported at its line, nearly all at the character (promise G1).

Each seeded error is one edit of the example plan. The character ▲ in the new text marks the expected place. The test
removes it before the plan is parsed, so that the place comes from the text and not from the code.
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
MARK = "▲"
QUALITY, ABOUT = "content/nodes/water-quality.md", "content/pages/about.md"
EXPECTED_KINDS = {
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
"""Number of errors of each kind, as promised in the documentation."""


@dataclass(frozen=True)
class SeededError:
    """One edit of the example plan: the kind of error, the old text, and the new text with the mark."""

    kind: str
    old: str
    new: str
    file: str = "plan.yaml"

    def write(self, folder: Path) -> tuple[str, int, int]:
        """Write the edited plan to a folder and return file, line and column of the mark."""
        for name in ("plan.yaml", "addresses.txt", "content"):
            copy = shutil.copytree if (EXAMPLE / name).is_dir() else shutil.copy
            copy(EXAMPLE / name, folder / name)
        text = (folder / self.file).read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.old!r} occurs {text.count(self.old)} times in {self.file}"
        marked = text.replace(self.old, self.new)
        assert marked.count(MARK) == 1
        before = marked[: marked.index(MARK)]
        (folder / self.file).write_text(marked.replace(MARK, ""), encoding="utf-8", newline="\n")
        return self.file, before.count("\n") + 1, len(before) - before.rfind("\n")


ERRORS = (
    # A node, a level, an indicator and the plan without a required key: at the start of the incomplete one.
    SeededError(
        "missing key", "- id: parks-for-all\n        名称: だれもが使える公園にする\n", "- ▲id: parks-for-all\n"
    ),
    SeededError("missing key", "- id: street-tree-renewal\n            名称", "- ▲名称"),
    SeededError("missing key", "  名称: 第2期 架空市 みどりと水辺の計画（架空の例）\n  自治体", "  ▲自治体"),
    SeededError("missing key", "  - {名称: 方針, path: policies}", "  - ▲{名称: 方針}"),
    SeededError("missing key", "- 名称: 里親のいる公園\n                    単位", "- ▲単位"),
    SeededError("missing key", "- id: town-greenery\n    名称: みどりをまちに広げる\n", "- ▲id: town-greenery\n"),
    # Keys that do not exist at this place.
    SeededError("unknown key", "        名称: だれもが使える公園にする", "        ▲名稱: だれもが使える公園にする"),
    SeededError("unknown key", "  ライセンス: CC BY 4.0", "  ▲ライセソス: CC BY 4.0"),
    SeededError("unknown key", "  - {名称: 取組, path: efforts,  記号: ◇}", "  - {名称: 取組, path: efforts, ▲印: ◇}"),
    SeededError(
        "unknown key", "- 名称: 街路樹の数\n                単位: 本", "- 名称: 街路樹の数\n                ▲単立: 本"
    ),
    SeededError("unknown key", "\n異表記:\n", "\n▲表記:\n"),
    SeededError("unknown key", "                よみ: がっこうびおとーぷづくり", "                ▲財源: 国の補助金"),
    SeededError(
        "unknown key",
        "            担当課: [生涯学習課]\n            指標",
        "            ▲担当: [生涯学習課]\n            指標",
    ),
    SeededError("unknown key", "                よみ: わきみずのげんきょうちょうさ", "                ▲ＩＤ: spring"),
    # A text for a list, a list for a text, and so on: at the value.
    SeededError("wrong type", "対象: [子ども, 保護者, 高齢者]", "対象: ▲子ども"),
    SeededError("wrong type", "単位: mg/L", "単位: ▲[mg, L]"),
    SeededError("wrong type", "名称: 川と沼の水をきれいにする", "名称: ▲{川: 沼}"),
    SeededError("wrong type", "関連: [adopt-a-park]", "関連: ▲adopt-a-park"),
    SeededError("wrong type", "以前のid: [annual-report]", "以前のid: ▲annual-report"),
    SeededError("wrong type", "  - {名称: 柱,   path: pillars}", "  - ▲柱"),
    SeededError("wrong type", "  ライセンス: CC BY 4.0", "  ライセンス: ▲|\n    CC BY 4.0"),
    SeededError("wrong type", "  - [わき水, 湧き水, 湧水]", "  - ▲わき水"),
    # Values that are not among those allowed.
    SeededError("bad value", "区分: 終了", "区分: ▲廃止"),
    SeededError("bad value", "担当課: [市民協働課, みどり公園課]", "担当課: [市民協働課, ▲観光課]"),
    SeededError("bad value", "  更新日: 2026-04-01", "  更新日: ▲令和8年4月1日"),
    SeededError("bad value", "よみ: みずべをよみがえらせる", "よみ: ▲水辺をよみがえらせる"),
    # The second of two equal ids.
    SeededError("duplicate id", "- id: parks-for-all", "- id: ▲clean-streams"),
    SeededError("duplicate id", "- id: vacant-land", "- id: ▲park-renewal"),
    SeededError("duplicate id", "- id: street-tree-renewal", "- id: ▲pocket-parks"),
    SeededError("duplicate id", "- id: people-and-nature", "- id: ▲water-revival"),
    # Ids that no node has.
    SeededError("dangling reference", "関連: [adopt-a-park]", "関連: [▲adopt-park]"),
    SeededError("dangling reference", "関連: [water-monitoring, spring-survey]", "関連: [water-monitoring, ▲museum]"),
    SeededError("dangling reference", "- 再掲: school-biotope", "- 再掲: ▲school-biotop"),
    SeededError("dangling reference", "結果は[[green-map|地図]]に", "結果は[[▲greenmap|地図]]に"),
    SeededError("dangling reference", "取組 [[数:取組]]、", "取組 [[▲数:取り組み]]、"),
    SeededError("dangling reference", "[[spring-conservation]]の取組", "[[▲spring]]の取組", QUALITY),
    # Periods.
    SeededError("bad period", "  期間: 令和4年度〜令和8年度\n  # 連絡先", "  期間: ▲令和8年度〜令和4年度\n  # 連絡先"),
    SeededError("bad period", "期間: 2023-2026", "期間: ▲2026-2023"),
    SeededError("bad period", "期間: 令和5年度〜令和8年度", "期間: ▲当分の間"),
    SeededError("bad period", "期間: 令和4年度\n            区分: 終了", "期間: ▲R4.4月\n            区分: 終了"),
    # Indicators.
    SeededError(
        "bad indicator", "向き: →\n                基準値: {値: 14", "向き: ▲横ばい\n                基準値: {値: 14"
    ),
    SeededError("bad indicator", "令和8年度: 1.50", "令和8年度: ▲約1.5"),
    SeededError("bad indicator", "単位: 種\n", "単位:▲\n"),
    SeededError(
        "bad indicator",
        "- 名称: 街路樹の数\n                単位: 本",
        "- ▲街路樹の数\n              - 名称: 街路樹\n                単位: 本",
    ),
    # Required texts that are missing.
    SeededError("missing content", "# この例について\n", "▲この例について\n", ABOUT),
    SeededError(
        "missing content", "    本文: 公園を使いやすくし、まちかどや空き地にもみどりを増やします。", "    本文:▲"
    ),
    SeededError("missing content", "[用語集](glossary.html)", "![用語集の絵](▲images/glossary.png)", ABOUT),
    # Headings.
    SeededError("heading level", "## 今の様子", "▲### 今の様子", QUALITY),
    SeededError(
        "heading level",
        "                  小学校の校庭に",
        "                  ▲# 池\n\n                  小学校の校庭に",
    ),
    # YAML.
    SeededError("YAML syntax", '単位: "%"', "単位: ▲%"),
    SeededError("YAML syntax", "対象: [子ども, 保護者, 高齢者]", "対象: ▲[子ども, 保護者, 高齢者"),
    SeededError(
        "YAML syntax", "  連絡先: 架空市 環境課（架空の課です。電話もメールもありません）", '  連絡先: ▲"架空市 環境課'
    ),
    SeededError(
        "YAML syntax", "        よみ: だれもがつかえるこうえんにする", "       ▲よみ: だれもがつかえるこうえんにする"
    ),
    SeededError("YAML syntax", "    よみ: みどりをまちにひろげる", "    ▲よみ みどりをまちにひろげる"),
    SeededError("YAML syntax", "本文: 弱った街路樹を調べ、", "本文: ▲@街路樹を調べ、"),
    # Characters of a Japanese keyboard.
    SeededError("typing slip", "  自治体: 架空市", "  自治体▲：架空市"),
    SeededError("typing slip", "    よみ: ひととしぜんをつなぐ", "▲　　よみ: ひととしぜんをつなぐ"),
    SeededError("typing slip", "  - id: people-and-nature", "  ▲－ id: people-and-nature"),
    SeededError("typing slip", "  公開URL: https", "  公開URL:▲　https"),
    SeededError("typing slip", "対象: [すべての市民, 学校]", "対象: ▲［すべての市民, 学校]"),
)


def diagnostics_of(folder: Path) -> tuple[Diagnostic, ...]:
    """Return the errors of a plan. Any other exception fails the test."""
    try:
        build_in_memory(folder)
    except SourceError as error:
        return error.mistakes
    return ()


def test_the_errors_are_of_the_promised_kinds() -> None:
    assert Counter(error.kind for error in ERRORS) == EXPECTED_KINDS
    assert sum(EXPECTED_KINDS.values()) == 60


def count_places(errors: Sequence[SeededError], folder: Path) -> tuple[int, int, int, str]:
    """Write each error alone. Return the errors at the expected line, at the column, those elsewhere, and a summary."""
    lines, columns, elsewhere, details = 0, 0, 0, []
    for number, error in enumerate(errors):
        (own := folder / str(number)).mkdir()
        file, line, column = error.write(own)
        reported = diagnostics_of(own)
        at_line = [m for m in reported if (m.span.file, m.span.line) == (file, line)]
        at_column = [m for m in at_line if m.span.column == column]
        lines, columns = lines + bool(at_line), columns + bool(at_column)
        elsewhere += len(reported) - len(at_line)
        if not at_column or len(reported) > len(at_line):
            details.append(
                f"{error.kind}, expected {file}:{line}:{column}\n" + "\n".join(map(format_diagnostic, reported))
            )
    summary = f"lines {lines}/{len(errors)}, columns {columns}/{len(errors)}, elsewhere {elsewhere}"
    return lines, columns, elsewhere, "\n\n".join([summary, *details])


def test_sixty_errors_are_reported_at_their_lines_and_nearly_all_at_their_columns(tmp_path: Path) -> None:
    lines, columns, elsewhere, summary = count_places(ERRORS, tmp_path)
    print(summary)
    assert lines == 60, summary
    assert columns >= 54, summary
    assert elsewhere == 0, summary


def test_an_error_that_is_reported_at_another_place_is_counted_as_such(tmp_path: Path) -> None:
    wrong = (
        SeededError("column", "区分: 終了", "▲区分: 廃止"),
        SeededError("line", "区分: 終了\n", "区分: 廃止\n▲"),
        SeededError("no error", "区分: 終了", "区分: ▲継続"),
    )
    assert count_places(wrong, tmp_path)[:3] == (1, 0, 1)
