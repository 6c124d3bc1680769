"""Read the structure tree (tags) of a PDF that Typst made, and the text of its marked content.

The tree's elements refer to marked content by page and number (MCID); the parent tree refers back. See ISO 32000-1,
14.7 and 14.8.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from pikepdf import Array, Dictionary, Object, Page, Pdf

ObjectNumber = tuple[int, int]
"""Number and generation of an indirect object."""
MarkedContent = tuple[ObjectNumber, int]
"""The object of a page, and the number (MCID) of marked content on it."""

_MARK = re.compile(rb"<</MCID (\d+)|/Artifact\b")
"""Starts of marked content in a page of Typst. Its artifacts and numbered contents are never nested."""
_TEXT_OPERATOR = re.compile(
    rb"(?P<actual>/ActualText.*?)>>\s*BDC|(?P<end>EMC)|/(?P<font>\w+) [\d.]+ Tf"
    rb"|<(?P<hex>[0-9A-Fa-f]+)>|(?P<literal>\()",
    re.DOTALL,
)
_PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_CHARACTERS = re.compile(r"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(r"beginbfrange(.*?)endbfrange", re.DOTALL)
_HEX = re.compile(r"<([0-9A-Fa-f]+)>")

CharacterMap = Mapping[int, str]
"""Text of each glyph code of a font."""


def parent_tree(document: Pdf) -> dict[int, Object]:
    """Return the parent tree: for the key of a page a list of elements by MCID, for that of an annotation its element.

    Empty without a structure tree.
    """
    return dict(_number_tree_items(document.Root.get("/StructTreeRoot", Dictionary()).get("/ParentTree", Dictionary())))


def _number_tree_items(tree: Object) -> Iterator[tuple[int, Object]]:
    items = list(tree.get("/Nums", Array()).as_list())
    yield from ((int(key), value) for key, value in zip(items[::2], items[1::2], strict=True))
    for kid in tree.get("/Kids", Array()).as_list():
        yield from _number_tree_items(kid)


def name_tree_items(tree: Object) -> Iterator[tuple[bytes, Object]]:
    """Yield the names below a node of a name tree with their values, in order. Typst writes names as UTF-8."""
    items = list(tree.get("/Names", Array()).as_list())
    yield from ((bytes(name), value) for name, value in zip(items[::2], items[1::2], strict=True))
    for kid in tree.get("/Kids", Array()).as_list():
        yield from name_tree_items(kid)


def kids(element: Object) -> list[Object | int]:
    """Return what an element contains: elements, references to annotations, and numbers of marked content."""
    contents = element.get("/K", Array())
    return list(contents.as_list()) if isinstance(contents, Array) else [contents]


def child_elements(element: Object) -> list[Object]:
    """Return the elements that an element contains."""
    return [kid for kid in kids(element) if not isinstance(kid, int) and "/S" in kid]


def marked_content(element: Object, page: ObjectNumber | None = None) -> Iterator[MarkedContent]:
    """Yield the marked content of an element and of those below it. `page` is that of the element above."""
    page = element.Pg.objgen if "/Pg" in element else page
    for kid in kids(element):
        if isinstance(kid, int):
            if page:
                yield page, kid
        elif "/S" in kid:
            yield from marked_content(kid, page)
        elif "/MCID" in kid:
            number = kid.Pg.objgen if "/Pg" in kid else page
            if number:
                yield number, int(kid.MCID)


class TextReader:
    """Reads the text of marked content. Reads the same fonts only once."""

    def __init__(self) -> None:
        self._maps: dict[ObjectNumber, CharacterMap] = {}

    def texts(self, page: Page, wanted: Collection[int]) -> dict[int, str]:
        """Return the text of each wanted MCID of a page. Graphics and pictures have none."""
        data = bytes(page.Contents.get_stream_buffer())
        fonts = page.obj.get("/Resources", Dictionary()).get("/Font", Dictionary())
        marks = list(_MARK.finditer(data))
        ends = [mark.start() for mark in marks[1:]] + [len(data)]
        return {
            int(mark[1]): self._text(data[mark.end() : end], fonts)
            for mark, end in zip(marks, ends, strict=True)
            if mark[1] and int(mark[1]) in wanted
        }

    def _text(self, operators: bytes, fonts: Object) -> str:
        """Return the text that the operators of one marked content show."""
        texts: list[str] = []
        characters: CharacterMap = {}
        is_replaced, at = False, 0
        while match := _TEXT_OPERATOR.search(operators, at):
            at = match.end()
            if match["actual"]:
                texts.append(str(Object.parse(b"<<%s>>" % match["actual"]).ActualText))
                is_replaced = True
            elif match["end"]:
                is_replaced = False
            elif match["font"]:
                characters = self._character_map(fonts["/" + match["font"].decode()])
            elif match["hex"]:
                texts += [] if is_replaced else _characters(bytes.fromhex(match["hex"].decode()), characters)
            else:
                at = _literal_end(operators, at)
                literal = _unescape(operators[match.end() : at - 1])
                texts += [] if is_replaced else _characters(literal, characters)
        return "".join(texts)

    def _character_map(self, font: Object) -> CharacterMap:
        if font.objgen not in self._maps:
            source = bytes(font.ToUnicode.get_stream_buffer()).decode("latin1") if "/ToUnicode" in font else ""
            self._maps[font.objgen] = dict(_character_map_items(source))
        return self._maps[font.objgen]


def _literal_end(operators: bytes, start: int) -> int:
    """Return the end of a literal string after its first parenthesis. Pairs of parentheses inside need no escape."""
    depth = 1
    for match in _PARENTHESIS.finditer(operators, start):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if not depth:
            return match.end()
    return len(operators)


def _characters(codes: bytes, characters: CharacterMap) -> Iterator[str]:
    """Yield the text of each glyph code. Typst writes two bytes for each."""
    return (characters.get(codes[at] << 8 | codes[at + 1], "") for at in range(0, len(codes) - 1, 2))


def _unescape(literal: bytes) -> bytes:
    """Return the bytes of a literal string of a PDF, given without its parentheses."""
    return _ESCAPE.sub(
        lambda match: bytes([int(match[1], 8)]) if match[1].isdigit() else _ESCAPED.get(match[1], match[1]), literal
    )


def _character_map_items(source: str) -> Iterator[tuple[int, str]]:
    """Yield the glyph codes and texts of a ToUnicode map."""
    for block in _CHARACTERS.findall(source):
        codes = _HEX.findall(block)
        for code, text in zip(codes[::2], codes[1::2], strict=True):
            yield int(code, 16), bytes.fromhex(text).decode("utf_16_be")
    for block in _RANGES.findall(source):
        codes = _HEX.findall(block)
        for first, last, text in zip(codes[::3], codes[1::3], codes[2::3], strict=True):
            for code in range(int(first, 16), int(last, 16) + 1):
                yield code, chr(int(text, 16) + code - int(first, 16))
