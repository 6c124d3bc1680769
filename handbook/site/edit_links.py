"""Links from a page to the line of its source and to the opinion form."""

from __future__ import annotations

from handbook.diagnostics import SourceSpan
from handbook.model import ExternalLink, FormerPage, FreePage, NodePage, Page, Plan
from handbook.patterns import PLAN_FILE

MAX_LINK_NAME_CHARS = 100
"""Longest name of a page in the URL of the opinion form; servers accept about 8,000 bytes."""
TEMPLATES_WITHOUT_SOURCE = frozenset({"search.html", "accessibility.html", "changes.html"})
"""Templates of pages whose text is not in the sources of the plan."""
PLAN_START = SourceSpan(PLAN_FILE, 1, 1)


def edit_links(plan: Plan, page: Page) -> tuple[ExternalLink, ...]:
    """Return the links from a page to its sources and to the opinion form; empty if the plan names no repository.

    404.html has none, because a server shows it at any path.
    """
    repository = plan.repository
    if not repository or page.path == "404.html":
        return ()
    name = page.title if len(page.title) <= MAX_LINK_NAME_CHARS else page.title[: MAX_LINK_NAME_CHARS - 1] + "…"
    host = repository.host_name
    sources = [_link(f"{text}（{host}）", repository.source_url(span)) for text, span in _sources(page)]
    return (*sources, _link(f"意見を送る（{host}）", repository.issue_url(name, plan.base_url + page.path)))


def _sources(page: Page) -> list[tuple[str, SourceSpan]]:
    """Return the source spans of a page, each with the text of its link."""
    edit_page = "このページの元を直す"
    if isinstance(page, NodePage):
        node = page.node.node
        text_file = node.text.span if node.text and node.text.span.file != node.span.file else None
        return [(edit_page, node.span), *([("文章を直す", text_file)] if text_file else [])]
    if isinstance(page, (FreePage, FormerPage)):
        return [(edit_page, page.source)]
    return [] if page.template in TEMPLATES_WITHOUT_SOURCE else [(edit_page, PLAN_START)]


def _link(text: str, href: str) -> ExternalLink:
    return ExternalLink(values={"名称": text, "URL": href})
