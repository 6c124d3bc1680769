"""Which node of the new plan is which of the old one: by id, then by `以前のid`, then, as a guess, by its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from handbook.compare.marks import alike, fold
from handbook.model import Again, Level, Node, Plan

LIKE = 0.6
"""How much the names of two nodes must have in common to be taken for one under another id."""
MOST_GUESSES = 20_000
"""Pairs of a node gone and a node come whose names are compared."""


@dataclass(frozen=True)
class Tree:
    """A plan with what is asked about each node by its id."""

    plan: Plan

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """In reading order. Of a flawed plan, the first of those with one id, and none without."""
        found: dict[str, Node] = {}
        for node in self.plan.nodes:
            if node.id:
                found.setdefault(node.id, node)
        return found

    @cached_property
    def held(self) -> Mapping[str, list[Node | Again]]:
        """What stands directly beneath each node, and at the top under no id, each node once.

        In a flawed plan, what stands under a node without an id counts as its parent's.
        """
        found: dict[str, list[Node | Again]] = {"": [], **{node_id: [] for node_id in self.nodes}}
        seen: set[str] = set()
        stack: list[tuple[str, Node | Again]] = [("", item) for item in reversed(self.plan.items)]
        while stack:
            above, item = stack.pop()
            if isinstance(item, Again) or (item.id and item.id not in seen):
                found[above].append(item)
            if isinstance(item, Node):
                seen.add(item.id)
                stack += [(item.id or above, child) for child in reversed(item.items)]
        return found

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """Empty for the outermost."""
        return {item.id: above for above, items in self.held.items() for item in items if isinstance(item, Node)}

    @cached_property
    def again(self) -> Mapping[str, tuple[str, ...]]:
        """Under which parents a node is shown again, in reading order."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for above, items in self.held.items():
            for item in items:
                if isinstance(item, Again):
                    found[item.id].append(above)
        return {target: tuple(parents) for target, parents in found.items()}

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """As the site shows them."""
        return self.plan.numbers

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Which of its siblings a node is, from 1."""
        return {child: place for above in self.held for place, child in enumerate(self.children(above), 1)}

    def children(self, parent: str) -> list[str]:
        """Return the ids of the nodes directly beneath one, or at the top for no id."""
        return [item.id for item in self.held[parent] if isinstance(item, Node)]

    def trail(self, node_id: str) -> tuple[str, ...]:
        """Return the names above a node, outermost first."""
        names: list[str] = []
        while above := self.parents.get(node_id, ""):
            names.append(self.nodes[above].name)
            node_id = above
        return tuple(reversed(names))


@dataclass(frozen=True)
class Pairs:
    """Two plans and which of their nodes are the same."""

    before: Tree
    after: Tree
    old: Mapping[str, str]
    """By the id of a node of the new plan: its id in the old one."""
    guesses: Mapping[str, str]
    """By the id of a node that is gone: the one that has probably taken its place."""
    levels: Mapping[str, str]
    """By the name of a level of the old plan: its name in the new one."""

    @cached_property
    def new(self) -> Mapping[str, str]:
        """By the id of a node of the old plan: its id in the new one."""
        return {old: new for new, old in self.old.items()}

    def known(self, old_id: str) -> str:
        """Return under which id a node of the old plan is spoken of in the new one, guesses among them."""
        return self.new.get(old_id) or self.guesses.get(old_id) or old_id

    @cached_property
    def born(self) -> list[str]:
        """Ids of nodes that only the new plan has."""
        return [node_id for node_id in self.after.nodes if node_id not in self.old]

    @cached_property
    def gone(self) -> list[str]:
        """Ids of nodes that only the old plan has."""
        return [node_id for node_id in self.before.nodes if node_id not in self.new]


def pairs(before: Plan, after: Plan) -> Pairs:
    """Find every node again."""
    was, now = Tree(before), Tree(after)
    old = {node_id: node_id for node_id in now.nodes if node_id in was.nodes}
    addresses = {node.path.removesuffix(".html"): node.id for node in was.nodes.values()}
    for node in now.nodes.values():
        heirs = [addresses[path] for path in node.earlier if addresses.get(path, node.id) not in now.nodes]
        free = [old_id for old_id in heirs if old_id not in old.values()]
        if free and node.id not in old:
            old[node.id] = max(free, key=lambda old_id: alike(was.nodes[old_id].name, node.name))
    return Pairs(was, now, old, _guesses(was, now, old), levels(before.levels, after.levels))


def levels(before: Sequence[Level], after: Sequence[Level]) -> Mapping[str, str]:
    """Find every level again, by its folder, then by its name: the new name by the old one."""
    by_path, names = {level.path: level.name for level in after}, {level.name for level in after}
    found = {level.name: by_path[level.path] for level in before if level.path in by_path}
    free = names - set(found.values())
    return found | {level.name: level.name for level in before if level.name in free and level.name not in found}


def _guesses(was: Tree, now: Tree, old: Mapping[str, str]) -> Mapping[str, str]:
    """Say which node that is gone probably is which new one: its children are there, or its name is like it."""
    gone = [node_id for node_id in was.nodes if node_id not in set(old.values())]
    born = [node_id for node_id in now.nodes if node_id not in old]
    if len(gone) * len(born) > MOST_GUESSES:
        names = {fold(now.nodes[new].name): new for new in reversed(born)}
        likely = [(1.0, a, names[key]) for a in gone if (key := fold(was.nodes[a].name)) in names]
    else:
        likely = [(_like(was, now, a, b), a, b) for a in gone for b in born]
    found: dict[str, str] = {}
    for likeness, a, b in sorted(likely, key=lambda item: -item[0]):
        if likeness >= LIKE and a not in found and b not in found.values():
            found[a] = b
    return found


def _like(was: Tree, now: Tree, gone: str, born: str) -> float:
    """Return how likely two nodes are one, up to 1 and a little."""
    one, other = was.nodes[gone], now.nodes[born]
    if one.level.path != other.level.path:
        return 0
    before, after = was.children(gone), now.children(born)
    shared = len(set(before) & set(after)) / max(len(before), len(after), 1)
    same_text = bool(one.text and other.text and one.text.text == other.text.text)
    return max(alike(one.name, other.name), shared, 0.9 * same_text)
