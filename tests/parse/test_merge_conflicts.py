"""Marks that git leaves in a file after a conflict are refused in every source, in their own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from support.build_process import PLAIN
from support.git_repository import git

from handbook.diagnostics import Diagnostic, SourceError
from handbook.parse.merge_conflicts import merge_conflicts
from handbook.pipeline import load_site

CONFLICT = "<<<<<<< HEAD\n{0}\n=======\n{0}\n>>>>>>> side\n"
DIFF3 = "<<<<<<< HEAD\n{0}\n||||||| 1a2b3c4\n{0}\n=======\n{0}\n>>>>>>> side\n"
SOURCES: dict[str, str] = {
    "plan.yaml": PLAIN,
    "content/nodes/learn.md": "文章です。\n",
    "content/pages/note.md": "# 題\n\n文章です。\n",
    "content/pages/glossary.md": "# 用語\n\n言葉\n: 説明です。\n",
    "addresses.txt": "index.html\n",
    "theme/tokens.css": (ROOT / "theme/tokens.css").read_text(encoding="utf-8"),
    "theme/own.css": "p { color: red }\n",
    "theme/search.js": (ROOT / "theme/search.js").read_text(encoding="utf-8"),
    "templates/pages/home.html": (ROOT / "templates/pages/home.html").read_text(encoding="utf-8"),
    "templates/partials/base.html": (ROOT / "templates/partials/base.html").read_text(encoding="utf-8"),
    "templates/booklet/cover.typ": (ROOT / "templates/booklet/cover.typ").read_text(encoding="utf-8"),
}


def errors_of(root: Path) -> list[Diagnostic]:
    try:
        load_site(root, with_history=False)
    except SourceError as error:
        return list(error.mistakes)
    return []


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("form", [CONFLICT, DIFF3])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_conflict_is_the_only_error_of_a_source_at_its_line(name: str, form: str, ends: str, tmp_path: Path) -> None:
    write(tmp_path, "plan.yaml", PLAIN if name != "content/nodes/learn.md" else PLAIN.replace("本文", "注記"))
    lines = SOURCES[name].split("\n")
    middle = len(lines) // 2
    text = "\n".join([*lines[:middle], form.format(lines[middle]) + "\n".join(lines[middle + 1 :])])
    write(tmp_path, name, text.replace("\n", ends))
    (found,) = errors_of(tmp_path)
    assert (found.span.file, found.span.line, found.rule) == (name, middle + 1, "merge-conflict")


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", ">>>>>>> side", "||||||| 1a2b3c4", "<<<<<<<", ">>>>>>>"])
def test_a_mark_that_is_left_over_is_refused(mark: str) -> None:
    (found,) = merge_conflicts(f"一\n{mark}\n二\n", "x.md")
    assert (found.span.line, found.hint) == (2, "2 行めの印を消してください")


@pytest.mark.parametrize(
    "text",
    [
        "題\n=======\n文\n",
        "題\n=======\n\n題\n=======\n",
        "========\n",
        "    <<<<<<< HEAD\n",
        "|||||||\n",
        "文 <<<<<<< 文\n",
        ">>>>>> 六重の引用\n",
        "<<<<<<<<\n",
    ],
)
def test_what_only_looks_like_a_mark_is_allowed(text: str) -> None:
    assert merge_conflicts(text, "x.md") == []


def test_a_heading_near_a_conflict_is_no_part_of_it() -> None:
    text = f"題\n=======\n\n{CONFLICT.format('文')}\n題\n=======\n\n{DIFF3.format('文')}"
    found = merge_conflicts(text, "x.md")
    assert [error.span.line for error in found] == [4, 13]
    assert [error.hint.partition(" ")[0] for error in found] == ["4、6、8", "13、15、17、19"]
    (left_over,) = merge_conflicts("題\n=======\n\n一\n=======\n二\n>>>>>>> side\n", "x.md")
    assert left_over.hint.startswith("5、7 行め")


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_the_conflict_of_a_real_merge_is_found_and_its_hint_corrects_it(
    style: str, plan_of: Callable[..., Path]
) -> None:
    root = plan_of(PLAIN)
    git(root, "init", "-qb", "main")
    git(root, "config", "merge.conflictStyle", style)
    for branch, words in (("main", "一"), ("side", "二"), ("main", "三")):
        if words != "一":
            git(root, "checkout", "-q", *(["-b"] if branch == "side" else []), branch)
        write(root, "plan.yaml", PLAIN.replace("図書館にあり", f"{words}に図書館があり"))
        git(root, "add", "-A")
        git(root, "commit", "-qm", words)
    with pytest.raises(Exception, match="merge"):
        git(root, "merge", "-q", "side")
    (found,) = errors_of(root)
    assert found.rule == "merge-conflict"
    lines = (root / "plan.yaml").read_text(encoding="utf-8").split("\n")
    marks = [int(number) for number in found.hint.partition(" ")[0].split("、")]
    kept = lines[: marks[0] - 1] + lines[marks[0] : marks[1] - 1] + lines[marks[-1] :]
    write(root, "plan.yaml", "\n".join(kept))
    assert errors_of(root) == []
