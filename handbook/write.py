"""Files → output/, all or nothing. The only room that writes.

The new tree is built aside, then takes the place of the old one in a single step (Linux) or in two renames with
recovery at the next start (elsewhere). Files that stay equal are linked, not written: their bytes and times stay.
`manifest.txt` names every file we wrote, so that a folder with anything else in it is never touched.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from handbook.model import OutputFile
from handbook.patterns import OS_JUNK_FILES, PLAN_FILE, PUBLISHED_PATHS_FILE

MANIFEST = "manifest.txt"
"""One line a file as `sha256sum` writes it, so that `sha256sum -c manifest.txt` proves an upload."""
PUBLISHED_PATHS_HEADER = "# 公開したことのある住所。`build.py release` が書き足します。どの行も消しません。"
PROTECTED_NAMES = (PLAN_FILE, "content", "templates", "theme", "tests", "handbook", ".git")
"""What is read, or kept beside what is read, and never written."""
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


class WriteRefused(Exception):
    """The folder cannot be written; the message says why and what to do, in Japanese."""


def write_output(made: Iterable[OutputFile], folder: Path, sources: Path) -> tuple[Sequence[str], int]:
    """Make `folder` hold exactly these files and return their names and how many of them changed.

    Raises Refused, with the folder as it was, where it is not ours or the disk will not take the files.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100  # resolve() would follow a link that is to be refused
    _reject_source_folder(folder, sources.resolve())
    new, old = _staging_path(folder, "new"), _staging_path(folder, "old")
    try:
        with _build_lock(_staging_path(folder, "lock")):
            _recover(folder, new, old)
            _reject_foreign_files(folder)
            try:
                changed = _write_tree(made, folder, new)
                _swap(new, folder, old)
            finally:
                _recover(folder, new, old)
            return tuple(_read_manifest(folder)), changed
    except OSError as error:
        advice = {
            errno.ENOSPC: "ディスクの空きを増やしてください",
            errno.EACCES: "フォルダーの権限と、フォルダーを開いているほかのソフトを確かめてください",
            errno.EROFS: "書き込めるディスクを選んでください",
        }.get(error.errno or 0, "フォルダーを使っているほかのソフトを閉じてください")
        message = f"{folder} に書けません（{error.strerror or error}）。{advice}"
        raise WriteRefused(message) from error


def _staging_path(folder: Path, what: str) -> Path:
    """Return the hidden neighbour that a build uses: on the same disk, so that a rename is one step."""
    return folder.with_name(f".{folder.name}.{what}")


def write_published_paths(published: Iterable[str], root: Path) -> None:
    """Replace the list of every address that was ever published, beside plan.yaml.

    Raises Refused, with the list as it was, where the disk will not take it.
    """
    lines = [PUBLISHED_PATHS_HEADER, *sorted(published)]
    write_beside_plan(OutputFile(PUBLISHED_PATHS_FILE, "".join(f"{line}\n" for line in lines).encode()), root)


def write_beside_plan(file: OutputFile, root: Path) -> None:
    """Replace one file that is kept beside plan.yaml, or in a folder there.

    Raises Refused, with the file as it was, where the disk will not take it.
    """
    _replace(root / file.path, file.data)


def append_summary(text: str, path: Path) -> None:
    """Add a text to the summary of a job, whose path the machine that runs the job has named.

    Raises Refused where the file will not take it.
    """
    try:
        with path.open("ab") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        message = f"点検のまとめを {path} に書けません（{error.strerror or error}）"
        raise WriteRefused(message) from error


def write_document(data: bytes, path: Path, sources: Path) -> None:
    """Write one file that somebody asked for.

    Raises Refused, with what stood there as it was, where it is a source or the disk will not take it.
    """
    real, root = path.resolve(), sources.resolve()
    inside = [root / name for name in PROTECTED_NAMES]
    if real == root / PUBLISHED_PATHS_FILE or any(real.is_relative_to(kept) for kept in inside):
        raise WriteRefused(f"{path} には書き出せません（元の原稿です）。ほかの名前を選んでください")
    if path.is_dir():
        raise WriteRefused(f"{path} はフォルダーです。ファイルの名前まで書いてください")
    _replace(path, data)


def write_new_file(text: str, path: Path, *, force: bool) -> None:
    """Write one text file, whole or not at all; one that is there is replaced only by force.

    Raises Refused, with what stands there as it was.
    """
    if path.is_dir() or path.is_symlink() or (path.exists() and not force):
        how = "`--output` でほかの名前を選ぶか、置きかえてよければ `--force` を付けてください"
        message = f"{path} はすでにあります。{how}" if not path.is_dir() else f"{path} はフォルダーです。{how}"
        raise WriteRefused(message)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteRefused(f"{path.parent} を作れません（{error.strerror or error}）") from error
    _replace(path, text.encode())


