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

from handbook import hands
from handbook.mistakes import Killed
from handbook.model import File
from handbook.serve.shown import Found, mistakes_in

Proof = Callable[[], Iterable[File]]


async def read(proof: Proof) -> Found:
    """Make and check every file and return the result. May be cancelled at any time."""
    loop = asyncio.get_running_loop()
    if hands.can_fork():
        try:
            with hands.behind(partial(_read, proof)) as end:
                await _readable(end, loop)
                return end.recv()  # type: ignore[no-any-return]  # a pipe knows no types
        except (EOFError, OSError):
            return Found(mistakes_in(Killed()), {})
    return await _read_in_thread(proof, loop)


async def _read_in_thread(proof: Proof, loop: asyncio.AbstractEventLoop) -> Found:
    """Check in a daemon thread: an executor's thread would be joined when the interpreter exits."""
    stopped = Event()
    result: asyncio.Future[Found] = loop.create_future()

    def deliver(found: Found) -> None:
        if not result.done():
            result.set_result(found)

    def work() -> None:
        found = _read(proof, stopped)
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server has ended
            loop.call_soon_threadsafe(deliver, found)

    Thread(target=work, daemon=True).start()
    try:
        return await result
    finally:
        stopped.set()


async def _readable(end: Connection, loop: asyncio.AbstractEventLoop) -> None:
    """Wait until the pipe has data or is closed."""
    ready = asyncio.Event()
    loop.add_reader(end.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(end.fileno())


def _read(proof: Proof, stopped: Event | None = None) -> Found:
    digests: dict[str, int] = {}
    try:
        for file in proof():
            digests[file.path] = zlib.crc32(file.data)
            if stopped and stopped.is_set():
                break
    except Exception as error:  # noqa: BLE001  # reported to the editor
        return Found(mistakes_in(error), digests)
    return Found((), digests)
