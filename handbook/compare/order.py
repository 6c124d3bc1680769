"""Find reordered siblings, the order in which changes are listed, and runs of shifted numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from handbook.compare.matching import NodeMatches
from handbook.model import Renumbering


def minimal_moves(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return a smallest set of items whose moves turn one order into the other. Both contain the same items."""
    old_positions = {item: position for position, item in enumerate(before)}
    return set(after) - set(_longest_increasing_subsequence(after, [old_positions[item] for item in after]))


def _longest_increasing_subsequence(items: Sequence[str], positions: Sequence[int]) -> Iterator[str]:
    """Yield the items of a longest subsequence with increasing positions, last first."""
    least_ends: list[int] = []  # least last position of an increasing subsequence of each length
    end_indexes: list[int] = []
    previous: list[int | None] = []
    for index, position in enumerate(positions):
        length = bisect_left(least_ends, position)
        previous.append(end_indexes[length - 1] if length else None)
        least_ends[length : length + 1] = [position]
        end_indexes[length : length + 1] = [index]
    last = end_indexes[-1] if end_indexes else None
    while last is not None:
        yield items[last]
        last = previous[last]


def reordered_ids(pairs: NodeMatches) -> set[str]:
    """Return the ids of the nodes that have the same parent but moved among the siblings that also stayed."""
    reordered: set[str] = set()
    for parent in ["", *pairs.new_plan.nodes_by_id]:
        old_parent = _parent_in_old_plan(pairs, parent)
        if old_parent is None:
            continue
        old_children = [pairs.new_id_by_old.get(child, "") for child in pairs.old_plan.children(old_parent)]
        new_children = pairs.new_plan.children(parent)
        stayed = set(old_children) & set(new_children)
        reordered |= minimal_moves(
            [child for child in old_children if child in stayed], [child for child in new_children if child in stayed]
        )
    return reordered


def _parent_in_old_plan(pairs: NodeMatches, parent: str) -> str | None:
    """Return the old id of a node by match, else by guess; None if it is new, "" for the top of the tree."""
    if not parent or parent in pairs.old_id_by_new:
        return pairs.old_id_by_new.get(parent, "")
    return pairs.guessed_old_by_new.get(parent)


def reading_order_keys(pairs: NodeMatches, moved: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return the sort keys of the nodes of the new plan by id, and of the removed nodes by `-` and id.

    A removed node follows the nearest node before it in the old plan that is in the new plan and not in `moved`.
    """
    keys = {node_id: (position, 0) for position, node_id in enumerate(pairs.new_plan.nodes_by_id)}
    anchor = -1
    for position, node_id in enumerate(pairs.old_plan.nodes_by_id, 1):
        new_id = pairs.new_id_by_old.get(node_id)
        if new_id is None:
            keys[f"-{node_id}"] = anchor, position
        elif new_id not in moved:
            anchor = keys[new_id][0]
    return keys


def renumberings(pairs: NodeMatches, changed: Collection[str]) -> Iterator[Renumbering]:
    """Group the nodes of `changed`, of which only the number differs, into runs of siblings with consecutive numbers.

    A node whose parent is in `changed` is counted with its parent.
    """
    run: list[str] = []
    for node_id in pairs.new_plan.nodes_by_id:
        if node_id not in changed or pairs.new_plan.parent_by_id[node_id] in changed:
            continue
        if run and not _are_adjacent(pairs, run[-1], node_id):
            yield _renumbering(pairs, run, changed)
            run = []
        run.append(node_id)
    if run:
        yield _renumbering(pairs, run, changed)


def _are_adjacent(pairs: NodeMatches, first: str, second: str) -> bool:
    """Return whether the numbers of two nodes are consecutive in both plans."""
    (old_first, new_first), (old_second, new_second) = _numbers(pairs, first), _numbers(pairs, second)
    return _is_next_number(old_first, old_second) and _is_next_number(new_first, new_second)


def _is_next_number(number: str, following: str) -> bool:
    (parent, _, last), (other_parent, _, other_last) = number.rpartition("-"), following.rpartition("-")
    return parent == other_parent and bool(last and other_last) and int(last) + 1 == int(other_last)


def _numbers(pairs: NodeMatches, node_id: str) -> tuple[str, str]:
    return pairs.old_plan.number_by_id[pairs.old_id_by_new[node_id]], pairs.new_plan.number_by_id[node_id]


def _renumbering(pairs: NodeMatches, run: Sequence[str], changed: Collection[str]) -> Renumbering:
    (first, new_first), (last, new_last) = _numbers(pairs, run[0]), _numbers(pairs, run[-1])
    node_ids = list(run)
    for node_id in node_ids:
        node_ids += [child for child in pairs.new_plan.children(node_id) if child in changed]
    return Renumbering((first, last), (new_first, new_last), len(node_ids))
