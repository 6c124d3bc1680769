"""The departments of the municipality: the path of each page, the links to it, and the nodes of each department."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from handbook.model import Department, PageLink, Plan, Redirect, TreeNode


def department_path(department: Department) -> str:
    """Return the path of a department's page, made of its id, or of its name if it has none."""
    return f"departments/{department.id}.html" if department.id else _hashed_path(department.name)


def _hashed_path(name: str) -> str:
    """Return an ASCII path that depends on the name alone, so that it stays when the list of departments changes."""
    return f"departments/d{hashlib.sha256(unicodedata.normalize('NFKC', name).encode()).hexdigest()[:8]}.html"


def department_redirects(plan: Plan) -> Iterator[Redirect]:
    """Yield redirects from the paths that a department had under its former names, or before it was given an id."""
    taken = {department_path(department) for department in plan.departments}
    for department in plan.departments:
        for name in (department.name, *(former.name for former in department.former_names)):
            if _hashed_path(name) not in taken:
                yield Redirect(_hashed_path(name), PageLink(department.name, department_path(department)))


def department_links(plan: Plan) -> Mapping[str, PageLink]:
    """Return the link to the page of a department for each of its names, former names too."""
    found = {}
    for department in plan.departments:
        path = department_path(department)
        found[department.name] = PageLink(department.name, path)
        for former in department.former_names:
            words = f"現 {department.name}（旧 {former.name}、{former.end_label}まで）"
            found[former.name] = PageLink(words, path)
    return found


def nodes_by_department(plan: Plan, nodes: Iterable[TreeNode], fact: str) -> Mapping[str, Sequence[TreeNode]]:
    """Return the nodes that name a department in a fact, by its present name, in reading order.

    A node that names a department by a former name is among them. Departments without a node are missing.
    """
    present = {
        name: department.name
        for department in plan.departments
        for name in (department.name, *(former.name for former in department.former_names))
    }
    found: dict[str, list[TreeNode]] = defaultdict(list)
    for node in nodes:
        for name in dict.fromkeys(present[name] for name in node.node.fact_values(fact) if name in present):
            found[name].append(node)
    return found
