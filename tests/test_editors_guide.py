"""The editors' guide is correct: its examples build, its messages are those of the tool, and all it names exists."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from support.building import build_in_memory, report_of
from support.ci_files import refused_commands

from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, all_fields
from handbook.patterns import NO_VALUE_WORD

sys.path.insert(0, str(ROOT / "docs/guide"))
import pictures  # docs/guide/pictures.py, which writes the messages and images of the guide

TEXT = pictures.GUIDE.read_text(encoding="utf-8")
EXAMPLES = pictures.examples(TEXT)
FOR_EDITORS = [
    pictures.GUIDE,
    ROOT / "CONTRIBUTING.md",
    ROOT / "README.ja.md",
    ROOT / ".github/pull_request_template.md",
]
RIGHT = [name for name, example in EXAMPLES.items() if example.edits]


def anchors(path: Path) -> set[str]:
    """Return the anchors of the headings of a Markdown file, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_guide_has_examples_of_edits_errors_and_new_files() -> None:
    assert len(RIGHT) >= 7
    assert sum(len(example.wrong) for example in EXAMPLES.values()) >= 6
    assert sum(len(example.files) for example in EXAMPLES.values()) >= 2


@pytest.mark.parametrize("chapter", RIGHT)
def test_an_example_of_the_guide_builds_without_a_new_notice(chapter: str, tmp_path: Path) -> None:
    example = EXAMPLES[chapter]
    root = pictures.planted(tmp_path / "plan", *example.edits, files=example.files)
    build_in_memory(root)
    report, before = report_of(root), report_of(ROOT / "example")
    assert [note.message for note in report.notices] == [note.message for note in before.notices]
    assert report.warnings == ()


def test_the_messages_in_the_guide_are_those_of_the_tool() -> None:
    assert pictures.true(TEXT) == TEXT, "run docs/guide/pictures.py"


def test_a_wrong_guide_is_detected(tmp_path: Path) -> None:
    fence = "直す前:\n\n```yaml\n{}\n```\n\nまちがい:\n\n```yaml\n{}\n```\n\n知らせ:\n\n```text\nx\n```\n"
    good = "## A\n\n" + fence.format("                名称: 小さな広場づくり", "                名稱: 小さな広場づくり")
    assert "[unknown-key]" in pictures.true(good)
    with pytest.raises(LookupError, match="stands 0 times in the plan"):
        pictures.planted(tmp_path / "plan", ("名称: ない名前", "名称: x"))


def test_each_image_is_small_has_a_description_and_is_shown() -> None:
    shown = re.findall(r"^!\[(.+)\]\(guide/(.+)\)$", TEXT, re.MULTILINE)
    assert all(len(words) > 6 for words, _ in shown)
    made = {path.name for path in pictures.HERE.glob("*.png")}
    assert {name for _, name in shown} == made - {"shade-bench.png"}
    assert len(made) <= 9
    assert {
        path.name: path.stat().st_size for path in pictures.HERE.glob("*.png") if path.stat().st_size > pictures.MOST
    } == {}


@pytest.mark.parametrize("path", FOR_EDITORS, ids=lambda path: path.name)
def test_each_command_and_link_for_editors_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert refused_commands(text) == []
    outside = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL).replace("../blob/HEAD/", "../")
    for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", outside):
        if target.startswith("http"):
            continue
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), (target, anchor)


def test_each_field_and_choice_that_the_guide_names_exists() -> None:
    known = {word for key in (*all_fields(), *PLAN_FIELDS, *LEVEL_FIELDS) for word in (key.name, *key.choices)} | {
        NO_VALUE_WORD
    }
    outside = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    named = {word for word in re.findall(r"`([^`\s:/.\[\]()（）]+)`", outside) if not word.isascii()}
    assert len(named) >= 8
    assert named - known == set()


def test_the_checks_and_artifacts_of_the_workflow_are_named_in_the_guide() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"))["jobs"]
    checks = {job["name"].partition("（")[0] for job in jobs.values()}
    assert checks == {"計画の点検と見本", "道具の試験", "ほかの機械でも作る"}
    kept = {step["with"]["name"] for job in jobs.values() for step in job["steps"] if "upload" in step.get("uses", "")}
    assert kept == {"preview", "comparison"}
    for name in (*checks, *kept):
        assert name in TEXT, name
