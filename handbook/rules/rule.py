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

FIX_EXACT = "exact"
"""Value of `fix`: the first fix makes the right example of the wrong one."""
FIX_CLEAN = "clean"
"""Value of `fix`: after any of the fixes, the plan breaks no rule."""


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
    fix: str = ""
    """What the fixes of the diagnostic do with the wrong example: FIX_EXACT, FIX_CLEAN, or `""` if it has none."""

    @property
    def reason_without_fix(self) -> str:
        """Why no program can correct it, in Japanese; `""` if one can."""
        if self.fix:
            return ""
        if self.file in (EXAMPLE_IS_FILE_NAME, EXAMPLE_IS_PROSE):
            return "ファイルの名前や置き場所や道具のことなので"
        if self.file.startswith("templates/"):
            return "ページの形は、テンプレートを直す人が決めるので"
        return "何と書くかは、書いた人にしかわからないので"


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules on one subject, in the order of docs/mistakes.md."""

    title: str
    description: str
    rules: tuple[Rule, ...]
