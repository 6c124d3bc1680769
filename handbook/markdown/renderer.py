"""Markdown → clean HTML. The only module that knows Markdown and nh3.

Python-Markdown lets raw HTML and `javascript:` through, so its result always passes nh3's allow-list: what an
editor writes can look like anything and run nothing.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from typing import Any

import markdown
import nh3
from markdown.extensions import def_list, fenced_code, footnotes, sane_lists, tables
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from handbook.markdown import fast_path
from handbook.markdown.sanitized_html import finish, join_japanese_lines
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
    i img ins kbd li mark ol p pre q rp rt ruby s small strong sub sup table tbody td tfoot th thead tr u ul""".split()  # noqa: SIM905  # sixty lines of one word each read worse
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
"""Stands for the bar of a reference while Markdown looks for tables; no source may hold this character."""

_ESCAPED = re.compile(r"[&<>\x00-\x1f\x7f-\xa0\ufffe\uffff]")


class MarkdownRenderer:
    """One Markdown instance for all texts of a site: making one takes longer than using it."""

    def __init__(self, site: Site) -> None:
        by_id = {entry.id: entry for entry in site.tree_nodes}
        counts = {count.level.name: count.count for count in site.level_counts}
        # Named by a word, an extension is looked for among all packages there are, which takes longer than all texts.
        extensions = [
            # An align attribute passes the sanitiser and becomes a class; the extension's inline style would not.
            tables.TableExtension(use_align_attribute=True),
            def_list.DefListExtension(),
            fenced_code.FencedCodeExtension(),
            footnotes.FootnoteExtension(BACKLINK_TITLE="本文の脚注 {} にもどる"),
            sane_lists.SaneListExtension(),
        ]
        self._markdown = markdown.Markdown(extensions=extensions, output_format="html")
        self._markdown.preprocessors.register(_BarEscaper(self._markdown), "bars", 5)
        # Behind the backslash escapes (180), so that `\\[[` shows the brackets as typed.
        self._markdown.inlinePatterns.register(_WikiLinkProcessor(self._markdown, by_id, counts), "reference", 175)
        self._terms = _GlossaryLinker(site.plan.terms)
        self._markdown.treeprocessors.register(self._terms, "terms", 5)
        self._by_id = by_id

    def render_page(self, prose: Mapping[str, Markdown], root: str, *, explain: bool) -> dict[str, HtmlText]:
        """Typeset the texts of one page. The first time a word of the glossary occurs on it, it leads there."""
        self._terms.unseen = set(self._terms.paths) if explain else set()
        return {name: self._text(text, name, root) for name, text in prose.items()}

    def _text(self, text: Markdown, name: str, root: str) -> HtmlText:
        """Typeset one text. Links in it are written from the top of the site, to which `root` leads."""
        if not self._terms.may_occur(text.text):
            simple = fast_path.simple_markdown_to_html(text.text, lambda target, words: self._link(target, words, root))
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
        return finish(clean, root, "" if name == "body" else f"{name}_")

    def _link(self, target: str, words: str, root: str) -> str | None:
        """Return a plain link to a node."""
        entry = self._by_id.get(target)
        words = words or (entry.name if entry else "")
        return f'<a href="{root}{entry.path}">{words}</a>' if entry and not _ESCAPED.search(words) else None


def _drop_invalid_url(_: str, attribute: str, value: str) -> str | None:
    """Drop an address that is none, such as `https://[x`; the check tells where it was typed."""
    return None if attribute in ("href", "src") and not is_valid_url(value) else value


class _BarEscaper(Preprocessor):
    """Hides the bar of `[[id|words]]` from tables, which would cut a cell there."""

    def run(self, lines: list[str]) -> list[str]:
        return [
            WIKI_LINK.sub(lambda m: m[0].replace("|", ESCAPED_BAR), line) if "[[" in line else line for line in lines
        ]


class _WikiLinkProcessor(InlineProcessor):
    """`[[id]]` → a link with the node's name; `[[数:level]]` → how many there are."""

    def __init__(self, writer: markdown.Markdown, by_id: Mapping[str, TreeNode], counts: Mapping[str, int]) -> None:
        super().__init__(WIKI_LINK.pattern.replace(r"\|", "|").replace("|", ESCAPED_BAR), writer)
        self.by_id = by_id
        self.counts = counts

    def handleMatch(  # type: ignore[override]  # noqa: N802  # the library's own name, typed for its base class
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002  # the library passes it
    ) -> tuple[Any, int, int]:
        target = m["target"].strip()
        if target.startswith(COUNT_PREFIX):
            return str(self.counts[target.removeprefix(COUNT_PREFIX)]), m.start(0), m.end(0)
        entry = self.by_id[target]
        link = ET.Element("a", href=entry.path)
        link.text = markdown.util.AtomicString(m["words"].strip() if m["words"] else entry.name)
        return link, m.start(0), m.end(0)


class _GlossaryLinker(Treeprocessor):
    """The first time a word of the glossary occurs on a page, it becomes a link to its explanation."""

    SKIPPED_TAGS = frozenset("a abbr code dt h1 h2 h3 h4 h5 h6 pre".split())  # noqa: SIM905  # one line instead of ten

    def __init__(self, terms: Iterable[GlossaryTerm]) -> None:
        super().__init__()
        self.paths = {term.name: term.path for term in terms}
        self.pattern = names_pattern(self.paths)
        self.unseen: set[str] = set()
        """Words that have not occurred on this page yet."""

    def may_occur(self, text: str) -> bool:
        """Whether any word that has not occurred yet may be in a text."""
        found = self.pattern.finditer(text) if self.unseen and self.pattern else ()
        return any(word[0] in self.unseen for word in found)

    def run(self, root: ET.Element) -> None:
        if self.unseen and self.pattern:
            self._link(root, self.pattern)

    def _link(self, element: ET.Element, words: re.Pattern[str]) -> None:
        if element.tag in self.SKIPPED_TAGS:
            return
        parts = list(element)
        element.text, links = self._linked(element.text, words)
        made = links
        for part in parts:
            self._link(part, words)
            part.tail, links = self._linked(part.tail, words)
            made += [part, *links]
        element[:] = made

    def _linked(self, text: str | None, words: re.Pattern[str]) -> tuple[str | None, list[ET.Element]]:
        """Cut a text at the words not seen before: what stands before them, and a link for each with its tail."""
        before, end = text, 0
        links: list[ET.Element] = []
        for found in words.finditer(text or ""):
            if found[0] not in self.unseen:
                continue
            self.unseen.remove(found[0])
            between = found.string[end : found.start()]
            if links:
                links[-1].tail = between
            else:
                before = between
            link = ET.Element("a", href=self.paths[found[0]])
            link.text = found[0]
            links.append(link)
            end = found.end()
        if links:
            links[-1].tail = (text or "")[end:]
        return before, links
