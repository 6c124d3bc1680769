"""The marked YAML of a plan → its nodes, with every mistake that the words themselves show."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from handbook.diagnostics import Diagnostic, SourceSpan
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
from handbook.model import Department, Level, Markdown, PlanNode, RepeatRef, Repository
from handbook.model import Value as FieldValue
from handbook.parse.content import Content
from handbook.parse.departments import DepartmentReader
from handbook.parse.records import RecordReader
from handbook.parse.references import ReferenceChecker
from handbook.parse.repository import URL_HINT, parse_repository_url
from handbook.parse.source import Source
from handbook.parse.values import ValueReader
from handbook.parse.yaml_reader import Scalar, YamlMapping, YamlSequence, YamlValue

MAX_LEVELS = 12
RESERVED_FOLDERS = frozenset({"theme", "diagrams", "images", "data", "booklet", "departments", "years"})
"""Folders of output/ that are no level's."""
_PLAN, _LEVEL, _TOP_LEVEL_FIELD = map(fields_by_name, (PLAN_FIELDS, LEVEL_FIELDS, TOP_LEVEL_FIELDS))


class PlanReader:
    """Reads one plan.yaml: the words about the plan, the levels, the nodes."""

    def __init__(self, source: Source, lost: Collection[int], content: Content, *, flawed: bool = False) -> None:
        self.values = ValueReader(source, lost)
        self.source = source
        self.content = content
        self.fields = node_fields()
        """The fields that a node may have."""
        self.plan: dict[str, FieldValue] = {}
        """The values of 計画, by field."""
        self.repository: Repository | None = None
        self.levels: tuple[Level, ...] = ()
        self.items: tuple[PlanNode | RepeatRef, ...] = ()
        self.vocabularies: dict[str, tuple[str, ...]] = {}
        self.departments: tuple[Department, ...] = ()
        self.spellings: tuple[tuple[str, ...], ...] = ()
        self.gaps: list[Diagnostic] = []
        self._ranks: dict[str, Level] = {}
        self.references = ReferenceChecker(self.values, flawed=flawed)
        self.records = RecordReader(self.values)

    # --- the top of the file ---

    def read(self, value: YamlValue | None) -> None:
        """Read the whole file."""
        say = self.values.report
        if value is None or (isinstance(value, Scalar) and not value.text):
            if not self.values.lost:
                say(Scalar("", 1, 1, 1), "empty-file", "plan.yaml に何も書かれていません")
            return
        if isinstance(value, YamlMapping) and "階層" in value.entries:
            self._read_levels(value.entries["階層"][1])
        self.values.levels_unsure = not self.levels or bool(self.values.mistakes or self.values.lost)
        found = self.values.fields(value, _TOP_LEVEL_FIELD, "plan.yaml ", self._ranks)
        before = len(self.values.mistakes)
        audiences = (
            tuple(self.values.read(found[AUDIENCE_KEY], _TOP_LEVEL_FIELD[AUDIENCE_KEY]))
            if AUDIENCE_KEY in found
            else ()
        )
        self._read_vocabulary(AUDIENCE_KEY, found, before, audiences)
        before, sections = len(self.values.mistakes), DepartmentReader(self.values)
        self.departments = tuple(sections.read(found[DEPARTMENTS_KEY])) if DEPARTMENTS_KEY in found else ()
        self._read_vocabulary(DEPARTMENTS_KEY, found, before, sections.names)
        if "異表記" in found:
            self.spellings = tuple(self._read_spellings(found["異表記"]))
        if "計画" in found:
            self._read_plan(found["計画"])
        if self.levels:
            self.items = tuple(self._read_children(found, None, ()))
            self.references.check(self.levels, (self.source, *self.content.sources))
            if not self.items and not self.values.mistakes and not self.values.lost:
                message = "計画に節が 1 つもありません"
                hint = f"`{self.levels[0].name}:` の下に、`- id:` と `名称:` で書き始めます"
                self.values.report(value, "no-nodes", message, hint)

    def _read_vocabulary(self, name: str, found: dict[str, YamlValue], before: int, words: Collection[str]) -> None:
        """Take up a list of allowed words. One that is itself mistaken is not held against its users."""
        self.vocabularies[name] = tuple(words)
        if name in found:
            unsure = len(self.values.mistakes) > before or not self.values.is_fully_read(found[name])
        else:  # a line that was lost, or a key of the file that is not known, may have been meant for it
            unsure = bool(self.values.lost) or any(m.rule == "unknown-key" for m in self.values.mistakes)
        self.values.vocabularies[name] = None if unsure else frozenset(words)

    def _read_spellings(self, value: YamlValue) -> Iterator[tuple[str, ...]]:
        """Read the ways of writing one word, a list a row; no word may stand in two rows."""
        row_key = Field("異表記", "words", _TOP_LEVEL_FIELD["異表記"].meaning)
        seen: set[str] = set()
        for row in self.values.items(value, "異表記"):
            words = tuple(self.values.read(row, row_key))
            if taken := [item for item in _scalars(row) if item.text in seen]:
                message = f"`{taken[0].text}` が `異表記` の 2 つの組にあります"
                self.values.report(taken[0], "duplicate-word", message, "1 つの組にまとめてください")
            elif len(words) == 1 and self.values.is_fully_read(row):
                hint = "`[障がい, 障害]` のように、2 つ以上を並べます"
                self.values.report(row, "single-spelling", f"`{words[0]}` と同じ言葉とみなす書き方がありません", hint)
            seen |= set(words)
            yield words

    def _read_plan(self, value: YamlValue) -> None:
        found = self.values.fields(value, _PLAN, "`計画` ")
        self.plan = self.records.record_values(found, PLAN_FIELDS)
        if address := self.plan.get("リポジトリ"):
            self.repository = parse_repository_url(str(address))
            if not self.repository:
                message = f"`{address}` を GitHub か GitLab の住所として読めません"
                self.values.report(found["リポジトリ"], "unknown-repository", message, URL_HINT)

    def _read_levels(self, value: YamlValue) -> None:
        levels: list[Level] = []
        self.values.vocabularies["項目"] = frozenset(node_field_names())
        for row in self.values.items(value, "階層"):
            found = self.values.fields(row, _LEVEL, "階層の行")
            name = self._read_level_word(
                found, "名称", [level.name for level in levels], {*fields_by_name(self.fields), *_TOP_LEVEL_FIELD}
            )
            path = self._read_level_word(found, "path", [level.folder for level in levels], RESERVED_FOLDERS)
            plain = [field for field in LEVEL_FIELDS if field.name not in ("名称", "path")]
            values = {"名称": name, "path": path, **self.records.record_values(found, plain)}
            if name:
                levels.append(Level(values={key: value for key, value in values.items() if value}, rank=len(levels)))
        if len(levels) > MAX_LEVELS:
            self.values.report(value, "too-many-levels", f"階層が多すぎます（{len(levels)}。{MAX_LEVELS} まで）")
        self.levels = tuple(levels)
        self._ranks = {level.name: level for level in levels}

    def _read_level_word(
        self, found: dict[str, YamlValue], key: str, taken: list[str], reserved: Collection[str]
    ) -> str:
        if key not in found:
            return ""
        word = str(self.values.read(found[key], _LEVEL[key]))
        if word in taken:
            self.values.report(found[key], "duplicate-level", f"階層の `{key}` に `{word}` が 2 回あります")
            return ""
        if word in reserved:
            self.values.report(found[key], "reserved-name", f"`{word}` はほかで使う名前なので使えません")
            return ""
        return word

    # --- nodes ---

    def _read_children(
        self, found: dict[str, YamlValue], above: Level | None, trail: tuple[str, ...]
    ) -> Iterator[PlanNode | RepeatRef]:
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
                self.values.report(value.key or value, "level-order", message, hint)
                continue
            for item in self.values.items(value, name):
                child = self._read_node(item, level, trail)
                if child:
                    yield child

    def _read_node(self, value: YamlValue, level: Level, trail: tuple[str, ...]) -> PlanNode | RepeatRef | None:
        found = self.values.fields(value, fields_by_name(self.fields), f"この{level.name}", self._ranks)
        if not isinstance(value, YamlMapping):
            return None
        if "再掲" in found:
            return self._read_repeat(found, level, trail)
        place = SourceSpan(self.source.file, value.line, value.column)
        node = PlanNode(values=self.records.record_values(found, self.fields), level=level, span=place)
        if node.id:
            self.references.add_id(node.id, found["id"], level, trail)
        if node.related_ids:
            self.references.add_related(_items(found["関連"], node.related_ids), node.id)
        for item in _items(found["以前のid"], node.former_paths) if node.former_paths else ():
            self.references.add_former_path(_full_former_path(item.text, level), item)
        if level.required:
            self._note_missing_field(
                level, {*found, *(["本文"] if node.id in self.content.texts else [])}, place, value
            )
        values = {**node.values, "以前のid": tuple(_full_former_path(old, level) for old in node.former_paths)}
        if not values["以前のid"]:
            del values["以前のid"]
        if text := self._read_text(found, node):
            values["本文"] = text
        items = tuple(self._read_children(found, level, (*trail, node.id)))
        return PlanNode(values=values, level=level, span=place, child_items=items)

    def _read_text(self, found: dict[str, YamlValue], node: PlanNode) -> Markdown | None:
        """Return the text of a node: from plan.yaml or from content/nodes/, never both."""
        beside = self.content.texts.get(node.id)
        if "本文" not in found:
            return beside[1] if beside else None
        if beside:
            message = f"`本文` と {beside[0].file} の両方に文章があります"
            self.values.report(found["本文"], "duplicate-text", message, "どちらか 1 つにしてください")
        return node.text

    def _read_repeat(self, found: dict[str, YamlValue], level: Level, trail: tuple[str, ...]) -> RepeatRef | None:
        for name, entry in found.items():
            if name != "再掲":
                message = f"`再掲` と `{name}` は一緒に書けません"
                hint = "`再掲` だけを書きます。ほかは元の場所に書きます"
                self.values.report(entry.key or entry, "repeat-with-other-keys", message, hint)
        target, item = self.values.read(found["再掲"], fields_by_name(self.fields)["再掲"]), found["再掲"]
        if not target or not isinstance(item, Scalar):
            return None
        self.references.add_repeat(item, level, trail)
        return RepeatRef(str(target), SourceSpan(self.source.file, item.line, item.column, item.width))

    def _note_missing_field(self, level: Level, found: Collection[str], place: SourceSpan, value: YamlMapping) -> None:
        for name in level.required:
            if name not in found and self.values.is_fully_read(value):
                excerpt = self.source.lines[place.line - 1]
                message = f"公開までに、この{level.name}の `{name}` が要ります"
                self.gaps.append(
                    Diagnostic(place, "empty-required", message, fields_by_name(self.fields)[name].meaning, excerpt)
                )


def _items(value: YamlValue, taken: Collection[str]) -> list[Scalar]:
    """Return the items of a list that were taken, as they were taken: without the spaces around, with their places."""
    typed = ((item, item.text.strip("\n\u3000 ")) for item in _scalars(value))
    return [replace(item, text=text) for item, text in typed if text in taken]


def _scalars(value: YamlValue | None) -> list[Scalar]:
    items = value.items if isinstance(value, YamlSequence) else []
    return [item for item in items if isinstance(item, Scalar)]


def _full_former_path(old: str, level: Level) -> str:
    """Return an earlier address in full: an id alone was on the same level."""
    return old if "/" in old else f"{level.folder}/{old}"
