"""Hazards 21 to 23: output/ contains either the complete new site or the complete old one after any interruption."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT, Tally
from support import serve_process
from support.build_process import PLAIN, skip_or_fail

from handbook import write
from handbook.model import OutputFile

OLD = [OutputFile("index.html", b"old"), OutputFile("a/b.html", b"same"), OutputFile("a/gone.html", b"gone")]
NEW = [OutputFile("index.html", b"new"), OutputFile("a/b.html", b"same"), OutputFile("c.html", b"more")]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def site_files(folder: Path) -> set[str]:
    return {name for name in contents(folder) if name != write.MANIFEST}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "plan").mkdir()
    return tmp_path / "plan"


@pytest.fixture(params=["exchange", "two renames"])
def both_swaps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a test with the atomic exchange of Linux and with the two renames of other systems."""
    if request.param == "two renames":
        monkeypatch.setattr(write.swap, "_try_exchange", lambda *_: False)


@pytest.mark.usefixtures("both_swaps")
def test_a_new_site_replaces_the_old_one(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    first, all_new = write.write_output(OLD, folder, sources)
    assert (sorted(first), all_new) == (sorted(file.path for file in OLD), 3)
    second, changed = write.write_output(NEW, folder, sources)
    assert (sorted(second), changed) == (sorted(file.path for file in NEW), 2)
    assert site_files(folder) == {"index.html", "a/b.html", "c.html"}
    assert (folder / "index.html").read_bytes() == b"new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["output", "plan"]


def test_an_unchanged_file_keeps_its_modification_time(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    write.write_output(OLD, folder, sources)
    os.utime(folder / "a/b.html", (1_000_000_000, 1_000_000_000))
    write.write_output(NEW, folder, sources)
    assert (folder / "a/b.html").stat().st_mtime == 1_000_000_000


def test_a_manually_changed_file_is_corrected_by_the_next_build(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    write.write_output(OLD, folder, sources)
    (folder / "a/b.html").write_bytes(b"changed")
    write.write_output(OLD, folder, sources)
    assert (folder / "a/b.html").read_bytes() == b"same"


def test_the_manifest_detects_a_broken_upload(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    write.write_output(OLD, folder, sources)
    checked = subprocess.run(["sha256sum", "-c", write.MANIFEST], cwd=folder, capture_output=True, check=False)
    assert checked.returncode == 0
    (folder / "index.html").write_bytes(b"broken on the way")
    checked = subprocess.run(["sha256sum", "-c", write.MANIFEST], cwd=folder, capture_output=True, check=False)
    assert checked.returncode != 0


@pytest.mark.hazard(22)
@pytest.mark.parametrize(
    ("number", "word"), [(errno.ENOSPC, "空き"), (errno.EACCES, "権限"), (errno.EROFS, "ディスク")]
)
@pytest.mark.usefixtures("both_swaps")
def test_a_write_error_leaves_the_old_site(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch, number: int, word: str, tally: Tally
) -> None:
    folder = tmp_path / "output"
    write.write_output(OLD, folder, sources)
    before = contents(folder)

    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(write.WriteError, match=word):
        write.write_output(NEW, folder, sources)
    monkeypatch.undo()
    assert contents(folder) == before
    assert not (tmp_path / ".output.work/new").exists()
    tally(1)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
def test_a_run_stopped_between_the_two_renames_restores_the_old_site(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    folder = tmp_path / "output"
    write.write_output(OLD, folder, sources)
    before = contents(folder)
    rename = Path.rename

    def stopping_rename(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise stop
        return rename(path, target)

    monkeypatch.setattr(write.swap, "_try_exchange", lambda *_: False)
    monkeypatch.setattr(Path, "rename", stopping_rename)
    with pytest.raises((KeyboardInterrupt, write.WriteError)):
        write.write_output(NEW, folder, sources)
    assert contents(folder) == before


def test_the_old_site_is_kept_under_another_name_if_it_cannot_be_restored(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "output"
    write.write_output(OLD, folder, sources)
    before = contents(folder)
    rename = Path.rename

    def failing_rename(path: Path, target: Path) -> Path:
        if target == folder:
            raise PermissionError(errno.EACCES, "in use")
        return rename(path, target)

    monkeypatch.setattr(write.swap, "_try_exchange", lambda *_: False)
    monkeypatch.setattr(Path, "rename", failing_rename)
    with pytest.raises(write.WriteError):
        write.write_output(NEW, folder, sources)
    monkeypatch.undo()
    assert contents(tmp_path / ".output.work/old") == before
    write.write_output(NEW, folder, sources)
    assert site_files(folder) == {"index.html", "a/b.html", "c.html"}


def test_the_next_run_removes_the_files_of_a_killed_run_and_undoes_its_rename(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    write.write_output(OLD, folder, sources)
    (tmp_path / ".output.work").mkdir()
    folder.rename(tmp_path / ".output.work/old")  # killed between the two renames
    (tmp_path / ".output.work/new").mkdir()
    (tmp_path / ".output.work/new/half.html").write_bytes(b"ha")
    write.write_output(NEW, folder, sources)
    assert site_files(folder) == {"index.html", "a/b.html", "c.html"}
    assert not (tmp_path / ".output.work/old").exists()
    assert not (tmp_path / ".output.work/new").exists()


WRITER = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from handbook import write
from handbook.model import OutputFile
folder = Path({folder!r})
def in_place(made, folder, sources):
    for file in made:
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(file.data)
if {how!r} == "two renames": write.swap._try_exchange = lambda *_: False
output = in_place if {how!r} == "in place" else write.write_output
word = b"A"
while True:
    output([OutputFile(f"{{n % 7}}/{{n}}.html", word * 500) for n in range(150)], folder, Path({sources!r}))
    word = b"B" if word == b"A" else b"A"
    print("done", flush=True)
"""


def count_mixed_sites(folder: Path, sources: Path, how: str, kills: int) -> int:
    """Kill a writer `kills` times at different moments and return how often the site was neither old nor new."""
    found = 0
    script = WRITER.format(root=str(ROOT), folder=str(folder), sources=str(sources), how=how)
    for number in range(kills):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as run:
            assert run.stdout
            run.stdout.readline()
            time.sleep(0.0007 * (number * 37 % 101))
            run.send_signal(signal.SIGKILL)
        kept = (
            folder if folder.exists() else folder.with_name(f".{folder.name}.work") / "old"
        )  # the next run renames it back
        words = {data for name, data in contents(kept).items() if name != write.MANIFEST}
        found += len(words) != 1 or len(site_files(kept)) != 150
    return found


@pytest.mark.hazard(21)
@pytest.mark.skipif(os.name == "nt", reason="LOUD: no SIGKILL on Windows; the two renames are tested above")
@pytest.mark.parametrize("how", ["exchange", "two renames"])
def test_a_build_killed_at_any_moment_leaves_one_complete_site(
    tmp_path: Path, sources: Path, times: Callable[[int], int], how: str, tally: Tally
) -> None:
    folder = tmp_path / "output"
    kills = times(21) // 2
    assert count_mixed_sites(folder, sources, how, kills) == 0
    write.write_output(NEW, folder, sources)
    assert len(site_files(folder)) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["output", "plan"]
    tally(kills)


@pytest.mark.hazard(21)
@pytest.mark.skipif(os.name == "nt", reason="LOUD: no SIGKILL on Windows")
def test_writing_in_place_mixes_two_sites(tmp_path: Path, sources: Path) -> None:
    assert count_mixed_sites(tmp_path / "output", sources, "in place", 4) > 0


# --- full and read-only disks ---


MAY_MOUNT = (["sh"], ["sudo", "-n", "sh"], ["unshare", "-rm", "sh"])
"""Shells that may mount: as root, as root through sudo, or in a mount namespace of their own."""
SHARED, SMALL = Path("/dev/shm"), 128 * 1024**2  # noqa: S108  # the small disk of a container


@dataclass(frozen=True)
class Disk:
    """A disk of about 8 MiB."""

    path: Path
    run_command: Callable[[str], int] | None
    """Runs a command in the shell that mounted the disk and returns its exit status. None if no shell may mount."""


@contextmanager
def mounted_disk(folder: Path) -> Iterator[Disk]:
    """Yield a small tmpfs, or the existing small disk of a container in which mounting is not allowed."""
    folder.mkdir(exist_ok=True)
    for shell_command in MAY_MOUNT:
        own_namespace = "unshare" in shell_command
        owner = "" if own_namespace else f",uid={os.getuid()},gid={os.getgid()}"
        if not shutil.which(shell_command[0]):
            continue
        with subprocess.Popen(shell_command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, encoding="utf-8") as shell:
            run_command = partial(_run_in_shell, shell)
            if run_command(f"mount -t tmpfs -o size=8m{owner} none '{folder}'") == 0:
                yield Disk(Path(f"/proc/{shell.pid}/root{folder}") if own_namespace else folder, run_command)
                assert run_command(f"umount '{folder}'") == 0
                return
    if not SHARED.is_dir() or shutil.disk_usage(SHARED).total > SMALL:
        skip_or_fail("no right to mount: NO FULL OR READ-ONLY DISK WAS TRIED")
    with tempfile.TemporaryDirectory(dir=SHARED) as shared:
        yield Disk(Path(shared), None)


def _run_in_shell(shell: subprocess.Popen[str], command: str) -> int:
    """Run a command in a shell and return its exit status, or 1 if the shell has ended."""
    if not shell.stdin or not shell.stdout:
        return 1
    with contextlib.suppress(OSError):
        shell.stdin.write(f"{command} >&2; echo $?\n")
        shell.stdin.flush()
    return int(shell.stdout.readline() or 1)


@pytest.mark.hazard(22)
@pytest.mark.skipif(
    os.name == "nt", reason="LOUD: no small disk can be created on Windows, so a full one was NOT tried"
)
def test_a_disk_that_is_full_at_any_point_keeps_the_old_site(tmp_path: Path, sources: Path, tally: Tally) -> None:
    old = [OutputFile(f"{n % 7}/{n}.html", b"A" * 5_000) for n in range(100)]
    new = [OutputFile(file.path, b"B" * 5_000) for file in old]
    sizes = [n * 1024**2 // 10 for n in range(1, 11)]
    full = 0
    with mounted_disk(tmp_path / "disk") as small:
        disk = small.path
        for size in sizes:
            write.write_output(old, disk / "output", sources)
            before = contents(disk / "output")
            with (disk / "ballast").open("wb") as ballast:
                free = shutil.disk_usage(disk).free
                assert free <= SMALL, "only a small disk may be filled"
                ballast.write(bytes(max(0, free - size)))
            try:
                write.write_output(new, disk / "output", sources)
            except write.WriteError as error:
                full += 1
                assert "空き" in str(error)  # only if the free space was too small
                assert contents(disk / "output") == before
            else:
                assert {data for name, data in contents(disk / "output").items() if name != write.MANIFEST} == {
                    b"B" * 5_000
                }
            (disk / "ballast").unlink()
            assert not (disk / ".output.work/new").exists()
    assert (len(sizes), full > 4) == (10, True), full
    tally(len(sizes))


@pytest.mark.hazard(22)
@pytest.mark.skipif(os.name == "nt", reason="LOUD: a disk cannot be made read-only on Windows, so it was NOT tried")
def test_a_read_only_disk_keeps_the_old_site(tmp_path: Path, sources: Path, tally: Tally) -> None:
    with mounted_disk(tmp_path / "disk") as small:
        if not small.run_command:
            pytest.skip("LOUD: mounting is not allowed in this container, so a read-only disk was NOT tried")
        disk = small.path
        write.write_output(OLD, disk / "output", sources)
        before = contents(disk / "output")
        assert small.run_command(f"mount -o remount,ro '{tmp_path / 'disk'}'") == 0
        with pytest.raises(write.WriteError, match="書き込めるディスク"):
            write.write_output(NEW, disk / "output", sources)
        assert contents(disk / "output") == before
    tally(1)


@pytest.mark.hazard(22)
@pytest.mark.skipif(os.name == "nt", reason="LOUD: Windows has other permissions")
def test_a_folder_without_write_permission_keeps_the_old_site(tmp_path: Path, sources: Path, tally: Tally) -> None:
    """Root may write everywhere, so root switches to another user in this test."""
    (tmp_path / "kept").mkdir()
    folder = tmp_path / "kept" / "output"
    write.write_output(OLD, folder, sources)
    before = contents(folder)
    for path in (*tmp_path.parents, tmp_path):
        if path.stat().st_uid == os.getuid() and str(path).startswith(tempfile.gettempdir()):
            path.chmod(0o755)
    (tmp_path / "kept").chmod(0o555)
    script = f"""
import os, sys; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from handbook import write
from handbook.model import OutputFile
if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)
try: write.write_output([OutputFile("index.html", b"new")], Path({str(folder)!r}), Path({str(sources)!r}))
except write.WriteError as why: print(why)
"""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script], capture_output=True, encoding="utf-8", check=False
    )
    (tmp_path / "kept").chmod(0o755)
    assert "フォルダーの権限" in done.stdout, done.stderr[-300:]
    assert contents(folder) == before
    tally(1)


# --- simultaneous builds ---


@pytest.mark.hazard(23)
def test_two_simultaneous_builds_give_the_same_site_as_one(
    tmp_path: Path, times: Callable[[int], int], full: bool, tally: Tally
) -> None:
    copied = tmp_path / "plan"
    copied.mkdir()
    (copied / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    if full:  # a larger plan, with more moments at which the builds can collide
        shutil.copytree(ROOT / "example", copied, dirs_exist_ok=True)
    command = [sys.executable, str(ROOT / "build.py"), "--root", str(copied), "--no-booklet"]
    subprocess.run(command, check=True, capture_output=True)
    alone = contents(copied / "output")
    with serve_process.command("--root", str(copied)) as (served, _):
        for number in range(times(23)):
            if number % 2:
                shutil.rmtree(copied / "output")
            both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
            (copied / "plan.yaml").touch()  # so that the server builds, too
            assert [run.wait(timeout=300) for run in both] == [0, 0]
            assert contents(copied / "output") == alone
            tally(1)
        assert served.poll() is None
