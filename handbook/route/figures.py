"""Which structure diagrams the site wants, and which of them a node's page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from handbook.model import Entry, Figure, Level, Plan

MOST_BOXES = 150
"""A diagram with more shows its upper levels only; each branch has a diagram of its own."""

MOST_LIT = 75
"""A part with more boxes stands on its own page only, not on that of every node in it: too heavy to send each time."""
MOST_PARTS = 12
"""Diagrams for a phone that one page shows."""
MOST_NAMED = 200
"""Names beneath the children of the branches that the front page lists."""


def figures(
    plan: Plan, roots: tuple[Entry, ...], branches: tuple[Entry, ...], columns: tuple[Level, ...]
) -> tuple[Figure, ...]:
    """Return the whole plan first, then each top branch, then each part of the tree, wide and for a phone."""
    whole = _figure("plan", f"{plan.name} 構造図", "whole", roots, columns, plan.subject)
    tops = [branch for branch in branches if branch.children]
    parts = list(_parts(roots))
    return (
        whole,
        *(_figure(f"branch-{top.id}", f"{top.name} 構造図", "branch", (top,), columns) for top in tops),
        *(
            _figure(f"part-{part.id}", f"{part.name} 構造図", "branch", (part,), columns)
            for part in parts
            if part not in tops
        ),
        *(_figure(f"narrow-{part.id}", f"{part.name} 構造図", "narrow", (part,), columns) for part in parts),
    )


def sheets(figures: Iterable[Figure], branches: tuple[Entry, ...]) -> tuple[Figure, ...]:
    """Return the diagrams that the booklet prints: the whole plan, then each top branch."""
    whole, *others = figures
    tops = (figure for figure in others if figure.size == "branch" and figure.roots[0] in branches)
    return (replace(whole, size="sheet"), *(replace(figure, size="leaf") for figure in tops))


def apart(figures: Iterable[Figure]) -> tuple[Entry, ...]:
    """Return what has a diagram for a phone, where these are too many for the page of the whole plan."""
    parts = tuple(figure.roots[0] for figure in figures if figure.size == "narrow")
    return parts if len(parts) > MOST_PARTS else ()


def brief(branches: Iterable[Entry]) -> bool:
    """Whether the front page leaves out what stands beneath the children of the branches."""
    return sum(len(child.children) for branch in branches for child in branch.children) > MOST_NAMED


def _parts(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the largest parts of the tree that are at most two steps high: as much as a phone can show."""
    for entry in entries:
        if entry.children and entry.height <= 2:
            yield entry
        else:
            yield from _parts(entry.children)


def shown_on(figures: Iterable[Figure]) -> Mapping[str, tuple[Figure, ...]]:
    """Return for each id the diagrams on its page: one that is wide, and those for a phone.

    A node shows the part of the tree in which it is a box, unless that is too large; what stands above such parts
    shows its own branch, and on a phone all of its parts, if they are few.
    """
    wide = {figure.roots[0].id: figure for figure in figures if figure.size == "branch"}
    narrow = {figure.roots[0].id: figure for figure in figures if figure.size == "narrow"}
    shown: dict[str, tuple[Figure, ...]] = {}

    def look(entry: Entry) -> list[Figure]:
        """Note the diagrams of an entry and of all beneath, and return those for a phone."""
        if entry.id in narrow:
            part = narrow[entry.id]
            inside = [each.id for each in entry.walk() if each.level in part.levels and not each.again]
            lit = inside if len(inside) <= MOST_LIT else [entry.id]
            shown.update(dict.fromkeys(lit, (wide[entry.id], part)))
            return [part]
        parts = [part for child in entry.children for part in look(child)]
        own = [wide[entry.id]] if entry.id in wide else []
        shown[entry.id] = (*own, *(parts if len(parts) <= MOST_PARTS else ()))
        return parts

    for top in [figure.roots[0] for figure in wide.values() if figure.roots[0].branch]:
        if top.id not in shown:
            look(top)
    return shown


def _figure(
    name: str, title: str, size: str, roots: tuple[Entry, ...], columns: tuple[Level, ...], subject: str = ""
) -> Figure:
    """Return a diagram of these entries, as many levels deep as it stays readable, two at least."""
    found = Counter(entry.level.rank for root in roots for entry in root.walk())
    levels: list[Level] = []
    boxes = 0
    for level in columns:
        boxes += found[level.rank]
        if found[level.rank] and (boxes <= MOST_BOXES or len(levels) < 2):
            levels.append(level)
        elif found[level.rank]:
            break
    return Figure(name, title, size, subject, roots, tuple(levels))
