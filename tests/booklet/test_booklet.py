"""The booklet as PDF: it contains the texts of the site, is accessible, and conforms to PDF/A and PDF/UA."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from conftest import FIRST, HANDBOOK, ROOT, BookletSite, booklet_site_of
from support.html_page import page, target
from support.pdf_document import Bookmark, PdfDocument

from handbook import cli
from handbook.model import DepartmentPage, NodePage

PLAN = "計画: {名称: 小さな計画}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - {id: one, 名称: 一つめ, 本文: 文章}\n"


def plain(text: str) -> str:
    """Return a text without spaces, minus signs and the page numbers and addresses that the PDF adds to links."""
    return re.sub(
        r"（\d+ページ）|（サイトにあります）|（https?:[^）]*）|\s", "", text.replace("\xa0", "").replace("−", "-")
    )


def test_every_pdf_conforms_to_pdf_a_and_pdf_ua(booklet_site: BookletSite) -> None:
    site, files, _ = booklet_site
    for path in [
        path for path in files if path.endswith(".pdf") and not re.search("imposed|foldouts|test-sheet", path)
    ]:
        printed = PdfDocument(files[path])
        assert printed.claims == {"PDF/A-2A", "PDF/UA-1"}, path
        assert printed.language.startswith("ja")
        assert site.plan.name in printed.title
        assert printed.marked
        assert printed.fonts
        assert all(printed.fonts.values())


def test_every_word_of_the_page_of_a_node_is_in_its_section(booklet_site: BookletSite) -> None:
    site, files, printed = booklet_site
    pages = [made for made in site.pages if isinstance(made, NodePage)]
    own = [made.node for made in pages]
    facts = {made.path: made.facts for made in pages}
    for entry, following in zip(own, [*own[1:], None], strict=True):
        section = plain(printed.between(entry.id, following.id if following else None))
        read = page(files[entry.path].decode()).all("main")[0]
        assert plain(entry.name) in section
        for prose in read.all("div", class_="prose"):
            for block in [e for tag in ("p", "li", "td", "h2", "h3") for e in prose.all(tag)]:
                assert plain(re.sub(r"[↩\ufe0e]|^\d+$", "", block.words)) in section, (entry.id, block.words)
        for fact in facts[entry.path]:
            assert all(plain(value.text) in section for value in fact.values)
        for row in entry.node.indicators:
            amounts = (*((row.baseline,) if row.baseline else ()), *row.targets, *row.actuals)
            values = (row.name, row.unit, *(amount.formatted for amount in amounts))
            assert all(plain(value) in section for value in values)


TEXT_TAGS = ("p", "li", "td", "th", "dt", "h2", "h3", "h4")


def differences(files: Mapping[str, bytes], printed: PdfDocument, leaves: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield path and text of each block of a free page that is missing in its section of the booklet."""
    starts = sorted(printed.places.items(), key=lambda place: (place[1][0], -place[1][1]))
    for path in leaves:
        following = [name for name, place in starts if place[0] > printed.places[path][0] and "#" not in name]
        section = plain(printed.between(path, following[0] if following else None))
        at = 0
        for block in page(files[path].decode()).all("main")[0].all("div", class_="prose")[0].all():
            if block.tag in TEXT_TAGS and not any(inner.tag in TEXT_TAGS for inner in block.all()):
                words = plain(re.sub(r"[↩\ufe0e]|^\d+$", "", block.words))
                found = section.find(words, at)
                if found < 0:
                    yield path, block.words
                else:
                    at = found + len(words)


def test_free_pages_have_the_same_text_in_the_booklet(booklet_site: BookletSite) -> None:
    site, files, printed = booklet_site
    leaves = [p.path for p in (*site.nav_pages, *site.footer_pages) if p.template == "free_page.html"]
    assert leaves
    assert list(differences(files, printed, leaves)) == []
    first = leaves[-1]
    (prose, *_) = page(files[first].decode()).all("div", class_="prose")
    words = next(part.words for part in prose.all("p") if part.words[:9].encode() in files[first])  # no ruby in it
    planted = dict(files) | {first: files[first].replace(words[:9].encode(), "ほかの言葉".encode())}
    assert [path for path, _ in differences(planted, printed, leaves)][:1] == [first]


