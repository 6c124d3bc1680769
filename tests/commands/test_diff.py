"""The command diff: git revisions and folders, four output formats, hostile text."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import markdown
import pytest
from conftest import FIRST, ROOT
from support.command_line import run, run_process
from support.comparison_pair import Sides, sides
from support.html_page import page
from support.pdf_document import PdfDocument
from support.random_examples import examples
from trust.test_fuzz import random_damage

from handbook import booklet, compare, parse, render
from handbook.compare.to_markdown import MAX_BODY_CHARS, escape_markdown
from handbook.diagnostics import SourceError
from handbook.model import Comparison, Edition, Plan

HOSTILE = (
    "<script>alert(1)</script> @someone #12 !3 GH-4 [x](javascript:a) `c` | **b** https://example.com www.example.com"
)


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=clerk", "-c", "user.email=clerk@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the example plan in a folder and one uncommitted change of a name."""
    plan = tmp_path / "plans/みどり"
    shutil.copytree(ROOT / "example", plan)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    git(tmp_path, "tag", "v1")
    text = (plan / "plan.yaml").read_text(encoding="utf-8")
    (plan / "plan.yaml").write_text(text.replace("名称: 街路樹の植えかえ", "名称: 街路樹の手入れ"), encoding="utf-8")
    return plan


def changed_words(found: Comparison) -> list[str]:
    """Return the changed lines of all changes except those of numbers only."""
    pieces = [
        piece
        for change in found.changes
        if change.kind != "番号のみ"
        for piece in (*change.old_segments, *change.new_segments)
    ]
    return [line for words, differs in pieces if differs for line in words.split("\n") if line.strip()]


# --- sources of the two plans ---


def test_a_change_since_a_revision_is_printed_and_the_exit_status_is_0(repository: Path) -> None:
    for base in ("main", "v1", "HEAD", git(repository, "rev-parse", "HEAD")[:12]):
        done = run("diff", base, "--root", str(repository))
        assert done.returncode == 0, done.stderr
        assert re.fullmatch("フォルダー: .+\n改正前: .+\n改正後: .+（いまの原稿）\n", done.stderr)
        assert "**改称 1**" in done.stdout
        assert "街路樹の<ins>手入れ</ins>" in done.stdout
    assert "変わったところはありません" in run("diff", "v1", "main", "--root", str(repository)).stdout


def test_files_and_folders_are_compared_as_well_as_revisions(repository: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(ROOT / "example", old)
    shutil.copy(old / "plan.yaml", old / "last-year.yaml")
    outputs = [
        run("diff", str(base), str(head)).stdout
        for base, head in (
            (old, repository),
            (old / "plan.yaml", repository / "plan.yaml"),
            (old / "last-year.yaml", repository),
        )
    ]
    assert all("**改称 1**" in text for text in outputs)
    assert run("diff", "v1", str(repository), "--root", str(repository)).returncode == 0


def test_texts_are_read_from_the_revision_too(repository: Path) -> None:
    text = repository / "content/nodes/water-quality.md"
    text.write_text(text.read_text(encoding="utf-8").replace("12 の地点", "13 の地点"), encoding="utf-8")
    printed = json.loads(run("diff", "main", "--root", str(repository), "--format", "json").stdout)
    (change,) = [change for change in printed["changes"] if change["key"] == "本文"]
    assert ["13", True] in change["marked_after"]
    assert printed["before"]["revision"] == git(repository, "rev-parse", "main")


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("mian", "`main` のことですか"),
        ("--upload-pack=touch${IFS}x", "版の名前として使えません"),
        ("-h", ""),
        ("main:plans", "という版も、ファイルも、フォルダーもありません"),
        ("a\nb", "版の名前として使えません"),
        ("", "版の名前として使えません"),
        ("no-such-thing-at-all", "git fetch"),
    ],
)
def test_an_invalid_revision_is_refused_with_a_message(repository: Path, base: str, message: str) -> None:
    before = sorted(repository.iterdir())
    done = run("diff", "--root", str(repository), "--", base)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert sorted(repository.iterdir()) == before


