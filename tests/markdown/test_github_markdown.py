"""Hazard 50: a text has the same structure on a page as on GitHub, whose own reader of Markdown is the reference.

What differs is meant and is listed in docs/markdown.md: each difference has a test here.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Tally
from hypothesis import given, settings
from hypothesis import strategies as st
from support.building import report_of
from support.github_markdown import GithubTextMaker, github_structure, structure
from support.random_examples import examples

from handbook import parse
from handbook.diagnostics import SourceSpan
from handbook.markdown_reader import block_elements
from handbook.markdown_reader.block_reader import read_blocks
from handbook.markdown_reader.converter import MarkdownConverter
from handbook.model import Markdown
from handbook.parse.content import markdown_notices, sound_tables

CONVERTER = MarkdownConverter(lambda *_: None)
TASKS = (("☐ ", "[ ] "), ("☑ ", "[x] "))


def page_html(text: str) -> str:
    return CONVERTER.convert(text)


def page_structure(text: str) -> tuple[object, ...]:
    html = page_html(text)
    for box, typed in TASKS:
        html = html.replace(box, typed)
    return structure(html)


def different_texts(first: int, count: int) -> list[str]:
    texts = [GithubTextMaker(random.Random(number)).text() for number in range(first, first + count)]  # noqa: S311  # no secrets
    return [text for text in texts if page_structure(text) != github_structure(text)]


@pytest.mark.hazard(50)
def test_a_text_has_the_structure_that_github_shows(times: Callable[[int], int], tally: Tally) -> None:
    assert different_texts(0, times(50)) == []
    tally(times(50))


FORMS = [
    "- 一\n  - 二\n    - 三\n- 四",
    "- 一\n   - 二",
    "-\t一\n\t- 二",
    "1. 一\n\n   段落\n\n2. 二",
    "5. 五\n6. 六",
    "文\n- 一\n- 二",
    "文\n1. 一\n2. 二",
    "文\n| a | b |\n|---|---|\n| c | d |",
    "文\n## 見出し\n文",
    "文\n> 引用\n\n> 別の引用",
    "文\n```\nコード\n```\n文",
    "- 一\n  ```\n  コード\n    字下げ\n  ```\n- 二",
    "1. 一\n   - い\n   - ろ\n2. 二",
    "- 一\n\n  > 引用\n\n  | a |\n  |---|\n  | b |",
    "* 一\n- 二\n+ 三",
    "令和8年度に\n2. とは読まない",
    "- [ ] 未\n- [x] 済",
    "~~消す~~文字",
    "くわしくは https://example.org/a_(b)?c=d を。",
    "(https://example.org/a) と <https://example.org/b>",
    "メール a.b-c@example.org へ",
    "| a | b |\n|:-:|--:|\n| c | d | e |\n| f |",
    "| `a` | b |\n|---|---|\n| c \\| d | **e** |",
    "#見出しではない\n\n####### これも",
    "題\n===\n\n節\n---\n\n本文",
    "行の終わり\\\n次の行",
    "*斜め **太い** 字* と **太い*斜め*字**",
    '[言葉][a]と[a]\n\n[a]: https://example.org "題"',
    "<div>\n\n**太字**\n\n</div>",
    "    コード\n\n    続き\n文",
    "> - 一\n>   - 二\n続き",
    "```\n閉じない\n\n## 見出し",
]


@pytest.mark.parametrize("text", FORMS)
def test_a_form_of_the_editors_has_the_structure_that_github_shows(text: str) -> None:
    assert page_structure(text) == github_structure(text)


def test_a_reader_with_other_rules_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted reader takes three spaces before a list for four."""
    monkeypatch.setattr(block_elements, "read_blocks", lambda text: read_blocks(text.replace("\n   -", "\n-")))
    assert different_texts(0, 60)


