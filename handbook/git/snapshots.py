"""Read from git the date of the last change of the sources, and the sources after each earlier commit.

A build does not need git: without it, there are no dates. Each commit is compared with its first parent, so that the
commits of a merged branch count on the date of the merge. Two git processes serve all commits: one lists the changes,
one returns the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.git import client
from handbook.patterns import PLAN_FILE

TRACKED_PATHS = (PLAN_FILE, "content")


def last_change_date(root: Path) -> tuple[str, list[Diagnostic]]:
    """Return the date of the last change of the sources, as in 2026-04-01, and notices about it.

    The date is `""` outside a repository, and in a shallow clone, where it could be the date of the clone's oldest
    commit; a notice states this, and that git refuses the repository.
    """
    try:
        shallow = client.git_output(root, "rev-parse", "--is-shallow-repository").decode("utf-8", "replace").strip()
    except client.GitError as error:
        return "", list(_refusal_notices(str(error)))
    if shallow == "false":
        return client.commit_date(
            git_text_output(root, "log", "-1", "--first-parent", "--format=%ct", "--", *TRACKED_PATHS)
        ), []
    return "", [_SHALLOW_CLONE_NOTICE] if shallow == "true" else []


def _refusal_notices(message: str) -> Iterator[Diagnostic]:
    """Yield a notice with the message of git, if it is not that there is no git or no repository."""
    reason = message.partition("\n")[0].removeprefix("fatal: ")
    if reason and not reason.startswith("not a git repository"):
        refusal = f"git が置き場を読まないので（{reason}）、改訂履歴と、git から分かる更新日を示しません"
        hint = "`git status` の示すところを直してください（更新日だけなら、`計画` に `更新日` を書けば示します）"
        yield Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "git-refused", refusal, hint)


_SHALLOW_CLONE_NOTICE = Diagnostic(
    SourceSpan(PLAN_FILE, 1, 1),
    "shallow-clone",
    "git の記録が途中までしかないので、改訂履歴と、git から分かる更新日を示しません",
    "`git fetch --unshallow` で残りを取ります（更新日だけなら、`計画` に `更新日` を書けば示します）",
)


def slow_git_notices(budget: client.TimeBudget) -> Iterator[Diagnostic]:
    """Yield a notice if git has used up its time, so that dates or changes are missing."""
    if not budget.remaining:
        seconds = client.GIT_TIMEOUT_SECONDS
        message = f"git が {seconds} 秒たっても答えないので、改訂履歴と、git から分かる更新日を示しません"
        hint = "`git log -1` が答えるかを確かめてください（更新日だけなら、`計画` に `更新日` を書けば示します）"
        yield Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "slow-git", message, hint)


def path_prefix(root: Path) -> str:
    """Return the path of a folder in its repository, ending in `/`; `""` for the top folder or without a repository."""
    return git_text_output(root, "rev-parse", "--show-prefix")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The sources after one commit."""

    commit: str
    day: str
    """Date of the commit, as in 2026-04-01."""
    blob_by_path: dict[str, str]
    """Object name of each text, by its path relative to the plan's folder."""


def iter_snapshots(root: Path) -> Iterator[Snapshot]:
    """Yield the sources after each commit that changed them, newest first; none in a shallow clone."""
    if git_text_output(root, "rev-parse", "--is-shallow-repository") == "false":
        yield from _walk_back(root, "HEAD", f"{path_prefix(root)}{PLAN_FILE}")


def _walk_back(root: Path, commit: str, plan_path: str) -> Iterator[Snapshot]:
    """Yield the snapshots from a commit back. `plan_path` is the path of plan.yaml there; renames are followed."""
    folder = plan_path[: plan_path.rfind("/") + 1]
    paths = (plan_path, f"{folder}{TRACKED_PATHS[1]}")
    tree = git_text_output(root, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    blob_by_path = {}
    for row in filter(None, tree.split("\0")):
        mode_type_blob, _, path = row.partition("\t")
        blob_by_path[path] = mode_type_blob.split(" ")[2]
    options = ("--first-parent", "-m", "--no-renames", "--raw", "--no-abbrev", "-z", "--format=%x01%H %ct")
    log = git_text_output(root, "log", *options, commit, "--", *(f":(top,literal){path}" for path in paths))
    for log_entry in log.split("\1")[1:]:
        header, _, changes = log_entry.partition("\0")
        commit_hash, _, timestamp = header.partition(" ")
        sources = {path.removeprefix(folder): blob for path, blob in blob_by_path.items() if path.endswith(".md")}
        sources |= {PLAN_FILE: blob_by_path[plan_path]} if plan_path in blob_by_path else {}
        yield Snapshot(commit_hash, client.commit_date(timestamp), sources)
        parts = changes.strip("\n\0").split("\0")
        # Undo the commit: each change is the modes, blobs and status, then the path.
        for change, path in zip(parts[::2], parts[1::2], strict=False):
            blob_before = change.split(" ")[2]
            blob_by_path.pop(path, None)
            if blob_before.strip("0"):
                blob_by_path[path] = blob_before
            elif path == plan_path and (former_path := _former_path(root, commit_hash, plan_path)):
                yield from _walk_back(root, f"{commit_hash}^", former_path)
                return


def _former_path(root: Path, commit: str, path: str) -> str:
    """Return the path of a file before the commit that renamed it, or `""` if the commit created the file."""
    renames = git_text_output(
        root, "diff-tree", "-r", "-M", "-z", "--name-status", "--diff-filter=R", f"{commit}^", commit
    ).split("\0")
    return next((old for old, new in zip(renames[1::3], renames[2::3], strict=False) if new == path), "")


def git_text_output(root: Path, *arguments: str) -> str:
    """Return the output of git as text, or `""` if git fails."""
    try:
        return client.git_output(root, *arguments).decode("utf-8", "replace").strip()
    except client.GitError:
        return ""
