"""Read 組織: the departments of the municipality and their former names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.diagnostics import Diagnostic
from handbook.field_types import fields_by_name
from handbook.fields import DEPARTMENTS_KEY, OWNER_KEY, PARTNER_KEY
from handbook.folding import fold, repeated_word
from handbook.model import Department, FormerName, Plan
from handbook.parse.edits.source_edits import replace_text
from handbook.parse.records import RecordReader
from handbook.parse.source import Source
from handbook.parse.validators import free_id
from handbook.parse.value_reader import ValueReader
from handbook.parse.yaml.values import YamlMapping, YamlValue
from handbook.record_fields import DEPARTMENT_FIELDS, FORMER_NAME_FIELDS


class DepartmentReader:
    """Reads the list of departments. Reports a name, current or former, that two departments have."""

    def __init__(self, values: ValueReader) -> None:
        self.values = values
        self.records = RecordReader(values)
        self.names: dict[str, int] = {}
        """Line of each current or former name."""
        self._typed_by_fold: dict[str, str] = {}
        """Each name in the form that is the same for names that look alike."""
        self._ids: set[str] = set()

    def read(self, value: YamlValue) -> Iterator[Department]:
        """Yield the departments in the order of the list."""
        for item in self.values.items(value, DEPARTMENTS_KEY):
            if not isinstance(item, YamlMapping):
                if name := self._register_name(item, self.values.text(item, DEPARTMENTS_KEY)):
                    yield Department(values={"名称": name})
                continue
            mapping = self.values.fields(item, fields_by_name(DEPARTMENT_FIELDS), "この課")
            plain_fields = [field for field in DEPARTMENT_FIELDS if field.name != "旧名称"]
            department = Department(values=self.records.record_values(mapping, plain_fields))
            name = self._register_name(mapping["名称"], department.name) if department.name else ""
            if former := tuple(self._former_names(mapping["旧名称"], department.name)) if "旧名称" in mapping else ():
                department = department.with_value("旧名称", former)
            if department.id in self._ids:
                message, free = f"課の id `{department.id}` が 2 回あります", free_id(department.id, self._ids)
                edit = self.values.replaced(mapping["id"], free)
                self.values.report(mapping["id"], "duplicate-id", message, f"`{free}` のような、別の id にします", edit)
            elif department.id:
                self._ids.add(department.id)
            if name:
                yield department

    def _former_names(self, value: YamlValue, own_name: str) -> Iterator[FormerName]:
        for item in self.values.items(value, "旧名称"):
            mapping = self.values.fields(item, fields_by_name(FORMER_NAME_FIELDS), "この旧名称")
            former = FormerName(values=self.records.record_values(mapping, FORMER_NAME_FIELDS))
            if former.name and former.until and self._register_name(mapping["名称"], former.name, own_name):
                yield former

    def _register_name(self, value: YamlValue, name: str, own_name: str = "") -> str:
        """Register a department name and return it. Reports a registered one and returns `""`.

        Names that look alike are the same, but a former name may differ from the `own_name` of its department only so.
        """
        other = self._typed_by_fold.setdefault(fold(name), name)
        if name in self.names or (other in self.names and other != own_name):
            first = name if name in self.names else other
            message = f"課の名前 {repeated_word(name, first)}が 2 回あります（1 回めは {self.names[first]} 行め）"
            self.values.report(value, "duplicate-word", message, "前の名前も、1 つの課だけに書きます")
            return ""
        if name:
            self.names[name] = value.line
        return name


def outdated_department_names(plan: Plan, source: Source) -> Iterator[Diagnostic]:
    """Yield a notice for each node that uses a department name which ended before the node's period."""
    renamed = {
        former.name: (former, department) for department in plan.departments for former in department.former_names
    }
    for node in plan.nodes if renamed else ():
        for name in (name for key in (OWNER_KEY, PARTNER_KEY) for name in node.fact_values(key) if name in renamed):
            former, department = renamed[name]
            if node.period and node.period.first > former.end_year:
                message = f"`{name}` は {former.end_label}までの名前です（`{node.name}` は {node.period}）"
                hint = f"いまの名前の `{department.name}` にします"
                line, column = _place_of_word(source, node.span.line, name) or (node.span.line, node.span.column)
                mistake = source.mistake(line, column, len(name), "former-department-name", message, hint)
                yield mistake.with_fix(replace_text(source, line, column, name, department.name))


def _place_of_word(source: Source, first: int, word: str) -> tuple[int, int] | None:
    """Return line and column of a word of a list below line `first` (both from 1), or None."""
    pattern = re.compile(rf"(?<=[\s\[,\"']){re.escape(word)}(?=[\s\],\"'}}]|$)")
    for number, line in enumerate(source.lines[first - 1 :], first):
        if match := pattern.search(line):
            return number, match.start() + 1
    return None
