"""Which node of the new plan is which of the old one: by id, then by `以前のid`, then, as a guess, by its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from handbook.compare.word_diff import normalize, similarity
from handbook.model import Level, Plan, PlanNode, RepeatRef

MIN_SIMILARITY = 0.6
"""How much the names of two nodes must have in common to be taken for one under another id."""
MAX_GUESSES = 20_000
"""Pairs of a node gone and a node come whose names are compared."""


@dataclass(frozen=True)
class PlanLookup:
    """A plan with what is asked about each node by its id."""

    plan: Plan

    @cached_property
    def nodes_by_id(self) -> Mapping[str, PlanNode]:
        """In reading order. Of a flawed plan, the first of those with one id, and none without."""
        found: dict[str, PlanNode] = {}
        for node in self.plan.nodes:
            if node.id:
                found.setdefault(node.id, node)
        return found

    @cached_property
    def children_by_id(self) -> Mapping[str, list[PlanNode | RepeatRef]]:
        """What stands directly beneath each node, and at the top under no id, each node once.

        In a flawed plan, what stands under a node without an id counts as its parent's.
        """
        found: dict[str, list[PlanNode | RepeatRef]] = {"": [], **{node_id: [] for node_id in self.nodes_by_id}}
        seen: set[str] = set()
        stack: list[tuple[str, PlanNode | RepeatRef]] = [("", item) for item in reversed(self.plan.root_items)]
        while stack:
            above, item = stack.pop()
            if isinstance(item, RepeatRef) or (item.id and item.id not in seen):
                found[above].append(item)
            if isinstance(item, PlanNode):
                seen.add(item.id)
                stack += [(item.id or above, child) for child in reversed(item.child_items)]
        return found

    @cached_property
    def parent_by_id(self) -> Mapping[str, str]:
        """Empty for the outermost."""
        return {
            item.id: above
            for above, items in self.children_by_id.items()
            for item in items
            if isinstance(item, PlanNode)
        }

    @cached_property
    def repeat_parents(self) -> Mapping[str, tuple[str, ...]]:
        """Under which parents a node is shown again, in reading order."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for above, items in self.children_by_id.items():
            for item in items:
                if isinstance(item, RepeatRef):
                    found[item.target_id].append(above)
        return {target: tuple(parents) for target, parents in found.items()}

    @cached_property
    def number_by_id(self) -> Mapping[str, str]:
        """As the site shows them."""
        return self.plan.number_by_id

    @cached_property
    def position_by_id(self) -> Mapping[str, int]:
        """Which of its siblings a node is, from 1."""
        return {child: place for above in self.children_by_id for place, child in enumerate(self.children(above), 1)}

    def children(self, parent: str) -> list[str]:
        """Return the ids of the nodes directly beneath one, or at the top for no id."""
        return [item.id for item in self.children_by_id[parent] if isinstance(item, PlanNode)]

    def ancestor_names(self, node_id: str) -> tuple[str, ...]:
        """Return the names above a node, outermost first."""
        names: list[str] = []
        while above := self.parent_by_id.get(node_id, ""):
            names.append(self.nodes_by_id[above].name)
            node_id = above
        return tuple(reversed(names))


@dataclass(frozen=True)
class NodeMatches:
    """Two plans and which of their nodes are the same."""

    old_plan: PlanLookup
    new_plan: PlanLookup
    old_id_by_new: Mapping[str, str]
    """By the id of a node of the new plan: its id in the old one."""
    guessed_new_by_old: Mapping[str, str]
    """By the id of a node that is gone: the one that has probably taken its place."""
    new_level_by_old: Mapping[str, str]
    """By the name of a level of the old plan: its name in the new one."""

    @cached_property
    def new_id_by_old(self) -> Mapping[str, str]:
        """By the id of a node of the old plan: its id in the new one."""
        return {old: new for new, old in self.old_id_by_new.items()}

    @cached_property
    def guessed_old_by_new(self) -> Mapping[str, str]:
        """The other way round: by the id of a new node, the one that it probably was."""
        return {new: old for old, new in self.guessed_new_by_old.items()}

    @cached_property
    def redirect_targets(self) -> Mapping[str, PlanNode]:
        """By an earlier address, `level-path/id`: the node of the new plan that it leads to."""
        return {path: node for node in self.new_plan.nodes_by_id.values() for path in node.former_paths}

    def current_id(self, old_id: str) -> str:
        """Return under which id a node of the old plan is spoken of in the new one, guesses among them."""
        return self.new_id_by_old.get(old_id) or self.guessed_new_by_old.get(old_id) or old_id


def match_nodes(before: Plan, after: Plan) -> NodeMatches:
    """Find every node again."""
    was, now = PlanLookup(before), PlanLookup(after)
    old = {node_id: node_id for node_id in now.nodes_by_id if node_id in was.nodes_by_id}
    left = {
        node.path.removesuffix(".html"): node.id for node in was.nodes_by_id.values() if node.id not in now.nodes_by_id
    }
    for node in now.nodes_by_id.values():
        free = [path for path in node.former_paths if path in left]
        if free and node.id not in old:
            likest = max(free, key=lambda path: similarity(was.nodes_by_id[left[path]].name, node.name))
            old[node.id] = left.pop(likest)
    return NodeMatches(was, now, old, _guess_matches(was, now, old), match_levels(before.levels, after.levels))


def match_levels(before: Sequence[Level], after: Sequence[Level]) -> Mapping[str, str]:
    """Find every level again, by its folder, then by its name: the new name by the old one."""
    by_path, names = {level.folder: level.name for level in after}, {level.name for level in after}
    found = {level.name: by_path[level.folder] for level in before if level.folder in by_path}
    free = names - set(found.values())
    return found | {level.name: level.name for level in before if level.name in free and level.name not in found}


def _guess_matches(was: PlanLookup, now: PlanLookup, old: Mapping[str, str]) -> Mapping[str, str]:
    """Say which node that is gone probably is which new one: its children are there, or its name is like it."""
    kept = set(old.values())
    gone = [node_id for node_id in was.nodes_by_id if node_id not in kept]
    born = [node_id for node_id in now.nodes_by_id if node_id not in old]
    if len(gone) * len(born) > MAX_GUESSES:
        names = {normalize(now.nodes_by_id[new].name): new for new in reversed(born)}
        likely = [(1.0, a, names[key]) for a in gone if (key := normalize(was.nodes_by_id[a].name)) in names]
    else:
        likely = [(_match_score(was, now, a, b), a, b) for a in gone for b in born]
    found: dict[str, str] = {}
    taken: set[str] = set()
    for likeness, a, b in sorted(likely, key=lambda item: -item[0]):
        if likeness >= MIN_SIMILARITY and a not in found and b not in taken:
            found[a] = b
            taken.add(b)
    return found


def _match_score(was: PlanLookup, now: PlanLookup, gone: str, born: str) -> float:
    """Return how likely two nodes are one, up to 1 and a little."""
    one, other = was.nodes_by_id[gone], now.nodes_by_id[born]
    if one.level.folder != other.level.folder:
        return 0
    before, after = was.children(gone), now.children(born)
    shared = len(set(before) & set(after)) / max(len(before), len(after), 1)
    same_text = bool(one.text and other.text and one.text.text == other.text.text)
    return max(similarity(one.name, other.name), shared, 0.9 * same_text)
