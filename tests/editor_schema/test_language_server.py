"""Help in the editor: the YAML language server of VS Code, offline, on a plan that is being typed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.sites import checker, program
from conftest import ROOT
from support.language_server import SERVER, Editor

from handbook import parse
from handbook.diagnostics import SourceError
from handbook.field_types import fields_by_name
from handbook.fields import NODE_FIELDS

MODELINE = "# yaml-language-server: $schema=plan.schema.json\n"
NEW = """\
計画:
  名称: 架空
柱:
  - id: water
    名称: 水
"""
WRONG = """\
計画:
  名称: 架空
  名稱: 架空
  期間: 令和八年
  公開URL: example.org
  更新日: 2026-13-01
階層:
  - {名称: 柱, path: pillars}
  - {名称: 方針, path: policies}
  - {名称: 取組, path: efforts}
  - {名称: 事業, path: projects}
対象: [子ども]
組織: [環境課]
異表記: 子ども
柱:
  - id: Water
    名称:
    区分: 新
    対象: [子供]
    よみ: 水
    取組:
      - 再掲: water
        id: again
      - 名称: 1.10
      - はし
    関連: a, b
    指標:
      - 向き: ↑
    柱:
      - id: pillar
        名称: 柱
"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """A language server in a folder with the schema of the example plan."""
    node, server = program("node"), checker(SERVER)
    folder = tmp_path_factory.mktemp("city")
    shutil.copy(ROOT / "example/plan.schema.json", folder)
    opened = Editor(node, server, folder)
    yield opened
    opened.close()


def completions_at(editor: Editor, text: str) -> dict[str, dict[str, Any]]:
    """Return the completions at the character ▮ by their labels."""
    before = (MODELINE + text).partition("▮")[0]
    editor.diagnostics(MODELINE + text.replace("▮", ""))
    items = editor.completions(before.count("\n"), len(before.rpartition("\n")[2]))
    return {item["label"]: item for item in items}


def documentation(item: dict[str, Any]) -> str:
    return str(item["documentation"]["value"])


@pytest.mark.parametrize("root", [ROOT, ROOT / "example"], ids=["plan", "example"])
def test_nothing_is_underlined_in_the_shipped_plans(editor: Editor, root: Path) -> None:
    text = (root / "plan.yaml").read_text(encoding="utf-8")
    assert editor.diagnostics(text, root / "plan.yaml") == []


def test_without_the_first_line_nothing_is_checked(editor: Editor) -> None:
    assert editor.diagnostics(WRONG) == []


def test_keys_and_values_are_underlined_at_the_lines_of_the_checks(editor: Editor, tmp_path: Path) -> None:
    text = MODELINE + WRONG
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as raised:
        parse.load_plan(tmp_path)
    reported = {mistake.span.line for mistake in raised.value.mistakes if mistake.rule != "unknown-id"}
    underlined = {fault["range"]["start"]["line"] + 1 for fault in editor.diagnostics(text)}
    assert len(underlined) >= 14
    assert underlined == reported


def test_messages_are_plain_japanese(editor: Editor) -> None:
    messages = [fault["message"] for fault in editor.diagnostics(MODELINE + WRONG)]
    assert [
        words for words in messages if re.search(r"プロパティ|スキーマ|パターン|オブジェクト|[A-Za-z]{8,}", words)
    ] == []
    assert "この取組に `id` がありません（変わらない名前。ページの住所になります）" in messages
    assert "`区分` に使えるのは、`新規`、`拡充`、`継続`、`終了` です" in messages


def test_in_a_node_every_key_is_proposed_with_its_meaning(editor: Editor) -> None:
    items = completions_at(editor, NEW + "    ▮\n")
    keys = {key.name: key.meaning for key in NODE_FIELDS if key.name not in ("id", "名称")}
    assert set(items) == {*keys, "方針", "取組", "事業"}
    assert {name for name, meaning in keys.items() if not documentation(items[name]).startswith(meaning)} == set()
    assert "公開までに要る項目: 担当課、期間" in documentation(items["事業"])


def test_a_proposed_key_inserts_the_start_of_its_value(editor: Editor) -> None:
    items = completions_at(editor, NEW + "    ▮\n")
    assert items["よみ"]["insertText"] == "よみ: "
    assert items["区分"]["insertText"] == "区分: "
    assert items["期間"]["insertText"] == "期間: ${1:令和8年度〜令和12年度}"
    assert items["対象"]["insertText"].startswith("対象:\n  - ")


@pytest.mark.parametrize(
    "typed", ["    対象: [▮]\n", "    対象:\n      - ▮\n", "    担当課: [環境課, ▮]\n", "    区分: ▮\n"]
)
def test_words_are_proposed_from_their_vocabulary(editor: Editor, typed: str) -> None:
    plan = parse.load_plan(ROOT / "example")
    known = {
        **plan.vocabularies,
        "担当課": plan.vocabularies["組織"],
        "区分": fields_by_name(NODE_FIELDS)["区分"].choices,
    }
    key = typed.strip().partition(":")[0]
    assert set(completions_at(editor, NEW + typed)) == set(known[key])


def test_for_a_name_nothing_is_proposed(editor: Editor) -> None:
    assert completions_at(editor, NEW.replace("名称: 水", "名称: ▮")) == {}


def test_the_keys_of_a_new_node_are_proposed(editor: Editor) -> None:
    assert completions_at(editor, NEW + "    ▮\n")["取組"]["insertText"].startswith("取組:\n  - ")
    assert completions_at(editor, NEW + "    取組:\n      - ▮\n")["新しい取組"]["insertText"] == "id: $1\n  名称: $2"


def test_a_key_is_explained_on_hover(editor: Editor) -> None:
    text = MODELINE + NEW + "    期間: 令和8年度\n    事業:\n      - id: x\n        名称: x\n"
    editor.diagnostics(text)
    lines = text.split("\n")
    period = editor.hover(next(n for n, line in enumerate(lines) if "期間" in line), 5)
    assert "いつからいつまでか（年度）" in period
    assert "書き方: 年度" in period
    assert period.count("令和8年度〜令和12年度") == 1
    assert "`- id:` と `名称:` で書き始めます" in editor.hover(lines.index("    事業:"), 5)
