"""Faults of a PDF's structure tree that a reader with a screen reader would hear. Uses no code of the product."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

from support.pdf_document import PdfDocument

MarkedContent = tuple[int, int]
"""A page from 1, and the number (MCID) of a piece of marked content on it."""
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Characters without width that a copied or spoken word must not contain."""
INLINE = frozenset({"Span", "Strong", "Em", "Link", "Code", "Lbl", "Note", "Reference", "Figure", "Ruby", "RB", "RT"})
CONTENTS = frozenset({"Lbl", "LBody"})
_ADDED = re.compile(r"（(?:(?:冊子の)?\d+ページ|サイトにあります|https?:[^）]*)）")
"""What the booklet adds to a link."""
_HEADING = re.compile("H[1-6]")


@dataclass
class Node:
    """An element of the structure tree."""

    kind: str
    element: Object
    page: int
    """The page of its own marked content, 0 if it has none."""
    items: list[Node | MarkedContent] = field(default_factory=list)
    annotations: list[Object] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """Yield the element and all below it, in reading order."""
        yield self
        for kid in self.kids:
            yield from kid.walk()

    @property
    def kids(self) -> list[Node]:
        """The elements directly below."""
        return [item for item in self.items if isinstance(item, Node)]

    def attribute(self, name: str) -> Object | None:
        """Return a table, list or layout attribute; None if the element has no such attribute."""
        groups = self.element.get("/A", Array())
        for group in groups.as_list() if isinstance(groups, Array) else [groups]:
            if name in group:
                return group[name]
        return None

    def number(self, name: str) -> int:
        """Return a span: 1 if the element does not state one."""
        return int(self.attribute(name) or 1)


class Structure:
    """The structure tree of a PDF with the text of each element."""

    def __init__(self, printed: PdfDocument) -> None:
        self.printed = printed
        self.text_by_mark: dict[MarkedContent, str] = {}
        for glyph in (glyph for page in printed.glyphs.values() for glyph in page):
            mark = (glyph.page, glyph.tag)
            # pdfium reads a hyphen at the end of a line as U+0002.
            self.text_by_mark[mark] = self.text_by_mark.get(mark, "") + glyph.words.replace("\x02", "-")
        self.root = self._node(printed.pdf.Root.StructTreeRoot, 0)
        self.nodes = list(self.root.walk())

    def _node(self, element: Object, page: int) -> Node:
        page = self.printed.numbers[element.Pg.objgen] if "/Pg" in element else page
        node = Node(str(element.get("/S", "/Root")).removeprefix("/"), element, page)
        kids = element.get("/K", Array())
        for kid in kids.as_list() if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Dictionary):
                node.items.append((page, int(kid)))
            elif "/S" in kid:
                node.items.append(self._node(kid, page))
            elif "/MCID" in kid:
                node.items.append((self.printed.numbers[kid.Pg.objgen] if "/Pg" in kid else page, int(kid.MCID)))
            else:
                node.annotations.append(kid.Obj)
        return node

    def all(self, *kinds: str) -> list[Node]:
        """Return the elements of these kinds in reading order."""
        return [node for node in self.nodes if node.kind in kinds]

    @property
    def headings(self) -> list[Node]:
        """The headings in reading order."""
        return [node for node in self.nodes if _HEADING.fullmatch(node.kind)]

    def words(self, node: Node) -> str:
        """Return the text of an element without white space: what is read aloud."""
        if "/ActualText" in node.element:
            return squeezed(str(node.element.ActualText))
        texts = (
            self.words(item) if isinstance(item, Node) else squeezed(self.text_by_mark.get(item, ""))
            for item in node.items
        )
        return "".join(texts) or squeezed(str(node.element.get("/Alt", "")))

    def grid(self, table: Node) -> list[list[Node]]:
        """Return the cells of a table by row and column. A cell is at each place that it covers."""
        places: dict[tuple[int, int], Node] = {}
        rows = [row for group in (table, *table.kids) for row in group.kids if row.kind == "TR"]
        for y, row in enumerate(rows):
            x = 0
            for cell in row.kids:
                while (x, y) in places:
                    x += 1
                for dx in range(cell.number("/ColSpan")):
                    for dy in range(cell.number("/RowSpan")):
                        places[x + dx, y + dy] = cell
        width = max((x for x, _ in places), default=-1) + 1
        # A place without a cell has the table itself, which is neither TH nor TD.
        return [[places.get((x, y), table) for x in range(width)] for y in range(len(rows))]


def squeezed(text: str) -> str:
    """Return a text without white space."""
    return re.sub(r"\s", "", text.replace("\xa0", ""))


