"""Every page of a draft is made and looked at, while the browser goes on being answered.

By a fork of this process where the system can: it holds the draft already, gives way to whoever wants the machine,
and is gone the moment a save outdates what it reads. Elsewhere by a thread, which takes its turns with the answers.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from threading import Event

from handbook import hands
from handbook.mistakes import Killed
from handbook.model import File
from handbook.serve.shown import Found, mistakes_in

Proof = Callable[[], Iterable[File]]


async def read(proof: Proof) -> Found:
    """Make every file and look at it. May be cancelled at any time."""
    loop = asyncio.get_running_loop()
    if hands.can_fork():
        try:
            with hands.behind(partial(_read, proof)) as end:
                await _readable(end, loop)
                return end.recv()  # type: ignore[no-any-return]  # a pipe knows no types
        except (EOFError, OSError):
            return Found(mistakes_in(Killed()), {})
    stopped = Event()
    thread = ThreadPoolExecutor(1)
    try:
        return await loop.run_in_executor(thread, _read, proof, stopped)
    finally:
        stopped.set()
        thread.shutdown(wait=False)


async def _readable(end: Connection, loop: asyncio.AbstractEventLoop) -> None:
    """Wait until something comes, or nothing ever will."""
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
    except Exception as error:  # noqa: BLE001  # it is told where the draft is shown
        return Found(mistakes_in(error), digests)
    return Found((), digests)
