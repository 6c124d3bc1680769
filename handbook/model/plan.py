"""The plan that the sources hold: its levels and nodes, their records, and the files beside plan.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from handbook.fields import AUDIENCE_KEY
from handbook.mistakes import Place
from handbook.model.records import Department, Indicator, Link, Review
from handbook.model.repository import Repository
from handbook.model.values import Amount, FieldValue, Prose, Record, YearRecord, value_texts
from handbook.model.words import said_day
from handbook.years import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Record):
    """One level of the hierarchy: a row of the table 階層. Levels differ in name and look, never in behaviour."""

    rank: int
    """Place among the levels, 0 is the outermost."""
    name = FieldValue("名称", "")
    path = FieldValue("path", "")
    """Folder of its pages."""
    mark = FieldValue("記号", "")
    """Sign before a name, such as ○."""
    required = FieldValue[tuple[str, ...]]("必須", ())
    """Fields that each of its nodes must have before the plan is published."""


@dataclass(frozen=True, slots=True)
class Again:
    """An entry 再掲: the node with that id is shown here once more and counted once."""

    id: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Node(Record):
    """One node of the plan, on any level."""

    level: Level
    place: Place
    items: tuple[Node | Again, ...] = field(default=(), hash=False)
    """Its direct children, in the order of the file."""
    id = FieldValue("id", "")
    name = FieldValue("名称", "")
    reading = FieldValue("よみ", "")
    text = FieldValue[Prose | None]("本文", None)
    note = FieldValue[Prose | None]("注記", None)
    period = FieldValue[Period | None]("期間", None)
    budget = FieldValue[tuple[Amount, ...]]("予算", ())
    """In thousands of yen, by year."""
    indicators = FieldValue[tuple[Indicator, ...]]("指標", ())
    reviews = FieldValue[tuple[Review, ...]]("評価", ())
    """By year."""
    links = FieldValue[tuple[Link, ...]]("リンク", ())
    related = FieldValue[tuple[str, ...]]("関連", ())
    earlier = FieldValue[tuple[str, ...]]("以前のid", ())
    """Former paths: `level-path/id`."""

    @property
    def path(self) -> str:
        """The path of its page. It depends on the id and the level alone, so a moved node keeps its path."""
        return f"{self.level.path}/{self.id}.html"

    @property
    def children(self) -> Iterator[Node]:
        """The direct children, without those repeated from elsewhere."""
        return (item for item in self.items if isinstance(item, Node))

    def year_records(self, name: str) -> tuple[YearRecord, ...]:
        """Return the records by year of one field; () if it has none."""
        value = self.values.get(name)
        items = value if isinstance(value, tuple) else ()
        return tuple(item for item in items if isinstance(item, YearRecord))

    def records(self, name: str) -> tuple[Record, ...]:
        """Return the records of one field; () if it has none."""
        value = self.values.get(name)
        return tuple(item for item in value if isinstance(item, Record)) if isinstance(value, tuple) else ()

    def fact(self, name: str) -> tuple[str, ...]:
        """Return the values of one field as texts; () if it has none."""
        value = self.values.get(name)
        return () if value is None else value_texts(value)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A free page out of content/pages/."""

    name: str
    title: str
    text: Prose


@dataclass(frozen=True, slots=True)
class Term:
    """A word that the glossary explains."""

    name: str
    reading: str
    """In kana; empty where the glossary gives none."""
    text: Prose
    """The explanation."""
    path: str
    """Of its place in the glossary, from the top of the site, with its anchor."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was once published and has to live on."""

    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way to output/."""

    path: str
    """Relative, with `/`."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Record):
    """All that the sources hold."""

    repository: Repository | None
    """None if plan.yaml names none: the pages then have no links to the source."""
    vocabularies: Mapping[str, tuple[str, ...]]
    """The lists of allowed words, by their name."""
    departments: tuple[Department, ...]
    """In the order of the list 組織."""
    spellings: tuple[tuple[str, ...], ...]
    """Ways of writing one word, as 障がい and 障害, which a search takes for the same."""
    levels: tuple[Level, ...]
    schema: File | None
    """The JSON Schema that the first line of plan.yaml names, if it does; without data if the file is missing."""
    items: tuple[Node | Again, ...]
    leaves: tuple[Leaf, ...]
    terms: tuple[Term, ...]
    addresses: tuple[Address, ...]
    images: tuple[File, ...]
    name = FieldValue("名称", "")
    municipality = FieldValue("自治体", "")
    subject = FieldValue("主題", "")
    text = FieldValue[Prose | None]("本文", None)
    period = FieldValue[Period | None]("期間", None)
    contact = FieldValue("連絡先", "")
    licence = FieldValue("ライセンス", "")
    permalink = FieldValue("公開URL", "")
    """Where the site is published, ending in `/`; empty if plan.yaml does not say."""
    updated = FieldValue("更新日", "")
    """The day of the last change, as in 2026-04-01; empty if neither plan.yaml nor git has one."""
    audience_note = FieldValue("対象の注記", "")
    """How the audiences were found, in the editor's words."""

    @property
    def audiences(self) -> tuple[str, ...]:
        """For whom the plan is, in the order of its list 対象."""
        return self.vocabularies[AUDIENCE_KEY]

    @property
    def updated_day(self) -> str:
        """The day of the last change as it is said: 2026年4月1日."""
        return said_day(self.updated)

    @property
    def nodes(self) -> Iterator[Node]:
        """Every node once, depth first."""
        stack = [item for item in reversed(self.items) if isinstance(item, Node)]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(tuple(node.children)))

    @property
    def numbers(self) -> Mapping[str, str]:
        """Of each node by id, such as 1-2-3, computed from its place.

        A lone first node stays without, so that 1 is the first branch; what stands there again counts elsewhere.
        """
        found: dict[str, str] = {}

        def number(items: tuple[Node | Again, ...], above: str) -> None:
            lone = not above and len(items) == 1
            for place, node in enumerate((item for item in items if isinstance(item, Node)), 1):
                found[node.id] = "" if lone else f"{above}-{place}" if above else str(place)
                number(node.items, found[node.id])

        number(self.items, "")
        return found
