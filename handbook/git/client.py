"""Run git without network access, and with every setting that matters given. The only module that starts git.

Dates are in Japan's time zone, because the clock of a build server is often in UTC.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

from handbook import programs
from handbook.patterns import MAX_SOURCE_BYTES

SETTINGS = {
    # No program is started that the settings of a repository name, and no bare repository in a source folder is read.
    "log.showSignature": "false",
    "core.fsmonitor": "false",
    "safe.bareRepository": "explicit",
    # The answers depend on no setting of a user, a system or a repository: these are git's defaults.
    "core.quotePath": "true",
    "core.useReplaceRefs": "false",
    "core.warnAmbiguousRefs": "true",
    "core.commitGraph": "true",
    "core.abbrev": "auto",
    "color.ui": "false",
    "color.diff": "false",
    "diff.ignoreSubmodules": "none",
    "diff.noprefix": "false",
    "diff.orderFile": "/dev/null",
    "diff.relative": "false",
    "diff.renameLimit": "1000",
    "diff.renames": "true",
    "diff.submodule": "short",
    "format.notes": "false",
    "format.pretty": "medium",
    "i18n.logOutputEncoding": "UTF-8",
    "log.abbrevCommit": "false",
    "log.date": "default",
    "log.decorate": "false",
    "log.diffMerges": "separate",
    "log.follow": "false",
    "log.mailmap": "true",
    "log.showRoot": "true",
}
"""Every setting that could change what git answers, given with each call. The configuration of the user stays in force
otherwise, because only there is written whose repositories may be read (`safe.directory`)."""
CONFIG_OVERRIDES = tuple(part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}"))
GIT_TIMEOUT_SECONDS = 20
"""Time for all calls inside one `time_budget`, and for each call outside."""
LATENESS_SECONDS = 0.2
"""A call may take this much longer than the budget."""
ENGLISH_ENV = {"LC_ALL": "C"}
"""Messages of git that `GitError` contains are in English, so that their kinds can be distinguished."""
OFFLINE_ENV = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
"""Keep git from fetching missing objects, from prompting for a password and from showing other objects than named."""
KEPT_ENV = re.compile(
    "GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|PARAMETERS|KEY_[0-9]+|VALUE_[0-9]+)|EXEC_PATH|CEILING_DIRECTORIES"
    "|DISCOVERY_ACROSS_FILESYSTEM|TEST_ASSUME_DIFFERENT_OWNER)"
)
"""The variables of git with its place and which repositories may be read. All others are removed: hooks set some
for their own repository, and some change what git answers."""
JAPAN = timezone(timedelta(hours=9))


class GitError(Exception):
    """git failed or cannot be run. The message is git's stderr, or `""` if git did not start or timed out."""


class TimeBudget:
    """The time that several git calls have together. Only the time spent waiting for git counts."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._waiting_since: float | None = None

    @property
    def remaining(self) -> float:
        """Seconds left; 0 if the time is used up."""
        waiting = 0.0 if self._waiting_since is None else time.monotonic() - self._waiting_since
        return max(0.0, GIT_TIMEOUT_SECONDS - self._spent - waiting)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count the time inside."""
        self._waiting_since = time.monotonic()
        try:
            yield
        finally:
            self._spent, self._waiting_since = GIT_TIMEOUT_SECONDS - self.remaining, None


_budget: ContextVar[TimeBudget | None] = ContextVar("git time budget", default=None)


@contextmanager
def time_budget() -> Iterator[TimeBudget]:
    """Give all git calls inside one budget of time. Inside another budget, this is the outer one."""
    outer = _budget.get()
    budget = outer or TimeBudget()
    token = _budget.set(budget)
    try:
        yield budget
    finally:
        _budget.reset(token)


def git_output(root: Path, *arguments: str) -> bytes:
    """Return the stdout of a git command run in `root`. Raises GitError if it fails."""
    command = ["git", "-C", str(root), *CONFIG_OVERRIDES, *arguments]
    with time_budget() as budget:
        if not budget.remaining:
            raise GitError("")
        timeout = budget.remaining
        try:
            with budget.waiting():
                process = programs.run(command, capture_output=True, timeout=timeout, env=_git_environment())
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

    The function returns `b""` for an unknown object and when the time budget is used up, and the first
    MAX_SOURCE_BYTES + 1 bytes of a larger blob.
    """
    command = ["git", "-C", str(root), *CONFIG_OVERRIDES, "cat-file", "--batch"]
    pipe = subprocess.PIPE
    git = programs.start(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=_git_environment())
    closed = threading.Event()
    with time_budget() as budget:
        watcher = threading.Thread(target=_kill_when_late, args=(git, budget, closed), daemon=True)
    watcher.start()
    try:
        yield partial(_read_blob, git, budget)
    finally:
        closed.set()
        watcher.join()  # a process with one thread can start workers by a fork
        git.kill()
        git.communicate()


def _kill_when_late(git: subprocess.Popen[bytes], budget: TimeBudget, closed: threading.Event) -> None:
    """Kill a git process when the budget is used up, so that a blocked read ends."""
    while not closed.wait(LATENESS_SECONDS):
        if not budget.remaining:
            git.kill()
            return


def _read_blob(git: subprocess.Popen[bytes], budget: TimeBudget, name: str) -> bytes:
    if not git.stdin or not git.stdout:
        return b""
    try:
        with budget.waiting():
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
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or KEPT_ENV.fullmatch(key)}
    return kept | OFFLINE_ENV | ENGLISH_ENV
