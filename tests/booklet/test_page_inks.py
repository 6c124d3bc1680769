"""Text, rules and tables are printed with black ink alone; a page counts as a colour page only if a colour is seen."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from conftest import FIRST, HANDBOOK, ROOT, BookletSite, booklet_site_of
from PIL import Image, ImageChops
from support.building import build_in_memory
from support.page_inks import operations, pages_with_colour_inks, pages_with_visible_colour
from support.pdf_document import PdfDocument

from handbook.booklet import post_process

MONOCHROME = "booklet/handbook-mono.pdf"
PLAN = """計画: {名称: 架空市の計画}
階層: [{名称: 柱, path: pillars}]
柱: [{id: one, 名称: 一つめ}, {id: two, 名称: 二つめ}]
"""
DRAWINGS = """
  box(width: 30mm, height: 20mm, fill: gradient.linear(red, lime, blue))
  box(width: 30mm, height: 20mm, fill: gradient.radial(white, maroon))
  box(width: 30mm, height: 20mm, fill: tiling(size: (4pt, 4pt), square(size: 2pt, fill: teal)))
  box(width: 9mm, height: 9mm, fill: purple.transparentize(50%))
"""
"""Typst code of gradients, a pattern and a translucent area, as in a city's own cover."""


def built_pdfs(root: Path) -> dict[str, PdfDocument]:
    _, files = build_in_memory(root, with_booklet=True)
    return {file.path: PdfDocument(file.data) for file in files if file.path.endswith(".pdf")}


def plan_with_pictures(plan_of: Callable[..., Path], *names: str) -> Path:
    """Write a plan with one page of text for each picture, all of them with or without colour."""
    root = plan_of(PLAN, **{f"pages__p{at}": f"# 絵{at}\n\n![絵](images/{name})\n" for at, name in enumerate(names)})
    (root / "content/images").mkdir()
    for name in names:
        colour = (90, 90, 90) if "grey" in name else (200, 90, 30)
        picture = Image.new("RGBA" if "clear" in name else "RGB", (60, 40), colour)
        picture.save(root / "content/images" / name, quality=90)
    return root


@pytest.fixture(params=["example", "first", "current", "large"])
def any_booklet(request: pytest.FixtureRequest) -> BookletSite:
    """The booklets of the plan in this repository, of its first edition, of the example, and of a large plan."""
    if request.param == "large":
        large: BookletSite = request.getfixturevalue("large_booklet")
        return large
    return booklet_site_of({"current": ROOT, "first": FIRST, "example": ROOT / "example"}[request.param])


@pytest.mark.every(3)
def test_a_page_needs_colour_inks_only_where_colour_is_seen(any_booklet: BookletSite) -> None:
    _, files, printed = any_booklet
    assert set(pages_with_colour_inks(printed)) == pages_with_visible_colour(printed)
    assert len(pages_with_colour_inks(printed)) < len(printed)
    for path in files:
        if "department-" in path or "test-sheet" in path:
            assert pages_with_colour_inks(PdfDocument(files[path])) == {}, path


def test_half_of_the_pages_of_the_current_plan_need_no_colour_ink() -> None:
    _, _, printed = booklet_site_of(ROOT)
    assert len(pages_with_colour_inks(printed)) <= len(printed) * 0.55


@pytest.mark.every(2)
def test_text_and_rules_are_black_or_grey_on_every_page(booklet_site: BookletSite) -> None:
    """On pages with a thumb the body has no colour either: only text of a branch number and drawings have one."""
    site, _, printed = booklet_site
    numbered = Counter(printed.places[node.id][0] for node in site.tree_nodes if not node.is_repeat)
    for number, page in enumerate(printed.pdf.pages, 1):
        space, colour, glyphs = "", "", {"black": 0, "colour": 0}
        for operands, operator in operations(page):
            if operator in ("g", "cs"):
                space = "/DeviceGray" if operator == "g" else str(page.Resources.ColorSpace[operands[0]])
            elif operator == "scn":
                colour = " ".join(map(str, operands))
            elif operator == "TJ":
                is_white = colour in ("1", "1 1 1")
                glyphs["black" if space == "/DeviceGray" or is_white else "colour"] += 1
        assert glyphs["colour"] <= max(0.1 * glyphs["black"], numbered[number]), (number, glyphs)


@pytest.mark.every(4)
def test_the_edition_for_copiers_looks_the_same_in_grey_and_needs_black_ink_only(any_booklet: BookletSite) -> None:
    _, files, printed = any_booklet
    mono = PdfDocument(files[MONOCHROME])
    assert pages_with_colour_inks(mono) == {}
    assert pages_with_visible_colour(mono) == set()
    assert (mono.claims, mono.marked, mono.language, mono.title) == (
        printed.claims, printed.marked, printed.language, printed.title,
    )  # fmt: skip
    assert (mono.links, mono.bookmarks, mono.tags.words) == (printed.links, printed.bookmarks, printed.tags.words)
    for number in range(1, min(len(printed), 60) + 1):
        assert largest_grey_difference(printed, mono, number) < 24, number


def largest_grey_difference(one: PdfDocument, other: PdfDocument, number: int) -> int:
    """Return the largest difference of a page in grey, smoothed; pdfium weighs red, green and blue in its own way."""
    small = [printed.look(number, dpi=36) for printed in (one, other)]
    return int(ImageChops.difference(*small).getextrema()[1])  # type: ignore[arg-type]  # one band, so two numbers


