"""Build the rows of the tables on the sheet of a department: its nodes and its indicators."""

from __future__ import annotations

from handbook.booklet.table_texts import with_minus_signs
from handbook.fiscal_year import format_era_year
from handbook.model import IndicatorStatus, WorkRow, YearValue


def work_cells(row: WorkRow) -> list[str]:
    """Return name, category, period, departments and status of a node, `""` where the plan has none."""
    owners, status = "、".join(owner.text for owner in row.owners), (row.status, row.review_label)
    name = f"{row.node.number} {row.node.name}".strip()
    return [name, row.category, row.period, owners, "、".join(filter(None, status))]


def indicator_cells(status: IndicatorStatus) -> list[str]:
    """Return name, unit, direction, latest actual, final target and status of an indicator."""
    indicator = status.indicator
    name = f"{indicator.name}（{status.node.name}）"
    values = map(_value_and_year, (status.latest_actual, status.final_target))
    return [name, indicator.unit or "—", indicator.direction or "—", *values, status.status or ""]


def _value_and_year(value: YearValue | None) -> str:
    return f"{with_minus_signs(value.formatted)}（{format_era_year(value.year)}）" if value else "—"
