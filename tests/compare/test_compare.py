"""The comparison of two plans: exactly the edits are listed, and the differing words are marked legibly."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import FIRST, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_edits import EDITS, Edits, Expected, write_plan
from support.random_examples import examples

from handbook import compare, parse
from handbook.compare.order import minimal_moves
from handbook.compare.word_diff import ELLIPSIS, diff_words, normalize
from handbook.model import CHANGE_KINDS, Comparison, Edition, Picture, Plan

PAIRS = 20
TEXT = st.text("学びとまちづくり市民、。「」\n0123ａbアイ ", max_size=40)


def load_edited(data: object) -> Plan:
    with TemporaryDirectory() as folder:
        return parse.load_plan(write_plan(data, Path(folder)))  # type: ignore[arg-type]  # data from the seeded edits


@cache
def pair(seed: int, kinds: tuple[str, ...] = ()) -> tuple[Edits, Plan, Plan]:
    edits = Edits(seed, kinds=kinds)
    return edits, load_edited(edits.before), load_edited(edits.after)


def names(found: Comparison) -> list[Expected]:
    return [(change.kind, change.id, change.key) for change in found.changes]


def mismatches(found: list[Expected], expected: set[Expected]) -> dict[str, tuple[list[Expected], list[Expected]]]:
    """Return for each kind the missing and the extra changes; empty if both lists are equal."""
    by_kind: dict[str, tuple[list[Expected], list[Expected]]] = {}
    for kind in CHANGE_KINDS:
        missing = sorted(named for named in expected if named[0] == kind and found.count(named) != 1)
        extra = sorted(named for named in set(found) if named[0] == kind and named not in expected)
        if missing or extra:
            by_kind[kind] = missing, extra
    return by_kind


@pytest.mark.parametrize("seed", range(PAIRS))
def test_the_comparison_lists_exactly_the_edits(seed: int) -> None:
    edits, before, after = pair(seed)
    assert len(edits.expected) >= 3
    assert mismatches(names(compare.compare_plans(before, after)), edits.expected) == {}


def test_the_twenty_pairs_contain_every_kind() -> None:
    kinds = {kind for seed in range(PAIRS) for kind, *_ in pair(seed)[0].expected}
    assert kinds == set(CHANGE_KINDS)


@pytest.mark.parametrize("kind", CHANGE_KINDS)
def test_a_missing_and_an_extra_change_are_found(kind: str) -> None:
    """The function `mismatches` finds a missing and an extra change of each kind."""
    edits = next(pair(seed)[0] for seed in range(PAIRS) if kind in {k for k, *_ in pair(seed)[0].expected})
    listed = sorted(edits.expected)
    removed = next(named for named in listed if named[0] == kind)
    assert mismatches(listed, edits.expected) == {}
    assert mismatches([named for named in listed if named != removed], edits.expected) == {kind: ([removed], [])}
    invented = (kind, "no-such-id", removed[2])
    assert mismatches([*listed, invented], edits.expected) == {kind: ([], [invented])}


@pytest.mark.parametrize("root", [FIRST, ROOT / "example"], ids=["first", "example"])
def test_a_plan_compared_with_itself_has_no_change(root: Path) -> None:
    plan = parse.load_plan(root)
    found = compare.compare_plans(plan, plan)
    assert found == Comparison(
        changes=(), renumberings=(), added_paths=(), modified_paths=(), removed_paths=(), missing_redirects=()
    )
    assert found.counts == ()


@settings(max_examples=examples(12), deadline=None)
@given(seed=st.integers(100, 10**6), kinds=st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=10))
def test_every_edit_is_found(seed: int, kinds: list[str]) -> None:
    edits, before, after = pair(seed, tuple(kinds))
    assert mismatches(names(compare.compare_plans(before, after)), edits.expected) == {}


@settings(max_examples=examples(10), deadline=None)
@given(
    seed=st.integers(100, 10**6),
    kinds=st.lists(st.sampled_from(sorted(set(EDITS) - {"id"})), min_size=1, max_size=10),
)
def test_the_reverse_comparison_has_removals_for_additions(seed: int, kinds: list[str]) -> None:
    _, before, after = pair(seed, tuple(kinds))
    forward, backward = names(compare.compare_plans(before, after)), names(compare.compare_plans(after, before))
    reversed_kind = {"新設": "廃止", "廃止": "新設"}
    assert sorted((reversed_kind.get(kind, kind), *rest) for kind, *rest in forward) == sorted(map(tuple, backward))


# --- one change at a time, in a plan small enough to read ---

HEAD = """計画: {名称: 小さな計画}
対象: [子ども, 大人]
階層:
  - {名称: 柱, path: pillars}
  - {名称: 事業, path: projects}
