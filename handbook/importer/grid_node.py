"""The nodes that are read from a structure table, before they become the JSON values of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class GridNode:
    """A node and its cell in the structure table."""

    name: str
    level: int
    """Index of the level, from 0."""
    row: int
    column: int
    last_row: int | None
    """Last row of the merged area; None if the cell is not merged, so that the node extends to the next one."""
    text: str = ""
    children: list[GridNode] = field(default_factory=list)


def walk(nodes: list[GridNode]) -> Iterator[GridNode]:
    """Yield these nodes and all their descendants, in reading order."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def provisional_ids(nodes: list[GridNode], parent_id: str = "") -> Iterator[tuple[str, GridNode]]:
    """Yield all nodes with their provisional ids, the positions from 1 in the tree: 2-1 is the first child of 2."""
    for number, node in enumerate(nodes, 1):
        node_id = f"{parent_id}-{number}" if parent_id else str(number)
        yield node_id, node
        yield from provisional_ids(node.children, node_id)
