"""One folding of look-alikes for search, comparison, terms and duplicates, in Python and in browsers."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import ROOT
from support import build_process

from handbook import folding

SCRIPT = ROOT / "theme" / "folding.js"
ALIKE = {
    "市⺠の⽣活": "市民の生活",
    "⻑期": "長期",
    "⻄⼝の⾷育": "西口の食育",
    "葛󠄀城": "葛城",
    "☕️": "☕",
    "ＮＰＯ": "NPO",
    "ｶﾞｲﾄﾞ": "ガイド",
    "か\u3099っこう": "がっこう",
    "か\u00ad\u3099": "が",
    "公園\u00a0課": "公園 課",
    "公園\u3000課": "公園 課",
    "公園\t課": "公園 課",
    "学\u00ad習": "学習",
    "髙﨑": "高崎",
    "渡邉": "渡辺",
    "神\ufa19": "神神",
}
DIFFERENT = (("斎藤", "斉藤"), ("npo", "NPO"), ("がっこう", "ガッコウ"), ("1-2", "12"), ("二", "ニ"), ("は", "ば"))
COMPARE_IN_NODE = """
global.window = {};
require(process.argv[1]);
const texts = JSON.parse(require('fs').readFileSync(0, 'utf-8'));
process.stdout.write(JSON.stringify(texts.map(window.foldLookAlikes)));
"""
UNUSUAL = (
    "⺠⽣⻑葛\U000e0100☕\ufe0f\u00a0\u3000\u00ad\tＮｶﾞﾊﾟ髙﨑邉\u0301\u3099\u309aİßΣ"
    "①㍿㈱½ﬁ\ufa19\U00020bb7가각\u1112\u1161"
)


@pytest.mark.parametrize(("typed", "usual"), ALIKE.items())
def test_what_looks_the_same_is_folded_to_the_same(typed: str, usual: str) -> None:
    assert typed != usual
    assert folding.fold(typed) == folding.fold(usual) == usual


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_readers_distinguish_stays_different(one: str, other: str) -> None:
    assert folding.fold(one) != folding.fold(other)


def random_texts(count: int) -> list[str]:
    """Return texts of up to 12 characters, half of them from UNUSUAL, the others from all that Python names."""
    chance = random.Random(16)  # noqa: S311  # no secret
    known = [chr(code) for code in range(0x20, 0x30000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    return [
        "".join(chance.choice(UNUSUAL if chance.random() < 0.5 else known) for _ in range(chance.randint(1, 12)))
        for _ in range(count)
    ]


def texts_of_the_plans() -> list[str]:
    files = [*ROOT.glob("*.yaml"), *ROOT.glob("content/**/*.md"), *ROOT.glob("example/**/*.yaml")]
    files += [*ROOT.glob("example/content/**/*.md"), *ROOT.glob("docs/*.md")]
    assert len(files) > 10
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def folded_in_node(script: Path, texts: Sequence[str]) -> list[str]:
    node = shutil.which("node")
    if not node:
        build_process.skip_or_fail("NO NODE, BUT BROWSERS MUST FOLD AS PYTHON DOES")
    done = subprocess.run(
        [node, "-e", COMPARE_IN_NODE, str(script)],
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    return list(json.loads(done.stdout))


def differing(script: Path, texts: Sequence[str]) -> list[str]:
    """Return the texts that Python and the script fold to different ones."""
    return [
        text for text, folded in zip(texts, folded_in_node(script, texts), strict=True) if folding.fold(text) != folded
    ]


def test_the_script_is_made_from_the_tables(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--golden"):
        SCRIPT.write_text(folding.browser_script(), encoding="utf-8", newline="\n")
    assert SCRIPT.read_text(encoding="utf-8") == folding.browser_script()


def test_browsers_fold_every_text_as_python_does() -> None:
    texts = [*ALIKE, *texts_of_the_plans(), *random_texts(30_000)]
    assert differing(SCRIPT, texts) == []


def test_a_script_with_one_row_less_is_found(tmp_path: Path) -> None:
    worse = tmp_path / "folding.js"
    script = SCRIPT.read_text(encoding="utf-8")
    assert "⺠" in script
    worse.write_text(script.replace("⺠", "⺡"), encoding="utf-8")
    assert "市⺠の⽣活" in differing(worse, list(ALIKE))


def test_folding_twice_changes_nothing_more() -> None:
    for text in [*ALIKE, *random_texts(20_000)]:
        once = folding.fold(text)
        assert folding.fold(once) == once, ascii(text)


def test_each_folded_character_has_its_place_in_the_text() -> None:
    for text in [*ALIKE, *texts_of_the_plans()]:
        folded, places = folding.fold_with_places(text)
        assert folded == folding.fold(text)
        assert len(places) == len(folded) + 1
        assert places == sorted(places)
    assert folding.fold_with_places("葛󠄀城ﾊﾟ") == ("葛城パ", [0, 2, 3, 5])


def test_every_radical_has_a_kanji_and_no_kanji_is_a_radical() -> None:
    radicals = [chr(code) for code in range(0x2F00, 0x2FD6)] + [pair[0] for pair in folding.RADICALS.split()]
    assert len(radicals) > 320
    for radical in radicals:
        assert folding.usual_character(radical) >= "\u3400", ascii(radical)
    for usual in "民葛神髙邉々〇ー、 \u3000a":
        assert folding.usual_character(usual) == ""
