"""Runs build.py in a process and measures its exit status, time and memory."""

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


def skip_or_fail(what: str) -> NoReturn:
    """Skip the test on a person's machine and fail it in CI. `what` completes the sentence "there is …"."""
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
    output: str
    seconds: float
    """CPU time if the system reports it, so that other processes do not count; else elapsed time."""
    megabytes: float
    """Peak memory in MiB, or 0 if the system does not report it."""


MEASURED = """
import re, runpy, sys, time
at, sys.argv = sys.argv[1], sys.argv[2:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    try:
        peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
        open(at, "w").write(f"{peak[1]} {time.process_time()}")
    except OSError:
        pass
"""
"""Runs a script and writes its peak memory and CPU time to a file. `getrusage` would include the parent's peak."""


def run(*words: str | Path, env: Mapping[str, str] | None = None, timeout: float = 120) -> Run:
    """Run build.py and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        peak = Path(folder) / "peak"
        command = [sys.executable, "-c", MEASURED, str(peak), str(ROOT / "build.py"), *map(str, words)]
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, timeout=timeout, env=os.environ | (env or {}), check=False)
        size, took = peak.read_text().split() if peak.exists() else (0, time.monotonic() - began)
    return Run(done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"), float(took), int(size) / 1024)


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file in a folder by its relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def assert_refused(root: Path, *, seconds: float = 5, megabytes: float = 500) -> Run:
    """Build a folder and assert that it is refused within the limits: exit 1, no traceback, output/ unchanged."""
    output = root / "output"
    if not output.exists():
        output.mkdir()
        (output / "manifest.txt").write_text("", encoding="utf-8")
    before = file_hashes(output)
    done = run("--root", root, "--no-booklet")
    assert done.code == 1, (done.code, done.output[:400])
    assert "Traceback" not in done.output
    assert "この道具の誤り" not in done.output, done.output[:400]
    assert file_hashes(output) == before
    assert done.seconds < seconds, done.seconds
    assert done.megabytes < megabytes, done.megabytes
    return done