def test_a_folder_without_a_repository_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    shutil.copy(FIRST / "plan.yaml", tmp_path)
    with pytest.raises(parse.EditionError, match="git の記録も読めません"):
        parse.load_edition("main", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(parse.EditionError):
        parse.load_edition("main", tmp_path)


def test_an_edition_has_its_japanese_date_even_in_a_git_hook(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-31T23:30:00+0000")  # already April in Japan
    git(repository, "commit", "-qam", "a word")
    (tmp_path / "elsewhere").mkdir()
    git(tmp_path / "elsewhere", "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere/.git"))
    assert parse.load_edition("main", repository).day == "2026-04-01"


def test_a_revision_without_the_plan_is_reported(repository: Path) -> None:
    other = repository.parent / "new"
    shutil.copytree(ROOT / "example", other)
    with pytest.raises(parse.EditionError, match=re.escape("このフォルダーに plan.yaml がありません")):
        parse.load_revision(other, "main")


def test_the_valid_parts_of_a_base_with_errors_are_compared(repository: Path) -> None:
    path = repository / "plan.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("    名称: みどりをまちに広げる", "    名稱: みどりをまちに広げる"), encoding="utf-8")
    git(repository, "commit", "-qam", "an error")
    path.write_text(good, encoding="utf-8")
    done = run("diff", "main", "--root", str(repository))
    assert done.returncode == 0
    assert "main の原稿に誤りが" in done.stderr
    assert "main:plan.yaml:" in done.stderr
    assert "**改称 1**" in done.stdout
    assert "読めたところだけを比べました" in done.stdout
    broken = git(repository, "rev-parse", "HEAD")
    assert run("diff", "v1", broken, "--root", str(repository)).returncode == 1


def test_a_base_that_cannot_be_read_is_refused(repository: Path) -> None:
    (repository / "plan.yaml").write_bytes("計画:".encode("utf-16"))
    git(repository, "commit", "-qam", "broken")
    done = run("diff", "main", "v1", "--root", str(repository))
    assert done.returncode == 1
    assert "main:plan.yaml:1:1: 文字コードが UTF-8 ではありません" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a permission on Windows")
def test_a_symbolic_link_in_a_revision_is_not_followed(repository: Path) -> None:
    (repository / "content/pages/secret.md").symlink_to("# リンクの先")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "a link")
    (repository / "content/pages/secret.md").unlink()
    assert not [
        free_page for free_page in parse.load_revision(repository, "main").plan.free_pages if free_page.name == "secret"
    ]


def test_no_damaged_base_causes_a_traceback(tmp_path: Path) -> None:
    case_count = examples(120)
    chance = random.Random(8)  # noqa: S311  # not for secrets
    plan = parse.load_plan(ROOT / "example")
    data = (ROOT / "example/plan.yaml").read_bytes()
    shutil.copytree(ROOT / "example/content", tmp_path / "content")
    compared_count = 0
    for _, broken in zip(range(case_count), random_damage(data, chance), strict=False):
        (tmp_path / "plan.yaml").write_text(broken.decode("utf-8", "ignore"), encoding="utf-8")
        try:
            edition = parse.load_edition(str(tmp_path), tmp_path)
        except SourceError:
            continue
        found = compare.compare_plans(edition.plan, plan)
        assert compare.comparison_markdown(found, edition, edition)
        assert compare.comparison_json(compare.compare_plans(plan, edition.plan), edition, edition)
        compared_count += bool(edition.diagnostics)
    assert compared_count > case_count * 0.4


# --- errors and output files ---


