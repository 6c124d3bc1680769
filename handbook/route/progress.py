"""How the plan stands: the page of each section, and the page that leads to sections, years and gaps."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.fields import OWNER_KEY, PARTNER_KEY
from handbook.model import DepartmentPage, Entry, ProgressPage, Way, YearPage
from handbook.route.departments import owned, path_of
from handbook.route.records import Records


def departments(records: Records) -> Iterator[DepartmentPage]:
    """Yield a page for every section, in the order of the list."""
    for department in records.plan.departments:
        mine = owned(department, records.own, OWNER_KEY)
        taken = {entry.id for entry in mine}
        others = tuple(entry for entry in owned(department, records.own, PARTNER_KEY) if entry.id not in taken)
        yield DepartmentPage(
            template="department.html",
            path=path_of(department),
            title=f"{department.name}の担当",
            prose={},
            description=f"{records.plan.name}のうち、{department.name}が受け持つものの一覧です。",
            label=department.name,
            department=department,
            owned=tuple(map(records.work, mine)),
            shared=tuple(map(records.work, others)),
            gauges=tuple(gauge for entry in mine for gauge in records.gauges[entry.id]),
        )


def page(
    records: Records,
    roots: tuple[Entry, ...],
    branches: tuple[Entry, ...],
    sections: tuple[DepartmentPage, ...],
    years: tuple[YearPage, ...],
) -> ProgressPage:
    """Return the page that leads to sections, years and gaps."""
    return ProgressPage(
        template="progress.html",
        path="progress.html",
        title="計画の進みぐあい",
        prose={},
        description="計画がどこまで進んでいるかを、課、年度、区分ごとに示します。",
        label="進みぐあい",
        tally=records.tally(roots),
        branches=tuple((branch, records.tally((branch,))) for branch in branches),
        departments=tuple((Way(page.label, page.path), len(page.owned)) for page in sections),
        years=tuple(Way(page.title, page.path) for page in years),
    )
