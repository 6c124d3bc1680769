"""Convert the YAML values of plan.yaml into levels, nodes and vocabularies, and report errors in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

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
from handbook.folding import fold, repeated_word
from handbook.model import Department, Level, Markdown, PlanNode, RepeatRef, Repository
from handbook.model import Value as FieldValue
from handbook.parse.content.reader import Content
from handbook.parse.departments import DepartmentReader
from handbook.parse.edits.source_edits import entry_end
from handbook.parse.edits.value_edits import remove_entry
from handbook.parse.errors.values import level_order_error
from handbook.parse.records import RecordReader
from handbook.parse.references import ReferenceChecker
from handbook.parse.repository import URL_HINT, parse_repository_url
from handbook.parse.source import Source
from handbook.parse.value_reader import ValueReader
from handbook.parse.yaml.values import Scalar, YamlMapping, YamlValue, accepted_items, scalar_items

MAX_LEVELS = 12
RESERVED_FOLDERS = frozenset({"theme", "diagrams", "images", "data", "booklet", "departments", "years"})
"""Folders of the output that no level may use."""
_PLAN, _LEVEL, _TOP_LEVEL_FIELD = map(fields_by_name, (PLAN_FIELDS, LEVEL_FIELDS, TOP_LEVEL_FIELDS))


class PlanReader:
    """Reads one plan.yaml: the fields of the plan, its levels, vocabularies and nodes."""

    def __init__(
        self, source: Source, unread_lines: Collection[int], content: Content, *, has_yaml_errors: bool = False
    ) -> None:
        self.values = ValueReader(source, unread_lines)
        self.source = source
        self.content = content
        self.fields = node_fields()
        """The fields that a node may have."""
        self.plan: dict[str, FieldValue] = {}
        """The values of 計画, by field."""
        self.new_field_place: SourceSpan | None = None
        self.repository: Repository | None = None
        self.levels: tuple[Level, ...] = ()
        self.items: tuple[PlanNode | RepeatRef, ...] = ()
        self.vocabularies: dict[str, tuple[str, ...]] = {}
        self.departments: tuple[Department, ...] = ()
        self.spellings: tuple[tuple[str, ...], ...] = ()
        self.gaps: list[Diagnostic] = []
        self._ranks: dict[str, Level] = {}
        self.references = ReferenceChecker(self.values, has_yaml_errors=has_yaml_errors)
        self.records = RecordReader(self.values)

    # --- the top of the file ---

    def read(self, value: YamlValue | None) -> None:
        """Read the file into the attributes. Errors are added to `values.mistakes`."""
        if value is None or (isinstance(value, Scalar) and not value.text):
            if not self.values.unread_lines:
                self.values.report(Scalar("", 1, 1, 1), "empty-file", "plan.yaml に何も書かれていません")
            return
        if isinstance(value, YamlMapping) and "階層" in value.entries:
            self._read_levels(value.entries["階層"][1])
        self.values.levels_unsure = not self.levels or bool(self.values.mistakes or self.values.unread_lines)
        mapping = self.values.fields(value, _TOP_LEVEL_FIELD, "plan.yaml ", self._ranks)
        errors_before = len(self.values.mistakes)
        words = mapping.get(AUDIENCE_KEY)
        audiences = tuple(self.values.read(words, _TOP_LEVEL_FIELD[AUDIENCE_KEY])) if words else ()
        self._read_vocabulary(AUDIENCE_KEY, mapping, errors_before, audiences)
        errors_before, reader = len(self.values.mistakes), DepartmentReader(self.values)
        self.departments = tuple(reader.read(mapping[DEPARTMENTS_KEY])) if DEPARTMENTS_KEY in mapping else ()
        self._read_vocabulary(DEPARTMENTS_KEY, mapping, errors_before, reader.names)
        if "異表記" in mapping:
            self.spellings = tuple(self._read_spellings(mapping["異表記"]))
        if "計画" in mapping:
            self._read_plan(mapping["計画"])
        if self.levels:
            self.items = tuple(self._read_children(mapping, None, ()))
            self.references.check(self.levels, (*self.values.markdown, *self.content.markdown))
            if not self.items and not self.values.mistakes and not self.values.unread_lines:
                message = "計画に節が 1 つもありません"
                hint = f"`{self.levels[0].name}:` の下に、`- id:` と `名称:` で書き始めます"
                self.values.report(value, "no-nodes", message, hint)

    def _read_vocabulary(
        self, name: str, mapping: dict[str, YamlValue], errors_before: int, words: Collection[str]
    ) -> None:
        """Register a list of allowed words. If the list has errors, fields may use any word."""
        self.vocabularies[name] = tuple(words)
        if name in mapping:
            self.values.vocabulary_lists[name] = mapping[name]
            unsure = len(self.values.mistakes) > errors_before or not self.values.is_fully_read(mapping[name])
        else:  # an unread line or an unknown key may be the list
            unsure = bool(self.values.unread_lines) or any(m.rule == "unknown-key" for m in self.values.mistakes)
        self.values.vocabularies[name] = None if unsure else frozenset(words)

    def _read_spellings(self, value: YamlValue) -> Iterator[tuple[str, ...]]:
        """Yield the spellings of each word. Reports a spelling that two rows contain, and a row with only one."""
        row_key = Field("異表記", "words", _TOP_LEVEL_FIELD["異表記"].meaning)
        seen: dict[str, str] = {}
        for row in self.values.items(value, "異表記"):
            words = tuple(self.values.read(row, row_key))
            if taken := [item for item in scalar_items(row) if fold(item.text) in seen]:
                message = f"{repeated_word(taken[0].text, seen[fold(taken[0].text)])}が `異表記` の 2 つの組にあります"
                self.values.report(taken[0], "duplicate-word", message, "1 つの組にまとめてください")
            elif len(words) == 1 and self.values.is_fully_read(row):
                hint = "`[障がい, 障害]` のように、2 つ以上を並べます"
                self.values.report(row, "single-spelling", f"`{words[0]}` と同じ言葉とみなす書き方がありません", hint)
            seen |= {fold(word): word for word in words}
            yield words

    def _read_plan(self, value: YamlValue) -> None:
        mapping = self.values.fields(value, _PLAN, "`計画` ")
        self.plan = self.records.record_values(mapping, PLAN_FIELDS)
        if (key := value.key) and value.line > key.line:
            after = entry_end(self.source, key.line, key.column) + 1
            self.new_field_place = SourceSpan(self.source.file, after, value.column)
        if url := self.plan.get("リポジトリ"):
            self.repository = parse_repository_url(str(url))
            if not self.repository:
                message = f"`{url}` を GitHub か GitLab の住所として読めません"
                self.values.report(mapping["リポジトリ"], "unknown-repository", message, URL_HINT)

    def _read_levels(self, value: YamlValue) -> None:
        levels: list[Level] = []
        self.values.vocabularies["項目"] = frozenset(node_field_names())
        for row in self.values.items(value, "階層"):
            mapping = self.values.fields(row, _LEVEL, "階層の行")
            name = self._read_level_text(
                mapping, "名称", [level.name for level in levels], {*fields_by_name(self.fields), *_TOP_LEVEL_FIELD}
            )
            path = self._read_level_text(mapping, "path", [level.folder for level in levels], RESERVED_FOLDERS)
            plain_fields = [field for field in LEVEL_FIELDS if field.name not in ("名称", "path")]
            values = {"名称": name, "path": path, **self.records.record_values(mapping, plain_fields)}
            if name:
                levels.append(Level(values={key: value for key, value in values.items() if value}, rank=len(levels)))
        if len(levels) > MAX_LEVELS:
            self.values.report(value, "too-many-levels", f"階層が多すぎます（{len(levels)}。{MAX_LEVELS} まで）")
        self.levels = tuple(levels)
        self._ranks = {level.name: level for level in levels}

    def _read_level_text(
        self, mapping: dict[str, YamlValue], key: str, taken: list[str], reserved: Collection[str]
    ) -> str:
        if key not in mapping:
            return ""
        text = str(self.values.read(mapping[key], _LEVEL[key]))
        if same := [word for word in taken if fold(word) == fold(text)]:
            message = f"階層の `{key}` に {repeated_word(text, same[0])}が 2 回あります"
            self.values.report(mapping[key], "duplicate-level", message)
            return ""
        if text in reserved:
            self.values.report(mapping[key], "reserved-name", f"`{text}` はほかで使う名前なので使えません")
            return ""
        return text

    # --- nodes ---

    def _read_children(
        self, mapping: dict[str, YamlValue], parent: Level | None, ancestors: tuple[str, ...]
    ) -> Iterator[PlanNode | RepeatRef]:
        """Yield the nodes and repeats directly under a node, or at the top of the file if `parent` is None."""
        for name, value in mapping.items():
            level = self._ranks.get(name)
            if not level:
                continue
            if parent and level.rank <= parent.rank:
                error = level_order_error(self.source, value, parent, self._ranks, mapping)
                self.values.mistakes.append(error)
                continue
            for item in self.values.items(value, name):
                child = self._read_node(item, level, ancestors)
                if child:
                    yield child

    def _read_node(self, value: YamlValue, level: Level, ancestors: tuple[str, ...]) -> PlanNode | RepeatRef | None:
        mapping = self.values.fields(value, fields_by_name(self.fields), f"この{level.name}", self._ranks)
        if not isinstance(value, YamlMapping):
            return None
        if "再掲" in mapping:
            return self._read_repeat(mapping, level, ancestors)
        span = SourceSpan(self.source.file, value.line, value.column)
        node = PlanNode(values=self.records.record_values(mapping, self.fields), level=level, span=span)
        self.references.add_id(node.id, mapping.get("id", value), level, ancestors)
        if node.related_ids:
            related = mapping["関連"]
            self.references.add_related(accepted_items(related, node.related_ids), node.id, related)
        for item in accepted_items(mapping["以前のid"], node.former_paths) if node.former_paths else ():
            former_ids = mapping["以前のid"]
            self.references.add_former_path(_full_former_path(item.text, level), item, former_ids, node.path)
        if level.required:
            self._report_missing_fields(
                level, {*mapping, *(["本文"] if node.id in self.content.texts else [])}, span, value
            )
        values = {**node.values, "以前のid": tuple(_full_former_path(path, level) for path in node.former_paths)}
        if not values["以前のid"]:
            del values["以前のid"]
        if text := self._read_text(mapping, node):
            values["本文"] = text
        items = tuple(self._read_children(mapping, level, (*ancestors, node.id)))
        return PlanNode(values=values, level=level, span=span, child_items=items)

    def _read_text(self, mapping: dict[str, YamlValue], node: PlanNode) -> Markdown | None:
        """Return the text of a node from plan.yaml or content/nodes/. Reports a node with both."""
        content_text = self.content.texts.get(node.id)
        if "本文" not in mapping:
            return content_text[1] if content_text else None
        if content_text:
            message = f"`本文` と {content_text[0].file} の両方に文章があります"
            self.values.report(mapping["本文"], "duplicate-text", message, "どちらか 1 つにしてください")
        return node.text

    def _read_repeat(self, mapping: dict[str, YamlValue], level: Level, ancestors: tuple[str, ...]) -> RepeatRef | None:
        for name, value in mapping.items():
            if name != "再掲":
                message = f"`再掲` と `{name}` は一緒に書けません"
                hint = f"`{name}` を消し、`再掲` だけを書きます。ほかは元の場所に書きます"
                edit = remove_entry(self.source, value.key, value)
                self.values.report(value.key or value, "repeat-with-other-keys", message, hint, edit)
        target, item = self.values.read(mapping["再掲"], fields_by_name(self.fields)["再掲"]), mapping["再掲"]
        if not target or not isinstance(item, Scalar):
            return None
        self.references.add_repeat(item, level, ancestors)
        return RepeatRef(str(target), SourceSpan(self.source.file, item.line, item.column, item.width))

    def _report_missing_fields(
        self, level: Level, present: Collection[str], span: SourceSpan, value: YamlMapping
    ) -> None:
        for name in level.required:
            if name not in present and self.values.is_fully_read(value):
                excerpt = self.source.lines[span.line - 1]
                message = f"公開までに、この{level.name}の `{name}` が要ります"
                self.gaps.append(
                    Diagnostic(span, "empty-required", message, fields_by_name(self.fields)[name].meaning, excerpt)
                )


def _full_former_path(former: str, level: Level) -> str:
    """Return `level-path/id` for a former path. An id alone means the node's present level."""
    return former if "/" in former else f"{level.folder}/{former}"
