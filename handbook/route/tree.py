"""The plan's tree with every node in its place: path, number, branch, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from handbook.model import Again, Count, Entry, Node, Plan


def path_of(node: Node) -> str:
    """Where a node's page lives. The id and the level decide, so moving a node keeps its address."""
    return f"{node.level.path}/{node.id}.html"


def entries(plan: Plan) -> tuple[Entry, ...]:
    """Return the tree with paths, numbers, branches and counts."""
    nodes = {node.id: node for node in plan.nodes}
    numbers: dict[str, tuple[str, int]] = {}
    _number(plan.items, nodes, "", 0, numbers)

    def entry(item: Node | Again) -> Entry:
        again = isinstance(item, Again)
        node = nodes[item.id] if isinstance(item, Again) else item
        children = () if again else tuple(entry(child) for child in node.items)
        beneath: Counter[str] = Counter()
        for child in children:
            if not child.again:
                beneath[child.level.name] += 1
                beneath.update({count.level.name: count.number for count in child.counts})
        counts = tuple(Count(level, beneath[level.name]) for level in plan.levels if beneath[level.name])
        number, branch = numbers[node.id]
        return Entry(node, path_of(node), number, branch, again, children, counts)

    return tuple(entry(item) for item in plan.items)


def _number(
    items: tuple[Node | Again, ...], nodes: Mapping[str, Node], above: str, branch: int, out: dict[str, tuple[str, int]]
) -> None:
    """Number the own nodes of each list. A lone first node stays without, so that 1 is the first branch."""
    own = [item for item in items if isinstance(item, Node)]
    lone = not above and len(items) == 1
    for place, node in enumerate(own, 1):
        number = "" if lone else f"{above}-{place}" if above else str(place)
        here = branch or (0 if lone else place)
        out[node.id] = number, here
        _number(node.items, nodes, number, here, out)


def top(roots: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Split the top of the tree: the single entries above, and the first that stand side by side."""
    heads: list[Entry] = []
    level = roots
    while len(level) == 1 and level[0].children:
        heads.append(level[0])
        level = level[0].children
    return tuple(heads), level


def own(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield each node once, in reading order."""
    for root in entries:
        yield from (entry for entry in root.walk() if not entry.again)


def counts(plan: Plan, roots: tuple[Entry, ...]) -> tuple[Count, ...]:
    """Return how many nodes each level has, the empty ones too."""
    found = Counter(entry.level.name for entry in own(roots))
    return tuple(Count(level, found[level.name]) for level in plan.levels)
