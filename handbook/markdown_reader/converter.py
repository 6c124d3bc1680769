"""Convert Markdown to HTML. The only module that imports Python-Markdown.

The result is not sanitized: Python-Markdown keeps raw HTML and `javascript:` URLs.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any  # as in the base class of Python-Markdown

import markdown
from markdown.extensions import def_list, fenced_code, footnotes, sane_lists, tables
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

from handbook.model import WIKI_LINK

ESCAPED_BAR = "\ufffe"
"""Replaces the bar in `[[id|words]]` until tables are parsed. The parser rejects sources with this character."""

Resolver = Callable[[str, str], tuple[str, str] | str | None]
"""Converts the target and the words (`""` without `|`) of `[[target|words]]` into URL and text of a link, or into a
text. None leaves the reference as typed."""

_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<name>[a-zA-Z][\w-]*)[^>]*>", re.DOTALL)
_LITERAL_TAGS = frozenset({"code", "pre", "script", "style", "textarea", "a"})
"""Elements of raw HTML in which `[[id]]` stays as typed: no link can be in them."""


class MarkdownConverter:
    """One Markdown instance for many texts, because creating one takes longer than converting a text."""

    def __init__(self, resolve: Resolver) -> None:
        # An extension named by a string is searched in all installed packages, which takes longer than all texts.
        extensions = [
            # The sanitizer keeps the align attribute, which becomes a class later, but drops an inline style.
            tables.TableExtension(use_align_attribute=True),
            def_list.DefListExtension(),
            fenced_code.FencedCodeExtension(),
            footnotes.FootnoteExtension(BACKLINK_TITLE="本文の脚注 {} にもどる"),
            sane_lists.SaneListExtension(),
        ]
        self._markdown = markdown.Markdown(extensions=extensions, output_format="html")
        # After the code fences (25) and the raw HTML (20) have been taken out.
        self._markdown.preprocessors.register(_RawHtmlReferences(self._markdown, resolve), "raw_references", 6)
        self._markdown.preprocessors.register(_BarEscaper(self._markdown), "bars", 5)
        # After the backslash escapes (priority 180), so that `\\[[` shows the brackets as typed.
        self._markdown.inlinePatterns.register(_ReferenceProcessor(self._markdown, resolve), "reference", 175)

    def convert(self, text: str) -> str:
        """Return a text as HTML that still needs sanitizing."""
        return self._markdown.reset().convert(text).replace(ESCAPED_BAR, "|")


class _BarEscaper(Preprocessor):
    """Replaces the bar in `[[id|words]]`, which the table extension would read as the end of a cell."""

    def run(self, lines: list[str]) -> list[str]:
        return [
            WIKI_LINK.sub(lambda match: match[0].replace("|", ESCAPED_BAR), line) if "[[" in line else line
            for line in lines
        ]


class _ReferenceProcessor(InlineProcessor):
    """Replaces each `[[id]]` outside code by what the resolver returns."""

    def __init__(self, converter: markdown.Markdown, resolve: Resolver) -> None:
        super().__init__(WIKI_LINK.pattern.replace(r"\|", "|").replace("|", ESCAPED_BAR), converter)
        self.resolve = resolve

    def handleMatch(  # type: ignore[override]  # noqa: N802  # the library's name, whose base class has another type
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002  # the library passes it
    ) -> tuple[Any, int | None, int | None]:
        found = self.resolve(m["target"].strip(), (m["words"] or "").strip())
        if found is None:
            return None, None, None
        if isinstance(found, str):
            return found, m.start(0), m.end(0)
        link = ET.Element("a", href=found[0])
        link.text = markdown.util.AtomicString(found[1])
        return link, m.start(0), m.end(0)


class _RawHtmlReferences(Preprocessor):
    """Replaces each `[[id]]` in the text of raw HTML blocks, which Python-Markdown keeps as they are."""

    def __init__(self, converter: markdown.Markdown, resolve: Resolver) -> None:
        super().__init__(converter)
        self.resolve = resolve

    def run(self, lines: list[str]) -> list[str]:
        stash = self.md.htmlStash.rawHtmlBlocks
        for index, block in enumerate(stash):
            if isinstance(block, str) and "[[" in block:
                stash[index] = self._resolved(block)
        return lines

    def _resolved(self, block: str) -> str:
        """Return raw HTML with the references in its text replaced, except those inside code and links."""
        parts: list[str] = []
        literal, end = 0, 0
        for tag in _TAG.finditer(block):
            parts += [self._text(block[end : tag.start()], literal), tag[0]]
            if (tag["name"] or "").lower() in _LITERAL_TAGS:
                literal = max(0, literal + (-1 if tag["end"] else 1))
            end = tag.end()
        return "".join([*parts, self._text(block[end:], literal)])

    def _text(self, text: str, literal: int) -> str:
        return text if literal else WIKI_LINK.sub(self._reference, text)

    def _reference(self, match: re.Match[str]) -> str:
        is_escaped = match.string[: match.start()].endswith("\\")
        found = None if is_escaped else self.resolve(match["target"].strip(), "")
        if found is None or isinstance(found, str):
            return match[0] if found is None else found
        return f'<a href="{found[0]}">{(match["words"] or "").strip() or html.escape(found[1])}</a>'
