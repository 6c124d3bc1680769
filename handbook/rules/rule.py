"""The row type of the table of rules."""

from __future__ import annotations

from dataclasses import dataclass

from handbook.patterns import PLAN_FILE

EXAMPLE_IS_FILE_NAME = "(names)"
"""Value of `file`: both examples are file names; the wrong one replaces the right one."""
EXAMPLE_IS_PROSE = "(words)"
"""Value of `file`: no source text can show the error, so both examples are descriptions."""
EXAMPLE_IS_WHOLE_FILE = "(whole)"
"""Value of `place`: both examples are a complete plan.yaml."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that sources can break, with its explanation for editors."""

    name: str
    """Short English name, for searching. It never changes."""
    title: str
    """In Japanese, short enough for the heading of a message."""
    reason: str
    """What the message means and what to do, in Japanese, in one or two sentences."""
    bad_example: str
    """Replaces `place` or `good_example` in the example plan, and then breaks exactly this rule."""
    good_example: str
    """Text of the example plan, or, if `place` is set, a text that breaks no rule in its place."""
    file: str = PLAN_FILE
    """File that contains the example: a file of the example plan, a template, or one of the two constants above."""
    place: str = ""
    """Text of the example plan that an example replaces, if that is not `good_example`."""


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules on one subject, in the order of docs/mistakes.md."""

    title: str
    description: str
    rules: tuple[Rule, ...]
