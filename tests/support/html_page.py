"""Parses pages of the site: their text, links and lists. Uses no code of the product."""

from __future__ import annotations

import functools
import posixpath
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "img", "br", "hr", "wbr", "col", "base", "input"})


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attrs: dict[str, str]
    parts: list[Element | str] = field(default_factory=list)

    def all(self, tag: str = "", **attrs: str) -> list[Element]:
        """Return every descendant with this tag and these attributes. `class_` matches one of the classes."""
        found = []
        for part in self.parts:
            if isinstance(part, Element):
                if (not tag or part.tag == tag) and all(
                    value in part.attrs.get(name.rstrip("_"), "").split() for name, value in attrs.items()
                ):
                    found.append(part)
                found += part.all(tag, **attrs)
        return found

    @property
    def words(self) -> str:
        """All text of the element without its ruby annotations."""
        return "".join(
            part if isinstance(part, str) else part.words
            for part in self.parts
            if isinstance(part, str) or part.tag not in {"rt", "rp"}
        )

    @property
    def kana(self) -> str:
        """All text of the element, with each ruby annotation in place of its base text."""
        if self.tag == "ruby":
            return "".join(part.words for part in self.all("rt"))
        return "".join(part if isinstance(part, str) else part.kana for part in self.parts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.top = Element("", {})
        self.open = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].parts.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].parts.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


@functools.lru_cache(maxsize=1024)
def page(text: str) -> Element:
    """Parse a page or an SVG. Fails if an element is not closed where it must be. The result is cached.

    The cache has room for the pages of both sites that the tests share.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == [reader.top], f"<{reader.open[-1].tag}> is never closed"
    return reader.top


def target(path: str, link: str) -> str:
    """Return the target of a link on a page, as a path from the root of the site."""
    file = link.partition("#")[0].partition("?")[0]
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
