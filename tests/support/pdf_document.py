"""Reads a PDF: title, bookmarks, links, tags, text in reading order, rendered pages. Uses no code of the product.

Needs two packages: `pikepdf` (a requirement of the booklet) and `pypdfium2` (for text and rendering, only in tests).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import hypot

import pikepdf
import pypdfium2 as pdfium  # type: ignore[import-untyped]  # the package has no types
from PIL import Image
from pypdfium2 import raw

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points from the lower left corner of the page."""
ABOVE = 10
"""Points that Typst sets a destination above its heading, so that the heading is not cut off."""
HEADINGS = frozenset({"Title", "H", "H1", "H2", "H3", "H4", "H5", "H6"})


@dataclass(frozen=True)
class Bookmark:
    words: str
    page: int
    items: tuple[Bookmark, ...]


@dataclass(frozen=True)
class Link:
    page: int
    box: Box
    words: str
    """The text that a screen reader announces."""
    to: int | str
    """A page number of the same file, an address, or another file with the name of the destination in it."""


@dataclass(frozen=True)
class Glyph:
    words: str
    """One character."""
    page: int
    tag: int
    """Number of the marked content that it belongs to; -1 for running heads and other decoration."""
    size: float
    """In points, as printed."""
    box: Box

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True)
class Part:
    """An element of the structure tree, which screen readers follow."""

    kind: str
    alt: str
    actual: str
    """The text that is read aloud instead of the glyphs."""
    items: tuple[Part | Glyph, ...]

    @property
    def glyphs(self) -> Iterator[Glyph]:
        for item in self.items:
            yield from item.glyphs if isinstance(item, Part) else [item]

    @property
    def words(self) -> str:
        return self.actual or "".join(item.words for item in self.items)

    def walk(self) -> Iterator[Part]:
        yield self
        for item in self.items:
            if isinstance(item, Part):
                yield from item.walk()

    def all(self, *kinds: str) -> list[Part]:
        return [part for part in self.walk() if part.kind in kinds]


