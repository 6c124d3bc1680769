"""The three formats of a report (text, GitHub commands, JSON) contain the same findings."""

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

from handbook import cli, parse, reporters, write
from handbook.commands.check import path_in_repository
from handbook.diagnostics import Diagnostic, Report, SourceSpan, format_diagnostic
from handbook.text_edits import TextEdit

PLANS_WITH_ERRORS = sorted((HERE / "mistakes").glob("*.yaml"))
Findings = set[tuple[str, str, int, str]]
"""Rule, file, line and message of each finding in a report."""
TEXT_LINE = re.compile(r"(?P<file>\S+?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)  \[(?P<rule>[a-z0-9-]+)\]")
GITHUB_COMMAND = re.compile(r"::(?P<kind>error|warning|notice) (?P<properties>.*?)::(?P<message>.*)")
NOTE = re.compile(r"  - (?P<file>\S+?):(?P<line>\d+): (?P<message>.*)")


def findings_in_text(output: str) -> Findings:
    return {
        (m["rule"], m["file"], int(m["line"]), m["message"]) for m in map(TEXT_LINE.fullmatch, output.split("\n")) if m
    }


def findings_in_commands(output: str, kind: str) -> Findings:
    found = set()
    for command in filter(None, map(GITHUB_COMMAND.fullmatch, output.split("\n"))):
        properties = dict(part.split("=", 1) for part in command["properties"].split(","))
        rule = unquote(properties["title"]).rpartition("(")[2].removesuffix(")")
        message = unquote(command["message"]).split("\nヒント: ")[0]
        if command["kind"] in kind.split():
            found.add((rule, unquote(properties["file"]), int(properties["line"]), message))
    return found


def findings_in_json(output: str, *kinds: str) -> Findings:
    report: dict[str, list[dict[str, Any]]] = json.loads(output)
    return {(each["rule"], each["file"], each["line"], each["message"]) for kind in kinds for each in report[kind]}


Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Run `build.py check` and return its status and what it printed."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)

    def run(root: Path, report_format: str, *options: str) -> tuple[int, str, str]:
        monkeypatch.chdir(root)
        status = cli.main(["check", "--root", str(root), "--no-booklet", "--format", report_format, *options])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.mark.parametrize(
    "plan", [*PLANS_WITH_ERRORS, HERE / "mistakes" / "thirty" / "plan.yaml"], ids=lambda plan: plan.stem
)
def test_an_error_is_in_all_three_formats(plan: Path, tmp_path: Path, check: Check) -> None:
    shutil.copy(plan, tmp_path / "plan.yaml")
    (text, _, printed), (github, marks, _), (js, out, _) = (
        check(tmp_path, report_format) for report_format in ("text", "github", "json")
    )
    assert (text, github, js) == (1, 1, 1)
    findings = findings_in_json(out, "mistakes")
    assert findings
    assert findings_in_text(printed) == findings
    assert findings_in_commands(marks, "error") == findings


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
"""A plan with a warning and three notices."""


def test_warnings_and_notices_are_in_all_three_formats(plan_of: Callable[..., Path], check: Check) -> None:
    root = plan_of(PLAN)
    (text, printed, _), (github, marks, _), (js, out, _) = (
        check(root, report_format) for report_format in ("text", "github", "json")
    )
    assert (text, github, js) == (0, 0, 0)
    findings = findings_in_json(out, "notes", "gaps")
    assert {rule for rule, *_ in findings_in_json(out, "gaps")} == {"empty-required"}
    assert {rule for rule, *_ in findings} == {"empty-required", "unconfirmed", "same-name", "no-contact"}
    listed = {(m["file"], int(m["line"]), m["message"]) for m in map(NOTE.fullmatch, printed.split("\n")) if m}
    assert listed == {(file, line, message) for _, file, line, message in findings}
    assert findings_in_commands(marks, "warning notice") == findings
    assert findings_in_commands(marks, "notice") == {
        each for each in findings if each[0] in ("same-name", "no-contact")
    }


