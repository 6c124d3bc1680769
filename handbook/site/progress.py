"""The progress page, which links to departments, years and coverage."""

from __future__ import annotations

from handbook.fiscal_year import year_word
from handbook.model import DepartmentPage, PageLink, ProgressPage, YearPage
from handbook.site.indicator_status import NODE_STATUS_RULE, STATUS_RULES
from handbook.site.metrics import PlanTotals

PROGRESS_PATH = "progress.html"


def progress_page(
    totals: PlanTotals, departments: tuple[DepartmentPage, ...], years: tuple[YearPage, ...]
) -> ProgressPage:
    """Return the page with the totals of the plan and of each branch, and links to departments and years."""
    return ProgressPage(
        template="progress.html",
        path=PROGRESS_PATH,
        title="計画の進みぐあい",
        prose={},
        description=f"計画がどこまで進んでいるかを、課、{year_word(page.year for page in years)}、区分ごとに示します。",
        label="進みぐあい",
        totals=totals.plan,
        branches=totals.by_branch,
        departments=tuple((PageLink(page.label, page.path), len(page.owned_rows)) for page in departments),
        years=tuple(PageLink(page.title, page.path) for page in years),
        status_rules=STATUS_RULES if totals.plan.indicator_counts else (),
        node_status_rule=NODE_STATUS_RULE,
    )
