"""The result of reading a plan: the plan and the report on its sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from handbook.diagnostics import Diagnostic, Report, SourceError
from handbook.model import Plan


@dataclass(frozen=True, slots=True)
class LoadResult:
    """A plan as far as it is readable, and the report on its sources."""

    plan: Plan | None
    """None if nothing of plan.yaml is readable."""
    report: Report

    def sound_plan(self) -> Plan:
        """Return the plan. Raises SourceError if its sources have any error."""
        if self.report.errors or not self.plan:
            raise SourceError(self.report.errors)
        return self.plan

    def report_with(self, notices: Iterable[Diagnostic]) -> Report:
        """Return the report with more notices."""
        return replace(self.report, notices=(*self.report.notices, *notices))
