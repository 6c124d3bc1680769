"""Nest the structure tree of a PDF by its headings. Typst writes all blocks of a document in one list."""

from __future__ import annotations

import re

from pikepdf import Array, Dictionary, Name, Object, Pdf

from handbook.booklet.structure_tree import kids

_HEADING = re.compile("/H([1-9][0-9]*)")
_DEEPEST_LEVEL = 6
"""Screen readers know no deeper heading, nor does PDF 1.7."""


def nest_sections(document: Pdf) -> None:
    """Put each heading, and what follows it up to the next heading of the same or a higher level, into a Sect."""
    for element in kids(document.Root.get("/StructTreeRoot", Dictionary())):
        if not isinstance(element, int) and element.get("/S") == Name.Document:
            _nest(document, element)


def _nest(document: Pdf, root: Object) -> None:
    open_sections: list[tuple[int, Object, list[Object | int]]] = [(0, root, [])]
    """Level, element and contents of the document and of each section around the current element."""

    def close(level: int) -> None:
        while open_sections and open_sections[-1][0] >= level:
            _, section, contents = open_sections.pop()
            section.K = Array(contents)

    for kid in kids(root):
        if isinstance(kid, int):
            open_sections[-1][2].append(kid)
            continue
        if heading := _HEADING.fullmatch(str(kid.get("/S", ""))):
            close(int(heading[1]))
            _, parent, siblings = open_sections[-1]
            section: Object = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Sect, P=parent))
            siblings.append(section)
            open_sections.append((int(heading[1]), section, []))
            kid.S = Name(f"/H{min(int(heading[1]), _DEEPEST_LEVEL)}")
        _, parent, contents = open_sections[-1]
        kid.P = parent
        contents.append(kid)
    close(0)
