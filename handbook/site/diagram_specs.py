"""Which structure diagrams the site needs, and which of them the page of each node shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from handbook.model import DiagramSpec, Level, Plan, TreeNode
from handbook.site.tree import Tree

MAX_BOXES = 150
"""A larger diagram shows its upper levels only; each branch has a diagram of its own."""
MAX_HIGHLIGHTED_BOXES = 75
"""A part with more boxes is only on its own page, not on that of each node in it: too heavy to send each time."""
MAX_NARROW_DIAGRAMS = 12
"""Most diagrams for a phone on one page."""
MAX_HOME_NODES = 200
"""Most nodes below the children of the branches that the front page lists."""
MAX_PART_HEIGHT = 2
"""Steps from the root of a narrow diagram to its deepest leaf: as many columns as a phone can show."""


@dataclass(frozen=True, slots=True)
class NodeDiagrams:
    """The diagrams on the page of a node."""

    wide: DiagramSpec | None
    """The part of the tree or the branch that the node belongs to; None if no diagram shows it on its own page."""
    narrow: tuple[DiagramSpec, ...]
    """The same for a phone, in parts."""


NO_DIAGRAMS = NodeDiagrams(None, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramSpecs:
    """Every diagram of the site."""

    specs: tuple[DiagramSpec, ...]
    """The whole plan first, then each branch, then each part of the tree, wide and narrow."""
    by_node: Mapping[str, NodeDiagrams]
    """The diagrams on the page of each node, by id. Nodes without a diagram are missing."""
    booklet: tuple[DiagramSpec, ...]
    """The diagrams of the booklet: the whole plan first, then each branch."""
    narrow_nodes: tuple[TreeNode, ...]
    """The roots of the narrow diagrams, if these are too many for the page of the whole plan; else empty."""


def diagram_specs(plan: Plan, tree: Tree) -> DiagramSpecs:
    """Return the diagrams of a plan: the whole, each branch, and the parts that a phone can show."""
    whole = DiagramSpec(
        name="plan",
        title=f"{plan.name} 構造図",
        style="whole",
        subject=plan.subject,
        roots=tree.roots,
        levels=_drawn_levels(tree.roots, tree.levels),
    )
    branches = {top.id: _wide("branch", top, tree.levels) for top in tree.branches if top.children}
    parts = tuple(_narrow_parts(tree.roots))
    others = {part.id: _wide("part", part, tree.levels) for part in parts if part.id not in branches}
    wide = branches | others
    narrow = {part.id: replace(wide[part.id], name=f"narrow-{part.id}", style="narrow") for part in parts}
    return DiagramSpecs(
        specs=(whole, *wide.values(), *narrow.values()),
        by_node=_specs_by_node(wide, narrow),
        booklet=(replace(whole, style="sheet"), *(replace(branch, style="leaf") for branch in branches.values())),
        narrow_nodes=parts if len(parts) > MAX_NARROW_DIAGRAMS else (),
    )


def has_short_home(branches: Iterable[TreeNode]) -> bool:
    """Return whether the front page leaves out the nodes below the children of the branches."""
    return sum(len(child.children) for branch in branches for child in branch.children) > MAX_HOME_NODES


def _wide(prefix: str, root: TreeNode, columns: tuple[Level, ...]) -> DiagramSpec:
    """Return the diagram of one node and everything below it."""
    return DiagramSpec(
        name=f"{prefix}-{root.id}",
        title=f"{root.name} 構造図",
        style="branch",
        subject="",
        roots=(root,),
        levels=_drawn_levels((root,), columns),
    )


def _narrow_parts(nodes: Iterable[TreeNode]) -> Iterator[TreeNode]:
    """Yield the roots of the largest parts of the tree that are at most MAX_PART_HEIGHT steps high."""
    for node in nodes:
        if node.children and node.height <= MAX_PART_HEIGHT:
            yield node
        else:
            yield from _narrow_parts(node.children)


def _drawn_levels(roots: tuple[TreeNode, ...], columns: tuple[Level, ...]) -> tuple[Level, ...]:
    """Return as many levels as stay readable, outermost first, and two at least."""
    found = Counter(node.level.rank for root in roots for node in root.walk())
    levels: list[Level] = []
    boxes = 0
    for level in columns:
        boxes += found[level.rank]
        if found[level.rank] and (boxes <= MAX_BOXES or len(levels) < 2):
            levels.append(level)
        elif found[level.rank]:
            break
    return tuple(levels)


def _specs_by_node(wide: Mapping[str, DiagramSpec], narrow: Mapping[str, DiagramSpec]) -> Mapping[str, NodeDiagrams]:
    """Return the diagrams on the page of each node, by id.

    A node shows the part of the tree in which it is a box, unless that part is too large. A node above such parts
    shows its own branch, and on a phone all of its parts, if they are few.
    """
    found: dict[str, NodeDiagrams] = {}

    def visit(node: TreeNode) -> list[DiagramSpec]:
        """Record the diagrams of a node and of all nodes below it, and return the narrow ones."""
        if part := narrow.get(node.id):
            boxes = [each.id for each in node.walk() if each.level in part.levels and not each.is_repeat]
            highlighted = boxes if len(boxes) <= MAX_HIGHLIGHTED_BOXES else [node.id]
            found.update(dict.fromkeys(highlighted, NodeDiagrams(wide[node.id], (part,))))
            return [part]
        parts = [part for child in node.children for part in visit(child)]
        shown = tuple(parts) if len(parts) <= MAX_NARROW_DIAGRAMS else ()
        found[node.id] = NodeDiagrams(wide.get(node.id), shown)
        return parts

    for spec in wide.values():
        (root,) = spec.roots
        if root.branch_ordinal and root.id not in found:
            visit(root)
    return found
