"""What the sources say: the plan, its levels and nodes, what is recorded of them, and what stands beside them."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from handbook import years
from handbook.fields import AUDIENCE_KEY
from handbook.mistakes import Mistake, Place
from handbook.model.words import said_day
from handbook.patterns import NO_VALUE_WORD
from handbook.years import Period


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the hierarchy: a row of the table 階層. Levels differ in name and look, never in behaviour."""

    name: str
    path: str
    """Folder of its pages."""
    rank: int
    """Place among the levels, 0 is the outermost."""
    mark: str = ""
    """Sign before a name, such as ○."""
    required: tuple[str, ...] = ()
    """Keys that each of its nodes must have before the plan is published."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown as an editor typed it."""

    text: str
    place: Place
    """Where the text begins; the further lines begin in the same column."""
    line: str = ""
    """The whole line it begins on, where that holds more than the text, such as its key."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A key of a node and its values, as a page lists them."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of one financial year, exact: the digits behind the point are those that were typed."""

    year: int
    value: Decimal | None
    """None where it is openly said that there is none."""

    @property
    def words(self) -> str:
        """The number with thousands commas, or the word that there is none."""
        return NO_VALUE_WORD if self.value is None else f"{self.value:,f}"

    @property
    def told(self) -> str:
        """The year in both calendars."""
        return years.told(self.year)


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something measured. Amounts are in the order of their years, each year once."""

    name: str
    unit: str
    aim: str
    """↑ more, ↓ less, → keep, or nothing."""
    baseline: Amount | None
    targets: tuple[Amount, ...]
    actuals: tuple[Amount, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Review:
    """How one financial year was judged."""

    year: int
    verdict: str
    issue: Prose | None
    direction: Prose | None

    @property
    def told(self) -> str:
        """The year in both calendars."""
        return years.told(self.year)


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another site."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Former:
    """A name that a section once had."""

    name: str
    until: str
    """The last financial year or day, as it was typed."""

    @property
    def year(self) -> int:
        """The financial year in which it ended."""
        return years.one(self.until) or years.of_day(self.until)

    @property
    def ended(self) -> str:
        """The end as it is told: 令和6年度, 2024年9月30日."""
        year = years.one(self.until)
        return years.short(year) if year else years.day(self.until)


@dataclass(frozen=True, slots=True)
class Department:
    """A section of the municipality: a row of the table 組織."""

    name: str
    id: str
    """Empty where the editor gave none."""
    phone: str
    former: tuple[Former, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """An entry 再掲: the node with that id is shown here once more and counted once."""

    id: str
    place: Place


@dataclass(frozen=True, slots=True)
class Node:
    """One thing the plan says, on any level."""

    id: str
    level: Level
    name: str
    place: Place
    reading: str = ""
    text: Prose | None = None
    note: Prose | None = None
    facts: tuple[Fact, ...] = ()
    """As they were typed, in the order of the table of keys."""
    period: Period | None = None
    """The fact 期間, read."""
    budget: tuple[Amount, ...] = ()
    """In thousands of yen, by year."""
    indicators: tuple[Indicator, ...] = ()
    reviews: tuple[Review, ...] = ()
    """By year."""
    links: tuple[Link, ...] = ()
    related: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    """Earlier addresses: `id` or `level-path/id`."""
    items: tuple[Node | Again, ...] = ()
    """What stands directly beneath, in the order of the file."""

    @property
    def path(self) -> str:
        """Where its page lives. The id and the level decide, so moving a node keeps its address."""
        return f"{self.level.path}/{self.id}.html"

    @property
    def children(self) -> Iterator[Node]:
        """Those beneath that stand here and nowhere else."""
        return (item for item in self.items if isinstance(item, Node))

    def fact(self, name: str) -> tuple[str, ...]:
        """Return the values of one fact; none where it is not said."""
        for fact in self.facts:
            if fact.name == name:
                return fact.values
        return ()


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


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the sources are kept, at GitHub, GitLab or a host of the city's own that runs one of them."""

    address: str
    """Of the project, without a slash at its end."""
    gitlab: bool
    branch: str
    """Empty where plan.yaml names none: then the host's default."""
    folder: str
    """Of plan.yaml, from the top of the project: empty or ending in `/`."""

    @property
    def home(self) -> str:
        """The address as plan.yaml gives it."""
        tree = ("/-/tree/" if self.gitlab else "/tree/") + "/".join(filter(None, (self.branch, self.folder.strip("/"))))
        return self.address + (tree if self.branch else "")

    @property
    def host(self) -> str:
        """The name of what runs it, as readers know it."""
        return "GitLab" if self.gitlab else "GitHub"

    def source(self, place: Place) -> str:
        """Return the address of a line of a source, marked, as its host shows it; of the file for its first line.

        The view, not the editor: it opens without an account, and neither host promises that its editor heeds a line.
        """
        way = "/-/blob" if self.gitlab else "/blob"
        path = urllib.parse.quote(f"{self.branch or 'HEAD'}/{self.folder}{place.file}")
        return f"{self.address}{way}/{path}?plain=1" + (f"#L{place.line}" if place.line > 1 else "")

    def opinion(self, page: str, address: str) -> str:
        """Return the address of a form in which an opinion on a page is written, the page filled in.

        At GitHub it is the form .github/ISSUE_TEMPLATE/iken.yml, whose fields are filled by their ids.
        """
        title, about = f"意見：{page}", f"{page}（{address}）"
        if self.gitlab:
            words = {"issue[title]": title, "issue[description]": f"ページ：{about}\n\n"}
        else:
            words = {"template": "iken.yml", "title": title, "page": about}
        way = "/-/issues/new" if self.gitlab else "/issues/new"
        return f"{self.address}{way}?{urllib.parse.urlencode(words, quote_via=urllib.parse.quote)}"


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the sources say."""

    name: str
    municipality: str
    subject: str
    text: Prose | None
    period: Period | None
    contact: str
    licence: str
    permalink: str
    """Where the site is published, ending in `/`; empty where plan.yaml does not say."""
    repository: Repository | None
    """None where plan.yaml names none: the pages then lead to no source."""
    updated: str
    """The day of the last change, as in 2026-04-01; empty where neither plan.yaml nor git tells."""
    vocabularies: Mapping[str, tuple[str, ...]]
    """The lists of allowed words, by their name."""
    audience_note: str
    """How the audiences were found, in the editor's words."""
    departments: tuple[Department, ...]
    """The sections that may own something, in the order of the list 組織."""
    spellings: tuple[tuple[str, ...], ...]
    """Ways of writing one word, as 障がい and 障害, which a search takes for the same."""
    levels: tuple[Level, ...]
    schema: File | None
    """What the first line of plan.yaml tells editors to read, if it does; without data where it is not there."""
    items: tuple[Node | Again, ...]
    leaves: tuple[Leaf, ...]
    terms: tuple[Term, ...]
    addresses: tuple[Address, ...]
    images: tuple[File, ...]
    notes: tuple[Mistake, ...]
    """Things worth knowing that stop nothing, such as every ［要確認］."""
    gaps: tuple[Mistake, ...]
    """Places that must be filled before publishing."""

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
