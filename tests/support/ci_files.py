"""The files that GitHub and GitLab read, and every command in them, for the tests."""

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
from browser.sites import absent
from conftest import ROOT

from handbook import cli

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
GITLAB = ROOT / ".gitlab-ci.yml"
SCRIPTS = sorted((ROOT / ".ci").iterdir())
COMMAND = re.compile(r"python3 build\.py((?: [^\s|&;<>()`]+)*)")
"""A command line of ours, up to where the shell does something else with it."""


def read(path: Path) -> dict[str, Any]:
    """A file of GitHub or GitLab. `on` is a word here, not a truth."""
    text = path.read_text(encoding="utf-8")
    made = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # makes nothing but texts, lists and tables
    assert isinstance(made, dict)
    return made


def run(*command: str | Path, cwd: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **more}, capture_output=True, encoding="utf-8", check=False
    )


def tool(name: str) -> str:
    """A checker that came with the requirements of the tests."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name) or absent(f"no {name}")


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every job of every workflow, with the name it goes by."""
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.stem}/{name}", job


def shells() -> Iterator[tuple[str, str]]:
    """Every piece of shell that a service runs for us, and where it stands."""
    for name, job in jobs():
        for step in job["steps"]:
            if "run" in step:
                yield f"{name}: {step['name']}", step["run"]
    for name, job in read(GITLAB).items():
        if isinstance(job, dict) and "script" in job:
            yield f"gitlab/{name}", "\n".join(job["script"])
    for path in SCRIPTS:
        yield path.name, path.read_text(encoding="utf-8")


def commands(text: str) -> list[list[str]]:
    """The arguments of every call of build.py in a text."""
    return [shlex.split(found) for found in COMMAND.findall(text)]


def unknown(text: str) -> list[str]:
    """The calls of build.py in a text that build.py itself would refuse."""
    refused = []
    for words in commands(text):
        try:
            cli.parse_arguments(words)
        except SystemExit:
            refused.append(shlex.join(words))
    return refused
