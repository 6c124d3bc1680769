"""Make and check every file of a draft in the background, while the server answers requests.

In a forked process if the system can fork: it shares the draft, runs at low priority and is killed when a save
outdates the draft. Else in a daemon thread. Neither is waited for when the server ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing.connection import Connection
from threading import Event, Thread

from handbook import parallel
from handbook.diagnostics import WorkerKilled
from handbook.model import OutputFile
from handbook.serve.session import CheckResult, diagnostics_of

FileSource = Callable[[], Iterable[OutputFile]]


async def run_background_check(proof: FileSource) -> CheckResult:
    """Make and check every file and return the result. May be cancelled at any time."""
    loop = asyncio.get_running_loop()
    if parallel.can_fork():
        try:
            with parallel.background_process(partial(_check_in_child, proof)) as end:
                await _wait_readable(end, loop)
                return end.recv()  # type: ignore[no-any-return]  # a pipe knows no types
        except (EOFError, OSError):
            return CheckResult(diagnostics_of(WorkerKilled()), {})
    return await _read_in_thread(proof, loop)


async def _read_in_thread(proof: FileSource, loop: asyncio.AbstractEventLoop) -> CheckResult:
    """Check in a daemon thread: an executor's thread would be joined when the interpreter exits."""
    stopped = Event()
    result: asyncio.Future[CheckResult] = loop.create_future()

    def deliver(found: CheckResult) -> None:
        if not result.done():
            result.set_result(found)

    def work() -> None:
        found = _check_in_child(proof, stopped)
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server has ended
            loop.call_soon_threadsafe(deliver, found)

    Thread(target=work, daemon=True).start()
    try:
        return await result
    finally:
        stopped.set()


async def _wait_readable(end: Connection, loop: asyncio.AbstractEventLoop) -> None:
    """Wait until the pipe has data or is closed."""
    ready = asyncio.Event()
    loop.add_reader(end.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(end.fileno())


def _check_in_child(proof: FileSource, stopped: Event | None = None) -> CheckResult:
    digests: dict[str, int] = {}
    try:
        for file in proof():
            digests[file.path] = zlib.crc32(file.data)
            if stopped and stopped.is_set():
                break
    except Exception as error:  # noqa: BLE001  # reported to the editor
        return CheckResult(diagnostics_of(error), digests)
    return CheckResult((), digests)
