"""Find pages that were removed without a redirect. Each is an error whose hint is the line to add."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handbook.compare.matching import NodeMatches
from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import ENDED_TEXT, Plan, PlanNode, former_address_hint
from handbook.patterns import PLAN_FILE


def page_paths(plan: Plan) -> list[str]:
    """Return the paths of the pages of the nodes and of the free pages, in reading order."""
    return list(dict.fromkeys([*(node.path for node in plan.nodes if node.id), *_free_page_paths(plan)]))


def _free_page_paths(plan: Plan) -> list[str]:
    return [f"{page.name}.html" for page in plan.free_pages]


def _redirect_sources(plan: Plan) -> set[str]:
    """Return the paths that redirect to a page or show what became of theirs."""
    typed = {address.path for address in plan.former_addresses}
    return typed | {f"{old}.html" for node in plan.nodes for old in node.former_paths}


def missing_redirects(pairs: NodeMatches) -> Iterator[Diagnostic]:
    """Yield an error for each path that existed or redirected in the old plan and does neither in the new one."""
    reachable = {*page_paths(pairs.new_plan.plan), *_redirect_sources(pairs.new_plan.plan)}
    paths_by_target: dict[str, list[str]] = {}
    missing: list[tuple[PlanNode, str, PlanNode | None]] = []
    for node in pairs.old_plan.nodes_by_id.values():
        target = _redirect_target(pairs, node.id)
        paths = [path.removesuffix(".html") for path in (node.path, *_former_paths(node)) if path not in reachable]
        if target:
            paths_by_target.setdefault(target.id, []).extend(path for path in paths if _has_level(pairs, path))
        missing += [(node, path, target) for path in paths]
    for node, path, target in missing:  # each hint has all paths that lead to its node, so that one edit is enough
        yield _missing_redirect(pairs, node, path, target, paths_by_target)
    old_plan = pairs.old_plan.plan
    others = {address.path: address.target for address in old_plan.former_addresses if address.target in reachable}
    for path in (*_free_page_paths(old_plan), *(address.path for address in old_plan.former_addresses)):
        if path not in reachable:
            message = f"前からあるページ `{path}` の住所がなくなります"
            hint = _row_hint(pairs, path, others.get(path, ENDED_TEXT))
            yield Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "missing-redirect", message, hint)


def _row_hint(pairs: NodeMatches, path: str, target: str) -> str:
    return former_address_hint(path, target, in_braces=pairs.new_plan.plan.new_field_place is None)


def _has_level(pairs: NodeMatches, path: str) -> bool:
    """Return whether the folder of a path is still that of a level, so that 以前のid can contain the path."""
    return path.partition("/")[0] in {level.folder for level in pairs.new_plan.plan.levels}


def _former_paths(node: PlanNode) -> Iterator[str]:
    return (f"{old}.html" for old in node.former_paths)


def _redirect_target(pairs: NodeMatches, old_id: str) -> PlanNode | None:
    """Return the node for the redirect: the same node, its probable successor or its nearest former ancestor."""
    while old_id:
        if (new_id := pairs.current_id(old_id)) in pairs.new_plan.nodes_by_id:
            return pairs.new_plan.nodes_by_id[new_id]
        old_id = pairs.old_plan.parent_by_id[old_id]
    return None


def _missing_redirect(
    pairs: NodeMatches, node: PlanNode, path: str, target: PlanNode | None, paths_by_target: dict[str, list[str]]
) -> Diagnostic:
    message = f"{node.level.name}「{node.name}」の住所 `{path}.html` がなくなります"
    if not target or not _has_level(pairs, path):
        hint = _row_hint(pairs, f"{path}.html", target.path if target else ENDED_TEXT)
        return Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "missing-redirect", message, hint)
    if node.id in pairs.guessed_new_by_old:
        message = f"おそらく id の変更です（`{node.id}` → `{target.id}`）。{message}"
    line = _redirect_yaml(target, paths_by_target[target.id])
    verb = "の `以前のid` の行を" if target.former_paths else "に"
    hint = f"「{target.name}」（id: {target.id}）{verb} `{line}` と{'します' if target.former_paths else '書きます'}"
    if pairs.current_id(node.id) != target.id:
        hint += "。ほかの節が引き継ぐなら、その節に書きます"
    return Diagnostic(target.span, "missing-redirect", message, hint)


def _redirect_yaml(target: PlanNode, missing: Sequence[str]) -> str:
    """Return the line of plan.yaml with these redirects. A path on the level of the node is written as its id alone."""
    paths = dict.fromkeys((*target.former_paths, *missing))
    return f"以前のid: [{', '.join(path.removeprefix(f'{target.level.folder}/') for path in paths)}]"
