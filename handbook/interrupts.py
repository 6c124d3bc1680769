"""End this process on Ctrl+C, SIGTERM and SIGHUP: at once, with one line in Japanese and the usual exit status.

The handler raises no exception. An exception can appear in any line of any library, which may print it, drop it or wait
for its threads, and a second Ctrl+C would interrupt the first. Instead the handler kills the children, deletes
temporary files and exits. What this program writes is complete or unchanged whenever it is killed (docs/trust.md, row
21).

A signal that was ignored at the start stays ignored: `nohup` ignores SIGHUP, a shell script SIGINT in its background
jobs.

Python calls a handler only between two steps of the main thread. A long step of a compiled library therefore runs in a
thread (`run_in_thread`). Few modules are imported here, because a signal before `install` cannot be answered well.
"""

from __future__ import annotations

import atexit
import faulthandler
import os
import signal
import sys
from contextlib import contextmanager, suppress

from handbook import children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType
    from typing import TypeVar

    T = TypeVar("T")

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Of these, Windows has no SIGHUP, and only Windows has SIGBREAK (Ctrl+Break)."""
INTERRUPTED_STATUS = 128 + signal.SIGINT
STACKS_AFTER_SECONDS = 5.0
"""Seconds after which the stacks of all threads are printed if the process has not ended."""
PRINT_SECONDS = 0.5
"""Longest wait for the message to be printed."""
JOIN_SECONDS = 0.05
"""Longest wait for a thread during which Windows answers no signal."""
MESSAGE = "途中でやめました。output/ は前のままです。"


class _State:
    def __init__(self) -> None:
        self.process = 0
        """Number of the process that the handler ends."""
        self.message = MESSAGE
        self.ctrl_c_status = INTERRUPTED_STATUS
        self.handled: list[int] = []
        """Signals with our handler."""
        self.cleanups: list[Callable[[], object]] = []
        self.is_deferred = False
        self.pending = 0
        """A signal that has come while signals are deferred."""


_STATE = _State()


def install() -> None:
    """Handle the signals of this process from now on, and let no child outlive it."""
    _STATE.process = os.getpid()
    for number in SIGNALS:
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            signal.signal(number, _handle)
            _STATE.handled.append(number)
    with deferred():  # else the end could not find the watcher
        children.start_watcher()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_reset_in_child)
    atexit.register(_end_children)


def uninstall() -> None:
    """Restore Python's own handling of signals, for a program that has its own, such as pytest."""
    for number in _STATE.handled:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    _STATE.handled.clear()


def set_message(message: str) -> None:
    """Set what is printed when a signal ends this process."""
    _STATE.message = message


def end_normally_on_ctrl_c(message: str) -> None:
    """Make Ctrl+C a normal end: the message is printed to stdout, and the exit status is 0."""
    _STATE.message, _STATE.ctrl_c_status = message, 0


@contextmanager
def deferred() -> Iterator[None]:
    """Answer a signal only after the block. A second signal is answered at once."""
    _STATE.is_deferred = True
    try:
        yield
    finally:
        _STATE.is_deferred = False
        if _STATE.pending:
            _end(_STATE.pending)


@contextmanager
def cleanup(callback: Callable[[], object]) -> Iterator[None]:
    """Call a function after the block, or when a signal ends the process inside the block.

    A signal may come during the call. Then the function is called again, before the first call has returned.
    """
    _STATE.cleanups.append(callback)
    try:
        yield
    finally:
        try:
            callback()
        finally:
            _STATE.cleanups.remove(callback)


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Yield a new folder, which is deleted after the block, or when a signal ends the process inside the block."""
    from pathlib import Path
    from shutil import rmtree
    from tempfile import mkdtemp

    folders: list[str] = []

    def delete() -> None:
        for folder in folders:
            rmtree(folder, ignore_errors=True)

    with cleanup(delete):
        with deferred():
            folders.append(mkdtemp(prefix=prefix))
        yield Path(folders[0])


def run_in_thread(work: Callable[[], T]) -> T:
    """Call a function in another thread, so that signals are answered in the meantime. Re-raises its exception."""
    from threading import Thread, current_thread, main_thread

    if current_thread() is not main_thread():
        return work()
    results: list[T] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  # raised again below
            errors.append(error)

    thread = Thread(target=call, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(JOIN_SECONDS)
    for error in errors:
        raise error
    return results[0]


def _handle(number: int, _frame: FrameType | None) -> None:
    if os.getpid() != _STATE.process:  # a child, just after its fork
        os._exit(128 + number)
    if _STATE.is_deferred and not _STATE.pending:
        _STATE.pending = number
    else:
        _end(number)


def _end(number: int) -> None:
    """End the process. The signals that follow are ignored."""
    _end_children()
    for callback in reversed(_STATE.cleanups):
        with suppress(Exception):  # the next build deletes what cannot be deleted now
            callback()
    status = _STATE.ctrl_c_status if number == signal.SIGINT else 128 + number
    if hasattr(signal, "setitimer"):  # a pipe that is full and not read would keep the process
        signal.signal(signal.SIGALRM, lambda *_: os._exit(status))
        signal.setitimer(signal.ITIMER_REAL, PRINT_SECONDS)
    _print_message()
    os._exit(status)


def _print_message() -> None:
    streams = (sys.stdout, sys.stderr) if _STATE.ctrl_c_status == 0 else (sys.stderr, sys.stdout)
    text = f"\n{_STATE.message}\n"
    with suppress(Exception):  # a closed terminal
        try:
            streams[0].write(text)
            streams[0].flush()
        except RuntimeError:  # the signal has come in the middle of printing
            os.write(streams[0].fileno(), text.encode(streams[0].encoding, "replace"))
    with suppress(Exception):
        streams[1].flush()


def _end_children() -> None:
    """Kill the children and ignore signals from now on, in which there is nothing left to end."""
    for number in _STATE.handled:
        signal.signal(number, signal.SIG_IGN)
    with suppress(AttributeError, ValueError, OSError, RuntimeError):  # no console, as with pythonw
        faulthandler.dump_traceback_later(STACKS_AFTER_SECONDS)
    children.kill_all()


def _reset_in_child() -> None:
    """Leave the answer to Ctrl+C to the parent process. Other signals end a child."""
    for number in _STATE.handled:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    _STATE.cleanups.clear()
