"""What changed: between two plans, and day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, get_args

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model.markup import format_date
from handbook.model.plan import Plan

COLLAPSE_AFTER = 12
"""Rows of a day's changes that are shown unfolded."""
ChangeKind = Literal["新設", "廃止", "移動", "並べ替え", "改称", "本文", "注記", "事項", "表記のみ", "番号のみ"]
"""How something changed. `移動` another parent or level; `並べ替え` another place among the same siblings; `事項` any
key that has no kind of its own; `表記のみ` only spaces, width and punctuation; `番号のみ` only the computed number."""
CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
Segments = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it differs from the other side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs between two plans: a key of a node, its place, or that it is there at all."""

    kind: ChangeKind
    key: str
    """What differs, in the words of plan.yaml: 名称, 本文, 担当課; `節` for 新設 and 廃止, `場所`, `番号`."""
    id: str
    """The node's, as it is now; as it was for 廃止. Else the name of a page or picture, empty for the plan itself."""
    level: str
    """The name of its level; `計画`, `階層`, `一覧`, `ページ` or `画像` for what is no node."""
    name: str
    number: str
    """Such as 1-2-3, as it is now; as it was for 廃止."""
    ancestors: tuple[str, ...]
    """The names above it, outermost first."""
    path: str
    """Of its page from the top of the site, where it has one."""
    before: str = ""
    """What stood there, as it was typed; for people rather than for machines where it is a list or a place."""
    after: str = ""
    old_segments: Segments = ()
    """The same as `before`, with what is gone marked; long unchanged paragraphs left out as （略）."""
    new_segments: Segments = ()
    """The same as `after`, with what is new marked."""
    remark: str = ""
    """What else a reader should know, in Japanese."""
    span: SourceSpan
    """In the sources as they are now; in those before for 廃止."""

    @property
    def kind_label(self) -> str:
        """The kind in a table's margin, with the key where the kind alone does not say it."""
        return f"{self.kind}（{self.key}）" if self.kind in ("事項", "表記のみ") and self.key else self.kind

    @property
    def empty_text(self) -> str:
        """What stands for a side that is empty."""
        return f"（{self.kind}）" if self.kind in ("新設", "廃止") else "（なし）"


@dataclass(frozen=True, slots=True)
class Renumbering:
    """Neighbours whose computed numbers moved by as much, because something was put in or taken out before them."""

    old_range: tuple[str, str]
    """The first and the last number, as they were; equal where there is one."""
    new_range: tuple[str, str]
    node_count: int
    """How many nodes have another number now, those beneath counted."""

    @property
    def label(self) -> str:
        """As a reader sees it: 1-2〜1-4 → 1-3〜1-5."""
        sides = (
            "〜".join(dict.fromkeys(number or "番号なし" for number in side))
            for side in (self.old_range, self.new_range)
        )
        return " → ".join(sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that differs between two plans."""

    changes: tuple[Change, ...]
    """In reading order of the new plan, what is gone at its old place; the plan's own keys first, pages last."""
    renumberings: tuple[Renumbering, ...]
    """The changes of the kind `番号のみ`, gathered."""
    added_paths: tuple[str, ...]
    """Paths of pages that are new."""
    modified_paths: tuple[str, ...]
    """Paths of pages whose own matter differs; others may show a changed name or number."""
    removed_paths: tuple[str, ...]
    """Paths of pages that are no more, those that lead on to a successor too."""
    missing_redirects: tuple[Diagnostic, ...]
    """Addresses that would die, each with the line to add."""

    @property
    def counts(self) -> tuple[tuple[ChangeKind, int], ...]:
        """How many changes there are of each kind, those kinds that occur."""
        found = Counter(change.kind for change in self.changes)
        return tuple((kind, found[kind]) for kind in CHANGE_KINDS if found[kind])

    @property
    def changes_by_node(self) -> tuple[tuple[Change, ...], ...]:
        """The changes without those of the number alone, those of one node together."""
        rows = (change for change in self.changes if change.kind != "番号のみ")
        return tuple(tuple(of_one) for _, of_one in groupby(rows, key=lambda row: (row.level, row.id, row.name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A plan as it stood at one time."""

    label: str
    """As the reader named it: a revision, a file, a folder."""
    commit: str
    """The commit in full, empty for what is none."""
    day: str
    """Of the commit, or the plan's own 更新日, as in 2026-04-01; empty where neither is known."""
    plan: Plan
    diagnostics: tuple[Diagnostic, ...]
    """Mistakes that were read over; what they hide is not in the plan."""

    @property
    def heading(self) -> str:
        """How it is told apart in a heading: its label, and its day where one is known."""
        return f"{self.label}（{self.day}）" if self.day else self.label


@dataclass(frozen=True, slots=True)
class LastChange:
    """When something last changed, and how."""

    day: str
    """As in 2026-04-01; empty where the change is not recorded yet."""
    kinds: tuple[str, ...]
    """Such as 改称 or 担当課."""
    href: str = "changes.html"
    """Where that is told, from the top of the site."""

    @property
    def date_label(self) -> str:
        """The day as it is said."""
        return format_date(self.day) or "まだ記録していません"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A node, a page or a part of the plan's own words that changed on a day."""

    key: str
    """The id of a node, the path of a page; empty for what has no page."""
    level: str
    """The name of its level; `計画`, `ページ` and the like for what is no node."""
    name: str
    """As it was then."""
    path: str
    """Of its page as it was then; on its way to a page, empty where there is no such page any more."""
    kinds: tuple[str, ...]
    """How it changed, such as 改称 or 担当課."""
    descriptions: tuple[str, ...]
    """The same with what it was before, where that is short."""


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """What changed on one day."""

    date: str
    """As in 2026-04-01; empty for what is not recorded yet."""
    rows: tuple[HistoryRow, ...]

    @property
    def date_label(self) -> str:
        """The day as it is said."""
        return format_date(self.date) or "まだ記録していない変更"

    @property
    def is_long(self) -> bool:
        """Whether there is so much that a reader may want to pass it over."""
        return len(self.rows) > COLLAPSE_AFTER

    @property
    def kind_counts(self) -> tuple[tuple[str, int], ...]:
        """How many rows changed in each way, the most frequent first."""
        return tuple(Counter(way for row in self.rows for way in row.kinds).most_common())


@dataclass(frozen=True, slots=True)
class History:
    """What changed when, as git recorded it."""

    days: tuple[HistoryDay, ...]
    """The newest first."""
    last_change_by_key: Mapping[str, LastChange]
    """The last change of each node by its id, of each free page by its path; nothing where no record is known."""
    first_date: str
    """The day of the oldest record that was read; empty where none is known."""
    is_complete: bool
    """Whether no older one was left unread."""


NO_HISTORY = History((), {}, "", is_complete=True)
"""Where no record is known."""
