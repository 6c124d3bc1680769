"""Markdown → clean HTML, `[[id]]` → links, names → phrases and ruby.

Inside: `writer` runs Markdown and its sanitiser, `finish` changes the result, `plain` renders simple texts without
Markdown, `names` runs BudouX.
"""

from __future__ import annotations

from collections.abc import Mapping

from handbook import hands
from handbook.lazy import LazyMapping
from handbook.model import Site, Text, Texts
from handbook.patterns import GLOSSARY_PAGE
from handbook.typeset.finish import add_term_anchors
from handbook.typeset.names import names, phrases
from handbook.typeset.writer import Writer


def lazy_texts(site: Site) -> Texts:
    """Return every text of the site as HTML and every name as phrases, each typeset when it is first read."""
    writer = Writer(site)
    pages = {page.path: page for page in site.pages}
    terms = {term.name: term.text for term in site.plan.terms}

    def written(path: str) -> Mapping[str, Text]:
        page = pages[path]
        if path != f"{GLOSSARY_PAGE}.html":
            return writer.page(page.prose, page.root, explain=True)
        plainly = writer.page(page.prose, page.root, explain=False)
        return {name: add_term_anchors(text, site.plan.terms) for name, text in plainly.items()}

    def meaning(name: str) -> Text:
        # Explanations are read beside the names of nodes, whose pages all stand one folder deep.
        return writer.page({"term": terms[name]}, "../", explain=False)["term"]

    cut = phrases(site)
    prose = LazyMapping(pages, written, lambda paths: hands.each(written, paths))
    return Texts(prose, LazyMapping(terms, meaning), cut, names(cut, site.entries))
