"""Readings (kana): split into ruby segments of a name, and used to sort an index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Built, built
from support.building import report_of

from handbook import kana


@pytest.mark.parametrize(
    ("name", "reading", "expected"),
    [
        ("子どもの学習支援", "こどものがくしゅうしえん", "子(こ)どもの学習支援(がくしゅうしえん)"),
        ("「学ぶ力」を育む", "まなぶちからをはぐくむ", "「学(まな)ぶ力(ちから)」を育(はぐく)む"),
        ("ICTの活用", "あいしーてぃーのかつよう", "ICT(あいしーてぃー)の活用(かつよう)"),
        ("NPO、企業", "えぬぴーおー、きぎょう", "NPO(えぬぴーおー)、企業(きぎょう)"),
        ("機能の活性化", "きのうのかっせいか", "機能(きのう)の活性化(かっせいか)"),
        ("人と自然", "ひととしぜん", "人(ひと)と自然(しぜん)"),
        ("機会(市民塾)", "きかいしみんじゅく", "機会(きかい)(市民塾(しみんじゅく))"),
        ("コミュニティ形成", "こみゅにてぃけいせい", "コミュニティ形成(けいせい)"),
        ("まちづくり", "まちづくり", "まちづくり"),
    ],
)
def test_a_reading_is_put_over_the_characters_that_need_it(name: str, reading: str, expected: str) -> None:
    pieces = kana.ruby_segments(name, reading)
    assert pieces
    assert "".join(text + (f"({ruby})" if ruby else "") for text, ruby in pieces) == expected


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("子どもの学習支援", "こどもがくしゅうしえん"),
        ("まちづくり", "まちずくり"),
        ("支援、充実", "しえん・じゅうじつ"),
        ("支援", ""),
        ("漢の" * 60, "の" * 120),
    ],
)
def test_a_reading_that_does_not_match_the_name_has_no_segments(name: str, reading: str) -> None:
    assert kana.ruby_segments(name, reading) is None


@pytest.mark.parametrize("plan", ["real", "example"])
def test_every_name_of_both_plans_has_a_matching_reading(plan: str, request: pytest.FixtureRequest) -> None:
    site: Built = request.getfixturevalue(plan)
    for entry in site[0].tree_nodes:
        assert kana.ruby_segments(entry.name, entry.node.kana_reading), entry.name


def test_a_reading_that_does_not_match_is_a_notice_at_its_line(plan_of: Callable[..., Path]) -> None:
    text = (
        "計画: {名称: x}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - {id: one, 名称: 学ぶ力, よみ: まなびちから}\n"
    )
    root = plan_of(text)
    _, files = built(root)
    (note,) = report_of(root).notices
    assert (note.rule, note.span.line) == ("kana-mismatch", 5)
    assert "まなびちから" in files["pillars/one.html"]


def test_an_index_is_sorted_by_kana_rows_with_voiced_after_unvoiced() -> None:
    words = ["がく", "カード", "かく", "きゃく", "きやく", "かあさん", "ほーむ", "ほおずき"]
    assert " ".join(sorted(words, key=kana.kana_sort_key)) == "かあさん カード かく がく きゃく きやく ほおずき ほーむ"
    assert [kana.kana_row(word) for word in ("がく", "ぴあの", "んー", "ヴァイオリン", "NPO", "")] == [
        "か",
        "は",
        "わ",
        "あ",
        "",
        "",
    ]
