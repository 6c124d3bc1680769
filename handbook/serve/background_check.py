"""Render and check every file of a preview in the background, while the server answers requests.

In a forked process if the system can fork: the process shares the preview, runs at low priority and is killed when a
save outdates the preview. Else in a daemon thread, which ends before its next step. The server does not wait for either
when it stops.
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing.connection import Connection
from threading import Event, Thread

from handbook import cancellation, parallel
from handbook.diagnostics import WorkerKilledError
from handbook.model import OutputFile
from handbook.serve.session import CheckResult, diagnostics_of

AllFiles = Callable[[], Iterable[OutputFile]]


async def run_background_check(all_files: AllFiles) -> CheckResult:
    """Render and check every file and return the result. May be cancelled at any time."""
    loop = asyncio.get_running_loop()
    if parallel.can_fork():
        try:
            with parallel.background_process(partial(_check_all, all_files)) as receiver:
                await _wait_readable(receiver, loop)
                return receiver.recv()  # type: ignore[no-any-return]  # the results of a pipe are untyped
        except (EOFError, OSError):
            return CheckResult(diagnostics_of(WorkerKilledError()), {})
    return await _check_in_thread(all_files, loop)


async def _check_in_thread(all_files: AllFiles, loop: asyncio.AbstractEventLoop) -> CheckResult:
    """Check in a daemon thread: an executor's thread would be joined when the interpreter exits."""
    stopped = Event()
    future: asyncio.Future[CheckResult] = loop.create_future()

    def deliver(result: CheckResult) -> None:
        if not future.done():
            future.set_result(result)

    def work() -> None:
        cancellation.cancel_on(stopped)
        result = _check_all(all_files)
        with contextlib.suppress(RuntimeError):  # the loop is closed because the server has stopped
            loop.call_soon_threadsafe(deliver, result)

    Thread(target=work, daemon=True).start()
    try:
        return await future
    finally:
        stopped.set()


async def _wait_readable(receiver: Connection, loop: asyncio.AbstractEventLoop) -> None:
    """Wait until the pipe has data or is closed."""
    ready = asyncio.Event()
    loop.add_reader(receiver.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(receiver.fileno())


def _check_all(all_files: AllFiles) -> CheckResult:
    digests: dict[str, int] = {}
    try:
        for file in cancellation.steps(all_files()):
            digests[file.path] = zlib.crc32(file.data)
    except Exception as error:  # noqa: BLE001  # reported to the editor
        return CheckResult(diagnostics_of(error), digests)
    return CheckResult((), digests)
