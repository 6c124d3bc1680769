"""The nodes of two plans → what changed in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from handbook.compare.marks import fold, listed, marked
from handbook.compare.matching import Pairs, Tree
from handbook.compare.order import reading, reordered
from handbook.fields import NODE_FIELDS
from handbook.model import REFERENCE, Amount, Change, Indicator, Kind, Node, Review
from handbook.years import short

KINDS: dict[str, Kind] = {"名称": "改称", "本文": "本文", "注記": "注記"}
"""Keys that have a kind of their own; any other is 事項."""
ABOVE = " › "
"""Between the names of a trail."""
RECORDS = ("予算", "指標", "評価", "リンク")
"""Keys whose values are compared as the texts that tell them."""
_FACTS = [key.name for key in NODE_FIELDS if key.shown == "fact"]


@dataclass(frozen=True)
class Said:
    """All that one node says, each key as a reader sees it, with what it means where that differs."""

    tree: Tree
    node: Node

    def text(self, key: str) -> str:
        """Return what stands under a key, or nothing."""
        node = self.node
        match key:
            case "指標":
                return "\n".join(map(_indicator, node.indicators))
            case "予算":
                return _years(node.budget)
            case "評価":
                return "\n".join(map(_review, node.reviews))
            case "リンク":
                return "\n".join(f"{link.words} {link.href}" for link in node.links)
        if key in ("本文", "注記"):
            prose = node.text if key == "本文" else node.note
            return prose.text.strip("\n") if prose else ""
        return {"名称": node.name, "よみ": node.reading}.get(key) or "、".join(self.words(key))

    def words(self, key: str) -> tuple[str, ...]:
        """Return the items of a list, nodes by their names."""
        if key == "関連":
            return tuple(map(self._name, self.node.related))
        if key == "再掲":
            return tuple(map(self._name, self.tree.again.get(self.node.id, ())))
        if key == "以前のid":
            return self.node.earlier
        return next((fact.values for fact in self.node.facts if fact.name == key), ())

    def shown(self, key: str) -> str:
        """Return a text with its `[[…]]` as a reader sees them."""
        return REFERENCE.sub(lambda found: found["words"] or self._name(found["target"], found[0]), self.text(key))

    def whole(self) -> str:
        """Return everything, a key a line, as the table shows a node that is new or gone."""
        lines = [(key, self.shown(key)) for key in (*_FACTS, *RECORDS, "関連", "本文", "注記", "再掲")]
        said = [f"{key}　{text}" if "\n" not in text else f"{key}\n{text}" for key, text in lines if text]
        return "\n".join([self.node.name, *said])

    def _name(self, node_id: str, otherwise: str = "") -> str:
        node = self.tree.nodes.get(node_id.strip())
        return node.name if node else otherwise or node_id or "いちばん上"


def _indicator(row: Indicator) -> str:
    """Return an indicator on one line."""
    plain = zip(("名称", "単位", "向き"), (row.name, row.unit, row.aim), strict=True)
    baseline = (row.baseline,) if row.baseline else ()
    years = (("基準値", _years(baseline)), ("目標値", _years(row.targets)), ("実績値", _years(row.actuals)))
    said = [(name, value) for name, value in (*plain, *years) if value]
    return "　".join(value if name == "名称" else f"{name} {value}" for name, value in said)


def _years(amounts: Iterable[Amount]) -> str:
    """Return what stands for each year, in one line."""
    return "、".join(f"{short(amount.year)} {amount.words}" for amount in amounts)


def _review(row: Review) -> str:
    """Return how a year was judged, a line for each thing said."""
    said = (row.verdict, *(prose.text.strip("\n") for prose in (row.issue, row.direction) if prose))
    return "\n".join([short(row.year), *filter(None, said)])


def changes(pairs: Pairs) -> Iterator[Change]:
    """Yield what changed in the nodes, in reading order."""
    order = reordered(pairs)
    moved = {new for new, old in pairs.old.items() if _parent(pairs, old) != pairs.after.parents[new]}
    keys = reading(pairs, order | moved)
    for key in sorted(keys, key=lambda key: keys[key]):
        if key.startswith("-"):
            yield _gone(pairs, key[1:])
        elif key not in pairs.old:
            yield _born(pairs, key)
        else:
            yield from _both(pairs, key, reordered=key in order, moved=key in moved)


def _parent(pairs: Pairs, old_id: str) -> str:
    """Return the parent of a node of the old plan, under the id it has now."""
    above = pairs.before.parents[old_id]
    return pairs.known(above) if above else ""


def _of(tree: Tree, node: Node, kind: Kind = "事項", key: str = "節") -> Change:
    """Return a change of a node, to be filled in."""
    number, trail = tree.numbers[node.id], tree.trail(node.id)
    return Change(
        kind, key, node.id, node.level.name, node.name, number, trail, node.path, "", "", (), (), "", node.place
    )


def _born(pairs: Pairs, node_id: str) -> Change:
    node = pairs.after.nodes[node_id]
    said = Said(pairs.after, node).whole()
    was = pairs.guessed.get(node_id, "")
    remark = f"おそらく id の変更（{was} → {node_id}）" if was else ""
    return replace(_of(pairs.after, node, "新設"), after=said, new=((said, True),), remark=remark)


def _gone(pairs: Pairs, node_id: str) -> Change:
    node = pairs.before.nodes[node_id]
    said = Said(pairs.before, node).whole()
    heir = pairs.heirs.get(node.path.removesuffix(".html"))
    remark = f"前のページは「{heir.name}」へ案内します" if heir else ""
    if node_id in pairs.guesses:
        remark = f"おそらく id の変更（{node_id} → {pairs.guesses[node_id]}）"
    return replace(_of(pairs.before, node, "廃止"), before=said, old=((said, True),), remark=remark)


def _both(pairs: Pairs, node_id: str, *, reordered: bool, moved: bool) -> Iterator[Change]:
    """Yield what changed in a node that both plans have."""
    was, now = pairs.before.nodes[pairs.old[node_id]], pairs.after.nodes[node_id]
    change = _of(pairs.after, now)
    relevelled = pairs.levels.get(was.level.name, was.level.name) != now.level.name
    if moved or relevelled:
        yield _moved(change, _where(pairs.before, was), _where(pairs.after, now))
    elif reordered:
        places = pairs.before.places[was.id], pairs.after.places[node_id]
        yield _filled(change, "並べ替え", "場所", *(f"{place} 番め" for place in places))
    if was.id != now.id:
        yield _filled(change, "事項", "id", was.id, now.id)
    yield from _keys(pairs, change, Said(pairs.before, was), Said(pairs.after, now))
    old, new = pairs.before.numbers[was.id], pairs.after.numbers[now.id]
    if old != new and not (moved or relevelled or reordered):
        yield _filled(change, "番号のみ", "番号", old, new)


def _where(tree: Tree, node: Node) -> tuple[str, ...]:
    """Say where a node stands: under what, on which level."""
    return (*tree.trail(node.id), node.level.name)


def _moved(change: Change, before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    old, new = listed(before, after, ABOVE)
    return replace(
        change, kind="移動", key="場所", before=ABOVE.join(before), after=ABOVE.join(after), old=old, new=new
    )


def _filled(change: Change, kind: Kind, key: str, before: str, after: str) -> Change:
    """Fill a change whose two sides are shown whole."""
    sides = (((text, True),) if text else () for text in (before, after))
    old, new = sides
    return replace(change, kind=kind, key=key, before=before, after=after, old=old, new=new)


def _keys(pairs: Pairs, change: Change, was: Said, now: Said) -> Iterator[Change]:
    """Yield the keys that differ."""
    for key in ("名称", "よみ", "本文", *_FACTS, "関連", "注記", "以前のid", *RECORDS, "再掲"):
        before, after = _meant(pairs, was, now, key)
        if before == after:
            continue
        if isinstance(before, tuple) and isinstance(after, tuple):
            yield _list(change, key, was.words(key), now.words(key), meant=key in _FACTS)
        else:
            yield texts(change, KINDS.get(key, "事項"), key, *_readable(was, now, key))


def _meant(pairs: Pairs, was: Said, now: Said, key: str) -> tuple[object, object]:
    """Return what is compared: texts as typed, lists by item, nodes by their ids of today."""
    if key == "関連":
        return tuple(map(pairs.known, was.node.related)), now.node.related
    if key == "再掲":
        known = (pairs.known(above) for above in pairs.before.again.get(was.node.id, ()))
        return tuple(sorted(known)), tuple(sorted(pairs.after.again.get(now.node.id, ())))
    if key == "以前のid":  # the address that it gave up just now is told as a change of its id or place
        own = was.node.path.removesuffix(".html")
        return tuple(sorted(was.node.earlier)), tuple(sorted(old for old in now.node.earlier if old != own))
    if key in _FACTS:
        return was.words(key), now.words(key)
    return was.text(key), now.text(key)


def _readable(was: Said, now: Said, key: str) -> tuple[str, str]:
    """Return the two texts with links as words, unless only the links differ."""
    before, after = was.shown(key), now.shown(key)
    return (before, after) if before != after else (was.text(key), now.text(key))


def texts(change: Change, kind: Kind, key: str, before: str, after: str) -> Change:
    """Fill a change of a text, its words marked."""
    old, new = marked(before, after)
    kind = "表記のみ" if before and after and fold(before) == fold(after) else kind
    return replace(change, kind=kind, key=key, before=before, after=after, old=old, new=new)


def _list(change: Change, key: str, before: tuple[str, ...], after: tuple[str, ...], *, meant: bool) -> Change:
    """Fill a change of a list; `meant` where its items are words and may differ in their spelling only."""
    old, new = listed(before, after)
    same = meant and before and after and list(map(fold, before)) == list(map(fold, after))
    told = "、".join(before), "、".join(after)
    return replace(
        change, kind="表記のみ" if same else "事項", key=key, before=told[0], after=told[1], old=old, new=new
    )
