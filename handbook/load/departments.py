"""組織: the sections of the municipality, and the names they had before."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.fields import DEPARTMENT_FIELDS, OWNER_KEY, PARTNER_KEY, fields_by_name
from handbook.load.marked import Scalar, Value
from handbook.load.source import Source
from handbook.load.values import Values
from handbook.mistakes import Mistake
from handbook.model import Department, Former, Plan

_KEYS = fields_by_name(DEPARTMENT_FIELDS)
_FORMER = fields_by_name(_KEYS["旧名称"].subfields)


class Departments:
    """Reads the list of sections; each name, old or new, belongs to one of them."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.names: dict[str, int] = {}
        """Every name that a section has or had, and its line."""
        self._ids: set[str] = set()

    def read(self, value: Value) -> Iterator[Department]:
        """Yield the sections in the order of the list."""
        for item in self.values.items(value, "組織"):
            if isinstance(item, Scalar):
                if name := self._name(item, self.values.text(item, "組織")):
                    yield Department(name, "", "", ())
                continue
            held = self.values.fields(item, _KEYS, "この課")
            words = {
                name: str(self.values.read(entry, _KEYS[name])) for name, entry in held.items() if name != "旧名称"
            }
            name = self._name(held["名称"], words["名称"]) if words.get("名称") else ""
            former = tuple(self._former(held["旧名称"])) if "旧名称" in held else ()
            if words.get("id", "") in self._ids:
                message = f"課の id `{words['id']}` が 2 回あります"
                self.values.say(held["id"], "duplicate-id", message, "課ごとに別の id にします")
            elif words.get("id"):
                self._ids.add(words["id"])
            if name:
                yield Department(name, words.get("id", ""), words.get("電話", ""), former)

    def _former(self, value: Value) -> Iterator[Former]:
        for item in self.values.items(value, "旧名称"):
            held = self.values.fields(item, _FORMER, "この旧名称")
            words = {name: str(self.values.read(entry, _FORMER[name])) for name, entry in held.items()}
            if words.get("名称") and words.get("まで") and self._name(held["名称"], words["名称"]):
                yield Former(words["名称"], words["まで"])

    def _name(self, at: Value, name: str) -> str:
        """Take up a name; one that two sections have, or had, would say nothing."""
        if name in self.names:
            message = f"課の名前 `{name}` が 2 回あります（1 回めは {self.names[name]} 行め）"
            self.values.say(at, "twice", message, "前の名前も、1 つの課だけに書きます")
            return ""
        if name:
            self.names[name] = at.line
        return name


def outdated(plan: Plan, source: Source) -> Iterator[Mistake]:
    """Note each node that begins after the name, by which it calls its section, had ended."""
    ended = {former.name: (former, department) for department in plan.departments for former in department.former}
    for node in plan.nodes if ended else ():
        for name in (name for fact in (OWNER_KEY, PARTNER_KEY) for name in node.fact(fact) if name in ended):
            former, now = ended[name]
            if node.period and node.period.first > former.year:
                message = f"`{name}` は {former.ended}までの名前です（`{node.name}` は {node.period}）"
                yield source.mistake(
                    node.place.line, node.place.column, 1, "old-name", message, f"いまの名前は `{now.name}` です"
                )
