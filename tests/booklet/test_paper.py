"""Paper: nothing leaves the page, nothing is printed on something else, and no words are printed without a use."""

from __future__ import annotations

import functools
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FIRST, HANDBOOK, ROOT, booklet_site_of, built
from support import paper_faults
from support.paper_plans import WORD, write_unbreakable_plan
from support.pdf_document import PdfDocument

from handbook import cli
from handbook.booklet.long_words import long_words
from handbook.booklet.paragraph_ends import keep_paragraph_ends
from handbook.model import Site

OVERVIEW = "booklet/overview.pdf"
SHEETS = re.compile("imposed|foldouts|test-sheet")
"""PDFs whose pages are those of the handbook, on other paper."""
Pdfs = dict[str, PdfDocument]
Checker = Callable[[PdfDocument], list[str]]
LAYOUT_CHECKS: tuple[Checker, ...] = (
    paper_faults.text_outside,
    paper_faults.overprints,
    paper_faults.silent_blank_pages,
    paper_faults.short_last_lines,
    paper_faults.detached_notes,
    paper_faults.leaders_out_of_line,
)


@functools.cache
def printed(root: Path) -> tuple[Site, Pdfs]:
    """Return the site of a plan and its PDFs by path."""
    site, files, _ = booklet_site_of(root)
    return site, {path: PdfDocument(data) for path, data in files.items() if path.endswith(".pdf")}


@pytest.fixture(scope="session")
def unbreakable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_unbreakable_plan(tmp_path_factory.mktemp("unbreakable"))


@pytest.fixture(params=["example", "real", "unbreakable"])
def pdfs(request: pytest.FixtureRequest) -> Pdfs:
    """All PDFs of the plan of this repository, of the example, and of a plan with long words in every field."""
    roots = {"real": ROOT, "example": ROOT / "example"}
    root = roots.get(request.param) or request.getfixturevalue("unbreakable")
    return printed(root)[1]


@pytest.mark.every(2)
def test_nothing_leaves_its_page_and_nothing_is_printed_on_other_text(pdfs: Pdfs) -> None:
    faults = [
        (path, check.__name__, found)
        for path, document in pdfs.items()
        if not SHEETS.search(path)
        for check in LAYOUT_CHECKS
        if (found := check(document))
    ]
    assert faults == []


@pytest.mark.every(2)
def test_nothing_is_printed_on_the_fold_of_the_overview(pdfs: Pdfs) -> None:
    assert len(pdfs[OVERVIEW]) == 2
    assert paper_faults.printed_on_fold(pdfs[OVERVIEW]) == []


@pytest.mark.every(2)
@pytest.mark.parametrize("root", [ROOT / "example", ROOT], ids=["example", "real"])
def test_no_pdf_contains_noise(root: Path) -> None:
    site, pdfs = printed(root)
    own = [text for path in (root / "plan.yaml", *root.glob("content/**/*.md")) for text in path.read_text("utf-8")]
    # Without 公開URL no reader of paper can use an address of the site.
    keys = [] if site.plan.base_url else [node.id for node in site.tree_nodes if len(node.id) > 4]
    for path, document in pdfs.items():
        assert paper_faults.noise(document, own_words=own, keys=keys) == [], path


def test_a_level_without_nodes_is_mentioned_once() -> None:
    _, pdfs = printed(ROOT)
    words = "".join(pdfs[HANDBOOK].text(number) for number in range(1, len(pdfs[HANDBOOK]) + 1))
    assert words.count("登録された事業はまだありません") == 1
    assert "原典に記載なし" not in pdfs[HANDBOOK].text(len(pdfs[HANDBOOK]))


FAULTY_TEMPLATES = {
    "long_words.typ": [
        ('  show regex("https', '  body\n  return\n  show regex("https'),
        ("#let fit-words(it) = layout", "#let fit-words(it) = it\n#let unused(it) = layout"),
    ],
    "settings.typ": [('"このページは白紙です"', '""')],
    "prose.typ": [
        ("{ box(typeset(inner)) }", "{ typeset(inner) }"),
        ("[#footnote(note())", "[#footnote(typeset(inner))"),
    ],
    "names.typ": [
        ("justify: false)[.]", ")[.]"),
        ("box(width: if is-large { 2.4em } else { 1.8em }, { h(1fr); number })", "number"),
    ],
    "overview.typ": [("  pagebreak()\n", "  pagebreak()\n  place(center + horizon)[折り目]\n")],
    "sections.typ": [
        (
            "indented(closing(it))\n",
            "indented(closing(it))\n  [リンクを選ぶと#it.id;が開きます。くり返す一つの文です。]\n",
        )
    ],
}
"""Each template of the booklet with the faults that the checks look for."""
FAULTY_TEXT = f"""短い | 表 | 三 | 四 | 五
--- | --- | --- | --- | ---
{WORD} | 二 | 三 | 四 | 五

文章の中の長い語。{WORD}{WORD}

注[^a]のある文。

[^a]: 注の文章
"""


