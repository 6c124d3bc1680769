"""Render Markdown as sanitized HTML. The only module that imports Python-Markdown and nh3.

Python-Markdown keeps raw HTML and `javascript:` URLs, so its result always passes the allow-list of nh3: no text can
run a script.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from typing import Any  # as in the base class of Python-Markdown

import markdown
import nh3
from markdown.extensions import def_list, fenced_code, footnotes, sane_lists, tables
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from handbook.markdown import fast_path
from handbook.markdown.sanitized_html import finish_html, join_japanese_lines
from handbook.model import (
    COUNT_PREFIX,
    WIKI_LINK,
    GlossaryTerm,
    HtmlText,
    Markdown,
    Site,
    TreeNode,
    is_valid_url,
    names_pattern,
)

ALLOWED_TAGS = set(
    """a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr
    i img ins kbd li mark ol p pre q rp rt ruby s small strong sub sup table tbody td tfoot th thead tr u ul""".split()  # noqa: SIM905  # a list would take sixty lines
)
ALLOWED_ATTRIBUTES = {
    "*": {"id", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "scope", "align"},
}
ALLOWED_SCHEMES = {"http", "https", "mailto", "tel"}

ESCAPED_BAR = "\ufffe"
"""Replaces the bar in `[[id|words]]` until tables are parsed. The parser rejects sources with this character."""

_ESCAPED = re.compile(r"[&<>\x00-\x1f\x7f-\xa0\ufffe\uffff]")


class MarkdownRenderer:
    """One Markdown instance for all texts of a site, because creating one takes longer than rendering a text."""

    def __init__(self, site: Site) -> None:
        node_by_id = {node.id: node for node in site.tree_nodes}
        count_by_level = {count.level.name: count.count for count in site.level_counts}
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
        self._markdown.preprocessors.register(_BarEscaper(self._markdown), "bars", 5)
        # After the backslash escapes (priority 180), so that `\\[[` shows the brackets as typed.
        self._markdown.inlinePatterns.register(
            _WikiLinkProcessor(self._markdown, node_by_id, count_by_level), "reference", 175
        )
        self._glossary = _GlossaryLinker(site.plan.terms)
        self._markdown.treeprocessors.register(self._glossary, "terms", 5)
        self._node_by_id = node_by_id
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
        raw = self._markdown.reset().convert(text.text).replace(ESCAPED_BAR, "|")
        clean = nh3.clean(
            raw,
            tags=ALLOWED_TAGS,
            attributes=ALLOWED_ATTRIBUTES,
            url_schemes=ALLOWED_SCHEMES,
            link_rel=None,
            attribute_filter=_drop_invalid_url,
        )
        return finish_html(clean, path_to_root, "" if name == "body" else f"{name}_", self._picture_sizes)

    def _link(self, target: str, text: str, path_to_root: str) -> str | None:
        """Return a link to a node, or None if the target is no node or the text needs escaping."""
        node = self._node_by_id.get(target)
        text = text or (node.name if node else "")
        return f'<a href="{path_to_root}{node.path}">{text}</a>' if node and not _ESCAPED.search(text) else None


def _drop_invalid_url(_: str, attribute: str, value: str) -> str | None:
    """Drop an invalid URL such as `https://[x`; `check` reports its place."""
    return None if attribute in ("href", "src") and not is_valid_url(value) else value


class _BarEscaper(Preprocessor):
    """Replaces the bar in `[[id|words]]`, which the table extension would read as the end of a cell."""

    def run(self, lines: list[str]) -> list[str]:
        return [
            WIKI_LINK.sub(lambda match: match[0].replace("|", ESCAPED_BAR), line) if "[[" in line else line
            for line in lines
        ]


class _WikiLinkProcessor(InlineProcessor):
    """Replaces `[[id]]` by a link with the node's name, and `[[数:level]]` by the number of nodes on that level."""

    def __init__(
        self, converter: markdown.Markdown, node_by_id: Mapping[str, TreeNode], count_by_level: Mapping[str, int]
    ) -> None:
        super().__init__(WIKI_LINK.pattern.replace(r"\|", "|").replace("|", ESCAPED_BAR), converter)
        self.node_by_id = node_by_id
        self.count_by_level = count_by_level

    def handleMatch(  # type: ignore[override]  # noqa: N802  # the library's name, whose base class has another type
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002  # the library passes it
    ) -> tuple[Any, int, int]:
        target = m["target"].strip()
        if target.startswith(COUNT_PREFIX):
            return str(self.count_by_level[target.removeprefix(COUNT_PREFIX)]), m.start(0), m.end(0)
        node = self.node_by_id[target]
        link = ET.Element("a", href=node.path)
        link.text = markdown.util.AtomicString(m["words"].strip() if m["words"] else node.name)
        return link, m.start(0), m.end(0)


class _GlossaryLinker(Treeprocessor):
    """Links the first use of each glossary term on a page to its explanation."""

    SKIPPED_TAGS = frozenset("a abbr code dt h1 h2 h3 h4 h5 h6 pre".split())  # noqa: SIM905  # fits on one line

    def __init__(self, terms: Iterable[GlossaryTerm]) -> None:
        super().__init__()
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