def broken_headings(read: Structure) -> Iterator[str]:
    """Headings that are cut into blocks, do not end with their title, or skip a level; a document without a heading."""
    level = 0
    if not read.headings:
        yield "no heading"
    for node in read.headings:
        words, title = read.words(node), squeezed(str(node.element.get("/T", "")))
        if blocks := [kid.kind for kid in node.walk() if kid is not node and kid.kind not in INLINE]:
            yield f"{node.kind} {words}: contains {blocks}"
        if not _ADDED.sub("", words).endswith(title) or not title:
            yield f"{node.kind} {words}: its title is {title}"
        if int(node.kind[1]) > level + 1:
            yield f"{node.kind} {words}: after H{level}"
        level = int(node.kind[1])


def unnamed_links(read: Structure) -> Iterator[str]:
    """Links whose annotation has other words than the link, and annotations of no link element."""
    named = set()
    for node in read.all("Link"):
        words = read.words(node)
        if not node.annotations:
            yield f"{words}: without an annotation"
        for annotation in node.annotations:
            named.add(annotation.objgen)
            if squeezed(str(annotation.get("/Contents", ""))) != words or not words:
                yield f"{words}: called {annotation.get('/Contents', '')}"
    for page in read.printed.pdf.pages:
        for annotation in page.obj.get("/Annots", Array()).as_list():
            if annotation.objgen not in named:
                yield f"an annotation of no element: {annotation.get('/Contents', '')}"


def broken_tables(read: Structure) -> Iterator[str]:
    """Tables with a hole, a header without scope, a cell of no header, or a reference to no header."""
    for table in read.all("Table"):
        grid = read.grid(table)
        heads = {bytes(c.element.ID) for row in grid for c in row if c.kind == "TH" and "/ID" in c.element}
        for y, row in enumerate(grid):
            for x, cell in enumerate(row):
                name = f"{read.words(table)[:20]} ({x + 1}, {y + 1}) {read.words(cell)[:20]}"
                stated = cell.attribute("/Headers")
                ids = [bytes(head) for head in stated.as_list()] if isinstance(stated, Array) else []
                if cell.kind not in ("TH", "TD"):
                    yield f"{name}: no cell"
                elif cell.kind == "TH" and str(cell.attribute("/Scope")) not in ("/Row", "/Column", "/Both"):
                    yield f"{name}: TH without scope"
                elif set(ids) - heads:
                    yield f"{name}: refers to no header"
                elif cell.kind == "TD" and not ids and not _scoped_headers(grid, x, y):
                    yield f"{name}: has no header"


def _scoped_headers(grid: list[list[Node]], x: int, y: int) -> list[Node]:
    above = [grid[row][x] for row in range(y)]
    before = grid[y][:x]
    return [head for head in above if head.kind == "TH" and str(head.attribute("/Scope")) == "/Column"] + [
        head for head in before if head.kind == "TH" and str(head.attribute("/Scope")) == "/Row"
    ]


def rows_without_header(read: Structure, table: Node) -> list[str]:
    """Return the rows below the heads of a table whose first cell is no header of its row."""
    rows = [row for row in read.grid(table) if len(row) > 1 and {cell.kind for cell in row} != {"TH"}]
    return ["".join(map(read.words, row))[:30] for row in rows if str(row[0].attribute("/Scope")) != "/Row"]


PARENTS: Mapping[str, frozenset[str]] = {
    "LI": frozenset({"L"}),
    "Lbl": frozenset({"LI", "Note", "TOCI", "Caption", "P"}),  # a paragraph of a Note,
    "LBody": frozenset({"LI"}),
    "TOCI": frozenset({"TOC"}),
    "TR": frozenset({"Table", "THead", "TBody", "TFoot"}),
    "TH": frozenset({"TR"}),
    "TD": frozenset({"TR"}),
    "THead": frozenset({"Table"}),
    "TBody": frozenset({"Table"}),
}
"""Elements in which an element of a kind may be."""
KIDS: Mapping[str, frozenset[str]] = {
    "L": frozenset({"LI", "L", "Caption"}),
    "LI": CONTENTS,
    "TOC": frozenset({"TOCI", "TOC", "Caption"}),
    "TR": frozenset({"TH", "TD"}),
}
"""Elements that may be in an element of a kind."""


def broken_lists(read: Structure) -> Iterator[str]:
    """Elements in the wrong place, empty labels, and lists that announce bullets they do not have."""
    for node in read.nodes:
        for kid in node.kids:
            if node.kind not in PARENTS.get(kid.kind, {node.kind}) or kid.kind not in KIDS.get(node.kind, {kid.kind}):
                yield f"{kid.kind} in {node.kind}: {read.words(kid)[:30]}"
        if node.kind == "Lbl" and not read.words(node):
            yield "an empty label"
        if node.kind == "L" and node.attribute("/ListNumbering") is not None:
            has_labels = any(kid.kind == "Lbl" for item in node.kids for kid in item.kids)
            if not has_labels and str(node.attribute("/ListNumbering")) != "/None":
                yield f"{node.attribute('/ListNumbering')} of {read.words(node)[:30]}"


