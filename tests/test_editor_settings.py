"""The settings of editors fit the format of the plan, and the pre-commit hooks run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml
from conftest import ROOT

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
YAMLLINT = [sys.executable, "-m", "yamllint", "--strict", "-c", str(ROOT / ".yamllint.yaml")]


def yamllint_output(text: str) -> str:
    done = subprocess.run([*YAMLLINT, "-"], input=text, capture_output=True, encoding="utf-8", check=False)
    return done.stdout


@pytest.mark.parametrize("name", ["plan.yaml", "example/plan.yaml"])
def test_the_plans_are_neatly_indented(name: str) -> None:
    assert yamllint_output((ROOT / name).read_text(encoding="utf-8")) == ""


@pytest.mark.parametrize(
    "bad",
    ["計画:\n   名称: x\n", "計画:\n  名称: x \n", "計画:\n  名称: x", "計画:\n  名称 : x\n", "a:\n  -  x\n"],
    ids=["three spaces", "space at the end", "no end of line", "space before the colon", "two spaces after the dash"],
)
def test_an_untidy_plan_is_reported(bad: str) -> None:
    assert "error" in yamllint_output(bad)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_with_the_installed_packages(hook: dict[str, Any]) -> None:
    assert hook["language"] == "system"
    python, *command = hook["entry"].split()
    assert python == "python3"
    files = [] if hook.get("pass_filenames") is False else ["plan.yaml" if "files" in hook else "build.py"]
    assert all(re.search(hook["files"], file) for file in files if "files" in hook)
    done = subprocess.run(
        [sys.executable, *command, *files], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_hook_downloads_anything() -> None:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]


@pytest.mark.parametrize("name", ["settings", "extensions"])
def test_the_settings_of_the_editor_can_be_parsed_and_contain_no_url(name: str) -> None:
    lines = (ROOT / f".vscode/{name}.json").read_text(encoding="utf-8").splitlines()
    parsed = json.loads("\n".join(line for line in lines if not line.strip().startswith("//")))
    assert parsed
    assert "://" not in json.dumps(parsed)
    if name == "settings":
        assert parsed["yaml.schemaStore.enable"] is False


@pytest.mark.parametrize("folder", ["", "example/"])
def test_the_first_line_of_a_plan_names_its_schema(folder: str) -> None:
    first = (ROOT / folder / "plan.yaml").read_text(encoding="utf-8").partition("\n")[0]
    assert (ROOT / folder / first.rpartition("$schema=")[2]).is_file()
