"""Parallel map over forked worker processes, and single tasks in one. The only module that starts workers.

A worker is a fork of this process, so it shares the site without copying it. If the system cannot fork (Windows) or
there is too little to do, the work is done in this process: the same results in the same order.

At 10,000 nodes the second core brings a build from 17 to 12 s of wall time for 1 to 2 s more of CPU (docs/speed.md). At
2,000 nodes CPU is the same within the noise (9.1 with workers, 8.7 s without) and the largest process needs 149 instead
of 196 MB. The plan of 84 nodes costs the same (1.61 and 1.65 s of CPU): its pages are too few for workers, only open
data and search index run beside.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, TypeVar, cast

from handbook.diagnostics import WorkerKilled
from handbook.gc_pause import gc_frozen

MIN_ITEMS_PER_WORKER = 250
"""Fewest items per worker; with fewer, starting a second worker costs more than it saves."""
CHUNK_SIZE = 50
"""Items that a worker computes before it sends their results."""
MAX_OPEN_FILES = 1 << 16
"""Most file descriptors that are closed in a background process, if the system has no limit of its own."""

T = TypeVar("T")
R = TypeVar("R")


def parallel_map(work: Callable[[T], R], items: Sequence[T], *, hands: int = 0) -> Iterator[R]:
    """Yield `work(item)` of each item, in order, by so many hands, or by as many as there are cores and work for.

    What `work` raises is raised here. Its results cross from process to process, so they must be values.
    """
    hands = hands or min(cpu_count(), len(items) // MIN_ITEMS_PER_WORKER)
    if hands < 2 or not can_fork():
        yield from map(work, items)
        return
    workers: list[_Worker] = []
    try:
        with gc_frozen():
            for hand in range(hands):
                heaps = (
                    items[start : start + CHUNK_SIZE]
                    for start in range(hand * CHUNK_SIZE, len(items), hands * CHUNK_SIZE)
                )
                workers.append(_Worker(lambda heap: [*map(work, heap)], heaps, workers))
            for heap in range(-(-len(items) // CHUNK_SIZE)):
                yield from workers[heap % hands].next_chunk()
    finally:
        for worker in workers:
            worker.terminate()


def submit(work: Callable[[], Iterable[R]]) -> Iterator[R]:
    """Let another hand make things meanwhile; they come when they are asked for, as does what it raised.

    Where no other hand can help, that is when they are made.
    """
    if cpu_count() < 2 or not can_fork():
        return _run_lazily(work)
    worker = _Worker(lambda _: [*work()], (None,), ())

    def result() -> Iterator[R]:
        try:
            yield from worker.next_chunk()
        finally:
            worker.terminate()

    return result()


def _run_lazily(work: Callable[[], Iterable[R]]) -> Iterator[R]:
    yield from work()


@contextlib.contextmanager
def background_process(work: Callable[[], R]) -> Iterator[Connection]:
    """Have a hand do one work while this process goes on; yield the end at which its result can be received.

    It gives way to others, keeps nothing open that is closed here, and is sent away on leaving. Only where `can_fork`.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    with ours:
        worker = context.Process(target=_run_in_child, args=(work, theirs), daemon=True)
        try:
            with gc_frozen():
                worker.start()
        finally:
            theirs.close()
        group = cast(int, worker.pid)
        with contextlib.suppress(OSError):  # it does the same: whoever comes first
            os.setpgid(group, group)
        try:
            yield ours
        finally:
            # SIGKILL cannot be ignored, so joining the worker when this process exits ends for sure. No join here: at
            # nice 10 the worker may take long to exit.
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)


def _run_in_child(work: Callable[[], R], out: Connection) -> None:
    os.setpgid(0, 0)  # with the engines that it starts, so that they go when it goes
    signal.set_wakeup_fd(-1)  # it wakes the one who waits, and Ctrl+C is for that one alone
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
    os.closerange(3, out.fileno())
    os.closerange(out.fileno() + 1, min(os.sysconf("SC_OPEN_MAX"), MAX_OPEN_FILES))
    with contextlib.suppress(OSError):
        out.send(work())


class _Worker:
    """A fork of this process that makes one heap of results after the other."""

    def __init__(self, work: Callable[[T], list[Any]], heaps: Iterable[T], others: Iterable[_Worker]) -> None:
        context = multiprocessing.get_context("fork")
        self.end, theirs = context.Pipe(duplex=False)
        ends = (self.end, *(other.end for other in others))
        self.process = context.Process(target=_worker_loop, args=(work, heaps, theirs, ends), daemon=True)
        self.process.start()
        theirs.close()

    def next_chunk(self) -> list[Any]:
        """Wait for the next heap. Raises what the work raised, and Killed where the hand was."""
        try:
            made = self.end.recv()
        except (EOFError, OSError) as error:
            raise WorkerKilled from error
        if isinstance(made, Exception):
            raise made
        return cast(list[Any], made)

    def terminate(self) -> None:
        """Let it go, whatever it is doing."""
        self.process.terminate()
        self.process.join()
        self.end.close()


def _worker_loop(
    work: Callable[[T], list[Any]], heaps: Iterable[T], out: Connection, ends: Iterable[Connection]
) -> None:
    """Make heap after heap. Ends without a word where nobody waits for the result any more."""
    for end in ends:  # or the death of the one who waits would go unnoticed
        end.close()
    with contextlib.suppress(OSError, KeyboardInterrupt):
        for heap in heaps:
            try:
                made: list[Any] | Exception = work(heap)
            except Exception as error:  # noqa: BLE001  # it is raised again where the work was asked for
                made = error
            out.send(made)


def cpu_count() -> int:
    """Return how many cores this process may use."""
    with contextlib.suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Whether a fork is safe: not on Windows, not on macOS, not beside other threads, not from within a hand."""
    return (
        "fork" in multiprocessing.get_all_start_methods()
        and sys.platform != "darwin"
        and threading.active_count() == 1
        and not multiprocessing.current_process().daemon
    )
