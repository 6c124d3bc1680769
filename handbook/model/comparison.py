"""The differences between two plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, get_args

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model.markup import format_date
from handbook.model.plan import Plan

ChangeKind = Literal["新設", "廃止", "移動", "並べ替え", "改称", "本文", "注記", "事項", "表記のみ", "番号のみ"]
"""The kind of a change. `移動` another parent or level; `並べ替え` another position among the siblings; `事項` any
key without its own kind; `表記のみ` only spaces, width and punctuation; `番号のみ` only the number."""
CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
Segments = tuple[tuple[str, bool], ...]
"""The segments of a text, each with whether it differs from the other plan."""
LineKind = Literal["text", "heading", "label", "item", "head", "row", "code"]
"""The kind of a line as readers see it: `label` the name of a field; `item` of a list, with its bullet or number;
`head` and `row` of a table, with a tab between two cells; `code` as typed."""
WORKING_TREE_LABEL = "いまの原稿"
"""The label of the sources with all uncommitted changes."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a text as readers see it, without marks of Markdown."""

    kind: LineKind
    segments: Segments

    @property
    def is_row(self) -> bool:
        """Whether the line is a row of a table."""
        return self.kind in ("head", "row")

    @property
    def cells(self) -> tuple[Segments, ...]:
        """The segments of each cell of a table row."""
        cells: list[list[tuple[str, bool]]] = [[]]
        for text, is_changed in self.segments:
            first, *others = text.split("\t")
            cells[-1].append((first, is_changed))
            cells += [[(cell, is_changed)] for cell in others]
        return tuple(tuple(segment for segment in cell if segment[0]) for cell in cells)


