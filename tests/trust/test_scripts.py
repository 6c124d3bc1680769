"""Row 9: whatever is typed into whichever field, no page, picture or comparison runs it, even without its policy."""

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
from support.hostile_snippets import armed, snippets
from support.text_fields import LEAVES, PLACES, STRICT

from handbook import check, compare, parse, render
from handbook.diagnostics import SourceError
from handbook.field_types import Field
from handbook.render import jinja
from trust.counts import WRITTEN

CSP = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')
OPENED = (".html", ".svg", ".xml")
ONCE = ["index.html", "structure.html", "site.html", "audiences.html", "pillars/n0.html"]
"""Pages that show what a plan says but once: its own words and those of a level."""
FRAMES = 20
"""Files that are opened at once, each in a frame: a window for each takes five times as long."""
LOOK = """() => {
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
  return { ...found, ran: told };
}"""
HEARD = "<script>const told = []; window.ran = (code) => told.push(code);</script>"
Files = dict[str, bytes]


class Armed:
    """Says a snippet in each place, a number in it that tells which and where; what was refused is left out."""

    def __init__(self, chosen: dict[int, str]) -> None:
        self.chosen = chosen
        self.refused: set[str] = set()

    def words(self, number: int, place: int) -> str:
        words = armed(self.chosen[number], number * 100 + place)
        return f"文{number}の{place}" if words in self.refused else words

    def say(self, number: int) -> text_fields.Say:
        return lambda key: self.words(number, LEAVES.index(key)) if key in PLACES else None

    def plan(self) -> text_fields.Typed:
        whole = text_fields.whole([self.say(number) for number in self.chosen])
        *_, (level, nodes) = whole.items()
        texts = [{"id": f"m{number}", "名称": "文章のある節"} for number in self.chosen]
        return text_fields.typed({**whole, level: [*nodes, *texts]})

    def texts(self) -> dict[str, str]:
        """The places in content/: titles, texts of pages and nodes, terms and what explains them."""
        made = {}
        for number in self.chosen:
            title, page, node = (self.words(number, len(LEAVES) + place) for place in range(3))
            made[f"content/pages/t{number}.md"] = f"# {title}\n\n文\n"
            made[f"content/pages/p{number}.md"] = f"# 題\n\n{page}\n\n文と{page}\n"
            made[f"content/nodes/m{number}.md"] = f"{node}\n"
        terms = [[self.words(number, len(LEAVES) + place) for place in (3, 4)] for number in self.chosen]
        made["content/pages/glossary.md"] = "# 用語\n" + "".join(f"\n用語 {word}\n: {means}\n" for word, means in terms)
        return made


def settled(root: Path, given: Armed) -> Files:
    """Build with all that is not refused; whatever is, is refused at the line it stands on."""
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
                    given.refused |= {word for word in _written(given) if word in line}
            assert given.refused > before, error.mistakes


def _written(given: Armed) -> set[str]:
    return {given.words(number, len(LEAVES) + place) for number in given.chosen for place in range(5)}


