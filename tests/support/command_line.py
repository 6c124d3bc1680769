"""Runs the commands of build.py in a process of their own, or in this process, which takes a tenth of the time."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from conftest import ROOT

from handbook import cli

Completed = subprocess.CompletedProcess[str]


def run_process(*arguments: str, cwd: Path = ROOT) -> Completed:
    """Run build.py in a process of its own."""
    command = [sys.executable, str(ROOT / "build.py"), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


def run(*arguments: str, cwd: Path = ROOT) -> Completed:
    """Run a command in this process and return its exit status and what it printed."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    with contextlib.chdir(cwd), contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        status = _status(arguments)
    out, err = (stream.buffer.getvalue().decode() for stream in streams if isinstance(stream.buffer, io.BytesIO))
    return Completed(list(arguments), status, out, err)


def _status(arguments: Sequence[str]) -> int:
    try:
        return cli.main(arguments)
    except SystemExit as error:  # argparse: 2 for wrong usage
        return error.code if isinstance(error.code, int) else 1
