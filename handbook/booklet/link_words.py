"""Name each link of a PDF by its own words, as screen readers announce it.

Typst names links 「節, ページ 7」, the type and the page of the target.
"""

from __future__ import annotations

from pikepdf import Name, Object, Pdf, String

from handbook.booklet.structure_tree import (
    MarkedContent,
    ObjectNumber,
    TextReader,
    child_elements,
    marked_content,
    parent_tree,
)


def name_links_by_their_words(document: Pdf) -> None:
    """Set the description of each link annotation to the text of its link, or to that of the figure in it."""
    elements = parent_tree(document)
    links = [
        (annotation, elements[int(annotation.StructParent)])
        for page in document.pages
        for annotation in page.obj.get("/Annots", [])
        if annotation.get("/Subtype") == Name.Link and "/StructParent" in annotation
    ]
    contents_by_link = {element.objgen: list(marked_content(element)) for _, element in links}
    texts = _texts(document, {content for contents in contents_by_link.values() for content in contents})
    for annotation, element in links:
        words = "".join(texts.get(content, "") for content in contents_by_link[element.objgen])
        if words := " ".join((words or _alternative_text(element)).split()):
            annotation.Contents = String(words)


def _texts(document: Pdf, wanted: set[MarkedContent]) -> dict[MarkedContent, str]:
    """Return the text of each wanted marked content."""
    numbers_by_page: dict[ObjectNumber, set[int]] = {}
    for page, number in wanted:
        numbers_by_page.setdefault(page, set()).add(number)
    reader = TextReader()
    return {
        (page.obj.objgen, number): text
        for page in document.pages
        if page.obj.objgen in numbers_by_page
        for number, text in reader.texts(page, numbers_by_page[page.obj.objgen]).items()
    }


def _alternative_text(element: Object) -> str:
    """Return the descriptions of the figures in an element."""
    return str(element.get("/Alt", "")) or "".join(map(_alternative_text, child_elements(element)))