def test_a_removed_page_ends_with_1_and_a_hint_with_the_line_to_add(repository: Path) -> None:
    path = repository / "plan.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("- id: street-tree-renewal", "- id: street-trees"), encoding="utf-8")
    done = run("diff", "main", "--root", str(repository))
    assert done.returncode == 1
    assert "おそらく id の変更" in done.stdout, "the table is printed nevertheless"
    line = path.read_text(encoding="utf-8").split("\n").index("          - id: street-trees") + 1
    assert f"plan.yaml:{line}:" in done.stderr
    assert "`以前のid: [street-tree-renewal]`" in done.stderr
    text = path.read_text(encoding="utf-8")
    kept = text.replace("- id: street-trees", "- id: street-trees\n            以前のid: [street-tree-renewal]")
    path.write_text(kept, encoding="utf-8")
    assert run("diff", "main", "--root", str(repository)).returncode == 0


@pytest.mark.parametrize("form", ["markdown", "html", "json", "pdf"])
def test_every_format_is_written_to_a_file_with_the_same_bytes_each_time(
    repository: Path, tmp_path: Path, form: str
) -> None:
    made = []
    for number, zone in enumerate(("Asia/Tokyo", "UTC")):
        path = tmp_path / f"{number}.{form}"
        command = ["diff", "main", "--root", str(repository), "--format", form, "--output", str(path)]
        os.environ["TZ"] = zone
        done = run_process(*command)
        assert done.returncode == 0, done.stderr
        assert "できました" in done.stdout
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert str(tmp_path).encode() not in made[0]


def test_a_source_is_never_overwritten(repository: Path) -> None:
    kept = {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()}
    for name in ("plan.yaml", "content/pages/about.md", "addresses.txt", "content/new.md"):
        done = run("diff", "main", "--root", str(repository), "--output", str(repository / name))
        assert done.returncode == 1
        assert "元の原稿です" in done.stderr
    assert "フォルダーです" in run("diff", "main", "--root", str(repository), "--output", str(repository.parent)).stderr
    assert {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()} == kept


def test_a_pdf_requires_an_output_file(repository: Path) -> None:
    done = run("diff", "main", "--root", str(repository), "--format", "pdf")
    assert done.returncode == 2
    assert "--output" in done.stderr


# --- Markdown ---

HTML_TAGS = {"details", "summary", "table", "thead", "tbody", "tr", "th", "td", "del", "ins", "br"}
MARKDOWN_TAGS = {"h2", "h3", "p", "strong", "ul", "li"}


@pytest.fixture
def hostile(plan_of: Callable[..., Path]) -> Sides:
    quoted = HOSTILE.replace("'", "''")
    head = "計画: {名称: 敵}\n階層: [{名称: 柱, path: pillars}]\n柱:\n"
    before = parse.load_plan(plan_of(f"{head}  - id: a\n    名称: ふつう\n    本文: '前 {quoted}'\n"))
    text = f"{head}  - id: a\n    名称: '{quoted}'\n    本文: '後 {quoted}'\n  - id: b\n    名称: '{quoted} 2'\n"
    after = parse.load_plan(plan_of(text))
    editions = (Edition(label=HOSTILE, commit="", day="", plan=plan, diagnostics=()) for plan in (before, after))
    return (compare.compare_plans(before, after), *editions)  # type: ignore[return-value]  # two editions


def test_hostile_text_is_escaped_in_markdown(hostile: Sides) -> None:
    found, before, after = hostile
    summary = compare.comparison_markdown(found, before, after)
    assert not re.search(r"@\w|#\d|!\d|GH-\d|https?://|\bwww\.", html.unescape(summary))
    body = markdown.markdown(summary, extensions=["tables", "md_in_html"])
    read = page(f"<html>{body}</html>")
    assert {element.tag for element in read.all()} - {"html"} <= HTML_TAGS | MARKDOWN_TAGS
    text = re.sub("\u200b", "", read.words)
    assert text.count(HOSTILE) >= 4
    assert re.search(r"@\w|#\d", HOSTILE), "the first pattern matches unescaped text"


@pytest.mark.parametrize("sign", list("@#!$%&~<>[]()|`*_{}\\^='\"+:"))
def test_no_character_is_markdown_syntax_after_escaping(sign: str) -> None:
    text = f"a{sign}{sign}b {sign}1 {sign}"
    body = markdown.markdown(f"x {escape_markdown(text)} x")
    assert page(body).words.replace("\u200b", "") == f"x {text} x"
    assert {element.tag for element in page(body).all()} == {"p"}


