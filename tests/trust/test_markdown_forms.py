"""Hazard 41: a `[[…]]` is refused where the page would show it in running text, and only there.

The expected result does not come from the code that reports errors: each form is rendered twice as it is on a page, once
with a plan that has all targets and once with one that has none. A reference is one that the two pages show differently.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Tally
from support.building import build_in_memory
from support.markdown_forms import LEVEL_NAMES, NODE_IDS, TOKEN, FormMaker

from handbook import parse, site
from handbook.diagnostics import SourceError, SourceSpan
from handbook.html_tree import HtmlNode, parse_fragment
from handbook.markdown.renderer import MarkdownRenderer
from handbook.markdown_reader import places
from handbook.model import Markdown

SHOWN_AS_TYPED = frozenset({"code", "pre", "kbd"})
BATCH = 100
"""Forms in one plan."""
WITHOUT_TARGETS = "計画: {名称: 文}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - {id: one, 名称: 一つめ}\n"
WITH_TARGETS = (
    "計画: {名称: 文}\n階層:\n  - {名称: 柱, path: pillars}\n"
    + "".join(f"  - {{名称: {name}, path: l{number}}}\n" for number, name in enumerate(LEVEL_NAMES))
    + "柱:\n"
    + "".join(f"  - {{id: {node_id}, 名称: 節}}\n" for node_id in NODE_IDS)
    + "".join(f"{name}: [{{id: x{number}, 名称: 節}}]\n" for number, name in enumerate(LEVEL_NAMES))
)
PLACES = ("content/pages/f{}.md", "content/nodes/f{}.md", "plan.yaml")
"""Where the forms of a batch are, in turn."""


def renderer_of(plan: str, folder: Path) -> Callable[[str], str]:
    """Return the function that renders a text for a page of a plan."""
    folder.mkdir()
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    renderer = MarkdownRenderer(site.build_site(parse.load_plan(folder)))

    def render(text: str) -> str:
        prose = {"body": Markdown(text, SourceSpan("plan.yaml", 1, 1))}
        return renderer.render_page(prose, "", link_terms=False)["body"].html

    return render


def typed_targets(node: HtmlNode) -> Iterator[str]:
    """Yield each target that a page shows as typed, outside code."""
    for child in node.iter(include_text=True):
        if child.is_text_node:
            yield from TOKEN.findall(child.text_content or "")
        elif child.is_element_node and child.tag not in SHOWN_AS_TYPED:
            for name in ("alt", "title"):
                yield from TOKEN.findall(child.attributes.get(name) or "")
            yield from typed_targets(child)


def write_forms(root: Path, forms: dict[int, str]) -> dict[tuple[str, int], int]:
    """Write a plan without targets with each form in one of the three places. Return the form of each file and line."""
    plan, lines = WITHOUT_TARGETS, dict[tuple[str, int], int]()
    for number, text in forms.items():
        name = PLACES[number % 3].format(number)
        if number % 3:
            plan += f"  - id: f{number}\n    名称: 節 {number}\n"
        if number % 3 == 2:
            start = plan.count("\n") + 2
            plan += "    本文: |1\n" + "".join(f"     {line}\n" for line in text.split("\n"))
            lines |= {("plan.yaml", start + row): number for row in range(text.count("\n") + 1)}
            continue
        head = "" if number % 3 else "# 題\n\n"
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(head + text + "\n", encoding="utf-8")
        lines |= {(name, row + 1): number for row in range((head + text).count("\n") + 1)}
    (root / "plan.yaml").write_text(plan, encoding="utf-8")
    return lines


def reported_targets(root: Path, forms: dict[int, str]) -> tuple[dict[int, set[str]], set[int]]:
    """Return the unknown targets that are reported for each form, and the forms with any error."""
    lines = write_forms(root, forms)
    found: dict[int, set[str]] = {number: set() for number in forms}
    refused = set()
    for error in parse.read_plan(root).report.errors:
        number = lines[error.span.file, error.span.line]
        refused.add(number)
        if error.rule == "unknown-id":
            typed = error.excerpt[error.span.column - 1 : error.span.column - 1 + error.span.width]
            source = (root / error.span.file).read_text(encoding="utf-8").split("\n")[error.span.line - 1]
            assert typed == source[error.span.column - 1 :][: error.span.width]
            found[number] |= set(TOKEN.findall(typed))
    return found, refused


def wrong_reports(folder: Path, forms: dict[int, str]) -> tuple[list[tuple[str, set[str], set[str]]], set[int]]:
    """Return each form with other reports than expected, with both sets of targets, and the forms with any error."""
    folder.mkdir()
    shown = renderer_of(WITH_TARGETS, folder / "with"), renderer_of(WITHOUT_TARGETS, folder / "without")
    (folder / "forms").mkdir()
    reported, refused = reported_targets(folder / "forms", forms)
    wrong = []
    for number, text in forms.items():
        linked, unlinked = (set(typed_targets(parse_fragment(render(text)))) for render in shown)
        expected = unlinked - linked
        if reported[number] != expected:
            wrong.append((text, reported[number], expected))
    return wrong, refused


def random_forms(first: int, count: int) -> dict[int, str]:
    forms = {n: FormMaker(random.Random(n)).form() for n in range(first, first + count)}  # noqa: S311  # no secrets
    return {n: text if n % 3 < 2 else text.replace("\t", "    ") for n, text in forms.items()}  # YAML allows no tab


@pytest.mark.hazard(41)
def test_a_reference_is_refused_only_where_the_page_would_show_it(
    tmp_path: Path, times: Callable[[int], int], tally: Tally
) -> None:
    built = 0
    for first in range(0, times(41), BATCH):
        forms = random_forms(first, BATCH)
        wrong, refused = wrong_reports(tmp_path / str(first), forms)
        assert wrong == [], wrong[0][0]
        good = {number: text for number, text in forms.items() if number not in refused}
        (tmp_path / f"{first}-good").mkdir()
        write_forms(tmp_path / f"{first}-good", good)
        try:
            build_in_memory(tmp_path / f"{first}-good")
            built += len(good)
        except SourceError as error:  # a batch is built as a whole
            assert {mistake.rule for mistake in error.mistakes} <= {"broken-link", "removed-link", "broken-anchor"}
        tally(len(forms))
    assert built > times(41) / 10


@pytest.mark.hazard(41)
@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("例です。\n\n```\nコード\n\nくわしくは [[u1]] へ。", set()),
        ("~~~\nx\n~~~ [[u1]]", set()),
        ("\\`[[u1]]`", {"u1"}),
        ("```\nx\n```\n[[数:級1]]", {"級1"}),
        ("````\n```\n[[u1]]\n````", set()),
        ("## 見出し [[u1]]", {"u1"}),
        ("\\\\[[u1|言葉]]", {"u1"}),
        ("<div>[[u1]]</div>", {"u1"}),
        ("文 <!-- [[u1]] --> 文", set()),
    ],
)
def test_forms_that_once_crashed_or_were_refused(text: str, targets: set[str], tmp_path: Path) -> None:
    for number in range(3):
        wrong, _ = wrong_reports(tmp_path / str(number), {number: text})
        assert wrong == []
        found, _ = reported_targets(tmp_path / str(number) / "forms", {number: text})
        assert found == {number: targets}


@pytest.mark.hazard(41)
@pytest.mark.parametrize("pattern", ["", "`"])
def test_a_second_reader_of_the_grammar_is_found(pattern: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted reader takes every `[[…]]`, or every one in a text without a backquote, for a reference."""
    from handbook.parse import references  # noqa: PLC0415  # only this test replaces its reader

    monkeypatch.setattr(
        references,
        "running_references",
        lambda text, matches: [] if pattern and pattern in text else list(matches),
    )
    assert places.running_references("`[[a]]`", []) == []
    wrong, _ = wrong_reports(tmp_path / "planted", random_forms(0, BATCH))
    assert wrong
