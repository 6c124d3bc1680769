"""The nodes of two plans → what changed in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from handbook.compare.matching import NodeMatches, PlanLookup
from handbook.compare.order import reading_order_keys, reordered_ids
from handbook.compare.texts import item_texts, value_text
from handbook.compare.word_diff import diff_list, diff_words, normalize
from handbook.field_types import LIST_TYPES, Field
from handbook.fields import node_fields
from handbook.model import WIKI_LINK, Change, ChangeKind, PlanNode, Value

ANCESTOR_SEPARATOR = " › "
"""Between the names of a trail."""
_NOT_LISTED = frozenset({"id", "kana", "old-ids"})
"""Types that are left out where a whole node is shown."""


@dataclass(frozen=True)
class NodeText:
    """The values of one node as a reader sees them."""

    tree: PlanLookup
    node: PlanNode

    def value(self, field: Field) -> Value | None:
        """Return the value of a field; for 再掲, the ids of the parents under which the node is repeated."""
        if field.type == "again":
            return self.tree.repeat_parents.get(self.node.id)
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
        return WIKI_LINK.sub(lambda found: found["words"] or self._name(found["target"], found[0]), self.text(field))

    def whole(self) -> str:
        """Return everything, a field a line, as the table shows a node that is new or gone."""
        fields = [field for field in node_fields() if field.type not in _NOT_LISTED and field.kind != "改称"]
        lines = [(field.name, self.shown(field)) for field in fields]
        said = [f"{name}　{text}" if "\n" not in text else f"{name}\n{text}" for name, text in lines if text]
        return "\n".join([self.node.name, *said])

    def _name(self, node_id: str, otherwise: str = "") -> str:
        node = self.tree.nodes_by_id.get(node_id.strip())
        return node.name if node else otherwise or node_id or "いちばん上"


def node_changes(pairs: NodeMatches) -> Iterator[Change]:
    """Yield what changed in the nodes, in reading order."""
    order = reordered_ids(pairs)
    moved = {new for new, old in pairs.old_id_by_new.items() if _parent(pairs, old) != pairs.new_plan.parent_by_id[new]}
    keys = reading_order_keys(pairs, order | moved)
    for key in sorted(keys, key=lambda key: keys[key]):
        if key.startswith("-"):
            yield _removed(pairs, key[1:])
        elif key not in pairs.old_id_by_new:
            yield _added(pairs, key)
        else:
            yield from _modified(pairs, key, reordered=key in order, moved=key in moved)


def _parent(pairs: NodeMatches, old_id: str) -> str:
    """Return the parent of a node of the old plan, under the id it has now."""
    above = pairs.old_plan.parent_by_id[old_id]
    return pairs.current_id(above) if above else ""


def _node_change(tree: PlanLookup, node: PlanNode, kind: ChangeKind = "事項", key: str = "節") -> Change:
    """Return a change of a node, to be filled in."""
    number, trail = tree.number_by_id[node.id], tree.ancestor_names(node.id)
    return Change(
        kind=kind,
        key=key,
        id=node.id,
        level=node.level.name,
        name=node.name,
        number=number,
        ancestors=trail,
        path=node.path,
        span=node.span,
    )


def _added(pairs: NodeMatches, node_id: str) -> Change:
    node = pairs.new_plan.nodes_by_id[node_id]
    said = NodeText(pairs.new_plan, node).whole()
    was = pairs.guessed_old_by_new.get(node_id, "")
    remark = f"おそらく id の変更（{was} → {node_id}）" if was else ""
    return replace(_node_change(pairs.new_plan, node, "新設"), after=said, new_segments=((said, True),), remark=remark)


def _removed(pairs: NodeMatches, node_id: str) -> Change:
    node = pairs.old_plan.nodes_by_id[node_id]
    said = NodeText(pairs.old_plan, node).whole()
    heir = pairs.redirect_targets.get(node.path.removesuffix(".html"))
    remark = f"前のページは「{heir.name}」へ案内します" if heir else ""
    if node_id in pairs.guessed_new_by_old:
        remark = f"おそらく id の変更（{node_id} → {pairs.guessed_new_by_old[node_id]}）"
    return replace(_node_change(pairs.old_plan, node, "廃止"), before=said, old_segments=((said, True),), remark=remark)


def _modified(pairs: NodeMatches, node_id: str, *, reordered: bool, moved: bool) -> Iterator[Change]:
    """Yield what changed in a node that both plans have."""
    was, now = pairs.old_plan.nodes_by_id[pairs.old_id_by_new[node_id]], pairs.new_plan.nodes_by_id[node_id]
    change = _node_change(pairs.new_plan, now)
    relevelled = pairs.new_level_by_old.get(was.level.name, was.level.name) != now.level.name
    if moved or relevelled:
        yield _move_change(change, _location(pairs.old_plan, was), _location(pairs.new_plan, now))
    elif reordered:
        places = pairs.old_plan.position_by_id[was.id], pairs.new_plan.position_by_id[node_id]
        yield _with_sides(change, "並べ替え", "場所", *(f"{place} 番め" for place in places))
    if was.id != now.id:
        yield _with_sides(change, "事項", "id", was.id, now.id)
    yield from _field_changes(pairs, change, NodeText(pairs.old_plan, was), NodeText(pairs.new_plan, now))
    old, new = pairs.old_plan.number_by_id[was.id], pairs.new_plan.number_by_id[now.id]
    if old != new and not (moved or relevelled or reordered):
        yield _with_sides(change, "番号のみ", "番号", old, new)


def _location(tree: PlanLookup, node: PlanNode) -> tuple[str, ...]:
    """Say where a node stands: under what, on which level."""
    return (*tree.ancestor_names(node.id), node.level.name)


def _move_change(change: Change, before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    old, new = diff_list(before, after, ANCESTOR_SEPARATOR)
    return replace(
        change,
        kind="移動",
        key="場所",
        before=ANCESTOR_SEPARATOR.join(before),
        after=ANCESTOR_SEPARATOR.join(after),
        old_segments=old,
        new_segments=new,
    )


def _with_sides(change: Change, kind: ChangeKind, key: str, before: str, after: str) -> Change:
    """Fill a change whose two sides are shown whole."""
    sides = (((text, True),) if text else () for text in (before, after))
    old, new = sides
    return replace(change, kind=kind, key=key, before=before, after=after, old_segments=old, new_segments=new)


def _field_changes(pairs: NodeMatches, change: Change, was: NodeText, now: NodeText) -> Iterator[Change]:
    """Yield the fields that differ."""
    for field in node_fields():
        if field.type == "id":
            continue
        before, after = _compared(pairs, was, now, field)
        if before == after:
            continue
        if isinstance(before, tuple):
            yield _list_change(change, field.name, was.items(field), now.items(field), meant=field.shown == "fact")
        else:
            yield text_change(change, field.kind, field.name, *_display_texts(was, now, field))


def _compared(pairs: NodeMatches, was: NodeText, now: NodeText, field: Field) -> tuple[object, object]:
    """Return what is compared: texts as typed, lists by item, nodes by their ids of today."""
    if field.type == "ids":
        return tuple(map(pairs.current_id, _ids(was, field))), _ids(now, field)
    if field.type == "again":
        return tuple(sorted(map(pairs.current_id, _ids(was, field)))), tuple(sorted(_ids(now, field)))
    if field.type == "old-ids":  # the path that it had until now is shown as a change of its id or place
        own = was.node.path.removesuffix(".html")
        return tuple(sorted(was.items(field))), tuple(sorted(old for old in now.items(field) if old != own))
    if field.shown == "fact" or field.type in LIST_TYPES:
        return was.items(field), now.items(field)
    return was.text(field), now.text(field)


def _ids(text: NodeText, field: Field) -> tuple[str, ...]:
    return item_texts(field, text.value(field))


def _display_texts(was: NodeText, now: NodeText, field: Field) -> tuple[str, str]:
    """Return the two texts with links as words, unless only the links differ."""
    before, after = was.shown(field), now.shown(field)
    return (before, after) if before != after else (was.text(field), now.text(field))


def text_change(change: Change, kind: ChangeKind, key: str, before: str, after: str) -> Change:
    """Fill a change of a text, its words marked."""
    old, new = diff_words(before, after)
    kind = "表記のみ" if before and after and normalize(before) == normalize(after) else kind
    return replace(change, kind=kind, key=key, before=before, after=after, old_segments=old, new_segments=new)


def _list_change(change: Change, key: str, before: tuple[str, ...], after: tuple[str, ...], *, meant: bool) -> Change:
    """Fill a change of a list; `meant` where its items are words and may differ in their spelling only."""
    old, new = diff_list(before, after)
    same = meant and before and after and list(map(normalize, before)) == list(map(normalize, after))
    told = "、".join(before), "、".join(after)
    return replace(
        change,
        kind="表記のみ" if same else "事項",
        key=key,
        before=told[0],
        after=told[1],
        old_segments=old,
        new_segments=new,
    )
