"""git → when the sources were last changed. Nothing here is needed to build: without git the day is not told."""

from __future__ import annotations

import subprocess
from pathlib import Path

from handbook.mistakes import Mistake, Place

SOURCES = ("plan.yaml", "content")
TIME_LIMIT = 20
"""Seconds that git may take."""


def updated(root: Path) -> tuple[str, list[Mistake]]:
    """Return the day of the last recorded change, as in 2026-04-01, and what should be known about it.

    Empty where git does not know the folder. A shallow clone would tell the day of the clone's oldest commit
    instead, so there the day is left out and a note says why.
    """
    shallow = _git(root, "rev-parse", "--is-shallow-repository")
    if shallow == "false":
        return _git(root, "log", "-1", "--format=%cs", "--", *SOURCES), []
    return "", [_SHALLOW] if shallow == "true" else []


def folder_of(root: Path) -> str:
    """Return where a folder lies in its repository: empty for the top or for none, else ending in `/`."""
    return _git(root, "rev-parse", "--show-prefix")


_SHALLOW = Mistake(
    Place("plan.yaml", 1, 1),
    "shallow-clone",
    "git の記録が途中までしかないので、更新日を示しません",
    "`git fetch --unshallow` で残りを取るか、`計画` に `更新日` を書きます",
)


def _git(root: Path, *words: str) -> str:
    """Return what git answers, or nothing where it cannot."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words],  # noqa: S607  # whichever git the editor has
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
