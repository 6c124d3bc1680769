"""What a row of the table of rules holds."""

from __future__ import annotations

from dataclasses import dataclass

from handbook.patterns import PLAN_FILE

EXAMPLE_IS_FILE_NAME = "(names)"
"""For `file`: right and wrong are names of files; the wrong one stands where the right one should."""
EXAMPLE_IS_PROSE = "(words)"
"""For `file`: no text can show it, so right and wrong are told in words."""
EXAMPLE_IS_WHOLE_FILE = "(whole)"
"""For `place`: right and wrong are a plan.yaml from its first line to its last."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to be mistaken, explained to the clerk who made the mistake. Proven on the example plan, see `right`."""

    name: str
    """Short and English, for searching; it never changes."""
    title: str
    """In Japanese, short enough for the head of a message."""
    reason: str
    """What it means and what to do, in a sentence or two."""
    bad_example: str
    good_example: str
    """Text of the example plan; with the wrong text in its stead, exactly this rule is broken."""
    file: str = PLAN_FILE
    """Where the example stands: a file of the example plan, a template, NAMES or WORDS."""
    place: str = ""
    """What makes way in the example plan, where the right text is not a part of it."""


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that belong together, in the order in which they are explained."""

    title: str
    description: str
    rules: tuple[Rule, ...]
