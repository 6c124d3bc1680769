"""The result of reading a plan: the plan and the report on its sources."""

from __future__ import annotations

from dataclasses import dataclass

from handbook.diagnostics import Report, SourceError
from handbook.model import Plan


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A plan as far as it is readable, and the report on its sources."""

    plan: Plan | None
    """None if nothing of plan.yaml is readable."""
    report: Report

    def sound_plan(self) -> Plan:
        """Return the plan. Raises SourceError if its sources have any error."""
        if self.report.errors or not self.plan:
            raise SourceError(self.report.errors)
        return self.plan
