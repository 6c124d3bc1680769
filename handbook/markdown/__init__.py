"""Markdown → clean HTML, `[[id]]` → links, names → phrases and ruby.

Inside: `writer` runs Markdown and its sanitiser, `finish` changes the result, `plain` renders simple texts without
Markdown, `names` runs BudouX.
"""

from __future__ import annotations

from collections.abc import Mapping

from handbook import parallel
from handbook.lazy import LazyMapping
from handbook.markdown.line_breaks import ruby_names, split_phrases
from handbook.markdown.renderer import MarkdownRenderer
from handbook.markdown.sanitized_html import add_term_anchors
from handbook.model import HtmlText, Site, SiteTexts
from handbook.patterns import GLOSSARY_PAGE


def lazy_texts(site: Site) -> SiteTexts:
    """Return every text of the site as HTML and every name as phrases, each typeset when it is first read."""
    writer = MarkdownRenderer(site)
    pages = {page.path: page for page in site.pages}
    terms = {term.name: term.text for term in site.plan.terms}

    def written(path: str) -> Mapping[str, HtmlText]:
        page = pages[path]
        if path != f"{GLOSSARY_PAGE}.html":
            return writer.render_page(page.prose, page.path_to_root, explain=True)
        plainly = writer.render_page(page.prose, page.path_to_root, explain=False)
        return {name: add_term_anchors(text, site.plan.terms) for name, text in plainly.items()}

    def meaning(name: str) -> HtmlText:
        # Explanations are read beside the names of nodes, whose pages all stand one folder deep.
        return writer.render_page({"term": terms[name]}, "../", explain=False)["term"]

    cut = split_phrases(site)
    prose = LazyMapping(pages, written, lambda paths: parallel.parallel_map(written, paths))
    return SiteTexts(prose, LazyMapping(terms, meaning), cut, ruby_names(cut, site.tree_nodes))
