"""What stands where: which siblings really moved, in which order changes are told, which numbers merely shifted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from handbook.compare.matching import Pairs
from handbook.model import Shift


def moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return the fewest items that must have moved to make one order of the other; both hold the same items."""
    places = {item: place for place, item in enumerate(before)}
    return set(after) - set(_longest_rising(after, [places[item] for item in after]))


def _longest_rising(items: Sequence[str], places: Sequence[int]) -> Iterator[str]:
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


def reordered(pairs: Pairs) -> set[str]:
    """Return the ids of nodes that stand under the same parent in another order among those that stayed there."""
    found: set[str] = set()
    for parent in ["", *pairs.after.nodes]:
        old_parent = _old_parent(pairs, parent)
        if old_parent is None:
            continue
        was = [pairs.new.get(child, "") for child in pairs.before.children(old_parent)]
        now = pairs.after.children(parent)
        stayed = set(was) & set(now)
        found |= moved([child for child in was if child in stayed], [child for child in now if child in stayed])
    return found


def _old_parent(pairs: Pairs, parent: str) -> str | None:
    """Return under which id a parent stood in the old plan, a guess where its own is new; None where it was not."""
    if not parent or parent in pairs.old:
        return pairs.old.get(parent, "")
    return next((old for old, new in pairs.guesses.items() if new == parent), None)


def reading(pairs: Pairs, elsewhere: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return a sort key for each node: those of the new plan by id, those gone by `-` and id, at their old place.

    A node gone follows the nearest one before it in the old plan that is still there and is not now `elsewhere`.
    """
    keys = {node_id: (place, 0) for place, node_id in enumerate(pairs.after.nodes)}
    anchor = -1
    for place, node_id in enumerate(pairs.before.nodes, 1):
        now = pairs.new.get(node_id)
        if now is None:
            keys[f"-{node_id}"] = anchor, place
        elif now not in elsewhere:
            anchor = keys[now][0]
    return keys


def shifts(pairs: Pairs, changed: Collection[str]) -> Iterator[Shift]:
    """Yield the nodes of `changed`, whose numbers alone differ, as runs of neighbours that moved by as much.

    Those that only follow their parent's number are counted with it.
    """
    run: list[str] = []
    for node_id in pairs.after.nodes:
        if node_id not in changed or pairs.after.parents[node_id] in changed:
            continue
        if run and not _neighbours(pairs, run[-1], node_id):
            yield _shift(pairs, run, changed)
            run = []
        run.append(node_id)
    if run:
        yield _shift(pairs, run, changed)


def _neighbours(pairs: Pairs, one: str, other: str) -> bool:
    """Whether two nodes are next to each other, in both plans."""
    (a, b), (c, d) = _numbers(pairs, one), _numbers(pairs, other)
    return _follows(a, c) and _follows(b, d)


def _follows(number: str, following: str) -> bool:
    (above, _, last), (above_too, _, last_too) = number.rpartition("-"), following.rpartition("-")
    return above == above_too and bool(last and last_too) and int(last) + 1 == int(last_too)


def _numbers(pairs: Pairs, node_id: str) -> tuple[str, str]:
    return pairs.before.numbers[pairs.old[node_id]], pairs.after.numbers[node_id]


def _shift(pairs: Pairs, run: Sequence[str], changed: Collection[str]) -> Shift:
    (first, first_now), (last, last_now) = _numbers(pairs, run[0]), _numbers(pairs, run[-1])
    beneath = list(run)
    for node_id in beneath:
        beneath += [child for child in pairs.after.children(node_id) if child in changed]
    return Shift((first, last), (first_now, last_now), len(beneath))
