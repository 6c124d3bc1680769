"""Convert Markdown into sanitized HTML with links to nodes, and names into phrases and ruby.

`renderer` runs Python-Markdown and the sanitizer, `sanitized_html` edits their result, `fast_path` converts simple
texts without Python-Markdown, and `line_breaks` splits names with BudouX.
"""

from __future__ import annotations

from collections.abc import Mapping

from handbook import parallel
from handbook.lazy import LazyMapping
from handbook.markdown.line_breaks import plan_vocabulary, ruby_names, split_phrases
from handbook.markdown.renderer import MarkdownRenderer
from handbook.markdown.sanitized_html import add_term_anchors
from handbook.model import HtmlText, Site, SiteTexts
from handbook.patterns import GLOSSARY_PAGE


def lazy_texts(site: Site) -> SiteTexts:
    """Return every text of the site as HTML and every name as phrases, each converted when it is first read."""
    renderer = MarkdownRenderer(site)
    page_by_path = {page.path: page for page in site.pages}
    text_by_term = {term.name: term.text for term in site.plan.terms}

    def page_html(path: str) -> Mapping[str, HtmlText]:
        page = page_by_path[path]
        if path != f"{GLOSSARY_PAGE}.html":
            return renderer.render_page(page.prose, page.path_to_root, link_terms=True)
        html_by_name = renderer.render_page(page.prose, page.path_to_root, link_terms=False)
        return {name: add_term_anchors(text, site.plan.terms) for name, text in html_by_name.items()}

    def term_html(name: str) -> HtmlText:
        # Explanations of terms are shown on pages of nodes, and these are all one folder deep.
        return renderer.render_page({"term": text_by_term[name]}, "../", link_terms=False)["term"]

    vocabulary = plan_vocabulary(site)
    phrases = split_phrases(site, vocabulary)
    prose = LazyMapping(page_by_path, page_html, lambda paths: parallel.parallel_map(page_html, paths))
    terms = LazyMapping(text_by_term, term_html)
    whole_words = vocabulary.whole_words(word for phrase in phrases[site.plan.name] for word in phrase)
    return SiteTexts(prose, terms, phrases, ruby_names(phrases, site.tree_nodes), whole_words)
