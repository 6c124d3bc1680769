"""The page of each node, with links to its neighbours in the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from handbook.fields import node_fields
from handbook.model import Markdown, NodePage, Plan, PlanNode, TermFinder, Totals, TreeNode, plan_term_finder
from handbook.site.diagram_specs import NO_DIAGRAMS, NodeDiagrams
from handbook.site.metrics import NodeMetrics
from handbook.site.tree import Tree

MAX_DESCRIPTION_CHARS = 160
"""Longest description; search engines show no more."""
MAX_SHOWN_SIBLINGS = 12
"""Most siblings on either side; the page of the parent lists all of them."""


def node_pages(
    plan: Plan,
    tree: Tree,
    metrics: tuple[NodeMetrics, ...],
    totals_below: Mapping[str, Totals],
    diagrams: Mapping[str, NodeDiagrams],
) -> Iterator[NodePage]:
    """Yield the page of each node, in reading order."""
    by_id = {node.id: node for node in tree.nodes}
    repeat_parents = _repeat_parents(tree.nodes)
    terms = {term.name: term for term in plan.terms}
    term_finder = plan_term_finder(plan)
    families = dict(_ancestors_and_siblings(tree.roots, (), tree.roots))
    for before, current, after in zip([None, *metrics[:-1]], metrics, [*metrics[1:], None], strict=True):
        node, source = current.node, current.source
        ancestors, siblings = families[node.id]
        node_diagrams = diagrams.get(node.id, NO_DIAGRAMS)
        yield NodePage(
            template="node.html",
            path=node.path,
            title=node.name,
            prose=dict(_named_texts(source)),
            description=_node_description(plan, node, ancestors),
            label=node.name,
            node=node,
            breadcrumbs=ancestors,
            siblings=siblings,
            previous=before.node if before else None,
            next=after.node if after else None,
            repeat_parents=tuple(repeat_parents.get(node.id, ())),
            related=tuple(by_id[other] for other in source.related_ids),
            wide_diagram=node_diagrams.wide,
            narrow_diagrams=node_diagrams.narrow,
            terms=tuple(terms[name] for name in _term_names(term_finder, node.name)),
            missing_child_level=_missing_child_level(plan, node),
            facts=current.facts,
            indicators=current.indicators,
            budget=current.budget,
            totals=totals_below.get(node.id),
        )


def _term_names(finder: TermFinder, name: str) -> Iterable[str]:
    """Return the different terms in the name of a node, in order."""
    return dict.fromkeys(found.name for found in finder.find(name, in_compounds=True))


def _repeat_parents(nodes: Iterable[TreeNode]) -> Mapping[str, list[TreeNode]]:
    """Return the parents that repeat a node, by the id of the node."""
    parents: dict[str, list[TreeNode]] = {}
    for node in nodes:
        for child in node.children:
            if child.is_repeat:
                parents.setdefault(child.id, []).append(node)
    return parents


def _named_texts(source: PlanNode) -> Iterator[tuple[str, Markdown]]:
    """Yield the texts of a node with their names in templates. The name of a text of one year ends in the year."""
    for field in node_fields():
        value = source.values.get(field.name)
        if isinstance(value, Markdown):
            yield field.text_key, value
    for field in node_fields():
        for record in source.year_records(field.name):
            for subfield in field.per_year.subfields if field.per_year else ():
                text = record.values.get(subfield.name)
                if isinstance(text, Markdown):
                    yield f"{subfield.text_key}-{record.year}", text


def _ancestors_and_siblings(
    nodes: tuple[TreeNode, ...], ancestors: tuple[TreeNode, ...], siblings: tuple[TreeNode, ...]
) -> Iterator[tuple[str, tuple[tuple[TreeNode, ...], tuple[TreeNode, ...]]]]:
    """Yield the id of each node with its ancestors, outermost first, and its nearest siblings including itself."""
    for index, node in enumerate(nodes):
        if not node.is_repeat:
            nearest = siblings[max(0, index - MAX_SHOWN_SIBLINGS) : index + MAX_SHOWN_SIBLINGS + 1]
            yield node.id, (ancestors, nearest)
            yield from _ancestors_and_siblings(node.children, (*ancestors, node), node.children)


def _missing_child_level(plan: Plan, node: TreeNode) -> str:
    """Return the name of the level below if the node is a leaf and has such a level; else an empty string."""
    rank = node.level.rank + 1
    return "" if node.children or rank >= len(plan.levels) else plan.levels[rank].name


def _node_description(plan: Plan, node: TreeNode, ancestors: tuple[TreeNode, ...]) -> str:
    """Return a description with the node's ancestors and children, for search engines and previews."""
    named = "、".join(f"{node.level.name}「{node.name}」" for node in ancestors if node.branch_ordinal)
    text = f"{plan.name}の{node.level.name}「{node.name}」です。" + (f"{named}の中にあります。" if named else "")
    text += f"内容は、{'、'.join(child.name for child in node.children)}。" if node.children else ""
    return text if len(text) <= MAX_DESCRIPTION_CHARS else text[: MAX_DESCRIPTION_CHARS - 1] + "…"
