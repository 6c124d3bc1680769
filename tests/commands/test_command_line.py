"""The command line, and the READMEs, whose examples must be the actual output."""

from __future__ import annotations

import argparse
import ast
import inspect
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import FIRST, ROOT
from support.command_line import run, run_process

from handbook import cli
from handbook.commands import test
from handbook.japanese_argparse import translated

READMES = [ROOT / "README.md", ROOT / "README.ja.md"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the first edition of the plan."""
    shutil.copytree(FIRST, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_build_exits_with_0_and_prints_the_report_of_the_readme(copy: Path) -> None:
    done = run_process("--root", str(copy))
    assert done.returncode == 0, done.stderr
    assert (copy / "output/index.html").exists()
    assert len(list((copy / "output").glob("*/*.html"))) == 84
    readme = READMES[0].read_text(encoding="utf-8")
    shown = done.stdout.replace(str(copy / "output/index.html"), "output/index.html")
    report = re.sub(r"[\d.]+ 秒", "0.9 秒", shown)
    assert report in readme, f"the README shows another report than this:\n{report}"


def test_an_error_exits_with_1_and_keeps_the_old_site(copy: Path) -> None:
    run("--no-booklet", "--root", str(copy))
    before = (copy / "output/manifest.txt").read_bytes()
    text = (copy / "plan.yaml").read_text(encoding="utf-8")
    (copy / "plan.yaml").write_text(text.replace("名称: 子どもの学習支援", "名稱: 子どもの学習支援"), encoding="utf-8")
    done = run("--root", str(copy))
    assert done.returncode == 1
    assert done.stdout == ""
    assert (copy / "output/manifest.txt").read_bytes() == before
    shown = done.stderr.strip().replace(f"{copy}", "/home/hanako/plan")
    for readme in READMES:
        assert shown in readme.read_text(encoding="utf-8"), f"not in {readme.name}:\n{done.stderr}"


def test_check_writes_nothing_and_strict_refuses_unconfirmed_places(copy: Path) -> None:
    assert run("check", "--root", str(copy)).returncode == 0
    strict = run("check", "--strict", "--no-booklet", "--root", str(copy))
    assert strict.returncode == 1
    assert "［要確認］" in strict.stderr
    assert not (copy / "output").exists()
    assert run("check", "--strict", "--no-booklet", "--root", str(ROOT / "example")).returncode == 0


def test_strict_refuses_a_node_without_a_required_key(copy: Path) -> None:
    shutil.rmtree(copy / "content")
    (copy / "addresses.txt").unlink()
    text = "計画: {名称: 空き}\n組織: [環境課]\n階層:\n  - {名称: 事業, path: projects, 必須: [担当課]}\n事業:\n"
    text += "  - {id: full, 名称: ある, 担当課: [環境課]}\n  - {id: empty, 名称: ない}\n"
    (copy / "plan.yaml").write_text(text, encoding="utf-8")
    assert "公開までに要る項目 1 件" in run("check", "--root", str(copy)).stdout
    strict = run("check", "--strict", "--root", str(copy))
    assert strict.returncode == 1
    assert "plan.yaml:7:5: 公開までに、この事業の `担当課` が要ります" in strict.stderr


@pytest.mark.parametrize("wrong", [["--rot", "x"], ["bild"], ["--root", "/no/such/folder"], ["check", "--output", "x"]])
def test_wrong_usage_exits_with_2(wrong: list[str]) -> None:
    done = run_process(*wrong)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_plan_is_reported(tmp_path: Path) -> None:
    done = run("--root", str(tmp_path))
    assert done.returncode == 1
    assert "`plan.yaml` がありません" in done.stderr


def test_an_output_folder_with_other_files_is_refused(copy: Path) -> None:
    (copy / "output").mkdir()
    (copy / "output/thesis.docx").write_text("years of work")
    done = run("--no-booklet", "--root", str(copy))
    assert done.returncode == 1
    assert "thesis.docx" in done.stderr
    assert (copy / "output/thesis.docx").read_text() == "years of work"


def test_the_sources_are_never_changed(copy: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in copy.rglob("*") if path.is_file()}
    run("--root", str(copy))
    run("check", "--no-booklet", "--root", str(copy))
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before} == before


def test_a_bug_of_the_program_is_reported_without_a_traceback(copy: Path) -> None:
    code = "import sys; from handbook import cli, pipeline; pipeline.load_site = None; sys.exit(cli.main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "--root", str(copy)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "この道具の誤りです" in done.stderr


def test_the_readme_lists_exactly_the_options_of_the_commands() -> None:
    commands: tuple[list[str], ...] = ([], ["build"], ["check"], ["diff"], ["import"], ["serve"], ["test"])
    help_text = "".join(run(*command, "--help").stdout for command in commands)
    options = set(re.findall(r"--[a-z]+", help_text)) - {"--help"}
    listed = set(re.findall(r"(?<![\w`-])--[a-z]+", READMES[0].read_text(encoding="utf-8").replace("`--", " --")))
    assert listed == options


def test_files_and_folders_named_in_the_readmes_exist() -> None:
    for readme in READMES:
        for link in re.findall(r"\]\(([^)#]+)\)", readme.read_text(encoding="utf-8")):
            assert (ROOT / link).exists() or link.startswith("images/"), (readme.name, link)


FIRST_RUN_SCRIPT = """
import sys, pathlib
sys.path.insert(0, {root!r})
from handbook import bootstrap
bootstrap.PROJECT_DIR = pathlib.Path({home!r})
calls = []
def fake(command, **_):
    calls.append([str(word) for word in command])
    python = bootstrap.PROJECT_DIR / ".venv/bin/python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()
    class Done: returncode = {code}; stdout = ""; stderr = "no network"
    return Done
bootstrap.subprocess.run = fake
bootstrap.os.execv = lambda path, words: print("RESTARTED", words)
try:
    bootstrap.ensure_packages(("no_such_package",), "requirements.txt", ["check"])
except bootstrap.InstallError as why:
    print("REFUSED", why)
print(calls)
"""


@pytest.mark.skipif(os.name == "nt", reason="the paths are those of a Unix venv")
@pytest.mark.parametrize("code", [0, 1])
def test_the_first_run_without_packages_makes_a_virtual_environment(tmp_path: Path, code: int) -> None:
    (tmp_path / "requirements.txt").write_text("x==1 --hash=sha256:0\n")
    script = FIRST_RUN_SCRIPT.format(root=str(ROOT), home=str(tmp_path), code=code)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert "必要なパッケージがない" in done.stderr
    if code:
        assert "REFUSED" in done.stdout
    else:
        assert "--require-hashes" in done.stdout
        assert "RESTARTED" in done.stdout
        assert list((tmp_path / ".venv").glob("requirements-*.ok"))
    assert "'venv'" in done.stdout


# --- the command test ---


@pytest.fixture
def pytest_runs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Replace pytest in the command by a recorder of its arguments. It succeeds unless `--fail` is among them."""
    runs: list[list[str]] = []

    def record(arguments: list[str]) -> int:
        runs.append(arguments)
        return int("--fail" in arguments)

    monkeypatch.setattr(pytest, "main", record)
    return runs


@pytest.mark.parametrize(("modules", "failed"), [(["this"], []), (["this", "no_such_linter"], ["no_such_linter"])])
def test_the_command_test_runs_linters_and_pytest_and_prints_which_failed(
    modules: list[str], failed: list[str], pytest_runs: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test, "LINTERS", tuple((module,) for module in modules))
    done = run("test", "--full")
    assert pytest_runs == [["--full", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]]
    assert done.returncode == (1 if failed else 0)
    assert done.stderr == (f"通らなかったもの: {'、'.join(failed)}\n" if failed else "")


def test_with_arguments_for_pytest_only_pytest_runs_in_one_process(
    pytest_runs: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test, "LINTERS", (("no_such_linter",),))
    assert run("test", "--golden", "--", "tests/test_kana.py").returncode == 0
    assert run("test", "--", "--fail").stderr == "通らなかったもの: pytest\n"
    assert pytest_runs == [["--golden", "tests/test_kana.py"], ["--fail"]]


# --- Japanese argparse ---

NOT_FOR_USERS = {
    ".__call__() not defined",
    "%r is not callable",
    "'required' is an invalid argument for positionals",
    'argument "-" with mode %r',
    "cannot merge actions - two groups are named %r",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",
    "mutually exclusive arguments must be optional",
    "conflicting subparser: %s",
    "conflicting subparser alias: %s",
    "conflicting option string: %s",
    "conflicting option strings: %s",
    "cannot have multiple subparser arguments",
    "can't open '%(filename)s': %(error)s",  # of FileType, which no option uses
    "unknown parser %(parser_name)r (choices: %(choices)s)",  # an unknown command is reported as an invalid choice
    "command '%(parser_name)s' is deprecated",
    "option '%(option)s' is deprecated",
    "argument '%(argument_name)s' is deprecated",
    "%(prog)s: warning: %(message)s\n",
}
"""Messages of argparse about the parser itself, or about features that the parsers of the program do not use."""
REPLACED = {
    "argument %(argument_name)s: %(message)s",
    "%(prog)s: error: %(message)s\n",
    "usage: ",
    "%(heading)s:",
    "positional arguments",
    "options",
    "subcommands",
    "show this help message and exit",
    "show program's version number and exit",
    " (default: %(default)s)",
}
"""Prefixes and headings. The tests of the help check their replacements."""
WITHOUT_ARGUMENT = ("the following", "one of", "unrecognized", "unexpected", "ambiguous")
"""Starts of the messages that argparse does not prefix with the name of an argument."""
PROPER_NAMES = {
    "CSV",
    "rdjson",
    "reviewdog",
    "JSON",
    "GitHub",
    "Graphviz",
    "dot",
    "PDF",
    "pytest",
    "id",
    "git",
    "main",
    "v",
}


def argparse_messages() -> set[str]:
    """Return every message in the argparse of this Python."""
    calls = (node for node in ast.walk(ast.parse(inspect.getsource(argparse))) if isinstance(node, ast.Call))
    marked = (call for call in calls if getattr(call.func, "id", "") in {"_", "ngettext"})
    return {str(part.value) for call in marked for part in call.args if isinstance(part, ast.Constant)}


def with_values(message: str) -> str:
    """Return a message of argparse with example values and the prefix of argparse."""
    message = message.replace("%(choices)s", "'a', 'b'").replace("%(type)s", "int").replace("%s argument", "2 argument")
    message = re.sub(r"%(\(\w+\))?r", "'--value'", message)
    message = re.sub(r"%(\(\w+\))?s", "--value", message)
    return message if message.startswith(WITHOUT_ARGUMENT) else f"argument --option: {message}"


def english_words(text: str) -> list[str]:
    """Return the English words of a text except options, metavars, choices, commands, file names and proper names."""
    text = re.sub(r"--?[a-z-]+|\{[a-z,]+\}|`[^`]*`|[\w/*-]*\.[a-z]+|\w+/\w*", " ", text)
    names = PROPER_NAMES | {command.NAME for command in cli.COMMANDS} | {"text", "github", "json", "markdown", "pdf"}
    return [word for word in re.findall(r"[A-Za-z]+", text) if word not in names]


def test_each_message_of_this_pythons_argparse_is_translated() -> None:
    messages = argparse_messages()
    assert len(messages) > 20
    for message in messages - NOT_FOR_USERS - REPLACED:
        translation = translated(with_values(message))
        assert english_words(translation) == [], f"{message} → {translation}"
        assert re.search("[ぁ-ん]", translation), f"{message} → {translation}"


def test_an_untranslated_message_is_found() -> None:
    assert english_words(translated("unheard-of trouble with --value")) == ["unheard", "trouble", "with"]


@pytest.mark.parametrize("words", [[], *([command.NAME] for command in cli.COMMANDS)], ids=str)
def test_help_is_japanese(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.parse_arguments([*words, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith("使い方: build.py")
    assert english_words(shown) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("chek", "`chek` は使えません。`check` のことですか"),
        ("nonsense", "`nonsense` は使えません。使えるのは `build`、`check`、"),
        ("check --strickt", "知らない指定 `--strickt` があります。`--strict` のことですか"),
        ("--no-booklets", "知らない指定 `--no-booklets` があります。`--no-booklet` のことですか"),
        ("check --output x", "知らない指定 `--output` があります"),
        ("help", "`help` は使えません。説明は `build.py --help` で出ます"),
        ("/?", "知らない指定 `/?` があります。`--help` のことですか"),
        ("check —strict", "知らない指定 `—strict` があります。`--strict` のことですか"),
        ("check ーーｓｔｒｉｃｔ", "知らない指定 `ーーｓｔｒｉｃｔ` があります。`--strict` のことですか"),
        ("check −−no−booklet", "知らない指定 `−−no−booklet` があります。`--no-booklet` のことですか"),
        ("check -strict", "知らない指定 `-strict` があります。`--strict` のことですか"),
        ("--strict", "知らない指定 `--strict` があります。`--strict` は、`build.py check` の指定です"),
        ("--format json check", "命令は、指定より先に書きます（`build.py check …`）"),
        ("--root example check", "知らない指定 `check` があります。命令は、指定より先に書きます（`build.py check …`）"),
        ("check serve", "命令は 1 つだけ書けます（`build.py serve …`）"),
        ("check --root README.md", "`README.md` はフォルダーではありません。plan.yaml のあるフォルダー `.` を書きます"),
        ("check --root exmaple", "フォルダー exmaple がありません。`example` のことですか"),
        ("build x", "知らない指定 `x` があります"),
        ("build --output", "`--output` のあとに値が要ります"),
        ("check --format jsn", "`jsn` は `--format` に使えません。`json` のことですか"),
        ("check --strict=yes", "`--strict` に値は付けられません"),
        ("diff", "`改正前` がありません"),
        ("diff v1 --format pdf", "pdf のときは、`--output 対照表.pdf` のように書き出すファイルを書きます"),
        ("serve --port http", "`--port`: `http` は番号（ポート）ではありません（0 から 65535 まで）"),
        ("check --root nowhere", "フォルダー nowhere がありません"),
    ],
)
def test_wrong_usage_is_reported_in_japanese_with_a_suggestion(
    line: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(line.split())
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert english_words(printed.err.replace(" x", "").replace("nowhere", "").replace("exmaple", "")) == []


def test_help_and_an_error_in_the_sources_load_no_engine(tmp_path: Path) -> None:
    engines = ("jinja2", "markdown", "graphviz", "budoux", "typst", "pikepdf", "tornado", "openpyxl", "xlsxwriter")
    code = "import sys; from handbook import cli\n"
    code += "try: cli.main(sys.argv[1:])\nfinally: print(*sys.modules, file=sys.stderr)"
    (tmp_path / "plan.yaml").write_text("計画: {名稱: x}\n", encoding="utf-8")
    for words, more in ((["--help"], ("handbook.model",)), (["check", "--root", str(tmp_path)], ())):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
        )
        assert not {*engines, *more} & set(done.stderr.split("\n")[-2].split())
