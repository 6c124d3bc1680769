"""The changes of each day, from the git history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from handbook.model.markup import format_date

COLLAPSE_AFTER = 12
"""Most changed rows of a day that the history page shows expanded."""


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last change of a node or of a free page."""

    day: str
    """As in 2026-04-01; empty if the change is not committed yet."""
    kinds: tuple[str, ...]
    """Kinds of the change, such as 改称 or 担当課."""
    href: str = "changes.html"
    """Link to the entry of the history page, from the top of the site."""

    @property
    def date_label(self) -> str:
        """The day in Japanese, or a text for an uncommitted change."""
        return format_date(self.day) or "まだ記録していません"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A node, a page or a part of the plan itself that changed on a day."""

    key: str
    """Id of the node or path of the page; empty if the row has no page."""
    level: str
    """Name of the node's level; a label such as `計画` or `ページ` if the row is not a node."""
    name: str
    """Name on that day."""
    path: str
    """Path of its page on that day. The history page replaces a path that no longer exists by an empty one."""
    kinds: tuple[str, ...]
    """Kinds of its changes, such as 改称 or 担当課."""
    descriptions: tuple[str, ...]
    """The kinds, each with the old value if that is short."""


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """The changes of one day."""

    date: str
    """As in 2026-04-01; empty for changes that are not committed yet."""
    rows: tuple[HistoryRow, ...]

    @property
    def date_label(self) -> str:
        """The day in Japanese, or a text for an uncommitted change."""
        return format_date(self.date) or "まだ記録していない変更"

    @property
    def is_long(self) -> bool:
        """Whether the day has so many rows that the history page collapses them."""
        return len(self.rows) > COLLAPSE_AFTER

    @property
    def kind_counts(self) -> tuple[tuple[str, int], ...]:
        """The number of rows with each kind of change, the most frequent kind first."""
        return tuple(Counter(kind for row in self.rows for kind in row.kinds).most_common())


@dataclass(frozen=True, slots=True)
class History:
    """The changes of each day, from the git history."""

    days: tuple[HistoryDay, ...]
    """Latest day first."""
    last_change_by_key: Mapping[str, LastChange]
    """The last change of each node by its id and of each free page by its path; no item if no change is known."""
    first_date: str
    """The day of the oldest commit that was read; empty if there is no history."""
    is_complete: bool
    """Whether every commit was read."""


NO_HISTORY = History((), {}, "", is_complete=True)
"""The history of a plan without git."""
