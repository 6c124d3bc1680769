"""git → the sources as they stood at an earlier revision, laid out in a folder of their own that is gone afterwards.

So an earlier plan comes in by the same doors as today's. A revision's name is never taken for an option, and only the
files that the doors read are laid out.

`git archive` with `tarfile` would save no code: it applies `export-ignore` and `export-subst` of .gitattributes, so it
does not give back what was recorded, and paths that another system cannot store would have to be left out just as here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from handbook.diagnostics import closest_match
from handbook.git import client
from handbook.git.snapshots import TRACKED_PATHS
from handbook.patterns import PLAN_FILE

_TREE_ENTRY = re.compile(rb"100\d{3} blob (?P<hash>[0-9a-f]+)\t(?P<path>.+)", re.DOTALL)
_SAFE_PATH = re.compile(r'(?:(?!\.\.?/)[^\x00-\x1f<>:"|?*\\/]+/)*(?!\.\.?$)[^\x00-\x1f<>:"|?*\\/]+')
"""A path that every system can hold, inside the folder it is laid out in."""


class EditionError(Exception):
    """What was asked for is no edition of a plan; the message says why and what to do, in Japanese."""


@contextmanager
def temporary_checkout(root: Path, revision: str) -> Iterator[tuple[Path, str, str]]:
    """Lend a folder with the sources under `root` as they stood, with the commit's name and its day.

    Raises NoEdition where git does not know the revision, or the plan was not yet there.
    """
    commit = _commit(root, revision)
    day = client.commit_date(_git(root, "show", "--no-patch", "--format=%ct", commit).decode().strip())
    found = list(filter(None, map(_TREE_ENTRY.fullmatch, _list_tree(root, commit))))
    if not any(blob["path"] == PLAN_FILE.encode() for blob in found):
        raise EditionError(f"`{revision}` のときには、このフォルダーに plan.yaml がありません")
    with TemporaryDirectory(prefix="edition-") as held, client.open_blob_reader(root) as content:
        folder = Path(held)
        for blob in found:
            path = blob["path"].decode("utf-8", "replace")
            if _SAFE_PATH.fullmatch(path):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content(blob["hash"].decode()))
        yield folder, commit, day


def _commit(root: Path, revision: str) -> str:
    """Return the full name of a commit."""
    if not revision or revision.startswith("-") or not revision.isprintable():
        raise EditionError(f"`{revision}` は、版の名前として使えません")
    try:
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return found.decode().strip()
    except EditionError as error:
        names = _ref_names(root)
        if names is None:
            raise EditionError(f"`{revision}` というファイルやフォルダーはなく、git の記録も読めません") from error
        near = closest_match(revision, names)
        hint = f"`{near}` のことですか" if near else "git fetch で記録を取り直すと、見つかることがあります"
        raise EditionError(f"`{revision}` という版も、ファイルも、フォルダーもありません。{hint}") from error


def _ref_names(root: Path) -> list[str] | None:
    """Return the names of branches and tags; None where there is no record."""
    try:
        return _git(root, "for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace").split()
    except EditionError:
        return None


def _list_tree(root: Path, commit: str) -> list[bytes]:
    return _git(root, "ls-tree", "-r", "-z", commit, "--", *TRACKED_PATHS).split(b"\0")


def _git(root: Path, *words: str) -> bytes:
    """Return what git answers. Raises NoEdition where it cannot."""
    try:
        return client.git_output(root, *words)
    except client.GitError as error:
        if not str(error):
            raise EditionError("git が使えません。git を入れるか、版の代わりにフォルダーを書きます") from error
        raise EditionError(f"git の記録を読めません（{error}）") from error
