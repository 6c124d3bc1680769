"""The departments of the municipality: the paths of their pages, links to them, and the nodes of each department."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from handbook.model import Department, PageLink, Plan, TreeNode
from handbook.patterns import WINDOWS_DEVICE_NAMES
from handbook.romaji import romanized
from handbook.site.department_words import romanized_name

MAX_SLUG_CHARS = 60
"""Longest name of a file that is made of a reading."""


def department_paths(plan: Plan) -> Mapping[str, str]:
    """Return the path of each department's page by the department's name.

    The path comes from its id, else its よみ, else its name in Latin letters. A name with an unknown word, and
    one whose path another department has already, gets a hashed path.
    """
    paths = {department.name: f"departments/{department.id}.html" for department in plan.departments if department.id}
    for department in plan.departments:
        path = _readable_path(department.kana_reading, department.name)
        if department.name not in paths:
            paths[department.name] = path if path and path not in paths.values() else hashed_path(department.name)
    return paths


def _readable_path(reading: str, name: str) -> str:
    """Return the path that spells a reading, or a name without one; `""` if neither can be spelled."""
    slug = (romanized(reading) if reading else romanized_name(unicodedata.normalize("NFKC", name)))[:MAX_SLUG_CHARS]
    return f"departments/{slug}.html" if slug and slug not in WINDOWS_DEVICE_NAMES else ""


def hashed_path(name: str) -> str:
    """Return an ASCII path that depends on the name alone, so that changes of other departments do not affect it."""
    return f"departments/d{hashlib.sha256(unicodedata.normalize('NFKC', name).encode()).hexdigest()[:8]}.html"


def former_department_paths(department: Department) -> Iterator[str]:
    """Yield each path that the page of a department had or may have had, under each of its names."""
    yield from filter(None, [_readable_path(department.kana_reading, "")])
    for name in (department.name, *(former.name for former in department.former_names)):
        yield from filter(None, [_readable_path("", name), hashed_path(name)])


def department_links(plan: Plan) -> Mapping[str, PageLink]:
    """Return a link to the page of a department for each of its present and former names."""
    links, paths = {}, department_paths(plan)
    for department in plan.departments:
        path = paths[department.name]
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
