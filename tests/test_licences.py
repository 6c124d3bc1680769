"""docs/licences.json lists every required package with its version and the licence in its metadata."""

from __future__ import annotations

import importlib.metadata
import json

import pytest
from conftest import ROOT

LIST = ROOT / "docs" / "licences.json"
LOCKS = ("requirements.txt", "requirements-serve.txt")


def pinned() -> dict[str, str]:
    """Return the version of each pinned package by name."""
    lines = [line for name in LOCKS for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    pins = [line.split(" ")[0].split(";")[0].split("==") for line in lines if "==" in line and line[0] not in " #-"]
    return {name.split("[")[0]: version.strip() for name, version in pins}


def licence(name: str) -> str:
    """Return the licence of a package: the SPDX expression, else the classifier, else the text of the field."""
    metadata = importlib.metadata.metadata(name).json
    kinds = [row.rpartition(" :: ")[2] for row in metadata.get("classifier", ()) if row.startswith("License :: OSI")]
    return str(metadata.get("license_expression") or next(iter(kinds), "") or metadata.get("license", "")).split("\n")[
        0
    ]


def test_the_list_of_licences_is_fresh(request: pytest.FixtureRequest) -> None:
    rows = [{"name": name, "version": version, "licence": licence(name)} for name, version in sorted(pinned().items())]
    text = json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    if request.config.getoption("--golden"):
        LIST.write_text(text, encoding="utf-8", newline="\n")
    assert LIST.read_text(encoding="utf-8") == text, "run: python3 build.py test --golden -- tests/test_licences.py"
    assert [row["name"] for row in rows if not row["licence"]] == []
    assert len(rows) > 15
