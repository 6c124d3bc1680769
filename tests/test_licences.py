"""docs/licences.json: every package that comes with the tool, its version and its licence, as the packages say."""

from __future__ import annotations

import importlib.metadata
import json

import pytest
from conftest import ROOT

LIST = ROOT / "docs" / "licences.json"
LOCKS = ("requirements.txt", "requirements-serve.txt")


def pinned() -> dict[str, str]:
    """The packages of a running tool, with their versions."""
    lines = [line for name in LOCKS for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    pins = [line.split(" ")[0].split(";")[0].split("==") for line in lines if "==" in line and line[0] not in " #-"]
    return {name.split("[")[0]: version.strip() for name, version in pins}


def licence(name: str) -> str:
    """What a package says of itself, in the newest of the three ways that packages have."""
    said = importlib.metadata.metadata(name).json
    kinds = [one.rpartition(" :: ")[2] for one in said.get("classifier", ()) if one.startswith("License :: OSI")]
    return str(said.get("license_expression") or next(iter(kinds), "") or said.get("license", "")).split("\n")[0]


def test_the_list_of_licences_is_fresh(request: pytest.FixtureRequest) -> None:
    made = [{"name": name, "version": version, "licence": licence(name)} for name, version in sorted(pinned().items())]
    text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    if request.config.getoption("--golden"):
        LIST.write_text(text, encoding="utf-8", newline="\n")
    assert LIST.read_text(encoding="utf-8") == text, "run: python3 build.py test --golden -- tests/test_licences.py"
    assert [one["name"] for one in made if not one["licence"]] == []
    assert len(made) > 15
