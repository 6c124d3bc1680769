"""Select the field values of a node that become StratML stakeholders and other information."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from handbook.fields import AUDIENCE_KEY, DEPARTMENTS_KEY, node_fields
from handbook.model import Markdown, PlanNode, value_texts

STAKEHOLDER_TYPES = {AUDIENCE_KEY: "Generic_Group", DEPARTMENTS_KEY: "Organization"}
"""StratML StakeholderTypeType by the vocabulary of a field."""


class Stakeholder(NamedTuple):
    """A group or department that a node names."""

    type: str
    name: str
    role: str
    """Name of the field."""


def stakeholders(node: PlanNode) -> Iterator[Stakeholder]:
    """Yield the stakeholders of a node: the values of its fields with a vocabulary."""
    for field in node_fields():
        if field.vocabulary in STAKEHOLDER_TYPES and field.name in node.values:
            for name in value_texts(node.values[field.name]):
                yield Stakeholder(STAKEHOLDER_TYPES[field.vocabulary], name, field.name)


def other_information(node: PlanNode, plain_text: Callable[[str], str]) -> Iterator[str]:
    """Yield a line `field: text` for each other displayed field and for the note of the editors.

    `plain_text` returns Markdown with its `[[…]]` links replaced by text.
    """
    for field in node_fields():
        value = node.values.get(field.name)
        is_included = field.shown or field.kind == "注記"
        if value is None or not is_included or field.vocabulary in STAKEHOLDER_TYPES:
            continue
        texts = (plain_text(value.text),) if isinstance(value, Markdown) else value_texts(value)
        yield from (f"{field.name}: {text}" for text in texts)
