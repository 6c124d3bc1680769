"""Hazard 42: what git answers depends on no setting of a user, a system, a repository or the environment."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Tally
from support.build_process import PLAIN
from support.command_line import run
from support.git_repository import git

from handbook.git import checkout, client, snapshots
from handbook.pipeline import load_site
from trust.counts import HAZARDS

RELEVANT = frozenset({"core", "log", "diff", "color", "format", "i18n"})
"""The groups of settings that the commands we use read (`rev-parse`, `log`, `show`, `ls-tree`, `diff-tree`, `for-each-ref`,
`cat-file`). A quick run varies these, a full run all groups."""
QUICK_VALUES = ("true", "false", "always", "first-parent", "UTF-16", "/nonexistent")
MORE_VALUES = ("0", "1", "7", "none", "x", "off", "separate", "combined", "oneline", "copies", "short", "order", "HEAD")
"""Values of all the types that settings have. A value that git refuses for a setting is not tried."""
ENVIRONMENT = {
    "GIT_DIR": "/nonexistent",
    "GIT_WORK_TREE": "/nonexistent",
    "GIT_INDEX_FILE": "/nonexistent",
    "GIT_OBJECT_DIRECTORY": "/nonexistent",
    "GIT_COMMON_DIR": "/nonexistent",
    "GIT_NAMESPACE": "x",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_GLOB_PATHSPECS": "1",
    "GIT_ICASE_PATHSPECS": "1",
    "GIT_DIFF_OPTS": "-u0",
    "GIT_EXTERNAL_DIFF": "false",
    "GIT_GRAFT_FILE": "graft",
    "GIT_SHALLOW_FILE": "graft",
    "GIT_TRACE": "1",
    "GIT_PAGER": "false",
    "GIT_REPLACE_REF_BASE": "refs/heads/",
    "GIT_PREFIX": "x/",
    "GIT_ATTR_SOURCE": "HEAD",
}


def all_settings() -> list[str]:
    """Return the names of all settings that this git documents, with a name for each placeholder."""
    listed = subprocess.run(["git", "help", "--config"], capture_output=True, text=True, check=True).stdout.split("\n")
    names = [line.strip() for line in listed if re.fullmatch(r"[a-zA-Z0-9]+\.\S+", line.strip())]
    assert len(names) > 400
    return [re.sub(r"<[^>]*>|\*", "x", name) for name in names]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A plan in a folder that was renamed, with a merged branch, a tag and a replaced commit."""
    top = tmp_path / "top"
    (top / "old/content/nodes").mkdir(parents=True)
    git(top, "init", "-qb", "main")
    _write(top / "old", "一日め")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "一日め", day="2025-04-01")
    git(top, "mv", "old", "plan")
    git(top, "commit", "-qm", "二日め", day="2025-04-02")
    git(top, "checkout", "-qb", "side")
    _write(top / "plan", "枝")
    git(top, "commit", "-qam", "枝", day="2025-04-03")
    git(top, "checkout", "-q", "main")
    (top / "note.txt").write_text("x", encoding="utf-8")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "別の作業", day="2025-04-04")
    git(top, "merge", "-q", "--no-ff", "-m", "合わせる", "side", day="2025-04-05")
    git(top, "tag", "v1")
    git(top, "replace", "HEAD", "HEAD^")
    (top / "plan/order").write_text("content/nodes/*\nplan.yaml\n", encoding="utf-8")
    (tmp_path / "home").mkdir()
    return top / "plan"


def _write(folder: Path, text: str) -> None:
    (folder / "plan.yaml").write_text(PLAIN.replace("図書館にあり", f"{text}。図書館にあり"), encoding="utf-8")
    (folder / "content/nodes/library.md").write_text(text, encoding="utf-8")


