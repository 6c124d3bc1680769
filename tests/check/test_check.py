"""The checks of finished files: each one finds a planted fault and reports its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FIRST
from support.building import build_in_memory

from handbook import check
from handbook.diagnostics import SourceError
from handbook.model import OutputFile, Site

PLAN = """
計画: {名称: 点検}
階層:
  - {名称: 柱, path: pillars}
柱:
  - id: one
    名称: 一つめ
    本文: |
      ふつうの文。

      [死んだリンク](nowhere.html)と[死んだ目印](index.html#nothing)
"""


@pytest.fixture(scope="module")
def valid_site() -> tuple[Site, list[OutputFile]]:
    """A site without errors."""
    site, files = build_in_memory(FIRST)
    check.check_files(files, site)
    return site, files


def rules(files: list[OutputFile], site: Site) -> set[str]:
    with pytest.raises(SourceError) as caught:
        check.check_files(files, site)
    return {mistake.rule for mistake in caught.value.mistakes}


def with_replacement(files: list[OutputFile], path: str, old: str, new: str) -> list[OutputFile]:
    text = next(file for file in files if file.path == path).data.decode()
    assert old in text
    return [OutputFile(path, text.replace(old, new, 1).encode()) if file.path == path else file for file in files]


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        ("index.html", 'href="structure.html"', 'href="structur.html"', "broken-link"),
        ("index.html", 'href="structure.html"', 'href="structure.html#nowhere"', "broken-anchor"),
        ("index.html", 'href="structure.html"', 'href="/structure.html"', "absolute-link"),
        ("index.html", 'src="diagrams/plan.svg"', 'src="https://example.org/x.png"', "external-file"),
        ("index.html", 'src="diagrams/plan.svg"', 'src="diagrams/gone.svg"', "broken-link"),
        ("about.html", '<main id="main_"', '<p id="main_"></p><main id="main_"', "duplicate-anchor"),
        ("about.html", "<title>", "<title> </title><!-- x --><p>", "no-title"),
        ("about.html", "<h1>", "<h2>", "no-heading"),
        ("404.html", "<h1>ページが見つかりません", "<h1> ", "no-heading"),
        ("404.html", 'href="index.html"', "href=indx.html", "broken-link"),
        ("404.html", '<a href="index.html"', '<a title="a > b" href="indx.html"', "broken-link"),
        ("404.html", "<ul>", "<ul id=q></ul><ul id=q>", "duplicate-anchor"),
        ("404.html", "<ul>", '<script src="nowhere.js"></script><ul>', "broken-link"),
        ("404.html", "<ul>", '<script src="https://example.org/x.js"></script><ul>', "external-file"),
        ("404.html", "<ul>", '<ul aria-labelledby="nobody">', "broken-aria-reference"),
        ("404.html", "<ul>", "<ul><li><a>ftp</a></li>", "removed-link"),
        ("theme/site.css", "body {", "body { background: url(https://example.org/x.png);", "external-file"),
        ("diagrams/plan.svg", 'href="../goals/goal.html"', 'href="../about.html"', "unknown-diagram-box"),
        ("diagrams/plan.svg", 'href="../goals/goal.html"', 'href="../actions/reading.html"', "diagram-incomplete"),
        (
            "structure.html",
            'class="box row branch-1" href="actions/reading.html"',
            'class="x" href="404.html"',
            "unknown-diagram-box",
        ),
    ],
)
def test_a_planted_fault_is_found(
    valid_site: tuple[Site, list[OutputFile]], path: str, old: str, new: str, rule: str
) -> None:
    site, files = valid_site
    assert rule in rules(with_replacement(files, path, old, new), site)


def test_two_paths_that_differ_only_in_case_are_reported(valid_site: tuple[Site, list[OutputFile]]) -> None:
    site, files = valid_site
    assert rules([*files, OutputFile("About.HTML", b"<title>x</title><h1>x</h1>")], site) == {"same-path"}


def test_a_broken_link_is_reported_at_its_line_in_the_sources(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN, pages__note="# 覚え書き\n\n文です。\n[どこにもない](missing.html)\n")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    found = [(m.span.file, m.span.line, m.rule) for m in caught.value.mistakes]
    assert found == [
        ("content/pages/note.md", 4, "broken-link"),
        ("plan.yaml", 11, "broken-link"),
        ("plan.yaml", 11, "broken-anchor"),
    ]


TEXT_ERRORS = {
    "broken-link": "[前](index.html)と[次](▲index.htm)",
    "broken-link twice": "[次](▲gone.html)と[次](gone.html)",
    "broken-link of a picture": "![川](▲images/river.png)",
    "broken-link after code": "`[次](gone.html)`と[次](▲gone.html)",
    "broken-link by reference": "[次][x]です\n\n[x]: ▲gone.html",
    "broken-link with signs": "[次](▲gone.html?a=1&b=2)",
    "broken-anchor": "[次](▲index.html#nothing)",
    "absolute-link": "[次](▲/index.html)",
    "external-file": "![川](▲https://example.org/x.png)",
    "removed-link": "[▲次](javascript:x)",
    "unknown-id": "くわしくは[[▲tow]]へ",
    "unknown-id of a count": "柱は[[▲数:桂]]本",
    "heading-level": "文\n\n▲#### 見出し",
    "heading-space": "文\n\n▲##見出し",
    "footnote-pair": "文▲[^1]です。",
    "footnote-pair without a reference": "文です。\n\n▲[^1]: 説明",
    "footnote-pair mistyped": "文▲[^note]です。\n\n[^notes]: 説明",
}
"""Errors in Markdown, each with ▲ before the place of the first one."""


@pytest.mark.parametrize(
    ("error", "where"),
    [
        (error, where)
        for error, text in TEXT_ERRORS.items()
        for where in ("node", "page", "block", "line", "quoted")
        if "\n" not in text or where not in ("line", "quoted")
    ],
)
def test_an_error_in_a_text_is_reported_at_its_line_and_column(
    error: str, where: str, plan_of: Callable[..., Path]
) -> None:
    text = TEXT_ERRORS[error]
    plan = PLAN[: PLAN.index("    本文")]
    block = text.replace("\n", "\n      ")
    typed = {
        "block": f"    本文: |\n      {block}\n",
        "line": f"    本文: 文、{text}\n",
        "quoted": f'    本文: "{text}"\n',
    }
    files = {"node": ("nodes__one", f"{text}\n"), "page": ("pages__note", f"# 題\n\n{text}\n")}
    name, content = files.get(where, ("plan", plan + typed.get(where, "")))
    texts = {name: content.replace("▲", "")} if where in files else {}
    root = plan_of(plan if texts else content.replace("▲", ""), **texts)
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    first = caught.value.mistakes[0]
    before = content[: content.index("▲")]
    assert first.rule == error.partition(" ")[0]
    assert (first.span.line, first.span.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert first.excerpt == content.replace("▲", "").split("\n")[first.span.line - 1]
    assert len(caught.value.mistakes) == (2 if error.endswith(("twice", "mistyped")) else 1)


def test_a_broken_link_gets_no_suggestion_that_only_shares_its_extension(
    plan_of: Callable[..., Path],
) -> None:
    root = plan_of(PLAN, pages__note="# 題\n\n[死](museum.html)と[近い](struktur.html)と[近い](pilar/one.html)\n")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    hints = [mistake.hint for mistake in caught.value.mistakes if mistake.span.file.endswith("note.md")]
    assert hints == [
        "節へのリンクは `[[id]]` と書きます",
        "`structure.html` のことですか",
        "`pillars/one.html` のことですか",
    ]


def test_a_broken_link_of_every_page_is_reported_once(valid_site: tuple[Site, list[OutputFile]]) -> None:
    site, files = valid_site
    broken = [
        OutputFile(f.path, f.data.replace(b"theme/site.css", b"theme/gone.css")) if f.path.endswith(".html") else f
        for f in files
    ]
    with pytest.raises(SourceError) as caught:
        check.check_files(broken, site)
    (mistake,) = caught.value.mistakes
    others = sum(b"theme/gone.css" in f.data for f in broken) - 1
    assert others > 80
    assert f"ほか {others} ページ" in mistake.message


@pytest.mark.parametrize("url", ["//[x", "https://[x", "//a]b/", "https://ex\u2100mple.com/"])
def test_an_invalid_url_is_reported_at_its_line(url: str, plan_of: Callable[..., Path]) -> None:
    link = "    リンク:\n      - {名称: よそ, URL: 'https://example.org/'}\n"
    for text, line, rule in [
        (
            PLAN.replace("[死んだリンク](nowhere.html)と[死んだ目印](index.html#nothing)", f"[よそ]({url})"),
            11,
            "removed-link",
        ),
        (
            PLAN.replace("[死んだリンク](nowhere.html)と[死んだ目印](index.html#nothing)", f'<a href="{url}">よそ</a>'),
            11,
            "removed-link",
        ),
        (PLAN.replace("    本文", link.replace("https://example.org/", url) + "    本文"), 9, "bad-url"),
    ]:
        with pytest.raises(SourceError) as caught:
            build_in_memory(plan_of(text))
        assert (line, rule) in {(mistake.span.line, mistake.rule) for mistake in caught.value.mistakes}


def test_an_unclosed_tag_does_not_block_the_check(valid_site: tuple[Site, list[OutputFile]]) -> None:
    site, files = valid_site
    check.check_files([*files, OutputFile("theme/odd.svg", b"<svg " + b"a b=c " * 5000)], site)


def test_a_broken_template_is_reported_at_its_line(plan_of: Callable[..., Path], tmp_path: Path) -> None:
    root = plan_of(PLAN.replace("      [死", "      〔死").replace("](", "〕("))
    (tmp_path / "templates/pages").mkdir(parents=True)
    extends = "{% extends 'partials/base.html' %}"
    for name, text, line in [
        ("404.html", f"{extends}\n\n{{{{ page.titel }}}}\n{{% block main %}}{{{{ nothing }}}}{{% endblock %}}", 4),
        ("404.html", "<p>\n{% if %}\n", 2),
        ("404.html", "{% extends 'gone.html' %}", 1),
        ("404.html", "<p>\n\n{{ 1/0 }}", 3),
        ("404.html", "{{ (page.title ~ 'x')|phrased }}", 1),
    ]:
        (tmp_path / "templates/pages" / name).write_text(text, encoding="utf-8")
        with pytest.raises(SourceError) as caught:
            build_in_memory(root)
        (mistake,) = caught.value.mistakes
        found = (mistake.span.file, mistake.span.line, mistake.rule)
        assert found == (f"templates/pages/{name}", line, "broken-template")
