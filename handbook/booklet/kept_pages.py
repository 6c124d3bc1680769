"""Reduce a tagged PDF to some of its pages: their tags, links and page numbers stay."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from handbook.booklet.section_tags import nest_sections
from handbook.booklet.structure_tree import ObjectNumber, kids, name_tree_items, parent_tree

_HEADING = re.compile("/H[1-6]")


def keep_pages(document: Pdf, numbers: Collection[int], file_name: str) -> None:
    """Delete all pages but those with these numbers, from 1. Their labels stay the numbers in the whole document.

    A link to a deleted page leads into the file `file_name`, the whole document. Every heading becomes one of the
    first level, since the headings above it may be gone. Bookmarks are left out.
    """
    kept = {document.pages[number - 1].obj.objgen for number in numbers}
    if "/StructTreeRoot" in document.Root:
        _keep_tags(document, kept)
    _keep_destinations(document, kept, file_name)
    for index in reversed(range(len(document.pages))):
        if index + 1 not in numbers:
            del document.pages[index]
    labels = [item for at, number in enumerate(sorted(numbers)) for item in (at, Dictionary(S=Name.D, St=number))]
    document.Root.PageLabels = Dictionary(Nums=Array(labels))
    if "/Outlines" in document.Root:
        del document.Root.Outlines


def _keep_tags(document: Pdf, kept: Collection[ObjectNumber]) -> None:
    root = document.Root.StructTreeRoot
    pages = [page.obj for page in document.pages if page.obj.objgen in kept]
    annotations = [annotation for page in pages for annotation in page.get("/Annots", [])]
    keys = {int(page.StructParents) for page in pages if "/StructParents" in page}
    keys |= {int(annotation.StructParent) for annotation in annotations if "/StructParent" in annotation}
    parents = {key: value for key, value in sorted(parent_tree(document).items()) if key in keys}
    elements: dict[ObjectNumber, Object] = {}
    for value in parents.values():
        for element in value.as_list() if isinstance(value, Array) else [value]:
            while isinstance(element, Dictionary) and "/S" in element and element.objgen not in elements:
                elements[element.objgen] = element
                element = element.P  # noqa: PLW2901  # up to an element that is known
    root.ParentTree = document.make_indirect(
        Dictionary(Nums=Array([item for pair in parents.items() for item in pair]))
    )
    if "/IDTree" in root:
        names = [(String(name), target) for name, target in name_tree_items(root.IDTree) if target.objgen in elements]
        root.IDTree = document.make_indirect(Dictionary(Names=Array([item for pair in names for item in pair])))
    for element in elements.values():
        _keep_contents(element, elements, kept)
    nest_sections(document)


def _keep_contents(element: Object, elements: Collection[ObjectNumber], kept: Collection[ObjectNumber]) -> None:
    """Leave only kept pages and elements in an element, and all its sections open."""
    page = element.get("/Pg")
    is_on_kept_page = page is not None and page.objgen in kept

    def contents(kid: Object | int) -> Iterator[Object | int]:
        if isinstance(kid, int):
            yield from [kid] if is_on_kept_page else []
        elif kid.get("/S") == Name.Sect:
            yield from (inner for each in kids(kid) for inner in contents(each)) if kid.objgen in elements else ()
        elif "/S" in kid:
            is_empty_cell = kid.S in (Name.TD, Name.TH) and not kids(kid)
            yield from [kid] if kid.objgen in elements or is_empty_cell else []
        elif kid.Pg.objgen in kept if "/Pg" in kid else is_on_kept_page:
            yield kid

    if Name.Sect != element.S:
        element.K = Array([inner for kid in kids(element) for inner in contents(kid)])
    if page is not None and not is_on_kept_page:
        del element.Pg
    if _HEADING.fullmatch(str(element.S)):
        element.S = Name.H1


def _keep_destinations(document: Pdf, kept: Collection[ObjectNumber], file_name: str) -> None:
    """Leave the destinations on kept pages; other links lead into the whole document."""
    destinations = document.Root.get("/Names", Dictionary()).get("/Dests", Dictionary())
    pages_by_name = {name: destination_page(target) for name, target in name_tree_items(destinations)}
    names = [(name, target) for name, target in name_tree_items(destinations) if pages_by_name[name] in kept]
    if "/Names" in document.Root:
        tree = Dictionary(Names=Array([item for name, target in names for item in (String(name), target)]))
        document.Root.Names.Dests = document.make_indirect(tree)
    numbers = {page.obj.objgen: index for index, page in enumerate(document.pages)}
    for page in document.pages:
        for annotation in page.obj.get("/Annots", []) if page.obj.objgen in kept else []:
            target = annotation.get("/Dest") or annotation.get("/A", Dictionary()).get("/D")
            if target is None:
                continue
            number = destination_page(target) if isinstance(target, Array) else pages_by_name[bytes(target)]
            if number not in kept:
                remote = Array([numbers[number], *target.as_list()[1:]]) if isinstance(target, Array) else target
                if "/Dest" in annotation:
                    del annotation.Dest
                annotation.A = Dictionary(S=Name.GoToR, F=file_name, D=remote)


def destination_page(destination: Object) -> ObjectNumber:
    """Return the page of a destination: an array that starts with the page, or a dictionary with the array."""
    return (destination.D if isinstance(destination, Dictionary) else destination)[0].objgen
