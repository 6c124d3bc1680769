"""Run git without network access and without inherited repository settings. The only module that starts git.

Dates are in Japan's time zone, because the clock of a build server is often in UTC.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

from handbook import programs
from handbook.patterns import MAX_SOURCE_BYTES

CONFIG_OVERRIDES = ("-c", "log.showSignature=false", "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit")
"""Keep git from starting programs that the repository's settings name, and from reading a bare repository in a source
folder."""
GIT_TIMEOUT_SECONDS = 20
OFFLINE_ENV = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
"""Keep git from fetching missing objects and from prompting for a password."""
UNSET_ENV = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"})
"""Variables that git sets in hooks; removed so that git reads the repository of `root`."""
JAPAN = timezone(timedelta(hours=9))


class GitError(Exception):
    """git failed or cannot be run. The message is git's stderr, or `""` if git did not start or timed out."""


def git_output(root: Path, *arguments: str) -> bytes:
    """Return the stdout of a git command run in `root`. Raises GitError if it fails."""
    command = ["git", "-C", str(root), *CONFIG_OVERRIDES, *arguments]
    try:
        process = programs.run(command, capture_output=True, timeout=GIT_TIMEOUT_SECONDS, env=_git_environment())
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError("") from error
    if process.returncode:
        raise GitError(process.stderr.decode("utf-8", "replace").strip() or "理由は分かりません")
    return bytes(process.stdout)


def commit_date(timestamp: str) -> str:
    """Return the date, as in 2026-04-01, of a Unix timestamp (git's `%ct`), or `""` for `""`."""
    return datetime.fromtimestamp(int(timestamp), JAPAN).date().isoformat() if timestamp else ""


@contextmanager
def open_blob_reader(root: Path) -> Iterator[Callable[[str], bytes]]:
    """Yield a function from an object name to its bytes, served by one `git cat-file --batch`.

    The function returns `b""` for an unknown object, and the first MAX_SOURCE_BYTES + 1 bytes of a larger blob.
    """
    command = ["git", "-C", str(root), *CONFIG_OVERRIDES, "cat-file", "--batch"]
    pipe = subprocess.PIPE
    git = programs.start(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=_git_environment())
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
        header = git.stdout.readline().split()
        size = int(header[2]) if header[1:2] == [b"blob"] else -1
        content = git.stdout.read(max(0, min(size, MAX_SOURCE_BYTES + 1)))
        unread = size + 1 - len(content)  # with the newline after the content
        while unread and (skipped := len(git.stdout.read(min(unread, MAX_SOURCE_BYTES)))):
            unread -= skipped
    except OSError:  # git exited early
        return b""
    return content


def _git_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in UNSET_ENV} | OFFLINE_ENV