def test_the_faults_that_the_checks_look_for_are_found(tmp_path: Path) -> None:
    root = tmp_path / "plan"
    shutil.copytree(FIRST, root)
    (root / "templates/booklet").mkdir(parents=True)
    for name, changes in FAULTY_TEMPLATES.items():
        text = (ROOT / "templates/booklet" / name).read_text(encoding="utf-8")
        for token, fault in changes:
            assert token in text, (name, token)
            text = text.replace(token, fault)
        (root / "templates/booklet" / name).write_text(text, encoding="utf-8")
    site, _ = built(ROOT)
    leaf = next(node for node in site.tree_nodes if not node.children)
    (root / "content/nodes").mkdir(exist_ok=True)
    (root / f"content/nodes/{leaf.id}.md").write_text(FAULTY_TEXT, encoding="utf-8")
    _, pdfs = printed(root)
    missed = [check.__name__ for check in LAYOUT_CHECKS if not check(pdfs[HANDBOOK])]
    assert missed == []
    assert paper_faults.printed_on_fold(pdfs[OVERVIEW])
    found = "\n".join(paper_faults.noise(pdfs[HANDBOOK], keys=[leaf.id]))
    assert "選ぶと" in found
    assert leaf.id in found
    assert re.search(r"\d+ times: くり返す一つの文です。", found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 31, {"x" * 31}),
        ("x" * 30, set()),
        (f"これは{'x' * 31}です", {"x" * 31}),
        (f"https://example.org/{'x' * 60}", set()),
        ("content/nodes/waterside-observation-and-more.md", set()),
        ("-" * 40, {"-" * 40}),
        ("ー" * 40, {"ー" * 40}),
        ("計画" * 40, set()),
        ("ａ" * 40, set()),
        (f"二つの 語{'y' * 20}\u00a0{'z' * 20}", {f"{'y' * 20}\u00a0{'z' * 20}"}),
    ],
)
def test_long_words_are_those_without_a_place_for_a_break(text: str, expected: set[str]) -> None:
    assert long_words({"a": [text], "id": "x" * 40}, {"id"}) == expected


def test_an_editor_learns_which_words_are_broken(
    plan_of: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    plan = (
        f"計画: {{名称: 小さな計画}}\n階層:\n  - {{名称: 柱, path: pillars}}\n柱:\n  - {{id: one, 名称: 柱 {WORD}}}\n"
    )
    root = plan_of(plan, nodes__one=f"文\n\n次の{WORD}の文\n")
    assert cli.main(["--root", str(root)]) == 0
    report = capsys.readouterr().out
    places = re.findall(r"- (\S+): 切れ目のない長い語なので、冊子では途中で改行", report)
    assert sorted(places) == ["content/nodes/one.md:3", "plan.yaml:5"]
    broken = PdfDocument((root / "output" / HANDBOOK).read_bytes())
    assert WORD in re.sub(r"\s", "", broken.between("one"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("だんだん具体的になります。", "ります。"),
        ("見る（サイト）。", "（サイト）。"),
        ("つくった「まち」", "「まち」"),
        ("計画は NATURAL RESOURCES です", "です"),
        ("短い", ""),
        ("使うのは Resources", "Resources"),
        ("使うのは EnvironmentalProtection", ""),
        ("あっちゃった", "ちゃった"),
    ],
)
def test_the_last_characters_of_a_paragraph_stay_together(text: str, kept: str) -> None:
    (paragraph,) = keep_paragraph_ends([{"type": "p", "content": [text]}])
    assert isinstance(paragraph, dict)
    inlines = paragraph["content"]
    assert isinstance(inlines, list)
    ends = ["".join(inline["content"]) for inline in inlines if isinstance(inline, dict)]
    assert "".join(ends) == kept
    plain = "".join(inline if isinstance(inline, str) else "".join(inline["content"]) for inline in inlines)
    assert plain == text
