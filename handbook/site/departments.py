"""The departments of the municipality: the paths of their pages, links to them, and the nodes of each department."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from handbook.model import Department, PageLink, Plan, TreeNode


def department_path(department: Department) -> str:
    """Return the path of a department's page, from its id, or from its name if it has no id."""
    return f"departments/{department.id}.html" if department.id else hashed_path(department.name)


def hashed_path(name: str) -> str:
    """Return an ASCII path that depends on the name alone, so that changes of other departments do not affect it."""
    return f"departments/d{hashlib.sha256(unicodedata.normalize('NFKC', name).encode()).hexdigest()[:8]}.html"


def department_links(plan: Plan) -> Mapping[str, PageLink]:
    """Return a link to the page of a department for each of its present and former names."""
    links = {}
    for department in plan.departments:
        path = department_path(department)
        links[department.name] = PageLink(department.name, path)
        for former in department.former_names:
            text = f"現 {department.name}（旧 {former.name}、{former.end_label}まで）"
            links[former.name] = PageLink(text, path)
    return links


def nodes_by_department(plan: Plan, nodes: Iterable[TreeNode], fact: str) -> Mapping[str, Sequence[TreeNode]]:
    """Return the nodes that name a department in the field `fact`, by its present name, in reading order.

    Includes nodes that use a former name. Departments without a node are missing.
    """
    present_names = {
        name: department.name
        for department in plan.departments
        for name in (department.name, *(former.name for former in department.former_names))
    }
    nodes_by_name: dict[str, list[TreeNode]] = defaultdict(list)
    for node in nodes:
        names = (present_names[name] for name in node.node.fact_values(fact) if name in present_names)
        for name in dict.fromkeys(names):
            nodes_by_name[name].append(node)
    return nodes_by_name
