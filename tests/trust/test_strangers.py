"""Hazards 34 to 36: files made by other people: workbooks, branches of git, unusual texts and images."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from conftest import PICTURE, Tally
from PIL import Image
from support.build_process import PLAIN, Run, file_hashes, run
from support.git_repository import git

from handbook import importer, parse, write
from handbook.diagnostics import SourceError
from handbook.git import client
from handbook.model import OutputFile
from handbook.parse import plan_revisions, source

# --- 34: workbooks ---

SHEET = "xl/worksheets/sheet1.xml"
TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
</Types>"""
LINKS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Target="{}"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"/></Relationships>"""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = f"""<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"""
CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>目標</t></is></c></row>'
HUGE_AREA = "A1:XFD104857"


def workbook(rows: str, after: str = "", *, part: str = SHEET, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a workbook of one sheet, written as raw XML, since no library writes such sheets."""
    stream = io.BytesIO()
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    with zipfile.ZipFile(stream, "w", packed) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(part))
        archive.writestr("_rels/.rels", LINKS.format("xl/workbook.xml", "officeDocument"))
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS.format(part.removeprefix("xl/"), "worksheet"))
        archive.writestr(part, sheet)
    return stream.getvalue()


def merged_cells(area: str) -> str:
    return f"<mergeCells><mergeCell ref={area if area[0] == chr(34) else quoteattr(area)}/></mergeCells>"


WORKBOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "one cell in the last corner": (
        lambda: workbook(f'{CELL}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "",
    ),
    "merged in small letters": (lambda: workbook(CELL, merged_cells(HUGE_AREA.lower())), "too-many-cells"),
    "merged with dollars": (lambda: workbook(CELL, merged_cells("$A$1:$XFD$104857")), "too-many-cells"),
    "merged by a reference to a character": (
        lambda: workbook(CELL, merged_cells('"A1:XFD&#49;04857"')),
        "too-many-cells",
    ),
    "merged by whole columns": (lambda: workbook(CELL, merged_cells("A:XFD")), "too-many-cells"),
    "a part under another name": (
        lambda: workbook(CELL, merged_cells(HUGE_AREA), part="xl/odd.part"),
        "too-many-cells",
    ),
    "a link over everything": (
        lambda: workbook(CELL, f'<hyperlinks><hyperlink ref="{HUGE_AREA}" location="x"/></hyperlinks>'),
        "too-many-cells",
    ),
    "cells without a space": (lambda: workbook(f"<row>{'<c/>' * 1_100_000}</row>"), "too-many-cells"),
    "packed with a dictionary of gigabytes": (lambda: workbook(CELL, packed=zipfile.ZIP_LZMA), "broken-workbook"),
    "a cut end": (lambda: workbook(CELL)[:-40], "broken-workbook"),
}


@pytest.mark.hazard(34)
@pytest.mark.parametrize("name", WORKBOOKS)
def test_no_workbook_fills_the_memory(name: str, tmp_path: Path, tally: Tally) -> None:
    make, rule = WORKBOOKS[name]
    (tmp_path / "t.xlsx").write_bytes(make())
    done = run("import", tmp_path / "t.xlsx", "--output", tmp_path / "plan.yaml", timeout=120)
    assert done.code == 1
    assert f"[{rule or 'no-structure'}]" in done.output, done.output
    assert done.seconds < 5
    assert done.megabytes < 500
    assert not (tmp_path / "plan.yaml").exists()
    tally(1)


@pytest.mark.hazard(34)
def test_a_sheet_with_a_stray_cell_far_away_is_read(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{c}{row}" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in zip("AB", words, strict=True))
        + "</row>"
        for row, words in enumerate([("目標", "施策"), ("○学び", "・読書")], 1)
    )
    (tmp_path / "t.xlsx").write_bytes(workbook(f'{rows}<row r="999999"><c r="XFC999999"><v>7</v></c></row>'))
    assert "読書" in importer.import_plan(tmp_path / "t.xlsx").plan_yaml


# --- 35: branches and folders ---

PROGRAM_SETTINGS = ["core.fsmonitor", "core.pager", "diff.external", "gpg.program", "core.sshCommand", "core.editor"]
SWITCHED_ON = ["log.showSignature", "pager.log", "pager.show", "pager.diff-tree", "core.untrackedCache"]


def repository(root: Path) -> Path:
    root.mkdir()
    (root / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    git(root, "init", "-qb", "main")
    git(root, "add", "plan.yaml")
    git(root, "commit", "-qm", "x", day="2025-04-01")
    return root


@pytest.mark.hazard(35)
def test_no_program_named_in_the_git_settings_of_a_folder_is_started(tmp_path: Path, tally: Tally) -> None:
    root = repository(tmp_path / "plan")
    for number, name in enumerate(PROGRAM_SETTINGS):
        git(root, "config", name, f"touch '{tmp_path}/ran-{number}' #")
    for name in SWITCHED_ON:
        git(root, "config", name, "true")
    for words in (["check", "--no-booklet"], ["diff", "HEAD"]):
        assert run(*words, "--root", root).code == 0
    assert list(tmp_path.glob("ran-*")) == []
    git(root, "status")
    assert list(tmp_path.glob("ran-*")), "git itself starts one of them"
    tally(len(PROGRAM_SETTINGS))


@pytest.mark.hazard(35)
def test_no_folder_of_the_sources_is_used_as_a_repository(tmp_path: Path, tally: Tally) -> None:
    root = repository(tmp_path / "whole") / "plan"
    root.mkdir()
    (root / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    elsewhere = repository(tmp_path / "other")
    git(tmp_path, "clone", "-q", "--bare", str(elsewhere), str(tmp_path / "bare"))
    for path in (tmp_path / "bare").iterdir():
        path.rename(root / path.name)
    git(root, "config", "-f", "config", "core.bare", "false")
    git(root, "config", "-f", "config", "core.worktree", "..")
    git(root, "config", "-f", "config", "core.fsmonitor", f"touch '{tmp_path}/ran' #")
    assert run("check", "--no-booklet", "--root", root).code == 0
    done = run("diff", "main", "--root", root)
    assert not (tmp_path / "ran").exists()
    assert done.code == 1
    assert "git の記録" in done.output
    tally(1)


@pytest.mark.hazard(35)
def test_a_file_too_large_in_a_branch_is_not_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    root = repository(tmp_path / "plan")
    (root / "content/pages").mkdir(parents=True)
    (root / "content/pages/p.md").write_text("# 題\n\n" + "文" * 5_000, encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "y", day="2025-05-01")
    for module in (client, source, plan_revisions):
        monkeypatch.setattr(module, "MAX_SOURCE_BYTES", 2_000)
    edition = parse.load_revision(root, "HEAD")
    assert [flaw.rule for flaw in edition.diagnostics] == ["too-large"]
    with client.open_blob_reader(root) as content:
        name = client.git_output(root, "rev-parse", "HEAD:content/pages/p.md").decode().strip()
        assert len(content(name)) == 2_001
        assert content("HEAD:plan.yaml").decode() == PLAIN, "the next file is read from its start"
    tally(1)


TEMPORARY_NAMES = [
    ".addresses.txt.new",
    ".output.work",
    ".plan.schema.json.new",
    ".out.html.new",
]
INSIDE_WORKING_FOLDER = ["lock", ".gitignore", "new", "old"]
LINK_TARGETS = ["victim.txt", "folder", "nowhere"]


@pytest.mark.hazard(35)
@pytest.mark.skipif(os.name == "nt", reason="LOUD: links are rare on Windows, so none was tried")
@pytest.mark.parametrize("link_target", LINK_TARGETS)
def test_a_link_in_place_of_a_temporary_file_is_not_followed(link_target: str, tmp_path: Path, tally: Tally) -> None:
    (tmp_path / "victim.txt").write_text("precious")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/kept").write_text("precious")
    root = tmp_path / "plan"
    root.mkdir()
    (root / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    before = file_hashes(tmp_path)
    for name in TEMPORARY_NAMES:
        (root / name).symlink_to(f"../{link_target}")
    inside = root / ".out.work"
    inside.mkdir()
    for name in INSIDE_WORKING_FOLDER:
        (inside / name).symlink_to(f"../../{link_target}")
    write.write_output([OutputFile("index.html", b"x")], root / "out", root)
    write.write_output([OutputFile("index.html", b"x")], root / "output", root)
    write.write_published_paths(["index.html"], root)
    write.write_in_plan_folder(OutputFile("plan.schema.json", b"{}"), root)
    write.write_document(b"x", root / "out.html", root)
    after = file_hashes(tmp_path)
    assert after.items() >= before.items()
    assert {name.partition("/")[0] for name in after} == {"victim.txt", "folder", "plan"}
    tally(len(TEMPORARY_NAMES) + len(INSIDE_WORKING_FOLDER))


@pytest.mark.hazard(35)
@pytest.mark.skipif(os.name == "nt", reason="LOUD: links are rare on Windows, so none was tried")
def test_the_schema_of_the_first_line_is_not_written_outside_the_folder(tmp_path: Path, tally: Tally) -> None:
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "plan"
    root.mkdir()
    (root / "sub").symlink_to("../elsewhere")
    first = "# yaml-language-server: $schema=sub/plan.schema.json\n"
    (root / "plan.yaml").write_text(first + PLAIN, encoding="utf-8")
    assert run("schema", "--root", root).code == 0
    assert list((tmp_path / "elsewhere").iterdir()) == []
    tally(1)


NAMES = ["a\n::error::x.md", "\x1b[2J.md", "a\u202eb.md", "\udcff.md", "bell\x07.md", "tab\t.md"]


@pytest.mark.hazard(35)
@pytest.mark.skipif(os.name == "nt", reason="LOUD: Windows has no such names")
@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_a_file_name_with_control_characters_is_escaped_in_messages(form: str, tmp_path: Path, tally: Tally) -> None:
    (tmp_path / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "content/pages").mkdir(parents=True)
    for name in NAMES:
        (tmp_path / "content/pages" / name).write_text("# x", encoding="utf-8")
    done = run("check", "--no-booklet", "--format", form, "--root", tmp_path)
    assert done.code == 1
    assert done.output.count("bad-file-name") == len(NAMES)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]|^::error::x", done.output, re.MULTILINE)
    tally(len(NAMES))


# --- 36: unusual texts and images ---

ODD_TEXTS = [
    "> " * 100 + "文",
    "".join(f"{'    ' * depth}- 文\n" for depth in range(60)),
    *(f"{a * 900}文{b * 900}" for a, b in (("<b>", "</b>"), ("<div>", "</div>"), ("<ul><li>", "</li></ul>"))),
    *(f"{a * 300}文{b * 300}" for a, b in (("<table><tr><td>", "</td></tr></table>"), ("<dl><dd>", "</dd></dl>"))),
    "<blockquote>" * 2_900 + "文" + "</blockquote>" * 2_900,
    "<table></table>",
    "<table><tr></tr></table>",
    '<table><tr><td colspan="99999999" rowspan="0">文</td><td colspan="x">文</td></tr></table>',
    '<ol start="x"><li>文</li></ol><ol start="99999999999999999999"><li>文</li></ol>',
    "<ruby><rt>文</rt><ruby><rp>文</rp></ruby></ruby><td>文</td><li>文</li><dd></dd><pre></pre>",
    '<img src="images/a.png" alt="" width="99999999999" height="-1">',
    "\\" * 999 + "#" * 7 + "$" * 999 + "@文 #set page(width: 1pt)",
]


@pytest.mark.hazard(36)
def test_deep_and_odd_texts_are_in_the_booklet(tmp_path: Path, tally: Tally) -> None:
    texts = {f"pages/p{number}.md": f"# 題\n\n{text}\n".encode() for number, text in enumerate(ODD_TEXTS)}
    done = build_with_content(tmp_path, {**texts, "images/a.png": PICTURE})
    assert done.code == 0, done.output[:500]
    assert (tmp_path / "output/booklet/handbook.pdf").stat().st_size > 10_000
    tally(len(ODD_TEXTS))


def png(width: int, height: int) -> bytes:
    return PICTURE[:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + PICTURE[24:]


PICTURES = [
    b"",
    b"<script>",
    b"<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd'/></svg>",
    PICTURE[:20],
    png(20_000, 20_000),
    png(2**31 - 1, 2**31 - 1),
    b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
]


@pytest.mark.hazard(36)
@pytest.mark.parametrize("number", range(len(PICTURES)))
def test_a_file_that_is_no_image_is_refused_with_its_name(number: int, tmp_path: Path, tally: Tally) -> None:
    (tmp_path / "content/images").mkdir(parents=True)
    (tmp_path / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "content/images/a.png").write_bytes(PICTURES[number])
    with pytest.raises(SourceError) as caught:
        parse.load_plan(tmp_path)
    (mistake,) = caught.value.mistakes
    assert (mistake.span.file, mistake.rule) in {
        ("content/images/a.png", rule) for rule in ("broken-picture", "too-large")
    }
    tally(1)


def picture(form: str, width: int, height: int) -> bytes:
    """Return an image of noise, or a plain one from a width of 1,000 pixels."""
    stream = io.BytesIO()
    noise = Image.effect_noise((width, height), 90) if width < 1_000 else Image.new("1", (width, height))
    noise.save(stream, form)
    return stream.getvalue()


def rules_of_picture(root: Path, name: str, data: bytes) -> list[str]:
    """Return the rules of the errors of a plan with this image."""
    (root / "content/images").mkdir(parents=True, exist_ok=True)
    (root / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    (root / "content/images" / name).write_bytes(data)
    try:
        parse.load_plan(root)
    except SourceError as error:
        return [mistake.rule for mistake in error.mistakes]
    return []


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif"])
def test_a_truncated_image_is_refused(name: str, tmp_path: Path) -> None:
    whole = picture(name[2:].replace("jpg", "jpeg"), 90, 60)
    assert rules_of_picture(tmp_path, name, whole) == []
    assert rules_of_picture(tmp_path, name, whole[: len(whole) // 2]) == ["broken-picture"]


def test_an_image_within_the_limit_is_accepted_without_a_warning(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    assert rules_of_picture(tmp_path, "a.png", picture("png", 10_000, 9_500)) == []
    assert not recwarn.list


def build_with_content(root: Path, texts: dict[str, bytes]) -> Run:
    """Build a plan with these files in content/."""
    for name, data in {
        "plan.yaml": PLAIN.encode(),
        **{f"content/{name}": data for name, data in texts.items()},
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return run("--root", root)
