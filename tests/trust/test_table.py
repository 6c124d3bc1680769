"""Each hazard of the table has its tests in one module, and docs/trust.md agrees with the table."""

from __future__ import annotations

import ast
import platform
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from conftest import HERE, ROOT

from trust.counts import HAZARDS, TABLE

BEGIN, END = "<!-- 表のはじまり（build.py test --full --golden が書きます） -->", "<!-- 表の終わり -->"
TRUST = ROOT / "docs" / "trust.md"


def marked_hazards(path: Path) -> Iterator[int]:
    """Yield the hazard numbers that the tests of a module are marked with."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for mark in getattr(node, "decorator_list", ()) if isinstance(node, ast.stmt) else ():
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.hazard":
                yield int(ast.literal_eval(mark.args[0]))


def test_each_hazard_has_its_tests_in_one_module() -> None:
    found = {
        (row, path.relative_to(HERE).as_posix()) for path in HERE.rglob("test_*.py") for row in marked_hazards(path)
    }
    assert found == {(hazard.number, hazard.module) for hazard in TABLE}
    order = [*range(1, 14), *(20, 14, 24, 25, 15, 16, 17, 18, 21, 22, 23, 27, 28, 30, 31), *range(33, 37), *(44, 43)]
    assert list(HAZARDS) == order
    assert all(0 < hazard.quick <= hazard.full for hazard in TABLE)


def too_few_cases(cases: Mapping[int, int], *, full: bool) -> list[str]:
    """Return a line for each hazard with fewer cases than required. Returns [] if only some hazards were run."""
    if set(cases) != set(HAZARDS):
        return []
    due = {hazard.number: hazard.full if full else hazard.quick for hazard in TABLE}
    return [f"hazard {row}: {cases[row]:,} tried, {due[row]:,} due" for row in due if cases[row] < due[row]]


def write_table(cases: Mapping[int, int]) -> None:
    """Write the table of a full run without a failure. Does nothing if a hazard was left out."""
    if set(cases) != set(HAZARDS):
        return
    lines = [f"| {h.number} | {h.promise} | {cases[h.number]:,} {h.unit} | `tests/{h.module}` |" for h in TABLE]
    head = ["| 番号 | 起こりうること：約束 | 試した数 | 試験 |", "|--:|---|--:|---|"]
    system = f"試した環境: {platform.system()}、Python {platform.python_version()}。どの行も失敗は 0。"
    before, _, rest = TRUST.read_text(encoding="utf-8").partition(BEGIN)
    text = "\n".join([BEGIN, "", system, "", *head, *lines, "", END])
    TRUST.write_text(before + text + rest.partition(END)[2], encoding="utf-8", newline="\n")


def test_the_trust_page_states_what_a_full_run_tries(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--golden"):
        return  # the table is written at the end of the run
    text = TRUST.read_text(encoding="utf-8")
    now = text.partition(BEGIN)[2].partition(END)[0]
    rows = [
        (int(n), promise, int(count.replace(",", "")))
        for n, promise, count in re.findall(r"^\| (\d+) \| (.*?) \| ([\d,]+) ", now, re.MULTILINE)
    ]
    assert [(n, promise) for n, promise, _ in rows] == [(h.number, h.promise) for h in TABLE]
    assert [n for n, _, count in rows if count < HAZARDS[n].full] == []


def test_a_hazard_with_one_case_too_few_is_reported() -> None:
    due = {hazard.number: hazard.full for hazard in TABLE}
    assert too_few_cases(due, full=True) == []
    assert too_few_cases(due | {7: due[7] - 1}, full=True) == [f"hazard 7: {due[7] - 1} tried, {due[7]} due"]
    assert too_few_cases({7: 1}, full=True) == []


def test_the_hazard_of_a_marked_test_is_found(tmp_path: Path) -> None:
    path = tmp_path / "test_x.py"
    path.write_text("@pytest.mark.hazard(5)\ndef test_x(): ...\ndef test_y(): ...\n")
    assert list(marked_hazards(path)) == [5]


@pytest.mark.parametrize("name", ["SECURITY.md", "docs/trust.md"])
def test_the_security_pages_state_the_limits_and_no_invented_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "templates/" in text
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", text), "no invented address"
