"""組織: the sections of the municipality, and the names they had before."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.diagnostics import Diagnostic
from handbook.field_types import fields_by_name
from handbook.fields import DEPARTMENTS_KEY, OWNER_KEY, PARTNER_KEY
from handbook.model import Department, FormerName, Plan
from handbook.parse.records import RecordReader
from handbook.parse.source import Source
from handbook.parse.values import ValueReader
from handbook.parse.yaml_reader import Scalar, YamlValue
from handbook.record_fields import DEPARTMENT_FIELDS, FORMER_NAME_FIELDS


class DepartmentReader:
    """Reads the list of departments; each name, current or former, belongs to one of them."""

    def __init__(self, values: ValueReader) -> None:
        self.values = values
        self.records = RecordReader(values)
        self.names: dict[str, int] = {}
        """Every current or former name of a department, and its line."""
        self._ids: set[str] = set()

    def read(self, value: YamlValue) -> Iterator[Department]:
        """Yield the departments in the order of the list."""
        for item in self.values.items(value, DEPARTMENTS_KEY):
            if isinstance(item, Scalar):
                if name := self._name(item, self.values.text(item, DEPARTMENTS_KEY)):
                    yield Department(values={"名称": name})
                continue
            held = self.values.fields(item, fields_by_name(DEPARTMENT_FIELDS), "この課")
            plain = [field for field in DEPARTMENT_FIELDS if field.name != "旧名称"]
            department = Department(values=self.records.record_values(held, plain))
            name = self._name(held["名称"], department.name) if department.name else ""
            if former := tuple(self._former_names(held["旧名称"])) if "旧名称" in held else ():
                department = department.with_value("旧名称", former)
            if department.id in self._ids:
                message = f"課の id `{department.id}` が 2 回あります"
                self.values.report(held["id"], "duplicate-id", message, "課ごとに別の id にします")
            elif department.id:
                self._ids.add(department.id)
            if name:
                yield department

    def _former_names(self, value: YamlValue) -> Iterator[FormerName]:
        for item in self.values.items(value, "旧名称"):
            held = self.values.fields(item, fields_by_name(FORMER_NAME_FIELDS), "この旧名称")
            former = FormerName(values=self.records.record_values(held, FORMER_NAME_FIELDS))
            if former.name and former.until and self._name(held["名称"], former.name):
                yield former

    def _name(self, at: YamlValue, name: str) -> str:
        """Take up a name; one that two sections have, or had, would say nothing."""
        if name in self.names:
            message = f"課の名前 `{name}` が 2 回あります（1 回めは {self.names[name]} 行め）"
            self.values.report(at, "duplicate-word", message, "前の名前も、1 つの課だけに書きます")
            return ""
        if name:
            self.names[name] = at.line
        return name


def outdated_department_names(plan: Plan, source: Source) -> Iterator[Diagnostic]:
    """Note each node that begins after the name, by which it calls its section, had ended."""
    ended = {former.name: (former, department) for department in plan.departments for former in department.former_names}
    for node in plan.nodes if ended else ():
        for name in (name for fact in (OWNER_KEY, PARTNER_KEY) for name in node.fact_values(fact) if name in ended):
            former, now = ended[name]
            if node.period and node.period.first > former.end_year:
                message = f"`{name}` は {former.end_label}までの名前です（`{node.name}` は {node.period}）"
                yield source.mistake(
                    node.span.line, node.span.column, 1, "former-department-name", message, f"いまの名前は `{now.name}` です"
                )
