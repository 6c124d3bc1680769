"""The marked YAML of a plan → its nodes, with every mistake that the words themselves show."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from handbook.fields import (
    AUDIENCE_KEY,
    DEPARTMENTS_KEY,
    LEVEL_FIELDS,
    NODE_FIELDS,
    PLAN_FIELDS,
    TOP_LEVEL_FIELDS,
    Field,
    fields_by_name,
    node_field_names,
)
from handbook.load.content import Content
from handbook.load.departments import Departments
from handbook.load.marked import Mapping, Scalar, Sequence, Value
from handbook.load.records import Records
from handbook.load.references import References
from handbook.load.repository import HINT, repository
from handbook.load.source import Source
from handbook.load.values import Values
from handbook.mistakes import Mistake, Place
from handbook.model import Again, Department, Fact, Level, Node, Prose, Repository
from handbook.years import period

MOST_LEVELS = 12
FOLDERS = frozenset({"theme", "diagrams", "images", "data", "booklet", "departments", "years"})
"""Folders of output/ that are no level's."""
_NODE, _PLAN, _LEVEL, _TOP = (
    fields_by_name(NODE_FIELDS),
    fields_by_name(PLAN_FIELDS),
    fields_by_name(LEVEL_FIELDS),
    fields_by_name(TOP_LEVEL_FIELDS),
)
_PLAIN = frozenset(key.name for key in NODE_FIELDS if key.type not in ("text", "records", "years"))
"""Keys of a node whose value is a word or a list of words."""
_FACTS = tuple(key.name for key in NODE_FIELDS if key.shown == "fact")


