"""The plan's tree with every node in its place: path, number, branch, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from handbook.model import Again, Count, Entry, Node, Plan


def entries(plan: Plan) -> tuple[Entry, ...]:
    """Return the tree with paths, numbers, branches and counts."""
    nodes = {node.id: node for node in plan.nodes}
    numbers = plan.numbers

    def entry(item: Node | Again) -> Entry:
        again = isinstance(item, Again)
        node = nodes[item.id] if isinstance(item, Again) else item
        children = () if again else tuple(entry(child) for child in node.items)
        beneath: Counter[str] = Counter()
        for child in children:
            if not child.again:
                beneath[child.level.name] += 1
                for count in child.counts:
                    beneath[count.level.name] += count.number
        counts = tuple(Count(level, beneath[level.name]) for level in plan.levels if level.name in beneath)
        number = numbers[node.id]
        branch = int(number.partition("-")[0] or 0)
        return Entry(node, node.path, number, branch, again, children, counts)

    return tuple(entry(item) for item in plan.items)


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
