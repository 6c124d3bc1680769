"""Copy the sources of a plan into a temporary folder, some of them changed, so that the parser can read the result."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from handbook.patterns import PLAN_FILE, PUBLISHED_PATHS_FILE


@contextmanager
def trial_copy(root: Path, changed: Mapping[str, bytes]) -> Iterator[Path]:
    """Yield a temporary folder with the sources that the parser reads. `changed` has new bytes by path."""
    with TemporaryDirectory(prefix="trial-") as temporary:
        folder = Path(temporary)
        for path in _source_files(root):
            name = path.relative_to(root).as_posix()
            if name not in changed:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                _link_or_copy(path, folder / name)
        for name, data in changed.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        yield folder


def _source_files(root: Path) -> Iterator[Path]:
    """Yield the regular files among the sources. The parser refuses the others."""
    found = [root / PLAN_FILE, root / PUBLISHED_PATHS_FILE, *root.glob("*.schema.json"), *(root / "content").rglob("*")]
    yield from (path for path in found if path.is_file() and not path.is_symlink())


def _link_or_copy(path: Path, copy: Path) -> None:
    """Make a second name of a file, which takes no time for large images, or a copy on another disk."""
    try:
        os.link(path, copy)
    except OSError:
        shutil.copyfile(path, copy)
