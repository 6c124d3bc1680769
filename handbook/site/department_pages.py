"""The pages of the departments."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.fields import OWNER_KEY, PARTNER_KEY
from handbook.model import DepartmentPage, Plan
from handbook.site.departments import department_paths, nodes_by_department
from handbook.site.metrics import NodeMetrics


def department_pages(plan: Plan, metrics: tuple[NodeMetrics, ...]) -> Iterator[DepartmentPage]:
    """Yield the page of each department, in the order of the plan's list."""
    by_id = {item.node.id: item for item in metrics}
    nodes = [item.node for item in metrics]
    owned_nodes = nodes_by_department(plan, nodes, OWNER_KEY)
    paths = department_paths(plan)
    partner_nodes = nodes_by_department(plan, nodes, PARTNER_KEY)
    for department in plan.departments:
        owned = [by_id[node.id] for node in owned_nodes.get(department.name, ())]
        owned_ids = {item.node.id for item in owned}
        partner_ids = (node.id for node in partner_nodes.get(department.name, ()) if node.id not in owned_ids)
        yield DepartmentPage(
            template="department.html",
            path=paths[department.name],
            title=f"{department.name}の担当",
            prose={},
            description=f"{plan.name}のうち、{department.name}が受け持つものの一覧です。",
            label=department.name,
            department=department,
            owned_rows=tuple(item.row for item in owned),
            partner_rows=tuple(by_id[node_id].row for node_id in partner_ids),
            indicators=tuple(row for item in owned for row in item.indicators),
        )
