"""Plan → Site: where every page lives, and what each one shows of the others.

An address depends on the id and the level alone, so a node that moves keeps its page. Numbers such as 1-2-3 are
computed from the place: they are an aid to readers and change when something is inserted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from handbook.model import (
    Again,
    Cell,
    Count,
    Entry,
    Figure,
    Leaf,
    Level,
    Node,
    NodePage,
    Page,
    Plan,
    Prose,
    Redirect,
    Site,
)

MOST_BOXES = 150
"""A diagram with more shows its upper levels only; each branch has a diagram of its own."""
NEIGHBOURS = 12
"""Entries beside it that a page lists on either side; its parent's page lists all."""


def path_of(node: Node) -> str:
    """Where a node's page lives. The id and the level decide, so moving a node keeps its address."""
    return f"{node.level.path}/{node.id}.html"


def site(plan: Plan) -> Site:
    """Return every page of a plan in its place."""
    roots = _entries(plan)
    heads, branches = _top(roots)
    columns = tuple(level for level in plan.levels if any(e.level is level for r in roots for e in r.walk()))
    whole = _figure("plan", f"{plan.name} 構造図", "whole", roots, columns, plan.subject)
    figures = (whole, *_branch_figures(branches, columns), *_narrow_figures(roots, columns))
    totals = _counts(plan, roots)
    pages = (
        Page("home.html", "index.html", plan.name, _head_prose(plan, heads)),
        Page("structure.html", "structure.html", "構造図", {}),
        *(Page("leaf.html", f"{leaf.name}.html", leaf.title, {"body": leaf.text}) for leaf in _in_order(plan.leaves)),
        *_node_pages(plan, roots, figures),
        Page("404.html", "404.html", "ページが見つかりません", {}),
    )
    redirects = tuple(Redirect(f"{old}.html", entry) for entry in _own(roots) for old in entry.node.earlier)
    rows = tuple(tuple(cells) for root in roots for cells in _rows(root, columns, 0))
    return Site(plan, roots, heads, branches, totals, figures, columns, rows, pages, redirects)


def _in_order(leaves: Iterable[Leaf]) -> list[Leaf]:
    return sorted(leaves, key=lambda leaf: leaf.name)


def _head_prose(plan: Plan, heads: Iterable[Entry]) -> Mapping[str, Prose]:
    """The texts of the front page: the plan's own and those of the entries above the branches."""
    own = {"plan": plan.text} if plan.text else {}
    return own | {f"head-{head.id}": head.node.text for head in heads if head.node.text}


# --- the tree in its places ---


def _entries(plan: Plan) -> tuple[Entry, ...]:
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


def _top(roots: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Split the top of the tree: the single entries above, and the first that stand side by side."""
    heads: list[Entry] = []
    level = roots
    while len(level) == 1 and level[0].children:
        heads.append(level[0])
        level = level[0].children
    return tuple(heads), level


def _own(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield each node once, in reading order."""
    for root in entries:
        yield from (entry for entry in root.walk() if not entry.again)


def _counts(plan: Plan, roots: tuple[Entry, ...]) -> tuple[Count, ...]:
    found = Counter(entry.level.name for entry in _own(roots))
    return tuple(Count(level, found[level.name]) for level in plan.levels)


# --- diagrams ---


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


def _branch_figures(branches: tuple[Entry, ...], columns: tuple[Level, ...]) -> Iterator[Figure]:
    for branch in branches:
        if branch.children:
            yield _figure(f"branch-{branch.id}", f"{branch.name} 構造図", "branch", (branch,), columns)


def _narrow_figures(roots: Iterable[Entry], columns: tuple[Level, ...]) -> Iterator[Figure]:
    """Yield a diagram for a phone of each part of the tree that is at most two steps high."""
    for entry in roots:
        if not entry.children:
            continue
        if entry.height <= 2:
            yield _figure(f"narrow-{entry.id}", f"{entry.name} 構造図", "narrow", (entry,), columns)
        else:
            yield from _narrow_figures(entry.children, columns)


# --- the structure table ---


def _rows(entry: Entry, columns: tuple[Level, ...], column: int) -> list[list[Cell]]:
    """Return the table rows of an entry: cells from `column` on, merged over the rows beneath it."""
    own = columns.index(entry.level)
    filler = [Cell((), listed=False, rows=1, columns=own - column)] if own > column else []
    if not entry.children:
        return [[*filler, Cell((entry,), listed=False, rows=1, columns=len(columns) - own)]]
    nearest = min(columns.index(child.level) for child in entry.children)
    if all(not child.children for child in entry.children):
        last = Cell(entry.children, listed=True, rows=1, columns=len(columns) - nearest)
        return [[*filler, Cell((entry,), listed=False, rows=1, columns=nearest - own), last]]
    rows = [row for child in entry.children for row in _rows(child, columns, nearest)]
    merged = Cell((entry,), listed=False, rows=len(rows), columns=nearest - own)
    rows[0] = [*(Cell((), listed=False, rows=len(rows), columns=cell.columns) for cell in filler), merged, *rows[0]]
    return rows


# --- pages of nodes ---


def _node_pages(plan: Plan, roots: tuple[Entry, ...], figures: tuple[Figure, ...]) -> Iterator[NodePage]:
    own = list(_own(roots))
    by_id = {entry.id: entry for entry in own}
    shown_again: dict[str, list[Entry]] = {}
    for entry in own:
        for child in entry.children:
            if child.again:
                shown_again.setdefault(child.id, []).append(entry)
    drawn: dict[str, list[Figure]] = {}
    for figure in figures[1:]:
        drawn.setdefault(figure.roots[0].id, []).append(figure)
    beside = zip([None, *own[:-1]], own, [*own[1:], None], strict=True)
    places = dict(_places(roots, (), roots))
    for previous, entry, following in beside:
        trail, siblings = places[entry.id]
        node = entry.node
        yield NodePage(
            template="node.html",
            path=entry.path,
            title=node.name,
            prose={name: text for name, text in (("body", node.text), ("note", node.note)) if text},
            entry=entry,
            trail=trail,
            siblings=siblings,
            previous=previous,
            next=following,
            again_at=tuple(shown_again.get(entry.id, ())),
            related=tuple(by_id[other] for other in node.related),
            figures=tuple(drawn.get(entry.id, ())),
            empty_level=_empty_level(plan, entry),
        )


def _places(
    entries: Iterable[Entry], trail: tuple[Entry, ...], siblings: tuple[Entry, ...]
) -> Iterator[tuple[str, tuple[tuple[Entry, ...], tuple[Entry, ...]]]]:
    """Yield for each node the entries above it and the nearest of those beside it."""
    for place, entry in enumerate(entries):
        if not entry.again:
            yield entry.id, (trail, siblings[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1])
            yield from _places(entry.children, (*trail, entry), entry.children)


def _empty_level(plan: Plan, entry: Entry) -> str:
    """Name the next level where a leaf has nothing on it: said openly instead of an empty list."""
    deeper = entry.level.rank + 1
    return "" if entry.children or deeper >= len(plan.levels) else plan.levels[deeper].name
