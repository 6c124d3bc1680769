"""Pair the nodes of two plans: by id, then by `以前のid`, then as a guess by similar names, children or texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from handbook.compare import as_read
from handbook.compare.word_diff import normalize, similarity
from handbook.model import COUNT_PREFIX, Level, Plan, PlanNode, RepeatRef

if TYPE_CHECKING:
    from handbook.markdown_reader.converter import MarkdownConverter

MIN_SIMILARITY = 0.6
"""Least similarity, from 0 to 1, of two nodes with different ids that are guessed to be the same."""
MAX_GUESSES = 20_000
"""Most pairs of a removed and an added node that are scored. Above this only equal names match."""


@dataclass(frozen=True)
class PlanLookup:
    """The properties of the nodes of one plan by their ids, computed on first access."""

    plan: Plan

    @cached_property
    def nodes_by_id(self) -> Mapping[str, PlanNode]:
        """In reading order. In a plan with errors, only the first node of each id, and no node without an id."""
        nodes: dict[str, PlanNode] = {}
        for node in self.plan.nodes:
            if node.id:
                nodes.setdefault(node.id, node)
        return nodes

    @cached_property
    def _converter(self) -> MarkdownConverter:
        return as_read.new_converter(self._reference_words)

    def _reference_words(self, target: str) -> str:
        """Return the words that a page shows for `[[target]]`; "" if the target is unknown."""
        if target.startswith(COUNT_PREFIX):
            level = target.removeprefix(COUNT_PREFIX).strip()
            return str(sum(node.level.name == level for node in self.plan.nodes))
        return self.name_of(target)

    def as_read(self, markdown: str) -> str:
        """Return a Markdown text of the plan as readers see it, each line with the mark of its kind."""
        return as_read.as_read(markdown, self._converter)

    def name_of(self, node_id: str) -> str:
        """Return the name of a node; "" if there is none with this id."""
        node = self.nodes_by_id.get(node_id.strip())
        return node.name if node else ""

    @cached_property
    def children_by_id(self) -> Mapping[str, list[PlanNode | RepeatRef]]:
        """The children of each node, each node once; the roots have the key "".

        In a plan with errors, the children of a node without an id belong to its parent.
        """
        children: dict[str, list[PlanNode | RepeatRef]] = {"": [], **{node_id: [] for node_id in self.nodes_by_id}}
        seen: set[str] = set()
        stack: list[tuple[str, PlanNode | RepeatRef]] = [("", item) for item in reversed(self.plan.root_items)]
        while stack:
            parent_id, item = stack.pop()
            if isinstance(item, RepeatRef) or (item.id and item.id not in seen):
                children[parent_id].append(item)
            if isinstance(item, PlanNode):
                seen.add(item.id)
                stack += [(item.id or parent_id, child) for child in reversed(item.child_items)]
        return children

    @cached_property
    def parent_by_id(self) -> Mapping[str, str]:
        """The parent of each node; "" for the roots."""
        return {
            item.id: parent_id
            for parent_id, items in self.children_by_id.items()
            for item in items
            if isinstance(item, PlanNode)
        }

    @cached_property
    def repeat_parents(self) -> Mapping[str, tuple[str, ...]]:
        """The parents under which each node is repeated, in reading order."""
        parents_by_target: defaultdict[str, list[str]] = defaultdict(list)
        for parent_id, items in self.children_by_id.items():
            for item in items:
                if isinstance(item, RepeatRef):
                    parents_by_target[item.target_id].append(parent_id)
        return {target: tuple(parents) for target, parents in parents_by_target.items()}

    @cached_property
    def number_by_id(self) -> Mapping[str, str]:
        """The number of each node, as the site shows it."""
        return self.plan.number_by_id

    @cached_property
    def position_by_id(self) -> Mapping[str, int]:
        """The position of each node among its siblings, from 1. Repeats are not counted."""
        return {
            child: position
            for parent_id in self.children_by_id
            for position, child in enumerate(self.children(parent_id), 1)
        }

    def children(self, parent_id: str) -> list[str]:
        """Return the ids of the children of a node, or of the roots for ""."""
        return [item.id for item in self.children_by_id[parent_id] if isinstance(item, PlanNode)]

    def ancestor_names(self, node_id: str) -> tuple[str, ...]:
        """Return the names of the ancestors of a node, outermost first."""
        names: list[str] = []
        while parent_id := self.parent_by_id.get(node_id, ""):
            names.append(self.nodes_by_id[parent_id].name)
            node_id = parent_id
        return tuple(reversed(names))


@dataclass(frozen=True)
class NodeMatches:
    """Two plans and the pairs of their nodes."""

    old_plan: PlanLookup
    new_plan: PlanLookup
    old_id_by_new: Mapping[str, str]
    """The old id of each matched node, by its new id."""
    guessed_new_by_old: Mapping[str, str]
    """The probable new id of a removed node, by its old id."""
    new_level_by_old: Mapping[str, str]
    """The new name of each matched level, by its old name."""

    @cached_property
    def new_id_by_old(self) -> Mapping[str, str]:
        """The new id of each matched node, by its old id."""
        return {old: new for new, old in self.old_id_by_new.items()}

    @cached_property
    def guessed_old_by_new(self) -> Mapping[str, str]:
        """The probable old id of an added node, by its new id."""
        return {new: old for old, new in self.guessed_new_by_old.items()}

    @cached_property
    def redirect_targets(self) -> Mapping[str, PlanNode]:
        """The node of the new plan to which a former path `level-path/id` redirects."""
        nodes = {node.path: node for node in self.new_plan.nodes_by_id.values()}
        addresses = [address for address in self.new_plan.plan.former_addresses if address.target in nodes]
        typed = {address.path.removesuffix(".html"): nodes[address.target] for address in addresses}
        return typed | {path: node for node in nodes.values() for path in node.former_paths}

    def current_id(self, old_id: str) -> str:
        """Return the id in the new plan for an id of the old plan, by match or guess; else the same id."""
        return self.new_id_by_old.get(old_id) or self.guessed_new_by_old.get(old_id) or old_id


def match_nodes(before: Plan, after: Plan) -> NodeMatches:
    """Pair the nodes of two plans."""
    old, new = PlanLookup(before), PlanLookup(after)
    old_id_by_new = {node_id: node_id for node_id in new.nodes_by_id if node_id in old.nodes_by_id}
    unmatched_by_path = {
        node.path.removesuffix(".html"): node.id for node in old.nodes_by_id.values() if node.id not in new.nodes_by_id
    }
    for node in new.nodes_by_id.values():
        candidates = [path for path in node.former_paths if path in unmatched_by_path]
        if candidates and node.id not in old_id_by_new:
            best_path = max(
                candidates, key=lambda path: similarity(old.nodes_by_id[unmatched_by_path[path]].name, node.name)
            )
            old_id_by_new[node.id] = unmatched_by_path.pop(best_path)
    return NodeMatches(
        old,
        new,
        old_id_by_new,
        _guess_matches(old, new, old_id_by_new),
        match_levels(before.levels, after.levels),
    )


def match_levels(before: Sequence[Level], after: Sequence[Level]) -> Mapping[str, str]:
    """Return the new name of each level by its old name. Levels match by folder, then by name."""
    by_folder, new_names = {level.folder: level.name for level in after}, {level.name for level in after}
    new_by_old = {level.name: by_folder[level.folder] for level in before if level.folder in by_folder}
    unmatched = new_names - set(new_by_old.values())
    return new_by_old | {
        level.name: level.name for level in before if level.name in unmatched and level.name not in new_by_old
    }


def _guess_matches(old: PlanLookup, new: PlanLookup, old_id_by_new: Mapping[str, str]) -> Mapping[str, str]:
    """Return the probable new id of removed nodes, the most similar pairs first."""
    matched = set(old_id_by_new.values())
    removed = [node_id for node_id in old.nodes_by_id if node_id not in matched]
    added = [node_id for node_id in new.nodes_by_id if node_id not in old_id_by_new]
    if len(removed) * len(added) > MAX_GUESSES:
        added_by_name = {normalize(new.nodes_by_id[new_id].name): new_id for new_id in reversed(added)}
        scores = [
            (1.0, old_id, added_by_name[key])
            for old_id in removed
            if (key := normalize(old.nodes_by_id[old_id].name)) in added_by_name
        ]
    else:
        scores = [(_match_score(old, new, old_id, new_id), old_id, new_id) for old_id in removed for new_id in added]
    new_by_old: dict[str, str] = {}
    taken: set[str] = set()
    for score, old_id, new_id in sorted(scores, key=lambda item: -item[0]):
        if score >= MIN_SIMILARITY and old_id not in new_by_old and new_id not in taken:
            new_by_old[old_id] = new_id
            taken.add(new_id)
    return new_by_old


def _match_score(old: PlanLookup, new: PlanLookup, old_id: str, new_id: str) -> float:
    """Return the similarity of two nodes, from 0 to 1: the greatest of name, shared children and equal text (0.9)."""
    old_node, new_node = old.nodes_by_id[old_id], new.nodes_by_id[new_id]
    if old_node.level.folder != new_node.level.folder:
        return 0
    before, after = old.children(old_id), new.children(new_id)
    shared_children = len(set(before) & set(after)) / max(len(before), len(after), 1)
    same_text = bool(old_node.text and new_node.text and old_node.text.text == new_node.text.text)
    return max(similarity(old_node.name, new_node.name), shared_children, 0.9 * same_text)
