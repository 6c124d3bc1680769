"""A year that the plan calls 令和8年 is never called 令和8年度: on pages, in charts, data and messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from support.building import build_in_memory
from support.html_page import page

from handbook import fiscal_year

PLAN = """
計画:
  名称: 架空市の計画
  期間: 令和6年度〜令和8年度
  更新日: 2026-04-01
階層:
  - {名称: 柱, path: pillars}
  - {名称: 取組, path: efforts}
組織:
  - {名称: 環境課, 旧名称: [{名称: 公害課, まで: 令和5年度}]}
柱:
  - id: green
    名称: みどりの柱
    取組:
      - id: walk
        名称: 歩く
        担当課: [公害課]
        期間: 令和6年度〜令和8年度
        予算: {令和6年度: 100, 令和7年度: 120}
        指標:
          - 名称: 歩く人
            向き: ↑
            基準値: {値: 1, 年度: 令和5年度}
            目標値: {令和8年度: 5}
            実績値: {令和6年度: 2, 令和7年度: 3}
        評価:
          令和6年度: {評価: 順調}
"""
NAMED = re.compile("(?:令和|平成|昭和)(?:元|[0-9]+)年度")
EXPLAINED = ("data.html", "data/plan-schema.json", "data/README.md")
"""Files that explain the columns of every plan, whose words are not those of this one."""


def files_of(root: Path) -> dict[str, str]:
    endings = (".html", ".xml", ".json", ".csv", ".js")
    return {file.path: file.data.decode() for file in build_in_memory(root)[1] if file.path.endswith(endings)}


def test_a_plan_in_years_has_no_financial_year_on_any_page_or_in_its_data(plan_of: Callable[..., Path]) -> None:
    financial = files_of(plan_of(PLAN))
    assert sum(len(NAMED.findall(text)) for text in financial.values()) > 100  # the check can find them
    calendar = files_of(plan_of(re.sub("(令和[0-9])年度", r"\1年", PLAN)))
    assert financial.keys() == calendar.keys()
    found = {path: NAMED.findall(text) for path, text in calendar.items() if path not in EXPLAINED}
    assert {path: words for path, words in found.items() if words} == {}
    words = {path: page(text).words for path, text in calendar.items() if path.endswith(".html")}
    assert [path for path, text in words.items() if "年度" in text] == ["data.html"]
    assert "令和6年（2024）〜令和8年（2026）" in words["efforts/walk.html"]
    assert "令和8年は" not in words["years/2026.html"]
    assert "2024-01-01" in calendar["data/plan.csv"]
    assert "2026-12-31" in calendar["data/plan.csv"]


def test_the_booklet_has_no_financial_year_either(plan_of: Callable[..., Path]) -> None:
    from support.pdf_document import PdfDocument  # noqa: PLC0415  # only this test reads a PDF

    root = plan_of(re.sub("(令和[0-9])年度", r"\1年", PLAN))
    site_files = build_in_memory(root, with_booklet=True)[1]
    (data,) = [file.data for file in site_files if file.path == "booklet/handbook.pdf"]
    printed = PdfDocument(data)
    text = "".join("".join(printed.text(number).split()) for number in range(1, len(printed) + 1))
    assert "令和6年" in text
    assert "年度" not in text


def test_both_words_stay_as_typed_in_one_plan(plan_of: Callable[..., Path]) -> None:
    files = files_of(plan_of(PLAN.replace("目標値: {令和8年度: 5}", "目標値: {令和8年: 5}")))
    words = page(files["efforts/walk.html"]).words
    assert "令和8年（2026）" in words
    assert "令和7年度（2025）" in words


@given(
    st.sampled_from(["令和", "平成", "昭和", ""]), st.integers(1, 30), st.sampled_from(["年", "年度"]), st.booleans()
)
def test_a_year_is_shown_with_the_word_that_was_typed(era: str, number: int, word: str, is_period: bool) -> None:
    typed = f"{era}{number if era else 1990 + number}{word}"
    text = f"{typed}〜{typed}" if is_period else typed
    period = fiscal_year.parse_period(text)
    assert period
    assert str(period).partition("（")[0].endswith("年度") is (word == "年度")
    assert fiscal_year.find_year(typed).endswith("年度") is (word == "年度")
    assert period.first == fiscal_year.parse_year(typed)


@pytest.mark.parametrize("typed", ["2022-2026", "令和4〜8", "R4"])
def test_a_bare_number_is_a_financial_year_as_documented(typed: str) -> None:
    shown = str(fiscal_year.parse_period(typed) or fiscal_year.find_year(typed))
    assert shown.startswith("令和4年度")


def test_the_example_still_counts_in_financial_years() -> None:
    files = files_of(ROOT / "example")
    assert "令和8年度（2026）" in files["years/2026.html"]