def test_an_error_of_a_strict_check_is_in_all_three_formats(plan_of: Callable[..., Path], check: Check) -> None:
    root = plan_of(PLAN)
    (text, _, printed), (github, marks, _), (js, out, _) = (
        check(root, report_format, "--strict") for report_format in ("text", "github", "json")
    )
    assert (text, github, js) == (1, 1, 1)
    findings = findings_in_json(out, "mistakes")
    assert {rule for rule, *_ in findings} == {"empty-required", "unconfirmed"}
    assert findings_in_text(printed) == findings_in_commands(marks, "error") == findings
    assert {rule for rule, *_ in findings_in_json(out, "notes")} == {"same-name", "no-contact"}
    assert "同じ名前です" in printed
    assert findings_in_json(out, "gaps") == set()


def test_the_json_is_one_object_with_the_documented_fields(check: Check) -> None:
    status, out, err = check(HERE / "mistakes" / "thirty", "json")
    assert status == 1
    assert err.startswith("計画: ")
    assert err.count("\n") == 1
    report = json.loads(out)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    documented = re.search(r"- `json` for programs.*?\n\n", readme, re.DOTALL)
    assert documented
    assert list(report) == ["mistakes", "notes", "gaps"]
    for each in report["mistakes"]:
        assert list(each) == ["rule", "file", "line", "column", "width", "message", "hint", "excerpt", "fixes"]
        assert all(f"`{name}`" in documented[0] or name in documented[0] for name in each)
        typed = (HERE / "mistakes" / "thirty" / each["file"]).read_text(encoding="utf-8").split("\n")
        assert each["excerpt"].replace("\ufffd", "") in typed[each["line"] - 1].replace("\u200b", "")


# --- GitHub ---


def test_a_plan_in_a_folder_of_the_repository_has_paths_from_its_root(
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


def test_a_template_has_its_path_in_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(ROOT))
    assert path_in_repository(ROOT / "example")("templates/pages/404.html") == "templates/pages/404.html"
    assert path_in_repository(ROOT / "example")("plan.yaml") == "example/plan.yaml"
    assert path_in_repository(tmp_path)("plan.yaml") == (tmp_path / "plan.yaml").resolve().as_posix()


def test_special_characters_of_github_commands_are_escaped() -> None:
    odd = Diagnostic(SourceSpan("a:b,c%.md", 3, 5, 2), "wide-colon", "100% の\r\n::error::次の行, ここ", "%0A")
    (line, _) = reporters.github_commands(Report((odd,)), str).split("\n")
    assert line == (
        "::error file=a%3Ab%2Cc%25.md,line=3,col=5,endColumn=7,title=「：」が全角 (wide-colon)"
        "::100%25 の%0D%0A::error::次の行, ここ%0Aヒント: %250A"
    )
    assert findings_in_commands(line, "error") == {("wide-colon", "a:b,c%.md", 3, "100% の\r\n::error::次の行, ここ")}


