"""Row 27: the same sources give the same bytes, wherever, whenever and by whomever they are built."""

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

NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Place:
    """Where, when and by whom a plan is built."""

    zone: str
    lang: str
    seed: str
    mask: int
    cwd: str
    days: int
    """By which the clock is off."""
    nobody: bool = False
    one_hand: bool = False
    more: dict[str, str] = field(default_factory=dict)


PLACES = [
    Place("Asia/Tokyo", "ja_JP.UTF-8", "1", 0o022, "/", 0),
    Place("America/St_Johns", "C", "77", 0o077, ".", -9_999, nobody=True, one_hand=True),
    Place("UTC", "tr_TR.UTF-8", "0", 0o002, "/tmp", 4_444, more={"PYTHONUTF8": "0", "COLUMNS": "20"}),  # noqa: S108  # any
    Place(
        "Pacific/Kiritimati",
        "POSIX",
        "5",
        0o027,
        ".",
        -1,
        one_hand=True,
        more={"SOURCE_DATE_EPOCH": "1"},
    ),
    Place(
        "Asia/Kolkata",
        "en_US.UTF-8",
        "random",
        0o022,
        "/",
        366,
        nobody=True,
        more={"HOME": "/nonexistent"},
    ),
    Place("Etc/GMT+12", "ja_JP.eucJP", "9", 0o000, ".", 27_000, more={"LC_ALL": "C", "TERM": "dumb"}),
]
HAND = "import sys; sys.path.insert(0, {root!r})\nfrom handbook import parallel\nparallel.cpu_count = lambda: {cores}\n"
CLOCK = "import time; assert abs(time.time() - {now}) < 900, 'the clock was not turned'\n"
SCRIPT = HAND + CLOCK + "import runpy; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


@pytest.mark.hazard(27)
@pytest.mark.parametrize("plan", [ROOT / "example"], ids=["example"])
def test_every_file_has_the_same_bytes_everywhere(
    plan: Path, tmp_path: Path, times: Callable[[int], int], tally: Tally
) -> None:
    seen = []
    clock = _another_clock(tmp_path)
    for number, place in enumerate(PLACES[: times(27)]):
        root = tmp_path / f"{'x' * number * 7}計画 {number}" / "plan"
        shutil.copytree(plan, root)
        as_nobody = place.nobody and hasattr(os, "geteuid") and os.geteuid() == 0 and _open_to_all(ROOT)
        if as_nobody:
            for path in (root.parent, *root.rglob("*"), root):
                os.chown(path, NOBODY, NOBODY)
            _let_pass(root)
        env = os.environ | {"TZ": place.zone, "LANG": place.lang, "PYTHONHASHSEED": place.seed} | place.more
        shift = place.days * 86_400 if clock else 0
        env |= {"LD_PRELOAD": str(clock), "CLOCK_SHIFT": str(shift)} if clock else {}
        hand = {"root": str(ROOT), "cores": 1 if place.one_hand else 3}
        script = SCRIPT.format(**hand, now=time.time() + shift)
        done = subprocess.run(
            [sys.executable, "-c", script, str(ROOT / "build.py"), "--root", str(root)],
            cwd=tmp_path if place.cwd == "." else place.cwd,
            env=env,
            umask=place.mask,
            user=NOBODY if as_nobody else None,
            group=NOBODY if as_nobody else None,
            extra_groups=[] if as_nobody else None,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        seen.append(file_hashes(root / "output"))
    assert len(seen) == times(27)
    for other in seen[1:]:
        assert other == seen[0]
    kinds = {name.rpartition(".")[2] for name in seen[0]}
    assert kinds >= {"html", "svg", "pdf", "xlsx", "csv", "json", "xml", "js", "css", "txt"}
    tally(len(seen))
    if not clock:
        skip_or_fail("no C compiler: THE CLOCK WAS NOT TURNED")


def _another_clock(folder: Path) -> Path | None:
    """What turns the clock of a program and of its engines; nothing where it cannot be made."""
    if not sys.platform.startswith("linux") or not shutil.which("cc"):
        return None
    folder.chmod(0o755)  # nobody reads it too
    made = folder / "clock.so"
    code = Path(__file__).with_name("clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(made), str(code), "-ldl"], check=True)
    return made


def _open_to_all(folder: Path) -> bool:
    """Whether nobody may read there, and start this Python."""
    asked = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); import handbook, typst"]
    try:
        return not subprocess.run(asked, user=NOBODY, group=NOBODY, capture_output=True, check=False).returncode
    except OSError:
        return False


def _let_pass(folder: Path) -> None:
    for path in folder.parents:
        if path.stat().st_uid == os.getuid() and "pytest" in str(path):
            path.chmod(path.stat().st_mode | 0o011)


@pytest.mark.hazard(27)
def test_a_byte_that_differs_is_seen(tmp_path: Path) -> None:
    for name, byte in (("one", b"a"), ("two", b"b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.html").write_bytes(byte)
    assert file_hashes(tmp_path / "one") != file_hashes(tmp_path / "two")
