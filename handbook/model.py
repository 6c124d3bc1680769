"""Every noun, frozen. A verb takes some of these and hands others on; none is ever changed or half built."""

from __future__ import annotations

import re
import unicodedata
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Literal, get_args

from handbook import years
from handbook.kana import Pieces
from handbook.keys import ABSENT, AUDIENCES
from handbook.mistakes import Mistake, Place
from handbook.years import Period

REFERENCE = re.compile(r"(?<!\\)\[\[(?P<target>[^\[\]|\n]+)(?:\|(?P<words>[^\[\]\n]+))?\]\]")
"""`[[id]]`, `[[id|words]]` or `[[数:level]]` in any Markdown text; a backslash before it shows it as typed."""
_FENCE = re.compile(r"\s*(?:```|~~~)")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
BRANCHES = 6
"""Colours there are for the top branches; the seventh has the first again."""
LONG_DAY = 12
"""Rows of a day's changes that are shown unfolded."""
COUNT = "数:"
"""A reference that starts so prints how many nodes a level has."""


def anchor_of(words: str) -> str:
    """Return the anchor of a heading or a term, out of its own words alone; it never holds an underscore."""
    kept = (c if unicodedata.category(c)[0] in "LN" else "-" for c in unicodedata.normalize("NFKC", words).lower())
    return re.sub("-+", "-", "".join(kept)).strip("-") or "section"


