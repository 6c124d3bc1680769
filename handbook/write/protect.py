"""Refuse to write where files could be lost that no build has written."""

from __future__ import annotations

import os
from pathlib import Path

from handbook.patterns import OS_JUNK_FILES, PLAN_FILE

MANIFEST = "manifest.txt"
"""One line per file in the format of `sha256sum`, so that `sha256sum -c manifest.txt` verifies an upload."""
PROTECTED_NAMES = (PLAN_FILE, "content", "templates", "theme", "tests", "handbook", ".git")
"""Files and folders in the plan's folder that are sources or the product itself, and never written."""


class WriteError(Exception):
    """A file or folder cannot be written. The message gives the reason and the remedy in Japanese."""


def is_protected(real_path: Path, root: Path) -> bool:
    """Return whether a path, without symbolic links, is a source under `root` or in a folder of sources."""
    return any(real_path.is_relative_to(root / name) for name in PROTECTED_NAMES)


def reject_source_folder(folder: Path, sources: Path) -> None:
    """Raise WriteError if a folder contains sources or is among them, or is no folder."""
    real = folder.resolve()
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111  # Path.home() fails for a user without an entry
    if real in (home, Path(real.anchor)) or sources.is_relative_to(real):
        message = f"{folder} には書き出せません（元の原稿が入っています）。ほかのフォルダーを選んでください"
        raise WriteError(message)
    if is_protected(real, sources) or (real / ".git").exists():
        message = f"{folder} には書き出せません（書き出し先のためのフォルダーではありません）"
        raise WriteError(message)
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        message = f"{folder} はフォルダーではありません。消すか、ほかの名前を選んでください"
        raise WriteError(message)


def reject_foreign_files(folder: Path) -> None:
    """Raise WriteError if a folder contains a file that is not in its manifest, or a symbolic link."""
    if not folder.exists():
        return
    written = {*read_manifest(folder), MANIFEST}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        is_file = path.is_symlink() or not path.is_dir()
        if is_file and relative not in written and path.name.lower() not in OS_JUNK_FILES:
            message = f"{folder} に、この道具が書いたのではない `{relative}` があります。"
            raise WriteError(message + "移すか、ほかのフォルダーを選んでください")


def read_manifest(folder: Path) -> dict[str, str]:
    """Return the SHA-256 digest of each file in a folder's manifest, by path; empty if there is no manifest."""
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return {}
    return {path: digest for digest, _, path in (line.partition("  ") for line in lines) if path}