def test_a_summary_is_never_longer_than_a_comment_may_be(example_plan: Plan) -> None:
    """One plan is replaced by another, also with forty times as many changes."""
    from dataclasses import replace  # noqa: PLC0415  # only here

    edition = Edition(label="版", commit="", day="", plan=example_plan, diagnostics=())
    other = parse.load_plan(FIRST)
    for found in (compare.compare_plans(example_plan, other), compare.compare_plans(other, example_plan)):
        assert len(compare.comparison_markdown(found, edition, edition)) <= MAX_BODY_CHARS
        repeated = replace(found, changes=found.changes * 40)
        summary = compare.comparison_markdown(repeated, edition, edition)
        assert len(summary) <= MAX_BODY_CHARS
        shown = sum(line.startswith("| ") for line in summary.split("\n")) - summary.count("| 節 |")
        omitted = re.search(r"ほか ([\d,]+) 件は省きました", summary)
        rows = sum(change.kind != "番号のみ" for change in repeated.changes)
        assert omitted
        assert shown + int(omitted[1].replace(",", "")) == rows


@pytest.fixture(scope="session")
def example_plan() -> Plan:
    return parse.load_plan(ROOT / "example")


def test_the_summary_names_every_changed_node() -> None:
    found, before, after = sides()
    summary = compare.comparison_markdown(found, before, after)
    assert "、".join(f"{kind} {number}" for kind, number in found.council_counts) in summary
    for change in found.changes:
        assert escape_markdown(change.name) in summary or change.kind == "番号のみ"
    for path in (*found.added_paths, *found.modified_paths, *found.removed_paths):
        assert escape_markdown(path) in summary


# --- HTML ---


def test_the_page_is_one_file_with_a_strict_content_security_policy() -> None:
    found, before, after = sides()
    text = render.comparison_html(found, before, after, parse.load_theme(ROOT / "example")).decode()
    read = page(text)
    (style,) = read.all("style")
    digest = base64.b64encode(hashlib.sha256(style.words.encode()).digest()).decode()
    policy = next(meta.attrs["content"] for meta in read.all("meta") if "http-equiv" in meta.attrs)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not [e for e in read.all() if {"src", "href", "style", "onclick"} & set(e.attrs) or e.tag == "script"]
    for tag, word in (("ins", "［追加］"), ("del", "［削除］")):
        marks = [mark for cell in read.all("td") for mark in cell.all(tag)]
        assert marks
        assert all(mark.words.startswith(word) for mark in marks)
    words = read.words
    assert not [line for line in changed_words(found) if line not in words]


def test_hostile_text_is_escaped_on_the_page(hostile: Sides) -> None:
    text = render.comparison_html(*hostile, parse.load_theme(ROOT)).decode()
    read = page(text)
    assert read.all("script") == read.all("a") == []
    assert read.words.count(HOSTILE) >= 4


# --- PDF ---


def test_the_pdf_contains_every_changed_word_and_is_tagged() -> None:
    found, before, after = sides()
    printed = PdfDocument(booklet.comparison_pdf(found, before, after, parse.load_theme(ROOT / "example")))
    assert printed.claims == {"PDF/A-2A", "PDF/UA-1"}
    assert printed.language.lower().startswith("ja")
    assert "新旧対照表" in printed.title
    width, height = (float(side) for side in printed.pdf.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (842, 595)
    pages = (printed.seen[n].get_textpage() for n in range(len(printed)))
    words = "".join(text.get_text_range() for text in pages)
    without_spaces = re.sub(r"\s", "", words)
    missing = [line for line in changed_words(found) if re.sub(r"\s", "", line) not in without_spaces]
    assert missing == []
    assert "ない言葉" not in without_spaces
    for number in range(1, len(printed) + 1):
        assert f"{number} / {len(printed)}" in words
    headers = [cell.words for cell in printed.tags.all("TH")][:3]
    assert headers == ["改正後", "改正前", "備考"]
