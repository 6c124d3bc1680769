"""The command line as a clerk uses it, and the READMEs, which must say what really happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import FIRST, ROOT

READMES = [ROOT / "README.md", ROOT / "README.ja.md"]


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "build.py"), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The first edition of the plan in a folder of its own."""
    shutil.copytree(FIRST, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_the_main_job_ends_well_and_reports(copy: Path) -> None:
    done = run("--root", str(copy))
    assert done.returncode == 0, done.stderr
    assert (copy / "output/index.html").exists()
    assert len(list((copy / "output").glob("*/*.html"))) == 84
    readme = READMES[0].read_text(encoding="utf-8")
    shown = done.stdout.replace(str(copy / "output/index.html"), "output/index.html")
    told = re.sub(r"[\d.]+ 秒", "0.9 秒", shown)
    assert told in readme, f"the README shows another report than this:\n{told}"


def test_a_mistake_ends_with_1_and_keeps_the_old_site(copy: Path) -> None:
    run("--root", str(copy))
    before = (copy / "output/manifest.txt").read_bytes()
    text = (copy / "plan.yaml").read_text(encoding="utf-8")
    (copy / "plan.yaml").write_text(text.replace("名称: 子どもの学習支援", "名稱: 子どもの学習支援"), encoding="utf-8")
    done = run("--root", str(copy))
    assert done.returncode == 1
    assert done.stdout == ""
    assert (copy / "output/manifest.txt").read_bytes() == before
    for readme in READMES:
        assert done.stderr.strip() in readme.read_text(encoding="utf-8"), f"not in {readme.name}:\n{done.stderr}"


def test_check_writes_nothing_and_strict_refuses_what_is_to_be_confirmed(copy: Path) -> None:
    assert run("check", "--root", str(copy)).returncode == 0
    strict = run("check", "--strict", "--root", str(copy))
    assert strict.returncode == 1
    assert "［要確認］" in strict.stderr
    assert not (copy / "output").exists()
    assert run("check", "--strict", "--root", str(ROOT / "example")).returncode == 0


def test_strict_refuses_a_required_place_left_empty(copy: Path) -> None:
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
def test_wrong_usage_ends_with_2(wrong: list[str]) -> None:
    done = run(*wrong)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_plan_says_so(tmp_path: Path) -> None:
    done = run("--root", str(tmp_path))
    assert done.returncode == 1
    assert "`plan.yaml` がありません" in done.stderr


def test_a_folder_with_foreign_files_is_refused_in_a_sentence(copy: Path) -> None:
    (copy / "output").mkdir()
    (copy / "output/thesis.docx").write_text("years of work")
    done = run("--root", str(copy))
    assert done.returncode == 1
    assert "thesis.docx" in done.stderr
    assert (copy / "output/thesis.docx").read_text() == "years of work"


def test_the_authors_files_are_never_touched(copy: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in copy.rglob("*") if path.is_file()}
    run("--root", str(copy))
    run("check", "--root", str(copy))
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before} == before


def test_a_bug_of_ours_is_a_sentence_not_a_traceback(copy: Path) -> None:
    code = "import sys; from handbook import cli, pipeline; pipeline.load_site = None; sys.exit(cli.main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "--root", str(copy)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "この道具の誤りです" in done.stderr


def test_every_option_in_the_readme_is_an_option_and_every_option_is_told() -> None:
    commands: tuple[list[str], ...] = ([], ["build"], ["check"], ["diff"], ["import"], ["serve"], ["test"])
    helped = "".join(run(*command, "--help").stdout for command in commands)
    known = set(re.findall(r"--[a-z]+", helped)) - {"--help"}
    told = set(re.findall(r"(?<![\w`-])--[a-z]+", READMES[0].read_text(encoding="utf-8").replace("`--", " --")))
    assert told == known


def test_files_and_folders_named_in_the_readmes_exist() -> None:
    for readme in READMES:
        for link in re.findall(r"\]\(([^)#]+)\)", readme.read_text(encoding="utf-8")):
            assert (ROOT / link).exists() or link.startswith("images/"), (readme.name, link)


BARE = """
import sys, pathlib
sys.path.insert(0, {root!r})
from handbook import bootstrap
bootstrap.HOME = pathlib.Path({home!r})
calls = []
def fake(command, **_):
    calls.append([str(word) for word in command])
    python = bootstrap.HOME / ".venv/bin/python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()
    class Done: returncode = {code}; stdout = ""; stderr = "no network"
    return Done
bootstrap.subprocess.run = fake
bootstrap.os.execv = lambda path, words: print("GOES ON", words)
try:
    bootstrap.packages(("no_such_package",), "requirements.txt", ["check"])
except bootstrap.CannotInstall as why:
    print("REFUSED", why)
print(calls)
"""


@pytest.mark.skipif(os.name == "nt", reason="the paths are those of a Unix venv")
@pytest.mark.parametrize("code", [0, 1])
def test_the_first_run_on_a_bare_machine_makes_its_own_environment(tmp_path: Path, code: int) -> None:
    (tmp_path / "requirements.txt").write_text("x==1 --hash=sha256:0\n")
    script = BARE.format(root=str(ROOT), home=str(tmp_path), code=code)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert "必要なパッケージがない" in done.stderr
    if code:
        assert "REFUSED" in done.stdout
    else:
        assert "--require-hashes" in done.stdout
        assert "GOES ON" in done.stdout
        assert list((tmp_path / ".venv").glob("requirements-*.ok"))
    assert "'venv'" in done.stdout
