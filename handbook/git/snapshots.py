"""git → when the sources were last changed, and how they stood on each day before.

Nothing here is needed to build: without git no day is told. The record is the one of the published plan: each commit
is held against its first parent, so that what was prepared aside counts on the day it was taken in. However many
commits there are, one process lists what each changed and one hands out the files.
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
    """Return the day of the last recorded change, as in 2026-04-01, and what should be known about it.

    Empty where git does not know the folder. A shallow clone would tell the day of the clone's oldest commit
    instead, so there the day is left out and a note says why.
    """
    shallow = git_text_output(root, "rev-parse", "--is-shallow-repository")
    if shallow == "false":
        return client.commit_date(
            git_text_output(root, "log", "-1", "--first-parent", "--format=%ct", "--", *TRACKED_PATHS)
        ), []
    return "", [_SHALLOW_CLONE_NOTICE] if shallow == "true" else []


_SHALLOW_CLONE_NOTICE = Diagnostic(
    SourceSpan(PLAN_FILE, 1, 1),
    "shallow-clone",
    "git の記録が途中までしかないので、改訂履歴と、git から分かる更新日を示しません",
    "`git fetch --unshallow` で残りを取ります（更新日だけなら、`計画` に `更新日` を書けば示します）",
)


def path_prefix(root: Path) -> str:
    """Return where a folder lies in its repository: empty for the top or for none, else ending in `/`."""
    return git_text_output(root, "rev-parse", "--show-prefix")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The sources as one commit left them."""

    commit: str
    day: str
    """On which it was recorded, as in 2026-04-01."""
    blob_by_path: dict[str, str]
    """git's name for the content of each text, by its path beside plan.yaml."""


def iter_snapshots(root: Path) -> Iterator[Snapshot]:
    """Yield the sources after each commit that changed them, the newest first; none where the record is not whole."""
    if git_text_output(root, "rev-parse", "--is-shallow-repository") == "false":
        yield from _walk_back(root, "HEAD", f"{path_prefix(root)}{PLAN_FILE}")


def _walk_back(root: Path, commit: str, plan: str) -> Iterator[Snapshot]:
    """Yield the versions from a commit back, `plan` being plan.yaml's path there; go on where it had another."""
    folder = plan[: plan.rfind("/") + 1]
    paths = (plan, f"{folder}{TRACKED_PATHS[1]}")
    files = {}
    for row in filter(
        None, git_text_output(root, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths).split("\0")
    ):
        about, _, path = row.partition("\t")
        files[path] = about.split(" ")[2]
    asked = ("--first-parent", "-m", "--no-renames", "--raw", "--no-abbrev", "-z", "--format=%x01%H %ct")
    told = git_text_output(root, "log", *asked, commit, "--", *(f":(top,literal){path}" for path in paths))
    for step in told.split("\1")[1:]:
        head, _, rows = step.partition("\0")
        name, _, seconds = head.partition(" ")
        texts = {path.removeprefix(folder): blob for path, blob in files.items() if path.endswith(".md")}
        yield Snapshot(name, client.commit_date(seconds), texts | ({PLAN_FILE: files[plan]} if plan in files else {}))
        changed = rows.strip("\n\0").split("\0")
        for about, path in zip(changed[::2], changed[1::2], strict=False):
            before = about.split(" ")[2]
            files.pop(path, None)
            if before.strip("0"):
                files[path] = before
            elif path == plan and (earlier := _former_path(root, name, plan)):
                yield from _walk_back(root, f"{name}^", earlier)
                return


def _former_path(root: Path, commit: str, path: str) -> str:
    """Return what a file that a commit brought was called before it, or nothing where it is new."""
    told = git_text_output(
        root, "diff-tree", "-r", "-M", "-z", "--name-status", "--diff-filter=R", f"{commit}^", commit
    )
    words = told.split("\0")
    return next((old for old, new in zip(words[1::3], words[2::3], strict=False) if new == path), "")


def git_text_output(root: Path, *words: str) -> str:
    """Return what git answers, or nothing where it cannot."""
    try:
        return client.git_output(root, *words).decode("utf-8", "replace").strip()
    except client.GitError:
        return ""
