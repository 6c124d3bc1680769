"""Section by section, the booklet has the words of the page, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ROOT, booklet_site_of
from support.html_page import Element, page
from support.pdf_document import HEADINGS, PdfDocument
from support.pdf_structure import Node, Structure

from handbook.model import NodePage, Site

INLINE = frozenset(
    {"a", "abbr", "b", "br", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "ruby", "small", "span"}
)
INLINE |= {"strong", "sub", "sup", "time", "wbr"}
"""Elements that do not end a text."""
ONLY_ON_SCREEN = frozenset({"nav", "rp", "rt", "svg"})
"""Elements that paper has no use for; it has the pictures and the readings elsewhere."""
OTHER_PLACES = frozenset(
    {
        "visually-hidden",
        "diagram-branch",
        "diagram-narrow",
        "terms",
        "children_",
        "place_",
        "related_",
        "reading",
        "chart-figure",
    }
)
"""Classes and names of what stands elsewhere on paper: glossary, the sections below, contents, diagram, index."""
PAPER_WORDS = re.compile(r"\d+\.?|節|用語")
"""Page numbers, numbers of lists, and two words of the booklet."""
SCREEN_WORDS = "状況の決め方|登録された[^。]+はまだありません。"
"""A name of a link, and a sentence that the booklet has once, in its contents."""


def plain(text: str) -> str:
    """Return a text without white space, brackets, and what the booklet adds to links."""
    added = r"（(?:(?:冊子の)?\d+ページ|サイトにあります|https?:[^）]*)）"
    text = re.sub(r"[\s\xa0]", "", text).replace("−", "-")  # a minus sign on paper
    return re.sub(rf"{added}|{SCREEN_WORDS}|[（）、・↩\ufe0e]|^(?:指標|評価)", "", text)


def texts(element: Element) -> Iterator[str]:
    """Yield the texts of an element, each up to where a block starts or ends."""
    text = ""
    for part in element.parts:
        if isinstance(part, str):
            text += part
        elif part.tag in INLINE and not any(inner.tag not in INLINE | ONLY_ON_SCREEN for inner in part.all()):
            text += inline_words(part)
        else:
            yield text
            text = ""
            yield from () if is_elsewhere(part) else texts(part)
    yield text


def inline_words(element: Element) -> str:
    if element.tag == "small" and "note" in element.attrs.get("class", ""):
        return ""
    return "".join(
        part if isinstance(part, str) else inline_words(part) if part.tag not in ONLY_ON_SCREEN else ""
        for part in element.parts
    )


def is_elsewhere(element: Element) -> bool:
    names = {*element.attrs.get("class", "").split(), element.attrs.get("aria-labelledby", "")}
    return element.tag in ONLY_ON_SCREEN or bool(names & OTHER_PLACES)


def texts_of_sections(printed: PdfDocument, names: list[str]) -> Iterator[list[str]]:
    """Yield the texts of each named section of the booklet up to the next, one of each piece of marked content."""
    read = Structure(printed)
    numbers = {id(part): number for number, part in enumerate(printed.tags.all(*HEADINGS))}
    starts = [numbers[id(printed.heading(name))] for name in names]
    order = {id(node): place for place, node in enumerate(read.nodes)}
    places = [order[id(read.headings[start])] for start in starts]
    for place, following in pairwise(places):
        in_pictures = {
            id(inner) for node in read.nodes[place:following] if node.kind == "Figure" for inner in node.walk()
        }
        nodes = [node for node in read.nodes[place:following] if id(node) not in in_pictures]
        yield [read.text_by_mark.get(item, "") for node in nodes for item in node.items if not isinstance(item, Node)]


def differences(site: Site, files: Mapping[str, bytes], printed: PdfDocument) -> Iterator[tuple[str, str, str]]:
    """Yield path, side and text of each text that only the page or only the booklet has."""
    pages = [made for made in site.pages if isinstance(made, NodePage)]
    notes = {plain(fact.note) for made in pages for fact in made.facts if fact.note}
    last = printed.places[pages[-1].node.id][0]
    after = min((page, name) for name, (page, _) in printed.places.items() if page > last and "#" not in name)[1]
    names = [*(made.node.id for made in pages), after]
    for made, name, following, sections in zip(
        pages, names, names[1:], texts_of_sections(printed, names), strict=False
    ):
        main = page(files[made.path].decode()).all("main")[0]
        in_booklet = plain(printed.between(name, following))
        for text in map(plain, texts(main)):
            own = text.removesuffix(next((note for note in notes if text.endswith(note)), ""))
            if own not in in_booklet:
                yield made.path, "only on the page", own
        addresses = [site.plan.base_url + made.path, *(link.attrs.get("href", "") for link in main.all("a"))]
        whole = plain(page(files[made.path].decode()).words) + " ".join(map(plain, addresses))
        for text in map(plain, sections):
            if text not in whole and not PAPER_WORDS.fullmatch(text):
                yield made.path, "only in the booklet", text


@pytest.mark.parametrize("root", [ROOT, ROOT / "example"], ids=["real", "example"])
def test_each_section_has_the_words_of_its_page(root: Path) -> None:
    site, files, printed = booklet_site_of(root)
    assert list(differences(site, files, printed)) == []


def test_a_word_on_one_side_only_is_found() -> None:
    site, files, printed = booklet_site_of(ROOT / "example")
    made = next(made for made in site.pages if isinstance(made, NodePage) and made.node.node.indicators)
    changed = files[made.path].replace(b"<td", "<td>ほかの値</td><td".encode(), 1)
    sides = {(path, side) for path, side, _ in differences(site, dict(files) | {made.path: changed}, printed)}
    assert sides == {(made.path, "only on the page")}
    year = made.indicators[0].years[0].year_label
    changed = files[made.path].replace(year.encode(), b"-")
    sides = {(path, side) for path, side, _ in differences(site, dict(files) | {made.path: changed}, printed)}
    assert (made.path, "only in the booklet") in sides
