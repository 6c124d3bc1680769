"""Every address that was ever published leads to a page: by itself, or after its hint is followed."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from conftest import FIRST, ROOT, Built, Tally, built
from support.building import build_in_memory
from support.html_page import page, target

from handbook import cli, compare, parse
from handbook.diagnostics import Diagnostic, SourceError
from handbook.model import ENDED_TEXT, FormerPage, Page, Site

HINT = re.compile("`計画` の `以前の住所` の下に `([^`]+)` の行を足します")
PLAN = """
計画:
  名称: 架空市の計画
  更新日: 2026-04-01
階層:
  - {名称: 柱, path: pillars}
  - {名称: 取組, path: efforts}
柱:
  - id: green
    名称: みどりの柱
    取組:
      - id: walk
        名称: 歩く
"""
RECORDED = "        担当課: [環境課]\n        期間: 令和4年度〜令和8年度\n組織: [環境課]\n"
"""Makes the page of progress, with a department and years."""
OTHER_PATHS = (
    *("goals/walk.html", "goals/ended.html", "efforts/ended.html", "pillars/walk.html", "ended.html"),
    *("years/1999.html", "years/2098.html", "departments/ended.html", "departments/d0123abcd.html"),
)
"""Former paths that no page of our plans has: of a removed level, of a changed level, of an ended page of each kind."""


def with_rows(text: str, rows: Iterable[str]) -> str:
    """Return a plan.yaml with rows of 以前の住所 added as the hints state, in their order."""
    for row in rows:
        if "\n  以前の住所:\n" not in text:
            text = text.replace("\n計画:\n", "\n計画:\n  以前の住所:\n", 1)
        text = text.replace("\n  以前の住所:\n", f"\n  以前の住所:\n    {row}\n", 1)
    return text


def dead_addresses(root: Path) -> list[Diagnostic]:
    """Return the errors of a plan, all of which must be about addresses.txt."""
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    assert {(m.rule, m.span.file) for m in caught.value.mistakes} == {("missing-redirect", "addresses.txt")}
    return list(caught.value.mistakes)


def row_of(mistake: Diagnostic) -> str:
    """Return the row that the hint of a dead address contains."""
    found = HINT.search(mistake.hint)
    assert found, mistake.hint
    return found[1]


def end_of(path: str, site: Site, files: dict[str, str]) -> Page:
    """Return the page at which a reader of a former address arrives: that of one redirect, or one with a text."""
    html = page(files[path])
    if refresh := html.all("meta", **{"http-equiv": "refresh"}):
        assert html.all("meta", name="robots")[0].attrs["content"] == "noindex"
        (link,) = html.all("a")
        assert refresh[0].attrs["content"] == f"0; url={link.attrs['href']}"
        (canonical,) = html.all("link", rel="canonical")
        assert link.words
        relative_path, path = link.attrs["href"].partition("#")[0], target(path, link.attrs["href"])
        assert canonical.attrs["href"] == (site.plan.base_url + path if site.plan.base_url else relative_path)
    (found,) = [item for item in site.pages if item.path == path.partition("#")[0]]
    return found


def kind_of(item: Page) -> str:
    """Return the kind of a page: its template, for a node with the folder of its level."""
    return f"{item.template} {item.path.partition('/')[0]}" if item.template == "node.html" else item.template


def published(*sites: Site) -> Iterator[tuple[str, str]]:
    """Yield each path of the sites with its kind, then the paths that no page of theirs has."""
    for site in sites:
        yield from ((item.path, kind_of(item)) for item in site.pages if item.path != "404.html")
        yield from ((redirect.path, "redirect") for redirect in site.redirects)
    yield from ((path, f"other {path}") for path in OTHER_PATHS)


@pytest.mark.hazard(40)
@pytest.mark.parametrize("plan", [PLAN, PLAN + RECORDED], ids=["no records", "with records"])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_row_of_each_hint_leads_its_address_to_a_page(
    plan: str, backwards: bool, plan_of: Callable[..., Path], tally: Tally
) -> None:
    """All addresses of our plans, as if a plan without any of their nodes had published them."""
    kinds = dict(published(built(ROOT / "example")[0], built(FIRST)[0]))
    root = plan_of(plan)
    (root / "addresses.txt").write_text("".join(f"{path}\n" for path in kinds), encoding="utf-8")
    dead = dead_addresses(root)
    rows = [row_of(mistake) for mistake in (reversed(dead) if backwards else dead)]
    plan_of(with_rows(plan, rows))
    site, outputs = build_in_memory(root)
    files = {file.path: file.data.decode() for file in outputs if file.path.endswith(".html")}
    assert kinds.keys() <= files.keys()
    ends = {path: end_of(path, site, files) for path in kinds}
    assert all(item.is_listed or isinstance(item, FormerPage) for item in ends.values())
    by_itself = kinds.keys() - {row.partition(": ")[0] for row in rows}
    authored = {kinds[path] for path in kinds if path not in by_itself} - {"redirect"}
    # What a person wrote needs a row; what the build made of the plan's data leads on by itself.
    assert {kind.split(" ")[0] for kind in authored} == {"node.html", "free_page.html", "former_page.html", "other"}
    assert not any(path.startswith(("years/", "departments/")) for path in kinds if path not in by_itself)
    assert len(set(kinds.values())) > 30
    tally(len(kinds))


def test_each_hint_alone_removes_its_own_error(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    dead_paths = [path for path in OTHER_PATHS if not path.startswith(("years/", "departments/"))]
    (root / "addresses.txt").write_text("".join(f"{path}\n" for path in dead_paths), encoding="utf-8")
    text, left = PLAN, dead_addresses(root)
    assert len(left) == len(dead_paths)
    while left:
        text = with_rows(text, [row_of(left[-1])])
        plan_of(text)
        left = left[:-1]
        assert not left or dead_addresses(root) == left
    build_in_memory(root)


def test_a_node_on_another_level_is_offered_as_the_target(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    (root / "addresses.txt").write_text("goals/walk.html\ngoals/ended.html\n", encoding="utf-8")
    moved, ended = dead_addresses(root)
    assert row_of(moved) == "goals/walk.html: efforts/walk.html"
    assert row_of(ended) == f"goals/ended.html: {ENDED_TEXT}"
    assert "引き継ぐページがあれば、文の代わりにその住所を書きます" in ended.hint


def test_a_plan_in_braces_gets_the_row_in_braces(plan_of: Callable[..., Path]) -> None:
    head = "{名称: 架空市の計画, 更新日: 2026-04-01"
    plan = PLAN.replace("\n  名称: 架空市の計画\n  更新日: 2026-04-01\n", f" {head}}}\n")
    root = plan_of(plan)
    (root / "addresses.txt").write_text("goals/walk.html\nended.html\n", encoding="utf-8")
    for row in (r"以前の住所: {(goals/walk.html: [^`}]+)}", r"以前の住所: {(ended.html: [^`}]+)}"):
        found = [match for mistake in dead_addresses(root) if (match := re.search(f"`{row}`", mistake.hint))]
        typed = f"{head}, {found[0][0].strip('`')}" if "以前の住所" not in plan else f", {found[0][1]}}}"
        plan = plan.replace(head, typed) if "以前の住所" not in plan else plan.replace("}}", f"{typed}}}")
        plan_of(plan)
    build_in_memory(root)


def test_years_and_departments_lead_to_progress_and_to_the_departments(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN + RECORDED)
    paths = ("years/2098.html", "departments/ended.html", "audiences.html", "kana.html", "progress.html")
    (root / "addresses.txt").write_text("\n".join(paths), encoding="utf-8")
    site, _ = build_in_memory(root)
    ends = {redirect.path: redirect.target.path for redirect in site.redirects}
    assert ends["years/2098.html"] == "progress.html"
    assert ends["departments/ended.html"] == "progress.html#departments_"
    assert ends["audiences.html"] == ends["kana.html"] == "list.html"
    plan_of(PLAN)
    ends = {redirect.path: redirect.target.path for redirect in build_in_memory(root)[0].redirects}
    assert {ends[path] for path in ("years/2098.html", "departments/ended.html", "progress.html")} == {"index.html"}
    plan_of(with_rows(PLAN, ["years/2098.html: changes.html"]))
    ends = {redirect.path: redirect.target.path for redirect in build_in_memory(root)[0].redirects}
    assert ends["years/2098.html"] == "changes.html", "a typed row applies first"


def test_no_year_of_a_living_plan_becomes_a_redirect(example: Built) -> None:
    assert not any(redirect.path.startswith("years/") for redirect in example[0].redirects)


def test_the_page_of_an_ended_address_has_the_text_and_is_in_no_list(example: Built) -> None:
    site, files = example
    (ended,) = [item for item in site.pages if isinstance(item, FormerPage)]
    html = page(files[ended.path])
    main = html.all("main")[0]
    assert main.all("h1")[0].words == "このページはなくなりました"
    assert "令和3年度で終わりました" in main.words
    assert "projects/permeable-pavement.html" in [target(ended.path, link.attrs["href"]) for link in main.all("a")]
    assert html.all("meta", name="robots")[0].attrs["content"] == "noindex"
    for path in ("sitemap.html", "sitemap.xml", "search-index.js", "list.html", "reading.html"):
        assert ended.path not in files[path], path


# --- rows that lead nowhere ---


@pytest.mark.parametrize(
    ("rows", "rule", "column", "row_in_hint"),
    [
        (["a.html: b.html", "b.html: efforts/walk.html"], "redirect-chain", 13, "a.html: efforts/walk.html"),
        (["a.html: b.html", "b.html: 終わりました"], "redirect-chain", 13, f"a.html: {ENDED_TEXT}"),
        (["a.html: a.html"], "redirect-chain", 13, f"a.html: {ENDED_TEXT}"),
        (["a.html: efforts/old.html"], "redirect-chain", 13, "a.html: efforts/walk.html"),
        (["a.html: years/1999.html"], "redirect-chain", 13, "a.html: index.html"),
        (["a.html: walk"], "unknown-address", 13, "a.html: efforts/walk.html"),
        (["a.html: /efforts/walk"], "unknown-address", 13, "a.html: efforts/walk.html"),
        (["a.html: https://example.org/efforts/walk.html#x"], "unknown-address", 13, "a.html: efforts/walk.html"),
        (["a.html: ｅｆｆｏｒｔｓ／ｗａｌｋ．ｈｔｍｌ"], "unknown-address", 13, "a.html: efforts/walk.html"),
        (["a.html: efforts/wolk.html"], "unknown-address", 13, "a.html: efforts/walk.html"),
        (["a.html: 404.html"], "unknown-address", 13, f"a.html: {ENDED_TEXT}"),
        (["a.html: zzzzzzzzz"], "unknown-address", 13, f"a.html: {ENDED_TEXT}"),
    ],
)
def test_a_row_that_leads_nowhere_is_an_error_whose_hint_corrects_it(
    rows: list[str], rule: str, column: int, row_in_hint: str, plan_of: Callable[..., Path]
) -> None:
    plan = PLAN.replace("        名称: 歩く\n", "        名称: 歩く\n        以前のid: [old]\n")
    root = plan_of(with_rows(plan, reversed(rows)))
    (root / "addresses.txt").write_text("a.html\nyears/1999.html\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    (mistake,) = caught.value.mistakes
    assert (mistake.rule, mistake.span.file, mistake.span.line, mistake.span.column) == (rule, "plan.yaml", 4, column)
    assert f"`{row_in_hint}`" in mistake.hint
    plan_of(with_rows(plan, reversed([row_in_hint, *rows[1:]])))
    build_in_memory(root)


def test_a_loop_is_an_error_at_each_of_its_rows(plan_of: Callable[..., Path]) -> None:
    root = plan_of(with_rows(PLAN, ["c.html: a.html", "b.html: c.html", "a.html: b.html"]))
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    assert [(m.rule, m.span.line) for m in caught.value.mistakes] == [("redirect-chain", line) for line in (4, 5, 6)]
    texts = [f"{name}.html: {ENDED_TEXT}" for name in "cba"]
    assert all(
        f"`{text}`" in mistake.hint for text, mistake in zip(reversed(texts), caught.value.mistakes, strict=True)
    )
    plan_of(with_rows(PLAN, texts))
    build_in_memory(root)


@pytest.mark.parametrize(
    ("row", "rule"),
    [("efforts/walk.html: index.html", "former-id-in-use"), ("efforts/old.html: index.html", "duplicate-former-id")],
)
def test_a_row_for_an_address_that_leads_elsewhere_is_an_error(
    row: str, rule: str, plan_of: Callable[..., Path]
) -> None:
    plan = PLAN.replace("        名称: 歩く\n", "        名称: 歩く\n        以前のid: [old]\n")
    root = plan_of(with_rows(plan, [row]))
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    (mistake,) = caught.value.mistakes
    assert (mistake.rule, mistake.span.line, mistake.span.column) == (rule, 4, 5)
    assert "行を消します" in mistake.hint


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/about.html", "about.html"),
        ("about", "about.html"),
        ("About.html", "about.html"),
        ("years\\2022.html", "years/2022.html"),
        ("https://example.org/years/2022.html", "years/2022.html"),
        ("ａｂｏｕｔ.html", "about.html"),
        ("about.htm", "about.html"),
    ],
)
def test_a_mistyped_address_is_an_error_whose_hint_corrects_it(
    typed: str, meant: str, plan_of: Callable[..., Path]
) -> None:
    root = plan_of(with_rows(PLAN, [f"{typed}: index.html"]))
    with pytest.raises(SourceError) as caught:
        parse.load_plan(root)
    (mistake,) = caught.value.mistakes
    assert (mistake.rule, mistake.span.line, mistake.span.column) == ("bad-former-address", 4, 5)
    assert f"`{meant}` ではどうですか" in mistake.hint
    build_in_memory(plan_of(with_rows(PLAN, [f"{meant}: index.html"])))


@pytest.mark.parametrize(
    "path", ["404.html", "con.html", "aux/a.html", "a/b/c/d.html", f"{'a' * 65}.html", "../a.html", "計画.html"]
)
def test_a_path_that_no_page_can_have_had_is_an_error(path: str, plan_of: Callable[..., Path]) -> None:
    with pytest.raises(SourceError) as caught:
        parse.load_plan(plan_of(with_rows(PLAN, [f"{path}: index.html"])))
    assert [(m.rule, m.span.line) for m in caught.value.mistakes] == [("bad-former-address", 4)]
    assert "`efforts/some-id.html` のように" in caught.value.mistakes[0].hint


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (["a.html: いまは [[wolk]] です"], "unknown-id"),
        (["a.html: [index.html]"], "not-text"),
        (["a.html:"], "empty-value"),
        (["a.html: index.html", "a.html: list.html"], "duplicate-key"),
        (["- a.html"], "not-a-mapping"),
    ],
)
def test_a_row_that_is_neither_an_address_nor_a_line_is_an_error(
    rows: list[str], rule: str, plan_of: Callable[..., Path]
) -> None:
    with pytest.raises(SourceError) as caught:
        parse.load_plan(plan_of(with_rows(PLAN, rows)))
    assert [mistake.rule for mistake in caught.value.mistakes] == [rule]


def test_a_former_id_on_a_removed_level_is_moved_to_a_row(plan_of: Callable[..., Path]) -> None:
    typed = PLAN.replace("        名称: 歩く\n", "        名称: 歩く\n        以前のid: [stages/walk]\n")
    with pytest.raises(SourceError) as caught:
        parse.load_plan(plan_of(typed))
    (mistake,) = caught.value.mistakes
    assert mistake.rule == "unknown-level"
    assert row_of(mistake) == "stages/walk.html: efforts/walk.html"
    build_in_memory(plan_of(with_rows(PLAN, [row_of(mistake)])))


# --- release and diff ---


def test_after_release_every_address_stays_through_any_change(plan_of: Callable[..., Path]) -> None:
    text = (ROOT / "example" / "plan.yaml").read_text(encoding="utf-8")
    root = plan_of(text)
    shutil.copytree(ROOT / "example" / "content", root / "content", dirs_exist_ok=True)
    assert cli.main(["release", "--root", str(root)]) == 0
    before = re.findall(r"^[^#\n]+$", (root / "addresses.txt").read_text(encoding="utf-8"), re.MULTILINE)
    (root / "content/pages/about.md").rename(root / "content/pages/introduction.md")
    for old, new in (
        ("path: efforts", "path: works"),
        (", efforts/water-survey]", "]"),
        ("以前のid: [efforts/green-corners]", "区分: 継続"),
        ("期間: 令和4年度〜令和8年度", "期間: 令和4年度〜令和7年度"),
        ("(about.html)", "(introduction.html)"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    plan_of(text)
    dead = dead_addresses(root)
    rows = [row_of(mistake) for mistake in dead]
    assert "efforts/water-quality.html: works/water-quality.html" in rows
    plan_of(with_rows(text, rows))
    site, outputs = build_in_memory(root)
    files = {file.path: file.data.decode() for file in outputs if file.path.endswith(".html")}
    ends = Counter(end_of(path, site, files).template for path in before)
    assert ends["former_page.html"] == 4, "about.html, the two removed former ids, and the row of the example"


def test_a_comparison_requires_rows_where_no_former_id_can_be_written(
    plan_of: Callable[..., Path], tmp_path: Path
) -> None:
    before = parse.load_plan(plan_of(with_rows(PLAN, ["a.html: efforts/walk.html"]), pages__about="# 案内\n\n文。\n"))
    changed = PLAN.replace("path: efforts", "path: works")
    (tmp_path / "content/pages/about.md").unlink()
    after = parse.load_plan(plan_of(changed))
    missing = compare.compare_plans(before, after).missing_redirects
    rows = sorted(row_of(mistake) for mistake in missing)
    assert rows == [f"a.html: {ENDED_TEXT}", f"about.html: {ENDED_TEXT}", "efforts/walk.html: works/walk.html"]
    after = parse.load_plan(plan_of(with_rows(changed, rows)))
    assert compare.compare_plans(before, after).missing_redirects == ()
