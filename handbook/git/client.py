"""git, asked. The only module that starts it: on this disk alone, with no other repository in mind.

Servers often keep another clock than the city's, so a day is one in Japan wherever it was recorded.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

from handbook.patterns import MAX_SOURCE_BYTES

CONFIG_OVERRIDES = ("-c", "log.showSignature=false", "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit")
"""No program is started that a folder's own git settings name, and no folder of the sources passes for a repository."""
GIT_TIMEOUT_SECONDS = 20
"""Seconds that git may take for one answer."""
OFFLINE_ENV = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
"""git answers from what is on this disk: a build asks no server and nobody for a password."""
UNSET_ENV = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"})
"""What a hook's git would have in mind."""
JAPAN = timezone(timedelta(hours=9))


class GitError(Exception):
    """git is missing, or does not know; it holds git's own words, if there are any."""


def git_output(root: Path, *words: str) -> bytes:
    """Return what git answers about a folder. Raises NoAnswer."""
    command = ["git", "-C", str(root), *CONFIG_OVERRIDES, *words]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=GIT_TIMEOUT_SECONDS, check=False, env=_environment()
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError("") from error
    if done.returncode:
        raise GitError(done.stderr.decode("utf-8", "replace").strip() or "理由は分かりません")
    return done.stdout


def commit_date(seconds: str) -> str:
    """Return the day, as in 2026-04-01, of what git calls `%ct`; nothing for nothing."""
    return datetime.fromtimestamp(int(seconds), JAPAN).date().isoformat() if seconds else ""


@contextmanager
def open_blob_reader(root: Path) -> Iterator[Callable[[str], bytes]]:
    """Lend what returns the content that git has under a name; nothing for what it has not.

    Of a file that is too large, as much as shows that it is.
    """
    command = ["git", "-C", str(root), *CONFIG_OVERRIDES, "cat-file", "--batch"]
    pipe = subprocess.PIPE
    git = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=_environment())
    try:
        yield partial(_read_blob, git)
    finally:
        git.kill()
        git.communicate()


def _read_blob(git: subprocess.Popen[bytes], name: str) -> bytes:
    if not git.stdin or not git.stdout:
        return b""
    try:
        git.stdin.write(f"{name}\n".encode())
        git.stdin.flush()
        head = git.stdout.readline().split()
        size = int(head[2]) if head[1:2] == [b"blob"] else -1
        held = git.stdout.read(max(0, min(size, MAX_SOURCE_BYTES + 1)))
        left = size + 1 - len(held)
        while left and (passed := len(git.stdout.read(min(left, MAX_SOURCE_BYTES)))):
            left -= passed
    except OSError:  # git ended before its time
        return b""
    return held


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in UNSET_ENV} | OFFLINE_ENV
