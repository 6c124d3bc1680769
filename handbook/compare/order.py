"""What stands where: which siblings really moved, in which order changes are told, which numbers merely shifted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from handbook.compare.matching import NodeMatches
from handbook.model import Renumbering


def minimal_moves(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return the fewest items that must have moved to make one order of the other; both hold the same items."""
    places = {item: place for place, item in enumerate(before)}
    return set(after) - set(_longest_increasing_subsequence(after, [places[item] for item in after]))


def _longest_increasing_subsequence(items: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    """Yield the items of a longest stretch, with gaps, whose places rise, last first."""
    ends: list[int] = []  # the least place with which a rising stretch of each length ends
    holders: list[int] = []
    before: list[int | None] = []
    for number, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(holders[length - 1] if length else None)
        ends[length : length + 1] = [place]
        holders[length : length + 1] = [number]
    at = holders[-1] if holders else None
    while at is not None:
        yield items[at]
        at = before[at]


def reordered_ids(pairs: NodeMatches) -> set[str]:
    """Return the ids of nodes that stand under the same parent in another order among those that stayed there."""
    found: set[str] = set()
    for parent in ["", *pairs.new_plan.nodes_by_id]:
        old_parent = _parent_in_old_plan(pairs, parent)
        if old_parent is None:
            continue
        was = [pairs.new_id_by_old.get(child, "") for child in pairs.old_plan.children(old_parent)]
        now = pairs.new_plan.children(parent)
        stayed = set(was) & set(now)
        found |= minimal_moves([child for child in was if child in stayed], [child for child in now if child in stayed])
    return found


def _parent_in_old_plan(pairs: NodeMatches, parent: str) -> str | None:
    """Return under which id a parent stood in the old plan, a guess where its own is new; None where it was not."""
    if not parent or parent in pairs.old_id_by_new:
        return pairs.old_id_by_new.get(parent, "")
    return pairs.guessed_old_by_new.get(parent)


def reading_order_keys(pairs: NodeMatches, elsewhere: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return a sort key for each node: those of the new plan by id, those gone by `-` and id, at their old place.

    A node gone follows the nearest one before it in the old plan that is still there and is not now `elsewhere`.
    """
    keys = {node_id: (place, 0) for place, node_id in enumerate(pairs.new_plan.nodes_by_id)}
    anchor = -1
    for place, node_id in enumerate(pairs.old_plan.nodes_by_id, 1):
        now = pairs.new_id_by_old.get(node_id)
        if now is None:
            keys[f"-{node_id}"] = anchor, place
        elif now not in elsewhere:
            anchor = keys[now][0]
    return keys


def renumberings(pairs: NodeMatches, changed: Collection[str]) -> Iterator[Renumbering]:
    """Yield the nodes of `changed`, whose numbers alone differ, as runs of neighbours that moved by as much.

    Those that only follow their parent's number are counted with it.
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


def _are_adjacent(pairs: NodeMatches, one: str, other: str) -> bool:
    """Whether two nodes are next to each other, in both plans."""
    (a, b), (c, d) = _numbers(pairs, one), _numbers(pairs, other)
    return _is_next_number(a, c) and _is_next_number(b, d)


def _is_next_number(number: str, following: str) -> bool:
    (above, _, last), (above_too, _, last_too) = number.rpartition("-"), following.rpartition("-")
    return above == above_too and bool(last and last_too) and int(last) + 1 == int(last_too)


def _numbers(pairs: NodeMatches, node_id: str) -> tuple[str, str]:
    return pairs.old_plan.number_by_id[pairs.old_id_by_new[node_id]], pairs.new_plan.number_by_id[node_id]


def _renumbering(pairs: NodeMatches, run: Sequence[str], changed: Collection[str]) -> Renumbering:
    (first, first_now), (last, last_now) = _numbers(pairs, run[0]), _numbers(pairs, run[-1])
    beneath = list(run)
    for node_id in beneath:
        beneath += [child for child in pairs.new_plan.children(node_id) if child in changed]
    return Renumbering((first, last), (first_now, last_now), len(beneath))
