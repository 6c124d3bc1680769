"""The first real use of each term on a page links to the glossary; a part of a longer word does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook import markdown, parse
from handbook.model import TermFinder
from handbook.site import build_site

PLAN = """\
計画:
  名称: 架空市 まちの計画
階層:
  - {名称: 柱, path: pillars}
対象: [子ども, 市民]
組織: [公園課, みどりかわ室]
柱:
  - id: one
    名称: ふれあい公園をつくる
    よみ: ふれあいこうえんをつくる
    対象: [市民]
    担当課: [公園課]
"""
TERMS = (
    "公園",
    "市民",
    "子",
    "会館",
    "まち",
    "みどり",
    "NPO",
    "ボランティア",
    "協働",
    "学",
    "わき水",
    "NPO法人",
    "SDGs",
)
WHOLE_WORDS = (
    "[公園]の木",
    "近くの[公園]、",
    "[公園]で遊ぶ",
    "[市民]が",
    "[市民]たちと",
    "[協働]する",
    "[協働]した",
    "[まち]に",
    "うつくしい山と[まち]",
    "ＮＰＯ|[ＮＰＯ]と",
    "[NPO法人]など",
    "[NPO]団体",
    "[ボランティア]活動",
    "ﾎﾞﾗﾝﾃｨｱ|[ﾎﾞﾗﾝﾃｨｱ]の",
    "市⺠|[市⺠]の",
    "「[公園]」",
    "つくる[公園]",
    "[わき水]を",
    "この[SDGs]は",
)
LONGER_WORDS = (
    *(
        "公園課が",
        "児童公園で",
        "市民会館で",
        "新市民と",
        "子どもが",
        "様子を",
        "子供と",
        "まちづくり",
        "まちなか",
        "まちかど",
    ),
    *(
        "NPOs",
        "eNPO",
        "NPO2",
        "ボランティアセンター",
        "シニアボランティア",
        "学びの場",
        "学ぶ",
        "ふれあい公園で",
        "みどりかわ室へ",
    ),
    *("公園々", "つまち", "協働体制", "ＳＤＧｓｘ", "公園ヶ丘", "子ども会", "市⺠会館"),
)


def found(text: str) -> str:
    """Return a text with `[ ]` around each term that is a word of its own."""
    finder = TermFinder(TERMS, ["公園課", "みどりかわ室", "子ども"], ["ふれあい公園", "つくる公園"])
    parts, end = [], 0
    for match in finder.find(text):
        parts += [text[end : match.start], f"[{text[match.start : match.end]}]"]
        end = match.end
    return "".join([*parts, text[end:]])


@pytest.mark.parametrize("text", WHOLE_WORDS)
def test_a_term_is_found_as_a_word(text: str) -> None:
    expected = text.partition("|")[2] or text
    assert found(re.sub(r"[\[\]]", "", expected)) == expected


@pytest.mark.parametrize("text", LONGER_WORDS)
def test_a_term_is_not_found_in_a_longer_word(text: str) -> None:
    assert found(text) == text


def test_every_occurrence_in_a_long_text_is_found_where_it_is() -> None:
    text = "公園課は市民会館の近くの公園で、ＮＰＯと市民のまちづくり。" * 50
    assert found(text) == "公園課は市民会館の近くの[公園]で、[ＮＰＯ]と[市民]のまちづくり。" * 50


@pytest.fixture
def links(plan_of: Callable[..., Path]) -> Callable[[str], list[tuple[str, str]]]:
    def of_text(text: str) -> list[tuple[str, str]]:
        glossary = "# 用語\n\n" + "\n\n".join(f"{term}\n: 説明" for term in TERMS)
        site = build_site(parse.load_plan(plan_of(PLAN, pages__glossary=glossary, nodes__one=text)))
        (text_html,) = markdown.lazy_texts(site).html_by_page["pillars/one.html"].values()
        return re.findall(r'(\S{0,9})<a href="\.\./glossary\.html#term_[^"]*">(.*?)</a>', text_html.html)

    return of_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公園課の公園。公園。", [("<p>公園課の", "公園")]),
        ("## 公園\n\n公園です。", [("<p>", "公園")]),
        ("`公園`と[公園](https://example.org/)と公園", [("</a>と", "公園")]),
        ("~~~\n公園\n~~~\n\n公園です", [("<p>", "公園")]),
        ("<!-- 公園 -->公園です", [("", "公園")]),  # as on GitHub, a line that begins with a comment is no paragraph
        ("まず<!-- 公園 -->公園です", [("<p>まず", "公園")]),
        ('<a href="https://example.org/">公園</a>と公園', [("</a>と", "公園")]),
        ("<code>公園</code>と<kbd>公園</kbd>と公園", [("</kbd>と", "公園")]),
        ("<script>公園</script>\n\n公園です", [("<p>", "公園")]),
        ("<ruby>公園<rt>公園</rt></ruby>の公園", [("<ruby>", "公園")]),
        ("**公園**課と公園", [("ong>課と", "公園")]),
        ("**公園**と公園", [("trong>", "公園")]),
        ("公\n園です", [("<p>", "公園")]),
        ("<del>公園</del>公園", [("</del>", "公園")]),
        ("| 公園課 | 公園 |\n|---|---|\n| 公園 | 市民 |", [("<th>", "公園"), ("<td>", "市民")]),
        ("<div>公園</div>", [("<div>", "公園")]),
        ("[[one|公園]]と公園", [("</a>と", "公園")]),
        ("![公園](https://example.org/a.png)公園", [("", "公園")]),
        ("学びの公園課", []),
    ],
)
def test_the_first_real_use_gets_the_link(
    text: str, expected: list[tuple[str, str]], links: Callable[[str], list[tuple[str, str]]]
) -> None:
    assert [
        (before[-len(wanted[0]) :] if wanted[0] else "", name)
        for (before, name), wanted in zip(links(text), expected, strict=True)
    ] == expected


def test_a_term_in_many_nested_elements_is_linked(links: Callable[[str], list[tuple[str, str]]]) -> None:
    assert len(links("<div>" * 3_000 + "公園" + "</div>" * 3_000)) == 1


def test_names_of_nodes_list_terms_also_before_general_words() -> None:
    finder = TermFinder(["協働", "公園"])
    names = ("協働体制の充実", "協働事業", "公園課の仕事", "協働体制課")
    assert [[match.name for match in finder.find(name, in_compounds=True)] for name in names] == [
        ["協働"],
        ["協働"],
        [],
        [],
    ]
