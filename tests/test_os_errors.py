"""The system's errors in Japanese."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from support.command_line import run

from handbook.os_errors import os_error_reason


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_no_error_of_the_system_is_reported_in_english(number: int) -> None:
    reason = os_error_reason(OSError(number, os.strerror(number)))
    assert re.search("[ぁ-ん]", reason)
    assert not re.search("[A-Za-z]", reason)


def test_a_file_that_another_program_has_open_on_windows_is_no_missing_right() -> None:
    error = OSError(errno.EACCES, "x")
    error.winerror = 32  # type: ignore[attr-defined, unused-ignore]  # only on Windows
    assert os_error_reason(error) == "ほかのソフトが使っています"


def test_no_module_prints_the_systems_own_words() -> None:
    modules = (ROOT / "handbook").rglob("*.py")
    assert [path.name for path in modules if ".strerror" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("words", [["check", "--root"], ["diff"], ["import"], ["--no-booklet", "--output"]])
def test_a_name_that_is_too_long_is_reported_in_japanese(words: list[str]) -> None:
    done = run(*words, "a" * 300)
    assert done.returncode in (1, 2)
    assert "この道具の誤り" not in done.stderr
    assert not re.search("too long|Error", done.stderr)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete the current folder of a process")
def test_a_current_folder_that_was_deleted_is_reported_in_japanese(tmp_path: Path) -> None:
    code = f"cd {tmp_path} && mkdir gone && cd gone && rmdir ../gone && {sys.executable} {ROOT / 'build.py'} check"
    done = subprocess.run(["sh", "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stderr == "`.` を使えません（その名前のものがありません）。output/ は前のままです。\n"
