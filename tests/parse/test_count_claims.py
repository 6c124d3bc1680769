"""Counts in texts: a notice if the tree has another number, and none for other uses of numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.building import report_of

from handbook.parse.notices.count_claims import parse_numeral

PLAN = """
計画:
  名称: 数の計画
  本文: |
    %s
階層:
  - {名称: 推進の重点, path: priorities}
  - {名称: 施策, path: measures}
  - {名称: 施策の展開, path: developments}
推進の重点:
  - id: one
    名称: 一つめ
    本文: %s
    施策の展開:
      - {id: a, 名称: あ}
      - {id: b, 名称: い}
  - id: two
    名称: 二つめ
    施策の展開:
      - {id: c, 名称: う}
"""


@pytest.mark.parametrize(
    "words",
    [
        "22の施策の展開です。",
        "22 の 施策の展開です。",
        "４つの推進の重点からなります。",
        "4 つの推進の重点",
        "四つの推進の重点を定めます。",
        "二十二の施策の展開",
        "合わせて 5 件の施策の展開があります。",
        "計画の 4 つの推進の重点",
    ],
)
def test_a_wrong_count_has_a_notice_at_its_place(words: str, plan_of: Callable[..., Path]) -> None:
    (notice,) = report_of(plan_of(PLAN % (f"この計画は、{words}", "本文です。"))).notices
    assert (notice.rule, notice.span.line) == ("count-differs", 5)
    assert notice.excerpt[notice.span.column - 1 :][: notice.span.width].startswith(tuple("24５４四二5"))
    (notice,) = report_of(plan_of(PLAN % ("本文です。", "本文です。"), pages__free=f"# 題\n\n{words}\n")).notices
    assert (notice.span.file, notice.span.line) == ("content/pages/free.md", 3)


@pytest.mark.parametrize(
    "words",
    [
        "3つの施策の展開です。",
        "二つの推進の重点",
        "[[数:施策の展開]] の施策の展開",
        "1 つの施策の展開として",
        "令和4の施策の展開",
        "第4の推進の重点",
        "[[one]]と[[two]]の 5 つの施策の展開",
        "次の 5 つの施策の展開",
        "この 9 つの施策の展開",
        "`22の施策の展開` と書きます。",
        "22の施策者と進めます。",
        "100人の推進の重点",
        "2026年の施策の展開",
        "3.5の施策の展開",
        "20の施策の展開図",
    ],
)
def test_a_number_that_is_no_count_of_the_plan_has_no_notice(words: str, plan_of: Callable[..., Path]) -> None:
    assert report_of(plan_of(PLAN % (words, "本文です。"))).notices == ()


def test_a_text_may_count_the_nodes_below_its_own_node(plan_of: Callable[..., Path]) -> None:
    assert report_of(plan_of(PLAN % ("本文です。", "2 つの施策の展開を進めます。"))).notices == ()
    (notice,) = report_of(plan_of(PLAN % ("本文です。", "4 つの施策の展開を進めます。"))).notices
    assert notice.span.line == 13


@pytest.mark.parametrize(
    ("numeral", "number"),
    [("22", 22), ("２２", 22), ("二十二", 22), ("二二", 22), ("十", 10), ("百二", 102), ("四", 4)],
)
def test_numerals_are_parsed(numeral: str, number: int) -> None:
    assert parse_numeral(numeral) == number
