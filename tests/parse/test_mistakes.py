"""plan.yaml with typing errors: each one is reported once, in plain words, at its line and column."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HERE, ROOT
from support.build_process import PLAIN

from handbook import parse, reporters
from handbook.compare.to_json import _diagnostic_dict
from handbook.diagnostics import Diagnostic, Report, SourceError, SourceSpan, closest_match, format_diagnostic
from handbook.field_types import Field
from handbook.fields import LEVEL_FIELDS, NODE_FIELDS, PLAN_FIELDS, TOP_LEVEL_FIELDS, all_fields
from handbook.record_fields import INDICATOR_FIELDS
from handbook.serve import inject

ERROR_PLANS = sorted((HERE / "mistakes").glob("*.yaml"))
"""Small plans with one error each. The expected messages are in a .txt of the same name."""


def write_plan(folder: Path, data: bytes) -> Path:
    """Write a plan.yaml with these bytes and return its folder."""
    (folder / "plan.yaml").write_bytes(data)
    return folder


def diagnostics_of(folder: Path) -> tuple[Diagnostic, ...]:
    """Return the errors of a plan that must be refused."""
    with pytest.raises(SourceError) as raised:
        parse.load_plan(folder)
    return raised.value.mistakes


def report_text(folder: Path) -> str:
    """Return the errors of a plan as the terminal prints them."""
    return "\n\n".join(format_diagnostic(mistake) for mistake in diagnostics_of(folder)) + "\n"


# --- one error at a time ---


@pytest.mark.parametrize("plan", ERROR_PLANS, ids=lambda plan: plan.stem)
def test_an_error_is_reported_once_in_plain_words_at_its_place(
    plan: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    printed = report_text(write_plan(tmp_path, plan.read_bytes()))
    expected = plan.with_suffix(".txt")
    if request.config.getoption("--golden"):
        expected.write_text(printed, encoding="utf-8", newline="\n")
    assert printed == expected.read_text(encoding="utf-8")


def test_every_expected_message_belongs_to_a_plan() -> None:
    assert {path.stem for path in (HERE / "mistakes").glob("*.txt")} == {plan.stem for plan in ERROR_PLANS}


# --- many errors at once ---

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
"""Line and rule of each error in mistakes/thirty/plan.yaml."""


def test_thirty_errors_in_one_file_are_all_listed_at_their_lines() -> None:
    found = diagnostics_of(HERE / "mistakes" / "thirty")
    listed = [(mistake.span.line, mistake.rule) for mistake in found]
    assert len(THIRTY) == 30
    assert [error for error in THIRTY if error not in listed] == []
    assert list(found) == sorted(found)
    assert len(set(found)) == len(found)


def test_thirty_errors_in_one_file_cause_no_other_message() -> None:
    listed = [(mistake.span.line, mistake.rule) for mistake in diagnostics_of(HERE / "mistakes" / "thirty")]
    assert listed == THIRTY


LINES = (HERE / "mistakes" / "empty-value.yaml").read_text(encoding="utf-8").replace("区分:", "区分: 新規").split("\n")
"""A plan without an error."""


def damaged_plans(number: int) -> list[list[str]]:
    """Return the plan with one line shifted, blank, deleted, doubled or joined with the next line."""
    before, line, after = LINES[:number], LINES[number], LINES[number + 1 :]
    indent = len(line) - len(line.lstrip(" "))
    shifted = [[spaces + line] for spaces in (" ", "  ", "    ", "\u3000", "\t")]
    shifted += [[line[removed:]] for removed in range(1, indent + 1)]
    with_blank = [[space, line] for space in ("\u3000", "\t", "   ", "\u3000" * 5)]
    joined = [*before, line + (after[0].strip() if after else ""), *after[1:]]
    return [[*before, *lines, *after] for lines in (*shifted, *with_blank, [], [line, line])] + [joined]


@pytest.mark.parametrize("number", range(len(LINES)))
def test_one_damaged_line_causes_at_most_three_messages(number: int, tmp_path: Path) -> None:
    parse.load_plan(write_plan(tmp_path, "\n".join(LINES).encode()))
    for lines in damaged_plans(number):
        try:
            parse.load_plan(write_plan(tmp_path, "\n".join(lines).encode()))
        except SourceError as error:
            assert [format_diagnostic(mistake) for mistake in error.mistakes[3:]] == []  # noqa: PT017  # some of these are plans


# --- one cause, one message ---

EXAMPLE_TEXT = (ROOT / "example" / "plan.yaml").read_text(encoding="utf-8")
KEY_LINES = [n for n, line in enumerate(EXAMPLE_TEXT.split("\n")) if re.match(r"\s*(- )?[^#\s].*: ", line)]
TYPING_ERRORS: dict[str, Callable[[str], str]] = {
    "a full-width colon": lambda line: line.replace(": ", "：", 1),
    "no colon": lambda line: line.replace(": ", " ", 1),
    "no space": lambda line: line.replace(": ", ":", 1),
    "a space too many": lambda line: f" {line}",
    "a space too few": lambda line: line[1:] if line.startswith(" ") else f" {line}",
    "a full-width indentation": lambda line: re.sub("^ +", lambda found: "\u3000" * (len(found[0]) // 2), line),
    "a letter of the key is missing": lambda line: re.sub(r"[^\s:{-]([^\s:]*):", r"\1:", line, count=1),
}


def _is_ambiguous(lines: list[str], number: int) -> bool:
    """Return whether a space at this line is reported at the next line or is valid: a first key or the only item."""
    before, at_line, after = (len(line) - len(line.lstrip(" ")) for line in lines[number - 1 : number + 2])
    return before < at_line and (after < at_line or not lines[number].lstrip().startswith("- "))


@pytest.mark.parametrize("kind", TYPING_ERRORS)
def test_an_error_in_any_key_of_a_plan_is_reported_at_its_line_and_nowhere_else(
    kind: str, tmp_path: Path, full: bool
) -> None:
    shutil.copytree(ROOT / "example" / "content", tmp_path / "content")
    lines = EXAMPLE_TEXT.split("\n")
    assert len(KEY_LINES) > 300
    misplaced = {}
    for number in KEY_LINES[1 :: 4 if full else 16]:
        typed = TYPING_ERRORS[kind](lines[number])
        if typed == lines[number] or (kind.startswith("a space too") and _is_ambiguous(lines, number)):
            continue
        changed = "\n".join([*lines[:number], typed, *lines[number + 1 :]])
        found = {
            (mistake.span.file, mistake.span.line) for mistake in diagnostics_of(write_plan(tmp_path, changed.encode()))
        }
        if found != {("plan.yaml", number + 1)}:
            misplaced[number + 1] = found
    assert misplaced == {}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("  - {名称: 取組, path: efforts,  記号: ◇}", "  - 取組", "not-a-mapping"),
        ("            対象: [子ども, 保護者, 高齢者]", "            対象: " + "[ " * 70, "too-deep"),
        ("よみ: みずべを", "よみ: みず\u200bべを", "invisible-character"),
    ],
)
def test_one_error_is_not_reported_a_second_time_for_its_consequences(
    old: str, new: str, rule: str, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "example" / "content", tmp_path / "content")
    shutil.copy(ROOT / "example" / "addresses.txt", tmp_path)
    assert EXAMPLE_TEXT.count(old) == 1
    assert [m.rule for m in diagnostics_of(write_plan(tmp_path, EXAMPLE_TEXT.replace(old, new).encode()))] == [rule]


def test_many_errors_with_one_cause_have_a_hint_at_the_cause(tmp_path: Path) -> None:
    with_one_error = EXAMPLE_TEXT.replace("対象: [すべての市民, 学校]", "対象: [市民達]")
    renamed = with_one_error.replace("  - 環境課\n", "  - 環境政策課\n")
    found = diagnostics_of(write_plan(tmp_path, renamed.encode()))
    same = [mistake for mistake in found if "`環境課`" in mistake.message]
    assert len(same) > 5
    expected = f"同じ知らせがほかに {len(same) - 1} 件あります。ここが正しければ、一覧の方を直します"
    assert all(expected in mistake.hint for mistake in same)
    (other,) = set(found) - set(same)
    assert "同じ知らせ" not in other.hint


# --- suggestions ---


def split_words(text: str) -> list[str]:
    """Return the words of a text."""
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
UNRELATED_KEYS = split_words(
    "用途 備考 事業費 財源 現状 効果 手法 進捗 達成度 委員会 住所 時期 写真 地図 根拠 法令 出典 優先度 状態 手段 "
    "場所 会場 定員 締切 回数 memo note title colour owner"
)
UNRELATED_WORDS = split_words("観光課 財政課 総務部 税務課 消防署 病院 図書館 職員 農家 旅行者 外国人 大学 企業")
UNRELATED_IDS = split_words("museum swimming-pool festival nursing-care budget harbour winter-sports")


def mistyped(word: str, kind: int, place: int) -> str:
    """Return a word with one typing error: a character dropped, doubled, replaced, or swapped with the next."""
    at = place % (len(word) - 1)
    while word[at] == word[at + 1]:
        at = (at + 1) % (len(word) - 1)
    before, here, following, after = word[:at], word[at], word[at + 1], word[at + 2 :]
    typed = ("", here * 2, "x" if here.isascii() else "ん")
    swapped = before + following + here + after
    return swapped if kind == len(typed) else before + typed[kind] + following + after


def test_of_a_hundred_typing_errors_ninety_five_get_the_right_suggestion() -> None:
    errors = [(typed, word, tuple(key.name for key in table)) for typed, word, table in COMMON]
    long_words = [(word, tuple(known)) for known in (KEYS, IDS, WORDS) for word in known if len(word) > 3]
    errors += [
        (mistyped(word, (number + turn) % 4, number * 5 + turn * 3), word, known)
        for turn in range(4)
        for number, (word, known) in enumerate(long_words)
    ]
    errors = list(dict.fromkeys(errors))[:100]
    assert len(errors) == 100
    assert all(typed != word for typed, word, _ in errors)
    missed = [
        (typed, word, closest_match(typed, known))
        for typed, word, known in errors
        if closest_match(typed, known) != word
    ]
    assert len(missed) <= 5, missed


def test_an_unrelated_word_gets_no_suggestion() -> None:
    tables = [
        tuple(key.name for key in table)
        for table in (NODE_FIELDS, INDICATOR_FIELDS, PLAN_FIELDS, LEVEL_FIELDS, TOP_LEVEL_FIELDS)
    ]
    cases = [(word, known) for word in UNRELATED_KEYS for known in tables]
    cases += [(word, WORDS) for word in UNRELATED_WORDS]
    cases += [(word, IDS) for word in UNRELATED_IDS]
    assert len({word for word, _ in cases}) == 50
    assert [(word, closest_match(word, known)) for word, known in cases if closest_match(word, known)] == []


PLACES = {
    "node": ("        よみ: だれもがつかえるこうえんにする\n", "        {}: x\n"),
    "indicator": ("                単位: mg/L\n", "                {}: x\n"),
    "plan": ("  ライセンス: CC BY 4.0\n", "  {}: x\n"),
    "level": ("path: policies}", "path: policies, {}: x}}"),
    "top": ("\n組織:\n", "\n{}: x\n組織:\n"),
    "id": ("関連: [adopt-a-park]", "関連: [{}]"),
    "word": ("担当課: [市民協働課, みどり公園課]", "担当課: [{}]"),
    "audience": ("対象: [すべての市民, 学校]", "対象: [{}]"),
}
"""Places of the example plan in which a word is typed: the text that is replaced, and the new text."""


def hint_for(where: str, word: str, folder: Path) -> str:
    """Return the hint for a word that is typed at a place of the example plan."""
    old, new = PLACES[where]
    assert EXAMPLE_TEXT.count(old) == 1
    found = diagnostics_of(write_plan(folder, EXAMPLE_TEXT.replace(old, new.format(word)).encode()))
    (hint,) = [mistake.hint for mistake in found if f"`{word}`" in mistake.message]
    return hint


def test_of_a_hundred_typing_errors_in_a_plan_ninety_five_get_the_right_hint(tmp_path: Path, full: bool) -> None:
    tables = {
        "node": NODE_FIELDS,
        "indicator": INDICATOR_FIELDS,
        "plan": PLAN_FIELDS,
        "level": LEVEL_FIELDS,
        "top": TOP_LEVEL_FIELDS,
    }
    errors = [(next(name for name in tables if tables[name] is table), *words) for *words, table in COMMON]
    long_words = [("id", word) for word in IDS if f"id: {word}\n" in EXAMPLE_TEXT]
    long_words += [("word" if word.endswith("課") else "audience", word) for word in WORDS if len(word) > 3]
    errors += [
        (place, mistyped(word, (number + turn) % 4, number * 5 + turn * 3), word)
        for turn in range(9)
        for number, (place, word) in enumerate(long_words)
    ]
    errors = list(dict.fromkeys(errors))[:100]
    assert len(errors) == 100
    errors = errors if full else errors[::4]
    hints = [(typed, word, hint_for(place, typed, tmp_path)) for place, typed, word in errors]
    missed = [error for error in hints if f"`{error[1]}` のことですか" not in error[2]]
    assert len(missed) <= len(errors) // 20, f"{len(errors) - len(missed)} of {len(errors)}: {missed}"


def test_no_hint_suggests_another_word_for_an_unrelated_one(tmp_path: Path, full: bool) -> None:
    cases = [("node", word) for word in UNRELATED_KEYS]
    cases += [("word", word) for word in UNRELATED_WORDS] + [("id", word) for word in UNRELATED_IDS]
    assert len(cases) == 50
    cases = cases if full else cases[::3]
    assert [(word, hint) for place, word in cases if "のことですか" in (hint := hint_for(place, word, tmp_path))] == []


# --- JSON ---


def test_every_json_output_uses_the_same_form_of_a_diagnostic() -> None:
    mistake = Diagnostic(SourceSpan("plan.yaml", 3, 5, 2), "unknown-key", "知らない項目", "名称", "  - 名稱: x")
    full = mistake.as_json()
    assert list(full) == ["rule", "file", "line", "column", "width", "message", "hint", "excerpt", "fixes"]
    assert json.loads(reporters.report_json(Report((mistake,))))["mistakes"] == [full]
    in_comparison = _diagnostic_dict(mistake)
    assert list(in_comparison) == ["rule", "file", "line", "column", "message", "hint"]
    assert in_comparison.items() <= full.items()
    (in_preview,) = json.loads(inject.state_json("", [mistake], current=True))["mistakes"]
    assert in_preview == full | {"place": "plan.yaml:3:5", "excerpt": ["", "  - ", "名稱", ": x"]}


# --- blank lines ---


@pytest.mark.parametrize("space", ["\u3000", "\u3000" * 5, "\t", "  \u3000 "])
def test_a_line_of_only_spaces_is_an_empty_line(space: str, tmp_path: Path) -> None:
    plain = PLAIN.replace("目標:\n  -", "\n目標:\n\n  -") + "\n"
    assert plain.count("\n\n") == 4
    spaced = plain.replace("\n\n", f"\n{space}\n")
    assert parse.load_plan(write_plan(tmp_path, spaced.encode())) == parse.load_plan(
        write_plan(tmp_path, plain.encode())
    )
