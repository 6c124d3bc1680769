"""The layout of the booklet: all Markdown elements, correct page numbers, legible text in a grey copy."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import segno
from conftest import FIRST, HANDBOOK, ROOT, BookletSite, booklet_site_of
from pikepdf import Dictionary, Pdf
from PIL import Image
from support.building import build_in_memory
from support.pdf_document import HEADINGS, Glyph, Part, PdfDocument, contrast

from handbook import cli

PLAN = """計画: {名称: 小さな計画}
階層:
  - {名称: 柱, path: pillars}
柱:
  - {id: one, 名称: 一つめ}
  - {id: two, 名称: 二つめ}
"""
MARKDOWN = """はじめの文[^a]。また同じ注[^a]、もう 1 つの注[^b]。

## 見出し

- 外側
    - 内側 **強く** `some_code`
- <ruby>学<rt>まな</rt></ruby>び

3. 三番め
4. 四番め

> 引用した文

ことば
: その説明

左 | 右
:--- | ---:
あ | 1.10

    #not-code(run)

![川の写真](images/river.png)

[[two]]、[そと](https://example.org/a)、[手紙](mailto:a@example.org)、[構造図](structure.html)、[検索](search.html)

[^a]: 一つめの注
[^b]: 二つめの注
"""


def flat(part: Part) -> Iterator[Part]:
    """Yield the innermost tagged parts in reading order; a heading is one part."""
    for item in part.items:
        if isinstance(item, Part):
            if item.kind in HEADINGS or any(isinstance(inner, Glyph) for inner in item.items):
                yield item
            else:
                yield from flat(item)


def handbook_of(root: Path, path: str = HANDBOOK) -> PdfDocument:
    _, files = build_in_memory(root, with_booklet=True)
    return PdfDocument(next(file.data for file in files if file.path == path))


def full_text(printed: PdfDocument) -> str:
    return "".join(printed.text(number) for number in range(1, len(printed) + 1))


@pytest.fixture
def document(plan_of: Callable[..., Path]) -> PdfDocument:
    root = plan_of(PLAN, nodes__one=MARKDOWN)
    (root / "content/images").mkdir()
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "#336699").save(picture, "PNG")
    (root / "content/images/river.png").write_bytes(picture.getvalue())
    return handbook_of(root)


def test_every_markdown_element_is_in_the_booklet(document: PdfDocument) -> None:
    words = re.sub(r"\s", "", document.between("one", "two"))
    expected = (
        "はじめの文 また同じ注 見出し 外側 内側強くsome_code 学（まな）び 三番め 四番め 引用した文 ことば その説明 "
        "左右 あ1.10 #not-code(run) 二つめ（ ） そと（https://example.org/a） 手紙（a@example.org） "
        "検索（サイトにあります）"
    )
    at = 0
    for piece in re.split("[ ]|（ ）", expected):
        assert piece in words[at:], (piece, words)
        at = words.index(piece, at)
    kinds = {part.kind for part in document.tags.walk()}
    assert {"Table", "TH", "TD", "L", "LI", "BlockQuote", "Note", "Figure"} <= kinds
    assert [note.words.count("一つめの注") for note in document.tags.all("Note")] == [1, 0]
    assert "川の写真" in {figure.alt for figure in document.tags.all("Figure")}
    assert {"https://example.org/a", "mailto:a@example.org"} <= {link.to for link in document.links}


JAPANESE_LINES = """次のとおりです。
・川の掃除
①水質の調査
（1）上流
ア　橋の上
○重点

5. 五番め

   中の段落
   - 中の一覧

- [ ] 未定の用事
- [x] 済んだ用事

~~廃止~~した。
"""


def test_lines_with_japanese_signs_and_boxes_of_tasks_are_lines_on_paper(plan_of: Callable[..., Path]) -> None:
    printed = handbook_of(plan_of(PLAN, nodes__one=JAPANESE_LINES))
    glyphs = [glyph for page in printed.glyphs.values() for glyph in page]
    first = {sign: next(glyph for glyph in glyphs if glyph.words == sign) for sign in "・①（ア○5□"}
    lefts = [round(first[sign].box[0]) for sign in "・①（ア○"]
    assert max(lefts) - min(lefts) <= 4, "a line begins behind a space"
    tops = [round(first[sign].box[1]) for sign in "・①（ア○"]
    assert len(set(tops)) == len(tops)
    words = re.sub(r"\s", "", printed.between("one", "two"))
    assert "5.五番め中の段落・中の一覧" in words
    assert "・□" not in words
    assert "□未定の用事" in words
    assert "☑済んだ用事" in words
    assert "〓" not in words


def test_footnote_numbers_and_subscripts_are_legible(document: PdfDocument, plan_of: Callable[..., Path]) -> None:
    marks = "文[^a]<sub>2</sub><sup>3</sup>\n\n左 | 右\n--- | ---\nあ[^a] | m<sup>2</sup>\n\n[^a]: 注<sub>4</sub>\n"
    root = plan_of(PLAN, nodes__two=marks)
    (root / "content/nodes/one.md").unlink()
    small = handbook_of(root)
    for printed in (document, small):
        assert all(printed.smallest(number)[0] >= 7 for number in range(1, len(printed) + 1) if printed.glyphs[number])
    raised = {glyph.size for page in small.glyphs.values() for glyph in page if glyph.words in "234"}
    assert min(raised) == pytest.approx(7.5)


def test_the_words_on_blank_pages_can_be_changed_and_omitted(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    sheets = "booklet/handbook-a3-imposed.pdf"
    words = "このページは白紙です"
    in_order, folded = full_text(handbook_of(root)), full_text(handbook_of(root, sheets))
    assert folded.count(words) > in_order.count(words) == 0
    settings = (ROOT / "templates/booklet/settings.typ").read_text(encoding="utf-8")
    token = f'#let blank-page-text = "{words}"'
    assert token in settings
    (root / "templates/booklet").mkdir(parents=True)
    (root / "templates/booklet/settings.typ").write_text(
        settings.replace(token, '#let blank-page-text = ""'), encoding="utf-8"
    )
    assert words not in full_text(handbook_of(root, sheets))


def test_every_printed_page_number_is_that_of_the_link_target(booklet_site: BookletSite) -> None:
    _, _, printed = booklet_site
    count = 0
    for link in printed.links:
        left, bottom, right, top = link.box
        inside = [g for g in printed.glyphs[link.page] if left <= (g.box[0] + g.box[2]) / 2 <= right]
        words = "".join(g.words for g in inside if bottom <= g.middle <= top).strip()
        if top - bottom > 20:
            continue  # the box of a link over two lines also contains other words
        if isinstance(link.to, int) and (number := re.search(r"(?:\.{3,}\s*|（)(\d+)(?:ページ）)?$", words)):
            assert int(number[1]) == link.to, words
            count += 1
    assert count > 100


def test_no_heading_is_alone_at_the_bottom_of_a_page(booklet_site: BookletSite) -> None:
    _, _, printed = booklet_site
    parts = [(part, list(part.glyphs)) for part in flat(printed.tags)]
    for (part, own), (following, next_) in pairwise([pair for pair in parts if pair[1]]):
        is_empty_section = following.kind in HEADINGS and following.kind <= part.kind
        if part.kind in HEADINGS and not is_empty_section:
            assert next_[0].page == own[-1].page, (part.words, following.words[:20])


def low_contrast_characters(printed: PdfDocument, page: int) -> list[str]:
    """Return the characters of a page whose contrast in grey is below 4.5."""
    scale = 3
    picture = printed.look(page, dpi=72 * scale)
    high = picture.height
    found = []
    for glyph in printed.glyphs[page]:
        left, bottom, right, top = (edge * scale for edge in glyph.box)
        if glyph.words.strip() and glyph.words not in ".・、。" and right - left > 2 and top - bottom > 2:
            box = (int(left) - 2, int(high - top) - 2, int(right) + 2, int(high - bottom) + 2)
            darkest, lightest = picture.crop(box).getextrema()
            if contrast(int(darkest), int(lightest)) < 4.5:  # type: ignore[arg-type]  # one band, so two numbers
                found.append(glyph.words)
    return found


def test_every_character_is_legible_in_grey(booklet_site: BookletSite) -> None:
    site, _, printed = booklet_site
    openings = [printed.places[branch.id][0] for branch in site.branches]
    sheet = next(n for n, (wide, high) in enumerate(printed.sizes, 1) if wide > high)
    for number in {1, 2, sheet, *openings, openings[0] + 1}:
        assert not low_contrast_characters(printed, number), number


def test_characters_of_low_contrast_are_found(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    settings = (ROOT / "templates/booklet/settings.typ").read_text(encoding="utf-8")
    pale = settings.replace('muted-colour = colour("text-muted")', 'muted-colour = rgb("#b8b8b8")')
    assert pale != settings
    (root / "templates/booklet").mkdir(parents=True)
    (root / "templates/booklet/settings.typ").write_text(pale, encoding="utf-8")
    _, files = build_in_memory(root, with_booklet=True)
    printed = PdfDocument(next(file.data for file in files if file.path == HANDBOOK))
    assert low_contrast_characters(printed, printed.places["one"][0])


def test_a_large_branch_is_on_a_legible_foldout(plan_of: Callable[..., Path]) -> None:
    leaf = "          - {{id: leaf-{0}-{1}, 名称: 架空の取組 {0} の {1}}}\n"
    lines = ["計画: {名称: 大きな計画}\n階層:\n"]
    lines += [f"  - {{名称: {name}, path: {path}}}\n" for name, path in (("柱", "a"), ("方針", "b"), ("取組", "c"))]
    lines += ["柱:\n  - id: top\n    名称: 大きな柱\n    方針:\n"]
    for place in range(12):
        lines += [f"      - id: policy-{place}\n        名称: 方針 {place}\n        取組:\n"]
        lines += [leaf.format(place, number) for number in range(9)]
    lines += ["  - {id: other, 名称: もう 1 つの柱}\n"]
    _, files = build_in_memory(plan_of("".join(lines)), with_booklet=True)
    printed = PdfDocument(next(file.data for file in files if file.path == HANDBOOK))
    large = [number for number, (wide, _) in enumerate(printed.sizes, 1) if wide > 211]
    assert len(large) == 4
    assert [number % 2 for number in large] == [1, 0, 1, 0]
    for number in large[::2]:
        assert printed.smallest(number)[0] >= 7
        assert not low_contrast_characters(printed, number)


def test_branches_can_be_distinguished_without_colour() -> None:
    """Each branch has its own dash pattern in the booklet."""
    site = booklet_site_of(FIRST)[0]
    text = (ROOT / "templates/booklet/settings.typ").read_text(encoding="utf-8")
    named = re.search(r"#let branch-dashes = \((.*?)\n\)", text, re.DOTALL)
    assert named
    dashes = dict(re.findall(r"(branch-\d): (\(.*?\)),", named[1]))
    assert len({dashes.get(branch.colour_token, "") for branch in site.branches}) == len(site.branches)


def test_the_qr_code_of_a_chapter_is_the_url_of_its_page() -> None:
    site, _, printed = booklet_site_of(ROOT / "example")
    for branch in site.branches:
        page = printed.places[branch.id][0]
        picture = printed.look(page, dpi=288)
        region = picture.crop((picture.width - 620, 0, picture.width - 240, 640))  # on a left or a right page
        left, top, right, bottom = region.point(lambda grey: 255 if grey < 60 else 0).getbbox() or (0, 0, 0, 0)
        expected = segno.make(site.plan.base_url + branch.path, error="m", micro=False).matrix
        step = (right - left) / len(expected)
        assert abs((bottom - top) - (right - left)) <= 2
        middles = [(place + 0.5) * step for place in range(len(expected))]
        dark = region.point(lambda grey: grey < 128, "1")
        seen = [[bool(dark.getpixel((int(left + x), int(top + y)))) for x in middles] for y in middles]
        assert seen == [[bool(module) for module in row] for row in expected]


def test_a_character_that_no_font_has_is_replaced_and_reported(
    plan_of: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    marked = PLAN.replace("一つめ", "一つめ𒀀")
    root = plan_of(marked, nodes__one="葛\U000e0100、𠮷、𒀀、\U00033479の字。\n\n## \U00033479の題\n\n## 𒀀\n\n文")
    assert cli.main(["--root", str(root)]) == 0
    report = capsys.readouterr().out
    for place in ("plan.yaml:5:", "nodes/one.md:1:", "nodes/one.md:3:", "nodes/one.md:5:"):
        assert re.search(rf"- (content/)?{re.escape(place)} この文字は冊子の書体にありません", report), report
    printed = PdfDocument((root / "output" / HANDBOOK).read_bytes())
    words = printed.between("one", "two")
    assert "一つめ〓" in words
    assert "葛\U000e0100、𠮷、〓、〓の字。" in words or "葛、𠮷、〓、〓の字。" in words
    assert "𒀀" in (root / "output/pillars/one.html").read_text(encoding="utf-8")
    assert cli.main(["check", "--strict", "--root", str(root)]) == 1
    assert "plan.yaml:5:22: この文字は冊子の書体にありません（𒀀）" in capsys.readouterr().err
    (root / "content/nodes/one.md").unlink()
    (root / "plan.yaml").write_text(PLAN.replace("一つめ", "一つめ𠮷"), encoding="utf-8")
    assert cli.main(["check", "--strict", "--root", str(root)]) == 0


def test_letters_that_the_japanese_font_lacks_have_a_typeface(
    plan_of: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = plan_of(
        PLAN.replace("一つめ", "Łódź との☕\ufe0f"), nodes__one="Łódź、Žižkov、İstanbul、Москва、👍、☐と☑。\n"
    )
    assert cli.main(["check", "--strict", "--root", str(root)]) == 0
    assert "この文字は冊子の書体にありません" not in capsys.readouterr().out
    assert cli.main(["--root", str(root)]) == 0
    data = (root / "output" / HANDBOOK).read_bytes()
    words = PdfDocument(data).between("one", "two")
    assert "Łódź、Žižkov、İstanbul、Москва、👍、□と☑。" in words
    assert "〓" not in words
    with Pdf.open(io.BytesIO(data)) as pdf:
        names = {
            str(item.get("/BaseFont", "")).partition("+")[2] for item in pdf.objects if isinstance(item, Dictionary)
        }
    # Set in the Japanese font, ź would be z and an accent over the next letter.
    assert {"NotoSans-Regular", "NotoEmoji-Regular"} <= names


def test_theme_fonts_may_contain_only_fonts_and_none_is_published(
    plan_of: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = plan_of(PLAN)
    folder = root / "theme/fonts"
    folder.mkdir(parents=True)
    (folder / "readme.txt").write_text("x", encoding="utf-8")
    assert cli.main(["--root", str(root)]) == 1
    assert "`readme.txt` は書体ではありません" in capsys.readouterr().err
    (folder / "readme.txt").unlink()
    import noto_cjk_sans_jp_bold  # type: ignore[import-untyped]  # noqa: PLC0415  # a font that is installed

    (folder / "Own.otf").write_bytes(noto_cjk_sans_jp_bold.FONT_PATH.read_bytes())
    assert cli.main(["--root", str(root)]) == 0
    assert not (root / "output/theme/fonts").exists()
    assert (root / "output" / HANDBOOK).exists()
