"""output/ holds the whole new site or the whole old one, and nobody else's files are touched."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT

from handbook import write
from handbook.model import File

OLD = [File("index.html", b"old"), File("a/b.html", b"same"), File("a/gone.html", b"gone")]
NEW = [File("index.html", b"new"), File("a/b.html", b"same"), File("c.html", b"more")]


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def names(folder: Path) -> set[str]:
    return {name for name in tree(folder) if name != write.MANIFEST}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "plan").mkdir()
    return tmp_path / "plan"


@pytest.fixture(params=["exchange", "two renames"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The swap of Linux, and the one of every other system."""
    if request.param == "two renames":
        monkeypatch.setattr(write, "_exchanged", lambda *_: False)


@pytest.mark.usefixtures("either_way")
def test_a_new_site_takes_the_place_of_the_old_one(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    first, all_new = write.output(OLD, folder, sources)
    assert (sorted(first), all_new) == (sorted(file.path for file in OLD), 3)
    second, changed = write.output(NEW, folder, sources)
    assert (sorted(second), changed) == (sorted(file.path for file in NEW), 2)
    assert names(folder) == {"index.html", "a/b.html", "c.html"}
    assert (folder / "index.html").read_bytes() == b"new"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".output.lock", "output", "plan"]


def test_an_equal_file_keeps_its_time(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    write.output(OLD, folder, sources)
    os.utime(folder / "a/b.html", (1_000_000_000, 1_000_000_000))
    write.output(NEW, folder, sources)
    assert (folder / "a/b.html").stat().st_mtime == 1_000_000_000


def test_a_file_that_somebody_changed_by_hand_is_made_right_again(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    write.output(OLD, folder, sources)
    (folder / "a/b.html").write_bytes(b"meddled")
    write.output(OLD, folder, sources)
    assert (folder / "a/b.html").read_bytes() == b"same"


def test_the_manifest_proves_an_upload(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    write.output(OLD, folder, sources)
    checked = subprocess.run(["sha256sum", "-c", write.MANIFEST], cwd=folder, capture_output=True, check=False)
    assert checked.returncode == 0
    (folder / "index.html").write_bytes(b"broken on the way")
    checked = subprocess.run(["sha256sum", "-c", write.MANIFEST], cwd=folder, capture_output=True, check=False)
    assert checked.returncode != 0


@pytest.mark.parametrize("bad", [".", "content", "content/pages", "templates", "..", "/"])
def test_a_folder_with_sources_in_it_is_refused(sources: Path, bad: str) -> None:
    (sources / "content/pages").mkdir(parents=True)
    (sources / "content/pages/about.md").write_text("# x")
    before = tree(sources)
    with pytest.raises(write.Refused):
        write.output(NEW, sources / bad if bad != "/" else Path("/"), sources)
    assert tree(sources) == before


def test_the_home_folder_is_refused(sources: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    with pytest.raises(write.Refused):
        write.output(NEW, home, sources)


def test_a_folder_with_somebody_elses_file_is_refused_and_nothing_is_lost(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    write.output(OLD, folder, sources)
    (folder / "a/memo.docx").write_bytes(b"mine")
    before = tree(folder)
    with pytest.raises(write.Refused, match=r"memo\.docx"):
        write.output(NEW, folder, sources)
    assert tree(folder) == before


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path, sources: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "output").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(write.Refused):
        write.output(NEW, tmp_path / "output", sources)


@pytest.mark.parametrize(
    ("number", "word"), [(errno.ENOSPC, "空き"), (errno.EACCES, "権限"), (errno.EROFS, "ディスク")]
)
@pytest.mark.usefixtures("either_way")
def test_a_disk_that_refuses_leaves_the_old_site(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch, number: int, word: str
) -> None:
    folder = tmp_path / "output"
    write.output(OLD, folder, sources)
    before = tree(folder)

    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(write.Refused, match=word):
        write.output(NEW, folder, sources)
    monkeypatch.undo()
    assert tree(folder) == before
    assert not (tmp_path / ".output.new").exists()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
def test_a_run_stopped_between_the_two_renames_puts_the_old_site_back(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    folder = tmp_path / "output"
    write.output(OLD, folder, sources)
    before = tree(folder)
    rename = Path.rename

    def stopped(path: Path, target: Path) -> Path:
        if path.name == ".output.new":
            raise stop
        return rename(path, target)

    monkeypatch.setattr(write, "_exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises((KeyboardInterrupt, write.Refused)):
        write.output(NEW, folder, sources)
    assert tree(folder) == before


def test_the_old_site_is_kept_aside_where_it_cannot_be_put_back(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "output"
    write.output(OLD, folder, sources)
    before = tree(folder)
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if target == folder:
            raise PermissionError(errno.EACCES, "in use")
        return rename(path, target)

    monkeypatch.setattr(write, "_exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(write.Refused):
        write.output(NEW, folder, sources)
    monkeypatch.undo()
    assert tree(tmp_path / ".output.old") == before
    write.output(NEW, folder, sources)
    assert names(folder) == {"index.html", "a/b.html", "c.html"}


def test_what_a_killed_run_left_is_swept_and_its_half_swap_undone(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    write.output(OLD, folder, sources)
    folder.rename(tmp_path / ".output.old")  # killed between the two renames
    (tmp_path / ".output.new").mkdir()
    (tmp_path / ".output.new/half.html").write_bytes(b"ha")
    write.output(NEW, folder, sources)
    assert names(folder) == {"index.html", "a/b.html", "c.html"}
    assert not (tmp_path / ".output.old").exists()
    assert not (tmp_path / ".output.new").exists()


WRITER = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from handbook import write
from handbook.model import File
if {slow}: write._exchanged = lambda *_: False
word = b"A"
while True:
    write.output([File(f"{{n % 7}}/{{n}}.html", word * 500) for n in range(150)], Path({folder!r}), Path({sources!r}))
    word = b"B" if word == b"A" else b"A"
    print("done", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows; the two renames are tested above")
@pytest.mark.parametrize("slow", [False, True])
def test_a_build_killed_at_any_moment_leaves_one_whole_site(tmp_path: Path, sources: Path, *, slow: bool) -> None:
    folder = tmp_path / "output"
    script = WRITER.format(root=str(ROOT), folder=str(folder), sources=str(sources), slow=slow)
    for number in range(10):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as run:
            assert run.stdout
            run.stdout.readline()
            time.sleep(0.003 * number)
            run.send_signal(signal.SIGKILL)
        kept = folder if folder.exists() else tmp_path / ".output.old"  # the next start puts it back
        words = {data for name, data in tree(kept).items() if name != write.MANIFEST}
        assert len(words) == 1, "a mix of two sites"
        assert len(names(kept)) == 150
    write.output(NEW, folder, sources)
    assert len(names(folder)) == 3


def test_two_builds_at_once_take_turns(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "output"
    once = WRITER.format(root=str(ROOT), folder=str(folder), sources=str(sources), slow=False).replace(
        "while True", "for _ in range(5)"
    )
    both = [subprocess.Popen([sys.executable, "-c", once], stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [run.wait(timeout=60) for run in both] == [0, 0]
    assert len({data for name, data in tree(folder).items() if name != write.MANIFEST}) == 1
