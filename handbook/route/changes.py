"""What changed when: the page that tells it all, and the last change of each page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from handbook.model import Changed, Day, History, HistoryPage, NodePage, Page, said_day

MOST_DAYS = 200
"""Days that the page tells; more would be a burden to load and to read."""


def page(history: History) -> HistoryPage:
    """Return the page, its rows still with the paths that they had on their day."""
    told = "計画の内容が、いつ、どのように変わったかの記録です。"
    days = history.days[:MOST_DAYS]
    whole = history.whole and days == history.days
    return HistoryPage(
        "changes.html",
        "changes.html",
        "改訂履歴",
        {},
        told,
        "改訂履歴",
        days=days,
        known=bool(history.begins),
        begins=said_day(history.begins) if whole else "",
    )


def linked(told: HistoryPage, paths: Collection[str]) -> HistoryPage:
    """Return the page with links to those pages only that are still there."""
    days = (
        Day(day.day, tuple(row if row.path in paths else replace(row, path="") for row in day.rows))
        for day in told.days
    )
    return replace(told, days=tuple(days))


def last(history: History, of: Page) -> Changed | None:
    """Return when what a page shows last changed, for the page of a node and for a free page."""
    key = of.entry.id if isinstance(of, NodePage) else of.path if of.template == "free_page.html" else ""
    found = history.last.get(key)
    told = found and any(day.day == found.day for day in history.days[:MOST_DAYS])
    return replace(found, href=f"changes.html#day-{found.day}_") if found and told else found
