"""Render Markdown as sanitized HTML with links to nodes and to the terms of the glossary."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handbook.markdown import fast_path
from handbook.markdown.glossary_links import GlossaryLinks
from handbook.markdown.sanitized_html import finish_html
from handbook.markdown_reader.converter import MarkdownConverter
from handbook.markdown_reader.sanitizer import sanitize
from handbook.markdown_reader.soft_breaks import join_japanese_lines
from handbook.model import COUNT_PREFIX, HtmlText, Markdown, Site

_ESCAPED = re.compile(r"[&<>\x00-\x1f\x7f-\xa0\ufffe\uffff]")


class MarkdownRenderer:
    """One Markdown instance for all texts of a site, because creating one takes longer than rendering a text."""

    def __init__(self, site: Site) -> None:
        self._node_by_id = {node.id: node for node in site.tree_nodes}
        self._count_by_level = {count.level.name: count.node_count for count in site.level_counts}
        self._glossary = GlossaryLinks(site.plan)
        self._converter = MarkdownConverter(self._resolve)
        self._picture_sizes = {image.path: (image.width, image.height) for image in site.plan.images}

    def render_page(self, prose: Mapping[str, Markdown], path_to_root: str, *, link_terms: bool) -> dict[str, HtmlText]:
        """Return the texts of one page as HTML. With `link_terms`, the first use of each term links to the glossary."""
        self._glossary.begin_page(link_terms=link_terms)
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
        prefix = "" if name == "body" else f"{name}_"
        return finish_html(clean, path_to_root, prefix, self._picture_sizes, self._glossary.add)

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