def test_the_pdf_of_a_department_lists_its_nodes_and_indicators() -> None:
    site, files, _ = booklet_site_of(ROOT / "example")
    pages = [made for made in site.pages if isinstance(made, DepartmentPage)]
    assert len(pages) == len(site.plan.departments)
    for made in pages:
        (link,) = [
            a.attrs["href"] for a in page(files[made.path].decode()).all("a") if a.attrs["href"].endswith(".pdf")
        ]
        printed = PdfDocument(files[target(made.path, link)])
        words = plain("".join(printed.text(number + 1) for number in range(len(printed))))
        owned = [*made.owned_rows, *made.partner_rows]
        assert all(plain(text) in words for row in owned for text in (row.node.name, row.category, row.status or ""))
        assert all(plain(indicator_row.indicator.name) in words for indicator_row in made.indicators)


def test_bookmarks_follow_the_hierarchy(booklet_site: BookletSite) -> None:
    site, _, printed = booklet_site

    def flat(marks: tuple[Bookmark, ...], depth: int = 0) -> Iterator[tuple[int, str]]:
        for mark in marks:
            yield depth, mark.words
            yield from flat(mark.items, depth + 1)

    def tree(entries: tuple[object, ...], depth: int = 0) -> Iterator[tuple[int, str]]:
        for entry in (e for e in site.tree_nodes if e in entries and not e.is_repeat):
            yield depth, entry.name
            yield from tree(entry.children, depth + 1)

    marks = list(flat(printed.bookmarks))
    expected = list(tree(site.roots))
    start = marks.index(expected[0])
    assert marks[start : start + len(expected)] == expected


def test_page_numbers_agree_in_the_text_in_the_labels_and_on_the_site(booklet_site: BookletSite) -> None:
    site, files, printed = booklet_site
    assert printed.labels == [str(number) for number in range(1, len(printed) + 1)]
    assert f"5 / {len(printed)}".replace(" ", "") in printed.text(5).replace(" ", "")
    for entry in (entry for entry in site.tree_nodes if not entry.is_repeat):
        number = printed.places[entry.id][0]
        assert f"冊子の {number} ページ" in files[entry.path].decode()
        heading = printed.heading(entry.id)
        assert plain(entry.name) in plain(heading.words)
        assert next(heading.glyphs).page == number


def test_every_link_has_a_target_and_every_box_of_the_diagram_is_a_link(booklet_site: BookletSite) -> None:
    site, _, printed = booklet_site
    links = printed.links  # raises an error if a link has no target
    (sheet,) = [n for n, (wide, high) in enumerate(printed.sizes, 1) if wide > high][:1]
    boxes = {printed.places[entry.id][0] for entry in site.tree_nodes}
    assert {link.to for link in links if link.page == sheet} >= boxes
    assert all(isinstance(link.to, int) or re.match("https?:|mailto:|tel:", link.to) for link in links)


def test_every_diagram_has_an_alternative_text(booklet_site: BookletSite) -> None:
    site, _, printed = booklet_site
    texts = [figure.alt for figure in printed.tags.all("Figure")]
    assert all(texts)
    assert sum("構造図" in alt for alt in texts) == 1 + sum(bool(branch.children) for branch in site.branches)


