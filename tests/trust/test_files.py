"""Hazards 14, 24 and 25: only plain files are read, no foreign folder is overwritten, no old page remains."""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import ROOT, Tally
from support.build_process import PLAIN, assert_refused, file_hashes, run

from handbook import write
from handbook.model import OutputFile
from trust.counts import HAZARDS

NEW = [OutputFile("index.html", b"new")]
posix = pytest.mark.skipif(os.name == "nt", reason="LOUD: Windows has no pipes, devices and sockets in folders")


# --- 14 ---


def _socket(path: Path, stack: ExitStack) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the path of a socket has at most about a hundred characters
    stack.enter_context(socket.socket(socket.AF_UNIX)).bind(path.name)
    os.chdir(here)


NOT_PLAIN: dict[str, Callable[[Path, ExitStack], object]] = {
    "a link to a file outside": lambda path, _: path.symlink_to("/etc/passwd"),
    "a link to a file inside": lambda path, _: path.symlink_to(path.parents[2] / "plan.yaml"),
    "a link to a folder": lambda path, _: path.symlink_to(path.parents[2]),
    "a link to itself": lambda path, _: path.symlink_to(path),
    "a link to nothing": lambda path, _: path.symlink_to("nowhere"),
    "a pipe": lambda path, _: os.mkfifo(path),
    "a link to a device": lambda path, _: path.symlink_to("/dev/zero"),
    "a socket": _socket,
}
SOURCE_PATHS = [
    "content/nodes/learn.md",
    "content/pages/note.md",
    "content/images/one.png",
    "theme/extra.css",
    "theme/fonts/a.otf",
]


@posix
@pytest.mark.hazard(14)
@pytest.mark.parametrize("kind", NOT_PLAIN)
def test_a_file_that_is_not_plain_is_refused_and_does_not_block(
    kind: str, tmp_path: Path, full: bool, tally: Tally
) -> None:
    first = list(NOT_PLAIN).index(kind) % len(SOURCE_PATHS)
    for number, path in enumerate(SOURCE_PATHS if full else [SOURCE_PATHS[first]]):
        root = tmp_path / str(number)
        (root / path).parent.mkdir(parents=True)
        (root / "plan.yaml").write_text(PLAIN, encoding="utf-8")
        with ExitStack() as stack:
            NOT_PLAIN[kind](root / path, stack)
            assert path in assert_refused(root).output, path
    tally(1)


# --- 24 ---


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "plan" / "content" / "pages").mkdir(parents=True)
    (tmp_path / "plan" / "content" / "pages" / "about.md").write_text("# x")
    return tmp_path / "plan"


FOREIGN_FOLDERS = [".", "content", "content/pages", "templates", "..", "/", "~", "with a memo"]


@pytest.mark.hazard(24)
@pytest.mark.parametrize("bad", FOREIGN_FOLDERS)
def test_a_folder_of_other_files_is_refused_and_no_file_is_lost(
    bad: str, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    folders = {"/": Path("/"), "~": tmp_path / "home", "with a memo": tmp_path / "output"}
    folder = folders.get(bad, sources / bad)
    if bad == "~":
        folder.mkdir()
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.setenv("USERPROFILE", str(folder))
    if bad == "with a memo":
        write.write_output([OutputFile("index.html", b"old"), OutputFile("a/b.html", b"old")], folder, sources)
        (folder / "a" / "memo.docx").write_bytes(b"mine")
    before = file_hashes(tmp_path)
    with pytest.raises(write.WriteError):
        write.write_output(NEW, folder, sources)
    assert file_hashes(tmp_path).items() >= before.items()
    tally(1)


@pytest.mark.hazard(24)
def test_a_symbolic_link_as_output_folder_is_refused(tmp_path: Path, sources: Path, tally: Tally) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "output").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(write.WriteError):
        write.write_output(NEW, tmp_path / "output", sources)
    tally(1)


# --- 25 ---


@pytest.mark.hazard(25)
def test_of_removed_and_renamed_nodes_only_redirects_remain(tmp_path: Path, tally: Tally) -> None:
    shutil.copytree(ROOT / "example" / "content", tmp_path / "content")
    text = (ROOT / "example" / "plan.yaml").read_text(encoding="utf-8")
    plan = tmp_path / "plan.yaml"
    plan.write_text(text, encoding="utf-8")
    assert run("--root", tmp_path, "--no-booklet").code == 0
    before = set(file_hashes(tmp_path / "output"))
    ids = [one for one in re.findall(r"^ +- id: ([a-z-]+)$", text, re.MULTILINE) if text.count(one) == 1]
    texts = "".join(file.read_text(encoding="utf-8") for file in tmp_path.rglob("*.md"))
    renamed = [one for one in ids if one not in texts and not (tmp_path / f"content/nodes/{one}.md").exists()][
        : HAZARDS[25].full
    ]
    for number, one in enumerate(renamed):
        line = re.search(rf"^( +)- id: {one}$", text, re.MULTILINE)
        assert line
        former_id = f"\n{line[1]}  以前のid: [{one}]" if number % 2 else ""  # every other node names its former id
        text = text.replace(line[0], f"{line[1]}- id: {one}-new{former_id}")
    plan.write_text(text, encoding="utf-8")
    done = run("--root", tmp_path, "--no-booklet")
    assert done.code == 0, done.output
    after = file_hashes(tmp_path / "output")
    for number, one in enumerate(renamed):
        (old,) = [path for path in before if path.endswith(f"/{one}.html")]
        assert (old in after) == bool(number % 2), one
        if number % 2:
            page = (tmp_path / "output" / old).read_text(encoding="utf-8")
            assert 'http-equiv="refresh"' in page
            assert f"{one}-new.html" in page
    left = {path for path in before & set(after) for one in renamed if f"/{one}." in path}
    assert len(left) == sum(number % 2 for number in range(len(renamed)))
    tally(len(renamed))
