"""Cancel work that runs in a thread, between two of its steps. A thread cannot be killed, unlike a process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from threading import Event
from typing import TypeVar

T = TypeVar("T")

_CANCELLED: ContextVar[Event | None] = ContextVar("cancelled", default=None)


class WorkCancelledError(Exception):
    """The result of this work is not needed any more."""


def cancel_on(event: Event) -> None:
    """Make `check` raise in the current thread as soon as the event is set."""
    _CANCELLED.set(event)


def is_possible() -> bool:
    """Return whether the current work can be cancelled, so that it must call `check` from time to time."""
    return _CANCELLED.get() is not None


def check() -> None:
    """Raise WorkCancelledError if the current work is cancelled."""
    if (event := _CANCELLED.get()) and event.is_set():
        raise WorkCancelledError


def steps(items: Iterable[T]) -> Iterator[T]:
    """Yield the items, and raise WorkCancelledError before the next one if the work is cancelled."""
    for item in items:
        check()
        yield item