def line_blocks(lines: tuple[TextLine, ...]) -> tuple[tuple[TextLine, ...], ...]:
    """Return the lines in blocks: the rows of a table together, each other line alone."""
    blocks = groupby(enumerate(lines), key=lambda item: -1 if item[1].is_row else item[0])
    return tuple(tuple(line for _, line in block) for _, block in blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two plans: a key of a node, its position, or a node in only one of the plans."""

    kind: ChangeKind
    key: str
    """The key that differs, as in plan.yaml: 名称, 本文, 担当課; `節` for 新設 and 廃止, `場所`, `番号`."""
    id: str
    """Id of the node in the new plan; in the old plan for 廃止. Else name of a page or image; empty for the plan."""
    level: str
    """Name of the node's level; `計画`, `階層`, `一覧`, `ページ` or `画像` if the change is not in a node."""
    name: str
    number: str
    """Number of the node in the new plan, such as 1-2-3; in the old plan for 廃止."""
    ancestors: tuple[str, ...]
    """Names of the ancestors, outermost first."""
    path: str
    """Path of its page from the top of the site; empty if it has no page."""
    before: str = ""
    """The old value as it was typed; a list or a position is formatted for people."""
    after: str = ""
    """The new value in the same form."""
    old_lines: tuple[TextLine, ...] = ()
    """`before` as read, with the removed parts marked; long unchanged paragraphs are replaced by （略）."""
    new_lines: tuple[TextLine, ...] = ()
    """`after` as read, with the added parts marked."""
    is_technical: bool = False
    """Whether only editors need it, so that it is shown after all that the council reads."""
    remark: str = ""
    """A remark for readers, in Japanese."""
    span: SourceSpan
    """Span in the new sources; in the old sources for 廃止."""

    @property
    def old_segments(self) -> Segments:
        """The old lines as one text."""
        return _joined_segments(self.old_lines)

    @property
    def new_segments(self) -> Segments:
        """The new lines as one text."""
        return _joined_segments(self.new_lines)

    @property
    def sides(self) -> tuple[tuple[tuple[TextLine, ...], ...], tuple[tuple[TextLine, ...], ...]]:
        """The old and the new lines in blocks."""
        return line_blocks(self.old_lines), line_blocks(self.new_lines)

    @property
    def kind_label(self) -> str:
        """The kind as a label in a table, with the key if the kind does not imply it."""
        return f"{self.kind}（{self.key}）" if self.kind in ("事項", "表記のみ") and self.key else self.kind

    @property
    def empty_text(self) -> str:
        """The text shown in place of an empty side."""
        return f"（{self.kind}）" if self.kind in ("新設", "廃止") else "（なし）"


def _joined_segments(lines: tuple[TextLine, ...]) -> Segments:
    return tuple(segment for line in lines for segment in (("\n", False), *line.segments))[1:]


@dataclass(frozen=True, slots=True)
class Renumbering:
    """Siblings whose computed numbers shifted equally, because a node before them was added or removed."""

    old_range: tuple[str, str]
    """The first and the last old number; equal if there is only one."""
    new_range: tuple[str, str]
    """The first and the last new number."""
    node_count: int
    """Number of renumbered nodes, including the nodes below these siblings."""

    @property
    def label(self) -> str:
        """Both ranges as readers see them: 1-2〜1-4 → 1-3〜1-5."""
        sides = (
            "〜".join(dict.fromkeys(number or "番号なし" for number in side))
            for side in (self.old_range, self.new_range)
        )
        return " → ".join(sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that differs between two plans."""

    changes: tuple[Change, ...]
    """In reading order of the new plan, removed nodes at their old position; keys of the plan first, pages last."""
    renumberings: tuple[Renumbering, ...]
    """The changes of the kind `番号のみ`, grouped."""
    added_paths: tuple[str, ...]
    """Paths of pages that only the new plan has."""
    modified_paths: tuple[str, ...]
    """Paths of pages whose own content differs. Other pages may show a changed name or number."""
    removed_paths: tuple[str, ...]
    """Paths of pages that only the old plan has, including those with a redirect."""
    missing_redirects: tuple[Diagnostic, ...]
    """An error for each removed page without a redirect, with the line to add as its hint."""

    @property
    def counts(self) -> tuple[tuple[ChangeKind, int], ...]:
        """The number of changes of each kind that occurs."""
        return _counts(self.changes)

    @property
    def council_counts(self) -> tuple[tuple[ChangeKind, int], ...]:
        """The number of changes of each kind that occurs, without technical ones."""
        return _counts(change for change in self.changes if not change.is_technical)

    @property
    def changes_by_node(self) -> tuple[tuple[Change, ...], ...]:
        """The changes grouped by node, without those of the kind `番号のみ`."""
        return _by_node(self.changes)

    @property
    def council_changes_by_node(self) -> tuple[tuple[Change, ...], ...]:
        """The same without technical changes: what the council reads."""
        return _by_node(change for change in self.changes if not change.is_technical)

    @property
    def technical_changes_by_node(self) -> tuple[tuple[Change, ...], ...]:
        """The technical changes grouped by node."""
        return _by_node(change for change in self.changes if change.is_technical)

    @property
    def paths(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The paths of the pages that differ, after a heading for each group that has any."""
        groups = (
            ("新しいページ", self.added_paths),
            ("内容が変わるページ", self.modified_paths),
            ("なくなるページ", self.removed_paths),
        )
        return tuple((name, paths) for name, paths in groups if paths)

    @property
    def has_technical_part(self) -> bool:
        """Whether there is anything to show after what the council reads."""
        return bool(self.technical_changes_by_node or self.paths or self.missing_redirects)


def _counts(changes: Iterable[Change]) -> tuple[tuple[ChangeKind, int], ...]:
    counts = Counter(change.kind for change in changes)
    return tuple((kind, counts[kind]) for kind in CHANGE_KINDS if counts[kind])


def _by_node(changes: Iterable[Change]) -> tuple[tuple[Change, ...], ...]:
    rows = (change for change in changes if change.kind != "番号のみ")
    return tuple(tuple(group) for _, group in groupby(rows, key=lambda row: (row.level, row.id, row.name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version of a plan, such as one at a git revision."""

    label: str
    """The revision, file or folder as the user typed it."""
    commit: str
    """Full hash of the commit; empty if the edition is not a commit."""
    day: str
    """Day of the commit, or the 更新日 of the plan, as in 2026-04-01; empty if neither is known."""
    plan: Plan
    diagnostics: tuple[Diagnostic, ...]
    """The errors that reading skipped; the erroneous parts are missing in the plan."""

    name: str = ""
    """The name that readers see, if it was typed."""

    @property
    def heading(self) -> str:
        """The name, or that of the plan with its period and the day of the edition."""
        if self.name:
            return self.name
        day = f"{format_date(self.day)}の版" if self.day else ""
        is_working_tree = self.label == WORKING_TREE_LABEL
        known = [self.plan.name, str(self.plan.period or ""), self.label if is_working_tree else day]
        return "　".join(filter(None, known))
