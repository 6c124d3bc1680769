"""Work by many hands: the same results in the same order as by one, and what goes wrong is told as if by one."""

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
    multiprocessing.get_all_start_methods()[0] != "fork", reason="LOUD: this system cannot fork, one hand does it all"
)


@pytest.fixture(autouse=True)
def _whatever_else_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork although other tests of this run keep threads: the hands here touch nothing of theirs."""
    monkeypatch.setattr(parallel, "can_fork", lambda: True)


def square(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 1_000, 1_234])
@pytest.mark.parametrize("many", [2, 3, 5])
def test_the_results_come_in_the_order_of_the_items(count: int, many: int) -> None:
    made = list(parallel.parallel_map(square, range(count), worker_count=many))
    assert [result for result, _ in made] == [number * number for number in range(count)]
    pids = {pid for _, pid in made}
    assert os.getpid() not in pids
    assert len(pids) == min(many, -(-count // parallel.CHUNK_SIZE))


def test_few_items_are_made_here() -> None:
    assert {pid for _, pid in parallel.parallel_map(square, range(parallel.MIN_ITEMS_PER_WORKER))} == {os.getpid()}


def test_a_mistake_found_by_a_hand_is_raised_with_all_it_says() -> None:
    mistake = Diagnostic(SourceSpan("plan.yaml", 3, 4), "some-rule", "だめ")

    def fail(number: int) -> int:
        if number == 77:
            raise SourceError([mistake])
        return number

    with pytest.raises(SourceError) as told:
        list(parallel.parallel_map(fail, range(500), worker_count=2))
    assert told.value.mistakes == (mistake,)


def test_a_hand_that_dies_is_an_error_and_no_silence() -> None:
    def die(number: int) -> int:
        if number == 60:
            os._exit(9)
        return number

    with pytest.raises(WorkerKilledError):
        list(parallel.parallel_map(die, range(500), worker_count=2))


def test_no_hand_is_left_when_nobody_waits_any_more() -> None:
    def slowly() -> Iterator[tuple[int, int]]:
        yield from parallel.parallel_map(square, range(100_000), worker_count=3)

    taken = slowly()
    pids = {pid for _, pid in islice(taken, 200)}
    del taken
    assert len(pids) == 3
    assert not multiprocessing.active_children()


# --- aside ---


def pids(count: int) -> Iterator[tuple[int, int]]:
    return ((number, os.getpid()) for number in range(count))


def test_what_is_made_aside_comes_in_order_from_another_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cpu_count", lambda: 2)
    made = list(parallel.submit(lambda: pids(3)))
    assert [number for number, _ in made] == [0, 1, 2]
    assert os.getpid() not in {pid for _, pid in made}
    assert not multiprocessing.active_children()


def test_where_there_is_one_core_it_is_made_here_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cpu_count", lambda: 1)
    said: list[tuple[int, int]] = []
    later = parallel.submit(lambda: said)
    said += pids(2)
    assert list(later) == [(0, os.getpid()), (1, os.getpid())]


def test_what_goes_wrong_aside_is_told_where_the_result_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cpu_count", lambda: 2)
    mistake = Diagnostic(SourceSpan("plan.yaml", 3, 4), "some-rule", "だめ")

    def fail() -> Iterator[int]:
        raise SourceError([mistake])

    later = parallel.submit(fail)
    with pytest.raises(SourceError) as told:
        next(later)
    assert told.value.mistakes == (mistake,)
    with pytest.raises(WorkerKilledError):
        next(parallel.submit(lambda: os._exit(9)))


def test_one_hand_and_many_make_the_same_site(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = build_in_memory(PROJECT_ROOT)[1]
    monkeypatch.setattr(parallel, "MIN_ITEMS_PER_WORKER", 20)
    monkeypatch.setattr(parallel, "cpu_count", lambda: 3)
    assert build_in_memory(PROJECT_ROOT)[1] == alone


def test_a_hand_behind_brings_what_it_made() -> None:
    with parallel.background_process(lambda: 6 * 7) as end:
        assert end.recv() == 42
    assert not any(map(stays, multiprocessing.active_children()))


def test_a_hand_behind_keeps_no_line_open_and_is_gone_when_nobody_waits_any_more() -> None:
    here, there = socket.socketpair()
    with here, parallel.background_process(lambda: time.sleep(600)):
        there.close()
        here.settimeout(60)
        assert here.recv(1) == b""
    assert not any(map(stays, multiprocessing.active_children()))


def test_what_a_hand_behind_has_started_goes_with_it(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    engine = f"import os, pathlib, time; pathlib.Path({str(told)!r}).write_text(f'{{os.getpid()}} '); time.sleep(600)"
    with parallel.background_process(lambda: subprocess.run([sys.executable, "-c", engine], check=False)):
        patiently(lambda: told.exists() and told.read_text().endswith(" "))
    pid = int(told.read_text())
    patiently(lambda: not runs(pid))


def patiently(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """Whether a process does anything still; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def stays(hand: multiprocessing.process.BaseProcess) -> bool:
    """Whether a hand that was sent away is still there after a while: nobody waits for it, and it gives way to all."""
    hand.join(60)
    return hand.is_alive()