def test_no_character_is_smaller_than_7_points_and_text_is_10_points(booklet_site: BookletSite) -> None:
    _, _, printed = booklet_site
    for number in range(1, len(printed) + 1):
        if printed.text(number).strip():
            size, words = printed.smallest(number)
            assert size >= 7, (number, size, words[:30])
    longest = max(printed.tags.all("P"), key=lambda part: len(part.words))  # contains some smaller page numbers
    sizes = sorted(glyph.size for glyph in longest.glyphs)
    assert sizes[len(sizes) // 2] >= 10


def test_the_imprint_has_only_what_the_plan_contains() -> None:
    _, _, printed = booklet_site_of(FIRST)
    text = printed.text(len(printed))
    assert "つくった自治体" in text
    assert not [word for word in ("記載なし", "連絡先", "利用条件", "計画の期間") if word in text]


def test_the_front_page_links_to_each_branch_pdf_and_the_imposed_sheets(
    booklet_site: BookletSite,
) -> None:
    site, files, printed = booklet_site
    made = {path.removeprefix("booklet/") for path in files if path.endswith(".pdf")}
    branches = {f"branch-{branch.id}.pdf" for branch in site.branches}
    sheets = {"handbook-a3-imposed.pdf", "handbook-a4-imposed.pdf", "handbook-foldouts.pdf", "test-sheet.pdf"}
    departments = {path for path in made if path.startswith("department-")}
    assert len(departments) == len(site.plan.departments)
    assert made - departments == {"handbook.pdf", "handbook-mono.pdf", "overview.pdf"} | branches | sheets
    front_page = page(files["index.html"].decode())
    links = {link.attrs["href"]: link.words for link in front_page.all("a") if link.attrs["href"].endswith(".pdf")}
    assert set(links) == {f"booklet/{name}" for name in made - departments}
    assert re.search(rf"PDF、{len(printed)} ページ、[\d.]+ [KM]B", links[HANDBOOK])
    folded = sum(1 for wide, high in printed.sizes if wide < high)
    assert len(PdfDocument(files["booklet/handbook-a3-imposed.pdf"])) == 2 * -(-folded // 4)


def test_the_same_sources_give_the_same_bytes_in_another_environment(tmp_path: Path) -> None:
    _, files, _ = booklet_site_of(ROOT / "example")
    environment = {
        "TZ": "Pacific/Chatham",
        "LANG": "C",
        "PYTHONHASHSEED": "77",
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
    }
    command = [
        sys.executable,
        str(ROOT / "build.py"),
        "--root",
        str(ROOT / "example"),
        "--output",
        str(tmp_path / "out"),
    ]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    for path, data in files.items():
        if path.endswith(".pdf"):
            made = (tmp_path / "out" / path).read_bytes()
            assert hashlib.sha256(made).digest() == hashlib.sha256(data).digest(), path


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("#let x = 1\n#nobody()\n", "templates/booklet/booklet.typ:2:"),
        ('#import "@preview/cetz:0.3.0"\n', "よそのパッケージは読み込めません"),
        ('#read("../../../etc/passwd")\n', "templates/booklet/booklet.typ:1:"),
        ('#set document(title: "x")\n#set text(font: "Nowhere Sans")\n= x\n', "nowhere sans"),
        ("", ""),
    ],
)
def test_a_broken_template_is_reported_and_nothing_is_built(
    plan_of: Callable[..., Path], capsys: pytest.CaptureFixture[str], template: str, message: str
) -> None:
    root = plan_of(PLAN)
    if template:
        (root / "templates/booklet").mkdir(parents=True)
        (root / "templates/booklet/booklet.typ").write_text(template, encoding="utf-8")
    assert cli.main(["--root", str(root)]) == int(bool(template))
    printed = capsys.readouterr()
    assert message in printed.err
    assert (root / "output" / HANDBOOK).exists() is not bool(template)
    assert (root / "output").exists() is not bool(template)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_one_missing_font_is_an_error_unless_no_booklet_is_wanted(
    plan_of: Callable[..., Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, missing: int
) -> None:
    engine = importlib.import_module("handbook.booklet.typst_engine")
    packages = list(engine.FONT_PACKAGES)
    packages[missing] = "noto_nowhere"
    monkeypatch.setattr(engine, "FONT_PACKAGES", packages)
    root = str(plan_of(PLAN))
    for command in ([], ["check"], ["release"]):
        assert cli.main([*command, "--root", root]) == 1
        assert "冊子の書体（noto-nowhere）がないので、冊子を作れません" in capsys.readouterr().err
        assert cli.main([*command, "--no-booklet", "--root", root]) == 0


def test_with_no_booklet_no_pdf_is_made_and_none_is_linked(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    assert cli.main(["--no-booklet", "--root", str(root)]) == 0
    assert not (root / "output/booklet").exists()
    assert ".pdf" not in (root / "output/pillars/one.html").read_text(encoding="utf-8")
