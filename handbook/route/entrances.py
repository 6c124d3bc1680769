"""The indexes across the tree: by audience, by kana, and the list of all leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from handbook import kana
from handbook.fields import AUDIENCE_KEY
from handbook.model import Entry, Group, KanaGroup, KanaRow, Listed, Plan, anchor_of
from handbook.route.tree import Tree

TERM_LABEL = "用語"
"""Shown beside a term of the glossary, where a node has the name of its level."""


@dataclass(frozen=True, slots=True)
class Indexes:
    """Every index of the site."""

    audience_groups: tuple[Group, ...]
    kana_groups: tuple[KanaGroup, ...]
    leaf_lists: tuple[Listed, ...]


def build_indexes(plan: Plan, tree: Tree) -> Indexes:
    """Return the indexes of a plan."""
    return Indexes(_audience_groups(plan, tree.roots), _kana_groups(plan, tree.nodes), tuple(_leaf_lists(tree.roots)))


def _audience_groups(plan: Plan, roots: Iterable[Entry]) -> tuple[Group, ...]:
    """Return for each audience the nodes that name it. A node below one of them is left out."""
    found: dict[str, list[Entry]] = defaultdict(list)

    def visit(nodes: Iterable[Entry], named_above: frozenset[str]) -> None:
        for node in nodes:
            if node.again:
                continue
            named = _audiences_of(node)
            for name in named:
                if name not in named_above:
                    found[name].append(node)
            visit(node.children, named_above.union(named))

    visit(roots, frozenset())
    return tuple(Group(name, anchor_of(name), tuple(found[name])) for name in plan.audiences if found[name])


def _audiences_of(node: Entry) -> tuple[str, ...]:
    """Return the audiences that a node itself names."""
    return node.node.fact(AUDIENCE_KEY)


def _kana_groups(plan: Plan, nodes: Iterable[Entry]) -> tuple[KanaGroup, ...]:
    """Return all nodes and terms that have a reading, in the order of the kana, by rows of the kana table."""
    rows = [KanaRow(node, node.node.reading, node.level.name, is_term=False) for node in nodes if node.node.reading]
    rows += [KanaRow(term, term.reading, TERM_LABEL, is_term=True) for term in plan.terms if term.reading]
    rows.sort(key=lambda row: (kana.order(row.reading), row.item.path))
    groups = groupby(rows, key=lambda row: kana.row(row.reading))
    return tuple(
        KanaGroup(f"{first}行" if first else "英字・数字", f"row_{first}", tuple(of_one)) for first, of_one in groups
    )


def _leaf_lists(roots: tuple[Entry, ...]) -> Iterator[Listed]:
    """Yield the leaves of the tree by their parent, in reading order."""
    yield from _leaf_lists_below(roots, (), ())


def _leaf_lists_below(
    nodes: tuple[Entry, ...], above: tuple[Entry, ...], audiences: tuple[str, ...]
) -> Iterator[Listed]:
    named_above = tuple(node for node in above if node.branch)
    parent = named_above[-1] if named_above else None
    kept = (node for node in nodes if not node.again)
    for has_children, siblings in groupby(kept, key=lambda node: bool(node.children)):
        if has_children:
            for node in siblings:
                yield from _leaf_lists_below(node.children, (*above, node), (*audiences, *_audiences_of(node)))
        else:
            named = [(leaf, _audiences_of(leaf)) for leaf in siblings]
            leaves = tuple((leaf, own, tuple(dict.fromkeys((*audiences, *own)))) for leaf, own in named)
            yield Listed(named_above[:-1], parent, leaves)
