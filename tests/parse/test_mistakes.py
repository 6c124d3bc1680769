"""Whatever a clerk types into plan.yaml: it is read as typed, or every slip in it is said plainly at its place."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HERE, ROOT

from handbook import parse, reporters
from handbook.compare.to_json import _diagnostic_dict
from handbook.diagnostics import Diagnostic, Report, SourceError, SourceSpan, closest_match, format_diagnostic
from handbook.field_types import Field
from handbook.fields import LEVEL_FIELDS, NODE_FIELDS, PLAN_FIELDS, TOP_LEVEL_FIELDS, all_fields
from handbook.record_fields import INDICATOR_FIELDS
from handbook.serve import inject

SLIPS = sorted((HERE / "mistakes").glob("*.yaml"))
"""Small plans with one slip each. The expected messages stand beside them, in a .txt of the same name."""

PLAIN = """\
計画:
  名称: 架空市 学びの計画
階層:
  - {名称: 目標, path: goals}
  - {名称: 事業, path: projects}
目標:
  - id: learn
    名称: 学びを広げる
    本文: |
      だれもが、いつでも学べるまちにします。

      ガイドブックは、図書館にあります。
    事業:
      - id: library
        名称: 図書館の充実
"""


def written(folder: Path, data: bytes) -> Path:
    """Write a plan.yaml, byte for byte."""
    (folder / "plan.yaml").write_bytes(data)
    return folder


def mistakes(folder: Path) -> tuple[Diagnostic, ...]:
    """Read a folder that must be refused."""
    with pytest.raises(SourceError) as refused:
        parse.load_plan(folder)
    return refused.value.mistakes


def told(folder: Path) -> str:
    """Everything the clerk reads about a folder."""
    return "\n\n".join(format_diagnostic(mistake) for mistake in mistakes(folder)) + "\n"


# --- one slip at a time ---


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.stem)
def test_a_slip_is_said_once_and_plainly_at_its_place(
    slip: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    said = told(written(tmp_path, slip.read_bytes()))
    expected = slip.with_suffix(".txt")
    if request.config.getoption("--golden"):
        expected.write_text(said, encoding="utf-8", newline="\n")
    assert said == expected.read_text(encoding="utf-8")


def test_every_expected_message_belongs_to_a_slip() -> None:
    assert {path.stem for path in (HERE / "mistakes").glob("*.txt")} == {slip.stem for slip in SLIPS}


# --- many slips at once ---

THIRTY = [
    (3, "wide-colon"),
    (4, "unknown-key"),
    (5, "bad-period"),
    (18, "heading-level"),
    (24, "bad-id"),
    (29, "wide-dash"),
    (31, "unknown-word"),
    (32, "no-space-after-colon"),
    (33, "wide-hash"),
    (35, "wide-space"),
    (36, "yaml-syntax"),  # a colon is missing
    (37, "not-a-list"),
    (38, "duplicate-id"),
    (39, "not-text"),
    (40, "unknown-choice"),
    (42, "spreadsheet-error"),
    (43, "yaml-syntax"),  # a value begins with @
    (44, "empty-value"),
    (45, "wide-space-indent"),
    (47, "comment-in-value"),
    (48, "self-reference"),
    (49, "bracket-value"),
    (51, "no-space-after-dash"),
    (52, "invisible-character"),
    (53, "duplicate-key"),
    (54, "missing-key"),
    (58, "former-id-in-use"),
    (63, "value-over-lines"),
    (65, "repeat-misplaced"),
    (68, "unknown-id"),
]
"""What is wrong in mistakes/thirty/plan.yaml: line and rule."""


def test_thirty_slips_in_one_file_are_all_listed_at_their_lines() -> None:
    found = mistakes(HERE / "mistakes" / "thirty")
    listed = [(mistake.span.line, mistake.rule) for mistake in found]
    assert len(THIRTY) == 30
    assert [slip for slip in THIRTY if slip not in listed] == []
    assert list(found) == sorted(found)
    assert len(set(found)) == len(found)


def test_thirty_slips_in_one_file_bring_no_other_message_about() -> None:
    listed = [(mistake.span.line, mistake.rule) for mistake in mistakes(HERE / "mistakes" / "thirty")]
    assert listed == THIRTY


LINES = (HERE / "mistakes" / "empty-value.yaml").read_text(encoding="utf-8").replace("区分:", "区分: 新規").split("\n")
"""A plan without a slip."""


def accidents_to_a_line(number: int) -> list[list[str]]:
    """The plan after what hands do to a line: shift it, empty it, lose it, write it twice, join it with the next."""
    before, line, after = LINES[:number], LINES[number], LINES[number + 1 :]
    indent = len(line) - len(line.lstrip(" "))
    shifted = [[head + line] for head in (" ", "  ", "    ", "\u3000", "\t")]
    shifted += [[line[gone:]] for gone in range(1, indent + 1)]
    blank = [[space, line] for space in ("\u3000", "\t", "   ", "\u3000" * 5)]
    joined = [*before, line + (after[0].strip() if after else ""), *after[1:]]
    return [[*before, *now, *after] for now in (*shifted, *blank, [], [line, line])] + [joined]


@pytest.mark.parametrize("number", range(len(LINES)))
def test_an_accident_to_one_line_brings_at_most_three_messages(number: int, tmp_path: Path) -> None:
    parse.load_plan(written(tmp_path, "\n".join(LINES).encode()))
    for now in accidents_to_a_line(number):
        try:
            parse.load_plan(written(tmp_path, "\n".join(now).encode()))
        except SourceError as refused:
            assert [format_diagnostic(mistake) for mistake in refused.mistakes[3:]] == []  # noqa: PT017  # some of these are plans


# --- one cause, one message ---

EXAMPLE_TEXT = (ROOT / "example" / "plan.yaml").read_text(encoding="utf-8")
KEY_LINES = [n for n, line in enumerate(EXAMPLE_TEXT.split("\n")) if re.match(r"\s*(- )?[^#\s].*: ", line)]
HANDS: dict[str, Callable[[str], str]] = {
    "a full-width colon": lambda line: line.replace(": ", "：", 1),
    "no colon": lambda line: line.replace(": ", " ", 1),
    "no space": lambda line: line.replace(": ", ":", 1),
    "a space too many": lambda line: f" {line}",
    "a space too few": lambda line: line[1:] if line.startswith(" ") else f" {line}",
    "a full-width indentation": lambda line: re.sub("^ +", lambda found: "\u3000" * (len(found[0]) // 2), line),
    "a letter of the key is missing": lambda line: re.sub(r"[^\s:{-]([^\s:]*):", r"\1:", line, count=1),
}


def opening(lines: list[str], number: int) -> bool:
    """Whether a space there is told at the line below, or means nothing: at the first key of a table, a lone item."""
    before, own, after = (len(line) - len(line.lstrip(" ")) for line in lines[number - 1 : number + 2])
    return before < own and (after < own or not lines[number].lstrip().startswith("- "))


@pytest.mark.parametrize("hand", HANDS)
def test_a_slip_in_any_key_of_a_plan_is_told_at_its_line_and_nowhere_else(
    hand: str, tmp_path: Path, full: bool
) -> None:
    shutil.copytree(ROOT / "example" / "content", tmp_path / "content")
    lines = EXAMPLE_TEXT.split("\n")
    assert len(KEY_LINES) > 300
    told = {}
    for number in KEY_LINES[1 :: 4 if full else 16]:
        typed = HANDS[hand](lines[number])
        if typed == lines[number] or (hand.startswith("a space too") and opening(lines, number)):
            continue
        changed = "\n".join([*lines[:number], typed, *lines[number + 1 :]])
        found = {(mistake.span.file, mistake.span.line) for mistake in mistakes(written(tmp_path, changed.encode()))}
        if found != {("plan.yaml", number + 1)}:
            told[number + 1] = found
    assert told == {}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("  - {名称: 取組, path: efforts,  記号: ◇}", "  - 取組", "not-a-mapping"),
        ("            対象: [子ども, 保護者, 高齢者]", "            対象: " + "[ " * 70, "too-deep"),
        ("よみ: みずべを", "よみ: みず\u200bべを", "invisible-character"),
    ],
)
def test_what_follows_from_a_mistake_is_not_told_as_another(old: str, new: str, rule: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example" / "content", tmp_path / "content")
    shutil.copy(ROOT / "example" / "addresses.txt", tmp_path)
    assert EXAMPLE_TEXT.count(old) == 1
    assert [m.rule for m in mistakes(written(tmp_path, EXAMPLE_TEXT.replace(old, new).encode()))] == [rule]


def test_many_places_with_one_cause_name_it(tmp_path: Path) -> None:
    once = EXAMPLE_TEXT.replace("対象: [すべての市民, 学校]", "対象: [市民達]")
    renamed = once.replace("  - 環境課\n", "  - 環境政策課\n")
    found = mistakes(written(tmp_path, renamed.encode()))
    many = [mistake for mistake in found if "`環境課`" in mistake.message]
    assert len(many) > 5
    told = f"同じ知らせがほかに {len(many) - 1} 件あります。ここが正しければ、一覧の方を直します"
    assert all(told in mistake.hint for mistake in many)
    (alone,) = set(found) - set(many)
    assert "同じ知らせ" not in alone.hint


# --- what was probably meant ---


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


KEYS = tuple(dict.fromkeys(key.name for key in all_fields()))
IDS = (
    "water-revival",
    "clean-streams",
    "water-quality",
    "water-monitoring",
    "spring-survey",
    "permeable-pavement",
    "reedbed-restoration",
    "school-biotope",
    "invasive-species",
    "park-renewal",
    "pocket-parks",
    "library",
)
WORDS = (
    "すべての市民",
    "障がいのある人",
    "市民団体",
    "子ども",
    "学校",
    "みどり公園課",
    "道路維持課",
    "学校教育課",
    "生涯学習課",
    "市民協働課",
    "環境課",
)
COMMON: tuple[tuple[str, str, tuple[Field, ...]], ...] = (
    ("名稱", "名称", NODE_FIELDS),
    ("名前", "名称", NODE_FIELDS),
    ("担当科", "担当課", NODE_FIELDS),
    ("担当", "担当課", NODE_FIELDS),
    ("期問", "期間", NODE_FIELDS),
    ("区別", "区分", NODE_FIELDS),
    ("関違", "関連", NODE_FIELDS),
    ("対像", "対象", NODE_FIELDS),
    ("注起", "注記", NODE_FIELDS),
    ("ＩＤ", "id", NODE_FIELDS),
    ("以前のＩＤ", "以前のid", NODE_FIELDS),
    ("再褐", "再掲", NODE_FIELDS),
    ("目標", "目標値", INDICATOR_FIELDS),
    ("基準", "基準値", INDICATOR_FIELDS),
    ("単立", "単位", INDICATOR_FIELDS),
    ("自治休", "自治体", PLAN_FIELDS),
    ("公開url", "公開URL", PLAN_FIELDS),
    ("Path", "path", LEVEL_FIELDS),
    ("組識", "組織", TOP_LEVEL_FIELDS),
    ("階曽", "階層", TOP_LEVEL_FIELDS),
)
UNRELATED_KEYS = words(
    "用途 備考 事業費 財源 現状 効果 手法 進捗 達成度 委員会 住所 時期 写真 地図 根拠 法令 出典 優先度 状態 手段 "
    "場所 会場 定員 締切 回数 memo note title colour owner"
)
UNRELATED_WORDS = words("観光課 財政課 総務部 税務課 消防署 病院 図書館 職員 農家 旅行者 外国人 大学 企業")
UNRELATED_IDS = words("museum swimming-pool festival nursing-care budget harbour winter-sports")


def mistyped(word: str, kind: int, place: int) -> str:
    """One slip of the fingers: a character dropped, doubled, swapped with the next, or another one."""
    at = place % (len(word) - 1)
    while word[at] == word[at + 1]:
        at = (at + 1) % (len(word) - 1)
    before, here, following, after = word[:at], word[at], word[at + 1], word[at + 2 :]
    typed = ("", here * 2, "x" if here.isascii() else "ん")
    swapped = before + following + here + after
    return swapped if kind == len(typed) else before + typed[kind] + following + after


def test_of_a_hundred_typing_slips_ninety_five_bring_the_right_word() -> None:
    slips = [(typed, word, tuple(key.name for key in table)) for typed, word, table in COMMON]
    long = [(word, tuple(known)) for known in (KEYS, IDS, WORDS) for word in known if len(word) > 3]
    slips += [
        (mistyped(word, (number + turn) % 4, number * 5 + turn * 3), word, known)
        for turn in range(4)
        for number, (word, known) in enumerate(long)
    ]
    slips = list(dict.fromkeys(slips))[:100]
    assert len(slips) == 100
    assert all(typed != word for typed, word, _ in slips)
    missed = [
        (typed, word, closest_match(typed, known))
        for typed, word, known in slips
        if closest_match(typed, known) != word
    ]
    assert len(missed) <= 5, missed


def test_an_unrelated_word_is_not_taken_for_another() -> None:
    tables = [
        tuple(key.name for key in table)
        for table in (NODE_FIELDS, INDICATOR_FIELDS, PLAN_FIELDS, LEVEL_FIELDS, TOP_LEVEL_FIELDS)
    ]
    asked = [(word, known) for word in UNRELATED_KEYS for known in tables]
    asked += [(word, WORDS) for word in UNRELATED_WORDS]
    asked += [(word, IDS) for word in UNRELATED_IDS]
    assert len({word for word, _ in asked}) == 50
    assert [(word, closest_match(word, known)) for word, known in asked if closest_match(word, known)] == []


TYPED_INTO = {
    "node": ("        よみ: だれもがつかえるこうえんにする\n", "        {}: x\n"),
    "indicator": ("                単位: mg/L\n", "                {}: x\n"),
    "plan": ("  ライセンス: CC BY 4.0\n", "  {}: x\n"),
    "level": ("path: policies}", "path: policies, {}: x}}"),
    "top": ("\n組織:\n", "\n{}: x\n組織:\n"),
    "id": ("関連: [adopt-a-park]", "関連: [{}]"),
    "word": ("担当課: [市民協働課, みどり公園課]", "担当課: [{}]"),
    "audience": ("対象: [すべての市民, 学校]", "対象: [{}]"),
}
"""Where a word is typed into the example plan: what makes way, and what comes in its stead."""


def hint(where: str, word: str, folder: Path) -> str:
    """The hint that a clerk reads who typed the word there."""
    old, new = TYPED_INTO[where]
    assert EXAMPLE_TEXT.count(old) == 1
    said = mistakes(written(folder, EXAMPLE_TEXT.replace(old, new.format(word)).encode()))
    (told,) = [mistake.hint for mistake in said if f"`{word}`" in mistake.message]
    return told


def test_of_a_hundred_typing_slips_in_a_plan_ninety_five_are_answered_with_the_right_word(
    tmp_path: Path, full: bool
) -> None:
    tables = {
        "node": NODE_FIELDS,
        "indicator": INDICATOR_FIELDS,
        "plan": PLAN_FIELDS,
        "level": LEVEL_FIELDS,
        "top": TOP_LEVEL_FIELDS,
    }
    slips = [(next(name for name in tables if tables[name] is table), *words) for *words, table in COMMON]
    long = [("id", word) for word in IDS if f"id: {word}\n" in EXAMPLE_TEXT]
    long += [("word" if word.endswith("課") else "audience", word) for word in WORDS if len(word) > 3]
    slips += [
        (place, mistyped(word, (number + turn) % 4, number * 5 + turn * 3), word)
        for turn in range(9)
        for number, (place, word) in enumerate(long)
    ]
    slips = list(dict.fromkeys(slips))[:100]
    assert len(slips) == 100
    slips = slips if full else slips[::4]
    told = [(typed, word, hint(place, typed, tmp_path)) for place, typed, word in slips]
    missed = [slip for slip in told if f"`{slip[1]}` のことですか" not in slip[2]]
    assert len(missed) <= len(slips) // 20, f"{len(slips) - len(missed)} of {len(slips)}: {missed}"


def test_no_hint_that_a_clerk_reads_takes_an_unrelated_word_for_another(tmp_path: Path, full: bool) -> None:
    asked = [("node", word) for word in UNRELATED_KEYS]
    asked += [("word", word) for word in UNRELATED_WORDS] + [("id", word) for word in UNRELATED_IDS]
    assert len(asked) == 50
    asked = asked if full else asked[::3]
    assert [(word, told) for place, word in asked if "のことですか" in (told := hint(place, word, tmp_path))] == []


# --- for programs ---


def test_every_format_for_programs_is_made_of_the_one_json_form() -> None:
    mistake = Diagnostic(SourceSpan("plan.yaml", 3, 5, 2), "unknown-key", "知らない項目", "名称", "  - 名稱: x")
    whole = mistake.as_json()
    assert list(whole) == ["rule", "file", "line", "column", "width", "message", "hint", "excerpt"]
    assert json.loads(reporters.report_json(Report((mistake,))))["mistakes"] == [whole]
    compared = _diagnostic_dict(mistake)
    assert list(compared) == ["rule", "file", "line", "column", "message", "hint"]
    assert compared.items() <= whole.items()
    (served,) = json.loads(inject.state_json("", [mistake], current=True))["mistakes"]
    assert served == whole | {"place": "plan.yaml:3:5", "excerpt": ["", "  - ", "名稱", ": x"]}


# --- how the file is stored ---


@pytest.mark.parametrize("space", ["\u3000", "\u3000" * 5, "\t", "  \u3000 "])
def test_a_line_of_nothing_but_spaces_is_an_empty_line(space: str, tmp_path: Path) -> None:
    plain = PLAIN.replace("目標:\n  -", "\n目標:\n\n  -") + "\n"
    assert plain.count("\n\n") == 4
    spaced = plain.replace("\n\n", f"\n{space}\n")
    assert parse.load_plan(written(tmp_path, spaced.encode())) == parse.load_plan(written(tmp_path, plain.encode()))
