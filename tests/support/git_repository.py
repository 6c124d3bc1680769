"""Git repositories with commits of known dates."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(root: Path, *words: str, day: str = "2026-05-06", at: str = "") -> None:
    """Run git in a folder. Commits are dated noon of `day` in Japan, or the ISO time `at`."""
    time = at or f"{day}T12:00:00+0900"
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    days = {"GIT_AUTHOR_DATE": time, "GIT_COMMITTER_DATE": time}
    subprocess.run(
        ["git", "-C", str(root), *words],
        env=who | days | {"HOME": str(root), "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
