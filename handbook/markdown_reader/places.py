"""Where the places of a Markdown text are on the page: in code, in a heading, in a link, or nowhere.

The text is converted with a mark at each place, and the marks are searched in the HTML. A mark consists of characters
that no source may contain and that mean nothing in Markdown, so a text with marks is read like the same text without.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from handbook.model import WIKI_LINK

if TYPE_CHECKING:
    from handbook.html_tree import HtmlNode
    from handbook.markdown_reader.converter import MarkdownConverter

CODE_TAGS = frozenset({"code", "pre", "kbd", "samp"})
"""Elements whose text is shown as typed."""
_MARK = re.compile("\uffff([0-9]+)\uffff")
_HIDING_SIGNS = ("```", "~~~", "<", "]:", "    ", "\t")
"""Without any of these signs, no line of a text is code, a comment or an address as a whole."""
_HIDING_SIGNS_IN_BLOCK = (*_HIDING_SIGNS, "`", "\\")
"""Without any of these signs, each `[[id]]` of a block is a reference."""
_HIDING_HEADINGS = ("```", "~~~", "<", "\\")
"""Without any of these signs, each line that begins a block with `#` is a heading."""
_BLANK_LINES = re.compile(r"(\n\s*\n)")
_HEADING_LINE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<marks>#{1,6})(?P<space>[ \t]*)(?P<title>[^\n]+?)[ \t]*#*$", re.MULTILINE
)
_URL_START = re.compile(
    r"\]\([ \n]*<?|^[ ]{0,3}\[(?!\^)[^\]\n]*\]:[ ]*\n?[ ]*<?|\b(?:href|src)\s*=\s*[\"']?|<(?P<url>[a-z][a-z0-9+.-]*://)",
    re.IGNORECASE | re.MULTILINE,
)
"""Matches up to the first character of what may be the URL of a link or an image, or into the URL: `<https://`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one place of a source text is on the page."""

    tags: tuple[str, ...]
    """The elements around it, outermost first."""
    attribute: str
    """The attribute that contains it, or `""` if it is in text."""
    value: str
    """The whole value of the attribute, or the text up to the place."""
    previous_tag: str
    """The element directly before the text that contains it, or `""`."""
    is_reference: bool
    """Whether it is in a `[[…]]` that becomes a link or a number."""
    footnote: str
    """The name of the footnote whose explanation contains it, or `""`."""

    @property
    def is_running_text(self) -> bool:
        """Whether readers see the place, and not as code."""
        return self is not UNSEEN and CODE_TAGS.isdisjoint(self.tags)

    @property
    def is_heading(self) -> bool:
        """Whether the place is in a heading."""
        return any(re.fullmatch("h[1-6]", tag) for tag in self.tags)


UNSEEN = Place((), "", "", "", False, "")
"""A place that the sanitizer removes, such as a comment."""


class _Reader(threading.local):
    """A converter for each thread, which collects the marks in references."""

    def __init__(self) -> None:
        self.references: set[int] = set()

    @cached_property
    def converter(self) -> MarkdownConverter:
        """Created when it is first used: most commands read a sound plan and never ask where a place is."""
        from handbook.markdown_reader.converter import MarkdownConverter  # noqa: PLC0415

        return MarkdownConverter(self._resolve)

    def _resolve(self, target: str, _: str) -> None:
        """Leave the reference as typed, as a page shows one whose target is unknown."""
        self.references |= {int(mark[1]) for mark in _MARK.finditer(target)}

    def read(self, text: str) -> tuple[str, frozenset[int]]:
        """Return the HTML of a text with marks, and the marks in its references."""
        self.references = set()
        return self.converter.convert(text), frozenset(self.references)


_reader = _Reader()


@lru_cache(maxsize=1024)  # the versions of a plan, and the saves while it is previewed, have nearly the same texts
def places(text: str, offsets: tuple[int, ...], *, sanitized: bool = True) -> Mapping[int, Place]:
    """Return where the given offsets of a text are on the page, without those that Markdown leaves out.

    Without `sanitized`, also elements count that no page has, such as a second `h1`.
    """
    if not offsets:
        return {}
    from handbook.html_tree import parse_fragment  # noqa: PLC0415  # as for the converter
    from handbook.markdown_reader.sanitizer import sanitize  # noqa: PLC0415  # as for the converter

    html, references = _reader.read(_with_marks(text, offsets))
    found: dict[int, Place] = {}
    for number, place in _marked_places(parse_fragment(sanitize(html) if sanitized else html), references):
        found.setdefault(offsets[number], place)
    return {offsets[int(mark[1])]: UNSEEN for mark in _MARK.finditer(html)} | found


def _with_marks(text: str, offsets: Sequence[int]) -> str:
    parts, end = [], 0
    for number, offset in sorted(enumerate(offsets), key=lambda item: item[1]):
        parts += [text[end:offset], f"\uffff{number}\uffff"]
        end = offset
    return "".join([*parts, text[end:]])


def _marked_places(root: HtmlNode, references: frozenset[int]) -> Iterator[tuple[int, Place]]:
    """Yield the number of each mark with its place, in the order of the page."""
    stack: list[tuple[Iterator[HtmlNode], tuple[str, ...], str]] = [(root.iter(include_text=True), (), "")]
    while stack:  # a loop, because elements can be nested deeper than Python calls
        nodes, tags, footnote = stack[-1]
        node = next(nodes, None)
        if node is None:
            stack.pop()
            continue
        if node.is_text_node:
            previous = node.prev
            previous_tag = (previous.tag or "") if previous is not None else ""
            yield from _marks(node.text_content or "", Place(tags, "", "", previous_tag, False, footnote), references)
        elif node.is_element_node:
            inside = (*tags, node.tag or "")
            for name, value in node.attributes.items():
                yield from _marks(value or "", Place(inside, name, "", "", False, footnote), references)
            note = node.attributes.get("id") or ""
            stack.append((node.iter(include_text=True), inside, note[3:] if note.startswith("fn:") else footnote))


def _marks(text: str, place: Place, references: frozenset[int]) -> Iterator[tuple[int, Place]]:
    for mark in _MARK.finditer(text):
        value = _MARK.sub("", text if place.attribute else text[: mark.start()])
        number = int(mark[1])
        yield (
            number,
            Place(place.tags, place.attribute, value, place.previous_tag, number in references, place.footnote),
        )


def running_references(text: str, matches: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """Return those matches of WIKI_LINK in a text that become a link or a number, which no code does."""
    candidates = list(matches)
    found = places(text, tuple(match.start("target") for match in candidates))
    return [
        match
        for match in candidates
        if (place := found.get(match.start("target"))) and place.is_reference and place.is_running_text
    ]


def replace_references(text: str, words: Callable[[re.Match[str]], str]) -> str:
    """Return a text with each reference replaced by words; `[[…]]` in code stays."""
    if "[[" not in text:
        return text
    blocks = [text] if any(sign in text for sign in _HIDING_SIGNS) else _BLANK_LINES.split(text)
    return "".join(_replace_in_block(block, words) if "[[" in block else block for block in blocks)


def _replace_in_block(text: str, words: Callable[[re.Match[str]], str]) -> str:
    if not any(sign in text for sign in _HIDING_SIGNS_IN_BLOCK):
        return WIKI_LINK.sub(words, text)
    parts, end = [], 0
    for match in running_references(text, WIKI_LINK.finditer(text)):
        parts += [text[end : match.start()], words(match)]
        end = match.end()
    return "".join([*parts, text[end:]])


def in_running_text(text: str, offsets: Iterable[int]) -> frozenset[int]:
    """Return those offsets of a text that readers see on the page, and not as code."""
    return frozenset(offset for offset, place in places(text, tuple(offsets)).items() if place.is_running_text)


def headings(text: str) -> list[re.Match[str]]:
    """Return the headings of a text that begin with `#`, with the groups `marks`, `space` and `title`."""
    lines = [line for line in _HEADING_LINE.finditer(text) if line["title"].strip("#")] if "#" in text else []
    # After a blank line, at the left margin and without a block of code or HTML in the text, it can be nothing else.
    if not lines or (not any(sign in text for sign in _HIDING_HEADINGS) and all(map(_begins_block, lines))):
        return lines
    found = places(text, tuple(line.start("title") for line in lines), sanitized=False)
    return [line for line in lines if (place := found.get(line.start("title"))) and place.is_heading]


def _begins_block(line: re.Match[str]) -> bool:
    before = line.string[max(0, line.start() - 2) : line.start()]
    return not line["indent"] and before in ("", "\n", "\n\n")


def link_urls(text: str) -> list[tuple[int, str]]:
    """Return the offset and the URL of each link and image in a text, as a browser reads the URL."""
    matches = list(_URL_START.finditer(text))
    starts = {match.end(): match.start("url") if match["url"] else match.end() for match in matches}
    found = sorted(places(text, tuple(starts), sanitized=False).items())  # also those that the sanitizer removes
    return [(starts[offset], place.value) for offset, place in found if place.attribute in ("href", "src")]
