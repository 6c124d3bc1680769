"""Work in several processes: the same results and errors in the same order as in one process."""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from support.building import build_in_memory

from handbook import parallel
from handbook.commands.options import PROJECT_ROOT
from handbook.diagnostics import Diagnostic, SourceError, SourceSpan, WorkerKilledError

pytestmark = pytest.mark.skipif(
    multiprocessing.get_all_start_methods()[0] != "fork",
    reason="LOUD: this system cannot fork, so all work is done in one process",
)


@pytest.fixture(autouse=True)
def _allow_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow forks although other tests of this run have threads, since the workers here use none of their locks."""
    monkeypatch.setattr(parallel, "can_fork", lambda: True)


def square(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 1_000, 1_234])
@pytest.mark.parametrize("workers", [2, 3, 5])
def test_the_results_come_in_the_order_of_the_items(count: int, workers: int) -> None:
    made = list(parallel.parallel_map(square, range(count), worker_count=workers))
    assert [result for result, _ in made] == [number * number for number in range(count)]
    pids = {pid for _, pid in made}
    assert os.getpid() not in pids
    assert len(pids) == min(workers, -(-count // parallel.CHUNK_SIZE))


def test_few_items_are_computed_in_the_same_process() -> None:
    assert {pid for _, pid in parallel.parallel_map(square, range(parallel.MIN_ITEMS_PER_WORKER))} == {os.getpid()}


def test_an_error_found_by_a_worker_is_raised_with_its_diagnostics() -> None:
    mistake = Diagnostic(SourceSpan("plan.yaml", 3, 4), "some-rule", "だめ")

    def fail(number: int) -> int:
        if number == 77:
            raise SourceError([mistake])
        return number

    with pytest.raises(SourceError) as error:
        list(parallel.parallel_map(fail, range(500), worker_count=2))
    assert error.value.mistakes == (mistake,)


def test_a_killed_worker_is_an_error() -> None:
    def exit_at_sixty(number: int) -> int:
        if number == 60:
            os._exit(9)
        return number

    with pytest.raises(WorkerKilledError):
        list(parallel.parallel_map(exit_at_sixty, range(500), worker_count=2))


def test_no_worker_is_left_when_the_iterator_is_dropped() -> None:
    def slowly() -> Iterator[tuple[int, int]]:
        yield from parallel.parallel_map(square, range(100_000), worker_count=3)

    results = slowly()
    pids = {pid for _, pid in islice(results, 200)}
    del results
    assert len(pids) == 3
    assert not multiprocessing.active_children()


# --- one background worker ---


def pids(count: int) -> Iterator[tuple[int, int]]:
    return ((number, os.getpid()) for number in range(count))


def test_submitted_work_runs_in_order_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cpu_count", lambda: 2)
    made = list(parallel.submit(lambda: pids(3)))
    assert [number for number, _ in made] == [0, 1, 2]
    assert os.getpid() not in {pid for _, pid in made}
    assert not multiprocessing.active_children()


def test_on_one_core_submitted_work_runs_in_this_process_when_its_results_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parallel, "cpu_count", lambda: 1)
    numbers: list[tuple[int, int]] = []
    later = parallel.submit(lambda: numbers)
    numbers += pids(2)
    assert list(later) == [(0, os.getpid()), (1, os.getpid())]


def test_an_error_of_submitted_work_is_raised_where_its_results_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cpu_count", lambda: 2)
    mistake = Diagnostic(SourceSpan("plan.yaml", 3, 4), "some-rule", "だめ")

    def fail() -> Iterator[int]:
        raise SourceError([mistake])

    later = parallel.submit(fail)
    with pytest.raises(SourceError) as error:
        next(later)
    assert error.value.mistakes == (mistake,)
    with pytest.raises(WorkerKilledError):
        next(parallel.submit(lambda: os._exit(9)))


def test_one_process_and_several_build_the_same_site(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = build_in_memory(PROJECT_ROOT)[1]
    monkeypatch.setattr(parallel, "MIN_ITEMS_PER_WORKER", 20)
    monkeypatch.setattr(parallel, "cpu_count", lambda: 3)
    assert build_in_memory(PROJECT_ROOT)[1] == alone


def test_a_background_process_sends_its_result() -> None:
    with parallel.background_process(lambda: 6 * 7) as end:
        assert end.recv() == 42
    assert not any(map(is_still_alive, multiprocessing.active_children()))


def test_a_background_process_holds_no_socket_open_and_ends_with_its_context() -> None:
    here, there = socket.socketpair()
    with here, parallel.background_process(lambda: time.sleep(600)):
        there.close()
        here.settimeout(60)
        assert here.recv(1) == b""
    assert not any(map(is_still_alive, multiprocessing.active_children()))


def test_a_child_of_a_background_process_ends_with_it(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    engine = (
        f"import os, pathlib, time; pathlib.Path({str(pid_file)!r}).write_text(f'{{os.getpid()}} '); time.sleep(600)"
    )
    with parallel.background_process(lambda: subprocess.run([sys.executable, "-c", engine], check=False)):
        wait_until(lambda: pid_file.exists() and pid_file.read_text().endswith(" "))
    pid = int(pid_file.read_text())
    wait_until(lambda: not is_running(pid))


def wait_until(what: Callable[[], bool]) -> None:
    """Wait until a condition is true. Fails after 60 seconds."""
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Return whether a process is still running. A zombie process is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def is_still_alive(process: multiprocessing.process.BaseProcess) -> bool:
    """Return whether a terminated process is still alive after 60 seconds. At low priority it may end late."""
    process.join(60)
    return process.is_alive()
