"""The plan as a tree of nodes in their places: path, number, branch, counts.

Everything else in this package starts from the `Tree` that `build_tree` returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handbook.model import Level, LevelCount, Plan, PlanNode, RepeatRef, TreeNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The nodes of a plan in their places."""

    roots: tuple[TreeNode, ...]
    top_nodes: tuple[TreeNode, ...]
    """The single nodes above the branches, outermost first."""
    branches: tuple[TreeNode, ...]
    """The nodes of the first level that has more than one."""
    nodes: tuple[TreeNode, ...]
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


def _tree_nodes(plan: Plan) -> tuple[TreeNode, ...]:
    """Return the outermost nodes, each with its children."""
    nodes = {node.id: node for node in plan.nodes}
    numbers = plan.number_by_id

    def tree_node(item: PlanNode | RepeatRef) -> TreeNode:
        is_repeat = isinstance(item, RepeatRef)
        node = nodes[item.target_id] if isinstance(item, RepeatRef) else item
        children = () if is_repeat else tuple(tree_node(child) for child in node.child_items)
        below: Counter[str] = Counter()
        for child in children:
            if not child.is_repeat:
                below[child.level.name] += 1
                for count in child.level_counts:
                    below[count.level.name] += count.count
        number = numbers[node.id]
        return TreeNode(
            node=node,
            path=node.path,
            number=number,
            branch_ordinal=int(number.partition("-")[0] or 0),
            is_repeat=is_repeat,
            children=children,
            level_counts=tuple(LevelCount(level, below[level.name]) for level in plan.levels if level.name in below),
            height=1 + max(child.height for child in children) if children else 0,
        )

    return tuple(tree_node(item) for item in plan.root_items)


def split_top(roots: tuple[TreeNode, ...]) -> tuple[tuple[TreeNode, ...], tuple[TreeNode, ...]]:
    """Return the single nodes at the top of the tree, and the first siblings below them: the branches."""
    top_nodes: list[TreeNode] = []
    siblings = roots
    while len(siblings) == 1 and siblings[0].children:
        top_nodes.append(siblings[0])
        siblings = siblings[0].children
    return tuple(top_nodes), siblings


def unique_nodes(roots: Iterable[TreeNode]) -> Iterator[TreeNode]:
    """Yield each node once, in reading order."""
    for root in roots:
        yield from (node for node in root.walk() if not node.is_repeat)


def level_counts(plan: Plan, tree: Tree) -> tuple[LevelCount, ...]:
    """Return the number of nodes on each level of the plan, the empty levels too."""
    found = Counter(node.level.name for node in tree.nodes)
    return tuple(LevelCount(level, found[level.name]) for level in plan.levels)
