"""The table of rules: one row for each error, warning and notice, with a title, a reason, a wrong and a right example.

Titles of GitHub annotations come from this table, and docs/mistakes.md is generated from it. tests/rules/test_rules.py
compares the table with the rule names in the code, and checks that each wrong example breaks exactly its own rule.
"""

from __future__ import annotations

from handbook.rules.appearance import APPEARANCE_RULES
from handbook.rules.field_values import FIELD_RULES
from handbook.rules.fullwidth import FULLWIDTH_RULES
from handbook.rules.levels_and_ids import ID_RULES, LEVEL_RULES
from handbook.rules.markdown_texts import MARKDOWN_RULES
from handbook.rules.output_pages import PAGE_RULES
from handbook.rules.publishing import PUBLISHING_RULES
from handbook.rules.records import RECORD_RULES
from handbook.rules.rule import (
    EXAMPLE_IS_FILE_NAME,
    EXAMPLE_IS_PROSE,
    EXAMPLE_IS_WHOLE_FILE,
    FIX_CLEAN,
    FIX_EXACT,
    Rule,
    RuleGroup,
)
from handbook.rules.style_sheets import STYLE_RULES
from handbook.rules.text_and_files import FILE_RULES, TEXT_RULES
from handbook.rules.yaml_typing import INDENTATION_RULES

__all__ = [
    "EXAMPLE_IS_FILE_NAME",
    "EXAMPLE_IS_PROSE",
    "EXAMPLE_IS_WHOLE_FILE",
    "FIX_CLEAN",
    "FIX_EXACT",
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
    TEXT_RULES,
    MARKDOWN_RULES,
    FILE_RULES,
    APPEARANCE_RULES,
    PUBLISHING_RULES,
    PAGE_RULES,
    STYLE_RULES,
)
RULES = {rule.name: rule for group in GROUPS for rule in group.rules}
"""Every rule by its name."""


def rule_title(name: str) -> str:
    """Return the title of a rule, or `name` itself if no rule has this name."""
    return RULES[name].title if name in RULES else name
