"""Compare the nodes of two plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from handbook.compare.matching import NodeMatches, PlanLookup
from handbook.compare.order import reading_order_keys, reordered_ids
from handbook.compare.texts import item_texts, value_text
from handbook.compare.word_diff import diff_list, diff_words, normalize
from handbook.field_types import CELL_LIST_TYPES, Field
from handbook.fields import node_fields
from handbook.markdown_reader.places import replace_references
from handbook.model import Change, ChangeKind, PlanNode, Value

ANCESTOR_SEPARATOR = " › "
"""Separates the names of ancestors."""
_NOT_LISTED = frozenset({"id", "kana", "former-ids"})
"""Types of fields that the text of a whole node leaves out."""


@dataclass(frozen=True)
class NodeFact:
    """The values of one node as the site shows them."""

    plan: PlanLookup
    node: PlanNode

    def value(self, field: Field) -> Value | None:
        """Return the value of a field; for 再掲, the ids of the parents under which the node is repeated."""
        if field.type == "repeat":
            return self.plan.repeat_parents.get(self.node.id)
        return self.node.values.get(field.name)

    def text(self, field: Field) -> str:
        """Return the value as one text, or ""."""
        if field.type in ("ids", "repeat"):
            return "、".join(self.items(field))
        return value_text(field, self.value(field))

    def items(self, field: Field) -> tuple[str, ...]:
        """Return the items of a list; ids are replaced by the names of their nodes."""
        texts = item_texts(field, self.value(field))
        return tuple(map(self._name, texts)) if field.type in ("ids", "repeat") else texts

    def shown(self, field: Field) -> str:
        """Return the text with each link `[[…]]` replaced by its words."""
        return replace_references(self.text(field), self._words)

    def _words(self, reference: re.Match[str]) -> str:
        return (reference["words"] or "").strip() or self._name(reference["target"], reference[0])

    def full_text(self) -> str:
        """Return the name and all fields, one per line, as shown for an added or removed node."""
        fields = [field for field in node_fields() if field.type not in _NOT_LISTED and field.kind != "改称"]
        lines = [(field.name, self.shown(field)) for field in fields]
        texts = [f"{name}　{text}" if "\n" not in text else f"{name}\n{text}" for name, text in lines if text]
        return "\n".join([self.node.name, *texts])

    def _name(self, node_id: str, fallback: str = "") -> str:
        node = self.plan.nodes_by_id.get(node_id.strip())
        return node.name if node else fallback or node_id or "いちばん上"


def node_changes(pairs: NodeMatches) -> Iterator[Change]:
    """Yield the changes of all nodes, in reading order."""
    reordered = reordered_ids(pairs)
    moved = {
        new for new, old in pairs.old_id_by_new.items() if _old_parent(pairs, old) != pairs.new_plan.parent_by_id[new]
    }
    keys = reading_order_keys(pairs, reordered | moved)
    for key in sorted(keys, key=lambda key: keys[key]):
        if key.startswith("-"):
            yield _removed(pairs, key[1:])
        elif key not in pairs.old_id_by_new:
            yield _added(pairs, key)
        else:
            yield from _modified(pairs, key, reordered=key in reordered, moved=key in moved)


def _old_parent(pairs: NodeMatches, old_id: str) -> str:
    """Return the parent of a node in the old plan, as its id in the new plan; "" for a root."""
    parent_id = pairs.old_plan.parent_by_id[old_id]
    return pairs.current_id(parent_id) if parent_id else ""


def _node_change(plan: PlanLookup, node: PlanNode, kind: ChangeKind = "事項", key: str = "節") -> Change:
    """Return a change of a node, without its texts."""
    number, ancestors = plan.number_by_id[node.id], plan.ancestor_names(node.id)
    return Change(
        kind=kind,
        key=key,
        id=node.id,
        level=node.level.name,
        name=node.name,
        number=number,
        ancestors=ancestors,
        path=node.path,
        span=node.span,
    )


def _added(pairs: NodeMatches, node_id: str) -> Change:
    node = pairs.new_plan.nodes_by_id[node_id]
    text = NodeFact(pairs.new_plan, node).full_text()
    old_id = pairs.guessed_old_by_new.get(node_id, "")
    remark = f"おそらく id の変更（{old_id} → {node_id}）" if old_id else ""
    return replace(_node_change(pairs.new_plan, node, "新設"), after=text, new_segments=((text, True),), remark=remark)


def _removed(pairs: NodeMatches, node_id: str) -> Change:
    node = pairs.old_plan.nodes_by_id[node_id]
    text = NodeFact(pairs.old_plan, node).full_text()
    target = pairs.redirect_targets.get(node.path.removesuffix(".html"))
    remark = f"前のページは「{target.name}」へ案内します" if target else ""
    if node_id in pairs.guessed_new_by_old:
        remark = f"おそらく id の変更（{node_id} → {pairs.guessed_new_by_old[node_id]}）"
    return replace(_node_change(pairs.old_plan, node, "廃止"), before=text, old_segments=((text, True),), remark=remark)


def _modified(pairs: NodeMatches, node_id: str, *, reordered: bool, moved: bool) -> Iterator[Change]:
    """Yield the changes of a node in both plans."""
    old, new = pairs.old_plan.nodes_by_id[pairs.old_id_by_new[node_id]], pairs.new_plan.nodes_by_id[node_id]
    change = _node_change(pairs.new_plan, new)
    has_new_level = pairs.new_level_by_old.get(old.level.name, old.level.name) != new.level.name
    if moved or has_new_level:
        yield _move_change(change, _location(pairs.old_plan, old), _location(pairs.new_plan, new))
    elif reordered:
        positions = pairs.old_plan.position_by_id[old.id], pairs.new_plan.position_by_id[node_id]
        yield _whole_change(change, "並べ替え", "場所", *(f"{position} 番め" for position in positions))
    if old.id != new.id:
        yield _whole_change(change, "事項", "id", old.id, new.id)
    yield from _field_changes(pairs, change, NodeFact(pairs.old_plan, old), NodeFact(pairs.new_plan, new))
    old_number, new_number = pairs.old_plan.number_by_id[old.id], pairs.new_plan.number_by_id[new.id]
    if old_number != new_number and not (moved or has_new_level or reordered):
        yield _whole_change(change, "番号のみ", "番号", old_number, new_number)


def _location(plan: PlanLookup, node: PlanNode) -> tuple[str, ...]:
    """Return the names of the ancestors of a node, followed by the name of its level."""
    return (*plan.ancestor_names(node.id), node.level.name)


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


def _whole_change(change: Change, kind: ChangeKind, key: str, before: str, after: str) -> Change:
    """Fill in a change whose two sides are marked as a whole."""
    old, new = (((text, True),) if text else () for text in (before, after))
    return replace(change, kind=kind, key=key, before=before, after=after, old_segments=old, new_segments=new)


def _field_changes(pairs: NodeMatches, change: Change, old: NodeFact, new: NodeFact) -> Iterator[Change]:
    """Yield a change for each field that differs."""
    for field in node_fields():
        if field.type == "id":
            continue
        before, after = _comparable_values(pairs, old, new, field)
        if before == after:
            continue
        if isinstance(before, tuple):
            yield _list_change(change, field.name, old.items(field), new.items(field), is_text=field.shown == "fact")
        else:
            yield text_change(change, field.kind, field.name, *_display_texts(old, new, field))


def _comparable_values(pairs: NodeMatches, old: NodeFact, new: NodeFact, field: Field) -> tuple[object, object]:
    """Return the values to compare: texts as typed, lists as tuples, references as ids in the new plan."""
    if field.type == "ids":
        return tuple(map(pairs.current_id, _ids(old, field))), _ids(new, field)
    if field.type == "repeat":
        return tuple(sorted(map(pairs.current_id, _ids(old, field)))), tuple(sorted(_ids(new, field)))
    if field.type == "former-ids":  # its own old path already appears as a change of id or place
        old_path = old.node.path.removesuffix(".html")
        return tuple(sorted(old.items(field))), tuple(sorted(path for path in new.items(field) if path != old_path))
    if field.shown == "fact" or field.type in CELL_LIST_TYPES:
        return old.items(field), new.items(field)
    return old.text(field), new.text(field)


def _ids(text: NodeFact, field: Field) -> tuple[str, ...]:
    return item_texts(field, text.value(field))


def _display_texts(old: NodeFact, new: NodeFact, field: Field) -> tuple[str, str]:
    """Return the two texts with links replaced by words, or as typed if only the links differ."""
    before, after = old.shown(field), new.shown(field)
    return (before, after) if before != after else (old.text(field), new.text(field))


def text_change(change: Change, kind: ChangeKind, key: str, before: str, after: str) -> Change:
    """Fill in a change of a text, with the differing words marked."""
    old, new = diff_words(before, after)
    kind = "表記のみ" if before and after and normalize(before) == normalize(after) else kind
    return replace(change, kind=kind, key=key, before=before, after=after, old_segments=old, new_segments=new)


def _list_change(change: Change, key: str, before: tuple[str, ...], after: tuple[str, ...], *, is_text: bool) -> Change:
    """Fill in a change of a list. If `is_text`, lists that differ only in notation have the kind 表記のみ."""
    old, new = diff_list(before, after)
    is_same = is_text and before and after and list(map(normalize, before)) == list(map(normalize, after))
    return replace(
        change,
        kind="表記のみ" if is_same else "事項",
        key=key,
        before="、".join(before),
        after="、".join(after),
        old_segments=old,
        new_segments=new,
    )
