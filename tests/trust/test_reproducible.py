"""Hazard 27: a build gives the same bytes in every folder, time zone, locale, and for every user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import ROOT, Tally
from support.build_process import file_hashes, skip_or_fail

OTHER_USER = 65534


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings of one build."""

    zone: str
    lang: str
    seed: str
    mask: int
    cwd: str
    days: int
    """Shift of the clock."""
    as_other_user: bool = False
    one_core: bool = False
    variables: dict[str, str] = field(default_factory=dict)


ENVIRONMENTS = [
    Environment("Asia/Tokyo", "ja_JP.UTF-8", "1", 0o022, "/", 0),
    Environment("America/St_Johns", "C", "77", 0o077, ".", -9_999, as_other_user=True, one_core=True),
    Environment("UTC", "tr_TR.UTF-8", "0", 0o002, "/tmp", 4_444, variables={"PYTHONUTF8": "0", "COLUMNS": "20"}),  # noqa: S108  # any
    Environment(
        "Pacific/Kiritimati",
        "POSIX",
        "5",
        0o027,
        ".",
        -1,
        one_core=True,
        variables={"SOURCE_DATE_EPOCH": "1"},
    ),
    Environment(
        "Asia/Kolkata",
        "en_US.UTF-8",
        "random",
        0o022,
        "/",
        366,
        as_other_user=True,
        variables={"HOME": "/nonexistent"},
    ),
    Environment("Etc/GMT+12", "ja_JP.eucJP", "9", 0o000, ".", 27_000, variables={"LC_ALL": "C", "TERM": "dumb"}),
]
SET_CORES = (
    "import sys; sys.path.insert(0, {root!r})\nfrom handbook import parallel\nparallel.cpu_count = lambda: {cores}\n"
)
CHECK_CLOCK = "import time; assert abs(time.time() - {now}) < 900, 'the clock was not shifted'\n"
SCRIPT = (
    SET_CORES + CHECK_CLOCK + "import runpy; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)


@pytest.mark.hazard(27)
@pytest.mark.parametrize("plan", [ROOT / "example"], ids=["example"])
def test_every_file_has_the_same_bytes_in_every_environment(
    plan: Path, tmp_path: Path, times: Callable[[int], int], tally: Tally
) -> None:
    outputs = []
    clock = _compile_clock(tmp_path)
    for number, environment in enumerate(ENVIRONMENTS[: times(27)]):
        root = tmp_path / f"{'x' * number * 7}計画 {number}" / "plan"
        shutil.copytree(plan, root)
        switch_user = (
            environment.as_other_user and hasattr(os, "geteuid") and os.geteuid() == 0 and _other_user_can_import(ROOT)
        )
        if switch_user:
            for path in (root.parent, *root.rglob("*"), root):
                os.chown(path, OTHER_USER, OTHER_USER)
            _allow_traversal(root)
        env = (
            os.environ
            | {"TZ": environment.zone, "LANG": environment.lang, "PYTHONHASHSEED": environment.seed}
            | environment.variables
        )
        shift = environment.days * 86_400 if clock else 0
        env |= {"LD_PRELOAD": str(clock), "CLOCK_SHIFT": str(shift)} if clock else {}
        script = SCRIPT.format(root=str(ROOT), cores=1 if environment.one_core else 3, now=time.time() + shift)
        done = subprocess.run(
            [sys.executable, "-c", script, str(ROOT / "build.py"), "--root", str(root)],
            cwd=tmp_path if environment.cwd == "." else environment.cwd,
            env=env,
            umask=environment.mask,
            user=OTHER_USER if switch_user else None,
            group=OTHER_USER if switch_user else None,
            extra_groups=[] if switch_user else None,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        outputs.append(file_hashes(root / "output"))
    assert len(outputs) == times(27)
    for other in outputs[1:]:
        assert other == outputs[0]
    kinds = {name.rpartition(".")[2] for name in outputs[0]}
    assert kinds >= {"html", "svg", "pdf", "xlsx", "csv", "json", "xml", "js", "css", "txt"}
    tally(len(outputs))
    if not clock:
        skip_or_fail("no C compiler: THE CLOCK WAS NOT SHIFTED")


def _compile_clock(folder: Path) -> Path | None:
    """Compile the library that shifts the clock of a process and its children. Returns None without a C compiler."""
    if not sys.platform.startswith("linux") or not shutil.which("cc"):
        return None
    folder.chmod(0o755)  # so that the other user can read the library
    library = folder / "clock.so"
    code = Path(__file__).with_name("clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(code), "-ldl"], check=True)
    return library


def _other_user_can_import(folder: Path) -> bool:
    """Return whether the other user may read the folder and run this Python."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); import handbook, typst"]
    try:
        return not subprocess.run(
            command, user=OTHER_USER, group=OTHER_USER, capture_output=True, check=False
        ).returncode
    except OSError:
        return False


def _allow_traversal(folder: Path) -> None:
    for path in folder.parents:
        if path.stat().st_uid == os.getuid() and "pytest" in str(path):
            path.chmod(path.stat().st_mode | 0o011)


@pytest.mark.hazard(27)
def test_a_different_byte_is_detected(tmp_path: Path) -> None:
    for name, byte in (("one", b"a"), ("two", b"b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.html").write_bytes(byte)
    assert file_hashes(tmp_path / "one") != file_hashes(tmp_path / "two")
