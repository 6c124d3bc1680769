"""Runs `build.py serve` in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from conftest import ROOT


@contextmanager
def interruptible() -> Iterator[None]:
    """Make processes started in this context end on Ctrl+C.

    A background job of a script ignores SIGINT, and its child processes inherit that. A handler is not inherited: with
    one set here, child processes start with the default.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def command(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the command, yield its process and its address without http://, and kill it at the end."""
    words = [sys.executable, "-u", str(ROOT / "build.py"), "serve", *arguments]
    pipe, given = subprocess.PIPE, os.environ | environment
    with interruptible(), subprocess.Popen(words, stdout=pipe, stderr=pipe, encoding="utf-8", env=given) as running:
        try:
            assert running.stdout
            yield running, running.stdout.readline().partition("http://")[2].strip()
        finally:
            running.kill()