class Tree:
    """Reads one plan.yaml: the words about the plan, the levels, the nodes."""

    def __init__(self, source: Source, lost: Collection[int], content: Content, *, flawed: bool = False) -> None:
        self.values = Values(source, lost)
        self.source = source
        self.content = content
        self.plan: dict[str, str] = {}
        self.plan_text: Prose | None = None
        self.repository: Repository | None = None
        self.levels: tuple[Level, ...] = ()
        self.items: tuple[Node | Again, ...] = ()
        self.vocabularies: dict[str, tuple[str, ...]] = {}
        self.departments: tuple[Department, ...] = ()
        self.spellings: tuple[tuple[str, ...], ...] = ()
        self.gaps: list[Mistake] = []
        self._ranks: dict[str, Level] = {}
        self.references = References(self.values, flawed=flawed)
        self.records = Records(self.values)

    # --- the top of the file ---

    def read(self, value: Value | None) -> None:
        """Read the whole file."""
        say = self.values.say
        if value is None or (isinstance(value, Scalar) and not value.text):
            if not self.values.lost:
                say(Scalar("", 1, 1, 1), "empty-file", "plan.yaml に何も書かれていません")
            return
        if isinstance(value, Mapping) and "階層" in value.entries:
            self._read_levels(value.entries["階層"][1])
        self.values.levels_unsure = not self.levels or bool(self.values.mistakes or self.values.lost)
        found = self.values.fields(value, _TOP, "plan.yaml ", self._ranks)
        before = len(self.values.mistakes)
        audiences = tuple(self.values.read(found[AUDIENCE_KEY], _TOP[AUDIENCE_KEY])) if AUDIENCE_KEY in found else ()
        self._vocabulary(AUDIENCE_KEY, found, before, audiences)
        before, sections = len(self.values.mistakes), Departments(self.values)
        self.departments = tuple(sections.read(found[DEPARTMENTS_KEY])) if DEPARTMENTS_KEY in found else ()
        self._vocabulary(DEPARTMENTS_KEY, found, before, sections.names)
        if "異表記" in found:
            self.spellings = tuple(self._spellings(found["異表記"]))
        if "計画" in found:
            self._read_plan(found["計画"])
        if self.levels:
            self.items = tuple(self._children(found, None, ()))
            self.references.check(self.levels, (self.source, *self.content.sources))
            if not self.items and not self.values.mistakes and not self.values.lost:
                message = "計画に節が 1 つもありません"
                hint = f"`{self.levels[0].name}:` の下に、`- id:` と `名称:` で書き始めます"
                self.values.say(value, "no-nodes", message, hint)

    def _vocabulary(self, name: str, found: dict[str, Value], before: int, words: Collection[str]) -> None:
        """Take up a list of allowed words. One that is itself mistaken is not held against its users."""
        self.vocabularies[name] = tuple(words)
        if name in found:
            unsure = len(self.values.mistakes) > before or not self.values.whole(found[name])
        else:  # a line that was lost, or a key of the file that is not known, may have been meant for it
            unsure = bool(self.values.lost) or any(m.rule == "unknown-key" for m in self.values.mistakes)
        self.values.vocabularies[name] = None if unsure else frozenset(words)

    def _spellings(self, value: Value) -> Iterator[tuple[str, ...]]:
        """Read the ways of writing one word, a list a row; no word may stand in two rows."""
        row_key = Field("異表記", "words", _TOP["異表記"].meaning)
        seen: set[str] = set()
        for row in self.values.items(value, "異表記"):
            words = tuple(self.values.read(row, row_key))
            if taken := [item for item in _scalars(row) if item.text in seen]:
                message = f"`{taken[0].text}` が `異表記` の 2 つの組にあります"
                self.values.say(taken[0], "twice", message, "1 つの組にまとめてください")
            elif len(words) == 1 and self.values.whole(row):
                hint = "`[障がい, 障害]` のように、2 つ以上を並べます"
                self.values.say(row, "one-spelling", f"`{words[0]}` と同じ言葉とみなす書き方がありません", hint)
            seen |= set(words)
            yield words

    def _read_plan(self, value: Value) -> None:
        found = self.values.fields(value, _PLAN, "`計画` ")
        for name, entry in found.items():
            if _PLAN[name].type == "text":
                self.plan_text = self.values.prose(entry, _PLAN[name])
            else:
                self.plan[name] = str(self.values.read(entry, _PLAN[name]))
        if address := self.plan.get("リポジトリ"):
            self.repository = repository(address)
            if not self.repository:
                message = f"`{address}` を GitHub か GitLab の住所として読めません"
                self.values.say(found["リポジトリ"], "unknown-repository", message, HINT)

    def _read_levels(self, value: Value) -> None:
        levels: list[Level] = []
        self.values.vocabularies["項目"] = frozenset(node_field_names())
        for row in self.values.items(value, "階層"):
            found = self.values.fields(row, _LEVEL, "階層の行")
            name = self._level_word(found, "名称", [level.name for level in levels], {*_NODE, *_TOP})
            path = self._level_word(found, "path", [level.path for level in levels], FOLDERS)
            mark = self.values.text(found["記号"], "記号") if "記号" in found else ""
            required = self.values.read(found["必須"], _LEVEL["必須"]) if "必須" in found else ()
            if name:
                levels.append(Level(name, path, len(levels), mark, tuple(required)))
        if len(levels) > MOST_LEVELS:
            self.values.say(value, "too-many-levels", f"階層が多すぎます（{len(levels)}。{MOST_LEVELS} まで）")
        self.levels = tuple(levels)
        self._ranks = {level.name: level for level in levels}

    def _level_word(self, found: dict[str, Value], key: str, taken: list[str], reserved: Collection[str]) -> str:
        if key not in found:
            return ""
        word = str(self.values.read(found[key], _LEVEL[key]))
        if word in taken:
            self.values.say(found[key], "duplicate-level", f"階層の `{key}` に `{word}` が 2 回あります")
            return ""
        if word in reserved:
            self.values.say(found[key], "reserved-name", f"`{word}` はほかで使う名前なので使えません")
            return ""
        return word

    # --- nodes ---

    def _children(self, found: dict[str, Value], above: Level | None, trail: tuple[str, ...]) -> Iterator[Node | Again]:
        """Yield what stands under a node, or at the top of the file."""
        for name, value in found.items():
            level = self._ranks.get(name)
            if not level:
                continue
            if above and level.rank <= above.rank:
                deeper = [other.name for other in self.levels if other.rank > above.rank]
                hint = "ここに置けるのは " + "、".join(f"`{n}`" for n in deeper)
                hint = hint if deeper else "ここより下の階層はありません"
                message = f"`{above.name}` の下に `{name}` は置けません"
                self.values.say(value.key or value, "level-order", message, hint)
                continue
            for item in self.values.items(value, name):
                child = self._node(item, level, trail)
                if child:
                    yield child

    def _node(self, value: Value, level: Level, trail: tuple[str, ...]) -> Node | Again | None:
        found = self.values.fields(value, _NODE, f"この{level.name}", self._ranks)
        if not isinstance(value, Mapping):
            return None
        if "再掲" in found:
            return self._shown_again(found, level, trail)
        place = Place(self.source.file, value.line, value.column)
        words = {name: self.values.read(entry, _NODE[name]) for name, entry in found.items() if name in _PLAIN}
        node_id = str(words.get("id", ""))
        if node_id:
            self.references.know(node_id, found["id"], level, trail)
        related, earlier = words.get("関連", ()), words.get("以前のid", ())
        if related:
            self.references.relate(_items(found["関連"], related), node_id)
        for item in _items(found["以前のid"], earlier) if earlier else ():
            self.references.earlier(_address(item.text, level), item)
        if level.required:
            self._gap(level, {*found, *(["本文"] if node_id in self.content.texts else [])}, place, value)
        return Node(
            id=node_id,
            level=level,
            name=str(words.get("名称", "")),
            place=place,
            reading=str(words.get("よみ", "")),
            text=self._text(found, node_id),
            note=self.values.prose(found["注記"], _NODE["注記"]) if "注記" in found else None,
            facts=tuple(
                Fact(name, (said,) if isinstance(said, str) else said) for name in _FACTS if (said := words.get(name))
            ),
            period=period(str(words["期間"])) if "期間" in words else None,
            budget=self.records.budget(found),
            indicators=tuple(self.records.indicators(found)),
            reviews=tuple(self.records.reviews(found)),
            links=tuple(self.records.links(found)),
            related=tuple(related),
            earlier=tuple(_address(old, level) for old in earlier),
            items=tuple(self._children(found, level, (*trail, node_id))),
        )

    def _text(self, found: dict[str, Value], node_id: str) -> Prose | None:
        """A node's text: out of plan.yaml or out of content/nodes/, never both."""
        beside = self.content.texts.get(node_id)
        if "本文" not in found:
            return beside[1] if beside else None
        if beside:
            message = f"`本文` と {beside[0].file} の両方に文章があります"
            self.values.say(found["本文"], "two-texts", message, "どちらか 1 つにしてください")
        return self.values.prose(found["本文"], _NODE["本文"])

    def _shown_again(self, found: dict[str, Value], level: Level, trail: tuple[str, ...]) -> Again | None:
        for name, entry in found.items():
            if name != "再掲":
                message = f"`再掲` と `{name}` は一緒に書けません"
                hint = "`再掲` だけを書きます。ほかは元の場所に書きます"
                self.values.say(entry.key or entry, "again-alone", message, hint)
        target, item = self.values.read(found["再掲"], _NODE["再掲"]), found["再掲"]
        if not target or not isinstance(item, Scalar):
            return None
        self.references.again(item, level, trail)
        return Again(str(target), Place(self.source.file, item.line, item.column, item.width))

    def _gap(self, level: Level, found: Collection[str], place: Place, value: Mapping) -> None:
        for name in level.required:
            if name not in found and self.values.whole(value):
                excerpt = self.source.lines[place.line - 1]
                message = f"公開までに、この{level.name}の `{name}` が要ります"
                self.gaps.append(Mistake(place, "empty-required", message, _NODE[name].meaning, excerpt))


def _items(value: Value, taken: Collection[str]) -> list[Scalar]:
    """Return the items of a list that were taken, as they were taken: without the spaces around, with their places."""
    typed = ((item, item.text.strip("\n\u3000 ")) for item in _scalars(value))
    return [replace(item, text=text) for item, text in typed if text in taken]


def _scalars(value: Value | None) -> list[Scalar]:
    items = value.items if isinstance(value, Sequence) else []
    return [item for item in items if isinstance(item, Scalar)]


def _address(old: str, level: Level) -> str:
    """Return an earlier address in full: an id alone was on the same level."""
    return old if "/" in old else f"{level.path}/{old}"
