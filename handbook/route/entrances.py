"""Ways across the tree: by audience, by kana, through one list of all that is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

from handbook import kana
from handbook.fields import AUDIENCE_KEY
from handbook.model import Entry, Group, Listed, Plan, Term, anchor_of
from handbook.route.tree import own as own_of


def audiences(plan: Plan, roots: Iterable[Entry]) -> tuple[Group, ...]:
    """Return for each audience the entries that name it; what stands beneath one of them is not named again."""
    found: dict[str, list[Entry]] = defaultdict(list)

    def look(entries: Iterable[Entry], above: frozenset[str]) -> None:
        for entry in entries:
            if entry.again:
                continue
            named = audiences_of(entry)
            for name in named:
                if name not in above:
                    found[name].append(entry)
            look(entry.children, above.union(named))

    look(roots, frozenset())
    return tuple(Group(name, anchor_of(name), tuple(found[name])) for name in plan.audiences if found[name])


def audiences_of(entry: Entry) -> tuple[str, ...]:
    """Return the audiences that an entry itself names."""
    return entry.node.fact(AUDIENCE_KEY)


def by_kana(plan: Plan, roots: Iterable[Entry]) -> tuple[Group, ...]:
    """Return everything that has a reading in the order of an index, by rows of kana."""
    held: list[Entry | Term] = [entry for entry in own_of(roots) if entry.node.reading]
    held += [term for term in plan.terms if term.reading]
    held.sort(key=lambda item: (kana.order(_reading(item)), item.path))
    rows = groupby(held, key=lambda item: kana.row(_reading(item)))
    return tuple(Group(f"{row}行" if row else "英字・数字", f"row_{row}", tuple(items)) for row, items in rows)


def _reading(item: Entry | Term) -> str:
    return item.reading if isinstance(item, Term) else item.node.reading


def listed(roots: tuple[Entry, ...]) -> tuple[Listed, ...]:
    """Return everything that has nothing beneath it, by what it stands under."""
    return tuple(_listed(roots, (), ()))


def _listed(entries: tuple[Entry, ...], trail: tuple[Entry, ...], above: tuple[str, ...]) -> Iterator[Listed]:
    shown = tuple(entry for entry in trail if entry.branch)
    for leaves, beside in groupby(
        (entry for entry in entries if not entry.again), key=lambda entry: not entry.children
    ):
        if leaves:
            said = [(leaf, audiences_of(leaf)) for leaf in beside]
            yield Listed(shown, tuple((leaf, own, tuple(dict.fromkeys((*above, *own)))) for leaf, own in said))
        else:
            for entry in beside:
                yield from _listed(entry.children, (*trail, entry), (*above, *audiences_of(entry)))
