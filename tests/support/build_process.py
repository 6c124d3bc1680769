"""A build as somebody starts it: how it ended, how long it took, how much memory it wanted."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from conftest import ROOT


def missing(what: str) -> NoReturn:
    """Skip where a person works without something; fail where CI must not go on without it."""
    if os.environ.get("CI"):
        pytest.fail(f"THERE IS {what}", pytrace=False)
    pytest.skip(f"LOUD: THERE IS {what}")


PLAIN = """\
計画:
  名称: 架空市 学びの計画
階層:
  - {名称: 目標, path: goals}
  - {名称: 事業, path: projects}
目標:
  - id: learn
    名称: 学びを広げる
    本文: |
      だれもが、いつでも学べるまちにします。

      ガイドブックは、図書館にあります。
    事業:
      - id: library
        名称: 図書館の充実
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command."""

    code: int
    said: str
    seconds: float
    """Of work, where the system tells, so that busy neighbours do not count."""
    megabytes: float
    """The most memory it held; 0 where the system does not tell."""


MEASURED = """
import re, runpy, sys, time
at, sys.argv = sys.argv[1], sys.argv[2:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    try:
        held = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
        open(at, "w").write(f"{held[1]} {time.process_time()}")
    except OSError:
        pass
"""
"""Runs a script and writes down the most memory it held. (What the system counts begins with that of the parent.)"""


def run(*words: str | Path, env: Mapping[str, str] | None = None, patience: float = 120) -> Run:
    """Run build.py and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "held"
        command = [sys.executable, "-c", MEASURED, str(held), str(ROOT / "build.py"), *map(str, words)]
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, timeout=patience, env=os.environ | (env or {}), check=False)
        size, took = held.read_text().split() if held.exists() else (0, time.monotonic() - began)
    return Run(done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"), float(took), int(size) / 1024)


def tree(folder: Path) -> dict[str, str]:
    """Every file in a folder with the hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def refused(root: Path, *, seconds: float = 5, megabytes: float = 500) -> Run:
    """Build a folder that must be refused as promised: exit 1, a place, no traceback, output/ as it was, soon."""
    output = root / "output"
    if not output.exists():
        output.mkdir()
        (output / "manifest.txt").write_text("", encoding="utf-8")
    before = tree(output)
    done = run("--root", root, "--no-booklet")
    assert done.code == 1, (done.code, done.said[:400])
    assert "Traceback" not in done.said
    assert "この道具の誤り" not in done.said, done.said[:400]
    assert tree(output) == before
    assert done.seconds < seconds, done.seconds
    assert done.megabytes < megabytes, done.megabytes
    return done
