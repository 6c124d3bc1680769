"""The structure diagrams of the site, and those on the page of each node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from handbook.model import DiagramSpec, Level, Plan, TreeNode
from handbook.site.tree import Tree

MAX_BOXES = 150
"""Most boxes of a diagram. A larger one shows its upper levels only; each branch has its own diagram."""
MAX_HIGHLIGHTED_BOXES = 75
"""A part with more boxes is shown on the page of its root only, because it would make every page too large."""
MAX_NARROW_DIAGRAMS = 12
"""Most narrow diagrams on one page."""
MAX_HOME_NODES = 200
"""Most nodes below the children of the branches that the front page lists."""
MAX_PART_HEIGHT = 2
"""Steps from the root of a narrow diagram to its deepest leaf. A phone has room for three columns."""


@dataclass(frozen=True, slots=True)
class NodeDiagrams:
    """The diagrams on the page of a node."""

    wide: DiagramSpec | None
    """The part of the tree or the branch with the node; None if the page has no wide diagram."""
    narrow: tuple[DiagramSpec, ...]
    """The same for phones, as several smaller diagrams."""


NO_DIAGRAMS = NodeDiagrams(None, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramSpecs:
    """All diagrams of the site."""

    specs: tuple[DiagramSpec, ...]
    """The whole plan first, then each branch, then each part of the tree, wide and narrow."""
    by_node: Mapping[str, NodeDiagrams]
    """The diagrams on the page of each node, by id. Nodes without a diagram are missing."""
    booklet: tuple[DiagramSpec, ...]
    """The diagrams of the booklet: the whole plan first, then each branch."""
    narrow_nodes: tuple[TreeNode, ...]
    """The roots of the narrow diagrams if these are too many for the structure page; else empty."""


def diagram_specs(plan: Plan, tree: Tree) -> DiagramSpecs:
    """Return the diagrams of a plan: the whole plan, each branch, and the parts that fit on a phone."""
    whole = DiagramSpec(
        name="plan",
        title=f"{plan.name} 構造図",
        style="whole",
        subject=plan.subject,
        roots=tree.roots,
        levels=_drawn_levels(tree.roots, tree.levels),
    )
    branches = {branch.id: _wide("branch", branch, tree.levels) for branch in tree.branches if branch.children}
    parts = tuple(_narrow_parts(tree.roots))
    others = {part.id: _wide("part", part, tree.levels) for part in parts if part.id not in branches}
    wide = branches | others
    narrow = {part.id: replace(wide[part.id], name=f"narrow-{part.id}", style="narrow") for part in parts}
    return DiagramSpecs(
        specs=(whole, *wide.values(), *narrow.values()),
        by_node=_specs_by_node(wide, narrow),
        booklet=(replace(whole, style="sheet"), *(replace(spec, style="leaf") for spec in branches.values())),
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
    """Return the outermost levels with at most MAX_BOXES boxes together, but at least two levels."""
    counts = Counter(node.level.rank for root in roots for node in root.walk())
    levels: list[Level] = []
    boxes = 0
    for level in columns:
        boxes += counts[level.rank]
        if counts[level.rank] and (boxes <= MAX_BOXES or len(levels) < 2):
            levels.append(level)
        elif counts[level.rank]:
            break
    return tuple(levels)


def _specs_by_node(wide: Mapping[str, DiagramSpec], narrow: Mapping[str, DiagramSpec]) -> Mapping[str, NodeDiagrams]:
    """Return the diagrams on the page of each node, by id.

    The page of a node shows the part of the tree in which the node has a box, unless that part is too large. The page
    of a node above the parts shows its branch, and on a phone all of its parts, if they are few.
    """
    by_node: dict[str, NodeDiagrams] = {}

    def visit(node: TreeNode) -> list[DiagramSpec]:
        """Record the diagrams of a node and of all nodes below it, and return the narrow ones."""
        if part := narrow.get(node.id):
            boxes = [drawn.id for drawn in node.walk() if drawn.level in part.levels and not drawn.is_repeat]
            highlighted = boxes if len(boxes) <= MAX_HIGHLIGHTED_BOXES else [node.id]
            by_node.update(dict.fromkeys(highlighted, NodeDiagrams(wide[node.id], (part,))))
            return [part]
        parts = [part for child in node.children for part in visit(child)]
        shown = tuple(parts) if len(parts) <= MAX_NARROW_DIAGRAMS else ()
        by_node[node.id] = NodeDiagrams(wide.get(node.id), shown)
        return parts

    for spec in wide.values():
        (root,) = spec.roots
        if root.branch_ordinal and root.id not in by_node:
            visit(root)
    return by_node
