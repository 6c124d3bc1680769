"""Hazard 9: no page, image or comparison runs a script from any field, even without its Content-Security-Policy."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import nh3
import pytest
from browser import sites
from browser.browser_page import Reader, Tab
from conftest import ROOT, Tally
from support import text_fields
from support.building import build_in_memory
from support.hostile_snippets import snippets, with_number
from support.text_fields import FREE_FIELDS, LEAVES, STRICT

from handbook import check, compare, parse, render
from handbook.diagnostics import SourceError
from handbook.field_types import Field
from handbook.render import output_caches
from trust.counts import TEXT_FIELDS

CSP = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')
OPENED_SUFFIXES = (".html", ".svg", ".xml")
ONCE = ["index.html", "structure.html", "site.html", "audiences.html", "pillars/n0.html"]
"""Pages that show the fields that a plan has once: its own and those of a level."""
FRAMES = 20
"""Files that are opened at once, each in a frame. A window for each takes five times as long."""
FIND_SCRIPTS = """() => {
  const found = {};
  for (const [place, frame] of [...document.querySelectorAll('iframe')].entries()) {
    const page = frame.contentDocument, all = [...page.querySelectorAll('*')];
    for (const element of all)
      for (const kind of ['mouseover', 'focus', 'error', 'load', 'toggle', 'begin'])
        element.dispatchEvent(new Event(kind));
    const box = page.querySelector('#words_');
    for (const query of box ? ['script', 'onerror', 'svg', 'javascript', '文'] : []) {
      box.value = query;
      box.dispatchEvent(new Event('input'));
    }
    const attributes = [...page.querySelectorAll('*')].flatMap((one) => [...one.attributes]);
    found[frame.title] = [
      ...attributes.filter(({ name }) => /^on/i.test(name)).map(({ name }) => name),
      ...attributes.map(({ value }) => value.trim()).filter((value) => /^(javascript|vbscript|data) *:/i.test(value)),
    ];
  }
  return { ...found, ran: numbers };
}"""
RECORDER = "<script>const numbers = []; window.ran = (code) => numbers.push(code);</script>"
Files = dict[str, bytes]


class SnippetPlan:
    """A plan with a snippet in each field. Its number encodes snippet and field; refused snippets are left out."""

    def __init__(self, chosen: dict[int, str]) -> None:
        self.chosen = chosen
        self.refused: set[str] = set()

    def words(self, number: int, place: int) -> str:
        words = with_number(self.chosen[number], number * 100 + place)
        return f"文{number}の{place}" if words in self.refused else words

    def text_for(self, number: int) -> text_fields.TextFor:
        return lambda key: self.words(number, LEAVES.index(key)) if key in FREE_FIELDS else None

    def plan(self) -> text_fields.PlanText:
        whole = text_fields.plan_with_texts([self.text_for(number) for number in self.chosen])
        *_, (level, nodes) = whole.items()
        texts = [{"id": f"m{number}", "名称": "文章のある節"} for number in self.chosen]
        return text_fields.to_yaml({**whole, level: [*nodes, *texts]})

    def texts(self) -> dict[str, str]:
        """Return the files in content/: titles, texts of pages and nodes, terms and their explanations."""
        built = {}
        for number in self.chosen:
            title, page, node = (self.words(number, len(LEAVES) + place) for place in range(3))
            built[f"content/pages/t{number}.md"] = f"# {title}\n\n文\n"
            built[f"content/pages/p{number}.md"] = f"# 題\n\n{page}\n\n文と{page}\n"
            built[f"content/nodes/m{number}.md"] = f"{node}\n"
        terms = [[self.words(number, len(LEAVES) + place) for place in (3, 4)] for number in self.chosen]
        built["content/pages/glossary.md"] = "# 用語\n" + "".join(
            f"\n用語 {word}\n: {means}\n" for word, means in terms
        )
        return built


def build_accepted(root: Path, given: SnippetPlan) -> Files:
    """Build with all snippets that are not refused, and assert that each refusal has the snippet's line."""
    while True:
        plan, texts = given.plan(), given.texts()
        for name, text in {"plan.yaml": plan.text, **texts}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        try:
            return {file.path: file.data for file in build_in_memory(root)[1]}
        except SourceError as error:
            before = set(given.refused)
            for mistake in error.mistakes:
                place = mistake.span
                assert place.file in {"plan.yaml", *texts}, mistake
                if place.file == "plan.yaml":
                    given.refused |= {str(plan.lines[place.line])} if place.line in plan.lines else set()
                else:
                    line = texts[place.file].split("\n")[place.line - 1]
                    given.refused |= {word for word in _texts_outside_plan(given) if word in line}
            assert given.refused > before, error.mistakes


def _texts_outside_plan(given: SnippetPlan) -> set[str]:
    return {given.words(number, len(LEAVES) + place) for number in given.chosen for place in range(5)}


