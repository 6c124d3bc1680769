"""The page of each node, with all that it shows of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handbook.fields import node_fields
from handbook.model import Entry, Figure, Node, NodePage, Plan, Prose, pattern
from handbook.route.figures import shown_on
from handbook.route.records import Records, budget

LONGEST_ABOUT = 160
"""Characters of a description: what search engines show."""
NEIGHBOURS = 12
"""Entries beside it that a page lists on either side; its parent's page lists all."""


def pages(plan: Plan, roots: tuple[Entry, ...], figures: tuple[Figure, ...], records: Records) -> Iterator[NodePage]:
    """Yield the page of every node, in reading order."""
    own = list(records.own)
    by_id = {entry.id: entry for entry in own}
    shown_again: dict[str, list[Entry]] = {}
    for entry in own:
        for child in entry.children:
            if child.again:
                shown_again.setdefault(child.id, []).append(entry)
    drawn = shown_on(figures)
    terms = {term.name: term for term in plan.terms}
    explained = pattern(terms)
    beside = zip([None, *own[:-1]], own, [*own[1:], None], strict=True)
    places = dict(_places(roots, (), roots))
    for previous, entry, following in beside:
        trail, siblings = places[entry.id]
        node = entry.node
        yield NodePage(
            template="node.html",
            path=entry.path,
            title=node.name,
            prose=dict(_prose(node)),
            entry=entry,
            trail=trail,
            siblings=siblings,
            previous=previous,
            next=following,
            again_at=tuple(shown_again.get(entry.id, ())),
            related=tuple(by_id[other] for other in node.related),
            description=_about(plan, entry, trail),
            label=node.name,
            figures=drawn.get(entry.id, ()),
            terms=tuple(terms[name] for name in dict.fromkeys(explained.findall(node.name))) if explained else (),
            empty_level=_empty_level(plan, entry),
            facts=records.facts(entry),
            gauges=records.gauges[entry.id],
            budget=budget(entry),
            tally=records.tally(entry.children) if records.recorded and entry.children else None,
        )


def _prose(node: Node) -> Iterator[tuple[str, Prose]]:
    """Yield the texts of a node by their names in templates; those of a year end in the year."""
    for field in node_fields():
        value = node.values.get(field.name)
        if isinstance(value, Prose):
            yield field.text_key, value
    for field in node_fields():
        for record in node.year_records(field.name):
            for part in field.per_year.subfields if field.per_year else ():
                text = record.values.get(part.name)
                if isinstance(text, Prose):
                    yield f"{part.text_key}-{record.year}", text


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


def _about(plan: Plan, entry: Entry, trail: tuple[Entry, ...]) -> str:
    """Describe a node by its place and what is in it."""
    place = "、".join(f"{above.level.name}「{above.name}」" for above in trail if above.branch)
    told = f"{plan.name}の{entry.level.name}「{entry.name}」です。" + (f"{place}の中にあります。" if place else "")
    told += f"内容は、{'、'.join(child.name for child in entry.children)}。" if entry.children else ""
    return told if len(told) <= LONGEST_ABOUT else told[: LONGEST_ABOUT - 1] + "…"
