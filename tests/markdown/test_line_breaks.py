"""No line of a name begins or ends inside a word: in the rules, on pages, in diagrams and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from pathlib import Path

import budoux
import pytest
from conftest import BookletSite, built
from hypothesis import given, settings
from hypothesis import strategies as st
from support.html_page import Element, page
from support.random_examples import examples

from handbook.markdown.break_rules import BudouxModel, short_phrases, split_name
from handbook.markdown.word_lists import Vocabulary

PARSER = budoux.load_default_japanese_parser()
MODEL = BudouxModel(PARSER.model)
PLAN_WORDS = ("架空市", "あおぞら市", "かがみ沼", "ほたる川", "みどり公園課", "学びの循環", "重点の柱", "はぐくみ隊")
"""Words that a plan may define: a municipality, terms, a department, a level, another spelling."""
PHRASES = """
第2期 |架空市 |みどりと|水辺の|計画|（架空の|例）
第四次 |架空市生涯学習推進基本計画
障がいのある人の|学習支援
水辺が|よみがえり、|みどりが|人を|つなぐ|まち
長生大学の|充実、|健康や|生きがいを|考える|学習機会の|充実・支援
計画の|進みぐあいの|公表
外来の|水草の|取りのぞき
まちに即した|生涯学習推進体制
地域の|つながりを|創り出すコーディネーターの|育成・支援
今日的課題について|考える|学習機会|(市民塾・講座など)の|設定
ほたる川・かがみ沼の|水質調査
誰もが|安心して|暮らせる|支え合いの|まちづくり
ICTの|活用による|学習支援の|充実
NATURAL |RESOURCES |MANAGEMENT
Wi-Fiスポットの|整備
e-ラーニングの|活用
1人1台端末の|活用
みどり公園課の|担当
語り継ぐ|戦争の|記憶
しだれ桜の|保護
こども家庭センターの|設置
読み聞かせボランティアの|養成
いのちを|守り、|いのちを|つなぐ
子どもの|居場所づくりと|見守り活動の|推進
お互いを|認め合う|社会
"""
"""Names and the phrases that a reader takes them in."""
WHOLE = """
障がい 障がいのある 生きがい やりがい よみがえ 進みぐあい 取りのぞき 第四次 第六次 架空市
あおぞら市 かがみ沼 ほたる川 みどり公園課 学びの循環 重点の柱 はぐくみ隊 青少年 資金 計画 課題
方針 体制 推進 高等教育 市民 子ども 支え合い 学び直し 見守り 取り組み 貸し出し 担い手
まちづくり 居場所 働き方改革 ボランティア コーディネーター ネットワーク センター サービス
リサイクル について による における RESOURCES MANAGEMENT Wi-Fi 2.5次
30人 令和8年度 しだれ桜 認め合う 語り継ぐ 受け入れ 植え替え
"""
"""Words that no line breaks inside."""
SITUATIONS = """
{}の充実
{}に親しむまちづくり
みんなで支える{}
地域における{}の推進体制の強化
{}と{}
第六次架空市{}基本計画
「{}」を育むコーディネーターの育成・支援
市民と{}をつなぐ高等教育機関のネットワーク化
"""
"""Names with a word in the middle."""


def cut_words(pieces: Iterable[str], words: Iterable[str]) -> list[str]:
    """Return the words that are cut where one piece ends and the next one begins."""
    pieces = [re.sub(r"\s", "", piece) for piece in pieces]
    text, ends = "".join(pieces), {*accumulate(map(len, pieces))}
    return [
        f"{word} in {'|'.join(pieces)[:80]}"
        for word in words
        for found in re.finditer(f"(?={re.escape(word)})", text)
        if ends & {*range(found.start() + 1, found.start() + len(word))}
    ]


def phrases_of(name: str) -> list[str]:
    return ["".join(words) for words in split_name(name, MODEL, Vocabulary(PLAN_WORDS))]


def words_of(name: str) -> list[str]:
    """Return the finest pieces that a name breaks into."""
    return [word for words in split_name(name, MODEL, Vocabulary(PLAN_WORDS)) for word in words]


def names_with(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        for situation in SITUATIONS.split():
            yield situation.format(word, word)


def test_names_are_split_into_the_phrases_of_a_reader() -> None:
    for line in PHRASES.strip().splitlines():
        assert "|".join(phrases_of(line.replace("|", ""))) == line


def test_no_word_is_split_in_any_name() -> None:
    faults = [fault for name in names_with(WHOLE.split()) for fault in cut_words(words_of(name), WHOLE.split())]
    assert faults == []


def test_a_split_word_is_reported() -> None:
    assert cut_words(["障が", "いのある人"], WHOLE.split()) == [
        "障がい in 障が|いのある人",
        "障がいのある in 障が|いのある人",
    ]
    budoux_alone = [cut_words(PARSER.parse(name), WHOLE.split()) for name in names_with(WHOLE.split())]
    assert sum(map(len, budoux_alone)) > 50


def test_long_phrases_are_divided_between_their_words() -> None:
    name = "苫小牧市生涯学習推進基本計画"
    assert short_phrases(split_name(name, MODEL, Vocabulary(["苫小牧市"]))) == ("苫小牧市生涯学習推進", "基本計画")
    assert short_phrases(split_name("スクールソーシャルワーカーの配置", MODEL, Vocabulary())) == (
        "スクールソーシャル",
        "ワーカーの",
        "配置",
    )


@given(st.text("あいのがをに学障生計画ボラ・、。「」（）(A1 -ー", max_size=14))
@settings(max_examples=examples(1_500), deadline=None)
def test_the_words_of_a_name_are_the_name(name: str) -> None:
    assert "".join(words_of(name)) == name
    assert all(words_of(name)) or not name


@given(st.text("あいのがをに学障生計画ボラ・、。「」（）(A1 -ー", min_size=1, max_size=14))
@settings(max_examples=examples(1_500), deadline=None)
def test_scores_at_single_offsets_are_those_of_budoux(text: str) -> None:
    ends = {*accumulate(map(len, PARSER.parse(text)))} - {len(text)}
    assert MODEL.breaks(text, range(1, len(text))) == ends


# --- finished outputs ---


def plan_words(site: object) -> set[str]:
    """Return the words that a plan defines, and those of WHOLE."""
    plan = site.plan  # type: ignore[attr-defined]
    words = {*WHOLE.split(), plan.municipality, *(level.name for level in plan.levels)}
    words |= {term.name for term in plan.terms} | {department.name for department in plan.departments}
    words |= {spelling for group in plan.spellings for spelling in group}
    return {word for word in words if 1 < len(word) <= 10}


def html_lines(top: Element) -> Iterator[list[str]]:
    """Yield each name as the parts that lines break between."""
    for element in [top, *top.all()]:
        if any(isinstance(part, Element) and part.attrs.get("class") == "phrase" for part in element.parts):
            yield [part if isinstance(part, str) else part.words for part in element.parts]


def svg_lines(top: Element) -> Iterator[list[str]]:
    """Yield the lines of each box of a diagram."""
    for text in top.all("text"):
        yield [span.words for span in text.all("tspan") if span.attrs.get("class") != "tag"]


def output_lines(files: dict[str, str]) -> Iterator[list[str]]:
    """Yield the lines of the names on the pages and in the diagrams of a site."""
    for path, text in files.items():
        if path.endswith(".html"):
            yield from html_lines(page(text))
        if path.endswith((".svg", ".html")) and "<svg" in text:
            yield from svg_lines(page(text))


@pytest.mark.parametrize("plan", ["real", "example"])
def test_no_word_is_split_on_pages_and_in_diagrams(plan: str, request: pytest.FixtureRequest) -> None:
    site, files = request.getfixturevalue(plan)
    lines = list(output_lines(files))
    assert sum(len(pieces) > 1 for pieces in lines) > 200
    assert [fault for pieces in lines for fault in cut_words(pieces, plan_words(site))] == []


def test_no_word_is_split_in_a_plan_of_many_levels_and_long_names(plan_of: Callable[..., Path]) -> None:
    names = [*names_with(WHOLE.split())]
    rows = "".join(f"  - {{id: n{number}, 名称: '{name}'}}\n" for number, name in enumerate(names))
    plan = "計画:\n  名称: 第六次架空市基本計画\n  自治体: 架空市\n階層: [{名称: 重点の柱, path: pillars}]\n"
    plan += f"重点の柱:\n{rows}組織: [みどり公園課]\n異表記:\n  - [はぐくみ隊, 育み隊]\n  - [ほたる川, 蛍川]\n"
    glossary = "# 用語集\n\n" + "".join(f"{term}\n: 説明\n\n" for term in ("学びの循環", "かがみ沼", "あおぞら市"))
    site, files = built(plan_of(plan, pages__glossary=glossary))
    lines = list(output_lines(files))
    assert len(lines) > len(names)
    assert [fault for pieces in lines for fault in cut_words(pieces, plan_words(site))] == []


def test_no_word_is_split_on_paper(booklet_site: BookletSite) -> None:
    site, _, printed = booklet_site
    pages = [printed.text(number).splitlines() for number in range(1, len(printed) + 1)]
    assert sum(map(len, pages)) > 500
    assert [fault for lines in pages for fault in cut_words(lines, plan_words(site))] == []
    assert "\u200b" not in "".join(line for lines in pages for line in lines)
