"""Parallel map over forked worker processes, and single tasks in one. The only module that starts workers.

A worker is a fork of this process, so it shares the site without copying it. If the system cannot fork (Windows) or
there are too few items, the work is done in this process, with the same results in the same order.

At 10,000 nodes the second core brings a build from 17 to 12 s of wall time for 1 to 2 s more of CPU (docs/speed.md). At
2,000 nodes CPU is the same within the noise (9.1 with workers, 8.7 s without) and the largest process needs 149 instead
of 196 MB. The plan of 84 nodes costs the same (1.61 and 1.65 s of CPU): its pages are too few for workers, only open
data and search index run in workers.
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
from typing import Generic, TypeVar, cast

from handbook import cancellation, children
from handbook.diagnostics import WorkerKilledError
from handbook.gc_pause import gc_frozen

MIN_ITEMS_PER_WORKER = 250
"""Fewest items per worker; with fewer, starting a second worker costs more than it saves."""
CHUNK_SIZE = 50
"""Items that a worker computes before it sends their results."""
MAX_OPEN_FILES = 1 << 16
"""Most file descriptors that are closed in a background process, if the system has no limit of its own."""

NICENESS = 5
"""Of a background process. With 8 busy processes on 2 cores a killed process ends within 0.2 s, at niceness 10 within
1.1 s."""

T = TypeVar("T")
R = TypeVar("R")


def parallel_map(work: Callable[[T], R], items: Sequence[T], *, worker_count: int = 0) -> Iterator[R]:
    """Yield `work(item)` of each item, in order. 0 workers: as many as there are cores and enough items for.

    Re-raises the exception of a worker. Results are pickled, so they must be plain values.
    """
    worker_count = worker_count or min(cpu_count(), len(items) // MIN_ITEMS_PER_WORKER)
    if worker_count < 2 or not can_fork():
        yield from map(work, cancellation.steps(items))
        return
    workers: list[_Worker[R]] = []
    try:
        with gc_frozen():
            for index in range(worker_count):
                chunks = (
                    items[start : start + CHUNK_SIZE]
                    for start in range(index * CHUNK_SIZE, len(items), worker_count * CHUNK_SIZE)
                )
                workers.append(_Worker(lambda chunk: [*map(work, chunk)], chunks, workers))
            for chunk_number in range(-(-len(items) // CHUNK_SIZE)):
                yield from workers[chunk_number % worker_count].next_chunk()
    finally:
        for worker in workers:
            worker.terminate()


def submit(work: Callable[[], Iterable[R]]) -> Iterator[R]:
    """Start `work` in a worker process and return an iterator over its results. It re-raises the worker's exception.

    With one core, or if the system cannot fork, the work is done in this process when the iterator is first read.
    """
    if cpu_count() < 2 or not can_fork():
        return _run_lazily(work)
    worker: _Worker[R] = _Worker(lambda _: [*work()], (None,), ())

    def results() -> Iterator[R]:
        try:
            yield from worker.next_chunk()
        finally:
            worker.terminate()

    return results()


def _run_lazily(work: Callable[[], Iterable[R]]) -> Iterator[R]:
    yield from cancellation.steps(work())


@contextlib.contextmanager
def background_process(work: Callable[[], R]) -> Iterator[Connection]:
    """Run `work` in a child process at low priority and yield the pipe from which its result can be received.

    The child closes all inherited file descriptors and is killed when the context is left. Requires `can_fork`.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    with receiver:
        child = context.Process(target=_run_in_child, args=(work, sender), daemon=True)
        try:
            with gc_frozen():
                child.start()
        finally:
            sender.close()
        group = cast(int, child.pid)
        with contextlib.suppress(OSError):  # the child does the same; either may be first
            os.setpgid(group, group)
        children.add_group(group)
        try:
            yield receiver
        finally:
            # SIGKILL cannot be ignored, so joining the child when this process exits always ends. No join here: at
            # low priority the child may take long to exit.
            child.kill()  # it may not be in its group yet
            children.kill_group(group)


def _run_in_child(work: Callable[[], R], sender: Connection) -> None:
    os.setpgid(0, 0)  # a group with the layout engines that the child starts, so that they are killed with it
    signal.set_wakeup_fd(-1)  # the wake-up fd and SIGINT belong to the parent process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    os.closerange(3, sender.fileno())
    os.closerange(sender.fileno() + 1, min(os.sysconf("SC_OPEN_MAX"), MAX_OPEN_FILES))
    with contextlib.suppress(OSError):
        sender.send(work())


class _Worker(Generic[R]):
    """A fork of this process that computes chunks of results in order and sends each through a pipe."""

    def __init__(self, work: Callable[[T], list[R]], chunks: Iterable[T], earlier: Iterable[_Worker[R]]) -> None:
        context = multiprocessing.get_context("fork")
        self.receiver, sender = context.Pipe(duplex=False)
        inherited = (self.receiver, *(worker.receiver for worker in earlier))
        self.process = context.Process(target=_worker_loop, args=(work, chunks, sender, inherited), daemon=True)
        self.process.start()
        sender.close()

    def next_chunk(self) -> list[R]:
        """Wait for the next chunk and return it.

        Raises the exception of `work`, or WorkerKilledError if the process has ended before it sent the chunk.
        """
        try:
            results = self.receiver.recv()
        except (EOFError, OSError) as error:
            raise WorkerKilledError from error
        if isinstance(results, Exception):
            raise results
        return cast(list[R], results)

    def terminate(self) -> None:
        """Terminate the worker process, even in the middle of a chunk, and wait for its end."""
        self.process.terminate()
        self.process.join()
        self.receiver.close()


def _worker_loop(
    work: Callable[[T], list[R]], chunks: Iterable[T], sender: Connection, inherited: Iterable[Connection]
) -> None:
    """Compute chunks in a loop and send each to the parent. Stops when the parent has closed the pipe."""
    for connection in inherited:  # else a dead parent would not be seen as a broken pipe
        connection.close()
    with contextlib.suppress(OSError, KeyboardInterrupt):
        for chunk in chunks:
            try:
                results: list[R] | Exception = work(chunk)
            except Exception as error:  # noqa: BLE001  # `next_chunk` raises it again in the parent
                results = error
            sender.send(results)


def cpu_count() -> int:
    """Return the number of cores this process may use."""
    with contextlib.suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Return whether a fork is safe: not on Windows, not on macOS, not with other threads, not in a worker."""
    return (
        "fork" in multiprocessing.get_all_start_methods()
        and sys.platform != "darwin"
        and threading.active_count() == 1
        and not multiprocessing.current_process().daemon
    )
