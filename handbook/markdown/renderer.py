"""Render Markdown as sanitized HTML with links to nodes and to the terms of the glossary."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping

from handbook.markdown import fast_path
from handbook.markdown.sanitized_html import finish_html, join_japanese_lines
from handbook.markdown_reader.converter import MarkdownConverter
from handbook.markdown_reader.sanitizer import sanitize
from handbook.model import (
    COUNT_PREFIX,
    GlossaryTerm,
    HtmlText,
    Markdown,
    Site,
    names_pattern,
)

_ESCAPED = re.compile(r"[&<>\x00-\x1f\x7f-\xa0\ufffe\uffff]")


class MarkdownRenderer:
    """One Markdown instance for all texts of a site, because creating one takes longer than rendering a text."""

    def __init__(self, site: Site) -> None:
        self._node_by_id = {node.id: node for node in site.tree_nodes}
        self._count_by_level = {count.level.name: count.node_count for count in site.level_counts}
        self._glossary = _GlossaryLinker(site.plan.terms)
        self._converter = MarkdownConverter(self._resolve, self._glossary.run)
        self._picture_sizes = {image.path: (image.width, image.height) for image in site.plan.images}

    def render_page(self, prose: Mapping[str, Markdown], path_to_root: str, *, link_terms: bool) -> dict[str, HtmlText]:
        """Return the texts of one page as HTML. With `link_terms`, the first use of each term links to the glossary."""
        self._glossary.unseen = set(self._glossary.paths) if link_terms else set()
        return {name: self._render_text(text, name, path_to_root) for name, text in prose.items()}

    def _render_text(self, text: Markdown, name: str, path_to_root: str) -> HtmlText:
        """Return one text as HTML. URLs in it are relative to the top of the site, and `path_to_root` is prefixed."""
        if not self._glossary.may_occur(text.text):
            simple = fast_path.simple_markdown_to_html(
                text.text, lambda target, label: self._link(target, label, path_to_root)
            )
            if simple is not None:
                return HtmlText(join_japanese_lines(simple), ())
        clean = sanitize(self._converter.convert(text.text))
        return finish_html(clean, path_to_root, "" if name == "body" else f"{name}_", self._picture_sizes)

    def _resolve(self, target: str, words: str) -> tuple[str, str] | str | None:
        """Return URL and text of a link, a count for `[[数:level]]`, or None for an unknown target."""
        if target.startswith(COUNT_PREFIX):
            count = self._count_by_level.get(target.removeprefix(COUNT_PREFIX))
            return None if count is None else str(count)
        node = self._node_by_id.get(target)
        return (node.path, words or node.name) if node else None

    def _link(self, target: str, text: str, path_to_root: str) -> str | None:
        """Return a link to a node, or None if the target is no node or the text needs escaping."""
        node = self._node_by_id.get(target)
        text = text or (node.name if node else "")
        return f'<a href="{path_to_root}{node.path}">{text}</a>' if node and not _ESCAPED.search(text) else None


class _GlossaryLinker:
    """Links the first use of each glossary term on a page to its explanation."""

    SKIPPED_TAGS = frozenset("a abbr code dt h1 h2 h3 h4 h5 h6 pre".split())  # noqa: SIM905  # fits on one line

    def __init__(self, terms: Iterable[GlossaryTerm]) -> None:
        self.paths = {term.name: term.path for term in terms}
        self.pattern = names_pattern(self.paths)
        self.unseen: set[str] = set()
        """Terms without a link on this page so far."""

    def may_occur(self, text: str) -> bool:
        """Return whether a text may contain an unseen term."""
        matches = self.pattern.finditer(text) if self.unseen and self.pattern else ()
        return any(match[0] in self.unseen for match in matches)

    def run(self, root: ET.Element) -> None:
        if self.unseen and self.pattern:
            self._link_terms(root, self.pattern)

    def _link_terms(self, element: ET.Element, pattern: re.Pattern[str]) -> None:
        if element.tag in self.SKIPPED_TAGS:
            return
        children = list(element)
        element.text, new_children = self._split_at_terms(element.text, pattern)
        for child in children:
            self._link_terms(child, pattern)
            child.tail, links = self._split_at_terms(child.tail, pattern)
            new_children += [child, *links]
        element[:] = new_children

    def _split_at_terms(self, text: str | None, pattern: re.Pattern[str]) -> tuple[str | None, list[ET.Element]]:
        """Return the text before the first unseen term, and per such term a link with the text after it as tail."""
        before, end = text, 0
        links: list[ET.Element] = []
        for match in pattern.finditer(text or ""):
            if match[0] not in self.unseen:
                continue
            self.unseen.remove(match[0])
            between = match.string[end : match.start()]
            if links:
                links[-1].tail = between
            else:
                before = between
            link = ET.Element("a", href=self.paths[match[0]])
            link.text = match[0]
            links.append(link)
            end = match.end()
        if links:
            links[-1].tail = (text or "")[end:]
        return before, links
