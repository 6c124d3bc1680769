"""Addresses of pages that are no more and lead nowhere: each a mistake, with the line to add."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handbook.compare.matching import NodeMatches
from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import Plan, PlanNode
from handbook.patterns import PLAN_FILE


def page_paths(plan: Plan) -> list[str]:
    """Return the paths of the pages that the sources themselves make, in reading order."""
    return list(dict.fromkeys([*(node.path for node in plan.nodes if node.id), *_free_page_paths(plan)]))


def _free_page_paths(plan: Plan) -> list[str]:
    return [f"{leaf.name}.html" for leaf in plan.free_pages]


def _redirect_sources(plan: Plan) -> set[str]:
    """Return the paths that lead on to a page."""
    return {f"{old}.html" for node in plan.nodes for old in node.former_paths}


def missing_redirects(pairs: NodeMatches) -> Iterator[Diagnostic]:
    """Yield a mistake for each address that worked before and would lead nowhere now."""
    alive = {*page_paths(pairs.new_plan.plan), *_redirect_sources(pairs.new_plan.plan)}
    claims: dict[str, list[str]] = {}
    for node in pairs.old_plan.nodes_by_id.values():
        heir = _redirect_target(pairs, node.id)
        dead = [path.removesuffix(".html") for path in (node.path, *_former_paths(node)) if path not in alive]
        if dead and heir:
            claims.setdefault(heir.id, []).extend(dead)
        for path in dead:
            yield _missing_redirect(pairs, node, path, heir, claims)
    for name in _free_page_paths(pairs.old_plan.plan):
        if name not in alive:
            message = f"前からあるページ `{name}` の住所がなくなります"
            hint = f"content/pages/{name.removesuffix('.html')}.md を残し、いまはどこを見ればよいかを書きます"
            yield Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "missing-redirect", message, hint)


def _former_paths(node: PlanNode) -> Iterator[str]:
    return (f"{old}.html" for old in node.former_paths)


def _redirect_target(pairs: NodeMatches, old_id: str) -> PlanNode | None:
    """Return the node that should lead on from an address: itself, its likely successor, or what stood above it."""
    while old_id:
        if (now := pairs.current_id(old_id)) in pairs.new_plan.nodes_by_id:
            return pairs.new_plan.nodes_by_id[now]
        old_id = pairs.old_plan.parent_by_id[old_id]
    return None


def _missing_redirect(
    pairs: NodeMatches, node: PlanNode, path: str, heir: PlanNode | None, claims: dict[str, list[str]]
) -> Diagnostic:
    message = f"{node.level.name}「{node.name}」の住所 `{path}.html` がなくなります"
    if not heir:
        hint = f"引き継ぐ節に `以前のid: [{path}]` と書き足します"
        return Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "missing-redirect", message, hint)
    if node.id in pairs.guessed_new_by_old:
        message = f"おそらく id の変更です（`{node.id}` → `{heir.id}`）。{message}"
    line = _redirect_yaml(heir, claims[heir.id])
    advice = f"「{heir.name}」（id: {heir.id}）に `{line}` と書きます"
    if pairs.current_id(node.id) != heir.id:
        advice += "。ほかの節が引き継ぐなら、その節に書きます"
    return Diagnostic(heir.span, "missing-redirect", message, advice)


def _redirect_yaml(heir: PlanNode, dead: Sequence[str]) -> str:
    """Return the line of plan.yaml that keeps these addresses; one on the same level is written as an id alone."""
    own = f"{heir.level.folder}/"
    return f"以前のid: [{', '.join(path.removeprefix(own) for path in dict.fromkeys((*heir.former_paths, *dead)))}]"
