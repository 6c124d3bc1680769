"""Markdown → clean HTML, `[[id]]` → links, names → phrases and ruby.

Inside: `writer` knows Markdown and its sanitiser, `names` knows BudouX.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from handbook import hands
from handbook.model import Asked, Site, Text, Texts
from handbook.patterns import GLOSSARY_PAGE
from handbook.typeset.names import names, phrases
from handbook.typeset.writer import Writer, defined

T = TypeVar("T")


def prose(site: Site) -> Texts:
    """Return every text of the site as HTML, and every name cut into phrases, with its reading laid over it."""
    texts = asked(site)
    prose, cut = _all(texts.prose), _all(texts.phrases)
    return replace(texts, prose=prose, phrases=cut, names=dict(names(cut, site.entries)))


def _all(asked: Mapping[str, T]) -> Mapping[str, T]:
    """Make all values, by many hands."""
    return dict(zip(asked, hands.each(asked.__getitem__, tuple(asked)), strict=True))


def asked(site: Site) -> Texts:
    """Return the same, each text and name made when it is asked for."""
    writer = Writer(site)
    pages = {page.path: page for page in site.pages}
    terms = {term.name: term.text for term in site.plan.terms}

    def written(path: str) -> Mapping[str, Text]:
        page = pages[path]
        if path != f"{GLOSSARY_PAGE}.html":
            return writer.page(page.prose, page.root, explain=True)
        plainly = writer.page(page.prose, page.root, explain=False)
        return {name: defined(text, site.plan.terms) for name, text in plainly.items()}

    def meaning(name: str) -> Text:
        # Explanations are read beside the names of nodes, whose pages all stand one folder deep.
        return writer.page({"term": terms[name]}, "../", explain=False)["term"]

    cut = phrases(site)
    return Texts(Asked(pages, written), Asked(terms, meaning), cut, names(cut, site.entries))
