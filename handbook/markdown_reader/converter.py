"""Convert Markdown to HTML: Python-Markdown with our reader of blocks and further inline syntax.

The result is not sanitized: Python-Markdown keeps raw HTML and `javascript:` URLs.
"""

from __future__ import annotations

import re
import string
import xml.etree.ElementTree as ET
from typing import Any  # as in the base class of Python-Markdown

import markdown
from markdown.extensions import footnotes
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

from handbook.markdown_reader.block_elements import BlockElements
from handbook.markdown_reader.inline_syntax import register_inline_syntax
from handbook.markdown_reader.raw_html import ESCAPED_BAR, LINE_BREAK, Resolver, escape_bars
from handbook.model import WIKI_LINK


class MarkdownConverter:
    """One Markdown instance for many texts, because creating one takes longer than converting a text."""

    def __init__(self, resolve: Resolver) -> None:
        self._markdown = markdown.Markdown(output_format="html")
        self._markdown.ESCAPED_CHARS = list(string.punctuation)
        self._markdown.parser = BlockElements(self._markdown, resolve)
        # An extension named by a string is searched in all installed packages, which takes longer than all texts.
        self._markdown.registerExtensions([footnotes.FootnoteExtension(BACKLINK_TITLE="本文の脚注 {} にもどる")], {})
        self._markdown.preprocessors.deregister("html_block")  # the parser of blocks reads raw HTML too
        self._markdown.preprocessors.register(_BarEscaper(self._markdown), "bars", 5)
        # After the backslash escapes (priority 180), so that `\\[[` shows the brackets as typed.
        self._markdown.inlinePatterns.register(_ReferenceProcessor(self._markdown, resolve), "node_reference", 175)
        register_inline_syntax(self._markdown)

    def convert(self, text: str) -> str:
        """Return a text as HTML that still needs sanitizing."""
        return self._markdown.reset().convert(text).replace(ESCAPED_BAR, "|").replace(LINE_BREAK, "<br>")


class _BarEscaper(Preprocessor):
    """Replaces the bar in `[[id|words]]`, which the table extension would read as the end of a cell."""

    def run(self, lines: list[str]) -> list[str]:
        return [escape_bars(line) for line in lines]


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
