"""Check references to nodes: `関連`, `再掲`, `以前のid` and `[[…]]`. Collected first, checked at the end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from handbook.diagnostics import Diagnostic, closest_match
from handbook.markdown_reader.places import running_references
from handbook.model import COUNT_PREFIX, WIKI_LINK, Level, Markdown, former_address_hint
from handbook.parse.edits.value_edits import remove_item
from handbook.parse.errors.references import link_hint, without_related_id, without_repeat
from handbook.parse.validators import bad_id_problem, free_id
from handbook.parse.value_reader import ValueReader
from handbook.parse.yaml.values import Scalar, YamlValue

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
        self._similar: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        self._parents: dict[str, str] = {}
        self._related: list[tuple[Scalar, YamlValue]] = []
        """Ids under `関連`, each with its list."""
        self._repeats: list[tuple[Scalar, Level, tuple[str, ...]]] = []
        self._former_paths: dict[str, tuple[Scalar, YamlValue, str]] = {}
        self._possible_ids: frozenset[str] = frozenset()
        """Ids in the text of a file with errors. Their nodes may be unread."""
        self._typed_ids: frozenset[str] = frozenset()
        self._offered: set[str] = set()
        self._rejected_ids: set[str] = set()
        """Typed ids that are no ids, and the ids that are offered instead; `""` for a node without id."""
        self._rejected_count = 0
        """Number of nodes whose id is missing or no id."""

    def add_id(self, node_id: str, value: YamlValue, level: Level, ancestors: tuple[str, ...]) -> None:
        """Register the id of a node, `""` if it has none. Reports one that is already registered."""
        if not node_id:
            typed = value.text if isinstance(value, Scalar) else ""
            self._rejected_ids |= {typed, bad_id_problem(typed, "id").correction}
            self._rejected_count += 1
            return
        if node_id in self.levels:
            message = f"id `{node_id}` は {self._lines[node_id]} 行めでも使われています"
            free = free_id(node_id, self._taken_ids())
            self._offered.add(free)
            hint = f"写した節なら、id を `{free}` のような、まだ使っていない名前に変えます"
            self.values.report(value, "duplicate-id", message, hint, self.values.replaced(value, free))
            return
        self.levels[node_id] = level
        self._lines[node_id] = value.line
        self._parents[node_id] = ancestors[-1] if ancestors else ""

    def _taken_ids(self) -> frozenset[str]:
        """Return the ids in the file, as far as its lines show them, and those that hints offer."""
        if not self._typed_ids:
            lines = self.values.source.lines
            self._typed_ids = frozenset(match[1] for line in lines for match in _POSSIBLE_ID_LINE.finditer(line))
        return self._typed_ids | self._offered

    def add_related(self, items: Iterable[Scalar], own_id: str, related: YamlValue) -> None:
        """Register the ids in the list `related`, the `関連` of the node `own_id`. Reports the node's own id."""
        for item in items:
            if item.text == own_id:
                message, hint = f"`関連` に自分の id `{own_id}` があります", f"`{own_id}` を消します"
                edit = remove_item(self.values.source, related, item)
                self.values.report(item, "self-reference", message, hint, edit)
            else:
                self._related.append((item, related))

    def add_repeat(self, item: Scalar, level: Level, ancestors: tuple[str, ...]) -> None:
        """Register a 再掲; `ancestors` are the ids of the nodes above it, outermost first."""
        self._repeats.append((item, level, ancestors))

    def add_former_path(self, path: str, item: Scalar, former_ids: YamlValue, target: str) -> None:
        """Register a former path, `level-path/id`, from the list `former_ids` of the page at `target`.

        Reports one that is already registered.
        """
        if path in self._former_paths:
            line = self._former_paths[path][0].line
            message, hint = f"以前の住所 `{path}` は {line} 行めにもあります", "引き継ぐ節の方だけに残します"
            edit = remove_item(self.values.source, former_ids, item)
            self.values.report(item, "duplicate-former-id", message, hint, edit)
        self._former_paths[path] = item, former_ids, target

    def check(self, levels: Collection[Level], texts: Iterable[Markdown]) -> None:
        """Report each reference to an unknown node, misplaced repeat and invalid former path."""
        # Without errors all nodes are read, so other ids in the file are plain text.
        if self.has_yaml_errors or self.values.unread_lines or self.values.mistakes:
            self._possible_ids = self._taken_ids()
        first_error = len(self.values.mistakes)
        for item, related in self._related:
            if not self.has_id(item.text):
                self._report_unknown(item, "関連", related)
        self._check_repeats()
        self._check_former_paths(levels)
        level_names = [level.name for level in levels]
        for text in texts:
            self.values.mistakes += self._broken_references(text, level_names)
        self._drop_consequences(first_error)

    def _drop_consequences(self, first_error: int) -> None:
        """Remove the errors for unknown ids that are those of nodes whose id has an error."""
        found = self.values.mistakes[first_error:]
        ids = [m.excerpt[m.span.column - 1 :][: m.span.width].strip() if m.rule == "unknown-id" else "" for m in found]
        unknown = {*ids} - {""}
        is_repeated = len(ids) - ids.count("") > len(unknown)  # a lone reference is more likely a mistake of its own
        may_be_rejected = self._rejected_ids == {""} and len(unknown) == 1
        if is_repeated and len(unknown) <= self._rejected_count and not any(map(self._similar_id, unknown)):
            may_be_rejected = True
        self.values.mistakes[first_error:] = [
            mistake
            for mistake, node_id in zip(found, ids, strict=True)
            if not node_id or not (may_be_rejected or node_id in self._rejected_ids)
        ]

    def has_id(self, node_id: str) -> bool:
        """Return whether a node has this id, or an unread node may have it."""
        return node_id in self.levels or node_id in self._possible_ids

    def _report_unknown(self, item: Scalar, key: str, related: YamlValue | None = None) -> None:
        """Report an unknown id. `related` is its list under `関連`; None under `再掲`."""
        source, near = self.values.source, self._similar_id(item.text)
        message = f"`{key}` の `{item.text}` という id の節はありません"
        mistake = source.mistake(item.line, item.column, item.width, "unknown-id", message)
        if near:
            mistake = mistake.with_hint(f"`{near}` のことですか").with_fix(self.values.replaced(item, near))
        elif related:
            mistake = without_related_id(mistake, source, item, related)
        else:
            mistake = without_repeat(mistake, source, item)
        self.values.mistakes.append(mistake)

    def _similar_id(self, node_id: str) -> str:
        """Return the id most similar to an unknown one, or `""`. Cached and limited, since the search is slow."""
        if node_id not in self._similar:
            is_within_limit = len(self._similar) < MAX_ID_SUGGESTIONS
            self._similar[node_id] = closest_match(node_id, sorted(self.levels)) if is_within_limit else ""
        return self._similar[node_id]

    def _check_repeats(self) -> None:
        seen: set[tuple[str, str]] = set()
        for item, level, ancestors in self._repeats:
            if item.text not in self.levels:
                if not self.has_id(item.text):
                    self._report_unknown(item, "再掲")
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
        for path, (item, former_ids, target) in self._former_paths.items():
            folder = path.split("/")[0]
            if path in current_paths:
                hint = f"`{item.text}` を消します。いま使われている住所は、以前の住所にはできません"
                edit = remove_item(self.values.source, former_ids, item)
                self.values.report(item, "former-id-in-use", f"`{path}` はいまも使われています", hint, edit)
            elif folder not in folders and not self.values.levels_unsure:
                message = f"`{folder}` という階層のフォルダーはありません"
                near = closest_match(folder, folders)
                new_row = f"ここから消し、{former_address_hint(f'{path}.html', target)}"
                edit = self.values.replaced(item, near and f"{near}/{path.partition('/')[2]}")
                self.values.report(item, "unknown-level", message, f"`{near}` のことですか" if near else new_row, edit)

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
            is_count = target.startswith(COUNT_PREFIX)
            near = closest_match(name, level_names) if is_count else self._similar_id(name)
            message = f"`[[{target}]]` {'という階層' if is_count else 'という id の節'}はありません"
            span, excerpt = text.place(match.start("target"), len(match["target"]))
            hint = f"`{near}` のことですか" if near else link_hint(match)
            correction = f"{COUNT_PREFIX if is_count else ''}{near}" if near else ""
            yield Diagnostic(span, "unknown-id", message, hint, excerpt).with_replacement(correction)

    def _is_known(self, target: str, level_names: list[str]) -> bool:
        """Return whether a reference has a target, or may have one that was not read."""
        if target.startswith(COUNT_PREFIX):
            return target.removeprefix(COUNT_PREFIX) in level_names or self.values.levels_unsure
        return self.has_id(target)
