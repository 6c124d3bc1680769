"""Errors that people make in plan.yaml in a text editor: each is reported once, at its line, and its fix leaves none.

Each row of editing_errors.json is one error in editing_errors.yaml: the replaced texts (`edits`), line and rule of each
message (`found`), and whether the first fix of each message, applied until none is left, makes a plan without errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import HERE, PICTURE, Tally

from handbook import parse
from handbook.diagnostics import Diagnostic

PLAN = (HERE / "parse" / "editing_errors.yaml").read_text(encoding="utf-8")
MAX_ROUNDS = 4
QUICK_STEP = 5
"""A quick run tries every fifth error."""


class EditingError(NamedTuple):
    """One row of the file."""

    name: str
    edits: list[list[str]]
    found: list[str]
    is_fixed: bool

    def plan(self) -> str:
        """Return the plan with this error."""
        text = PLAN
        for old, new in self.edits:
            assert text.count(old) == 1, f"{self.name}: {old!r}"
            text = text.replace(old, new)
        return text


ERRORS = [
    EditingError(**row) for row in json.loads((HERE / "parse" / "editing_errors.json").read_text(encoding="utf-8"))
]


def with_bom_and_crlf(text: str) -> bytes:
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


FORMS: tuple[Callable[[str], bytes], ...] = (str.encode, with_bom_and_crlf)


def errors_of(data: bytes, folder: Path) -> list[Diagnostic]:
    (folder / "plan.yaml").write_bytes(data)
    return sorted(set(parse.read_plan(folder).report.errors))


def places(mistakes: list[Diagnostic]) -> list[str]:
    return [f"{mistake.span.line}:{mistake.rule}" for mistake in mistakes]


def fixed(data: bytes, mistakes: list[Diagnostic]) -> bytes:
    """Return the file with the first fix of each message, as far as they do not overlap."""
    file = parse.EditedFile(data)
    for mistake in mistakes:
        if mistake.fixes:
            file.add(mistake.fixes[0].edits)
    return file.data()


@pytest.mark.hazard(49)
@pytest.mark.parametrize("save", FORMS)
def test_each_editing_error_is_reported_once_at_its_line(
    save: Callable[[str], bytes], tmp_path: Path, full: bool, tally: Tally
) -> None:
    rows = ERRORS if full else ERRORS[::QUICK_STEP]
    wrong = {row.name: found for row in rows if (found := places(errors_of(save(row.plan()), tmp_path))) != row.found}
    tally(len(rows))
    assert wrong == {}


@pytest.mark.hazard(49)
@pytest.mark.parametrize("save", FORMS)
def test_the_fixes_of_an_editing_error_leave_no_error(
    save: Callable[[str], bytes], tmp_path: Path, full: bool, tally: Tally
) -> None:
    rows = [row for row in ERRORS if row.is_fixed]
    rows = rows if full else rows[::QUICK_STEP]
    left = {}
    for row in rows:
        data = save(row.plan())
        for _ in range(MAX_ROUNDS):
            data = fixed(data, errors_of(data, tmp_path))
        if mistakes := errors_of(data, tmp_path):
            left[row.name] = places(mistakes)
    tally(len(rows))
    assert left == {}


def test_every_error_has_a_hint_in_japanese(tmp_path: Path) -> None:
    found = [mistake for row in ERRORS for mistake in errors_of(row.plan().encode(), tmp_path)]
    without = {mistake.headline for mistake in found if not mistake.hint}
    assert without <= {headline for headline in without if "[alias]" in headline or "[not-kana]" in headline}
    assert [mistake.hint for mistake in found if "did not find" in mistake.hint or "could not" in mistake.hint] == []


def test_a_hint_for_a_broken_text_names_the_lines_to_write(tmp_path: Path) -> None:
    (row,) = [row for row in ERRORS if row.name == "enter-same-depth"]
    (mistake,) = errors_of(row.plan().encode(), tmp_path)
    hint = "20 行めを `本文: |` だけにして、文は次の行から、どの行も半角の空白 10 個で字下げして書きます"
    assert (mistake.hint, mistake.span.column) == (hint, 9)
    (fix,) = mistake.fixes
    assert fix.edits[0].new == "        本文: |\n          本を増やし、\n          席を増やします。"


FILES = {
    "pages/01-greeting.md": "`greeting.md`",
    "pages/あいさつ.md": "`page-1.md`",
    "pages/Greeting.MD": "`greeting.md`",
    "pages/greeting.md.txt": "`greeting.md`",
    "pages/greeting.docx": "`content/pages/greeting.md`",
    "pages/data.md": "`data-2.md`",
    "pages/map.png": "`content/images/map.png`",
    "nodes/Library.md": "`library.md`",
    "images/IMG-0001.JPG": "`img-0001.jpg`",
    "images/IMG-0001.HEIC": "JPEG に書き出し、`content/images/img-0001.jpg`",
    "images/map.svg": "PNG に書き出し、`content/images/map.png`",
    "images/map.tiff": "PNG に書き出し、`content/images/map.png`",
    "images/0001.png": "`image-0001.png`",
    "images/map.md": "`content/pages/map.md`",
    "map.png": "`content/images/map.png`",
}
"""Files in content/, and the name in the hint."""


@pytest.mark.parametrize("name", FILES)
def test_a_hint_for_a_file_names_the_allowed_one(name: str, tmp_path: Path) -> None:
    path = tmp_path / "content" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(PICTURE if "." in name and "md" not in name else "# 題\n\n文。\n".encode())
    (mistake,) = errors_of(PLAN.encode(), tmp_path)
    assert mistake.span.file == f"content/{name}"
    assert FILES[name] in mistake.hint


def test_two_files_are_offered_two_names(tmp_path: Path) -> None:
    folder = tmp_path / "content" / "pages"
    folder.mkdir(parents=True)
    for name in ("あいさつ", "目次", "page-1"):
        (folder / f"{name}.md").write_text("# 題\n", encoding="utf-8")
    hints = [mistake.hint for mistake in errors_of(PLAN.encode(), tmp_path)]
    assert [hint.split("`")[1] for hint in hints] == ["page-2.md", "page-3.md"]
