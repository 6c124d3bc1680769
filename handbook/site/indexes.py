"""The indexes across the tree: by audience, by kana, and the list of all leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from handbook import kana
from handbook.fields import AUDIENCE_KEY
from handbook.model import KanaGroup, KanaRow, LeafList, NodeGroup, Plan, TreeNode, slugify
from handbook.site.tree import Tree

TERM_LABEL = "用語"
"""The label of a glossary term in the kana index; the label of a node is the name of its level."""


@dataclass(frozen=True, slots=True)
class Indexes:
    """Every index of the site."""

    audience_groups: tuple[NodeGroup, ...]
    kana_groups: tuple[KanaGroup, ...]
    leaf_lists: tuple[LeafList, ...]


def build_indexes(plan: Plan, tree: Tree) -> Indexes:
    """Return the indexes of a plan."""
    return Indexes(_audience_groups(plan, tree.roots), _kana_groups(plan, tree.nodes), tuple(_leaf_lists(tree.roots)))


def _audience_groups(plan: Plan, roots: Iterable[TreeNode]) -> tuple[NodeGroup, ...]:
    """Return for each audience the nodes that name it. A node below one of them is left out."""
    by_audience: dict[str, list[TreeNode]] = defaultdict(list)

    def visit(nodes: Iterable[TreeNode], named_above: frozenset[str]) -> None:
        for node in nodes:
            if node.is_repeat:
                continue
            named = _audiences_of(node)
            for name in named:
                if name not in named_above:
                    by_audience[name].append(node)
            visit(node.children, named_above.union(named))

    visit(roots, frozenset())
    return tuple(
        NodeGroup(name, slugify(name), tuple(by_audience[name])) for name in plan.audiences if by_audience[name]
    )


def _audiences_of(node: TreeNode) -> tuple[str, ...]:
    """Return the audiences that a node itself names."""
    return node.node.fact_values(AUDIENCE_KEY)


def _kana_groups(plan: Plan, nodes: Iterable[TreeNode]) -> tuple[KanaGroup, ...]:
    """Return all nodes and terms that have a reading, in the order of the kana, by rows of the kana table."""
    rows = [
        KanaRow(node, node.node.kana_reading, node.level.name, is_term=False)
        for node in nodes
        if node.node.kana_reading
    ]
    rows += [KanaRow(term, term.reading, TERM_LABEL, is_term=True) for term in plan.terms if term.reading]
    rows.sort(key=lambda row: (kana.kana_sort_key(row.reading), row.item.path))
    groups = groupby(rows, key=lambda row: kana.kana_row(row.reading))
    return tuple(
        KanaGroup(f"{first}行" if first else "英字・数字", f"row_{first}", tuple(group)) for first, group in groups
    )


def _leaf_lists(roots: tuple[TreeNode, ...]) -> Iterator[LeafList]:
    """Yield the leaves of the tree by their parent, in reading order."""
    yield from _leaf_lists_below(roots, (), ())


def _leaf_lists_below(
    nodes: tuple[TreeNode, ...], above: tuple[TreeNode, ...], audiences: tuple[str, ...]
) -> Iterator[LeafList]:
    """Yield the leaf lists of `nodes` and below them. `audiences` are those of the nodes `above`."""
    ancestors = tuple(node for node in above if node.branch_ordinal)
    parent = ancestors[-1] if ancestors else None
    unique = (node for node in nodes if not node.is_repeat)
    for has_children, siblings in groupby(unique, key=lambda node: bool(node.children)):
        if has_children:
            for node in siblings:
                yield from _leaf_lists_below(node.children, (*above, node), (*audiences, *_audiences_of(node)))
        else:
            own_audiences = [(leaf, _audiences_of(leaf)) for leaf in siblings]
            leaves = tuple((leaf, own, tuple(dict.fromkeys((*audiences, *own)))) for leaf, own in own_audiences)
            yield LeafList(ancestors[:-1], parent, leaves)
