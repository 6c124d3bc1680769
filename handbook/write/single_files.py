"""Write one file, such as addresses.txt, a schema, a comparison or an imported plan. Each is replaced in one step."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from handbook.model import OutputFile
from handbook.patterns import PUBLISHED_PATHS_FILE
from handbook.write.protect import WriteError, is_protected

PUBLISHED_PATHS_HEADER = "# 公開したことのある住所。`build.py release` が書き足します。どの行も消しません。"


def write_published_paths(published: Iterable[str], root: Path) -> None:
    """Replace addresses.txt, the list of every path that was ever published, in the plan's folder.

    Raises WriteError and leaves the list as it was if it cannot be written.
    """
    lines = [PUBLISHED_PATHS_HEADER, *sorted(published)]
    write_in_plan_folder(OutputFile(PUBLISHED_PATHS_FILE, "".join(f"{line}\n" for line in lines).encode()), root)


def write_in_plan_folder(file: OutputFile, root: Path) -> None:
    """Replace one file in the plan's folder or below it.

    Raises WriteError and leaves the file as it was if it cannot be written.
    """
    _replace(root / file.path, file.data)


def append_summary(text: str, path: Path) -> None:
    """Append a text to the job summary of GitHub Actions, whose path the runner gives.

    Raises WriteError if the file cannot be written.
    """
    try:
        with path.open("ab") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        message = f"点検のまとめを {path} に書けません（{error.strerror or error}）"
        raise WriteError(message) from error


def write_document(data: bytes, path: Path, sources: Path) -> None:
    """Write one file to the path of `--output`.

    Raises WriteError and leaves an existing file as it was if the file is a source or cannot be written.
    """
    real, root = path.resolve(), sources.resolve()
    if real == root / PUBLISHED_PATHS_FILE or is_protected(real, root):
        raise WriteError(f"{path} には書き出せません（元の原稿です）。ほかの名前を選んでください")
    if path.is_dir():
        raise WriteError(f"{path} はフォルダーです。ファイルの名前まで書いてください")
    _replace(path, data)


def write_new_file(text: str, path: Path, *, force: bool) -> None:
    """Write one text file, and the folders above it if they are missing. `force` replaces an existing file.

    Raises WriteError and leaves an existing file as it was if it may not be replaced or cannot be written.
    """
    if path.is_dir() or path.is_symlink() or (path.exists() and not force):
        advice = "`--output` でほかの名前を選ぶか、置きかえてよければ `--force` を付けてください"
        problem = "はフォルダーです" if path.is_dir() else "はすでにあります"
        raise WriteError(f"{path} {problem}。{advice}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{path.parent} を作れません（{error.strerror or error}）") from error
    _replace(path, text.encode())


def _replace(path: Path, data: bytes) -> None:
    """Write a temporary file, then rename it to `path` in a single step."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.unlink(missing_ok=True)  # a symbolic link at this path would redirect the data to another file
        with temporary.open("xb") as file:
            file.write(data)
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise WriteError(f"{path} に書けません（{error.strerror or error}）") from error