def scripts_that_run(reader: Reader, folder: Path, files: Files) -> dict[str, list[str]]:
    """Return the script attributes by file, and the numbers of the snippets that ran. The policy is removed first."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(CSP.sub(b"", data))
    shown = [name for name in files if name.endswith(OPENED_SUFFIXES)]
    groups = {f"frames{first}.html": shown[first : first + FRAMES] for first in range(0, len(shown), FRAMES)}
    for name, group in groups.items():
        frames = "".join(f'<iframe title="{one}" src="{one}"></iframe>' for one in group)
        (folder / name).write_text(f"<!DOCTYPE html>{RECORDER}{frames}", encoding="utf-8")

    async def look(tab: Tab) -> dict[str, list[str]]:
        found: dict[str, list[str]] = await tab.page.evaluate(FIND_SCRIPTS)
        return found

    with sites.served(sites.Folder(folder)) as site:
        seen = reader.visit(site, look, groups)
    assert sum(len(found) - 1 for found in seen.values()) == len(shown)
    ran = [code for found in seen.values() for code in found.pop("ran")]
    return {name: scripts for found in [*seen.values(), {"ran": ran}] for name, scripts in found.items() if scripts}


def comparison_page(before: Path, after: Path) -> bytes:
    """Return the comparison of two plans as a page."""
    one, two = parse.load_edition(str(before), before), parse.load_edition(str(after), after)
    return render.comparison_html(compare.compare_plans(one.plan, two.plan), one, two, parse.load_theme(ROOT))


@pytest.mark.hazard(9)
def test_no_snippet_runs_in_any_field_even_without_the_policy(
    reader: Reader, tmp_path: Path, times: Callable[[int], int], tally: Tally
) -> None:
    chosen = dict(enumerate(snippets()[:: 100 * TEXT_FIELDS // times(9)]))
    given = SnippetPlan(chosen)
    (tmp_path / "all").mkdir()
    files = build_accepted(tmp_path / "all", given)
    plain = SnippetPlan({0: "文§"})
    build_accepted(tmp_path / "plain", plain)
    files["comparison.html"] = comparison_page(tmp_path / "plain", tmp_path / "all")
    for number, snippet in chosen.items():
        alone = SnippetPlan({number: snippet})
        alone.refused = given.refused
        built = build_accepted(tmp_path / f"one{number}", alone)
        files |= {f"one{number}/{name}": built[name] for name in ONCE}
    shown = html.unescape(b"".join(data for name, data in files.items() if name.endswith(OPENED_SUFFIXES)).decode())
    pairs = [given.words(number, place) for number in chosen for place in _text_fields()]
    kept = [words for words in pairs if not words.startswith("文")]
    assert len(given.refused) < len(pairs) / 3, "a snippet that is refused tests no field of a page"
    codes = {words.partition("ran(")[2].partition(")")[0] for words in kept}
    assert len(codes & set(re.findall(r"ran\((\d+)\)", shown))) > len(codes) / 2
    assert scripts_that_run(reader, tmp_path / "site", files) == {}
    tally(len(pairs))


def _text_fields() -> list[int]:
    return [*(LEAVES.index(key) for key in FREE_FIELDS), *range(len(LEAVES), len(LEAVES) + 5)]


@pytest.mark.hazard(9)
def test_a_field_with_a_format_refuses_every_snippet_at_its_line(tmp_path: Path, times: Callable[[int], int]) -> None:
    listed = [{key} for key in STRICT if key.vocabulary]
    rest = {key for key in STRICT if not key.vocabulary}
    for number, snippet in enumerate(snippets()[:: 100 * TEXT_FIELDS // times(9)]):
        for tried in (*listed, rest):  # an error in a vocabulary hides errors in its words

            def text_for(
                key: Field, number: int = number, snippet: str = snippet, tried: set[Field] = tried
            ) -> str | None:
                code = number * 100 + LEAVES.index(key)
                return with_number(snippet, code) if key in tried else None if key in STRICT else f"文{code}"

            plan = text_fields.to_yaml(text_fields.plan_with_texts([text_for]))
            (tmp_path / "plan.yaml").write_text(plan.text, encoding="utf-8")
            with pytest.raises(SourceError) as caught:
                parse.load_plan(tmp_path)
            reported = {mistake.span.line for mistake in caught.value.mistakes if mistake.span.file == "plan.yaml"}
            unreported = [text for line, text in plan.lines.items() if text.key in tried and line not in reported]
            assert unreported == []
            assert {text.key for text in plan.lines.values()} >= {key for key in tried if key.type != "repeat"}


@pytest.mark.hazard(9)
@pytest.mark.parametrize("guard", ["the sanitiser", "the escaping"])
def test_without_the_sanitiser_or_the_escaping_a_snippet_runs(
    guard: str, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = SnippetPlan({0: "<b onmouseover=§>文</b>"})
    build_accepted(tmp_path / "plan", given)
    if guard == "the sanitiser":
        monkeypatch.setattr(nh3, "clean", lambda raw, **_: raw)
    else:
        monkeypatch.setattr(output_caches, "escape_once", str)
    monkeypatch.setattr(
        check, "check_stream", lambda built, *_: (file for file, _ in built)
    )  # the check would report the snippet, too
    broken = {file.path: file.data for file in build_in_memory(tmp_path / "plan")[1] if file.path in ONCE}
    found = scripts_that_run(reader, tmp_path / "bad", broken)
    assert found["ran"]


@pytest.mark.hazard(9)
def test_no_script_of_the_site_makes_html_out_of_text() -> None:
    scripts = [*(ROOT / "theme").glob("*.js"), *(ROOT / "handbook").rglob("*.js")]
    assert len(scripts) > 2
    for script in scripts:
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(",
            script.read_text(encoding="utf-8"),
        )
