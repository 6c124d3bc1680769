"""Links from a page to the line of its source and to the opinion form."""

from __future__ import annotations

from handbook.mistakes import Place
from handbook.model import FreePage, Link, NodePage, Page, Plan
from handbook.patterns import PLAN_FILE

LONGEST_NAME = 100
"""Longest name of a page in the URL of the opinion form; servers accept about 8,000 bytes."""
OURS = frozenset({"search.html", "accessibility.html", "changes.html"})
"""Pages whose text is not in the sources of the plan."""
PLAN = Place(PLAN_FILE, 1, 1)


def mending(plan: Plan, page: Page) -> tuple[Link, ...]:
    """Return the links from a page to its sources and to the opinion form; empty if the plan names no repository.

    404.html has none, because a server shows it at any path.
    """
    kept = plan.repository
    if not kept or page.path == "404.html":
        return ()
    name = page.title if len(page.title) <= LONGEST_NAME else page.title[: LONGEST_NAME - 1] + "…"
    sources = [_link(f"{words}（{kept.host}）", kept.source(place)) for words, place in _sources(page)]
    return (*sources, _link(f"意見を送る（{kept.host}）", kept.opinion(name, plan.permalink + page.path)))


def _sources(page: Page) -> list[tuple[str, Place]]:
    """Return the source places of a page, each with the text of its link."""
    mend = "このページの元を直す"
    if isinstance(page, NodePage):
        node = page.entry.node
        beside = node.text.place if node.text and node.text.place.file != node.place.file else None
        return [(mend, node.place), *([("文章を直す", beside)] if beside else [])]
    if isinstance(page, FreePage):
        return [(mend, page.source)]
    return [] if page.template in OURS else [(mend, PLAN)]


def _link(words: str, href: str) -> Link:
    return Link(values={"名称": words, "URL": href})
