"""Every error in an own template is reported in Japanese, at its line, with what is probably meant."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from jinja2 import compiler, lexer, parser
from support.building import build_in_memory

from handbook.diagnostics import Diagnostic, SourceError
from handbook.render.template_errors import syntax_error
from handbook.render.template_html import tag_errors

PLAN = """\
計画:
  名称: 計画
階層:
  - {名称: 柱, path: pillars}
柱:
  - {id: one, 名称: 一つめ}
"""
HEAD = '{% extends "partials/base.html" %}\n{% block main %}\n<h1>題</h1>\n'
END = "\n{% endblock %}\n"


def english_words(text: str) -> list[str]:
    return re.findall("[A-Za-z]{2,}", re.sub("`[^`]*`", "", text))


@pytest.fixture
def broken(plan_of: Callable[..., Path]) -> Callable[[str], tuple[Diagnostic, ...]]:
    """Put a text into the page 404.html, from its line 4 on, and return the errors of the site."""
    root = plan_of(PLAN)
    path = root / "templates/pages/404.html"
    path.parent.mkdir(parents=True)

    def errors(text: str) -> tuple[Diagnostic, ...]:
        path.write_text(HEAD + text + END, encoding="utf-8")
        try:
            build_in_memory(root)
        except SourceError as error:
            return error.mistakes
        return ()

    return errors


CASES = {
    "{% if page %}<p>x</p>": (4, 1, "`{% if %}` が閉じていません", "`{% endif %}`"),
    "{% for node in site.top_nodes %}\n{% if node %}\n{% endfor %}": (
        5,
        1,
        "`{% if %}` が閉じていません",
        "`{% endif %}`",
    ),
    "<p>x</p>\n{% endif %}": (5, 4, "`{% endif %}` に、始まりがありません", "消して"),
    "{% iff page %}x{% endif %}": (4, 4, "知らない命令 `iff`", "`if` のことですか"),
    "{% inclde 'x.html' %}": (4, 4, "知らない命令 `inclde`", "`include` のことですか"),
    "{{ page.title": (4, 1, "`{{` が閉じていません", "`}}`"),
    "{{ page.title }": (4, 1, "`{{` が閉じていません", "`}}`"),
    "{{ }}": (4, 4, "値がありません", ""),
    "{% %}": (4, 1, "命令がありません", ""),
    "{{ page.title｜length }}": (4, 14, "ここには書けない文字 `｜`", "`|` に直して"),
    "{{ page.title|lenght }}": (4, 15, "`lenght` というフィルターはありません", "`length` のことですか"),
    "{% if page is defned %}{% endif %}": (
        4,
        15,
        "`is` のあとに書ける `defned` という条件はありません",
        "`defined` のことですか",
    ),
    "{{ pge.title }}": (4, 4, "`pge` という名前の値はありません", "`page` に直して"),
    "{{ page.titel }}": (4, 9, "`titel` という値は、ここにはありません", "`title` に直して"),
    "{{ plan.nam }}": (4, 9, "`nam` という値は、ここにはありません", "`name` に直して"),
    "{% include 'partials/nodse.html' %}": (
        4,
        13,
        "`partials/nodse.html` がありません",
        "`partials/nodes.html` に直して",
    ),
    "{% import 'partials/nodes.htm' as x %}": (4, 12, "`partials/nodes.htm` がありません", "`partials/nodes.html`"),
    "{% for x in 3 %}{% endfor %}": (4, 1, "くり返せない値", ""),
    "{{ 1 + 'x' }}": (4, 1, "種類の違う値", ""),
    "{{ 1 / 0 }}": (4, 1, "0 で割って", ""),
    "{# note": (4, 1, "`{#` が閉じていません", "`#}`"),
    "{% raw %}x": (4, 1, "`{% raw %}` が閉じていません", "`{% endraw %}`"),
    "{% block main %}{% endblock %}": (4, 10, "ブロック `main` が 2 つあります", ""),
    "{% set x %}y": (4, 1, "`{% set %}` が閉じていません", "`{% endset %}`"),
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=1) }}": (4, 43, "マクロ `m` に、引数 `b` はありません", ""),
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}": (4, 43, "マクロ `m` の引数は 1 つまで", ""),
    "{{ page.title('x') }}": (4, 1, "マクロでないもの", ""),
    "<div>\n<section>\n<p>x\n</div>": (5, 1, "`<section>` が閉じていません", "`</section>`"),
    "<ul><li>x</ul></div>": (4, 15, "`</div>` に、始まりがありません", "消して"),
    "{% if page %}<div>{% endif %}x": (4, 14, "`<div>` が閉じていません", "`</div>`"),
    '<a href="x>y</a>': (4, 1, "`<a` のタグが、`>` で終わっていません", ""),
    "<div class='x'\n<p>y</p>": (4, 1, "`<div` のタグが、`>` で終わっていません", ""),
}


@pytest.mark.parametrize("text", CASES)
def test_an_error_is_reported_in_japanese_at_its_place_with_a_hint(
    text: str, broken: Callable[[str], tuple[Diagnostic, ...]]
) -> None:
    line, column, message, hint = CASES[text]
    (error,) = broken(text)
    assert (error.span.file, error.span.line, error.rule) == ("templates/pages/404.html", line, "broken-template")
    assert message in error.message
    assert hint in error.hint
    assert error.span.column == column
    assert english_words(error.message + error.hint) == []


def test_a_correct_template_has_no_error(broken: Callable[[str], tuple[Diagnostic, ...]]) -> None:
    assert broken("<ul>{% for node in site.top_nodes %}<li>{{ node.name }}{% endfor %}</ul>") == ()


def test_all_broken_templates_are_reported_at_once_whether_used_or_not(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    for name in ("pages/year.html", "pages/404.html", "partials/nodes.html"):
        (root / "templates" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "templates" / name).write_text("{% if x %}", encoding="utf-8")
    with pytest.raises(SourceError) as raised:
        build_in_memory(root)
    assert [error.span.file for error in raised.value.mistakes] == [
        "templates/pages/404.html",
        "templates/pages/year.html",
        "templates/partials/nodes.html",
    ]


# --- Jinja2's own messages ---


def jinja_messages() -> set[str]:
    """Return every message of a syntax error in the installed Jinja2, with `x` for each value."""
    found = set()
    for module in (parser, lexer, compiler):
        for call in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
                if name in {"fail", "TemplateSyntaxError"} and call.args:
                    parts = call.args[0].values if isinstance(call.args[0], ast.JoinedStr) else [call.args[0]]
                    texts = [str(part.value) if isinstance(part, ast.Constant) else "'x'" for part in parts]
                    found.add("".join(texts))
    return found - {"'x'"}


def test_no_message_of_the_installed_jinja_reaches_an_editor_in_english() -> None:
    messages = jinja_messages()
    assert len(messages) > 15
    for message in messages:
        error = syntax_error({"pages/x.html": "x"}, "pages/x.html", 1, message, ())
        assert english_words(error.message + error.hint) == [], message
        assert re.search("[ぁ-ん]", error.message)


# --- HTML tags ---


@pytest.mark.parametrize(
    "text",
    [
        "<p>x<p>y<ul><li>a<li>b</ul><br><img src='x>y'>",
        "{% if a %}<a href='{{ x }}'>{% endif %}x{% if a %}</a>{% endif %}",
        "{% if not a %}<b>{% endif %}y{% if a %}{% else %}</b>{% endif %}",
        "{% if a %}<b>{% elif c %}<b class='c'>{% else %}<b title=\"{{ '<i>' }}\">{% endif %}y</b>",
        "{% for x in y %}{% if loop.first %}<ul>{% endif %}<li>{% if loop.last %}</ul>{% endif %}{% endfor %}",
        "<!-- <div> --><script>if (a < b) { x = '<div>' }</script>",
        "{# <div> #}{% raw %}<div>{% endraw %}{{ '<div>' }}",
        "<svg><path d='M0'/><g></g></svg><{{ tag }}>x</{{ tag }}>",
        "<DIV></div>",
        "<a{% if x %} class='y'{% endif %}>z</a>",
    ],
)
def test_balanced_html_is_left_alone(text: str) -> None:
    assert tag_errors(text) == []


def test_the_templates_of_the_product_are_balanced() -> None:
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.xml")]
    assert len(templates) > 25
    for path in templates:
        assert tag_errors(path.read_text(encoding="utf-8"), is_xml=path.suffix == ".xml") == [], path


def test_each_removed_end_tag_of_the_products_templates_is_found() -> None:
    tried, missed = 0, []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer("</(?:div|section|nav|main|ul|table|a|h[1-6]|span|footer|header|form)>", text):
            tried += 1
            if not tag_errors(text[: match.start()] + text[match.end() :]):
                missed.append((path.name, match[0]))
    assert tried > 150
    # They are in `{% if loop.first %}` or `{% if loop.last %}`, which may start and end a part in different rounds.
    assert missed == [("node.html", "</h2>"), ("node.html", "</section>"), ("search.html", "</span>")]