柱:
"""
SMALL = (
    HEAD
    + """  - id: one
    名称: はじめの柱
    事業:
      - {id: a, 名称: 水をまもる, 本文: 川の水を年 6 回調べます。}
      - {id: b, 名称: 木をうえる}
      - {id: c, 名称: 花をそだてる}
      - {id: d, 名称: 虫をみる}
  - id: two
    名称: つぎの柱
    事業:
      - {id: e, 名称: 空をみる}
"""
)
PlanOf = Callable[..., Path]


@pytest.fixture
def change(plan_of: PlanOf) -> Callable[..., Comparison]:
    def compare_edited(*edits: tuple[str, str], **texts: str) -> Comparison:
        before, text = parse.load_plan(plan_of(SMALL)), SMALL
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        return compare.compare_plans(before, parse.load_plan(plan_of(text, **texts)))

    return compare_edited


def test_only_the_moved_sibling_is_listed(change: Callable[..., Comparison]) -> None:
    line = "      - {id: a, 名称: 水をまもる, 本文: 川の水を年 6 回調べます。}\n"
    last = "      - {id: d, 名称: 虫をみる}\n"
    found = change((line, ""), (last, last + line))
    assert [named for named in names(found) if named[0] != "番号のみ"] == [("並べ替え", "a", "場所")]
    (only,) = found.renumberings
    assert (only.label, only.node_count) == ("1-2〜1-4 → 1-1〜1-3", 3)


def test_a_changed_id_is_guessed_and_reported_with_the_line_to_add(change: Callable[..., Comparison]) -> None:
    found = change(("id: one", "id: first"))
    assert [(kind, node_id) for kind, node_id, _ in names(found)] == [("廃止", "one"), ("新設", "first")]
    remarks = ["おそらく、改正後の「はじめの柱」へ続く", "おそらく、改正前の「はじめの柱」が続くもの"]
    assert [change.remark for change in found.changes] == remarks
    (mistake,) = found.missing_redirects
    assert (mistake.rule, mistake.span.line) == ("missing-redirect", 7)
    assert "おそらく id の変更です" in mistake.message
    assert "`以前のid: [one]`" in mistake.hint
    with_former_id = change(("id: one", "id: first, 以前のid: [one]".replace(", ", "\n    ")))
    assert names(with_former_id) == [("事項", "first", "id")]
    assert with_former_id.missing_redirects == ()


def test_a_removed_node_requires_a_redirect(change: Callable[..., Comparison]) -> None:
    last = "      - {id: d, 名称: 虫をみる}\n"
    found = change((last, ""))
    (mistake,) = found.missing_redirects
    assert "`以前のid: [projects/d]`" in mistake.hint
    assert found.removed_paths == ("projects/d.html",)
    redirected = change((last, ""), ("名称: はじめの柱", "名称: はじめの柱\n    以前のid: [projects/d]"))
    assert redirected.missing_redirects == ()
    assert [c.remark for c in redirected.changes if c.kind == "廃止"] == ["前のページは「はじめの柱」へ案内します"]
    row = "以前の住所: {projects/d.html: pillars/one.html}"
    typed = change((last, ""), ("{名称: 小さな計画}", f"{{名称: 小さな計画, {row}}}"))
    assert typed.missing_redirects == ()
    assert [c.remark for c in typed.changes if c.kind == "廃止"] == ["前のページは「はじめの柱」へ案内します"]


def test_a_node_with_another_level_is_moved_and_requires_a_redirect(change: Callable[..., Comparison]) -> None:
    line = "      - {id: e, 名称: 空をみる}\n"
    found = change((f"    事業:\n{line}", "  - {id: e, 名称: 空をみる}\n"))
    (moved_node,) = found.changes
    assert (moved_node.kind, moved_node.before, moved_node.after) == ("移動", "つぎの柱 › 事業", "柱")
    assert "`以前のid: [projects/e]`" in found.missing_redirects[0].hint


def test_a_removed_node_is_listed_at_its_former_place(change: Callable[..., Comparison]) -> None:
    found = change(("      - {id: b, 名称: 木をうえる}\n", ""), ("名称: 花をそだてる", "名称: 花と草をそだてる"))
    assert [(c.kind, c.id) for c in found.changes if c.kind != "番号のみ"] == [("廃止", "b"), ("改称", "c")]
    assert [
        c.kind for c in change(("川の水を年 6 回", "川の水を毎月"), ("名称: 空をみる", "名称: 星をみる")).changes
    ] == [
        "本文",
        "改称",
    ]


def test_a_removed_node_does_not_follow_a_moved_sibling(change: Callable[..., Comparison]) -> None:
    first = "      - {id: a, 名称: 水をまもる, 本文: 川の水を年 6 回調べます。}\n"
    last = "      - {id: e, 名称: 空をみる}\n"
    found = change((first, ""), ("      - {id: b, 名称: 木をうえる}\n", ""), (last, last + first))
    assert [(c.kind, c.id) for c in found.changes if c.kind != "番号のみ"] == [("廃止", "b"), ("移動", "a")]


def test_the_plan_outside_the_tree_is_compared_too(change: Callable[..., Comparison]) -> None:
    found = change(
        ("名称: 小さな計画", "名称: 大きな計画, 主題: 水"),
        ("[子ども, 大人]", "[子ども, 大人, 市民]"),
        ("名称: 事業, path: projects", "名称: 取組, path: projects"),
        ("    事業:", "    取組:"),
        pages__about="# この計画\n\nあらまし。",
        nodes__b="木の話。",
    )
    assert names(found) == [
        ("改称", "", "名称"),
        ("事項", "", "主題"),
        ("改称", "", "階層"),
        ("事項", "", "対象"),
        ("本文", "b", "本文"),
        ("新設", "about", "ページ"),
    ]
    assert found.added_paths == ("about.html",)


def test_a_text_that_only_moved_to_its_own_file_is_no_change(plan_of: PlanOf, tmp_path: Path) -> None:
    before = parse.load_plan(plan_of(SMALL))
    text = SMALL.replace(", 本文: 川の水を年 6 回調べます。", "")
    assert (
        names(compare.compare_plans(before, parse.load_plan(plan_of(text, nodes__a="川の水を年 6 回調べます。\n"))))
        == []
    )
    (tmp_path / "content/nodes/a.md").unlink()


def test_images_are_compared_by_their_bytes(example_plan: Plan) -> None:
    before = replace(example_plan, images=(Picture("images/a.png", b"1", 1, 1), Picture("images/b.png", b"12", 1, 1)))
    after = replace(example_plan, images=(Picture("images/a.png", b"2", 1, 1), Picture("images/c.png", b"3", 1, 1)))
    found = [(c.kind, c.id) for c in compare.compare_plans(before, after).changes]
    assert found == [("事項", "a.png"), ("廃止", "b.png"), ("新設", "c.png")]


@pytest.fixture(scope="session")
def example_plan() -> Plan:
    return parse.load_plan(ROOT / "example")


@given(order=st.permutations(list("abcdefgh")))
@settings(deadline=None)
def test_the_fewest_possible_siblings_are_listed_as_moved(order: list[str]) -> None:
    """Without the moved siblings the order is unchanged, and no smaller set of moved siblings exists."""
    moved = minimal_moves("abcdefgh", order)
    unmoved = [item for item in order if item not in moved]
    assert unmoved == sorted(unmoved)
    longest = [1] * len(order)
    for n, item in enumerate(order):
        longest[n] += max((longest[m] for m in range(n) if order[m] < item), default=0)
    assert len(unmoved) == max(longest)


# --- marked words ---


def marked(before: str, after: str) -> tuple[str, str]:
    old, new = (
        "".join(f"[{words}]" if differs else words for words, differs in side) for side in diff_words(before, after)
    )
    return old, new


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("年 6 回、調べます", "年 12 回、調べます", "年 [6] 回、調べます", "年 [12] 回、調べます"),
        ("1,850 m²", "1,620 m²", "[1,850] m²", "[1,620] m²"),
        ("2026-04-01", "2026-11-25", "[2026-04-01]", "[2026-11-25]"),
        ("環境課", "環境政策課", "環境課", "環境[政策]課"),
        ("木を植える。", "花を植える。木を植える。", "木を植える。", "[花を植える。]木を植える。"),
        ("よごれを減らします", "よごれを増やします", "よごれを[減ら]します", "よごれを[増や]します"),
        ("プールを直す", "プラネタリウムを直す", "[プール]を直す", "[プラネタリウム]を直す"),
        ("まったくちがう文", "べつのことばです", "[まったくちがう文]", "[べつのことばです]"),
        ("", "加わった", "", "[加わった]"),
        (
            "これから始める人が加わる",
            "これから始めたい人も加わる",
            "これから始め[る人が]加わる",
            "これから始め[たい人も]加わる",
        ),
        ("子どもと学ぶ。", "子どもと遊ぶ。子どもと学ぶ。", "子どもと学ぶ。", "[子どもと遊ぶ。]子どもと学ぶ。"),
    ],
)
def test_differing_words_are_marked_at_word_boundaries(before: str, after: str, old: str, new: str) -> None:
    assert marked(before, after) == (old, new)


def test_long_equal_paragraphs_are_left_out() -> None:
    same = "ずっと同じ、とても長い段落です。" * 5
    old, new = marked(f"{same}\n\n年 6 回です。\n{same}", f"{same}\n\n年 7 回です。\n{same}")
    assert (old, new) == (f"{ELLIPSIS}\n年 [6] 回です。\n{ELLIPSIS}", f"{ELLIPSIS}\n年 [7] 回です。\n{ELLIPSIS}")


@given(before=TEXT, after=TEXT)
def test_marks_cover_all_differences_and_no_word_is_lost(before: str, after: str) -> None:
    old, new = diff_words(before, after)
    unmarked = ["".join(words for words, differs in side if not differs) for side in (old, new)]
    assert unmarked[0] == unmarked[1]
    for side, text in ((old, before), (new, after)):
        full = "".join(words for words, _ in side)
        assert full == text or ELLIPSIS in full


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("あ" * 50_000, "あ" * 49_999 + "い"),
        ("あい" * 20_000, "いあ" * 20_000),
        ("の、" * 110 + "水", "火" + "、の" * 110),
        ("".join(f"{n}行\n" for n in range(20_000)), "".join(f"{n}行\n" for n in range(20_000, 0, -1))),
    ],
)
def test_any_text_is_compared_in_less_than_two_seconds(before: str, after: str) -> None:
    start = time.perf_counter()
    diff_words(before, after)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ａ　B・Ｃ", "ABC", True),
        ("1,850人", "1850人", True),
        ("令和8〜12年度", "令和8～12年度", True),
        ("市⺠の⽣活", "市民の生活", True),
        ("葛\U000e0100城の☕\ufe0f", "葛城の☕", True),
        ("髙\u00a0橋", "高橋", True),
        ("斎藤", "斉藤", False),
        ("1.5", "15", False),
        ("1/2", "12", False),
        ("-5", "5", False),
        ("75%", "75", False),
        ("学び", "まなび", False),
    ],
)
def test_only_spaces_look_alikes_and_punctuation_are_ignored(one: str, other: str, same: bool) -> None:
    assert (normalize(one) == normalize(other)) is same


# --- JSON ---


def edition(plan: Plan, label: str = "版") -> Edition:
    return Edition(label=label, commit="", day="2026-04-01", plan=plan, diagnostics=())


def test_the_json_has_every_change_and_every_key_is_documented() -> None:
    _, before, after = pair(3)
    found = compare.compare_plans(before, after)
    data = json.loads(compare.comparison_json(found, edition(before), edition(after)))
    assert len(data["changes"]) == len(found.changes)
    assert data["counts"] == dict(found.counts)
    explained = (ROOT / "docs/comparison.md").read_text(encoding="utf-8")
    keys = {*data, *data["before"], *data["changes"][0], *data["pages"], *data["changes"][0]["place"]}
    assert not {key for key in keys if f"`{key}`" not in explained}
    assert not {kind for kind in CHANGE_KINDS if kind not in explained}


def test_the_same_plans_give_the_same_bytes() -> None:
    """The plans are loaded twice, so that the result does not depend on the order of a set."""
    edits = pair(5)[0]
    outputs = []
    for _ in range(2):
        before, after = load_edited(edits.before), load_edited(edits.after)
        found = compare.compare_plans(before, after)
        outputs.append(
            [
                write(found, edition(before), edition(after))
                for write in (compare.comparison_json, compare.comparison_markdown)
            ]
        )
    assert outputs[0] == outputs[1]
