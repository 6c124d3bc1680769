"""Redirects from the former paths of nodes and departments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handbook.model import PageLink, Plan, Redirect, TreeNode
from handbook.site.departments import department_path, hashed_path


def node_redirects(nodes: Iterable[TreeNode]) -> Iterator[Redirect]:
    """Yield a redirect from each former path of a node."""
    for node in nodes:
        yield from (Redirect(f"{former}.html", PageLink(node.name, node.path)) for former in node.node.former_paths)


def department_redirects(plan: Plan) -> Iterator[Redirect]:
    """Yield redirects from the paths that a department had under its former names or without an id."""
    taken = {department_path(department) for department in plan.departments}
    for department in plan.departments:
        for name in (department.name, *(former.name for former in department.former_names)):
            if hashed_path(name) not in taken:
                yield Redirect(hashed_path(name), PageLink(department.name, department_path(department)))