def broken_sections(read: Structure) -> Iterator[str]:
    """Sections that do not start with a heading of their own level, and headings that start no section."""

    levels = {id(node): int(node.kind[1]) for node in read.headings}
    starts = {id(node.kids[0]) for node in read.all("Sect") if node.kids}
    quoted = {id(node) for part in read.all("BlockQuote", "LBody", "TD", "TH", "Note") for node in part.walk()}
    for node in read.headings:
        if id(node) not in starts | quoted:
            yield f"{node.kind} {read.words(node)}: starts no section"
    for node in read.all("Sect", "Document"):
        level = levels.get(id(node.kids[0]), 0) if node.kind == "Sect" and node.kids else 0
        if node.kind == "Sect" and not level:
            yield f"a section without heading: {read.words(node)[:30]}"
        for kid in node.kids:
            if kid.kind == "Sect" and kid.kids and levels.get(id(kid.kids[0]), 9) <= min(level, 5):
                yield f"the section {read.words(kid.kids[0])} is in one of its own level"


def figures_without_description(read: Structure) -> Iterator[str]:
    """Figures without a description or a place."""
    for node in read.all("Figure", "Formula"):
        if not str(node.element.get("/Alt", "")).strip():
            yield f"{node.kind} on page {node.page} without Alt"
        if node.attribute("/BBox") is None:
            yield f"{node.kind} on page {node.page} without BBox"


def invisible_characters(read: Structure) -> Iterator[str]:
    """Texts with a character of no width: on the pages, in titles, descriptions, links and bookmarks."""
    texts = [(f"page {page}", text) for (page, _), text in read.text_by_mark.items()]
    for node in read.nodes:
        texts += [(node.kind, str(node.element.get(key, ""))) for key in ("/T", "/Alt", "/ActualText", "/E")]
        texts += [("link", str(annotation.get("/Contents", ""))) for annotation in node.annotations]
    texts += [("bookmark", mark.words) for mark in read.printed.bookmarks]
    for page in read.printed.pdf.pages:
        for font in page.obj.get("/Resources", Dictionary()).get("/Font", Dictionary()).as_dict().values():
            codes = re.findall(rb"<((?:200B|2060|FEFF)[0-9A-F]*|[0-9A-F]*(?:200B|2060))>", _to_unicode(font))
            texts += [
                ("font", bytes.fromhex(code.decode()).decode("utf-16-be")) for code in codes if len(code) % 4 == 0
            ]
    yield from sorted({f"{where}: {text!r}" for where, text in texts if INVISIBLE.search(text)})


def _to_unicode(font: Object) -> bytes:
    return font.ToUnicode.read_bytes() if "/ToUnicode" in font else b""


def lost_content(read: Structure) -> Iterator[str]:
    """Marked content without its place in the parent tree or in an element, and annotations without theirs."""
    parents = dict(_numbers(read.printed.pdf.Root.StructTreeRoot.ParentTree))
    owners = {item: node for node in read.nodes for item in node.items if not isinstance(item, Node)}
    for number, page in enumerate(read.printed.pdf.pages, 1):
        listed = parents.get(int(page.obj.get("/StructParents", -1)), Array())
        for mark in marks_of_page(page):
            owner = owners.get((number, mark))
            if owner is None or mark >= len(listed) or listed[mark].objgen != owner.element.objgen:
                yield f"page {number}, {mark}: {read.text_by_mark.get((number, mark), '')[:20]}"
        for annotation in page.obj.get("/Annots", Array()).as_list():
            if int(annotation.get("/StructParent", -1)) not in parents:
                yield f"page {number}, a link: {annotation.get('/Contents', '')}"
        if listed and page.obj.get("/Tabs") != Name.S:
            yield f"page {number}: links in no order"


def marks_of_page(page: pikepdf.Page) -> set[int]:
    """Return the numbers of the marked content on a page."""
    return {
        int(instruction.operands[1].MCID)
        for instruction in pikepdf.parse_content_stream(page, "BDC")
        if isinstance(instruction.operands[1], Dictionary) and "/MCID" in instruction.operands[1]
    }


def _numbers(tree: Object) -> Iterator[tuple[int, Object]]:
    items = list(tree.get("/Nums", Array()).as_list())
    yield from ((int(number), value) for number, value in zip(items[::2], items[1::2], strict=True))
    for kid in tree.get("/Kids", Array()).as_list():
        yield from _numbers(kid)


CHECKS: Mapping[str, Callable[[Structure], Iterator[str]]] = {
    check.__name__: check
    for check in (
        broken_headings,
        unnamed_links,
        broken_tables,
        broken_lists,
        broken_sections,
        figures_without_description,
        invisible_characters,
        lost_content,
    )
}


def faults(data: bytes) -> dict[str, list[str]]:
    """Return what each check finds in a PDF; only the checks that find something."""
    read = Structure(PdfDocument(data))
    found = {name: list(check(read)) for name, check in CHECKS.items()}
    return {name: texts for name, texts in found.items() if texts}
