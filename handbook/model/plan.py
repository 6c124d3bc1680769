"""The parsed plan: its levels and nodes, their records, and the files of content/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from handbook.diagnostics import SourceSpan
from handbook.field_types import Field
from handbook.fields import AUDIENCE_KEY, LEVEL_FIELDS, PLAN_FIELDS
from handbook.fiscal_year import Period
from handbook.model.former_addresses import FormerAddress
from handbook.model.markup import format_date
from handbook.model.records import Department, ExternalLink, Indicator, Review
from handbook.model.repository import Repository
from handbook.model.values import FieldValue, Markdown, Record, YearRecord, YearValue, value_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Record):
    """One level of the hierarchy: a row of the table 階層. Levels differ in name and appearance, not in behaviour."""

    fields: ClassVar[tuple[Field, ...]] = LEVEL_FIELDS
    rank: int
    """Index of the level, from 0 for the outermost."""
    name = FieldValue("名称", "")
    folder = FieldValue("path", "")
    """Folder of its pages."""
    symbol = FieldValue("記号", "")
    """Symbol before each name, such as ○."""
    required = FieldValue[tuple[str, ...]]("必須", ())
    """Fields that each of its nodes must have before the plan is published."""


@dataclass(frozen=True, slots=True)
class RepeatRef:
    """A 再掲: a reference that repeats the node with that id in another place. The node is counted once."""

    target_id: str
    span: SourceSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNode(Record):
    """One node of the plan, on any level."""

    level: Level
    span: SourceSpan
    child_items: tuple[PlanNode | RepeatRef, ...] = field(default=(), hash=False)
    """The direct children, in the order of the file."""
    id = FieldValue("id", "")
    name = FieldValue("名称", "")
    kana_reading = FieldValue("よみ", "")
    text = FieldValue[Markdown | None]("本文", None)
    note = FieldValue[Markdown | None]("注記", None)
    period = FieldValue[Period | None]("期間", None)
    budget = FieldValue[tuple[YearValue, ...]]("予算", ())
    """In thousands of yen, by year."""
    indicators = FieldValue[tuple[Indicator, ...]]("指標", ())
    reviews = FieldValue[tuple[Review, ...]]("評価", ())
    """By year."""
    links = FieldValue[tuple[ExternalLink, ...]]("リンク", ())
    related_ids = FieldValue[tuple[str, ...]]("関連", ())
    former_paths = FieldValue[tuple[str, ...]]("以前のid", ())
    """Former paths: `level-path/id`."""

    @property
    def path(self) -> str:
        """The path of the node's page. It depends on the id and the level alone, so a moved node keeps its path."""
        return f"{self.level.folder}/{self.id}.html"

    @property
    def children(self) -> Iterator[PlanNode]:
        """The direct children, without those repeated from elsewhere."""
        return (item for item in self.child_items if isinstance(item, PlanNode))

    def year_records(self, name: str) -> tuple[YearRecord, ...]:
        """Return the records by year of one field; () if it has none."""
        value = self.values.get(name)
        items = value if isinstance(value, tuple) else ()
        return tuple(item for item in items if isinstance(item, YearRecord))

    def records(self, name: str) -> tuple[Record, ...]:
        """Return the records of one field; () if it has none."""
        value = self.values.get(name)
        return tuple(item for item in value if isinstance(item, Record)) if isinstance(value, tuple) else ()

    def fact_values(self, name: str) -> tuple[str, ...]:
        """Return the values of one field as texts; () if it has none."""
        value = self.values.get(name)
        return () if value is None else value_texts(value)


@dataclass(frozen=True, slots=True)
class FreePageSource:
    """A free page: one file of content/pages/."""

    name: str
    title: str
    text: Markdown


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term of the glossary."""

    name: str
    reading: str
    """The kana reading; empty if the glossary has none."""
    text: Markdown
    """The explanation."""
    path: str
    """Path of the glossary page, with the anchor of the term."""


@dataclass(frozen=True, slots=True)
class PublishedPath:
    """A line of addresses.txt: a path that was published and must keep working."""

    path: str
    span: SourceSpan


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of output/."""

    path: str
    """Relative to output/, with `/` as separator."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Record):
    """The parsed sources: plan.yaml and content/."""

    fields: ClassVar[tuple[Field, ...]] = PLAN_FIELDS
    repository: Repository | None
    """None if plan.yaml names none: the pages then have no links to the source."""
    vocabularies: Mapping[str, tuple[str, ...]]
    """The lists of allowed values, by their name."""
    departments: tuple[Department, ...]
    """In the order of the list 組織."""
    spellings: tuple[tuple[str, ...], ...]
    """Groups of spellings that the search treats as equal, such as 障がい and 障害."""
    levels: tuple[Level, ...]
    schema_file: OutputFile | None
    """The JSON Schema that the first line of plan.yaml names, if it does; without data if the file is missing."""
    root_items: tuple[PlanNode | RepeatRef, ...]
    free_pages: tuple[FreePageSource, ...]
    terms: tuple[GlossaryTerm, ...]
    published_paths: tuple[PublishedPath, ...]
    former_addresses: tuple[FormerAddress, ...]
    new_field_place: SourceSpan | None
    """The start of the line before which another field of 計画 can be inserted; None if 計画 is in `{ }`."""
    images: tuple[OutputFile, ...]
    name = FieldValue("名称", "")
    municipality = FieldValue("自治体", "")
    subject = FieldValue("主題", "")
    text = FieldValue[Markdown | None]("本文", None)
    period = FieldValue[Period | None]("期間", None)
    contact = FieldValue("連絡先", "")
    licence = FieldValue("ライセンス", "")
    base_url = FieldValue("公開URL", "")
    """URL of the published site, with a final `/`; empty if plan.yaml has none."""
    last_change_date = FieldValue("更新日", "")
    """The day of the last change, as in 2026-04-01; empty if neither plan.yaml nor git has one."""
    audience_note = FieldValue("対象の注記", "")
    """The editor's note on how the audiences were chosen."""

    @property
    def audiences(self) -> tuple[str, ...]:
        """The audiences of the plan, in the order of its list 対象."""
        return self.vocabularies[AUDIENCE_KEY]

    @property
    def last_change_label(self) -> str:
        """The day of the last change in Japanese: 2026年4月1日."""
        return format_date(self.last_change_date)

    @property
    def nodes(self) -> Iterator[PlanNode]:
        """Every node once, depth first."""
        stack = [item for item in reversed(self.root_items) if isinstance(item, PlanNode)]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(tuple(node.children)))

    @property
    def number_by_id(self) -> Mapping[str, str]:
        """The number of each node by its id, such as 1-2-3, computed from its place.

        A single node at the top has an empty number, so that 1 is the first branch. A repeat is not numbered.
        """
        numbers: dict[str, str] = {}

        def add_numbers(items: tuple[PlanNode | RepeatRef, ...], prefix: str) -> None:
            is_single = not prefix and len(items) == 1
            for ordinal, node in enumerate((item for item in items if isinstance(item, PlanNode)), 1):
                numbers[node.id] = "" if is_single else f"{prefix}-{ordinal}" if prefix else str(ordinal)
                add_numbers(node.child_items, numbers[node.id])

        add_numbers(self.root_items, "")
        return numbers
