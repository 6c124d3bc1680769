"""Markdown → clean HTML, `[[id]]` → links, names → phrases and ruby.

Inside: `writer` knows Markdown and its sanitiser, `names` knows BudouX.
"""

from __future__ import annotations

from collections.abc import Mapping

from handbook import hands
from handbook.keys import GLOSSARY
from handbook.model import Page, Site, Text, Texts
from handbook.typeset.names import names, phrases
from handbook.typeset.writer import Writer, defined


def prose(site: Site) -> Texts:
    """Return every text of the site as HTML, and every name cut into phrases, with its reading laid over it."""
    writer = Writer(site)
    glossary = f"{GLOSSARY}.html"

    def written(page: Page) -> Mapping[str, Text]:
        return writer.page(page.prose, page.root, explain=page.path != glossary)

    paths = (page.path for page in site.pages)
    texts = dict(zip(paths, hands.each(written, site.pages), strict=True))
    if glossary in texts:
        texts[glossary] = {name: defined(text, site.plan.terms) for name, text in texts[glossary].items()}
    # Explanations are read beside the names of nodes, whose pages all stand one folder deep.
    meanings = {term.name: writer.page({"term": term.text}, "../", explain=False)["term"] for term in site.plan.terms}
    cut = phrases(site)
    return Texts(texts, meanings, cut, names(cut, site.entries))
