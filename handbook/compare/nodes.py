"""Compare the nodes of two plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from handbook.compare.as_read import marked_line, text_lines
from handbook.compare.matching import NodeMatches, PlanLookup
from handbook.compare.order import reading_order_keys, reordered_ids
from handbook.compare.texts import Converter, as_typed, item_texts, value_text
from handbook.compare.word_diff import diff_list, diff_words, normalize
from handbook.field_types import CELL_LIST_TYPES, TEXT_TYPES, Field
from handbook.fields import node_fields
from handbook.model import Change, ChangeKind, PlanNode, Value

ANCESTOR_SEPARATOR = " › "
"""Separates the names of ancestors."""


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
        """Return the value as one text as typed, or ""."""
        return self._text(field, as_typed)

    def shown(self, field: Field) -> str:
        """Return the text as readers see it, each line of Markdown with the mark of its kind."""
        return self._text(field, self.plan.as_read)

    def _text(self, field: Field, convert: Converter) -> str:
        if field.type in ("ids", "repeat"):
            return "、".join(self.items(field))
        return value_text(field, self.value(field), convert)

    def items(self, field: Field) -> tuple[str, ...]:
        """Return the items of a list; ids are replaced by the names of their nodes."""
        texts = item_texts(field, self.value(field))
        return tuple(map(self._name, texts)) if field.type in ("ids", "repeat") else texts

    def full_text(self, convert: Converter) -> str:
        """Return the name and all fields, one per line, as shown for an added or removed node."""
        fields = [field for field in node_fields() if not field.is_technical and field.kind != "改称"]
        lines = [(field, self._text(field, convert)) for field in fields]
        texts = [_labelled(field, text) for field, text in lines if text]
        return "\n".join([self.node.name, *texts])

    def _name(self, node_id: str) -> str:
        return self.plan.name_of(node_id) or node_id or "いちばん上"


def _labelled(field: Field, text: str) -> str:
    """Return the text of a field after its name, which has a line of its own before a text of several lines."""
    is_block = "\n" in text or field.type in TEXT_TYPES
    return f"{marked_line('label', field.name)}\n{text}" if is_block else f"{field.name}　{text}"


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
    fact = NodeFact(pairs.new_plan, node)
    old_id = pairs.guessed_old_by_new.get(node_id, "")
    remark = f"おそらく、改正前の「{pairs.old_plan.name_of(old_id)}」が続くもの" if old_id else ""
    lines = text_lines(((fact.full_text(pairs.new_plan.as_read), True),))
    change = _node_change(pairs.new_plan, node, "新設")
    return replace(change, after=fact.full_text(as_typed), new_lines=lines, remark=remark)


def _removed(pairs: NodeMatches, node_id: str) -> Change:
    node = pairs.old_plan.nodes_by_id[node_id]
    fact = NodeFact(pairs.old_plan, node)
    target = pairs.redirect_targets.get(node.path.removesuffix(".html"))
    remark = f"前のページは「{target.name}」へ案内します" if target else ""
    if node_id in pairs.guessed_new_by_old:
        remark = f"おそらく、改正後の「{pairs.new_plan.name_of(pairs.guessed_new_by_old[node_id])}」へ続く"
    lines = text_lines(((fact.full_text(pairs.old_plan.as_read), True),))
    change = _node_change(pairs.old_plan, node, "廃止")
    return replace(change, before=fact.full_text(as_typed), old_lines=lines, remark=remark)


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
        yield replace(_whole_change(change, "事項", "id", old.id, new.id), is_technical=True)
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
        old_lines=text_lines(old),
        new_lines=text_lines(new),
    )


def _whole_change(change: Change, kind: ChangeKind, key: str, before: str, after: str) -> Change:
    """Fill in a change whose two sides are marked as a whole."""
    old, new = (text_lines(((text, True),) if text else ()) for text in (before, after))
    return replace(change, kind=kind, key=key, before=before, after=after, old_lines=old, new_lines=new)


def _field_changes(pairs: NodeMatches, change: Change, old: NodeFact, new: NodeFact) -> Iterator[Change]:
    """Yield a change for each field that differs."""
    for field in node_fields():
        if field.type == "id":
            continue
        before, after = _comparable_values(pairs, old, new, field)
        if before == after:
            continue
        change = replace(change, is_technical=field.is_technical)
        if isinstance(before, tuple):
            yield _list_change(change, field.name, old.items(field), new.items(field), is_text=field.shown == "fact")
        else:
            typed = old.text(field), new.text(field)
            yield markdown_change(change, field.kind, field.name, typed, (old.shown(field), new.shown(field)))


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


def markdown_change(
    change: Change, kind: ChangeKind, key: str, typed: tuple[str, str], shown: tuple[str, str]
) -> Change:
    """Fill in a change of a text that is shown as read. If only marks of Markdown differ, it is technical."""
    if shown[0] == shown[1]:
        return replace(text_change(change, kind, key, *typed), is_technical=True)
    before, after = typed
    return replace(text_change(change, kind, key, *shown), before=before, after=after)


def text_change(change: Change, kind: ChangeKind, key: str, before: str, after: str) -> Change:
    """Fill in a change of a text, with the differing words marked."""
    old, new = map(text_lines, diff_words(before, after))
    kind = "表記のみ" if before and after and normalize(before) == normalize(after) else kind
    return replace(change, kind=kind, key=key, before=before, after=after, old_lines=old, new_lines=new)


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
        old_lines=text_lines(old),
        new_lines=text_lines(new),
    )