MEANT = [
    ("10*20*30", "<p>10*20*30</p>"),
    ("幅３*高さ、5人*2日*3回", "<p>幅３*高さ、5人*2日*3回</p>"),
    ("**「水」**を", "<p><strong>「水」</strong>を</p>"),
    ("注意**（重要）**です", "<p>注意<strong>（重要）</strong>です</p>"),
    ("詳しくはhttps://example.org/a。次", 'は<a href="https://example.org/a">https://example.org/a</a>。次'),
    ("（https://example.org/a）「https://example.org/b」", 'b">https://example.org/b</a>」'),
    ("窓口mail@example.orgへ", '窓口<a href="mailto:mail@example.org">mail@example.org</a>へ'),
    ("10~20~30", "<p>10~20~30</p>"),
    ("用語\n: 説明", "<dl>\n<dt>用語</dt>\n<dd>説明</dd>\n</dl>"),
    ("- [ ] 未\n- [x] 済", "<li>☐ 未</li>\n<li>☑ 済</li>"),
]


@pytest.mark.parametrize(("text", "expected"), MEANT)
def test_a_difference_from_github_is_meant(text: str, expected: str) -> None:
    assert expected in page_html(text)


HEADS = [
    "・",
    "･",
    "①",
    "⑴",
    "（1）",
    "（１）",
    "(ア)",
    "（ア）",
    "ア　",
    "ア．",
    "一　",
    "１）",
    "１．",
    "○",
    "●",
    "◇",
    "■",
    "※",
    "㋐",
    "第１　",
]


@pytest.mark.parametrize("head", HEADS)
def test_a_line_with_a_japanese_sign_at_its_head_stays_a_line(head: str) -> None:
    assert page_html(f"次のとおりです。\n{head}川\n{head}森").count("<br>") == 2
    assert page_html(f"- 項目\n  {head}川\n  {head}森").count("<br>") == 2
    assert page_html(f"> {head}川\n> {head}森").count("<br>") == 1


@pytest.mark.parametrize("line", ["アの川", "川・森", "1年めの", "（川と森）を", "第1次の計画", "一つめの", "い草の"])
def test_another_line_is_joined_with_the_line_before(line: str) -> None:
    assert "<br>" not in page_html(f"市民の\n{line}取組")


def test_addresses_in_links_code_and_raw_html_are_no_further_links() -> None:
    for text in (
        "[https://example.org](index.html)",
        "`https://example.org`",
        '<a href="https://example.org">https://example.org</a>',
        "![https://example.org](a.png)",
        "    https://example.org",
    ):
        assert page_html(text).count("<a ") <= 1, text
        assert page_html(text).count("https://example.org") == text.count("https://example.org"), text


# --- what is reported ---

PLAN = "計画: {名称: 文}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - id: one\n    名称: 一つめ\n"
REPORTED = [
    ("| a | b |\n|---|---|\n| c | d |▲ e |", "extra-cell"),
    ("▲｜a｜b｜\n｜－｜－｜\n｜c｜d｜", "not-a-table"),
    ("文\n▲| a | b |\n| c | d |", "not-a-table"),
    ("▲| a | b |\n|---|\n| c | d |", "not-a-table"),
    ("▲a | b\n---|---|---\nc | d", "not-a-table"),
    ("> 引用\n▲| a | b |\n|---|---|\n| c | d |", "not-a-table"),
    ("▲＃＃ 今の様子", "full-width-sign"),
    ("- 項\n  ▲＃ 今の様子", "full-width-sign"),
    ("用語\n▲： 説明", "full-width-sign"),
    ("▲＞　引用", "full-width-sign"),
    ("文の▲＊＊太字＊＊です", "full-width-sign"),
    ("くわしくは▲［市］（https://example.org/）へ", "full-width-sign"),
    ("▲<details>\n中\n</details>", "removed-html"),
    ('文▲<iframe src="https://example.org"></iframe>', "removed-html"),
    ("▲<font color=red>字</font>", "removed-html"),
    ("▲<center>字</center>", "removed-html"),
    ('<p ▲style="color:red">字</p>', "removed-html"),
    ("<b ▲class=x>字</b>", "removed-html"),
    ("▲<NPO>法人", "removed-html"),
    ("文\n\n▲<style>p {}</style>", "removed-html"),
    ("▲```\n文\n\nくわしく", "open-code"),
    ("文\n\n▲<!-- 閉じない\n\n文", "open-code"),
    ("> ▲[!NOTE]\n> 文", "github-box"),
    ("題\n▲===\n文", "heading-level"),
    ("▲---\ntitle: x\n---\n文", "front-matter"),
]


