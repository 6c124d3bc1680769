"""Check references to nodes: `関連`, `再掲`, `以前のid` and `[[…]]`. Collected first, checked at the end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from handbook.diagnostics import Diagnostic, suggestion_hint
from handbook.markdown_reader.places import running_references
from handbook.model import COUNT_PREFIX, WIKI_LINK, Level, Markdown
from handbook.parse.value_reader import ValueReader
from handbook.parse.yaml_reader import Scalar, YamlValue

_POSSIBLE_ID_LINE = re.compile(r"(?:\bid|-\s+(?!再掲)[^\s:：]{1,4})\s*[:：]\s*[\"'@\[]?([a-z][a-z0-9-]*)")
"""Matches the first line of a node, also if the key `id` is mistyped."""
MAX_ID_SUGGESTIONS = 50
"""Unknown ids for which a similar one is searched."""


class ReferenceChecker:
    """Collects the ids of a plan and the references to them."""

    def __init__(self, values: ValueReader, *, has_yaml_errors: bool) -> None:
        self.values = values
        self.has_yaml_errors = has_yaml_errors
        self.levels: dict[str, Level] = {}
        """Level of each node by id."""
        self._hints: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        self._parents: dict[str, str] = {}
        self._related: list[Scalar] = []
        self._repeats: list[tuple[Scalar, Level, tuple[str, ...]]] = []
        self._former_paths: dict[str, YamlValue] = {}
        self._possible_ids: frozenset[str] = frozenset()
        """Ids in the text of a file with errors. Their nodes may be unread."""

    def add_id(self, node_id: str, value: YamlValue, level: Level, ancestors: tuple[str, ...]) -> None:
        """Register the id of a node. Reports one that is already registered."""
        if node_id in self.levels:
            message = f"id `{node_id}` は {self._lines[node_id]} 行めでも使われています"
            self.values.report(value, "duplicate-id", message, "id はファイルの中で 1 つだけにします")
            return
        self.levels[node_id] = level
        self._lines[node_id] = value.line
        self._parents[node_id] = ancestors[-1] if ancestors else ""

    def add_related(self, items: Iterable[Scalar], own_id: str) -> None:
        """Register the ids under `関連` of the node `own_id`. Reports the node's own id."""
        for item in items:
            if item.text == own_id:
                self.values.report(item, "self-reference", f"`関連` に自分の id `{own_id}` があります")
            else:
                self._related.append(item)

    def add_repeat(self, item: Scalar, level: Level, ancestors: tuple[str, ...]) -> None:
        """Register a 再掲; `ancestors` are the ids of the nodes above it, outermost first."""
        self._repeats.append((item, level, ancestors))

    def add_former_path(self, path: str, item: YamlValue) -> None:
        """Register a former path, `level-path/id`. Reports one that is already registered."""
        if path in self._former_paths:
            line = self._former_paths[path].line
            self.values.report(item, "duplicate-former-id", f"以前の住所 `{path}` は {line} 行めにもあります")
        self._former_paths[path] = item

    def check(self, levels: Collection[Level], texts: Iterable[Markdown]) -> None:
        """Report each reference to an unknown node, misplaced repeat and invalid former path."""
        # Without errors all nodes are read, so other ids in the file are plain text.
        if self.has_yaml_errors or self.values.unread_lines or self.values.mistakes:
            lines = self.values.source.lines
            self._possible_ids = frozenset(match[1] for line in lines for match in _POSSIBLE_ID_LINE.finditer(line))
        for item in self._related:
            self._check_id(item, "関連")
        self._check_repeats()
        self._check_former_paths(levels)
        level_names = [level.name for level in levels]
        for text in texts:
            self.values.mistakes += self._broken_references(text, level_names)

    def has_id(self, node_id: str) -> bool:
        """Return whether a node has this id, or an unread node may have it."""
        return node_id in self.levels or node_id in self._possible_ids

    def _check_id(self, item: Scalar, key: str) -> bool:
        """Report an unknown id. Return whether a node has it."""
        if not self.has_id(item.text):
            hint = self._suggested_id_hint(item.text) or "plan.yaml にある id を書きます"
            self.values.report(item, "unknown-id", f"`{key}` の `{item.text}` という id の節はありません", hint)
        return item.text in self.levels

    def _suggested_id_hint(self, node_id: str) -> str:
        """Return the hint for an unknown id. Cached and limited, since the search is slow."""
        if node_id not in self._hints:
            is_within_limit = len(self._hints) < MAX_ID_SUGGESTIONS
            self._hints[node_id] = suggestion_hint(node_id, sorted(self.levels), most=0) if is_within_limit else ""
        return self._hints[node_id]

    def _check_repeats(self) -> None:
        seen: set[tuple[str, str]] = set()
        for item, level, ancestors in self._repeats:
            if not self._check_id(item, "再掲"):
                continue
            target, parent = item.text, ancestors[-1] if ancestors else ""
            target_level = self.levels[target]
            if target in ancestors:
                self.values.report(item, "repeat-misplaced", f"`{target}` は、自分の下には再掲できません")
            elif (target, parent) in seen or self._parents[target] == parent:
                self.values.report(item, "repeat-misplaced", f"`{target}` は同じ並びにもうあります")
            elif target_level is not level:
                message = f"`{target}` は{target_level.name}です。{level.name}の中には再掲できません"
                self.values.report(item, "repeat-misplaced", message)
            seen.add((target, parent))

    def _check_former_paths(self, levels: Collection[Level]) -> None:
        current_paths = {f"{level.folder}/{node_id}" for node_id, level in self.levels.items()}
        folders = sorted(level.folder for level in levels)
        for path, item in self._former_paths.items():
            folder = path.split("/")[0]
            if path in current_paths:
                hint = "いま使われている住所は、以前の住所にはできません"
                self.values.report(item, "former-id-in-use", f"`{path}` はいまも使われています", hint)
            elif folder not in folders and not self.values.levels_unsure:
                message = f"`{folder}` という階層のフォルダーはありません"
                self.values.report(item, "unknown-level", message, suggestion_hint(folder, folders))

    def _broken_references(self, text: Markdown, level_names: list[str]) -> Iterator[Diagnostic]:
        """Yield an error for each `[[…]]` in a text whose target is unknown."""
        if "[[" not in text.text:
            return
        unknown = [
            match for match in WIKI_LINK.finditer(text.text) if not self._is_known(match["target"].strip(), level_names)
        ]
        for match in running_references(text.text, unknown) if unknown else ():
            target = match["target"].strip()
            name = target.removeprefix(COUNT_PREFIX)
            if target.startswith(COUNT_PREFIX):
                kind, hint = "という階層", suggestion_hint(name, level_names, most=0)
            else:
                kind, hint = "という id の節", self._suggested_id_hint(name)
            hint = hint or r"リンクでなければ `\[[` と書きます"
            span, excerpt = text.place(match.start("target"), len(match["target"]))
            yield Diagnostic(span, "unknown-id", f"`[[{target}]]` {kind}はありません", hint, excerpt)

    def _is_known(self, target: str, level_names: list[str]) -> bool:
        """Return whether a reference has a target, or may have one that was not read."""
        if target.startswith(COUNT_PREFIX):
            return target.removeprefix(COUNT_PREFIX) in level_names or self.values.levels_unsure
        return self.has_id(target)