def opened(reader: Reader, folder: Path, files: Files) -> dict[str, list[str]]:
    """What would run on a click, by file, and the numbers of what ran; there is no policy."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(CSP.sub(b"", data))
    shown = [name for name in files if name.endswith(OPENED)]
    heaps = {f"frames{first}.html": shown[first : first + FRAMES] for first in range(0, len(shown), FRAMES)}
    for name, heap in heaps.items():
        frames = "".join(f'<iframe title="{one}" src="{one}"></iframe>' for one in heap)
        (folder / name).write_text(f"<!DOCTYPE html>{HEARD}{frames}", encoding="utf-8")

    async def look(tab: Tab) -> dict[str, list[str]]:
        found: dict[str, list[str]] = await tab.page.evaluate(LOOK)
        return found

    with sites.served(sites.Folder(folder)) as site:
        seen = reader.visit(site, look, heaps)
    assert sum(len(found) - 1 for found in seen.values()) == len(shown)
    ran = [code for found in seen.values() for code in found.pop("ran")]
    return {name: told for found in [*seen.values(), {"ran": ran}] for name, told in found.items() if told}


def compared(before: Path, after: Path) -> bytes:
    """The comparison of two plans as a page."""
    one, two = parse.load_edition(str(before), before), parse.load_edition(str(after), after)
    return render.comparison_html(compare.compare_plans(one.plan, two.plan), one, two, parse.load_theme(ROOT))


@pytest.mark.hazard(9)
def test_no_snippet_runs_in_any_field_even_without_the_policy(
    reader: Reader, tmp_path: Path, times: Callable[[int], int], tally: Tally
) -> None:
    chosen = dict(enumerate(snippets()[:: 100 * WRITTEN // times(9)]))
    given = Armed(chosen)
    (tmp_path / "all").mkdir()
    files = settled(tmp_path / "all", given)
    plain = Armed({0: "文§"})
    settled(tmp_path / "plain", plain)
    files["comparison.html"] = compared(tmp_path / "plain", tmp_path / "all")
    for number, snippet in chosen.items():
        alone = Armed({number: snippet})
        alone.refused = given.refused
        made = settled(tmp_path / f"one{number}", alone)
        files |= {f"one{number}/{name}": made[name] for name in ONCE}
    shown = html.unescape(b"".join(data for name, data in files.items() if name.endswith(OPENED)).decode())
    pairs = [given.words(number, place) for number in chosen for place in _places()]
    kept = [words for words in pairs if not words.startswith("文")]
    assert len(given.refused) < len(pairs) / 3, "what is refused at once shows nothing about its place"
    codes = {words.partition("ran(")[2].partition(")")[0] for words in kept}
    assert len(codes & set(re.findall(r"ran\((\d+)\)", shown))) > len(codes) / 2
    assert opened(reader, tmp_path / "site", files) == {}
    tally(len(pairs))


def _places() -> list[int]:
    return [*(LEAVES.index(key) for key in PLACES), *range(len(LEAVES), len(LEAVES) + 5)]


@pytest.mark.hazard(9)
def test_a_field_of_a_certain_form_refuses_every_snippet_at_its_place(
    tmp_path: Path, times: Callable[[int], int]
) -> None:
    listed = [{key} for key in STRICT if key.vocabulary]
    rest = {key for key in STRICT if not key.vocabulary}
    for number, snippet in enumerate(snippets()[:: 100 * WRITTEN // times(9)]):
        for tried in (*listed, rest):  # where a list is mistaken, what is not in it is not told

            def say(key: Field, number: int = number, snippet: str = snippet, tried: set[Field] = tried) -> str | None:
                code = number * 100 + LEAVES.index(key)
                return armed(snippet, code) if key in tried else None if key in STRICT else f"文{code}"

            plan = text_fields.typed(text_fields.whole([say]))
            (tmp_path / "plan.yaml").write_text(plan.text, encoding="utf-8")
            with pytest.raises(SourceError) as caught:
                parse.load_plan(tmp_path)
            told = {mistake.span.line for mistake in caught.value.mistakes if mistake.span.file == "plan.yaml"}
            assert [said for line, said in plan.lines.items() if said.key in tried and line not in told] == []
            assert {said.key for said in plan.lines.values()} >= {key for key in tried if key.type != "again"}


@pytest.mark.hazard(9)
@pytest.mark.parametrize("guard", ["the sanitiser", "the escaping"])
def test_without_its_guards_they_would_run(
    guard: str, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = Armed({0: "<b onmouseover=§>文</b>"})
    settled(tmp_path / "plan", given)
    if guard == "the sanitiser":
        monkeypatch.setattr(nh3, "clean", lambda raw, **_: raw)
    else:
        monkeypatch.setattr(jinja, "_escape_once", str)
    monkeypatch.setattr(check, "check_stream", lambda made, _: (file for file, _ in made))  # it would see it, too
    broken = {file.path: file.data for file in build_in_memory(tmp_path / "plan")[1] if file.path in ONCE}
    found = opened(reader, tmp_path / "bad", broken)
    assert found["ran"]


@pytest.mark.hazard(9)
def test_no_script_of_ours_makes_html_out_of_words() -> None:
    scripts = [*(ROOT / "theme").glob("*.js"), *(ROOT / "handbook").rglob("*.js")]
    assert len(scripts) > 2
    for script in scripts:
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(",
            script.read_text(encoding="utf-8"),
        )
