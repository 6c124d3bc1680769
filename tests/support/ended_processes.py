"""Starts build.py, ends it in several ways, and finds what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT

from support.serve_process import interruptible

MARK = "HANDBOOK_TEST_RUN"
"""Environment variable that marks all processes of a run."""
TIMEOUT_SECONDS = 60.0
ENDS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGINT SIGINT", "SIGKILL")
"""The signals sent to the first process, in order."""


def processes(mark: str) -> list[str]:
    """Return a line for each process of a run, except those that have ended and are not waited for."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                found.append(f"{folder.name} {' '.join(words)}")
        except OSError:  # ended in the meantime, or of another user
            continue
    return found


def wait_until(condition: Callable[[], object], what: str = "") -> float:
    """Wait until a condition is true and return the seconds. Fails after a minute."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + TIMEOUT_SECONDS, what
        time.sleep(0.005)
    return time.monotonic() - began


@dataclass(frozen=True)
class Ended:
    """An ended run."""

    status: int
    output: str
    """What was printed to stdout and stderr."""
    seconds: float
    """From the first signal to the end of the first process."""
    seconds_to_last: float
    """From then to the end of the last process of the run."""


@dataclass(frozen=True)
class Running:
    """A run of build.py."""

    process: subprocess.Popen[str]
    mark: str
    log: Path

    def output(self) -> str:
        """Return what has been printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def end(self, signals: str) -> Ended:
        """Send the signals and wait until nothing is left of the run."""
        began = time.monotonic()
        for name in signals.split():
            self.process.send_signal(getattr(signal, name))
        status = self.process.wait(TIMEOUT_SECONDS)
        seconds = time.monotonic() - began
        last = wait_until(lambda: not processes(self.mark), f"left after {signals}: {processes(self.mark)}")
        return Ended(status, self.output(), seconds, last)


@contextmanager
def started(folder: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """Start build.py with its output in a file of the folder, and kill all its processes at the end."""
    mark, log = uuid.uuid4().hex, folder / f"{uuid.uuid4().hex}.log"
    command = [sys.executable, "-u", str(ROOT / "build.py"), *arguments]
    given = os.environ | environment | {MARK: mark}
    with interruptible(), log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, encoding="utf-8", env=given)
    try:
        yield Running(process, mark, log)
    finally:
        for line in processes(mark):
            with_number = int(line.partition(" ")[0])
            try:
                os.kill(with_number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()


def program(path: Path, script: str) -> Path:
    """Write a shell script that can be started as a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def environment_with(programs: Path) -> dict[str, str]:
    """Return PATH with a folder of programs before all others."""
    return {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


__all__: Sequence[str] = ("ENDS", "Ended", "Running", "environment_with", "processes", "program", "started", "wait_until")
