"""Start other programs, in the process group that ends with this process."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any  # the options of subprocess

from handbook import cancellation, children

CANCEL_SECONDS = 0.1
"""Seconds between two looks at whether a run of a program is cancelled."""


def start(command: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
    """Start a program as `subprocess.Popen` does."""
    return subprocess.Popen(command, process_group=children.process_group(), **options)


def run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[Any]:
    """Run a program as `subprocess.run` does. Its exit status is no error."""
    return subprocess.run(command, process_group=children.process_group(), check=False, **options)


def run_at_once(command: Sequence[str], inputs: Sequence[bytes], timeout: float) -> list[tuple[int, bytes, bytes]]:
    """Run a program once for each input, all at the same time. Return exit status, stdout and stderr of each.

    stdin and stdout are files, so that no run waits until the output of another one is read. Raises
    subprocess.TimeoutExpired after `timeout` seconds, OSError if the program does not start, and WorkCancelledError.
    """
    end = time.monotonic() + timeout
    with ExitStack() as stack:
        runs = []
        for data in inputs:
            stdin, stdout = stack.enter_context(TemporaryFile()), stack.enter_context(TemporaryFile())
            stdin.write(data)
            stdin.seek(0)
            process = stack.enter_context(start(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE))
            stack.callback(process.kill)
            runs.append((process, stdout))
        results = []
        for process, stdout in runs:
            stderr = _wait_for(process, end)
            stdout.seek(0)
            results.append((process.returncode, stdout.read(), stderr))
    return results


def _wait_for(process: subprocess.Popen[bytes], end: float) -> bytes:
    """Wait until the process exits and return its stderr. `end` is a time of the monotonic clock."""
    while True:
        cancellation.check()
        seconds = max(0.0, end - time.monotonic())
        seconds = min(seconds, CANCEL_SECONDS) if cancellation.is_possible() else seconds
        try:
            return process.communicate(timeout=seconds)[1]
        except subprocess.TimeoutExpired:
            if time.monotonic() >= end:
                raise
