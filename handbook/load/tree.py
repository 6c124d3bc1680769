"""The marked YAML of a plan → its nodes, with every mistake that the words themselves show."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from handbook.field_types import Field, fields_by_name
from handbook.fields import (
    AUDIENCE_KEY,
    DEPARTMENTS_KEY,
    LEVEL_FIELDS,
    PLAN_FIELDS,
    TOP_LEVEL_FIELDS,
    node_field_names,
    node_fields,
)
from handbook.load.content import Content
from handbook.load.departments import Departments
from handbook.load.marked import Mapping, Scalar, Sequence, Value
from handbook.load.records import RecordReader
from handbook.load.references import References
from handbook.load.repository import HINT, repository
from handbook.load.source import Source
from handbook.load.values import Values
from handbook.mistakes import Mistake, Place
from handbook.model import Again, Department, Level, Node, Prose, Repository
from handbook.model import Value as FieldValue

MOST_LEVELS = 12
FOLDERS = frozenset({"theme", "diagrams", "images", "data", "booklet", "departments", "years"})
"""Folders of output/ that are no level's."""
_PLAN, _LEVEL, _TOP = map(fields_by_name, (PLAN_FIELDS, LEVEL_FIELDS, TOP_LEVEL_FIELDS))


class Tree:
    """Reads one plan.yaml: the words about the plan, the levels, the nodes."""

    def __init__(self, source: Source, lost: Collection[int], content: Content, *, flawed: bool = False) -> None:
        self.values = Values(source, lost)
        self.source = source
        self.content = content
        self.fields = node_fields()
        """The fields that a node may have."""
        self.plan: dict[str, FieldValue] = {}
        """The values of 計画, by field."""
        self.repository: Repository | None = None
        self.levels: tuple[Level, ...] = ()
        self.items: tuple[Node | Again, ...] = ()
        self.vocabularies: dict[str, tuple[str, ...]] = {}
        self.departments: tuple[Department, ...] = ()
        self.spellings: tuple[tuple[str, ...], ...] = ()
        self.gaps: list[Mistake] = []
        self._ranks: dict[str, Level] = {}
        self.references = References(self.values, flawed=flawed)
        self.records = RecordReader(self.values)

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
        self.plan = self.records.record_values(found, PLAN_FIELDS)
        if address := self.plan.get("リポジトリ"):
            self.repository = repository(str(address))
            if not self.repository:
                message = f"`{address}` を GitHub か GitLab の住所として読めません"
                self.values.say(found["リポジトリ"], "unknown-repository", message, HINT)

    def _read_levels(self, value: Value) -> None:
        levels: list[Level] = []
        self.values.vocabularies["項目"] = frozenset(node_field_names())
        for row in self.values.items(value, "階層"):
            found = self.values.fields(row, _LEVEL, "階層の行")
            name = self._level_word(
                found, "名称", [level.name for level in levels], {*fields_by_name(self.fields), *_TOP}
            )
            path = self._level_word(found, "path", [level.path for level in levels], FOLDERS)
            plain = [field for field in LEVEL_FIELDS if field.name not in ("名称", "path")]
            values = {"名称": name, "path": path, **self.records.record_values(found, plain)}
            if name:
                levels.append(Level(values={key: value for key, value in values.items() if value}, rank=len(levels)))
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
        found = self.values.fields(value, fields_by_name(self.fields), f"この{level.name}", self._ranks)
        if not isinstance(value, Mapping):
            return None
        if "再掲" in found:
            return self._shown_again(found, level, trail)
        place = Place(self.source.file, value.line, value.column)
        node = Node(values=self.records.record_values(found, self.fields), level=level, place=place)
        if node.id:
            self.references.know(node.id, found["id"], level, trail)
        if node.related:
            self.references.relate(_items(found["関連"], node.related), node.id)
        for item in _items(found["以前のid"], node.earlier) if node.earlier else ():
            self.references.earlier(_address(item.text, level), item)
        if level.required:
            self._gap(level, {*found, *(["本文"] if node.id in self.content.texts else [])}, place, value)
        values = {**node.values, "以前のid": tuple(_address(old, level) for old in node.earlier)}
        if not values["以前のid"]:
            del values["以前のid"]
        if text := self._text(found, node):
            values["本文"] = text
        items = tuple(self._children(found, level, (*trail, node.id)))
        return Node(values=values, level=level, place=place, items=items)

    def _text(self, found: dict[str, Value], node: Node) -> Prose | None:
        """Return the text of a node: from plan.yaml or from content/nodes/, never both."""
        beside = self.content.texts.get(node.id)
        if "本文" not in found:
            return beside[1] if beside else None
        if beside:
            message = f"`本文` と {beside[0].file} の両方に文章があります"
            self.values.say(found["本文"], "two-texts", message, "どちらか 1 つにしてください")
        return node.text

    def _shown_again(self, found: dict[str, Value], level: Level, trail: tuple[str, ...]) -> Again | None:
        for name, entry in found.items():
            if name != "再掲":
                message = f"`再掲` と `{name}` は一緒に書けません"
                hint = "`再掲` だけを書きます。ほかは元の場所に書きます"
                self.values.say(entry.key or entry, "again-alone", message, hint)
        target, item = self.values.read(found["再掲"], fields_by_name(self.fields)["再掲"]), found["再掲"]
        if not target or not isinstance(item, Scalar):
            return None
        self.references.again(item, level, trail)
        return Again(str(target), Place(self.source.file, item.line, item.column, item.width))

    def _gap(self, level: Level, found: Collection[str], place: Place, value: Mapping) -> None:
        for name in level.required:
            if name not in found and self.values.whole(value):
                excerpt = self.source.lines[place.line - 1]
                message = f"公開までに、この{level.name}の `{name}` が要ります"
                self.gaps.append(
                    Mistake(place, "empty-required", message, fields_by_name(self.fields)[name].meaning, excerpt)
                )


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
