"""Markdown: line breaks for Japanese text, links to nodes, and no executable content."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import PICTURE, built
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.html_page import page
from support.random_examples import examples

from handbook import parse, site
from handbook.diagnostics import SourceError, SourceSpan
from handbook.markdown import fast_path
from handbook.markdown.renderer import MarkdownRenderer
from handbook.model import Markdown

HEAD = """
計画: {名称: 文}
階層:
  - {名称: 柱, path: pillars}
柱:
  - {id: one, 名称: 一つめ}
  - {id: two, 名称: 二つめ}
"""


@pytest.fixture
def html(plan_of: Callable[..., Path]) -> Callable[[str], str]:
    def made(markdown: str) -> str:
        built.cache_clear()
        root = plan_of(HEAD, pages__text=f"# 題\n\n{markdown}\n")
        (root / "content/images").mkdir(exist_ok=True)
        (root / "content/images/one.png").write_bytes(PICTURE)
        return built(root)[1]["text.html"]

    return made


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("市民一人\nひとりが", "市民一人ひとりが"),
        ("**重点**\n次の行", "<strong>重点</strong>次の行"),
        ("文です。\n3つあります", "文です。3つあります"),
        ("- 市民の\n  学び", "市民の学び"),
        ("English\nwords", "English\nwords"),
        ("施策**「重点」**を", "施策<strong>「重点」</strong>を"),
        ("- [ ] 未\n- 他", '<li class="task">☐ 未</li><li>他</li>'),
        ("次の 2 つ\n・川\n・森", "次の 2 つ<br>\n・川<br>\n・森"),
        ("[[one]]へ", '<a href="pillars/one.html">一つめ</a>へ'),
        ("[[two|あちら]]へ", '<a href="pillars/two.html">あちら</a>へ'),
        ("[[数:柱]]本の柱", "2本の柱"),
        (r"\[[one]]", "[[one]]"),
        ("名 | 先\n--|--\n一 | [[two|あちら]]", '<td><a href="pillars/two.html">あちら</a></td>'),
        ("```\n## 見出しではない\n[[nobody]]\n```", "## 見出しではない\n[[nobody]]"),
        ("`[[nobody]]`", "<code>[[nobody]]</code>"),
        ("![絵](images/one.png)", 'src="images/one.png"'),
        ("`1.10`と`0120`", "<code>1.10</code>と<code>0120</code>"),
        ("<ruby>苫小牧<rp>(</rp><rt>とまこまい</rt><rp>)</rp></ruby>", "<rt>とまこまい</rt>"),
        ("{{ 7*7 }}{% x %}", "{{ 7*7 }}{% x %}"),
    ],
)
def test_typed_text_is_rendered(html: Callable[[str], str], typed: str, expected: str) -> None:
    assert expected in html(typed)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=images/one.png onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        '<a href="data:text/html,x">x</a>',
        "<svg onload=alert(1)></svg>",
        "<iframe src='//x'></iframe>",
        "<style>*{display:none}</style>",
        '<p style="position:fixed">x</p>',
        '<form action="//x"><input></form>',
        "<base href='//x'>",
        '<meta http-equiv="refresh" content="0">',
    ],
)
def test_no_typed_text_can_run_code_or_load_other_sites(html: Callable[[str], str], hostile: str) -> None:
    if "](" in hostile or "data:" in hostile:  # a removed link is an error
        with pytest.raises(SourceError) as caught:
            html(hostile)
        assert {mistake.rule for mistake in caught.value.mistakes} == {"removed-link"}
        return
    made = html(f"前\n\n{hostile}\n\n後")
    (text,) = page(made).all("div", class_="prose")
    tags = {element.tag for element in text.all()}
    assert tags.isdisjoint({"script", "svg", "iframe", "style", "form", "input", "base", "meta"})
    for element in text.all():
        assert not any(name.startswith("on") or name == "style" for name in element.attrs)
        assert not element.attrs.get("href", "").lower().startswith(("javascript", "data", "vbscript"))


def test_links_and_images_in_the_text_of_a_node_are_relative_to_the_site(plan_of: Callable[..., Path]) -> None:
    root = plan_of(HEAD, nodes__one="![絵](images/one.png) [構造図](structure.html#table) 注[^1]\n\n[^1]: 脚注\n")
    (root / "content/images").mkdir()
    (root / "content/images/one.png").write_bytes(PICTURE)
    text = built(root)[1]["pillars/one.html"]
    assert 'src="../images/one.png"' in text
    assert 'href="../structure.html#table"' in text
    assert "本文の脚注 1 にもどる" in text


def test_a_new_heading_changes_no_other_anchor(html: Callable[[str], str]) -> None:
    before = {
        e.attrs["id"] for e in page(html("## 計画の組み立て\n\n## 番号 1-1 の読み方")).all("h2") if "id" in e.attrs
    }
    after = {e.attrs["id"] for e in page(html("## はじめに\n\n## 計画の組み立て\n\n## 番号 1-1 の読み方")).all("h2")}
    assert before == {"計画の組み立て", "番号-1-1-の読み方"}
    assert before < after


def test_a_table_has_a_scrollable_box_and_keeps_its_alignment(html: Callable[[str], str]) -> None:
    read = page(html("名 | 数\n--- | ---:\nあ | 1.10"))
    (box,) = read.all("div", class_="scroll")
    assert box.attrs["tabindex"] == "0"
    assert box.all("td", class_="align-right")[0].words == "1.10"


def test_names_break_between_phrases_only(plan_of: Callable[..., Path]) -> None:
    text = HEAD.replace("一つめ", "学習グループや生涯学習関連団体・企業などとの連携")
    name = page(built(plan_of(text))[1]["pillars/one.html"]).all("h1")[0]
    phrases = [span.words for span in name.all("span", class_="phrase")]
    assert name.words.strip() == "".join(phrases) == "学習グループや生涯学習関連団体・企業などとの連携"
    assert len(phrases) > 2
    assert not any(phrase.startswith(("・", "、", "」")) for phrase in phrases)


PIECES = [
    *"学びAé9。、・「」.!?(){}^\"'=+-:/|*_#>~<&`\\[]",
    *(" ", "  ", "\n", "\n\n", "\n\n\n", "\t", "\u3000", "\u200b"),
    *("\n- ", "- ", "* ", "1. ", "１. ", "## ", "\n: ", "> ", "---", "===", "\n- 学", "\n- び"),
    *("**", "**太い**", "__", "[[one]]", "[[two|あちら]]", "[[one| a ]]", "[[数:柱]]", "[^1]"),
    *("| a | b |\n|---|---|\n| c | [[one]] |", "|a|b|\n|---|---|\n|c|d|", "\n| e | f |", "| --- |"),
    *("\n・", "\n（1）", "\nア　", "~~", "www.a.b", "3*4", "[ ] ", "HTTP://a.b"),
    *("http://a.b", "a@b.c", "&amp;", "<b>", "言葉", "ことば"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=examples(1_500), deadline=None)
@example("#**太い**")
@example("- a\n\n- b")
@example("| a | b |\n|---|---|\n| c | d |\n\n- **x**[[one]]")
def test_the_fast_path_renders_as_the_full_markdown(text: str) -> None:
    fast = render(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fast_path, "simple_markdown_to_html", lambda *_: None)
        assert fast == render(text)


def render(text: str) -> object:
    """Return the rendered text, or the unknown id of a link. In a build the parser reports unknown ids before."""
    try:
        return small_renderer().render_page(
            {"body": Markdown(text, SourceSpan("plan.yaml", 1, 1))}, "../", link_terms=True
        )
    except KeyError as unknown:
        return str(unknown)


def test_simple_texts_take_the_fast_path() -> None:
    made = fast_path.simple_markdown_to_html(
        "学ぶ**機会**です。\n次の行\n\n- 一\n- 二\n\n| a | b |\n|---|---|\n| c | d |", lambda *_: None
    )
    assert made
    assert made.startswith("<p>学ぶ<strong>機会</strong>です。\n次の行</p>\n<ul>\n<li>一</li>")
    for text in ("a `b`", "1. a", "- a\n- - b", "*a*", "## a", "a  \nb", "<b>", "[a](b)"):
        assert fast_path.simple_markdown_to_html(text, lambda *_: None) is None


@cache
def small_renderer() -> MarkdownRenderer:
    """Return the renderer of a plan with two nodes and one glossary term."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "plan.yaml").write_text(HEAD, encoding="utf-8")
        (root / "content/pages").mkdir(parents=True)
        (root / "content/pages/glossary.md").write_text("# 用語\n\n言葉\n: ことばのこと\n", encoding="utf-8")
        return MarkdownRenderer(site.build_site(parse.load_plan(root)))