@pytest.mark.parametrize("where", ["content/pages/p.md", "content/nodes/one.md", "plan.yaml"])
@pytest.mark.parametrize(("typed", "rule"), REPORTED)
def test_what_the_page_does_not_show_is_reported_at_its_place(
    typed: str, rule: str, where: str, plan_of: Callable[..., Path]
) -> None:
    block = "    本文: |\n" + "".join(f"      {line}\n" if line else "\n" for line in typed.split("\n"))
    page = f"# 題\n\n{typed}\n"
    source = {"plan.yaml": PLAN + block, "content/pages/p.md": page}.get(where, f"{typed}\n")
    if rule == "front-matter" and where == "content/pages/p.md":
        source = f"{typed}\n"
    root = plan_of(PLAN)
    (root / where).parent.mkdir(parents=True, exist_ok=True)
    (root / where).write_text(source.replace("▲", ""), encoding="utf-8")
    report = parse.read_plan(root).report
    before = source[: source.index("▲")]
    place = (where, before.count("\n") + 1, len(before) - before.rfind("\n"), rule)
    found = [(m.span.file, m.span.line, m.span.column, m.rule) for m in (*report.errors, *report.notices)]
    assert found == [place]
    (reported,) = (*report.errors, *report.notices)
    assert reported.hint
    for fix in reported.fixes:
        file = parse.EditedFile((root / where).read_bytes())
        assert file.add(fix.edits)
        (root / where).write_bytes(file.data())
        report = parse.read_plan(root).report
        assert where == "content/pages/p.md" or [*report.errors, *report.notices] == []
        assert rule not in {m.rule for m in (*report.errors, *report.notices)}


@pytest.mark.parametrize(
    "text",
    [
        "`<details>` と \\<font> と 1 < 2",
        "```\n<iframe>\n| a | b |\n| c |\n＃＃ 見出し\n```",
        "A｜B の 2 つ",
        "| a | b |\n|---|---|\n| [[one|あちら]] | c \\| d |",
        "<ruby>苫<rt>とま</rt></ruby><br><!-- 覚え書き -->",
        '<table><tr><td colspan="2" align="right">字</td></tr></table>',
        "＃1 の地点、10＞5、A：B",
        "> 引用\n\n題\n---\n\n### 下の題\n\n---\n\n文",
    ],
)
def test_a_sound_text_has_no_notice(text: str, plan_of: Callable[..., Path]) -> None:
    report = report_of(plan_of(PLAN, pages__p=f"# 題\n\n{text}\n"))
    assert (*report.errors, *report.notices) == ()


TABLE_PIECES = (
    "| a | b |",
    "|---|---|",
    "| c | d |",
    "| e |",
    "|---|",
    "\n",
    "\n\n",
    "文",
    "- 項",
    "  ",
    "> ",
    "＃＃ 見出し",
    "[[a|b]]",
    "|",
)


@given(st.lists(st.sampled_from(TABLE_PIECES), max_size=12).map("\n".join))
@settings(max_examples=examples(2_000), deadline=None)
def test_a_text_that_is_not_read_by_blocks_has_no_notice(text: str) -> None:
    if not sound_tables.has_only_sound_tables(text):
        return
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(markdown_notices, "has_only_sound_tables", lambda _: False)
        assert markdown_notices.markdown_notices(Markdown(text, SourceSpan("plan.yaml", 1, 1))) == []


def test_most_texts_with_a_table_are_not_read_by_blocks() -> None:
    assert sound_tables.has_only_sound_tables("文\n\n| a | b |\n|---|--:|\n| c | d |\n\n文")
    for text in (
        "文\n| a |\n|---|",
        "| a |\n|---|\n| b | c |",
        "| a |\n| b |",
        "a | b\n--|--",
        "- 項\n  | a |\n  |---|",
    ):
        assert not sound_tables.has_only_sound_tables(text), text


def test_the_page_for_editors_lists_each_difference() -> None:
    page = (ROOT / "docs" / "markdown.md").read_text(encoding="utf-8")
    for typed in ("10*20*30", "**「水」**を", "。", "10~20~30", ": 説明", "[[id]]", "・"):
        assert typed in page
