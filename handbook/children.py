"""The process group of the child processes, which is killed when this process ends, by any cause.

Its first process, the watcher, is forked at the start, while this process is small. It reads a pipe that only this
process can write to. The pipe is closed when this process ends, even by SIGKILL; then the watcher kills the group and
with it itself. Groups that are also killed alone, such as the check of `serve` with its layout engine, are on a list of
the watcher.

A system without `fork` (Windows) has no watcher. There Ctrl+C reaches every process of the console, but an engine
continues if this process is killed by force. In a program that does not call `start_watcher`, children stay in the
group of the program.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

REAP_SECONDS = 0.5
"""Longest wait for killed children. A process at low priority may end late on a machine under load."""


class _Watched:
    """What ends with this process."""

    def __init__(self) -> None:
        self.group: int | None = None
        """The process group of the children, whose number is that of the watcher."""
        self.pipe: int | None = None
        """File descriptor of the pipe to the watcher."""
        self.other_groups: set[int] = set()


_WATCHED = _Watched()


def start_watcher() -> None:
    """Fork the watcher if the system can fork. Called once, before there are threads."""
    if not hasattr(os, "fork"):
        return
    reader, writer = os.pipe()
    watcher = os.fork()
    if not watcher:
        try:
            os.close(writer)
            _watch(reader)
        finally:
            os._exit(0)
    os.close(reader)
    with suppress(OSError):  # the watcher does the same; either may be first
        os.setpgid(watcher, watcher)
    _WATCHED.group, _WATCHED.pipe = watcher, writer
    os.register_at_fork(after_in_child=_join_group)


def _watch(reader: int) -> None:
    """Wait for the end of the pipe, then kill the groups on the list and, last, the own group with this process.

    A line `+NUMBER` adds a group to the list, `-NUMBER` removes it.
    """
    with suppress(OSError):
        os.setpgid(0, 0)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups: set[int] = set()
    with os.fdopen(reader) as lines:
        for line in lines:
            (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    for group in (*groups, os.getpid()):
        _kill(group)


def _join_group() -> None:
    """Make a forked child a member of the group, and close its copy of the pipe, which would keep the watcher waiting.

    The programs that the child starts are in its group too.
    """
    if _WATCHED.pipe is not None and _WATCHED.group is not None:
        os.close(_WATCHED.pipe)
        with suppress(OSError):
            os.setpgid(0, _WATCHED.group)
    _WATCHED.__init__()  # type: ignore[misc]  # nothing ends with a child


def process_group() -> int | None:
    """Return the group that a program must be started in, or None for that of this process."""
    return _WATCHED.group


def add_group(group: int) -> None:
    """Make a process group end with this process: a child that has called `setpgid(0, 0)` and all that it starts."""
    _WATCHED.other_groups.add(group)
    _write_to_watcher(f"+{group}\n")


def kill_group(group: int) -> None:
    """Kill a process group that was added."""
    _kill(group)
    _WATCHED.other_groups.discard(group)
    _write_to_watcher(f"-{group}\n")


def kill_all() -> None:
    """Kill all children and the watcher, and wait for their end, at most REAP_SECONDS."""
    for group in (*_WATCHED.other_groups, *filter(None, [_WATCHED.group])):
        _kill(group)
    end = time.monotonic() + REAP_SECONDS
    with suppress(ChildProcessError, AttributeError):  # no child is left; Windows has no WNOHANG
        while time.monotonic() < end:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.002)


def _kill(group: int) -> None:
    with suppress(OSError):
        os.killpg(group, signal.SIGKILL)


def _write_to_watcher(line: str) -> None:
    if _WATCHED.pipe is not None:
        with suppress(OSError):
            os.write(_WATCHED.pipe, line.encode())
