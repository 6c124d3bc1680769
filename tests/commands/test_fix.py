"""`check --fix`: what is written, what is left as it was, and what is printed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HERE

from handbook import cli, parse, write
from handbook.commands import fixes
from handbook.commands.fixes import applicable_fixes, fix_sources, write_fixed
from handbook.diagnostics import Report
from handbook.text_edits import Fix, TextEdit

PLAN = """\
計画:
  名称：架空市の計画
  自治休: 架空市
階層:
  - {名称: 柱, path: pillars}
柱:
  - id: first
    名称: はじめの柱
    よみ: はじめのはしら # 仮
"""
"""A typing error, a mistake with one fix, and one with two."""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `check` on the plan in the temporary folder, and return its status and what it printed."""

    def run(*options: str) -> tuple[int, str, str]:
        status = cli.main(["check", "--root", str(tmp_path), "--no-booklet", *options])
        return status, *capsys.readouterr()

    return run


def save(folder: Path, text: str) -> Path:
    path = folder / "plan.yaml"
    path.write_bytes(text.encode())
    return path


def test_only_what_is_certain_is_corrected_without_all(tmp_path: Path, run: Run) -> None:
    path = save(tmp_path, PLAN)
    status, out, err = run("--fix")
    assert path.read_text(encoding="utf-8") == PLAN.replace("名称：", "名称: ")
    assert status == 1
    assert out.startswith("plan.yaml:2\n-   名称：架空市の計画\n+   名称: 架空市の計画\n1 か所を直しました。\n")
    assert "ほかに 1 か所は、`check --fix --all` で直せます" in out
    assert "2 件の直すところがあります" in err


def test_with_all_the_only_fix_of_a_mistake_is_applied_and_alternatives_are_left(tmp_path: Path, run: Run) -> None:
    path = save(tmp_path, PLAN)
    status, out, err = run("--fix", "--all")
    assert path.read_text(encoding="utf-8") == PLAN.replace("名称：", "名称: ").replace("自治休", "自治体")
    assert status == 1
    assert [line for line in out.split("\n") if line.startswith(("- ", "+ "))] == [
        *("-   名称：架空市の計画", "-   自治休: 架空市", "+   名称: 架空市の計画", "+   自治体: 架空市"),
    ]
    assert "2 か所を直しました" in out
    assert "[comment-in-value]" in err
    assert "1 件の直すところがあります" in err


def test_all_mistakes_with_one_fix_are_corrected_in_one_call(tmp_path: Path, run: Run) -> None:
    plan = save(tmp_path, (HERE / "mistakes" / "thirty" / "plan.yaml").read_text(encoding="utf-8"))
    before = parse.read_plan(tmp_path).report
    status, out, _ = run("--fix", "--all")
    left = parse.read_plan(tmp_path).report
    assert status == 1
    assert len(before.errors) == 30
    assert "20 か所を直しました" in out
    assert "1 か所は、直すと別の知らせが出るので、そのままです" in out  # a number in two lines, which is none in one
    assert len(left.errors) == 9
    assert {each.rule for each in left.errors if len(each.fixes) == 1} == {"value-over-lines"}
    assert b"\r" not in plan.read_bytes()


def test_byte_order_mark_line_ends_and_permissions_stay(tmp_path: Path, run: Run) -> None:
    path = save(tmp_path, "\ufeff" + PLAN.replace("\n", "\r\n"))
    path.chmod(0o640)
    run("--fix", "--all")
    fixed = PLAN.replace("名称：", "名称: ").replace("自治休", "自治体")
    assert path.read_bytes() == ("\ufeff" + fixed.replace("\n", "\r\n")).encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_plan_without_mistakes_stays_the_same_file(tmp_path: Path, run: Run) -> None:
    path = save(tmp_path, PLAN.replace("：", ": ").replace("自治休", "自治体").replace(" # 仮", ""))
    before = path.stat()
    status, out, _ = run("--fix", "--all")
    assert status == 0
    assert "この道具が直せるところはありませんでした" in out
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert os.listdir(tmp_path) == ["plan.yaml"]  # noqa: PTH208  # also hidden files


def test_a_text_in_content_is_corrected_too(tmp_path: Path, run: Run) -> None:
    save(tmp_path, PLAN.replace("：", ": ").replace("自治休", "自治体").replace(" # 仮", ""))
    page = tmp_path / "content" / "pages" / "notes.md"
    page.parent.mkdir(parents=True)
    page.write_text("メモ\n\n##見出し\n\n[柱](pillars/frist.html)\n", encoding="utf-8")
    status, out, _ = run("--fix", "--all")
    assert page.read_text(encoding="utf-8") == "# メモ\n\n## 見出し\n\n[柱](pillars/first.html)\n"
    assert status == 0
    assert out.index("content/pages/notes.md:1") < out.index("content/pages/notes.md:5")


def test_a_fix_that_causes_another_mistake_is_not_written_but_the_others_are(tmp_path: Path, run: Run) -> None:
    path = save(tmp_path, PLAN.replace(" # 仮", "") + "    以前のid: [First]\n")
    status, out, err = run("--fix", "--all")
    assert status == 1
    assert "以前のid: [First]\n" in path.read_text(encoding="utf-8")
    assert "自治体" in path.read_text(encoding="utf-8")
    assert "1 か所は、直すと別の知らせが出るので、そのままです" in out
    assert "[bad-id]" in err


