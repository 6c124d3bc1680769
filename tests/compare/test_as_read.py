"""The council's comparison shows texts as they are read, names editions as the plan does, and keys at its end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command_line import run
from support.pdf_document import PdfDocument
from support.random_examples import examples

from handbook import booklet, compare, parse, render
from handbook.compare.as_read import as_read, new_converter, text_lines
from handbook.compare.word_diff import ELLIPSIS, diff_words
from handbook.html_tree import parse_page, visible_text
from handbook.model import Comparison, Edition, TextLine

HEAD = """計画: {名称: 架空市みどり計画, 期間: 令和4年度〜令和8年度, 更新日: DAY}
階層:
  - {名称: 柱, path: PATH, 記号: SIGN}
異表記:
  - [子ども, WORD]
柱:
  - id: one
    名称: 川をまもる
    よみ: KANA
    本文: |
"""
OLD = """## 今の様子

川の水を**必ず**調べます。くわしくは[[one|この柱]]と[国の手引](https://example.org/old)を見ます。

| 場所 | 地点 |
|---|--:|
| ほたる川 上流 | 3 |
| ほたる川 下流 | 2 |

1. 調べる。
2. 直す。
    - 小さく始める。

書き方は `**太字**` です。
"""
NEW = OLD.replace("今の様子", "これまでの様子").replace("上流 | 3", "上流 | 4").replace("調べます", "測ります")
NEW = NEW.replace("example.org/old", "example.org/new").replace("小さく", "大きく")
MARKS = re.compile(r"^#{1,6} |\*\*|\]\(|\[\[|^\s*[-*+] |\|")
"""Marks of Markdown at which a reader of a text would stumble."""


def plan_text(body: str, **values: str) -> str:
    head = HEAD
    for name, value in values.items():
        head = head.replace(name, value)
    return head + "".join(f"      {line}\n" if line else "\n" for line in body.split("\n"))


@cache
def sides() -> tuple[Comparison, Edition, Edition]:
    editions = []
    texts = (
        plan_text(OLD, DAY="2026-04-01", PATH="pillars", SIGN="○", WORD="子供", KANA="かわをまもる"),
        plan_text(NEW, DAY="2026-09-01", PATH="pillar", SIGN="◎", WORD="こども", KANA="かわをまもるよ"),
    )
    for text in texts:
        with TemporaryDirectory() as folder:
            (Path(folder) / "plan.yaml").write_text(text, encoding="utf-8")
            editions.append(parse.load_edition(folder, Path(folder)))
    before, after = editions
    return compare.compare_plans(before.plan, after.plan), before, after


@cache
def outputs() -> dict[str, str]:
    """Return the text of the comparison in each form, as its reader sees it."""
    found, before, after = sides()
    theme = parse.load_theme(ROOT / "example")
    html = render.comparison_html(found, before, after, theme).decode()
    pdf = PdfDocument(booklet.comparison_pdf(found, before, after, theme))
    markdown = compare.comparison_markdown(found, before, after)
    shown = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), markdown.replace("\u200b", ""))
    return {
        "html": "\n".join(
            line.strip()
            for line in re.sub("［(?:追加|削除)］", "", "".join(visible_text(html, ("style", "title")))).split("\n")
        ),
        "pdf": "\n".join(pdf.text(page) for page in range(1, len(pdf) + 1)),
        "markdown": re.sub(r"</?(?:ins|del|b|i)>", "", shown),
    }


def council_part(form: str) -> str:
    before, title, _ = outputs()[form].partition("技術的な変更")
    assert title
    return before


def technical_part(form: str) -> str:
    return outputs()[form].partition("技術的な変更")[2]


FORMS = ("html", "pdf", "markdown")


@pytest.mark.parametrize("form", FORMS)
def test_the_council_reads_no_mark_of_markdown(form: str) -> None:
    text = council_part(form)
    if form == "markdown":  # its own heading and table
        text = "\n".join(line.partition(" | ")[2].rpartition(" | ")[0] for line in text.split("\n") if "本文" in line)
        text = text.replace(" | ", "\n")
    assert "今の様子" in text
    assert "必ず" in text
    left = [line for line in re.split(r"\n|<br>", text.replace("**太字**", "")) if MARKS.search(line)]
    assert left == []


def test_a_mark_that_survives_is_found() -> None:
    lines = ["## 今の様子", "| ほたる川 上流 | 4 |", "**必ず**", "[地図](map.html)", "[[one]]", "- 直す", "1-2 直す"]
    assert [bool(MARKS.search(line)) for line in lines] == [True] * 6 + [False]


@pytest.mark.parametrize("form", FORMS)
def test_technical_keys_stand_after_what_the_council_reads(form: str) -> None:
    council, technical = council_part(form), technical_part(form)
    for word in ("path", "かわをまもるよ", "◎", "こども"):
        assert word not in council
        assert word in technical


@pytest.mark.parametrize("form", FORMS)
def test_editions_are_named_as_the_plan_names_itself(form: str) -> None:
    text = re.sub(r"\s", "", outputs()[form])
    assert re.sub(r"\s", "", "架空市みどり計画　令和4年度（2022）〜令和8年度（2026）　2026年4月1日の版") in text
    assert "2026年9月1日の版" in text
    assert sides()[1].label not in text


def test_headings_lists_and_tables_keep_their_form_in_html() -> None:
    found, before, after = sides()
    page = parse_page(render.comparison_html(found, before, after, parse.load_theme(ROOT / "example")))
    cells = [[cell.text() for cell in row.css("th, td")] for row in page.css("td.new table.inner tr")]
    assert cells[0] == ["場所", "地点"]
    assert [re.sub("［追加］", "", cell) for cell in cells[1]] == ["ほたる川 上流", "4"]
    assert page.css("td.old .heading-line")[0].text().endswith("今の様子")
    assert any("・" in node.text() for node in page.css(".item-line"))


def test_the_changed_words_are_marked_on_both_sides() -> None:
    found, *_ = sides()
    (change,) = [change for change in found.changes if change.key == "本文"]
    assert {text for text, is_changed in change.old_segments if is_changed} >= {"3", "今", "調べ"}
    assert {text for text, is_changed in change.new_segments if is_changed} >= {"4", "これまで", "測り"}


def test_a_change_of_marks_alone_is_technical() -> None:
    with TemporaryDirectory() as folder:
        plans = []
        for body in ("川を**必ず**調べます。", "川を必ず調べます。"):
            text = plan_text(body, DAY="2026-04-01", PATH="p", SIGN="○", WORD="子供", KANA="かわ")
            (Path(folder) / "plan.yaml").write_text(text, encoding="utf-8")
            plans.append(parse.load_plan(Path(folder)))
    (change,) = compare.compare_plans(*plans).changes
    assert change.is_technical
    assert change.before == "川を**必ず**調べます。"


def test_labels_name_the_editions_in_every_form(tmp_path: Path) -> None:
    for name, body in (("a", OLD), ("b", NEW)):
        (tmp_path / name).mkdir()
        text = plan_text(body, DAY="2026-04-01", PATH="p", SIGN="○", WORD="子供", KANA="かわ")
        (tmp_path / name / "plan.yaml").write_text(text, encoding="utf-8")
    folders = [str(tmp_path / name) for name in "ab"]
    for form in ("markdown", "html", "json", "pdf"):
        output = tmp_path / f"out.{form}"
        made = run("diff", *folders, "--labels", "現行", "改定案", "--format", form, "--output", str(output))
        assert made.returncode == 0, made.stderr
        data = output.read_bytes()
        if form == "pdf":
            text = PdfDocument(data).text(1)
        elif form == "json":
            sides = json.loads(data)
            text = f"{sides['before']['label']} {sides['after']['label']}"
            assert sides["before"]["source"] == folders[0]
        else:
            text = data.decode()
            assert str(tmp_path) not in text
        assert "現行" in text
        assert "改定案" in text


# --- any text ---

WORDS = st.text("学びとまちづくり市民川沼公園水辺", min_size=1, max_size=8)


INLINE = st.one_of(
    WORDS,
    st.builds("**{}**".format, WORDS),
    st.builds("*{}*と{}".format, WORDS, WORDS),
    st.builds("[{}](https://example.org/{})".format, WORDS, st.integers(1, 99)),
)
BLOCKS = st.one_of(
    st.builds("{}、{}\n{}".format, INLINE, INLINE, INLINE),
    st.builds("{} {}".format, st.sampled_from(["##", "###", "####"]), WORDS),
    st.builds("- {}\n- {}".format, INLINE, INLINE),
    st.builds("1. {}\n2. {}".format, INLINE, INLINE),
    st.builds("- {}\n    - {}\n    - {}".format, INLINE, WORDS, WORDS),
    st.builds("| {} | {} |\n|---|---|\n| {} | {} |".format, WORDS, WORDS, INLINE, WORDS),
    st.builds("> {}".format, INLINE),
    st.builds("```\n{} = 1\n```".format, WORDS),
)
# Two lists that follow each other would be read as one.
TEXTS = st.lists(BLOCKS, min_size=1, max_size=5).map("\n\nかぎり\n\n".join)
"""Markdown texts of random blocks whose words contain no mark themselves."""


def words(text: str) -> Iterator[str]:
    return (found[0] for found in re.finditer(r"[ぁ-ん一-龯]+|https?://[^)\s]+", text))


def read_lines(markdown: str) -> tuple[TextLine, ...]:
    return text_lines(((as_read(markdown, new_converter(lambda _: "")), False),))


@settings(max_examples=examples(60), deadline=None)
@given(TEXTS)
def test_no_mark_survives_and_no_word_is_lost(markdown: str) -> None:
    lines = read_lines(markdown)
    shown = ["".join(text for text, _ in line.segments) for line in lines]
    assert [line for line in shown if MARKS.search(line)] == []
    flat = "".join(shown)
    position = 0
    for word in words(markdown):
        found = flat.find(word, position)
        assert found >= 0, (word, flat)
        position = found


@settings(max_examples=examples(40), deadline=None)
@given(TEXTS, TEXTS)
def test_every_changed_word_of_two_texts_is_shown_and_marked(before: str, after: str) -> None:
    reader = new_converter(lambda _: "")
    old, new = as_read(before, reader), as_read(after, reader)
    for text, segments in zip((old, new), diff_words(old, new), strict=True):
        lines = text_lines(segments)
        flat = "".join(part for line in lines for part, _ in line.segments)
        whole = "".join(part for line in text_lines(((text, False),)) for part, _ in line.segments)
        assert ELLIPSIS in flat or flat == whole


@pytest.mark.parametrize(
    ("markdown", "kinds"),
    [
        ("## 題\n\n文", ["heading", "text"]),
        ("- 一\n- 二", ["item", "item"]),
        ("| 頭 | 頭 |\n|---|---|\n| 一 | 二 |", ["head", "row"]),
        ("```\n**x**\n```", ["code"]),
        ("文[^1]\n\n[^1]: 注の文", ["text", "item"]),
    ],
)
def test_each_line_has_its_kind(markdown: str, kinds: list[str]) -> None:
    assert [line.kind for line in read_lines(markdown)] == kinds


def test_lines_of_one_paragraph_join_without_a_space_between_japanese() -> None:
    (line,) = read_lines("川の水を\n調べ、BOD\nCOD を測ります。")
    assert line.segments == (("川の水を調べ、BOD COD を測ります。", False),)


def test_code_stays_as_typed() -> None:
    assert read_lines("書き方は `**太字**` です。")[0].segments == (("書き方は **太字** です。", False),)