def test_the_summary_contains_every_error_with_its_hint_and_a_link(
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
    assert len(rows) == 30 == len(findings_in_commands(marks, "error"))
    assert all(row.count(" | ") == 2 and row.endswith(" |") for row in rows)
    blob = "https://example.org/city/plan/blob/abc123"
    assert f"]({blob}/tests/mistakes/thirty/plan.yaml#L3)" in rows[0]
    assert f"[wide-colon]({blob}/docs/mistakes.md#wide-colon)" in rows[0]
    assert "半角の <code>&#58;</code> と空白にします" in rows[0]
    assert '<a id="wide-colon"></a>' in (ROOT / "docs" / "mistakes.md").read_text(encoding="utf-8")


def test_markdown_and_html_of_the_plan_are_escaped_in_the_summary() -> None:
    odd = Diagnostic(
        SourceSpan("plan.yaml", 1, 1), "bad-id", "`a|b` と <img src=x> と *太字* @dare", "[x](https://example.org)`"
    )
    (row,) = [line for line in reporters.job_summary(Report((odd,)), str).split("\n") if "bad-id" in line]
    assert row.count("|") == 4
    assert not re.search(r"<img|\*|@|\]\(|https:", row)
    assert "<code>a&#124;b</code>" in row


def test_a_summary_that_cannot_be_written_is_reported_and_the_rest_is_unchanged(
    tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    status, marks, err = check(HERE / "mistakes" / "thirty", "github")
    assert status == 1
    assert len(findings_in_commands(marks, "error")) == 30
    assert "点検のまとめを" in err
    with pytest.raises(write.WriteError):
        write.append_summary("x", tmp_path)


# --- fixes ---


@pytest.fixture
def with_fixes(tmp_path: Path) -> Report:
    """The report on a plan with fixes of many kinds."""
    shutil.copy(HERE / "mistakes" / "thirty" / "plan.yaml", tmp_path)
    return parse.read_plan(tmp_path).report


def test_the_json_of_a_fix_names_the_replaced_text_and_its_place(with_fixes: Report) -> None:
    report = json.loads(reporters.report_json(with_fixes))
    typed = (HERE / "mistakes" / "thirty" / "plan.yaml").read_text(encoding="utf-8")
    lines = typed.split("\n")
    edits = [edit for each in report["mistakes"] for fix in each["fixes"] for edit in fix["edits"]]
    assert len(edits) > 20
    for edit in edits:
        replaced = lines[edit["line"] - 1 : edit["end_line"]]
        replaced[-1] = replaced[-1][: edit["end_column"] - 1]
        replaced[0] = replaced[0][edit["column"] - 1 :]
        assert "\n".join(replaced) == edit["old"]
    (colon,) = next(each["fixes"] for each in report["mistakes"] if each["rule"] == "wide-colon")
    assert colon == {
        "title": "半角の `:` と空白にします",
        "certain": True,
        "edits": [
            {"file": "plan.yaml", "line": 3, "column": 5, "end_line": 3, "end_column": 6, "old": "：", "new": ": "}
        ],
    }


def test_the_suggestions_of_reviewdog_are_the_fixes_in_bytes(with_fixes: Report) -> None:
    result = json.loads(reporters.reviewdog_json(with_fixes, lambda file: f"plans/{file}"))
    typed = (HERE / "mistakes" / "thirty" / "plan.yaml").read_bytes()
    line_starts = [0, *(match.end() for match in re.finditer(b"\n", typed))]
    suggested = 0
    for each, mistake in zip(result["diagnostics"], with_fixes.errors, strict=True):
        assert each["location"]["path"] == "plans/plan.yaml"
        assert each["location"]["range"]["start"]["line"] == mistake.span.line
        assert (each["code"]["value"], each["severity"]) == (mistake.rule, "ERROR")
        for suggestion in each.get("suggestions", []):
            start, end = (
                line_starts[place["line"] - 1] + place["column"] - 1
                for place in (suggestion["range"]["start"], suggestion["range"]["end"])
            )
            fixed = typed[:start] + suggestion["text"].encode() + typed[end:]
            file = parse.EditedFile(typed)
            assert file.add(mistake.fixes[0].edits)
            assert fixed == file.data()
            suggested += 1
    assert suggested == sum(len(mistake.fixes) == 1 for mistake in with_fixes.errors)


def test_the_summary_has_a_suggestion_for_each_fix_of_one_line(with_fixes: Report) -> None:
    summary = reporters.job_summary(with_fixes, lambda file: f"plans/{file}")
    assert "plans/plan.yaml&#58;3\n\n````md\n```suggestion\n  名称: 架空市 学びの計画\n```\n````\n" in summary
    assert "plans/plan.yaml&#58;44\n\n````md\n```suggestion\n```\n````\n" in summary  # the line is deleted
    assert summary.count("```suggestion\n") == int(str(re.findall("直し方の案 ([0-9]+) 件", summary)[0])) > 15


def test_a_suggestion_with_backticks_has_a_longer_fence() -> None:
    edit = TextEdit(file="plan.yaml", line=1, column=1, old="a", new="b")
    mistake = Diagnostic(SourceSpan("plan.yaml", 1, 1), "bad-id", "x", "y", "a ```` c").with_fix(edit)
    assert "``````md\n`````suggestion\nb ```` c\n`````\n``````\n" in reporters.job_summary(Report((mistake,)), str)


def test_a_mistake_with_two_fixes_shows_none_of_them_as_the_right_one() -> None:
    edits = [TextEdit(file="plan.yaml", line=1, column=1, old="a", new=new) for new in "bc"]
    mistake = Diagnostic(SourceSpan("plan.yaml", 1, 1), "bad-id", "x", "y", "a")
    two = mistake.with_fix(edits[0], title="b にします").with_fix(edits[1], title="c にします")
    assert "    + | b" in format_diagnostic(mistake.with_fix(edits[0])).split("\n")
    assert format_diagnostic(two) == format_diagnostic(mistake)
    assert "suggestion" not in reporters.job_summary(Report((two,)), str)
    assert "suggestions" not in reporters.reviewdog_json(Report((two,)), str)


# --- many errors ---


def report_of_errors(number: int) -> Report:
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


def test_each_hint_of_the_notices_is_shown_once() -> None:
    notices = [
        Diagnostic(SourceSpan("plan.yaml", line, 1), "shallow-clone", f"知らせ {line}", hint)
        for line, hint in enumerate(("これをします", "これをします", "あれをします", ""), 1)
    ]
    assert reporters.notices_text(Report((), tuple(notices))).split("\n")[1:] == [
        "  - plan.yaml:1: 知らせ 1",
        "    ヒント: これをします",
        "  - plan.yaml:2: 知らせ 2",
        "  - plan.yaml:3: 知らせ 3",
        "    ヒント: あれをします",
        "  - plan.yaml:4: 知らせ 4",
    ]


def test_all_of_five_hundred_errors_are_listed_briefly() -> None:
    found = report_of_errors(500)
    findings = findings_in_json(reporters.report_json(found), "mistakes")
    output = reporters.terminal_text(found)
    assert len(findings) == 500
    assert findings_in_text(output) == findings_in_commands(reporters.github_commands(found, str), "error") == findings
    assert len(output.split("\n")) < 50 * 5 + 450 + 10
    assert "あと 450 件" in output
    assert "多いものから: 知らない項目 400 件、id に使えない文字 100 件" in output
    assert output.endswith("500 件の直すところがあります。output/ は前のままです。")
    assert reporters.job_summary(found, str).count("| plan") == 500


def test_a_summary_too_long_for_github_is_cut_with_a_remark() -> None:
    text = reporters.job_summary(report_of_errors(20_000), str)
    assert 900_000 < len(text.encode()) < 1_048_576
    (left,) = re.findall(r"残り ([\d,]+) 行は、点検の記録（ログ）にあります", text)
    assert text.count("| plan") + int(left.replace(",", "")) == 20_000


# --- a missing folder, plan or image ---


def test_a_missing_folder_is_wrong_usage_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    for report_format in ("text", "github", "json"):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["check", "--root", str(HERE / "nowhere"), "--format", report_format])
        assert stopped.value.code == 2
        output = capsys.readouterr()
        assert output.out == ""
        assert "がありません" in output.err


def test_a_folder_without_a_plan_is_an_error_in_every_format(tmp_path: Path, check: Check) -> None:
    assert findings_in_text(check(tmp_path, "text")[2]) == findings_in_json(check(tmp_path, "json")[1], "mistakes")
    assert {rule for rule, *_ in findings_in_commands(check(tmp_path, "github")[1], "error")} == {"missing-file"}


def test_a_missing_image_is_reported_as_a_broken_link_and_not_as_an_error_of_the_booklet(
    plan_of: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = plan_of(PLAN, nodes__two="![川](images/river.png)\n")
    assert cli.main(["check", "--root", str(root)]) == 1
    output = capsys.readouterr().err
    assert {rule for rule, *_ in findings_in_text(output)} == {"broken-link"}
    assert "冊子" not in output


@pytest.mark.parametrize("report_format", ["github", "json"])
def test_output_for_programs_is_utf_8_on_a_system_with_another_encoding(report_format: str) -> None:
    command = [
        sys.executable,
        str(ROOT / "build.py"),
        "check",
        "--root",
        "tests/mistakes/thirty",
        "--format",
        report_format,
    ]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "GITHUB_STEP_SUMMARY": "", "GITHUB_WORKSPACE": ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1  # the name of the plan, for people
    findings = findings_in_json(done.stdout.decode("utf-8"), "mistakes") if report_format == "json" else set()
    findings = findings or findings_in_commands(done.stdout.decode("utf-8"), "error")
    assert len(findings) == 30
    assert any("知らない項目 `自治休` があります" in message for *_, message in findings)
