"""No page claims more than the plan does: nothing on keys that were not typed, no status where nothing was measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from support.building import build_in_memory
from support.html_page import page

from handbook import cli

PLAN = """
計画:
  名称: 架空市の計画
  更新日: 2026-04-01
階層:
  - {名称: 柱, path: pillars}
  - {名称: 取組, path: efforts}
組織: [環境課]
柱:
  - id: green
    名称: みどりの柱
    取組:
      - id: walk
        名称: 歩く
        担当課: [環境課]
        期間: 令和4年度〜令和8年度
      - id: ride
        名称: 自転車に乗る
"""
REVIEW = """        評価:
          令和6年度: {評価: 順調}
"""
INDICATOR = """        指標:
          - {名称: 歩く人, 目標値: {令和8年度: 5}}
"""
CLAIM = re.compile("記載なし|記載がありません|記載はありません|未評価|記録なし")


def files_of(root: Path) -> dict[str, str]:
    """Return the text files of a plan's site by path."""
    endings = (".html", ".xml", ".json", ".csv")
    return {file.path: file.data.decode() for file in build_in_memory(root)[1] if file.path.endswith(endings)}


def words_of(files: dict[str, str]) -> dict[str, str]:
    """Return the words of each page, by path."""
    return {path: page(text).words for path, text in files.items() if path.endswith(".html")}


def claims(files: dict[str, str]) -> dict[str, list[str]]:
    """Return what each file claims about keys that were not typed."""
    texts = files | words_of(files)
    return {path: found for path, text in texts.items() if (found := CLAIM.findall(text))}


def test_keys_that_were_not_typed_are_not_mentioned(plan_of: Callable[..., Path]) -> None:
    files = files_of(plan_of(PLAN))
    assert claims(files) == {}
    head = [cell.words for cell in page(files["departments/" + "kankyouka.html"]).all("th", scope="col")]
    assert head == ["名称", "期間", "担当課"]  # no column for 区分 and いまの状況, of which no row has a value
    progress = page(files["progress.html"])
    assert [item.words for item in progress.all("dt")][:1] == ["取組"]
    assert "区分" not in [item.words for item in progress.all("dt")]
    assert "状況の決め方" not in progress.words


def test_a_typed_claim_is_found(plan_of: Callable[..., Path]) -> None:
    files = files_of(plan_of(PLAN.replace("架空市の計画", "架空市の計画 記載なし")))
    assert len(claims(files)) > 5


def test_what_was_evaluated_is_shown_in_the_words_of_the_plan(plan_of: Callable[..., Path]) -> None:
    files = files_of(plan_of(PLAN + REVIEW))
    assert claims(files) == {}
    shown = words_of(files)
    assert re.search(r"取組の評価\s*順調\s*1", shown["progress.html"])
    files = files_of(plan_of(PLAN + REVIEW + INDICATOR))
    assert claims(files) == {}, "an indicator without values of a node with a review is not called 未評価"
    files = files_of(plan_of(PLAN + "        担当課: [環境課]\n" + REVIEW))
    assert "評価：順調（令和6年度）" in page(files["departments/kankyouka.html"]).words


def test_an_indicator_without_values_is_the_only_thing_that_is_called_unevaluated(plan_of: Callable[..., Path]) -> None:
    files = files_of(plan_of(PLAN + INDICATOR))
    found = claims(files)
    assert found
    assert {claim for of_page in found.values() for claim in of_page} == {"未評価"}


def test_the_real_plan_states_in_its_own_text_what_the_source_lacks() -> None:
    files = files_of(ROOT)
    shown = words_of(files)
    assert claims(files) == {}
    lacking = shown["source.html"].rpartition("原典にない、")[0].rpartition("原典に書かれていないこと")[2]
    assert not [word for word in ("計画の期間", "連絡先", "利用条件", "区分", "予算", "評価") if word not in lacking]


@pytest.mark.parametrize("contact", ["", "  連絡先: 架空市 環境課 電話 0000-00-0000\n"])
def test_only_a_plan_with_a_contact_names_one(
    contact: str, plan_of: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = plan_of(PLAN.replace("  更新日", f"{contact}  更新日"))
    assert cli.main(["build", "--no-booklet", "--root", str(root), "--output", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    text = page((tmp_path / "out/accessibility.html").read_text(encoding="utf-8")).words
    assert ("お気づきの点" in text) is ("お知らせください" in text) is bool(contact)
    assert ("`連絡先` がない" in printed) is (not contact)
    assert ("plan.yaml:4:" in printed) is (not contact)