def answers(root: Path) -> object:
    """Return everything that a build, a comparison and a release learn from git."""
    versions = list(snapshots.iter_snapshots(root))
    try:
        with checkout.temporary_checkout(root, "v1") as (folder, commit, day):
            files = {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    except checkout.EditionError as error:
        commit, day, files = f"{error}", "", {}
    with client.open_blob_reader(root) as read_blob:
        blobs = [read_blob(blob) for version in versions for blob in version.blob_by_path.values()]
    return snapshots.last_change_date(root), snapshots.path_prefix(root), versions, commit, day, files, blobs


def differing_settings(
    root: Path, settings: list[tuple[str, str]], write: Callable[[list[tuple[str, str]]], None]
) -> Iterator[tuple[str, str]]:
    """Yield each setting that changes an answer. Many are tried at once, and halved where the answers differ."""
    write([])
    expected = answers(root)
    waiting = [settings[start : start + 60] for start in range(0, len(settings), 60)]
    while waiting:
        group = waiting.pop()
        write(group)
        if answers(root) == expected:
            continue
        if len(group) == 1:
            yield group[0]
        else:
            waiting += [group[: len(group) // 2], group[len(group) // 2 :]]
    write([])


def accepted(
    root: Path, pairs: list[tuple[str, str]], write: Callable[[list[tuple[str, str]]], None]
) -> list[tuple[str, str]]:
    """Return each pair of setting and value with which git itself works."""

    def works(group: list[tuple[str, str]]) -> bool:
        write(group)
        command = ["git", "-C", str(root), "log", "-1", "--raw", "--format=%ct"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    good: list[tuple[str, str]] = []
    waiting = [pairs[start : start + 8] for start in range(0, len(pairs), 8)]
    while waiting:
        group = waiting.pop()
        if works(group):
            good += group
        elif len(group) > 1:
            waiting += [group[: len(group) // 2], group[len(group) // 2 :]]
    write([])
    return good


def writer(file: Path) -> Callable[[list[tuple[str, str]]], None]:
    """Return a function that adds settings to a configuration file, in place of those that it added before."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""

    def write(pairs: list[tuple[str, str]]) -> None:
        lines = []
        for name, value in pairs:
            section, _, rest = name.partition(".")
            subsection, _, key = rest.rpartition(".")
            head = f'[{section} "{subsection}"]' if subsection else f"[{section}]"
            lines.append(f"{head}\n\t{key} = {value}\n")
        file.write_text(before + "".join(lines), encoding="utf-8")

    return write


UNREADABLE = {"core.worktree", "core.bare", "core.repositoryFormatVersion", "extensions.x", "extensions.objectFormat"}
"""Settings of a repository about its place and its storage. With a false value it is another repository."""


@pytest.mark.hazard(42)
@pytest.mark.parametrize("place", ["user", "repository"])
def test_no_documented_setting_changes_an_answer(
    place: str, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool, tally: Tally
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "home/config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    write = writer(tmp_path / "home/config" if place == "user" else repository.parent / ".git/config")
    names = [
        name
        for name in all_settings()
        if (full or name.split(".")[0] in RELEVANT) and not (place == "repository" and name in UNREADABLE)
    ]
    values = (QUICK_VALUES + MORE_VALUES) if full else QUICK_VALUES
    settings = accepted(repository, [(name, value) for name in names for value in values], write)
    assert len(settings) >= HAZARDS[42].full / 3 if full else HAZARDS[42].quick / 3
    assert list(differing_settings(repository, settings, write)) == []
    tally(len(settings))


@pytest.mark.hazard(42)
def test_a_setting_that_is_not_given_is_found(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "home/config"))
    monkeypatch.setattr(client, "CONFIG_OVERRIDES", ())
    write = writer(tmp_path / "home/config")
    settings = [("log.follow", "true"), ("diff.relative", "true"), ("diff.orderFile", "order"), ("core.x", "x")]
    found = {name for name, _ in differing_settings(repository, settings, write)}
    assert found == {"diff.relative", "diff.orderFile"}


@pytest.mark.hazard(42)
def test_no_variable_of_git_changes_an_answer(repository: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally) -> None:
    expected = answers(repository)
    (repository / "graft").write_text("", encoding="utf-8")
    for name, value in ENVIRONMENT.items():
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert answers(repository) == expected, name
        tally(1)


@pytest.mark.hazard(42)
def test_the_repository_of_another_user_is_read_if_the_user_trusts_it(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    expected = answers(repository)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "home/config"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    date, notices = snapshots.last_change_date(repository)
    assert (date, [notice.rule for notice in notices]) == ("", ["git-refused"])
    done = run("diff", "v1", "--root", str(repository))
    assert done.returncode == 1
    assert "safe.directory" in done.stderr
    assert "dubious" not in done.stderr
    git(tmp_path, "config", "-f", str(tmp_path / "home/config"), "safe.directory", str(repository.parent))
    assert answers(repository) == expected
    tally(2)


@pytest.mark.hazard(42)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="THIS SYSTEM HAS NO NAMED PIPES")
@pytest.mark.parametrize("planted", ["HEAD", "config", "index", "packed-refs", "objects", "shallow", "info/grafts"])
def test_a_git_that_never_answers_costs_one_budget(
    planted: str, repository: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    monkeypatch.setattr(client, "GIT_TIMEOUT_SECONDS", 2)
    folder = repository.parent / ".git"
    objects = [path for path in (folder / "objects").rglob("*") if path.is_file()]
    for path in objects if planted == "objects" else [folder / planted]:
        path.unlink(missing_ok=True)
        os.mkfifo(path)
    began = time.monotonic()
    notices = load_site(repository, with_history=True)[2].notices
    assert time.monotonic() - began < 2 + 3
    if time.monotonic() - began > 2:
        assert "slow-git" in {notice.rule for notice in notices}
    tally(1)


@pytest.mark.hazard(42)
@pytest.mark.parametrize(
    "name", ["^HEAD", "HEAD^@", "HEAD^!", "HEAD..v1", "v1^{tree}", "HEAD:plan/plan.yaml", "v9", "!", ":/x"]
)
def test_a_name_of_no_single_version_is_refused_in_japanese(name: str, repository: Path) -> None:
    done = run("diff", name, "--root", str(repository))
    assert done.returncode == 1
    assert name in done.stderr
    assert not re.search(r"fatal|ambiguous|revision|usage", done.stdout + done.stderr)
