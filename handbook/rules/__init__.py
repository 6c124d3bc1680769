"""The one table of rules: every way to be mistaken, with a title, a reason, a wrong and a right example.

The annotations take their titles from here, and docs/mistakes.md is made from it. The tests collect the names that the
code can say and find exactly these; and they break the example plan as each row says, and find exactly that rule.
"""

from __future__ import annotations

from handbook.rules.files import FILES, TEXTS
from handbook.rules.keyboard import INDENT, KEYBOARD
from handbook.rules.pages import OPEN, PAGES
from handbook.rules.records import RECORDS
from handbook.rules.rule import NAMES, WHOLE, WORDS, Group, Rule
from handbook.rules.words import IDS, KEYS, LEVELS

__all__ = ["GROUPS", "NAMES", "RULES", "WHOLE", "WORDS", "Group", "Rule", "titled"]

GROUPS = (KEYBOARD, INDENT, KEYS, RECORDS, LEVELS, IDS, TEXTS, FILES, OPEN, PAGES)
RULES = {rule.name: rule for group in GROUPS for rule in group.rules}


def titled(name: str) -> str:
    """Return a rule's title."""
    return RULES[name].title if name in RULES else name
