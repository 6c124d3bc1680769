"""Addresses of pages that are no more and lead nowhere: each a mistake, with the line to add."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handbook.compare.matching import Pairs
from handbook.mistakes import Mistake, Place
from handbook.model import Node, Plan
from handbook.patterns import PLAN_FILE


def pages(plan: Plan) -> list[str]:
    """Return the paths of the pages that the sources themselves make, in reading order."""
    return list(dict.fromkeys([*(node.path for node in plan.nodes if node.id), *_leaves(plan)]))


def _leaves(plan: Plan) -> list[str]:
    return [f"{leaf.name}.html" for leaf in plan.leaves]


def _led(plan: Plan) -> set[str]:
    """Return the paths that lead on to a page."""
    return {f"{old}.html" for node in plan.nodes for old in node.earlier}


def dying(pairs: Pairs) -> Iterator[Mistake]:
    """Yield a mistake for each address that worked before and would lead nowhere now."""
    alive = {*pages(pairs.after.plan), *_led(pairs.after.plan)}
    claims: dict[str, list[str]] = {}
    for node in pairs.before.nodes.values():
        heir = _heir(pairs, node.id)
        dead = [path.removesuffix(".html") for path in (node.path, *_earlier(node)) if path not in alive]
        if dead and heir:
            claims.setdefault(heir.id, []).extend(dead)
        for path in dead:
            yield _dead(pairs, node, path, heir, claims)
    for name in _leaves(pairs.before.plan):
        if name not in alive:
            message = f"前からあるページ `{name}` の住所がなくなります"
            hint = f"content/pages/{name.removesuffix('.html')}.md を残し、いまはどこを見ればよいかを書きます"
            yield Mistake(Place(PLAN_FILE, 1, 1), "dead-address", message, hint)


def _earlier(node: Node) -> Iterator[str]:
    return (f"{old}.html" for old in node.earlier)


def _heir(pairs: Pairs, old_id: str) -> Node | None:
    """Return the node that should lead on from an address: itself, its likely successor, or what stood above it."""
    while old_id:
        if (now := pairs.known(old_id)) in pairs.after.nodes:
            return pairs.after.nodes[now]
        old_id = pairs.before.parents[old_id]
    return None


def _dead(pairs: Pairs, node: Node, path: str, heir: Node | None, claims: dict[str, list[str]]) -> Mistake:
    message = f"{node.level.name}「{node.name}」の住所 `{path}.html` がなくなります"
    if not heir:
        hint = f"引き継ぐ節に `以前のid: [{path}]` と書き足します"
        return Mistake(Place(PLAN_FILE, 1, 1), "dead-address", message, hint)
    if node.id in pairs.guesses:
        message = f"おそらく id の変更です（`{node.id}` → `{heir.id}`）。{message}"
    line = _line(heir, claims[heir.id])
    advice = f"「{heir.name}」（id: {heir.id}）に `{line}` と書きます"
    if pairs.known(node.id) != heir.id:
        advice += "。ほかの節が引き継ぐなら、その節に書きます"
    return Mistake(heir.place, "dead-address", message, advice)


def _line(heir: Node, dead: Sequence[str]) -> str:
    """Return the line of plan.yaml that keeps these addresses; one on the same level is written as an id alone."""
    own = f"{heir.level.path}/"
    return f"以前のid: [{', '.join(path.removeprefix(own) for path in dict.fromkeys((*heir.earlier, *dead)))}]"
