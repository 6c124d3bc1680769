"""The nodes of two plans → what changed in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from handbook.compare.marks import fold, listed, marked
from handbook.compare.matching import Pairs, Tree
from handbook.compare.order import reading, reordered
from handbook.compare.texts import item_texts, value_text
from handbook.field_types import LIST_TYPES, Field
from handbook.fields import node_fields
from handbook.model import REFERENCE, Change, Kind, Node, Value

ABOVE = " › "
"""Between the names of a trail."""
_NOT_LISTED = frozenset({"id", "kana", "old-ids"})
"""Types that are left out where a whole node is shown."""


@dataclass(frozen=True)
class NodeText:
    """The values of one node as a reader sees them."""

    tree: Tree
    node: Node

    def value(self, field: Field) -> Value | None:
        """Return the value of a field; for 再掲, the ids of the parents under which the node is repeated."""
        if field.type == "again":
            return self.tree.again.get(self.node.id)
        return self.node.values.get(field.name)

    def text(self, field: Field) -> str:
        """Return the value as one text, or ""."""
        if field.type in ("ids", "again"):
            return "、".join(self.items(field))
        return value_text(field, self.value(field))

    def items(self, field: Field) -> tuple[str, ...]:
        """Return the items of a list, nodes by their names."""
        texts = item_texts(field, self.value(field))
        return tuple(map(self._name, texts)) if field.type in ("ids", "again") else texts

    def shown(self, field: Field) -> str:
        """Return a text with its `[[…]]` as a reader sees them."""
        return REFERENCE.sub(lambda found: found["words"] or self._name(found["target"], found[0]), self.text(field))

    def whole(self) -> str:
        """Return everything, a field a line, as the table shows a node that is new or gone."""
        fields = [field for field in node_fields() if field.type not in _NOT_LISTED and field.kind != "改称"]
        lines = [(field.name, self.shown(field)) for field in fields]
        said = [f"{name}　{text}" if "\n" not in text else f"{name}\n{text}" for name, text in lines if text]
        return "\n".join([self.node.name, *said])

    def _name(self, node_id: str, otherwise: str = "") -> str:
        node = self.tree.nodes.get(node_id.strip())
        return node.name if node else otherwise or node_id or "いちばん上"


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
        kind=kind,
        key=key,
        id=node.id,
        level=node.level.name,
        name=node.name,
        number=number,
        trail=trail,
        path=node.path,
        place=node.place,
    )


def _born(pairs: Pairs, node_id: str) -> Change:
    node = pairs.after.nodes[node_id]
    said = NodeText(pairs.after, node).whole()
    was = pairs.guessed.get(node_id, "")
    remark = f"おそらく id の変更（{was} → {node_id}）" if was else ""
    return replace(_of(pairs.after, node, "新設"), after=said, new=((said, True),), remark=remark)


def _gone(pairs: Pairs, node_id: str) -> Change:
    node = pairs.before.nodes[node_id]
    said = NodeText(pairs.before, node).whole()
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
    yield from _keys(pairs, change, NodeText(pairs.before, was), NodeText(pairs.after, now))
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


def _keys(pairs: Pairs, change: Change, was: NodeText, now: NodeText) -> Iterator[Change]:
    """Yield the fields that differ."""
    for field in node_fields():
        if field.type == "id":
            continue
        before, after = _compared(pairs, was, now, field)
        if before == after:
            continue
        if isinstance(before, tuple):
            yield _list(change, field.name, was.items(field), now.items(field), meant=field.shown == "fact")
        else:
            yield texts(change, field.kind, field.name, *_readable(was, now, field))


def _compared(pairs: Pairs, was: NodeText, now: NodeText, field: Field) -> tuple[object, object]:
    """Return what is compared: texts as typed, lists by item, nodes by their ids of today."""
    if field.type == "ids":
        return tuple(map(pairs.known, _ids(was, field))), _ids(now, field)
    if field.type == "again":
        return tuple(sorted(map(pairs.known, _ids(was, field)))), tuple(sorted(_ids(now, field)))
    if field.type == "old-ids":  # the path that it had until now is shown as a change of its id or place
        own = was.node.path.removesuffix(".html")
        return tuple(sorted(was.items(field))), tuple(sorted(old for old in now.items(field) if old != own))
    if field.shown == "fact" or field.type in LIST_TYPES:
        return was.items(field), now.items(field)
    return was.text(field), now.text(field)


def _ids(text: NodeText, field: Field) -> tuple[str, ...]:
    return item_texts(field, text.value(field))


def _readable(was: NodeText, now: NodeText, field: Field) -> tuple[str, str]:
    """Return the two texts with links as words, unless only the links differ."""
    before, after = was.shown(field), now.shown(field)
    return (before, after) if before != after else (was.text(field), now.text(field))


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
