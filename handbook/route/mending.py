"""From a page to the line of the source that it was made from, and to a form for an opinion on it."""

from __future__ import annotations

from handbook.mistakes import Place
from handbook.model import Link, NodePage, Page, Plan

LONGEST_NAME = 100
"""Characters of a page's name that a form's address can carry; servers take some 8,000 bytes."""
OURS = frozenset({"search.html", "accessibility.html", "changes.html"})
"""Pages whose words are not the plan's: nothing in the sources to mend."""
PLAN = Place("plan.yaml", 1, 1)


def mending(plan: Plan, page: Page) -> tuple[Link, ...]:
    """Return the ways from a page to its sources and to the form, or nothing where no repository is known.

    404.html stands for any address, so there is nothing to say about it.
    """
    kept = plan.repository
    if not kept or page.path == "404.html":
        return ()
    name = page.title if len(page.title) <= LONGEST_NAME else page.title[: LONGEST_NAME - 1] + "…"
    sources = [_link(f"{words}（{kept.host}）", kept.source(place)) for words, place in _sources(page)]
    return (*sources, _link(f"意見を送る（{kept.host}）", kept.opinion(name, plan.permalink + page.path)))


def _sources(page: Page) -> list[tuple[str, Place]]:
    """Return the places a page was made from, each with what is done there."""
    mend = "このページの元を直す"
    if isinstance(page, NodePage):
        node = page.entry.node
        beside = node.text.place if node.text and node.text.place.file != node.place.file else None
        return [(mend, node.place), *([("文章を直す", beside)] if beside else [])]
    if page.template == "leaf.html":
        return [(mend, Place(page.prose["body"].place.file, 1, 1))]
    return [] if page.template in OURS else [(mend, PLAN)]


def _link(words: str, href: str) -> Link:
    return Link(values={"名称": words, "URL": href})
