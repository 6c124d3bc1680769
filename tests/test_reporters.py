"""One result, three doors: what a person, GitHub and a program are told of a plan is the same set."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from conftest import HERE, ROOT

from handbook import cli, reporters, write
from handbook.commands.check import path_in_repository
from handbook.diagnostics import Diagnostic, Report, SourceSpan

SLIPS = sorted((HERE / "mistakes").glob("*.yaml"))
Told = set[tuple[str, str, int, str]]
"""What every door tells of each finding: rule, file, line and message."""
HEAD = re.compile(r"(?P<file>\S+?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)  \[(?P<rule>[a-z0-9-]+)\]")
COMMAND = re.compile(r"::(?P<kind>error|warning|notice) (?P<properties>.*?)::(?P<message>.*)")
NOTE = re.compile(r"  - (?P<file>\S+?):(?P<line>\d+): (?P<message>.*)")


def by_text(said: str) -> Told:
    return {(m["rule"], m["file"], int(m["line"]), m["message"]) for m in map(HEAD.fullmatch, said.split("\n")) if m}


def by_github(said: str, kind: str) -> Told:
    found = set()
    for command in filter(None, map(COMMAND.fullmatch, said.split("\n"))):
        held = dict(part.split("=", 1) for part in command["properties"].split(","))
        rule = unquote(held["title"]).rpartition("(")[2].removesuffix(")")
        message = unquote(command["message"]).split("\nヒント: ")[0]
        if command["kind"] in kind.split():
            found.add((rule, unquote(held["file"]), int(held["line"]), message))
    return found


def by_json(said: str, *kinds: str) -> Told:
    held: dict[str, list[dict[str, Any]]] = json.loads(said)
    return {(each["rule"], each["file"], each["line"], each["message"]) for kind in kinds for each in held[kind]}


Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Run `build.py check` and return its status and what it printed."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)

    def run(root: Path, door: str, *more: str) -> tuple[int, str, str]:
        monkeypatch.chdir(root)
        status = cli.main(["check", "--root", str(root), "--no-booklet", "--format", door, *more])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.mark.parametrize("slip", [*SLIPS, HERE / "mistakes" / "thirty" / "plan.yaml"], ids=lambda slip: slip.stem)
def test_a_mistake_is_told_by_all_three_doors(slip: Path, tmp_path: Path, check: Check) -> None:
    shutil.copy(slip, tmp_path / "plan.yaml")
    (text, _, printed), (github, marks, _), (js, out, _) = (
        check(tmp_path, door) for door in ("text", "github", "json")
    )
    assert (text, github, js) == (1, 1, 1)
    told = by_json(out, "mistakes")
    assert told
    assert by_text(printed) == told
    assert by_github(marks, "error") == told


PLAN = """\
計画: {名称: 架空市の計画}
組織: [環境課]
階層:
  - {名称: 柱, path: pillars}
  - {名称: 施策, path: measures, 必須: [担当課]}
柱:
  - id: one
    名称: 同じ名前
    本文: これは［要確認］です。
    施策:
      - {id: two, 名称: 同じ名前}
