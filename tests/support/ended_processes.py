"""Starts build.py, ends it in several ways, and finds what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT

from support.serve_process import interruptible

MARK = "HANDBOOK_TEST_RUN"
"""Environment variable that marks all processes of a run."""
TIMEOUT_SECONDS = 60.0


def processes(mark: str) -> list[tuple[int, str]]:
    """Return number and command line of each process of a run, except those that have ended and are not waited for."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended in the meantime, or of another user
            if mark.encode() in (folder / "environ").read_bytes():
                words = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
                found.append((int(folder.name), words.replace("\0", " ")))
    return found


def wait_until(condition: Callable[[], object]) -> float:
    """Wait until a condition is true and return the seconds. Fails after a minute."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + TIMEOUT_SECONDS
        time.sleep(0.005)
    return time.monotonic() - began


@dataclass(frozen=True)
class Ended:
    """An ended run."""

    status: int
    output: str
    """What was printed to stdout and stderr."""
    seconds: float
    """From the first signal to the end of the last process of the run."""


@dataclass(frozen=True)
class Running:
    """A run of build.py."""

    process: subprocess.Popen[str]
    mark: str
    log: Path

    def output(self) -> str:
        """Return what has been printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def count(self, words: str) -> int:
        """Return the number of processes whose command line contains these words."""
        return sum(words in command for _, command in processes(self.mark))

    def status_field(self, name: str) -> str:
        """Return a field of /proc/NUMBER/status of the first process."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(value.strip() for key, _, value in (line.partition(":") for line in lines) if key == name)

    def handles(self, number: int) -> bool:
        """Return whether the first process has a handler for a signal."""
        return bool(int(self.status_field("SigCgt"), 16) & 1 << number - 1)

    def end(self, signals: str) -> Ended:
        """Send the signals in order and wait until nothing is left. SIGINT goes to the whole group, as on Ctrl+C."""
        began = time.monotonic()
        for name in signals.split():
            send = os.killpg if name == "SIGINT" else os.kill
            with suppress(ProcessLookupError):  # a second signal may come after the end
                send(self.process.pid, getattr(signal, name))
        status = self.process.wait(TIMEOUT_SECONDS)
        wait_until(lambda: not processes(self.mark))
        return Ended(status, self.output(), time.monotonic() - began)


@contextmanager
def started(folder: Path, *command: str, **environment: str) -> Iterator[Running]:
    """Start Python with these arguments and its output in a file of the folder. Kill what is left at the end."""
    mark, log = uuid.uuid4().hex, folder / f"{uuid.uuid4().hex}.log"
    given = os.environ | environment | {MARK: mark}
    words = [sys.executable, "-u", *command]
    with interruptible(), log.open("w") as out:
        process = subprocess.Popen(
            words, cwd=ROOT, stdout=out, stderr=out, encoding="utf-8", env=given, start_new_session=True
        )
    try:
        yield Running(process, mark, log)
    finally:
        for number, _ in processes(mark):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.wait()


def write_program(path: Path, script: str) -> None:
    """Write a shell script that can be started as a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """Run processes that use as much of the processor as they get."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()
