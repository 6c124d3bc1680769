"""git → the sources as they stood at an earlier revision, laid out in a folder of their own that is gone afterwards.

So an earlier plan comes in by the same doors as today's. A revision's name is never taken for an option, and only the
files that the doors read are laid out.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from handbook.mistakes import nearest

SOURCES = ("plan.yaml", "content")
TIME_LIMIT = 60
"""Seconds that git may take for one answer."""
_BLOB = re.compile(rb"100\d{3} blob (?P<hash>[0-9a-f]+)\t(?P<path>.+)", re.DOTALL)
_NAME = re.compile(r'(?:(?!\.\.?/)[^\x00-\x1f<>:"|?*\\/]+/)*(?!\.\.?$)[^\x00-\x1f<>:"|?*\\/]+')
"""A path that every system can hold, inside the folder it is laid out in."""


class NoEdition(Exception):
    """What was asked for is no edition of a plan; the message says why and what to do, in Japanese."""


@contextmanager
def laid_out(root: Path, revision: str) -> Iterator[tuple[Path, str, str]]:
    """Lend a folder with the sources under `root` as they stood, with the commit's name and its day.

    Raises NoEdition where git does not know the revision, or the plan was not yet there.
    """
    commit = _commit(root, revision)
    day = _git(root, "show", "--no-patch", "--format=%cs", commit).decode().strip()
    found = list(filter(None, map(_BLOB.fullmatch, _tree(root, commit))))
    if not any(blob["path"] == b"plan.yaml" for blob in found):
        raise NoEdition(f"`{revision}` のときには、このフォルダーに plan.yaml がありません")
    with TemporaryDirectory(prefix="edition-") as held:
        folder = Path(held)
        for blob, data in zip(found, _contents(root, [blob["hash"] for blob in found]), strict=True):
            path = blob["path"].decode("utf-8", "replace")
            if _NAME.fullmatch(path):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
        yield folder, commit, day


def _commit(root: Path, revision: str) -> str:
    """Return the full name of a commit."""
    if not revision or revision.startswith("-") or not revision.isprintable():
        raise NoEdition(f"`{revision}` は、版の名前として使えません")
    try:
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return found.decode().strip()
    except NoEdition as error:
        names = _names(root)
        if names is None:
            raise NoEdition(f"`{revision}` というファイルやフォルダーはなく、git の記録も読めません") from error
        near = nearest(revision, names)
        hint = f"`{near}` のことですか" if near else "git fetch で記録を取り直すと、見つかることがあります"
        raise NoEdition(f"`{revision}` という版も、ファイルも、フォルダーもありません。{hint}") from error


def _names(root: Path) -> list[str] | None:
    """Return the names of branches and tags; None where there is no record."""
    try:
        return _git(root, "for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace").split()
    except NoEdition:
        return None


def _tree(root: Path, commit: str) -> list[bytes]:
    return _git(root, "ls-tree", "-r", "-z", commit, "--", *SOURCES).split(b"\0")


def _contents(root: Path, hashes: list[bytes]) -> Iterator[bytes]:
    """Yield the bytes of many files in one go."""
    told = _git(root, "cat-file", "--batch", asked=b"\n".join(hashes) + b"\n")
    at = 0
    for _ in hashes:
        end = told.index(b"\n", at)
        size = int(told[at:end].rpartition(b" ")[2])
        yield told[end + 1 : end + 1 + size]
        at = end + size + 2


def _git(root: Path, *words: str, asked: bytes | None = None) -> bytes:
    """Return what git answers. Raises NoEdition where it cannot."""
    command = ["git", "-C", str(root), *words]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=TIME_LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoEdition("git が使えません。git を入れるか、版の代わりにフォルダーを書きます") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise NoEdition(f"git の記録を読めません（{said or '理由は分かりません'}）")
    return done.stdout
