"""The sections of the municipality: where the page of each lives, and what it owns."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from handbook.model import Department, Entry, Plan, Redirect, Way


def path_of(department: Department) -> str:
    """Where a section's page lives: at its id, or at an address made of its name alone."""
    return f"departments/{department.id}.html" if department.id else _address(department.name)


def _address(name: str) -> str:
    """Return an ASCII address that only the name decides, on every machine and in every order of the list."""
    return f"departments/d{hashlib.sha256(unicodedata.normalize('NFKC', name).encode()).hexdigest()[:8]}.html"


def redirects(plan: Plan) -> Iterator[Redirect]:
    """Yield stubs at the addresses that a section had under its earlier names, or before it was given an id."""
    taken = {path_of(department) for department in plan.departments}
    for department in plan.departments:
        for name in (department.name, *(former.name for former in department.former)):
            if _address(name) not in taken:
                yield Redirect(_address(name), Way(department.name, path_of(department)))


def ways(plan: Plan) -> Mapping[str, Way]:
    """Return for every name, old or new, the words to show and the page they lead to."""
    found = {}
    for department in plan.departments:
        path = path_of(department)
        found[department.name] = Way(department.name, path)
        for former in department.former:
            words = f"現 {department.name}（旧 {former.name}、{former.ended}まで）"
            found[former.name] = Way(words, path)
    return found


def owned(department: Department, own: Iterable[Entry], fact: str) -> tuple[Entry, ...]:
    """Return the nodes that name a section in a fact, by its name of today or an earlier one."""
    names = {department.name, *(former.name for former in department.former)}
    return tuple(entry for entry in own if names.intersection(entry.node.fact(fact)))
