"""The plan as a tree of nodes in their places: path, number, branch, counts.

Everything else in this package starts from the `Tree` that `build_tree` returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handbook.model import Again, Count, Entry, Level, Node, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The nodes of a plan in their places."""

    roots: tuple[Entry, ...]
    top_nodes: tuple[Entry, ...]
    """The single nodes above the branches, outermost first."""
    branches: tuple[Entry, ...]
    """The nodes of the first level that has more than one."""
    nodes: tuple[Entry, ...]
    """Each node once, in reading order."""
    levels: tuple[Level, ...]
    """The levels that have a node, outermost first."""


def build_tree(plan: Plan) -> Tree:
    """Return the nodes of a plan with paths, numbers, branches and counts."""
    roots = _tree_nodes(plan)
    top_nodes, branches = split_top(roots)
    nodes = tuple(unique_nodes(roots))
    used = {node.level.rank for node in nodes}
    levels = tuple(level for level in plan.levels if level.rank in used)
    return Tree(roots=roots, top_nodes=top_nodes, branches=branches, nodes=nodes, levels=levels)


def _tree_nodes(plan: Plan) -> tuple[Entry, ...]:
    """Return the outermost nodes, each with its children."""
    nodes = {node.id: node for node in plan.nodes}
    numbers = plan.numbers

    def tree_node(item: Node | Again) -> Entry:
        is_repeat = isinstance(item, Again)
        node = nodes[item.id] if isinstance(item, Again) else item
        children = () if is_repeat else tuple(tree_node(child) for child in node.items)
        below: Counter[str] = Counter()
        for child in children:
            if not child.again:
                below[child.level.name] += 1
                for count in child.counts:
                    below[count.level.name] += count.number
        number = numbers[node.id]
        return Entry(
            node=node,
            path=node.path,
            number=number,
            branch=int(number.partition("-")[0] or 0),
            again=is_repeat,
            children=children,
            counts=tuple(Count(level, below[level.name]) for level in plan.levels if level.name in below),
            height=1 + max(child.height for child in children) if children else 0,
        )

    return tuple(tree_node(item) for item in plan.items)


def split_top(roots: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the single nodes at the top of the tree, and the first siblings below them: the branches."""
    top_nodes: list[Entry] = []
    siblings = roots
    while len(siblings) == 1 and siblings[0].children:
        top_nodes.append(siblings[0])
        siblings = siblings[0].children
    return tuple(top_nodes), siblings


def unique_nodes(roots: Iterable[Entry]) -> Iterator[Entry]:
    """Yield each node once, in reading order."""
    for root in roots:
        yield from (node for node in root.walk() if not node.again)


def level_counts(plan: Plan, tree: Tree) -> tuple[Count, ...]:
    """Return the number of nodes on each level of the plan, the empty levels too."""
    found = Counter(node.level.name for node in tree.nodes)
    return tuple(Count(level, found[level.name]) for level in plan.levels)
