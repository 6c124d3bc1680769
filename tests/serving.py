"""`build.py serve` as a person starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from conftest import ROOT


@contextmanager
def command(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start it, give its process and its address without http://, and never leave it behind."""
    words = [sys.executable, "-u", str(ROOT / "build.py"), "serve", *arguments]
    pipe, given = subprocess.PIPE, os.environ | environment
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell without job control starts background commands with SIGINT ignored, and children inherit that: the
        # server would never see Ctrl+C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, encoding="utf-8", env=given) as running:
        try:
            assert running.stdout
            yield running, running.stdout.readline().partition("http://")[2].strip()
        finally:
            running.kill()