def test_the_home_page_offers_the_edition_for_copiers(booklet_site: BookletSite) -> None:
    _, files, _ = booklet_site
    home = files["index.html"].decode()
    assert f'<a href="{MONOCHROME}">冊子（白黒版）' in home
    assert "コピー機や白黒のプリンター" in home


def test_branches_of_the_edition_for_copiers_differ_in_number_and_dash(booklet_site: BookletSite) -> None:
    site, files, _ = booklet_site
    mono = PdfDocument(files[MONOCHROME])
    dashes = []
    for branch in site.branches:
        page = mono.pdf.pages[mono.places[branch.id][0] - 1]
        shown = [str(operands[0]) for operands, operator in operations(page) if operator == "d"]
        dashes.append(tuple(sorted(set(shown))))
        assert branch.number in mono.text(mono.places[branch.id][0])
    assert len(set(dashes)) == len(site.branches)


def test_without_coloured_marks_fewer_pages_need_colour_inks(plan_of: Callable[..., Path]) -> None:
    body = "".join(f"## 見出し{number}\n\n{'架空の文です。' * 200}\n\n" for number in range(3))
    root = plan_of(PLAN, nodes__one=body)
    coloured = pages_with_colour_inks(built_pdfs(root)[HANDBOOK])
    settings = (ROOT / "templates/booklet/settings.typ").read_text(encoding="utf-8")
    (root / "templates/booklet").mkdir(parents=True)
    changed = settings.replace("#let coloured-marks = true", "#let coloured-marks = false")
    assert changed != settings
    (root / "templates/booklet/settings.typ").write_text(changed, encoding="utf-8")
    printed = built_pdfs(root)[HANDBOOK]
    plain = pages_with_colour_inks(printed)
    assert set(plain) < set(coloured)
    assert printed.places["one"][0] in plain
    assert printed.places["one"][0] + 1 not in plain
    assert printed.places["one"][0] + 1 in coloured


def test_pictures_need_colour_inks_only_if_they_have_colours(plan_of: Callable[..., Path]) -> None:
    names = (
        "grey.png",
        "grey.jpg",
        "grey-clear.png",
        "red.png",
        "red.jpg",
        "red-clear.png",
        "red.gif",
        "red.webp",
    )
    pdfs = built_pdfs(plan_with_pictures(plan_of, *names))
    printed, mono = pdfs[HANDBOOK], pdfs[MONOCHROME]
    pages = [printed.places[f"p{at}.html"][0] for at in range(len(names))]
    assert all(first < second for first, second in pairwise(pages))
    inks = pages_with_colour_inks(printed)
    assert [name for name, page in zip(names, pages, strict=True) if page in inks] == list(names[3:])
    assert pages_with_colour_inks(mono) == {}
    assert pages_with_visible_colour(mono) == set()
    for page in pages:
        assert len(mono.look(page).getcolors(256) or []) > 1  # the picture is still there
        assert largest_grey_difference(printed, mono, page) < 40


def test_gradients_and_patterns_of_an_own_cover_are_grey_for_copiers(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    cover = (ROOT / "templates/booklet/cover.typ").read_text(encoding="utf-8")
    (root / "templates/booklet").mkdir(parents=True)
    own = cover.replace("  v(40mm)\n", f"  v(20mm)\n{DRAWINGS}")
    assert own != cover
    (root / "templates/booklet/cover.typ").write_text(own, encoding="utf-8")
    pdfs = built_pdfs(root)
    assert pages_with_colour_inks(pdfs[MONOCHROME]) == {}
    assert pages_with_visible_colour(pdfs[MONOCHROME]) == set()
    assert largest_grey_difference(pdfs[HANDBOOK], pdfs[MONOCHROME], 1) < 80  # pure blue differs most


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("#let muted-colour = colour(", '#let muted-colour = rgb("#5b554a") //'),
        ("#let line-colour = colour(", '#let line-colour = rgb("#7f7d7a") //'),
        ("#let text-colour = colour(", '#let text-colour = rgb("#26231e") //'),
    ],
)  # fmt: skip
def test_text_and_rules_in_four_inks_are_found(plan_of: Callable[..., Path], right: str, wrong: str) -> None:
    root = plan_of(PLAN)
    settings = (ROOT / "templates/booklet/settings.typ").read_text(encoding="utf-8")
    assert right in settings
    (root / "templates/booklet").mkdir(parents=True)
    (root / "templates/booklet/settings.typ").write_text(settings.replace(right, wrong), encoding="utf-8")
    printed = built_pdfs(root)[HANDBOOK]
    assert set(pages_with_colour_inks(printed)) - pages_with_visible_colour(printed)


def test_greys_of_the_typesetting_engine_are_found_to_need_four_inks(
    plan_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_process, "STEPS", ())
    printed = built_pdfs(plan_of(PLAN))[HANDBOOK]
    assert len(pages_with_colour_inks(printed)) == len(printed)


@pytest.mark.parametrize("operators", [b"0 0 1 rg", b".2 .2 .2 RG", b"0 .1 0 1 k", b"/DeviceRGB cs .5 .5 .5 scn"])
def test_every_way_to_select_a_colour_is_found(operators: bytes) -> None:
    with pikepdf.Pdf.new() as pdf:
        pdf.add_blank_page().obj.Contents = pdf.make_stream(b"0 g 1 1 1 rg 0 0 9 9 re f 0 0 0 1 k " + operators)
        output = io.BytesIO()
        pdf.save(output)
    assert list(pages_with_colour_inks(PdfDocument(output.getvalue()))) == [1]
