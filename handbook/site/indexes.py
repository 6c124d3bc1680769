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
"""Shown beside a term of the glossary, where a node has the name of its level."""


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
    found: dict[str, list[TreeNode]] = defaultdict(list)

    def visit(nodes: Iterable[TreeNode], named_above: frozenset[str]) -> None:
        for node in nodes:
            if node.is_repeat:
                continue
            named = _audiences_of(node)
            for name in named:
                if name not in named_above:
                    found[name].append(node)
            visit(node.children, named_above.union(named))

    visit(roots, frozenset())
    return tuple(NodeGroup(name, slugify(name), tuple(found[name])) for name in plan.audiences if found[name])


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
        KanaGroup(f"{first}行" if first else "英字・数字", f"row_{first}", tuple(of_one)) for first, of_one in groups
    )


def _leaf_lists(roots: tuple[TreeNode, ...]) -> Iterator[LeafList]:
    """Yield the leaves of the tree by their parent, in reading order."""
    yield from _leaf_lists_below(roots, (), ())


def _leaf_lists_below(
    nodes: tuple[TreeNode, ...], above: tuple[TreeNode, ...], audiences: tuple[str, ...]
) -> Iterator[LeafList]:
    named_above = tuple(node for node in above if node.branch_ordinal)
    parent = named_above[-1] if named_above else None
    kept = (node for node in nodes if not node.is_repeat)
    for has_children, siblings in groupby(kept, key=lambda node: bool(node.children)):
        if has_children:
            for node in siblings:
                yield from _leaf_lists_below(node.children, (*above, node), (*audiences, *_audiences_of(node)))
        else:
            named = [(leaf, _audiences_of(leaf)) for leaf in siblings]
            leaves = tuple((leaf, own, tuple(dict.fromkeys((*audiences, *own)))) for leaf, own in named)
            yield LeafList(named_above[:-1], parent, leaves)