def without_code(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines of Markdown with blanks for their code, in which nothing means anything but itself."""
    fenced = False
    for line in lines:
        if "`" not in line and "~~~" not in line:  # as nearly all
            yield "" if fenced else line
            continue
        fence = bool(_FENCE.match(line))
        yield "" if fenced or fence else _CODE.sub(lambda code: " " * len(code[0]), line)
        fenced ^= fence


def said_day(day: str) -> str:
    """Return a day such as 2026-04-01 as it is said: 2026年4月1日; nothing for none."""
    return years.day(day) if day else ""


def pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the names in a text, the longest first, Latin letters as whole words; None for none."""
    edged = [
        ("(?<![A-Za-z0-9])" if n[0].isascii() else "") + re.escape(n) + ("(?![A-Za-z0-9])" if n[-1].isascii() else "")
        for n in sorted(names, key=lambda name: (-len(name), name))
    ]
    return re.compile("|".join(edged)) if edged else None


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
        return ABSENT if self.value is None else f"{self.value:,f}"

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
        return next((fact.values for fact in self.facts if fact.name == name), ())


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
        return self.vocabularies[AUDIENCES]

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


Kind = Literal["新設", "廃止", "移動", "並べ替え", "改称", "本文", "注記", "事項", "表記のみ", "番号のみ"]
"""How something changed. `移動` another parent or level; `並べ替え` another place among the same siblings; `事項` any
key that has no kind of its own; `表記のみ` only spaces, width and punctuation; `番号のみ` only the computed number."""
KINDS: tuple[Kind, ...] = get_args(Kind)
Marked = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it differs from the other side."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two plans: a key of a node, its place, or that it is there at all."""

    kind: Kind
    key: str
    """What differs, in the words of plan.yaml: 名称, 本文, 担当課; `節` for 新設 and 廃止, `場所`, `番号`."""
    id: str
    """The node's, as it is now; as it was for 廃止. Else the name of a page or picture, empty for the plan itself."""
    level: str
    """The name of its level; `計画`, `階層`, `一覧`, `ページ` or `画像` for what is no node."""
    name: str
    number: str
    """Such as 1-2-3, as it is now; as it was for 廃止."""
    trail: tuple[str, ...]
    """The names above it, outermost first."""
    path: str
    """Of its page from the top of the site, where it has one."""
    before: str
    """What stood there, as it was typed; for people rather than for machines where it is a list or a place."""
    after: str
    old: Marked
    """The same as `before`, with what is gone marked; long unchanged paragraphs left out as （略）."""
    new: Marked
    """The same as `after`, with what is new marked."""
    remark: str
    """What else a reader should know, in Japanese."""
    place: Place
    """In the sources as they are now; in those before for 廃止."""

    @property
    def what(self) -> str:
        """The kind in a table's margin, with the key where the kind alone does not say it."""
        return f"{self.kind}（{self.key}）" if self.kind in ("事項", "表記のみ") and self.key else self.kind

    @property
    def nothing(self) -> str:
        """What stands for a side that is empty."""
        return f"（{self.kind}）" if self.kind in ("新設", "廃止") else "（なし）"


@dataclass(frozen=True, slots=True)
class Shift:
    """Neighbours whose computed numbers moved by as much, because something was put in or taken out before them."""

    before: tuple[str, str]
    """The first and the last number, as they were; equal where there is one."""
    after: tuple[str, str]
    nodes: int
    """How many nodes have another number now, those beneath counted."""

    @property
    def told(self) -> str:
        """As a reader sees it: 1-2〜1-4 → 1-3〜1-5."""
        sides = (
            "〜".join(dict.fromkeys(number or "番号なし" for number in side)) for side in (self.before, self.after)
        )
        return " → ".join(sides)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two plans."""

    changes: tuple[Change, ...]
    """In reading order of the new plan, what is gone at its old place; the plan's own keys first, pages last."""
    shifts: tuple[Shift, ...]
    """The changes of the kind `番号のみ`, gathered."""
    born: tuple[str, ...]
    """Paths of pages that are new."""
    touched: tuple[str, ...]
    """Paths of pages whose own matter differs; others may show a changed name or number."""
    gone: tuple[str, ...]
    """Paths of pages that are no more, those that lead on to a successor too."""
    mistakes: tuple[Mistake, ...]
    """Addresses that would die, each with the line to add."""

    @property
    def counts(self) -> tuple[tuple[Kind, int], ...]:
        """How many changes there are of each kind, those kinds that occur."""
        found = Counter(change.kind for change in self.changes)
        return tuple((kind, found[kind]) for kind in KINDS if found[kind])

    @property
    def entries(self) -> tuple[tuple[Change, ...], ...]:
        """The changes without those of the number alone, those of one node together."""
        rows = (change for change in self.changes if change.kind != "番号のみ")
        return tuple(tuple(of_one) for _, of_one in groupby(rows, key=lambda row: (row.level, row.id, row.name)))


@dataclass(frozen=True, slots=True)
class Edition:
    """A plan as it stood at one time."""

    label: str
    """As the reader named it: a revision, a file, a folder."""
    revision: str
    """The commit in full, empty for what is none."""
    day: str
    """Of the commit, or the plan's own 更新日, as in 2026-04-01; empty where neither is known."""
    plan: Plan
    flaws: tuple[Mistake, ...]
    """Mistakes that were read over; what they hide is not in the plan."""

    @property
    def named(self) -> str:
        """How it is told apart in a heading: its label, and its day where one is known."""
        return f"{self.label}（{self.day}）" if self.day else self.label


@dataclass(frozen=True, slots=True)
class Changed:
    """When something last changed, and how."""

    day: str
    """As in 2026-04-01; empty where the change is not recorded yet."""
    ways: tuple[str, ...]
    """Such as 改称 or 担当課."""
    href: str = "changes.html"
    """Where that is told, from the top of the site."""

    @property
    def said(self) -> str:
        """The day as it is said."""
        return said_day(self.day) or "まだ記録していません"


@dataclass(frozen=True, slots=True)
class Revised:
    """A node, a page or a part of the plan's own words that changed on a day."""

    key: str
    """The id of a node, the path of a page; empty for what has no page."""
    level: str
    """The name of its level; `計画`, `ページ` and the like for what is no node."""
    name: str
    """As it was then."""
    path: str
    """Of its page as it was then; on its way to a page, empty where there is no such page any more."""
    ways: tuple[str, ...]
    """How it changed, such as 改称 or 担当課."""
    words: tuple[str, ...]
    """The same with what it was before, where that is short."""


@dataclass(frozen=True, slots=True)
class Day:
    """What changed on one day."""

    day: str
    """As in 2026-04-01; empty for what is not recorded yet."""
    rows: tuple[Revised, ...]

    @property
    def said(self) -> str:
        """The day as it is said."""
        return said_day(self.day) or "まだ記録していない変更"

    @property
    def long(self) -> bool:
        """Whether there is so much that a reader may want to pass it over."""
        return len(self.rows) > LONG_DAY

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many rows changed in each way, the most frequent first."""
        return tuple(Counter(way for row in self.rows for way in row.ways).most_common())


@dataclass(frozen=True, slots=True)
class History:
    """What changed when, as git recorded it."""

    days: tuple[Day, ...]
    """The newest first."""
    last: Mapping[str, Changed]
    """The last change of each node by its id, of each free page by its path; nothing where no record is known."""
    begins: str
    """The day of the oldest record that was read; empty where none is known."""
    whole: bool
    """Whether no older one was left unread."""


UNRECORDED = History((), {}, "", whole=True)
"""Where no record is known."""


@dataclass(frozen=True, slots=True)
class Theme:
    """How the site looks: templates by name, files for the browser, and the colours that drawings share with them."""

    templates: Mapping[str, str]
    files: tuple[File, ...]
    tokens: Mapping[str, str]
    """Custom properties of tokens.css in its light scheme, without the leading dashes."""
    fonts: tuple[File, ...]
    """Those of theme/fonts/, for the booklet; they are not published."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many nodes of a level lie beneath a place, each counted once."""

    level: Level
    number: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A node in its place: what lists, trails, tables and drawings show of it."""

    node: Node
    path: str
    """Of its page, from the top of the site."""
    number: str
    """Such as 1-2-3, computed from the place; empty above the first level that branches."""
    branch: int
    """Which top branch it belongs to, from 1; 0 above them."""
    again: bool
    """Shown here once more; it stands elsewhere, and its children are listed there."""
    children: tuple[Entry, ...]
    counts: tuple[Count, ...]

    @property
    def id(self) -> str:
        """The node's own."""
        return self.node.id

    @property
    def name(self) -> str:
        """The node's own."""
        return self.node.name

    @property
    def level(self) -> Level:
        """The node's own."""
        return self.node.level

    @property
    def colour(self) -> str:
        """Class and token of its branch's colour: `b0` above the branches, then `b1` and so on."""
        return f"b{(self.branch - 1) % BRANCHES + 1}" if self.branch else "b0"

    @property
    def height(self) -> int:
        """How many steps lead down to the deepest leaf; 0 for a leaf."""
        return 1 + max(child.height for child in self.children) if self.children else 0

    def walk(self) -> Iterator[Entry]:
        """Itself and all beneath, depth first, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Figure:
    """A structure diagram that is wanted: which part of the tree, how deep, how wide."""

    name: str
    """Of its files, without the ending."""
    title: str
    size: str
    """`whole`, `branch` or `narrow` on the web; `sheet` or `leaf` in print."""
    subject: str
    """The subject drawn before the first level, where the plan has one and the figure is the whole."""
    roots: tuple[Entry, ...]
    levels: tuple[Level, ...]
    """The levels drawn, outermost first."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the structure table."""

    entries: tuple[Entry, ...]
    """One node; or the leaves of a row; or none in a filler."""
    listed: bool
    """The leaves of a row stand in one cell as a list."""
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Way:
    """Words on a page, and the page of the site that they lead to; an empty path leads nowhere."""

    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Said:
    """A fact of a node as its page tells it."""

    name: str
    values: tuple[Way, ...]
    note: str
    """In the editor's words; empty for most."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of an indicator for one financial year; words are empty where nothing is said."""

    year: int
    start: str
    target: str
    actual: str

    @property
    def told(self) -> str:
        """The year in both calendars."""
        return years.told(self.year)


@dataclass(frozen=True, slots=True)
class Gauge:
    """An indicator in its place: whose it is, how it stands, its years."""

    entry: Entry
    indicator: Indicator
    state: str
    last: Amount | None
    """The newest number that is really one."""
    aim: Amount | None
    """The last target."""
    readings: tuple[Reading, ...]
    """Every year of which something is said, the earliest first."""
    chart: str
    """Name of its chart; empty where there are too few numbers to draw."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that is wanted. Amounts are in the order of their years; one without a value is a gap."""

    name: str
    title: str
    unit: str
    bars: tuple[Amount, ...]
    """Drawn as a bar each; a chart has bars or lines."""
    line: tuple[Amount, ...]
    """What was reached, year by year, the baseline before it."""
    targets: tuple[Amount, ...]
    baseline: Amount | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What the records beneath a place add up to; each is counted once, where it stands."""

    level: str
    """Name of the level whose nodes are counted."""
    number: int
    again: int
    """How many are shown here once more, and counted elsewhere."""
    categories: tuple[tuple[str, int], ...]
    states: tuple[tuple[str, int], ...]
    gauges: tuple[tuple[str, int], ...]
    """The indicators, of these records and of everything above them beneath the place, by how they stand."""


@dataclass(frozen=True, slots=True)
class Work:
    """One node in a table of what is done."""

    entry: Entry
    category: str
    period: str
    state: str
    owners: tuple[Way, ...]
    partners: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """An indicator in one financial year: what was aimed at, what came of it."""

    gauge: Gauge
    target: str
    actual: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Fill:
    """How much of something that is asked for is there."""

    have: int
    of: int
    """How many could be there; 0 where the question does not arise."""

    @property
    def sign(self) -> str:
        """A sign that is read without its colour."""
        return "—" if not self.of else "○" if self.have >= self.of else "△" if self.have else "×"

    @property
    def words(self) -> str:
        """The same in words."""
        if not self.of:
            return "対象外"
        return f"あり {self.have}" if self.have >= self.of else f"一部 {self.have}/{self.of}" if self.have else "なし"


@dataclass(frozen=True, slots=True)
class Gap:
    """A row of the map of gaps: what is there of an entry, and what is not."""

    entry: Entry
    records: Fill
    owners: Fill
    indicators: Fill
    actuals: Fill


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML page. Everything its template shows is a field."""

    template: str
    path: str
    title: str
    prose: Mapping[str, Prose]
    """The texts it shows, by the name its template knows them by."""
    description: str
    """What it is about, in a sentence or two, for those who see only a link to it."""
    label: str
    """Its name in menus."""
    mending: tuple[Link, ...] = field(default=(), kw_only=True)
    """Ways to where its source is mended and an opinion is sent; none where plan.yaml names no repository."""
    changed: Changed | None = field(default=None, kw_only=True)
    """When what it shows last changed; None where that is not known, or where it shows more than one thing."""

    @property
    def root(self) -> str:
        """The way from this page to the top of the site: empty or `../`."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True)
class NodePage(Page):
    """The page of one node."""

    entry: Entry
    trail: tuple[Entry, ...]
    """From the outermost level down to the parent."""
    siblings: tuple[Entry, ...]
    """The nearest of those that stand beside it, itself among them."""
    previous: Entry | None
    """The one before it in reading order, if any."""
    next: Entry | None
    again_at: tuple[Entry, ...]
    """Other parents under which it is shown again."""
    related: tuple[Entry, ...]
    figures: tuple[Figure, ...]
    """The part of the tree that it belongs to, or its own branch: wide, and for a phone."""
    terms: tuple[Term, ...]
    """Words of its name and texts that the glossary explains."""
    empty_level: str
    """The next level's name, where that level has nothing in it yet beneath this node."""
    facts: tuple[Said, ...]
    gauges: tuple[Gauge, ...]
    budget: Chart | None
    """The money of each year, as the bars of a chart."""
    tally: Tally | None
    """What the records beneath add up to; none for what has nothing beneath it, and in a plan without records."""


@dataclass(frozen=True, slots=True)
class DepartmentPage(Page):
    """Everything that one section owns, on one page."""

    department: Department
    owned: tuple[Work, ...]
    shared: tuple[Work, ...]
    """Those in which it takes a part beside the owner."""
    gauges: tuple[Gauge, ...]
    """The indicators of what it owns."""


@dataclass(frozen=True, slots=True)
class YearPage(Page):
    """What was planned, done and missing in one financial year."""

    year: int
    closed: bool
    """Whether the year was over when the plan was last changed: only then can something be missing."""
    planned: tuple[Work, ...]
    budget: tuple[tuple[Entry, str], ...]
    total: str
    due: tuple[Due, ...]
    reviewed: tuple[tuple[Entry, Review], ...]
    unmeasured: tuple[Gauge, ...]
    """Indicators of which nothing is said for this year."""
    unreviewed: tuple[Work, ...]
    """What was planned and not reviewed."""
    previous: Way | None
    next: Way | None


@dataclass(frozen=True, slots=True)
class ProgressPage(Page):
    """How the whole plan stands: the way to sections, years and gaps."""

    tally: Tally
    branches: tuple[tuple[Entry, Tally], ...]
    departments: tuple[tuple[Way, int], ...]
    """Each section and how much it owns."""
    years: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class GapsPage(Page):
    """The map of gaps. Without rows, nothing of the kind is recorded yet."""

    level: str
    """Name of the level whose nodes are the rows."""
    record: str
    """Name of the level that holds the records."""
    rows: tuple[Gap, ...]
    asked: int
    """How many rows there are, or would be."""


@dataclass(frozen=True, slots=True)
class HistoryPage(Page):
    """The page that tells what changed when."""

    days: tuple[Day, ...]
    """The newest first."""
    begins: str
    """The day on which the record begins, as it is said; empty where it is not known or not told to its beginning."""
    known: bool
    """Whether there is a record."""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under a common heading: those for one audience, those whose reading begins with one row of kana."""

    name: str
    anchor: str
    entries: tuple[Entry | Term, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One parent's innermost entries in the list of them all."""

    trail: tuple[Entry, ...]
    """From the first level that branches down to the parent."""
    entries: tuple[tuple[Entry, tuple[str, ...], tuple[str, ...]], ...]
    """Each with the audiences that it names itself, and those with all that it belongs to."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """A stub at an earlier address."""

    path: str
    to: Way

    @property
    def root(self) -> str:
        """The way from it to the top of the site."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True)
class Site:
    """Every page, in its place."""

    plan: Plan
    roots: tuple[Entry, ...]
    heads: tuple[Entry, ...]
    """The entries above the first level that branches: what the whole plan aims at."""
    branches: tuple[Entry, ...]
    """The top branches: the first level with more than one node."""
    counts: tuple[Count, ...]
    """Every level of the plan, the empty ones too."""
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    sheets: tuple[Figure, ...]
    """The diagrams of the booklet: the whole plan first, then each top branch."""
    columns: tuple[Level, ...]
    """The levels in use: columns of the structure table."""
    rows: tuple[tuple[Cell, ...], ...]
    """The structure table with its merged cells."""
    audiences: tuple[Group, ...]
    """For each audience the entries that name it; what stands beneath one of them is not named again."""
    kana: tuple[Group, ...]
    """Everything that has a reading, in the order of the kana, by rows."""
    listed: tuple[Listed, ...]
    """Everything that has nothing beneath it: what the plan does in the end."""
    pages: tuple[Page, ...]
    menu: tuple[Page, ...]
    """The pages that every page leads to at its head, as ways into the plan."""
    foot: tuple[Page, ...]
    """Those that it leads to at its foot."""
    ledger: tuple[Page, ...]
    """The pages of the sections and of the years, to which the page of the progress leads."""
    redirects: tuple[Redirect, ...]

    @property
    def entries(self) -> Iterator[Entry]:
        """Every entry in reading order, those shown again too."""
        for root in self.roots:
            yield from root.walk()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a text, for its list of contents."""

    id: str
    words: str
    rank: int
    """2 to 4, as in h2."""


@dataclass(frozen=True, slots=True)
class Text:
    """Prose after typesetting: clean HTML."""

    html: str
    headings: tuple[Heading, ...]


Phrases = tuple[str, ...]
"""A name cut where Japanese may break a line without breaking a phrase."""
Name = tuple[Pieces, ...]
"""A name as phrases, each of pieces with the kana to stand over them, or none."""


@dataclass(frozen=True, slots=True)
class Texts:
    """All that typesetting made of a site."""

    prose: Mapping[str, Mapping[str, Text]]
    """By page path, then by the name the page's template knows the text by."""
    terms: Mapping[str, Text]
    """The explanation of each term, by its name."""
    phrases: Mapping[str, Phrases]
    """Every name and title cut into phrases."""
    names: Mapping[str, Name]
    """The same with the readings that fit laid over them."""

    def has_kana(self, name: str) -> bool:
        """Whether kana stand over any part of a name."""
        return any(over for phrase in self.names[name] for _, over in phrase)


@dataclass(frozen=True, slots=True)
class Box:
    """A linked rectangle. Units are CSS pixels from the top left corner of its drawing; before layout, of its plate."""

    entry: Entry | None
    """None for the subject, which leads to the front page."""
    parent: str
    """Id of the entry above it in the drawing, empty for the first."""
    row: bool
    """A leaf that stands in the common frame of its parent's list."""
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]

    @property
    def role(self) -> str:
        """How strongly it is drawn: `head` above the branches, `branch`, `inner`, `row`."""
        if self.row:
            return "row"
        if not self.entry or not self.entry.branch:
            return "head"
        return "branch" if "-" not in self.entry.number else "inner"


