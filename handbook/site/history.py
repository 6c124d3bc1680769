"""The history page, and the last change of each page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from handbook.model import History, HistoryDay, HistoryPage, LastChange, format_date

MAX_DAYS = 200
"""Most days on the history page; more would be slow to load and to read."""


def history_page(history: History, paths: Collection[str]) -> HistoryPage:
    """Return the page with the days of a history. Only rows whose path is in `paths` have a link."""
    days = tuple(_without_broken_links(day, paths) for day in history.days[:MAX_DAYS])
    is_complete = history.is_complete and len(days) == len(history.days)
    return HistoryPage(
        template="changes.html",
        path="changes.html",
        title="改訂履歴",
        prose={},
        description="計画の内容が、いつ、どのように変わったかの記録です。",
        label="改訂履歴",
        days=days,
        has_history=bool(history.first_date),
        first_date=format_date(history.first_date) if is_complete else "",
    )


def _without_broken_links(day: HistoryDay, paths: Collection[str]) -> HistoryDay:
    return HistoryDay(day.date, tuple(row if row.path in paths else replace(row, path="") for row in day.rows))


def last_changes(history: History) -> Mapping[str, LastChange]:
    """Return the last change of each node by id and of each free page by path, linked to the day if shown."""
    shown_days = {day.date for day in history.days[:MAX_DAYS]}
    return {
        key: replace(change, href=f"changes.html#day-{change.day}_") if change.day in shown_days else change
        for key, change in history.last_change_by_key.items()
    }
