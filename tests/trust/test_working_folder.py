"""The lock of an output folder: two builds exclude each other, and nothing stays that could be committed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from support.git_repository import git

from handbook import write
from handbook.model import OutputFile

FILES = [OutputFile("index.html", b"x")]
BUILD = """
import sys, time; sys.path.insert(0, {root!r})
from pathlib import Path
from handbook import write
from handbook.model import OutputFile
count = Path({plan!r}) / "count"
def files():
    before = int(count.read_text())  # lost updates show that two builds were in here at once
    time.sleep(0.002)
    count.write_text(str(before + 1))
    yield OutputFile("index.html", b"x")
for _ in range({times}):
    write.write_output(files(), Path({plan!r}) / "output", Path({plan!r}))
"""
KILLED = """
import sys, time; sys.path.insert(0, {root!r})
from pathlib import Path
from handbook import write
from handbook.model import OutputFile
def files():
    yield OutputFile("index.html", b"x")
    print("started", flush=True)
    time.sleep(600)
write.write_output(files(), Path({plan!r}) / "output", Path({plan!r}))
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def start(script: str, plan: Path, **values: int) -> subprocess.Popen[bytes]:
    text = script.format(root=str(ROOT), plan=str(plan), **values)
    return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE)


def test_nothing_but_the_output_folder_stays_after_a_build(tmp_path: Path) -> None:
    for _ in range(2):
        write.write_output(FILES, tmp_path / "plan/x", tmp_path)
        assert names(tmp_path / "plan") == {"x"}


def test_builds_of_many_processes_exclude_each_other_while_each_deletes_the_lock(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    builds = [start(BUILD, tmp_path, times=25) for _ in range(4)]
    assert [build.wait(120) for build in builds] == [0] * 4
    assert (tmp_path / "count").read_text() == "100"
    assert names(tmp_path) == {"count", "output"}


@pytest.mark.skipif(os.name == "nt", reason="LOUD: no SIGKILL on Windows")
def test_git_adds_nothing_of_a_killed_build_and_the_next_build_deletes_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    build = start(KILLED, tmp_path)
    assert build.stdout
    assert build.stdout.readline() == b"started\n"
    build.send_signal(signal.SIGKILL)
    build.wait(60)
    assert (tmp_path / ".output.work/new/index.html").exists()
    git(tmp_path, "add", "-A")
    listed = subprocess.run(["git", "-C", str(tmp_path), "ls-files"], capture_output=True, check=True).stdout
    assert listed == b""
    write.write_output(FILES, tmp_path / "output", tmp_path)
    assert names(tmp_path) == {".git", "output"}


def test_files_that_earlier_versions_left_are_ignored(tmp_path: Path) -> None:
    for name in (".output.lock", ".output.new", ".output.old"):
        (tmp_path / name).write_text("x")
    write.write_output(FILES, tmp_path / "output", tmp_path)
    assert (tmp_path / "output/index.html").read_bytes() == b"x"
    assert (tmp_path / ".output.lock").read_text() == "x"


def test_a_file_or_a_pipe_in_place_of_the_working_folder_does_not_stop_a_build(tmp_path: Path) -> None:
    (tmp_path / ".output.work").write_text("x")
    write.write_output(FILES, tmp_path / "output", tmp_path)
    if hasattr(os, "mkfifo"):
        (tmp_path / ".output.work").mkdir()
        os.mkfifo(tmp_path / ".output.work/lock")
        write.write_output(FILES, tmp_path / "output", tmp_path)
    assert names(tmp_path) == {"output"}


def test_a_file_of_an_editor_in_the_working_folder_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".output.work").mkdir()
    (tmp_path / ".output.work/thesis.docx").write_text("years of work")
    write.write_output(FILES, tmp_path / "output", tmp_path)
    assert (tmp_path / ".output.work/thesis.docx").read_text() == "years of work"