"""
"""A plan with a gap and two notes."""


def test_notes_and_gaps_are_told_by_all_three_doors(plan_of: Callable[..., Path], check: Check) -> None:
    root = plan_of(PLAN)
    (text, printed, _), (github, marks, _), (js, out, _) = (check(root, door) for door in ("text", "github", "json"))
    assert (text, github, js) == (0, 0, 0)
    told = by_json(out, "notes", "gaps")
    assert {rule for rule, *_ in by_json(out, "gaps")} == {"empty-required"}
    assert {rule for rule, *_ in told} == {"empty-required", "unconfirmed", "same-name"}
    listed = {(m["file"], int(m["line"]), m["message"]) for m in map(NOTE.fullmatch, printed.split("\n")) if m}
    assert listed == {(file, line, message) for _, file, line, message in told}
    assert by_github(marks, "warning notice") == told
    assert by_github(marks, "notice") == {each for each in told if each[0] == "same-name"}


def test_what_a_strict_check_refuses_is_told_by_all_three_doors(plan_of: Callable[..., Path], check: Check) -> None:
    root = plan_of(PLAN)
    (text, _, printed), (github, marks, _), (js, out, _) = (
        check(root, door, "--strict") for door in ("text", "github", "json")
    )
    assert (text, github, js) == (1, 1, 1)
    told = by_json(out, "mistakes")
    assert {rule for rule, *_ in told} == {"empty-required", "unconfirmed"}
    assert by_text(printed) == by_github(marks, "error") == told
    assert {rule for rule, *_ in by_json(out, "notes")} == {"same-name"}
    assert "同じ名前です" in printed
    assert by_json(out, "gaps") == set()


def test_the_json_is_one_object_with_the_documented_fields(check: Check) -> None:
    status, out, err = check(HERE / "mistakes" / "thirty", "json")
    assert status == 1
    assert err == ""
    held = json.loads(out)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.search(r"- `json` for programs.*?\n\n", readme, re.DOTALL)
    assert told
    assert list(held) == ["mistakes", "notes", "gaps"]
    for each in held["mistakes"]:
        assert list(each) == ["rule", "file", "line", "column", "width", "message", "hint", "excerpt"]
        assert all(f"`{name}`" in told[0] or name in told[0] for name in each)
        typed = (HERE / "mistakes" / "thirty" / each["file"]).read_text(encoding="utf-8").split("\n")
        assert each["excerpt"].replace("\ufffd", "") in typed[each["line"] - 1].replace("\u200b", "")


# --- GitHub ---


def test_a_plan_in_a_folder_of_the_repository_is_marked_from_the_top_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "plans" / "city,1"
    folder.mkdir(parents=True)
    shutil.copy(HERE / "mistakes" / "wide-colon.yaml", folder / "plan.yaml")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for here, space in ((tmp_path, ""), (tmp_path / "plans", str(tmp_path))):
        monkeypatch.setenv("GITHUB_WORKSPACE", space)
        monkeypatch.chdir(here)
        cli.main(["check", "--root", str(folder), "--format", "github"])
        assert "::error file=plans/city%2C1/plan.yaml,line=" in capsys.readouterr().out


def test_a_template_is_marked_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(ROOT))
    assert path_in_repository(ROOT / "example")("templates/pages/404.html") == "templates/pages/404.html"
    assert path_in_repository(ROOT / "example")("plan.yaml") == "example/plan.yaml"
    assert path_in_repository(tmp_path)("plan.yaml") == (tmp_path / "plan.yaml").resolve().as_posix()


def test_what_the_runner_would_misread_is_escaped() -> None:
    odd = Diagnostic(SourceSpan("a:b,c%.md", 3, 5, 2), "wide-colon", "100% の\r\n::error::次の行, ここ", "%0A")
    (line, _) = reporters.github_commands(Report((odd,)), str).split("\n")
    assert line == (
        "::error file=a%3Ab%2Cc%25.md,line=3,col=5,endColumn=7,title=「：」が全角 (wide-colon)"
        "::100%25 の%0D%0A::error::次の行, ここ%0Aヒント: %250A"
    )
    assert by_github(line, "error") == {("wide-colon", "a:b,c%.md", 3, "100% の\r\n::error::次の行, ここ")}


def test_the_summary_holds_every_mistake_with_its_hint_and_a_link(
    tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "summary.md").write_text("前の手順のまとめ\n", encoding="utf-8")
    for name, value in (
        ("STEP_SUMMARY", str(tmp_path / "summary.md")),
        ("SERVER_URL", "https://example.org"),
        ("REPOSITORY", "city/plan"),
        ("SHA", "abc123"),
        ("WORKSPACE", str(ROOT)),
    ):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    _, marks, _ = check(HERE / "mistakes" / "thirty", "github")
    monkeypatch.chdir(ROOT)
    text = (tmp_path / "summary.md").read_bytes().decode("utf-8")
    rows = [line for line in text.split("\n") if line.startswith("| [")]
    assert text.startswith("前の手順のまとめ\n")
    assert len(rows) == 30 == len(by_github(marks, "error"))
    assert all(row.count(" | ") == 2 and row.endswith(" |") for row in rows)
    blob = "https://example.org/city/plan/blob/abc123"
    assert f"]({blob}/tests/mistakes/thirty/plan.yaml#L3)" in rows[0]
    assert f"[wide-colon]({blob}/docs/mistakes.md#wide-colon)" in rows[0]
    assert "半角の <code>&#58;</code> と空白にします" in rows[0]
    assert '<a id="wide-colon"></a>' in (ROOT / "docs" / "mistakes.md").read_text(encoding="utf-8")


def test_the_plans_own_signs_mean_nothing_in_the_summary() -> None:
    odd = Diagnostic(
        SourceSpan("plan.yaml", 1, 1), "bad-id", "`a|b` と <img src=x> と *太字* @dare", "[x](https://example.org)`"
    )
    (row,) = [line for line in reporters.job_summary(Report((odd,)), str).split("\n") if "bad-id" in line]
    assert row.count("|") == 4
    assert not re.search(r"<img|\*|@|\]\(|https:", row)
    assert "<code>a&#124;b</code>" in row


def test_a_summary_that_cannot_be_written_is_said_and_changes_nothing_else(
    tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    status, marks, err = check(HERE / "mistakes" / "thirty", "github")
    assert status == 1
    assert len(by_github(marks, "error")) == 30
    assert "点検のまとめを" in err
    with pytest.raises(write.WriteError):
        write.append_summary("x", tmp_path)


# --- very many mistakes ---


def many(number: int) -> Report:
    mistakes = [
        Diagnostic(
            SourceSpan("plan.yaml", n, 9, 4),
            "unknown-key" if n % 5 else "bad-id",
            f"知らない項目 `名{n}` があります",
            "ヒント",
            "x",
        )
        for n in range(1, number + 1)
    ]
    return Report(tuple(sorted(mistakes)))


def test_of_five_hundred_mistakes_none_is_left_out_and_the_list_stays_readable() -> None:
    found = many(500)
    told = by_json(reporters.report_json(found), "mistakes")
    said = reporters.terminal_text(found)
    assert len(told) == 500
    assert by_text(said) == by_github(reporters.github_commands(found, str), "error") == told
    assert len(said.split("\n")) < 50 * 5 + 450 + 10
    assert "あと 450 件" in said
    assert "多いものから: 知らない項目 400 件、id に使えない文字 100 件" in said
    assert said.endswith("500 件の直すところがあります。output/ は前のままです。")
    assert reporters.job_summary(found, str).count("| plan") == 500


def test_a_summary_too_long_for_github_is_cut_and_says_so() -> None:
    text = reporters.job_summary(many(20_000), str)
    assert 900_000 < len(text.encode()) < 1_048_576
    (left,) = re.findall(r"残り ([\d,]+) 行は、点検の記録（ログ）にあります", text)
    assert text.count("| plan") + int(left.replace(",", "")) == 20_000


# --- what is refused before anything is read ---


def test_a_folder_that_is_not_there_is_wrong_usage_by_every_door(capsys: pytest.CaptureFixture[str]) -> None:
    for door in ("text", "github", "json"):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["check", "--root", str(HERE / "nowhere"), "--format", door])
        assert stopped.value.code == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert "がありません" in said.err


def test_a_folder_without_a_plan_is_a_mistake_by_every_door(tmp_path: Path, check: Check) -> None:
    assert by_text(check(tmp_path, "text")[2]) == by_json(check(tmp_path, "json")[1], "mistakes")
    assert {rule for rule, *_ in by_github(check(tmp_path, "github")[1], "error")} == {"missing-file"}


def test_a_missing_picture_is_told_as_such_and_not_as_a_fault_of_the_booklet(
    plan_of: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = plan_of(PLAN, nodes__two="![川](images/river.png)\n")
    assert cli.main(["check", "--root", str(root)]) == 1
    said = capsys.readouterr().err
    assert {rule for rule, *_ in by_text(said)} == {"broken-link"}
    assert "冊子" not in said


@pytest.mark.parametrize("door", ["github", "json"])
def test_a_program_reads_utf_8_on_a_system_that_prints_something_else(door: str) -> None:
    command = [sys.executable, str(ROOT / "build.py"), "check", "--root", "tests/mistakes/thirty", "--format", door]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "GITHUB_STEP_SUMMARY": "", "GITHUB_WORKSPACE": ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr == b""
    told = by_json(done.stdout.decode("utf-8"), "mistakes") if door == "json" else set()
    told = told or by_github(done.stdout.decode("utf-8"), "error")
    assert len(told) == 30
    assert any("知らない項目 `自治休` があります" in message for *_, message in told)
