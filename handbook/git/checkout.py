"""Check out the sources of an earlier revision into a temporary folder, so that the parser reads them like today's.

A revision name that git would read as an option is refused. Only the files that the parser reads are written.

`git archive` with `tarfile` would save no code: it applies `export-ignore` and `export-subst` of .gitattributes, so the
result can differ from the commit, and paths that another system cannot store would need the same filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handbook import interrupts
from handbook.diagnostics import closest_match
from handbook.git import client
from handbook.git.snapshots import TRACKED_PATHS
from handbook.patterns import PLAN_FILE

_TREE_ENTRY = re.compile(rb"100\d{3} blob (?P<hash>[0-9a-f]+)\t(?P<path>.+)", re.DOTALL)
"""A regular file in the output of `git ls-tree -z`."""
_HASH = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
"""The full name of a commit."""
_SAFE_PATH = re.compile(r'(?:(?!\.\.?/)[^\x00-\x1f<>:"|?*\\/]+/)*(?!\.\.?$)[^\x00-\x1f<>:"|?*\\/]+')
"""A path that every system can store and that does not leave its folder."""


class EditionError(Exception):
    """The sources of a revision cannot be read; the message states the reason and the remedy, in Japanese."""


@contextmanager
def temporary_checkout(root: Path, revision: str) -> Iterator[tuple[Path, str, str]]:
    """Yield a temporary folder with the sources under `root` at a revision, the commit's full hash and its ISO date.

    Raises EditionError if git does not find the revision, or if the revision has no plan.yaml.
    """
    commit = _resolve_commit(root, revision)
    date = client.commit_date(_git_output(root, "show", "--no-patch", "--format=%ct", commit).decode().strip())
    blobs = list(filter(None, map(_TREE_ENTRY.fullmatch, _list_tree(root, commit))))
    if not any(blob["path"] == PLAN_FILE.encode() for blob in blobs):
        raise EditionError(f"`{revision}` のときには、このフォルダーに plan.yaml がありません")
    with interrupts.temporary_folder("edition-") as folder, client.open_blob_reader(root) as read_blob:
        for blob in blobs:
            path = blob["path"].decode("utf-8", "replace")
            if _SAFE_PATH.fullmatch(path):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(read_blob(blob["hash"].decode()))
        yield folder, commit, date


def _resolve_commit(root: Path, revision: str) -> str:
    """Return the full hash of a commit."""
    if not revision or revision.startswith("-") or not revision.isprintable():
        raise EditionError(f"`{revision}` は、版の名前として使えません")
    try:
        output = _git_output(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except EditionError as error:
        names = _ref_names(root)
        if names is None:
            message = f"`{revision}` というファイルやフォルダーはなく、git の記録も読めません"
            raise EditionError(f"{message}（{error}）") from error
        match = closest_match(revision, names)
        hint = f"`{match}` のことですか" if match else "git fetch で記録を取り直すと、見つかることがあります"
        raise EditionError(f"`{revision}` という版も、ファイルも、フォルダーもありません。{hint}") from error
    commit = output.decode().strip()
    if not _HASH.fullmatch(commit):  # such as `^HEAD`, which means all commits but those before HEAD
        raise EditionError(f"`{revision}` は、1 つの版の名前ではありません。`main` や `v1` のように書きます")
    return commit


def _ref_names(root: Path) -> list[str] | None:
    """Return the names of branches and tags, or None if git cannot read the repository."""
    try:
        return _git_output(root, "for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace").split()
    except EditionError:
        return None


def _list_tree(root: Path, commit: str) -> list[bytes]:
    return _git_output(root, "ls-tree", "-r", "-z", commit, "--", *TRACKED_PATHS).split(b"\0")


def _git_output(root: Path, *arguments: str) -> bytes:
    """Return the output of git. Raises EditionError if git is missing or fails."""
    try:
        return client.git_output(root, *arguments)
    except client.GitError as error:
        raise EditionError(_failure(f"{error}", root)) from error


def _failure(git_words: str, root: Path) -> str:
    """Return why git failed and what helps, in Japanese, given what git wrote."""
    if not git_words:
        return "git が使えないか、答えません。git を入れるか、版の代わりにフォルダーを書きます"
    if "dubious ownership" in git_words:
        command = f'git config --global --add safe.directory "{root.resolve().as_posix()}"'
        return f"git の置き場の持ち主が別の利用者です。信用できる置き場なら `{command}` を実行します"
    if "not a git repository" in git_words:
        return "このフォルダーには git の記録がありません。版の代わりにフォルダーを書きます"
    return "git の記録を読めません。`git log` が動くかを確かめます"
