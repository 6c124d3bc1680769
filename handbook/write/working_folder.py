"""The working folder of an output folder: only one build at a time has it, a second one waits.

It is next to the output folder, so that a rename from it is a single step, and so that two people who build on a
network drive exclude each other, which a lock in the temporary folder of each computer would not. It contains a
`.gitignore` for all that is in it, also what a killed build leaves, and is deleted at the end of a build.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

LOCK = "lock"
GITIGNORE = ".gitignore"
MAX_ATTEMPTS = 1_000
"""Times that a build may find the lock file deleted while it waits for it. Each other build deletes it once."""


@contextlib.contextmanager
def open_working_folder(folder: Path) -> Iterator[None]:
    """Make the folder and hold it exclusively. The system releases it when the process ends."""
    with _locked(folder):
        ignore = folder / GITIGNORE
        ignore.unlink(missing_ok=True)  # a symbolic link would redirect the text to another file
        ignore.write_text("*\n", encoding="utf-8")
        try:
            yield
        finally:
            _delete(folder)
    if sys.platform == "win32":  # which deletes no open file
        _delete(folder)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold an exclusive lock on the lock file of a folder. Raises OSError if the disk has no locks."""
    path = folder / LOCK
    for _ in range(MAX_ATTEMPTS):
        if folder.is_symlink() or folder.is_file():
            folder.unlink(missing_ok=True)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:  # another build has deleted the folder since it was found to exist
            continue
        if path.is_symlink() or (path.exists() and not path.is_file()):
            path.unlink(missing_ok=True)  # a link, or a pipe that would block
        try:
            file = path.open("a")
        except FileNotFoundError:  # another build has just deleted the folder
            continue
        with file:
            with contextlib.suppress(OSError):
                path.chmod(0o666)  # so that another user of the drive can wait for it
            _wait_for(file)
            if _is_still_at(path, file):
                yield
                return
    raise OSError(errno.ENOLCK, "", str(path))


def _wait_for(file: TextIOWrapper) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  # Windows only

        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            except OSError as error:  # another build has had it for ten seconds
                if error.errno != errno.EDEADLK:
                    raise
            else:
                return
    else:
        import fcntl  # noqa: PLC0415  # everywhere else

        fcntl.flock(file, fcntl.LOCK_EX)


def _is_still_at(path: Path, file: TextIOWrapper) -> bool:
    """Return whether an open file was neither deleted nor replaced."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _delete(folder: Path) -> None:
    """Delete the folder of a finished build. Any other file in it stays, and then the `.gitignore` too."""
    with contextlib.suppress(OSError):
        if not set(os.listdir(folder)) - {GITIGNORE, LOCK}:  # noqa: PTH208  # names
            (folder / GITIGNORE).unlink(missing_ok=True)
        (folder / LOCK).unlink()
        folder.rmdir()
