"""Have the sources changed? Asked many times a second, on any system, of any editor.

livereload's own watcher asks every 0.8 seconds, takes a file that is moved in with an old date for unchanged and
forgets what happens within three seconds of a reload. Here the bytes decide, and the date only spares reading them
again: a file is read as long as it is young, since a second save within one tick of a disk's clock (two seconds on a
USB stick) leaves no other trace.
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
"""Nanoseconds for which a file is read at every look."""


@dataclass(frozen=True, slots=True)
class FileStat:
    """What one look saw of a file."""

    mtime_ns: int
    size: int
    inode: int
    """Of the file on its disk: another one where an editor saves by rename."""
    digest: int


FileSnapshot = Mapping[Path, FileStat]


def snapshot(places: Iterable[Path], before: FileSnapshot) -> FileSnapshot:
    """Return what stands at the places, with all beneath; files that `before` knows are read only where they must be.

    What no build reads (hidden files, backups of editors, litter of systems) is passed over. A file that cannot be
    read just now, or that is no plain file, is seen without its bytes.
    """
    now = time.time_ns()
    return {path: _file_stat(path, now, before.get(path)) for path in _paths(places)}


def is_different(before: FileSnapshot, after: FileSnapshot) -> bool:
    """Whether a build could come out differently: other files, or other bytes in them."""
    return {path: trace.digest for path, trace in before.items()} != {
        path: trace.digest for path, trace in after.items()
    }


def _file_stat(path: Path, now: int, known: FileStat | None) -> FileStat:
    try:
        about = os.lstat(path)
        if not stat.S_ISREG(about.st_mode):
            return FileStat(0, 0, 0, stat.S_IFMT(about.st_mode))
        signs = about.st_mtime_ns, about.st_size, about.st_ino
        if known and abs(now - about.st_mtime_ns) > RECENT_NS and signs == (known.mtime_ns, known.size, known.inode):
            return known
        return FileStat(*signs, zlib.crc32(path.read_bytes()))
    except OSError:  # gone, or held by the editor that is writing it
        return FileStat(0, 0, 0, -1)


def _paths(places: Iterable[Path]) -> Iterator[Path]:
    """Yield the places that are there and everything beneath them, links unfollowed."""
    for place in places:
        if os.path.lexists(place):
            yield place
        for above, folders, names in os.walk(place):
            for name in (*folders, *names):
                if name[0] not in ".~" and name[-1] != "~" and name.lower() not in OS_JUNK_FILES:
                    yield Path(above, name)