def _replace(path: Path, data: bytes) -> None:
    """Put a file in the place of an old one in a single step."""
    aside = path.with_name(f".{path.name}.new")
    try:
        aside.unlink(missing_ok=True)  # a link that somebody put there would lead our words elsewhere
        with aside.open("xb") as file:
            file.write(data)
        aside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise WriteRefused(f"{path} に書けません（{error.strerror or error}）") from error


# --- whose folder is it ---


def _reject_source_folder(folder: Path, sources: Path) -> None:
    """Refuse a folder that holds, or lies within, what the build reads."""
    real = folder.resolve()
    inside = [sources / name for name in PROTECTED_NAMES]
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111  # Path.home() fails for a user without an entry
    if real in (home, Path(real.anchor)) or sources.is_relative_to(real):
        message = f"{folder} には書き出せません（元の原稿が入っています）。ほかのフォルダーを選んでください"
        raise WriteRefused(message)
    if any(real.is_relative_to(kept) for kept in inside) or (real / ".git").exists():
        message = f"{folder} には書き出せません（書き出し先のためのフォルダーではありません）"
        raise WriteRefused(message)
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        message = f"{folder} はフォルダーではありません。消すか、ほかの名前を選んでください"
        raise WriteRefused(message)


def _reject_foreign_files(folder: Path) -> None:
    """Refuse a folder in which there is anything that we did not write."""
    if not folder.exists():
        return
    ours = {*_read_manifest(folder), MANIFEST}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        strange = path.is_symlink() or not path.is_dir()
        if strange and name not in ours and path.name.lower() not in OS_JUNK_FILES:
            message = (
                f"{folder} に、この道具が書いたのではない `{name}` があります。移すか、ほかのフォルダーを選んでください"
            )
            raise WriteRefused(message)


def _read_manifest(folder: Path) -> dict[str, str]:
    """Return the paths and hashes in a folder's manifest."""
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return {}
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines) if name}


# --- build aside, then swap ---


def _write_tree(made: Iterable[OutputFile], old: Path, new: Path) -> int:
    """Write the new tree and return how many of its files the old one did not hold."""
    new.mkdir(parents=True)
    before = _read_manifest(old)
    after: dict[str, str] = {}
    changed = 0
    folders = {""}
    for file in made:
        folder = file.path.rpartition("/")[0]
        if folder not in folders:
            (new / folder).mkdir(parents=True, exist_ok=True)
            folders.add(folder)
        digest = hashlib.sha256(file.data).hexdigest()
        after[file.path] = digest
        if before.get(file.path) != digest or not _try_hard_link(old / file.path, new / file.path, file.data):
            (new / file.path).write_bytes(file.data)
            changed += 1
    listing = "".join(f"{after[name]}  {name}\n" for name in sorted(after))
    (new / MANIFEST).write_bytes(listing.encode())
    return changed


def _try_hard_link(old: Path, new: Path, data: bytes) -> bool:
    """Give an equal old file a second name in the new tree, where the disk can."""
    try:
        if old.is_symlink() or old.read_bytes() != data:
            return False
        os.link(old, new)
    except OSError:
        return False
    return True


def _swap(new: Path, folder: Path, old: Path) -> None:
    """Put the new tree in the place of the old one."""
    if not folder.exists():
        new.rename(folder)
    elif not _try_exchange(new, folder):
        folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            old.rename(folder)
            raise


def _try_exchange(new: Path, folder: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot (anything but Linux)."""
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(AttributeError, OSError):
        rename: Callable[..., int] = ctypes.CDLL(None, use_errno=True).renameat2
        return rename(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(folder), _RENAME_EXCHANGE) == 0
    return False


def _recover(folder: Path, new: Path, old: Path) -> None:
    """Undo what a run left half done, be it killed or refused: the old site first, and only then the leftovers."""
    if old.is_dir() and not old.is_symlink() and not folder.exists():
        old.rename(folder)
    _remove_leftovers(new)
    _remove_leftovers(old)


def _remove_leftovers(folder: Path) -> None:
    """Take away what stands in a place of ours; a link that somebody put there is not followed."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _build_lock(path: Path) -> Iterator[None]:
    """Let one build at a time write a folder; a lock dies with its process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        path.unlink()
    with path.open("a") as lock:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # Windows only

            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415  # everywhere else

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
