"""The result of reading a plan: the plan and the report on its sources, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from handbook.diagnostics import Report, SourceError
from handbook.model import Plan


@dataclass(frozen=True, slots=True)
class LoadResult:
    """A plan as far as it could be read, and everything found in its sources."""

    plan: Plan | None
    """None if nothing of plan.yaml is readable."""
    report: Report

    def sound_plan(self) -> Plan:
        """Return the plan. Raises SourceError if there is any mistake in its sources."""
        if self.report.errors or not self.plan:
            raise SourceError(self.report.errors)
        return self.plan
