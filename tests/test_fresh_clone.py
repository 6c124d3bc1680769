"""A clone of the repository in use: edited, checked as GitHub and GitLab do, and released as an edition."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from support.ci_files import GITHUB, GITLAB, read_yaml, run
from support.command_line import run as command

SHIPPED = ("build.py", ".ci", "handbook", "templates", "theme", "requirements.txt", ".gitignore", ".gitattributes")
"""The files of this repository that a repository with another plan needs."""

PLAN = """\
計画: {名称: 架空市 学びの計画}
階層:
  - {名称: 柱, path: pillars}
  - {名称: 事業, path: projects}
柱:
  - id: learn
    名称: 学びを広げる
    事業:
      - id: pocket-parks
        名称: 小さな広場づくり
        本文: 空き地を広場にします。[[learn]]で支えます。
"""
"""A small plan, since most commands here build the booklet, too."""
linux_only = pytest.mark.skipif(os.name == "nt", reason="the services run these scripts on Linux")


def git(folder: Path, *words: str) -> str:
    name = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *name, *words], cwd=folder, capture_output=True, encoding="utf-8", check=True).stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with the tool and a small plan."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in SHIPPED:
        source = ROOT / name
        ignore = shutil.ignore_patterns("__pycache__")
        _ = shutil.copytree(source, folder / name, ignore=ignore) if source.is_dir() else shutil.copy(source, folder)
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    assert command("release", "--root", str(folder)).returncode == 0
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "The plan")
    return folder


def edit_plan(folder: Path, before: str = "名称: 小さな広場づくり", after: str = "名称: 小さな木かげづくり") -> None:
    path = folder / "plan.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_in_a_clone_one_command_builds_the_changed_site_and_changes_no_other_file(clone: Path) -> None:
    """Promise G10: `git clone`, `cd`, and after the edit `python3 build.py`. Promise G7: no other file is touched."""
    edit_plan(clone)
    done = run(sys.executable, "build.py", cwd=clone)
    assert done.returncode == 0, done.stderr
    page = (clone / "output/projects/pocket-parks.html").read_text(encoding="utf-8")
    assert "小さな木かげづくり" in page
    assert run(sys.executable, "build.py", "check", cwd=clone).returncode == 0
    assert git(clone, "status", "--porcelain") == " M plan.yaml\n"


@pytest.fixture
def recording_path(tmp_path: Path) -> tuple[str, Path]:
    """A PATH whose programs only write their arguments to a file, and this file."""
    note = tmp_path / "called.txt"
    note.touch()
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("dot", "python3", "chromium-headless-shell", "java", "node", "npm"):
        (folder / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {note}\n')
        (folder / name).chmod(0o755)
    (folder / "fc-list").write_text("#!/bin/sh\necho a font\n")
    (folder / "fc-list").chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}", note


@linux_only
def test_a_change_of_texts_only_does_not_run_the_tests_of_the_tool(
    clone: Path, recording_path: tuple[str, Path]
) -> None:
    path, note = recording_path
    edit_plan(clone)
    git(clone, "commit", "-qam", "Words")
    done = run(".ci/run", "HEAD^1", cwd=clone, PATH=path)
    assert done.returncode == 0
    assert "計画の言葉だけ" in done.stdout
    assert note.read_text() == ""
    (clone / "templates/partials/new.html").touch()
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "Code")
    done = run(".ci/run", "HEAD^1", cwd=clone, PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    called = note.read_text().splitlines()
    assert called[-3:] == [
        "python3 build.py",
        "python3 build.py check --root example --strict",
        "python3 build.py test --full",
    ]


@linux_only
def test_authors_files_changed_by_the_tool_are_reported(clone: Path, recording_path: tuple[str, Path]) -> None:
    path, _ = recording_path
    Path(path.partition(os.pathsep)[0], "python3").write_text("#!/bin/sh\necho >> plan.yaml\n")
    done = run(".ci/run", cwd=clone, PATH=path)
    assert done.returncode == 1
    assert "changed files of the authors" in done.stdout


def steps_of(service: str, temp: Path) -> tuple[list[str], dict[str, str]]:
    """Return the shell scripts of the job that checks a plan, and the variables that the service sets for it."""
    if service == "gitlab":
        first, *others = read_yaml(GITLAB)["計画の点検と見本"]["script"]
        return [first, "\n".join(others)], {"BASE": "HEAD^1"}
    steps = [step for step in read_yaml(GITHUB / "workflows/check.yml")["jobs"]["plan"]["steps"] if "run" in step]
    given = {name: value for step in steps for name, value in step.get("env", {}).items()}
    return [step["run"] for step in steps], {
        **{name: value.replace("${{ runner.temp }}", str(temp)) for name, value in given.items()},
        "GITHUB_STEP_SUMMARY": str(temp / "summary.md"),
        "GITHUB_WORKSPACE": str(temp / "clone"),
    }


@linux_only
@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_the_steps_of_a_check_produce_the_errors_the_preview_and_the_comparison(
    service: str, clone: Path, tmp_path: Path
) -> None:
    steps, given = steps_of(service, tmp_path)
    given["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = "bash", "-eo", "pipefail", "-c"  # as both services call it
    git(clone, "switch", "-qc", "draft")
    edit_plan(clone, "名称: 小さな広場づくり", "名稱: 小さな広場づくり")
    done = run(*shell, steps[0], cwd=clone, **given)
    assert done.returncode == 1
    assert "知らない項目 `名稱` があります" in done.stdout + done.stderr
    edit_plan(clone, "名稱: 小さな広場づくり", "名称: 小さな木かげづくり")
    git(clone, "commit", "-qam", "A name")
    git(clone, "switch", "-q", "main")
    git(clone, "merge", "-q", "--no-ff", "-m", "What the service checks out", "draft")
    results = [run(*shell, step, cwd=clone, **given) for step in steps]
    assert [step.stderr for step in results if step.returncode] == []
    assert (clone / "output/index.html").exists()
    papers = tmp_path if service == "github" else clone
    assert {file.suffix for file in (papers / "comparison").iterdir()} >= {".html", ".pdf"}
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8") if service == "github" else results[-1].stdout
    assert "改称" in summary
    assert "木かげ" in summary


@linux_only
def test_an_edition_contains_its_documents_and_is_refused_with_unfinished_texts(clone: Path, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    addresses = clone / "addresses.txt"
    whole = addresses.read_text(encoding="utf-8")
    addresses.write_text(whole.replace("projects/pocket-parks.html\n", ""), encoding="utf-8")
    git(clone, "commit", "-qam", "An address not noted")
    done = run(".ci/edition", tmp_path / "edition", cwd=clone, PATH=path)
    assert done.returncode == 1
    assert "住所の控えが古いままです" in done.stderr
    git(clone, "commit", "-qam", "Noted")
    git(clone, "tag", "v1")
    edit_plan(clone)
    git(clone, "commit", "-qam", "A name")
    done = run(".ci/edition", tmp_path / "edition", cwd=clone, PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    made = {file.name for file in (tmp_path / "edition").iterdir()}
    assert {"handbook.pdf", "website.zip", "notes.md", "comparison.pdf"} <= made
    assert "小さな木かげづくり" in (tmp_path / "edition/notes.md").read_text(encoding="utf-8")
    edit_plan(clone, "[[learn]]で支えます。", "支えます［要確認］。")
    git(clone, "commit", "-qam", "To be confirmed")
    done = run(".ci/edition", tmp_path / "again", cwd=clone, PATH=path)
    assert done.returncode == 1
    assert "［要確認］" in done.stderr


def test_no_symbolic_link_is_committed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    kept = git(ROOT, "ls-files", "--stage").splitlines()
    assert kept
    assert [line for line in kept if line.startswith("120000")] == []


def test_text_is_committed_with_unix_line_ends() -> None:
    """Otherwise a checkout on Windows would build different files."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    kept = [line for line in git(ROOT, "ls-files", "--eol").splitlines() if "attr/-text" not in line]
    assert [
        line for line in kept if line.startswith("i/crlf")
    ] == []  # CSV files for spreadsheets need CRLF and are marked -text
    for name in ("plan.yaml", "content/pages/source.md", ".ci/run", "theme/tokens.css"):
        assert "eol: lf" in git(ROOT, "check-attr", "eol", name), name
