"""Runs of other programs: several at once, with a time limit, and cancelled together with the work that needs them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from support.ended_processes import wait_until

from handbook import cancellation, parallel, programs
from handbook.model import OutputFile
from handbook.serve import background_check

SHELL = pytest.mark.skipif(os.name == "nt", reason="LOUD: no shell on Windows")


def test_runs_at_once_return_their_outputs_in_order() -> None:
    copy = "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data); sys.exit(data[0])"
    inputs = [b"\x02" + b"a" * 300_000, b"\x00" + b"b" * 300_000]  # more than a pipe takes
    runs = programs.run_at_once([sys.executable, "-c", copy], inputs, 60)
    assert runs == [(2, inputs[0], b""), (0, inputs[1], b"")]


@SHELL
def test_a_program_that_does_not_end_is_killed_after_the_limit() -> None:
    began = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        programs.run_at_once(["sleep", "600"], [b"", b""], 0.2)
    assert time.monotonic() - began < 60
    with pytest.raises(FileNotFoundError):
        programs.run_at_once(["no-such-program"], [b""], 1)


@SHELL
def test_a_cancelled_check_in_a_thread_ends_its_program_and_takes_no_further_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parallel, "can_fork", lambda: False)
    steps: list[str] = []
    threads: list[threading.Thread] = []

    def files() -> Iterator[OutputFile]:
        threads.append(threading.current_thread())
        steps.append("program")
        programs.run_at_once(["sleep", "600"], [b""], 600)
        steps.append("after the program")
        yield OutputFile("a.html", b"")

    async def cancel() -> None:
        checking = asyncio.create_task(background_check.run_background_check(files))
        await asyncio.to_thread(wait_until, lambda: steps)
        checking.cancel()
        await asyncio.wait([checking])

    asyncio.run(cancel())
    wait_until(lambda: not threads[0].is_alive())
    assert steps == ["program"]


def test_cancelled_work_ends_before_its_next_item() -> None:
    stopped, seen = threading.Event(), []

    def work(number: int) -> int:
        seen.append(number)
        if number == 3:
            stopped.set()
        return number

    def cancelled() -> None:
        cancellation.cancel_on(stopped)
        with pytest.raises(cancellation.WorkCancelledError):
            list(parallel.parallel_map(work, range(100)))

    thread = threading.Thread(target=cancelled)
    thread.start()
    thread.join()
    assert seen == [0, 1, 2, 3]
    assert list(parallel.parallel_map(work, range(5))) == [0, 1, 2, 3, 4]
