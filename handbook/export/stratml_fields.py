"""The values of a node that StratML has a place for, by the table of fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from handbook.fields import AUDIENCE_KEY, DEPARTMENTS_KEY, node_fields
from handbook.model import Markdown, PlanNode, value_texts

STAKEHOLDER_TYPES = {AUDIENCE_KEY: "Generic_Group", DEPARTMENTS_KEY: "Organization"}
"""StratML's StakeholderTypeType by vocabulary."""


def stakeholders(node: PlanNode) -> Iterator[tuple[str, str, str]]:
    """Yield the type, the name and the role of each stakeholder: the values of the fields with a vocabulary."""
    for field in node_fields():
        if field.vocabulary in STAKEHOLDER_TYPES and field.name in node.values:
            for name in value_texts(node.values[field.name]):
                yield STAKEHOLDER_TYPES[field.vocabulary], name, field.name


def other_information(node: PlanNode, plain: Callable[[str], str]) -> Iterator[str]:
    """Yield a line `field: text` for each other fact and section, and for the editors' note.

    `plain` returns Markdown without our own marks.
    """
    for field in node_fields():
        value = node.values.get(field.name)
        shown = field.shown or field.kind == "注記"
        if value is None or not shown or field.vocabulary in STAKEHOLDER_TYPES:
            continue
        texts = (plain(value.text),) if isinstance(value, Markdown) else value_texts(value)
        yield from (f"{field.name}: {text}" for text in texts)