def wrong_fix(old: str, new: str, *, line: int = 7) -> Fix:
    edit = TextEdit(file="plan.yaml", line=line, column=5, old=old, new=new)
    return Fix("まちがった直し方", (edit,), is_certain=True)


def test_a_wrong_fix_never_reaches_the_file(tmp_path: Path) -> None:
    save(tmp_path, PLAN)
    broken = [wrong_fix("id: first", new) for new in ("id: First", "'", "id: first\nx: 1")]
    stale = [wrong_fix("id: other", "id: x"), wrong_fix("id", "x", line=99)]
    fixed = fix_sources(tmp_path, [*broken, *stale])
    assert (fixed.after, fixed.applied, fixed.refused) == ({}, 0, 3)
    many = [*applicable_fixes(parse.read_plan(tmp_path).report, every=True), broken[0]]
    fixed = fix_sources(tmp_path, many)
    assert (fixed.applied, fixed.refused) == (2, 1)


def test_a_file_that_is_saved_meanwhile_is_not_overwritten(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path, PLAN)

    def save_meanwhile(root: Path, found: list[Fix]) -> fixes.FixedSources:
        fixed = fix_sources(root, found)
        path.write_text(PLAN + "# 書き足し\n", encoding="utf-8")
        return fixed

    monkeypatch.setattr(fixes, "fix_sources", save_meanwhile)
    status, _, err = run("--fix")
    assert status == 1
    assert "直しているあいだに保存されました" in err
    assert path.read_text(encoding="utf-8") == PLAN + "# 書き足し\n"


def test_a_folder_that_cannot_be_written_leaves_the_file_as_it_was(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path, PLAN)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    status, _, err = run("--fix")
    assert status == 1
    assert "に書けません" in err
    assert path.read_text(encoding="utf-8") == PLAN
    assert os.listdir(tmp_path) == ["plan.yaml"]  # noqa: PTH208  # also hidden files


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    real = save(tmp_path, PLAN)
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "plan.yaml").symlink_to(real)
    assert fix_sources(tmp_path / "plan", [wrong_fix("id: first", "id: second")]).after == {}


def test_the_json_stays_one_object_on_stdout(tmp_path: Path, run: Run) -> None:
    save(tmp_path, PLAN)
    _, out, err = run("--fix", "--format", "json")
    assert [each["rule"] for each in json.loads(out)["mistakes"]] == ["unknown-key", "comment-in-value"]
    assert "+   名称: 架空市の計画" in err


def test_all_without_fix_is_wrong_usage(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    path = save(tmp_path, PLAN)
    with pytest.raises(SystemExit) as stopped:
        run("--all")
    assert stopped.value.code == 2
    assert "`--all` は、`--fix` と一緒に使います" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == PLAN


def test_a_trial_copy_has_the_sources_and_changes_none_of_them(tmp_path: Path) -> None:
    save(tmp_path, PLAN)
    (tmp_path / "content" / "images").mkdir(parents=True)
    (tmp_path / "content" / "images" / "a.png").write_bytes(b"picture")
    (tmp_path / "output").mkdir()
    with write.trial_copy(tmp_path, {"plan.yaml": b"x"}) as folder:
        found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        assert found == ["content/images/a.png", "plan.yaml"]
        assert (folder / "plan.yaml").read_bytes() == b"x"
    assert not folder.exists()
    assert (tmp_path / "plan.yaml").read_text(encoding="utf-8") == PLAN
    assert (tmp_path / "content" / "images" / "a.png").read_bytes() == b"picture"


def test_nothing_to_fix_is_nothing_to_write(tmp_path: Path) -> None:
    save(tmp_path, PLAN)
    assert applicable_fixes(Report(), every=True) == []
    fixed = fix_sources(tmp_path, [])
    write_fixed(tmp_path, fixed)
    assert list(fixed.changed_lines()) == []


def test_a_published_address_of_a_moved_node_gets_its_row(tmp_path: Path, run: Run) -> None:
    plain = PLAN.replace("：", ": ").replace("自治休", "自治体").replace(" # 仮", "")
    path = save(tmp_path, plain)
    (tmp_path / "addresses.txt").write_text("measures/first.html\nworks/first.html\n", encoding="utf-8")
    status, _, _ = run("--fix", "--all")
    rows = "  以前の住所:\n    works/first.html: pillars/first.html\n    measures/first.html: pillars/first.html\n"
    assert status == 0
    assert path.read_text(encoding="utf-8") == plain.replace("階層:\n", f"{rows}階層:\n")


def test_the_row_of_an_address_with_an_error_is_corrected(tmp_path: Path, run: Run) -> None:
    plain = PLAN.replace("：", ": ").replace("自治休", "自治体").replace(" # 仮", "")
    rows = "  以前の住所:\n    old/a.html: pillars/frist.html\n    pillars/first.html: index.html\n"
    path = save(tmp_path, plain.replace("階層:\n", f"{rows}階層:\n"))
    status, _, err = run("--fix", "--all")
    assert status == 0
    assert [line for line in err.splitlines() if not line.startswith("計画: ")] == []
    fixed = "  以前の住所:\n    old/a.html: pillars/first.html\n"
    assert path.read_text(encoding="utf-8") == plain.replace("階層:\n", f"{fixed}階層:\n")
