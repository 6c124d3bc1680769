"""The one table of rules: every way to be mistaken, with a title, a reason, a wrong and a right example.

The annotations take their titles from here, and docs/mistakes.md is made from it. The tests collect the names that the
code can say and find exactly these; and they break the example plan as each row says, and find exactly that rule.
"""

from __future__ import annotations

from handbook.rules.field_values import FIELD_RULES, ID_RULES, LEVEL_RULES
from handbook.rules.output_pages import PAGE_RULES, PUBLISHING_RULES
from handbook.rules.records import RECORD_RULES
from handbook.rules.rule import EXAMPLE_IS_FILE_NAME, EXAMPLE_IS_PROSE, EXAMPLE_IS_WHOLE_FILE, Rule, RuleGroup
from handbook.rules.text_and_files import FILES, TEXTS
from handbook.rules.yaml_typing import FULLWIDTH_RULES, INDENTATION_RULES

__all__ = [
    "EXAMPLE_IS_FILE_NAME",
    "EXAMPLE_IS_PROSE",
    "EXAMPLE_IS_WHOLE_FILE",
    "GROUPS",
    "RULES",
    "Rule",
    "RuleGroup",
    "rule_title",
]

GROUPS = (
    FULLWIDTH_RULES,
    INDENTATION_RULES,
    FIELD_RULES,
    RECORD_RULES,
    LEVEL_RULES,
    ID_RULES,
    TEXTS,
    FILES,
    PUBLISHING_RULES,
    PAGE_RULES,
)
RULES = {rule.name: rule for group in GROUPS for rule in group.rules}


def rule_title(name: str) -> str:
    """Return a rule's title."""
    return RULES[name].title if name in RULES else name
