"""Every question about a Markdown text is answered by the converter that makes the pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import built
from support.building import report_of

from handbook import parse

PLAN = """計画: {名称: 文, 公開URL: https://example.org/}
階層:
  - {名称: 柱, path: pillars}
  - {名称: 取組, path: efforts}
柱:
  - id: one
    名称: 一つめ
    取組:
      - {id: read, 名称: 読書}
"""


def found(plan_of: Callable[..., Path], text: str) -> list[tuple[int, str]]:
    """Return the line, counted from the first of the text, and the rule of each error or notice on a page."""
    root = plan_of(PLAN, pages__note=f"# 題\n\n{text}\n")
    result = parse.read_plan(root).report
    return [(m.span.line - 2, m.rule) for m in (*result.errors, *result.notices)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```\n#### 見出し\n```", []),
        ("````\n```\n#### 見出し\n````", []),
        ("```\n#### 見出し", [(1, "open-code")]),
        ("~~~\n```\n~~~\n\n#### 見出し", [(5, "heading-level")]),
        ("```\nコード\n``` 続き\n\n#### 見出し", [(1, "open-code")]),
        ("<pre>\n#### 見出し\n</pre>", []),
        ("<!--\n#### 見出し\n-->", []),
        ("> #### 見出し\n", []),
        ("- ```\n  #### 見出し\n  ```", []),
        ("    #### 見出し", []),
    ],
)
def test_a_heading_is_what_the_page_shows_as_one(
    text: str, expected: list[tuple[int, str]], plan_of: Callable[..., Path]
) -> None:
    assert found(plan_of, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("文[^1]\n\n[^1]: 説明", []),
        ("文`[^1]`", []),
        ("```\n文[^1]\n```", []),
        ("文[^1]\n\n```\n[^1]: 説明\n```", [(1, "footnote-pair")]),
        ("```\n文[^1]\n\n[^1]: 説明", [(1, "open-code")]),
        ("文[^1]\n\n[^1]: 一\n[^1]: 二", [(3, "footnote-pair")]),
        ("文[^1]\n\n[^1]: 一\n\n<!--\n[^1]: 二\n-->", []),
        ("文 <!-- [^1] --> 文", []),
        (r"文\[^1]", []),
        ("文[^1]、[^1]、**[^2]**\n\n[^1]: 一[^2]\n[^2]: 二", []),
    ],
)
def test_a_footnote_is_what_the_page_shows_as_one(
    text: str, expected: list[tuple[int, str]], plan_of: Callable[..., Path]
) -> None:
    assert found(plan_of, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 つの取組です。", [(1, "count-differs")]),
        ("`5 つの取組`です。", []),
        ("```\n5 つの取組\n```", []),
        ("```\n5 つの取組", [(1, "open-code")]),
        ("文 <!-- 5 つの取組 --> 文", []),
        ("- 一\n\n        5 つの取組\n- 5 つの取組", [(4, "count-differs")]),
    ],
)
def test_a_count_in_code_is_no_claim(text: str, expected: list[tuple[int, str]], plan_of: Callable[..., Path]) -> None:
    assert found(plan_of, text) == expected


def test_a_term_of_the_glossary_is_what_the_page_shows_as_one(plan_of: Callable[..., Path]) -> None:
    text = "# 用語\n\n言葉（ことば）\n: 説明\n\n```\nコード\n: これは例\n```\n\n<!--\n注\n: これも例\n-->\n"
    root = plan_of(PLAN, pages__glossary=text)
    assert [term.name for term in parse.load_plan(root).terms] == ["言葉"]
    assert not report_of(root).notices


@pytest.mark.parametrize(("first", "second"), [("NPO", "ＮＰＯ"), ("⼦育て", "子育て"), ("葛\U000e0100城", "葛城")])
def test_two_terms_that_look_alike_are_one_word(plan_of: Callable[..., Path], first: str, second: str) -> None:
    report = parse.read_plan(plan_of(PLAN, pages__glossary=f"# 用語\n\n{first}\n: 説明\n\n{second}\n: 説明\n")).report
    (mistake,) = report.errors
    assert (mistake.rule, mistake.span.line) == ("duplicate-word", 6)
    assert f"`{second}`（`{first}` と同じ言葉とみなします）" in mistake.message


def test_references_in_code_are_left_in_the_data_and_others_are_named(plan_of: Callable[..., Path]) -> None:
    text = "[[ read ]]と`[[read]]`と`[[none]]`と\\[[read]]。\n\n```\n[[none]]\n```"
    root = plan_of(PLAN, nodes__one=text, pages__note=f"# 題\n\n```\nコード\n```\n\n{text}\n")
    files = built(root)[1]
    assert "読書と`[[read]]`と`[[none]]`と\\[[read]]。" in files["data/plan-stratml.xml"]
    assert 'content="読書と`[[read]]`と' in files["note.html"], "the description is no line of code"


def test_a_reference_in_raw_html_is_a_link(plan_of: Callable[..., Path]) -> None:
    raw = "<div>[[read]]と[[read|本 & 紙]]と[[数:取組]]<code>[[none]]</code> \\[[none]]</div>"
    page = built(plan_of(PLAN, pages__note=f"# 題\n\n{raw}\n"))[1]["note.html"]
    assert '<a href="efforts/read.html">読書</a>と<a href="efforts/read.html">本 &amp; 紙</a>と1' in page
    assert "<code>[[none]]</code>" in page
