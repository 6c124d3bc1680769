"""Detect changes of the sources by polling many times a second, on any system and with any editor.

livereload's own watcher polls every 0.8 seconds, misses a file that is moved in with an old modification time, and
ignores changes within three seconds of a reload. Here the content decides; the modification time only avoids reading
a file again. Recent files are always read, because a second save within one tick of a file system's clock (two seconds
on FAT) changes nothing but the content.
"""

from __future__ import annotations

import os
import stat
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from handbook.patterns import OS_JUNK_FILES

RECENT_NS = 3_000_000_000
"""Nanoseconds after its modification in which a file is read at every poll."""


@dataclass(frozen=True, slots=True)
class FileStat:
    """State of one file at one poll."""

    mtime_ns: int
    size: int
    inode: int
    """Changes when an editor saves by rename."""
    digest: int


FileSnapshot = Mapping[Path, FileStat]


def snapshot(watched: Iterable[Path], before: FileSnapshot) -> FileSnapshot:
    """Return the state of the watched paths and of everything below them. `before` avoids reading unchanged files.

    Files that no build reads are skipped: hidden files, backups of editors, files of operating systems. The content of
    a file that cannot be read now, or is not a regular file, is not compared.
    """
    now = time.time_ns()
    return {path: _file_stat(path, now, before.get(path)) for path in _paths(watched)}


def is_different(before: FileSnapshot, after: FileSnapshot) -> bool:
    """Return whether the paths or the contents differ."""
    return {path: state.digest for path, state in before.items()} != {
        path: state.digest for path, state in after.items()
    }


def _file_stat(path: Path, now: int, before: FileStat | None) -> FileStat:
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            return FileStat(0, 0, 0, stat.S_IFMT(status.st_mode))
        identity = status.st_mtime_ns, status.st_size, status.st_ino
        is_recent = abs(now - status.st_mtime_ns) <= RECENT_NS
        if before and not is_recent and identity == (before.mtime_ns, before.size, before.inode):
            return before
        return FileStat(*identity, zlib.crc32(path.read_bytes()))
    except OSError:  # deleted, or locked by the editor that is writing it
        return FileStat(0, 0, 0, -1)


def _paths(watched: Iterable[Path]) -> Iterator[Path]:
    """Yield the watched paths that exist and everything below them. Symbolic links are not followed."""
    for root in watched:
        if os.path.lexists(root):
            yield root
        for parent, folders, names in os.walk(root):
            for name in (*folders, *names):
                if name[0] not in ".~" and name[-1] != "~" and name.lower() not in OS_JUNK_FILES:
                    yield Path(parent, name)
