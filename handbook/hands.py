"""Many hands: the same work on many items, on every core there is.

Pages need nothing of one another once the site stands, so they are made side by side. A hand is a fork of this
process, which holds the site already; where the system cannot fork (Windows), or there is too little to do, the work
is done here: the same results in the same order. docs/speed.md has the figures that pay for this room.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

ALONE = 250
"""Items that one hand makes sooner than two could begin."""
HEAP = 50
"""Items handed over at a time."""

T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], items: Sequence[T], *, hands: int = 0) -> Iterator[R]:
    """Yield `work(item)` of each item, in order, by so many hands, or by as many as there are cores and work for.

    What `work` raises is raised here. Its results cross from process to process, so they must be values.
    """
    hands = hands or min(cores(), len(items) // ALONE)
    if hands < 2 or not can_fork():
        yield from map(work, items)
        return
    context = multiprocessing.get_context("fork")
    ends: list[Connection] = []
    workers = []
    gc.freeze()  # what stands already is shared with the hands; the collector need not touch, and so copy, it
    try:
        for hand in range(hands):
            ours, theirs = context.Pipe(duplex=False)
            ends.append(ours)
            workers.append(context.Process(target=_serve, args=(work, items, (hand, hands), theirs, tuple(ends))))
            workers[-1].daemon = True
            workers[-1].start()
            theirs.close()
        for heap in range(-(-len(items) // HEAP)):
            made = ends[heap % hands].recv()
            if isinstance(made, Exception):
                raise made
            yield from made
    finally:
        gc.unfreeze()
        for worker in workers:
            worker.terminate()
        for worker, end in zip(workers, ends, strict=True):
            worker.join()
            end.close()


@contextlib.contextmanager
def aside(work: Callable[[], R]) -> Iterator[Connection]:
    """Have a hand do one work while this process goes on; yield the end at which its result can be received.

    It gives way to others, keeps nothing open that is closed here, and is ended on leaving. Only where `can_fork`.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_alone, args=(work, theirs), daemon=True)
    gc.freeze()
    worker.start()
    gc.unfreeze()
    theirs.close()
    try:
        yield ours
    finally:
        worker.terminate()
        worker.join()
        ours.close()


def _alone(work: Callable[[], R], out: Connection) -> None:
    signal.set_wakeup_fd(-1)  # it wakes the one who waits, and Ctrl+C is for that one alone
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
    os.closerange(3, out.fileno())
    os.closerange(out.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
    with contextlib.suppress(OSError):
        out.send(work())


def _serve(
    work: Callable[[T], R], items: Sequence[T], turn: tuple[int, int], out: Connection, ends: tuple[Connection, ...]
) -> None:
    """Make every so many-th heap of items. Ends without a word where nobody waits for the result any more."""
    for end in ends:  # or the death of the one who waits would go unnoticed
        end.close()
    hand, hands = turn
    with contextlib.suppress(OSError, KeyboardInterrupt):
        for start in range(hand * HEAP, len(items), hands * HEAP):
            try:
                made: list[R] | Exception = [work(item) for item in items[start : start + HEAP]]
            except Exception as error:  # noqa: BLE001  # it is raised again where the work was asked for
                made = error
            out.send(made)


def cores() -> int:
    """Return how many cores this process may use."""
    with contextlib.suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Whether a fork is safe: not on Windows, not on macOS, not beside other threads, not from within a hand."""
    return (
        multiprocessing.get_all_start_methods()[0] == "fork"
        and threading.active_count() == 1
        and not multiprocessing.current_process().daemon
    )
