"""Write output/ as a whole or not at all, and single files. The only package that writes into folders of an editor.

The new tree is built in a staging folder, which then replaces the old tree in a single step (Linux) or by two renames
with recovery at the next start (elsewhere). Files that stay equal are hard-linked, so their bytes and times stay.
`manifest.txt` lists every file of a build, so that a folder with any other file in it is never touched.

Inside: `protect` refuses folders that are not for output, `swap` replaces the old tree, `single_files` writes one file,
`trial_copy` copies the sources to try a change of them.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from handbook.model import OutputFile
from handbook.write.lock import build_lock
from handbook.write.protect import MANIFEST, WriteError, read_manifest, reject_foreign_files, reject_source_folder
from handbook.write.single_files import (
    append_summary,
    write_document,
    write_in_plan_folder,
    write_new_file,
    write_published_paths,
)
from handbook.write.swap import recover, swap_folders
from handbook.write.trial_copy import trial_copy

__all__ = [
    "MANIFEST",
    "WriteError",
    "append_summary",
    "trial_copy",
    "write_document",
    "write_in_plan_folder",
    "write_new_file",
    "write_output",
    "write_published_paths",
]


def write_output(files: Iterable[OutputFile], folder: Path, sources: Path) -> tuple[Sequence[str], int]:
    """Write exactly these files into `folder`. Return their paths and the number of files that changed.

    Raises WriteError and leaves the folder as it was if it is no output folder or the files cannot be written.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100  # resolve() would follow a link that is to be refused
    reject_source_folder(folder, sources.resolve())
    new, old = _staging_path(folder, "new"), _staging_path(folder, "old")
    try:
        with build_lock(_staging_path(folder, "lock")):
            recover(folder, new, old)
            reject_foreign_files(folder)
            try:
                changed = _write_tree(files, folder, new)
                swap_folders(new, folder, old)
            finally:
                recover(folder, new, old)
            return tuple(read_manifest(folder)), changed
    except OSError as error:
        advice = {
            errno.ENOSPC: "ディスクの空きを増やしてください",
            errno.EACCES: "フォルダーの権限と、フォルダーを開いているほかのソフトを確かめてください",
            errno.EROFS: "書き込めるディスクを選んでください",
        }.get(error.errno or 0, "フォルダーを使っているほかのソフトを閉じてください")
        message = f"{folder} に書けません（{error.strerror or error}）。{advice}"
        raise WriteError(message) from error


def _staging_path(folder: Path, suffix: str) -> Path:
    """Return the path of a hidden sibling of the folder. It is on the same disk, so that a rename is atomic."""
    return folder.with_name(f".{folder.name}.{suffix}")


def _write_tree(files: Iterable[OutputFile], old: Path, new: Path) -> int:
    """Write the new tree and its manifest. Return how many of its files are not in the old tree."""
    new.mkdir(parents=True)
    old_digests = read_manifest(old)
    digests: dict[str, str] = {}
    changed = 0
    folders = {""}
    for file in files:
        folder = file.path.rpartition("/")[0]
        if folder not in folders:
            (new / folder).mkdir(parents=True, exist_ok=True)
            folders.add(folder)
        digest = hashlib.sha256(file.data).hexdigest()
        digests[file.path] = digest
        if old_digests.get(file.path) != digest or not _try_hard_link(old / file.path, new / file.path, file.data):
            (new / file.path).write_bytes(file.data)
            changed += 1
    listing = "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))
    (new / MANIFEST).write_bytes(listing.encode())
    return changed


def _try_hard_link(old: Path, new: Path, data: bytes) -> bool:
    """Hard-link an old file into the new tree and return True, if the file has this data and the disk can link."""
    try:
        if old.is_symlink() or old.read_bytes() != data:
            return False
        os.link(old, new)
    except OSError:
        return False
    return True
