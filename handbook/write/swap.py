"""Replace the old output folder by the new one, and recover from an interrupted run."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


def swap_folders(new: Path, folder: Path, old: Path) -> None:
    """Move `new` to `folder`. The former `folder` is then at `new` if the system can exchange folders, else at `old`.

    Raises OSError and leaves `folder` as it was if the move fails.
    """
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
    """Exchange two folders in one step. Return False if the system cannot, as on anything but Linux."""
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(AttributeError, OSError):
        rename: Callable[..., int] = ctypes.CDLL(None, use_errno=True).renameat2
        return rename(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(folder), _RENAME_EXCHANGE) == 0
    return False


def recover(folder: Path, new: Path, old: Path) -> None:
    """Restore the old output folder if a run stopped between the two renames, then delete what the run has left."""
    if old.is_dir() and not old.is_symlink() and not folder.exists():
        old.rename(folder)
    _remove_leftovers(new)
    _remove_leftovers(old)


def _remove_leftovers(path: Path) -> None:
    """Delete a leftover file or folder of an earlier build. A symbolic link is removed, not followed."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path, ignore_errors=True)
