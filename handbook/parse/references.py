"""What names a node elsewhere: `関連`, `再掲`, `以前のid` and `[[…]]`. Gathered while reading, checked at the end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from handbook.diagnostics import Diagnostic, suggestion_hint
from handbook.model import COUNT_PREFIX, WIKI_LINK, Level, blank_out_code
from handbook.parse.source import Source
from handbook.parse.values import ValueReader
from handbook.parse.yaml_reader import Scalar, YamlValue

_POSSIBLE_ID_LINE = re.compile(r"(?:\bid|-\s+(?!再掲)[^\s:：]{1,4})\s*[:：]\s*[\"'@\[]?([a-z][a-z0-9-]*)")
"""Where a node begins, its `id` mistyped perhaps."""
MAX_ID_SUGGESTIONS = 50
"""Unknown ids for which a similar one is looked for."""


class ReferenceChecker:
    """All ids of a plan and all that points at them."""

    def __init__(self, values: ValueReader, *, has_yaml_errors: bool) -> None:
        self.values = values
        self.has_yaml_errors = has_yaml_errors
        self.levels: dict[str, Level] = {}
        """By id: the level its node is on."""
        self._hints: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        self._parents: dict[str, str] = {}
        self._related: list[Scalar] = []
        self._again: list[tuple[Scalar, Level, tuple[str, ...]]] = []
        self._earlier: dict[str, YamlValue] = {}
        self._written: frozenset[str] = frozenset()
        """Ids that stand in the file, where a mistake around them may hide their node."""

    def add_id(self, node_id: str, value: YamlValue, level: Level, trail: tuple[str, ...]) -> None:
        """Take up a node's own id."""
        if node_id in self.levels:
            message = f"id `{node_id}` は {self._lines[node_id]} 行めでも使われています"
            self.values.report(value, "duplicate-id", message, "id はファイルの中で 1 つだけにします")
            return
        self.levels[node_id] = level
        self._lines[node_id] = value.line
        self._parents[node_id] = trail[-1] if trail else ""

    def add_related(self, items: Iterable[Scalar], own: str) -> None:
        """Take up the ids under `関連`."""
        for item in items:
            if item.text == own:
                self.values.report(item, "self-reference", f"`関連` に自分の id `{own}` があります")
            else:
                self._related.append(item)

    def add_repeat(self, item: Scalar, level: Level, trail: tuple[str, ...]) -> None:
        """Take up an entry 再掲."""
        self._again.append((item, level, trail))

    def add_former_path(self, address: str, item: YamlValue) -> None:
        """Take up an earlier address, `level-path/id`."""
        if address in self._earlier:
            line = self._earlier[address].line
            self.values.report(item, "duplicate-former-id", f"以前の住所 `{address}` は {line} 行めにもあります")
        self._earlier[address] = item

    def check(self, levels: Collection[Level], sources: Iterable[Source]) -> None:
        """Note every reference that leads nowhere, or where it must not."""
        if self.has_yaml_errors or self.values.unread_lines or self.values.mistakes:
            lines = self.values.source.lines  # where every node could be read, an id elsewhere is only a text
            self._written = frozenset(found[1] for line in lines for found in _POSSIBLE_ID_LINE.finditer(line))
        for item in self._related:
            self._check_known(item, "関連")
        self._check_repeats()
        self._check_former_paths(levels)
        for source in sources:
            self.values.mistakes += self._broken_references(source, [level.name for level in levels])

    def has_id(self, node_id: str) -> bool:
        """Whether a node has this id, or may have it once the mistakes around it are mended."""
        return node_id in self.levels or node_id in self._written

    def _check_known(self, item: Scalar, key: str) -> bool:
        if not self.has_id(item.text):
            hint = self._suggestion(item.text) or "plan.yaml にある id を書きます"
            self.values.report(item, "unknown-id", f"`{key}` の `{item.text}` という id の節はありません", hint)
        return item.text in self.levels

    def _suggestion(self, target: str) -> str:
        """Return the hint for an unknown id; each is looked up once, and only the first few: it takes long."""
        if target not in self._hints:
            some = len(self._hints) < MAX_ID_SUGGESTIONS
            self._hints[target] = suggestion_hint(target, sorted(self.levels), most=0) if some else ""
        return self._hints[target]

    def _check_repeats(self) -> None:
        seen: set[tuple[str, str]] = set()
        for item, level, trail in self._again:
            if not self._check_known(item, "再掲"):
                continue
            target, parent = item.text, trail[-1] if trail else ""
            own = self.levels[target]
            if target in trail:
                self.values.report(item, "repeat-misplaced", f"`{target}` は、自分の下には再掲できません")
            elif (target, parent) in seen or self._parents[target] == parent:
                self.values.report(item, "repeat-misplaced", f"`{target}` は同じ並びにもうあります")
            elif own is not level:
                message = f"`{target}` は{own.name}です。{level.name}の中には再掲できません"
                self.values.report(item, "repeat-misplaced", message)
            seen.add((target, parent))

    def _check_former_paths(self, levels: Collection[Level]) -> None:
        now = {f"{level.folder}/{node_id}" for node_id, level in self.levels.items()}
        paths = sorted(level.folder for level in levels)
        for address, item in self._earlier.items():
            folder = address.split("/")[0]
            if address in now:
                hint = "いま使われている住所は、以前の住所にはできません"
                self.values.report(item, "former-id-in-use", f"`{address}` はいまも使われています", hint)
            elif folder not in paths and not self.values.levels_unsure:
                message = f"`{folder}` という階層のフォルダーはありません"
                self.values.report(item, "unknown-level", message, suggestion_hint(folder, paths))

    def _broken_references(self, source: Source, levels: list[str]) -> Iterator[Diagnostic]:
        """Yield each `[[…]]` in a file that leads nowhere."""
        for number, line in enumerate(blank_out_code(source.lines), 1):
            if "[[" not in line or (source is self.values.source and line.lstrip().startswith("#")):
                continue
            for found in WIKI_LINK.finditer(line):
                target = found["target"].strip()
                wanted = target.removeprefix(COUNT_PREFIX)
                if target.startswith(COUNT_PREFIX):
                    known = wanted in levels or self.values.levels_unsure
                    what, hint = "という階層", suggestion_hint(wanted, levels, most=0)
                else:
                    known = self.has_id(wanted)
                    what, hint = "という id の節", "" if known else self._suggestion(wanted)
                if not known:
                    hint = hint or r"リンクでなければ `\[[` と書きます"
                    message = f"`[[{target}]]` {what}はありません"
                    column = found.start("target") + 1
                    yield source.mistake(number, column, len(found["target"]), "unknown-id", message, hint)
