"""Every byte of small sites is compared with the expected files, so that a change of the output appears in the diff.

`python3 build.py test --golden` rewrites the expected files; the diff then shows what changed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import HERE
from support.building import build_in_memory

NOT_COMPARED = {"data/plan.xlsx", "data/dataset.json", "data.html"}
"""The workbook and the files that contain its size. Its bytes depend on the version of zlib."""
CASES = sorted(path.parent for path in (HERE / "golden").glob("*/plan.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_site_is_the_expected_one(case: Path, request: pytest.FixtureRequest) -> None:
    site, files = build_in_memory(case)
    made = {
        file.path: file.data for file in files if not file.path.startswith("theme/") and file.path not in NOT_COMPARED
    }
    if (case / "templates").exists():  # only the pages of its own templates
        own = {page.path for page in site.pages if (case / "templates/pages" / page.template).exists()}
        made = {path: data for path, data in made.items() if path in own}
    expected = case / "expected"
    if request.config.getoption("--golden"):
        for old in [path for path in expected.rglob("*") if path.is_file()]:
            old.unlink()
        for name, data in made.items():
            (expected / name).parent.mkdir(parents=True, exist_ok=True)
            (expected / name).write_bytes(data)
    kept = {p.relative_to(expected).as_posix(): p.read_bytes() for p in expected.rglob("*") if p.is_file()}
    assert made == kept


def test_the_golden_sites_exist() -> None:
    assert {case.name for case in CASES} == {"own-templates", "real-templates"}
