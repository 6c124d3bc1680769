"""The tree of nodes, each with its path, number, branch and counts.

The other modules of this package use the `Tree` that `build_tree` returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handbook.model import Level, LevelCount, Plan, PlanNode, RepeatRef, TreeNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The nodes of a plan as a tree."""

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
    """Return the tree of a plan."""
    roots = _tree_nodes(plan)
    top_nodes, branches = split_top(roots)
    nodes = tuple(unique_nodes(roots))
    used = {node.level.rank for node in nodes}
    levels = tuple(level for level in plan.levels if level.rank in used)
    return Tree(roots=roots, top_nodes=top_nodes, branches=branches, nodes=nodes, levels=levels)


def _tree_nodes(plan: Plan) -> tuple[TreeNode, ...]:
    """Return the outermost nodes with all nodes below them."""
    nodes = {node.id: node for node in plan.nodes}
    numbers = plan.number_by_id

    def tree_node(item: PlanNode | RepeatRef) -> TreeNode:
        is_repeat = isinstance(item, RepeatRef)
        node = nodes[item.target_id] if isinstance(item, RepeatRef) else item
        children = () if is_repeat else tuple(tree_node(child) for child in node.child_items)
        counts: Counter[str] = Counter()
        for child in children:
            if not child.is_repeat:
                counts[child.level.name] += 1
                for below in child.level_counts:
                    counts[below.level.name] += below.node_count
        number = numbers[node.id]
        return TreeNode(
            node=node,
            path=node.path,
            number=number,
            branch_ordinal=int(number.partition("-")[0] or 0),
            is_repeat=is_repeat,
            children=children,
            level_counts=tuple(LevelCount(level, counts[level.name]) for level in plan.levels if level.name in counts),
            height=1 + max(child.height for child in children) if children else 0,
        )

    return tuple(tree_node(item) for item in plan.root_items)


def split_top(roots: tuple[TreeNode, ...]) -> tuple[tuple[TreeNode, ...], tuple[TreeNode, ...]]:
    """Return the single nodes at the top of the tree, and the branches: the nodes of the first level with several."""
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
    """Return the number of nodes on each level of the plan, including empty levels."""
    counts = Counter(node.level.name for node in tree.nodes)
    return tuple(LevelCount(level, counts[level.name]) for level in plan.levels)
