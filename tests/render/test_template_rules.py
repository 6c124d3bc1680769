"""Templates show values and compute none: no arithmetic, no look-ups, no word for a status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from conftest import ROOT
from jinja2 import nodes

from handbook.model import Status

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FILTERS = {"phrased", "join", "length", "escape"}
"""`join` and `length` write a list and its length; every other filter computes."""
OPERATIONS = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg)
ALLOWED = {
    "comparison.html": {"look-up"},  # the table of one node begins with the node's first change
    "node.html": {"look-up", "membership"},  # the booklet's page of a node
    "department.html": {"look-up", "membership"},  # the booklet's sheet of a department
}
"""What a template still does, with the reason."""


def violations(text: str) -> Iterator[str]:
    """Yield each thing in a template that belongs into the code."""
    tree = jinja2.Environment(autoescape=True).parse(text)
    for node in tree.find_all((*OPERATIONS, nodes.Getitem, nodes.Filter, nodes.Compare)):
        if isinstance(node, OPERATIONS):
            yield "arithmetic"
        elif isinstance(node, nodes.Getitem):
            yield "look-up"
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield f"filter {node.name}"
        elif isinstance(node, nodes.Compare):
            for operand in node.ops:
                if operand.op in ("gt", "gteq", "lt", "lteq"):
                    yield "arithmetic"
                if operand.op in ("in", "notin"):
                    yield "membership"
    plain = text.replace("達成基準", "")  # a term of WCAG: success criterion
    yield from (f"status {status}" for status in Status if status in plain)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_computes_nothing(path: Path) -> None:
    found = set(violations(path.read_text(encoding="utf-8")))
    assert found - ALLOWED.get(path.name, set()) == set()


@pytest.mark.parametrize(
    ("text", "violation"),
    [
        ("{{ a + 1 }}", "arithmetic"),
        ("{% if rows|length > 1 %}{% endif %}", "arithmetic"),
        ("{{ rows[0] }}", "look-up"),
        ("{{ rows[:-1] }}", "look-up"),
        ("{% if a in b %}{% endif %}", "membership"),
        ("{{ rows|groupby('level') }}", "filter groupby"),
        ("<dt>達成</dt>", "status 達成"),
        ("{% if state == '遅れ' %}{% endif %}", "status 遅れ"),
    ],
)
def test_a_template_that_computes_is_found(text: str, violation: str) -> None:
    assert violation in set(violations(text))