class PdfDocument:
    """A parsed PDF. Pages count from 1."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pikepdf.Pdf.open(io.BytesIO(data))
        self.seen = pdfium.PdfDocument(data)
        self.numbers = {page.obj.objgen: number for number, page in enumerate(self.pdf.pages, 1)}

    def __len__(self) -> int:
        return len(self.pdf.pages)

    @property
    def title(self) -> str:
        """The title that a viewer shows, or "" if the viewer shows the file name."""
        wanted = self.pdf.Root.get("/ViewerPreferences", pikepdf.Dictionary()).get("/DisplayDocTitle", False)
        return str(self.pdf.docinfo.get("/Title", "")) if wanted else ""

    @property
    def language(self) -> str:
        return str(self.pdf.Root.get("/Lang", ""))

    @property
    def claims(self) -> frozenset[str]:
        """The standards that the metadata claim: `PDF/A-2A`, `PDF/UA-1`."""
        data = self.pdf.open_metadata()
        archive, access = data.pdfa_status, str(data.get("pdfuaid:part", ""))
        return frozenset({f"PDF/A-{archive}" * bool(archive), f"PDF/UA-{access}" * bool(access)} - {""})

    @property
    def marked(self) -> bool:
        return bool(self.pdf.Root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False))

    @property
    def labels(self) -> list[str]:
        """The label that a viewer shows for each page."""
        return [str(page.label) for page in self.pdf.pages]

    @property
    def sizes(self) -> list[tuple[float, float]]:
        """Width and height of each page in mm."""
        boxes = [[float(edge) for edge in page.trimbox.as_list()] for page in self.pdf.pages]
        return [((right - left) / 72 * 25.4, (top - bottom) / 72 * 25.4) for left, bottom, right, top in boxes]

    @cached_property
    def places(self) -> dict[str, tuple[int, float]]:
        """Page, and height on it, of each named destination."""
        tree = self.pdf.Root.get("/Names", pikepdf.Dictionary()).get("/Dests", pikepdf.Dictionary())
        return {name: self._place(place) for name, place in _pairs(tree)}

    def _place(self, place: pikepdf.Object) -> tuple[int, float]:
        if isinstance(place, pikepdf.Dictionary):
            place = place.D
        if isinstance(place, pikepdf.String):
            return self.places[bytes(place).decode()]
        return self.numbers[place[0].objgen], float(place[3])

    @property
    def bookmarks(self) -> tuple[Bookmark, ...]:
        with self.pdf.open_outline() as outline:
            return tuple(self._bookmark(item) for item in outline.root)

    def _bookmark(self, item: pikepdf.OutlineItem) -> Bookmark:
        place = item.destination if item.destination is not None else item.action
        assert isinstance(place, pikepdf.Object), f"the bookmark {item.title} leads nowhere"
        return Bookmark(item.title, self._place(place)[0], tuple(self._bookmark(child) for child in item.children))

    @property
    def links(self) -> list[Link]:
        """Every link in the order of the pages. Fails the test if a link has no target."""
        found = []
        for number, page in enumerate(self.pdf.pages, 1):
            for note in page.obj.get("/Annots", pikepdf.Array()).as_list():
                if note.Subtype == pikepdf.Name.Link:
                    left, bottom, right, top = (float(edge) for edge in note.Rect.as_list())
                    words = str(note.get("/Contents", ""))
                    found.append(Link(number, (left, bottom, right, top), words, self._target(note)))
        return found

    def _target(self, note: pikepdf.Object) -> int | str:
        action = note.get("/A", pikepdf.Dictionary())
        if "/URI" in action:
            return str(action.URI)
        if action.get("/S") == pikepdf.Name.GoToR:
            return f"{action.F}#{bytes(action.D).decode()}"
        return self._place(note.Dest if "/Dest" in note else action.D)[0]

    @property
    def fonts(self) -> dict[str, bool]:
        """For each font that a page uses, whether it is embedded."""
        found: dict[str, bool] = {}
        for page in self.pdf.pages:
            _add_fonts(page.obj, found)
        return found

    @cached_property
    def glyphs(self) -> dict[int, list[Glyph]]:
        """The glyphs of each page including decoration, in the order of the content stream."""
        return {number: list(_glyphs(number, self.seen[number - 1])) for number in range(1, len(self) + 1)}

    @cached_property
    def tags(self) -> Part:
        """The root of the structure tree. Its words are the whole text in reading order."""
        marked: dict[tuple[int, int], list[Glyph]] = {}
        for page in self.glyphs.values():
            for glyph in page:
                marked.setdefault((glyph.page, glyph.tag), []).append(glyph)
        return self._part(self.pdf.Root.StructTreeRoot, 0, marked)

    def _part(self, element: pikepdf.Object, page: int, marked: dict[tuple[int, int], list[Glyph]]) -> Part:
        if "/Pg" in element:
            page = self.numbers[element.Pg.objgen]
        items: list[Part | Glyph] = []
        kids = element.get("/K", pikepdf.Array())
        for kid in kids.as_list() if isinstance(kids, pikepdf.Array) else [kids]:
            if not isinstance(kid, pikepdf.Dictionary):
                items += marked.get((page, int(kid)), [])
            elif "/MCID" in kid:
                on = self.numbers[kid.Pg.objgen] if "/Pg" in kid else page
                items += marked.get((on, int(kid.MCID)), [])
            elif "/S" in kid:
                items.append(self._part(kid, page, marked))
        kind = str(element.get("/S", ""))
        kind = str(self.pdf.Root.StructTreeRoot.get("/RoleMap", pikepdf.Dictionary()).get(kind, kind))
        alt, actual = (str(element.get(key, "")) for key in ("/Alt", "/ActualText"))
        return Part(kind.removeprefix("/"), alt, actual, tuple(items))

    def text(self, page: int) -> str:
        """Return the text of a page with its running head, line by line, as a viewer copies it."""
        return str(self.seen[page - 1].get_textpage().get_text_range()).replace("\r\n", "\n")

    def between(self, name: str, end: str | None = None) -> str:
        """Return the text in reading order from the heading of one named destination to that of another, or to the end.

        Running heads and page numbers are left out. Lines are joined without a separator.
        """
        words, first = "", self.heading(name)
        last = self.heading(end) if end is not None else None
        for item in self._flat(self.tags):
            if item is last:
                break
            if words or item is first:
                words += item.words
        return words

    def _flat(self, part: Part) -> Iterator[Part | Glyph]:
        for item in part.items:
            if isinstance(item, Part) and item.kind not in HEADINGS and not item.actual:
                yield from self._flat(item)
            else:
                yield item

    def heading(self, name: str) -> Part:
        """Return the heading nearest below a named destination."""
        page, top = self.places[name]
        near = []
        for part in self.tags.all(*HEADINGS):
            glyph = next(part.glyphs, None)
            if glyph and glyph.page == page and glyph.middle <= top - ABOVE:
                near.append((glyph.middle, part))
        assert near, f"no heading is below the destination {name}"
        return max(near, key=lambda pair: pair[0])[1]

    def smallest(self, page: int) -> tuple[float, str]:
        """Return the smallest font size on a page in points and the text of that size, including decoration."""
        sizes: dict[float, str] = {}
        for glyph in self.glyphs[page]:
            if glyph.words.strip():
                size = round(glyph.size, 2)
                sizes[size] = sizes.get(size, "") + glyph.words
        return min(sizes.items())

    def look(self, page: int, *, dpi: float = 72, grey: bool = True) -> Image.Image:
        """Return a page as an image, in greys as a copier prints it, or in colour."""
        picture = self.seen[page - 1].render(scale=dpi / 72, grayscale=grey).to_pil()
        assert isinstance(picture, Image.Image)
        return picture.convert("L" if grey else "RGB")


def contrast(one: int, other: int) -> float:
    """Return the contrast ratio of two greys (0 to 255) by WCAG 2: 1 to 21."""
    light = [grey / 12.92 / 255 if grey <= 10 else ((grey / 255 + 0.055) / 1.055) ** 2.4 for grey in (one, other)]
    return (max(light) + 0.05) / (min(light) + 0.05)


def _pairs(tree: pikepdf.Object) -> Iterator[tuple[str, pikepdf.Object]]:
    """Yield the names (UTF-8) and destinations below a node of a name tree."""
    entries = list(tree.get("/Names", pikepdf.Array()).as_list())
    for name, place in zip(entries[::2], entries[1::2], strict=True):
        yield bytes(name).decode(), place
    for kid in tree.get("/Kids", pikepdf.Array()).as_list():
        yield from _pairs(kid)


def _add_fonts(holder: pikepdf.Object, found: dict[str, bool]) -> None:
    """Add the fonts of a page or a form XObject, and of the forms that it contains."""
    resources = holder.get("/Resources", pikepdf.Dictionary())
    for font in resources.get("/Font", pikepdf.Dictionary()).as_dict().values():
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        sheet = inner.get("/FontDescriptor", pikepdf.Dictionary())
        inside = font.Subtype == pikepdf.Name.Type3 or any(f"/FontFile{kind}" in sheet for kind in ("", "2", "3"))
        found[str(font.get("/BaseFont", "/Type3")).removeprefix("/")] = inside
    for form in resources.get("/XObject", pikepdf.Dictionary()).as_dict().values():
        _add_fonts(form, found)


def _glyphs(number: int, page: pdfium.PdfPage) -> Iterator[Glyph]:
    text = page.get_textpage()
    place, high = raw.FS_MATRIX(), 0
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text.raw, index)
        # pdfium inserts spaces and line ends where it finds a gap; the PDF does not contain them.
        if raw.FPDFText_IsGenerated(text.raw, index):
            continue
        if 0xD800 <= code < 0xDC00:  # the first half of a rare character, as 𠮷: its other half comes next
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        raw.FPDFText_GetMatrix(text.raw, index, place)
        size = raw.FPDFText_GetFontSize(text.raw, index) * hypot(place.c, place.d)
        tag = raw.FPDFPageObj_GetMarkedContentID(raw.FPDFText_GetTextObject(text.raw, index))
        yield Glyph(chr(code), number, tag, size, text.get_charbox(index))
