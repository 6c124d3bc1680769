"""Which plan a command reads: that of the current folder, of one above it, or that of the product. All print it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT
from support.command_line import run

PLAN = """\
計画:
  名称: 架空市の水辺の計画
階層:
  - {名称: 柱, path: pillars}
柱:
  - {id: one, 名称: 一つめ}
"""
COMMANDS = {
    "check": ["check", "--no-booklet"],
    "check json": ["check", "--no-booklet", "--format", "json"],
    "check github": ["check", "--no-booklet", "--format", "github"],
    "build": ["--no-booklet"],
    "release": ["release"],
    "schema": ["schema"],
    "diff": ["diff", "plan.yaml"],
}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of an own plan, outside the folder of build.py."""
    (tmp_path / "my-plan/content/pages").mkdir(parents=True)
    (tmp_path / "my-plan/plan.yaml").write_text(PLAN, encoding="utf-8")
    return tmp_path / "my-plan"


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_each_command_reads_the_plan_of_the_current_folder_and_prints_its_name_and_folder(
    words: list[str], own: Path
) -> None:
    done = run(*words, cwd=own)
    assert done.returncode == 0, done.stderr
    assert "架空市の水辺の計画" in done.stderr
    assert str(own.resolve()) in done.stderr
    assert "苫小牧" not in done.stdout + done.stderr


def test_an_error_in_the_own_plan_is_found_and_its_name_is_printed_with_it(own: Path) -> None:
    (own / "plan.yaml").write_text(PLAN.replace("id: one", "id: いち"), encoding="utf-8")
    for words in (["check"], ["--no-booklet"], ["release"], ["schema"], ["diff", "plan.yaml"]):
        done = run(*words, cwd=own)
        assert done.returncode == 1
        assert str(own.resolve()) in done.stderr
        assert "plan.yaml:6:10" in done.stderr or words[0] == "diff"
        assert "架空市の水辺の計画" in done.stderr or words[0] == "diff"


def test_the_output_of_a_build_and_of_a_release_is_in_the_own_folder(own: Path) -> None:
    assert run("--no-booklet", cwd=own).returncode == 0
    assert run("release", cwd=own).returncode == 0
    assert (own / "output/index.html").exists()
    assert "pillars/one.html" in (own / "addresses.txt").read_text(encoding="utf-8")


def test_stdout_of_check_in_json_is_json_alone(own: Path) -> None:
    json.loads(run("check", "--no-booklet", "--format", "json", cwd=own).stdout)


def test_a_folder_inside_a_plan_belongs_to_this_plan_and_an_inner_plan_comes_first(own: Path) -> None:
    assert f"（{own.resolve()}）" in run("check", "--no-booklet", cwd=own / "content/pages").stderr
    (own / "draft").mkdir()
    (own / "draft/plan.yaml").write_text(PLAN.replace("水辺", "山辺"), encoding="utf-8")
    done = run("check", "--no-booklet", cwd=own / "draft")
    assert f"架空市の山辺の計画（{(own / 'draft').resolve()}）" in done.stderr


def test_the_option_root_comes_before_the_current_folder(own: Path) -> None:
    done = run("check", "--no-booklet", "--root", str(ROOT / "example"), cwd=own)
    assert f"（{ROOT / 'example'}）" in done.stderr


def test_outside_any_plan_the_plan_of_the_product_is_read_and_this_is_printed(tmp_path: Path) -> None:
    done = run("schema", cwd=tmp_path)
    assert f"{tmp_path} にも、その上のフォルダーにも plan.yaml がないので、{ROOT} の計画を読みます。" in done.stderr
    assert f"（{ROOT}）" in done.stderr
    assert "にも、その上のフォルダーにも" not in run("schema", cwd=ROOT / "docs").stderr


@pytest.mark.parametrize(
    "name", ["plan.yml", "Plan.yaml", "plan.yaml.txt", "plan (1).yaml", "plan - コピー.yaml", "ｐｌａｎ.yaml"]
)
def test_a_misnamed_plan_is_reported_with_the_name_to_write_and_no_other_plan_is_read(name: str, own: Path) -> None:
    (own / "plan.yaml").rename(own / name)
    done = run("check", "--no-booklet", cwd=own)
    assert done.returncode == 1
    assert f"ヒント: `{name}` の名前を `plan.yaml` に直してください" in done.stderr
    assert f"（名称を読めません）（{own.resolve()}）" in done.stderr
    (own / name).rename(own / "plan.yaml")
    assert run("check", "--no-booklet", cwd=own).returncode == 0


def test_a_folder_without_any_plan_is_reported_with_what_to_do(tmp_path: Path) -> None:
    done = run("check", "--root", str(tmp_path))
    assert done.returncode == 1
    assert "`plan.yaml` がありません" in done.stderr
    assert "`--root` のあとにそのフォルダーを書きます" in done.stderr