@dataclass(frozen=True, slots=True)
class Frame:
    """The common frame of a list's rows."""

    owner: Entry
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from a parent to a child, or to all the children in one frame, as corners."""

    parent: str
    children: tuple[str, ...]
    colour: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A structure diagram with every coordinate settled."""

    figure: Figure
    width: float
    height: float
    letters: float
    """Size of its letters in pixels."""
    heads: tuple[tuple[float, float, str], ...]
    """Of each column: left edge, width and name."""
    boxes: tuple[Box, ...]
    """Depth first: the order a keyboard and a screen reader follow."""
    frames: tuple[Frame, ...]
    edges: tuple[Edge, ...]
    dot: str
    """The graph in Graphviz's own language."""


@dataclass(frozen=True, slots=True)
class Print:
    """A PDF of the booklet's family, as a download link names it."""

    file: File
    title: str
    told: str
    """What it is for, in a sentence."""
    pages: int

    @property
    def size(self) -> str:
        """Its bytes as people say them: 340 KB, 1.2 MB."""
        kilobytes = len(self.file.data) / 1000
        return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{max(1, round(kilobytes))} KB"


@dataclass(frozen=True, slots=True)
class Booklet:
    """The plan on paper. An empty one has no prints and no pages: it was not wanted, or could not be made."""

    prints: tuple[Print, ...]
    """The handbook itself first."""
    pages: Mapping[str, int]
    """For each node's id the page of the handbook on which it stands, as printed there."""
    sheets: Mapping[str, Print]
    """By the path of a section's page: the same on paper."""
    lacking: tuple[str, ...] = ()
    """Signs that no typeface of the booklet has; 〓 stands for them in print."""
