"""Reads the configuration files of GitHub and GitLab and the commands in them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from browser.sites import skip_or_fail
from conftest import ROOT

from handbook import cli

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
GITLAB = ROOT / ".gitlab-ci.yml"
SCRIPTS = sorted((ROOT / ".ci").iterdir())
COMMAND = re.compile(r"python3? build\.py((?: [^\s|&;<>()`]+)*)")
"""A call of build.py, up to the next shell operator."""


def read_yaml(path: Path) -> dict[str, Any]:
    """Return a YAML file with all scalars as texts, so that the key `on` is not read as a boolean."""
    text = path.read_text(encoding="utf-8")
    content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # BaseLoader constructs only texts, lists and dicts
    assert isinstance(content, dict)
    return content


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, encoding="utf-8", check=False
    )


def tool(name: str) -> str:
    """Return the path of a checker that the requirements of the tests install."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name) or skip_or_fail(f"no {name}")


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every job of every workflow as (workflow/job, job)."""
    for path in WORKFLOWS:
        for name, job in read_yaml(path)["jobs"].items():
            yield f"{path.stem}/{name}", job


def shell_scripts() -> Iterator[tuple[str, str]]:
    """Yield every shell script that GitHub or GitLab runs as (place, script)."""
    for name, job in jobs():
        for step in job["steps"]:
            if "run" in step:
                yield f"{name}: {step['name']}", step["run"]
    for name, job in read_yaml(GITLAB).items():
        if isinstance(job, dict) and "script" in job:
            yield f"gitlab/{name}", "\n".join(job["script"])
    for path in SCRIPTS:
        yield path.name, path.read_text(encoding="utf-8")


def commands(text: str) -> list[list[str]]:
    """Return the arguments of every call of build.py in a text."""
    return [shlex.split(found) for found in COMMAND.findall(text)]


def refused_commands(text: str) -> list[str]:
    """Return the calls of build.py in a text whose arguments build.py refuses."""
    refused = []
    for words in commands(text):
        try:
            cli.parse_arguments(words)
        except SystemExit:
            refused.append(shlex.join(words))
    return refused
