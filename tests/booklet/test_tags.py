"""The structure tree of every PDF: what a screen reader reads, and in which order."""

from __future__ import annotations

import importlib
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from conftest import HANDBOOK, ROOT, BookletSite, booklet_site_of
from pikepdf import Array, Dictionary, Name, Object, Pdf, String
from support.building import build_in_memory
from support.comparison_pair import sides
from support.html_page import Element, page
from support.pdf_document import Glyph, PdfDocument
from support.pdf_structure import Node, Structure, faults, squeezed

from handbook import booklet, parse
from handbook.booklet import post_process
from handbook.booklet.structure_tree import TextReader

sys.path.insert(0, str(ROOT / "bench"))
SHEETS = re.compile("imposed|test-sheet")
"""Files for a printer only, which have no tags."""
LEVELS = 12


def pdfs(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.endswith(".pdf") and not SHEETS.search(path)}


@pytest.fixture(scope="module", params=[ROOT, ROOT / "example"], ids=["real", "example"])
def site_with_pdfs(request: pytest.FixtureRequest) -> BookletSite:
    return booklet_site_of(request.param)


def test_every_pdf_is_read_aloud_in_order_and_with_its_names(site_with_pdfs: BookletSite) -> None:
    found = {path: faults(data) for path, data in pdfs(site_with_pdfs[1]).items()}
    assert len(found) > 5
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_a_large_plan_is_read_aloud_in_order(plan_of: Callable[..., Path], full: bool) -> None:
    plan_yaml = importlib.import_module("booklet").plan_yaml
    _, files = build_in_memory(plan_of(plan_yaml(120 if full else 24)), with_booklet=True)
    for path, data in pdfs({file.path: file.data for file in files}).items():
        assert faults(data) == {}, path


def test_the_comparison_is_read_aloud_with_the_headers_of_each_cell() -> None:
    data = booklet.comparison_pdf(*sides(), parse.load_theme(ROOT / "example"))
    assert faults(data) == {}
    read = Structure(PdfDocument(data))
    (table, *_) = read.all("Table")
    columns = {bytes(cell.element.ID): read.words(cell) for cell in read.grid(table)[0]}
    for row in read.grid(table)[1:]:
        for index, cell in enumerate(row if row[0].kind == "TD" else []):
            own, group = [bytes(head) for head in cell.attribute("/Headers").as_list()]  # type: ignore[union-attr]
            assert columns[own] == ("改正後", "改正前", "備考")[index]
            assert group not in columns


def deep_plan() -> str:
    """Return a plan of twelve levels, two nodes on the last; every name with its reading."""
    lines = ["計画: {名称: 架空市の深い計画}", "階層:"]
    lines += [f"  - {{名称: 段{depth}の取組, path: l{depth}}}" for depth in range(1, LEVELS + 1)]
    for depth in range(LEVELS):
        for number in range(1 + (depth == LEVELS - 1)):
            pad = "    " * depth
            lines += [] if number else [f"{pad}段{depth + 1}の取組:"]
            lines += [f"{pad}  - id: n{depth}-{number}", f"{pad}    名称: 志を立てる架空の道 {depth} {number}"]
            lines += [f"{pad}    よみ: こころざしをたてるかくうのみち {depth} {number}"]
    lines += ["  - {id: other, 名称: もう 1 つの柱}"]  # numbers start below the last level of one node
    return "\n".join(lines) + "\n"


def test_twelve_levels_are_headings_and_no_number_touches_a_name(plan_of: Callable[..., Path]) -> None:
    _, files = build_in_memory(plan_of(deep_plan()), with_booklet=True)
    data = {file.path: file.data for file in files}
    for path, pdf in pdfs(data).items():
        assert faults(pdf) == {}, path
    read = Structure(PdfDocument(data[HANDBOOK]))
    names = [node for node in read.headings if "志を立てる架空の道" in read.words(node) and "段" in read.words(node)]
    assert [int(node.kind[1]) for node in names] == [1, 2, 3, 4, 5, *[6] * (LEVELS - 4)]
    assert read.words(names[-1]).startswith("段12の取組1-1-1-1-1-1-1-1-1-1-1-2")
    for node in names:
        boxes = [g for g in read.printed.glyphs[node.page] if g.tag in own_marks(node) and g.words.strip()]
        for one in boxes:
            for other in boxes:
                assert one is other or not overlap(one.box, other.box), (one.words, other.words)


def own_marks(node: Node) -> set[int]:
    return {item[1] for inner in node.walk() for item in inner.items if not isinstance(item, Node)}


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two boxes have more than a hair in common."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 0.5 and high > 0.5


# --- Names and their readings ---

READINGS = """計画: {名称: 架空市の計画}
階層:
  - {名称: 柱, path: pillars}
  - {名称: 施策, path: measures}
柱:
  - id: one
    名称: 志を承る快い学習
    よみ: こころざしをうけたまわるこころよいがくしゅう
    施策:
      - {id: two, 名称: ICT の活用, よみ: あいしーてぃーのかつよう}
      - {id: three, 名称: NPO法人の育成, よみ: えぬぴーおーほうじんのいくせい}
  - {id: other, 名称: もう 1 つの柱}
"""


def test_no_reading_is_read_after_its_name(site_with_pdfs: BookletSite) -> None:
    site, _, printed = site_with_pdfs
    named = [node for node in site.tree_nodes if node.node.kana_reading and not node.is_repeat]
    assert named
    for node in named:
        start = squeezed(printed.between(node.id))[:200]
        assert squeezed(node.name) in start
        assert squeezed(node.node.kana_reading) not in start


def width(glyphs: list[Glyph]) -> float:
    return max(glyph.box[2] for glyph in glyphs) - min(glyph.box[0] for glyph in glyphs)


def test_readings_hang_over_kana_and_are_never_over_latin_letters(plan_of: Callable[..., Path]) -> None:
    root = plan_of(READINGS)
    _, files = build_in_memory(root, with_booklet=True)
    printed = PdfDocument(next(file.data for file in files if file.path == HANDBOOK))
    glyphs = printed.glyphs[printed.places["one"][0]]
    pages = {printed.places[name][0] for name in ("one", "two", "three")}
    small = "".join(glyph.words for number in sorted(pages) for glyph in printed.glyphs[number] if glyph.tag == -1)
    assert "こころざし" in small
    assert "かつよう" in small
    assert "あいしーてぃー" not in small
    assert "えぬぴーおー" not in small
    large = [glyph for glyph in glyphs if round(glyph.size) == 22]
    assert "".join(glyph.words for glyph in large) == "志を承る快い学習"
    names = (ROOT / "templates/booklet/names.typ").read_text(encoding="utf-8")
    apart = re.sub(r"\{ 0\.25 \}|\{ 0\.4 \}", "{ 0 }", names)
    assert apart != names
    (root / "templates/booklet").mkdir(parents=True)
    (root / "templates/booklet/names.typ").write_text(apart, encoding="utf-8")
    _, files = build_in_memory(root, with_booklet=True)
    copy = PdfDocument(next(file.data for file in files if file.path == HANDBOOK))
    torn = [glyph for glyph in copy.glyphs[copy.places["one"][0]] if round(glyph.size) == 22]
    assert width(large) < width(torn) - 2 * 22, "two letters narrower than without any overhang"
    readings = [glyph for glyph in glyphs if glyph.tag == -1 and round(glyph.size) == 11]
    assert not [1 for one in readings for other in readings if one is not other and overlap(one.box, other.box)]
    assert min(glyph.box[1] for glyph in readings) > max(glyph.box[1] for glyph in large), "over the name, not in it"


# --- Tables as on the page ---


def html_table(table: Element) -> list[list[tuple[str, str, str, str]]]:
    """Return words, header scope, rows and columns of each cell of a page's table."""
    scopes = {"col": "Column", "row": "Row", "rowgroup": "Row"}
    rows = []
    heads = {id(row) for head in table.all("thead") for row in head.all("tr")}
    for row in table.all("tr"):
        cells = [cell for cell in row.all() if cell.tag in ("td", "th")]
        default = "Column" if id(row) in heads else "Row"
        rows.append(
            [
                (
                    comparable(cell.words),
                    scopes.get(cell.attrs.get("scope", ""), default) if cell.tag == "th" else "",
                    cell.attrs.get("rowspan", "1"),
                    cell.attrs.get("colspan", "1"),
                )
                for cell in cells
            ]
        )
    return rows


def pdf_table(read: Structure, table: Node) -> list[list[tuple[str, str, str, str]]]:
    """Return the same of a table of the booklet."""
    return [
        [
            (
                comparable(read.words(cell)),
                str(cell.attribute("/Scope")).removeprefix("/") if cell.kind == "TH" else "",
                str(cell.number("/RowSpan")),
                str(cell.number("/ColSpan")),
            )
            for cell in row.kids
        ]
        for group in (table, *table.kids)
        for row in group.kids
        if row.kind == "TR"
    ]


def comparable(text: str) -> str:
    return re.sub(r"（(?:(?:冊子の)?\d+ページ|サイトにあります|https?:[^）]*)）|[（）]", "", squeezed(text)).replace(
        "−", "-"
    )


def test_every_table_has_the_cells_headers_and_spans_of_the_page(site_with_pdfs: BookletSite) -> None:
    site, files, printed = site_with_pdfs
    read = Structure(printed)
    free = [made.path for made in (*site.nav_pages, *site.footer_pages) if made.template == "free_page.html"]
    back = sorted((path for path in free if path != "about.html"), key=lambda path: path != "glossary.html")
    nodes = [node.path for node in site.tree_nodes if not node.is_repeat]
    paths = ["index.html", *(path for path in free if path == "about.html"), "structure.html", *nodes, *back]
    on_pages = [html_table(table) for path in paths for table in page(files[path].decode()).all("main")[0].all("table")]
    in_booklet = [pdf_table(read, table) for table in read.all("Table")]
    assert len(in_booklet) > 1
    assert in_booklet == on_pages
    assert {scope for table in in_booklet for row in table for _, scope, *_ in row} == {"", "Row", "Column"}


# --- Texts of links ---


def test_the_text_of_marked_content_is_that_of_the_page(site_with_pdfs: BookletSite) -> None:
    """Fails if another version of Typst writes texts in a way that the reader of link texts does not know."""
    printed = site_with_pdfs[2]
    structure, reader = Structure(printed), TextReader()
    compared = 0
    for number, sheet in enumerate(printed.pdf.pages, 1):
        texts = reader.texts(sheet, range(10_000))
        for mark, text in texts.items():
            # pdfium alone also sees the texts of pictures.
            if text or (number, mark) not in structure.text_by_mark:
                assert squeezed(text) == squeezed(structure.text_by_mark.get((number, mark), "")), (number, mark)
                compared += bool(text)
    assert compared > 500


def test_links_are_named_by_their_words_and_not_by_the_page_of_their_target(site_with_pdfs: BookletSite) -> None:
    words = [link.words for link in site_with_pdfs[2].links]
    assert len(words) > 250
    assert not [name for name in words if re.search("^(節, )?ページ \\d+$", name)]
    assert any(re.fullmatch(r"1-1 .* \d+", name) for name in words), "a line of the contents, with its page"


# --- Fold-outs ---


def test_foldouts_keep_tags_and_lead_into_the_booklet(site_with_pdfs: BookletSite) -> None:
    _, files, printed = site_with_pdfs
    data = files["booklet/handbook-foldouts.pdf"]
    assert faults(data) == {}
    cut = PdfDocument(data)
    assert cut.claims == {"PDF/A-2A", "PDF/UA-1"}
    assert cut.labels == [str(number) for number, (wide, high) in enumerate(printed.sizes, 1) if wide > high]
    assert len(Structure(cut).all("Figure")) == len(Structure(cut).all("TH")[:1]) == 1
    actions = [note.A for sheet in cut.pdf.pages for note in sheet.obj.get("/Annots", []) if "/A" in note]
    assert len(actions) > 30
    assert {(str(action.S), str(action.F)) for action in actions} == {("/GoToR", "handbook.pdf")}
    assert {bytes(action.D).decode() for action in actions} <= printed.places.keys()


# --- Planted faults ---


def elements(pdf: Pdf, kind: str) -> list[Object]:
    return [o for o in pdf.objects if isinstance(o, Dictionary) and o.get("/S") == Name(f"/{kind}") and "/P" in o]


def links(pdf: Pdf) -> list[Object]:
    return [note for sheet in pdf.pages for note in sheet.obj.get("/Annots", [])]


def put_into_paragraph(pdf: Pdf) -> None:
    heading = elements(pdf, "H2")[0]
    inner = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, P=heading, K=heading.K, Pg=heading.Pg))
    heading.K = Array([inner])


def set_heading(pdf: Pdf, kind: str, **values: Object) -> None:
    for name, value in values.items():
        elements(pdf, kind)[0][f"/{name}"] = value


def remove_scope(pdf: Pdf) -> None:
    del elements(pdf, "TH")[0].A[0].Scope


def remove_cell(pdf: Pdf) -> None:
    row = next(row for row in elements(pdf, "TR") if len(row.K) > 1)
    row.K = Array(list(row.K)[:-1])


def refer_to_no_header(pdf: Pdf) -> None:
    elements(pdf, "TD")[0].A[0].Headers = Array([String("nobody")])


def add_label(pdf: Pdf) -> None:
    item = elements(pdf, "LI")[0]
    label = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Lbl, P=item, K=Array()))
    item.K = Array([label, *item.K])


def announce_bullets(pdf: Pdf) -> None:
    plain = next(element for element in elements(pdf, "L") if element.A[0].ListNumbering == Name("/None"))
    plain.A[0].ListNumbering = Name.Circle


def move_out_of_section(pdf: Pdf) -> None:
    section = elements(pdf, "Sect")[-1]
    section.S = Name.Div


def lose_mark(pdf: Pdf) -> None:
    element = next(e for e in elements(pdf, "P") if all(isinstance(kid, int) for kid in e.K))
    element.K = Array()


def lose_parents(pdf: Pdf) -> None:
    nums = pdf.Root.StructTreeRoot.ParentTree.Nums
    nums[1] = Array()


PLANTED: dict[str, tuple[str, Callable[[Pdf], None]]] = {
    "a paragraph in a heading": ("broken_headings", put_into_paragraph),
    "a title that is not the text": ("broken_headings", lambda pdf: set_heading(pdf, "H2", T=String("ほか"))),
    "a level that is skipped": ("broken_headings", lambda pdf: set_heading(pdf, "H2", S=Name.H5)),
    "a link named by its page": ("unnamed_links", lambda pdf: links(pdf)[0].update({"/Contents": "節, ページ 7"})),
    "a header without scope": ("broken_tables", remove_scope),
    "a missing cell": ("broken_tables", remove_cell),
    "a header that is nowhere": ("broken_tables", refer_to_no_header),
    "an empty label": ("broken_lists", add_label),
    "an item outside of a list": ("broken_lists", lambda pdf: set_heading(pdf, "L", S=Name.Div)),
    "bullets that are not there": ("broken_lists", announce_bullets),
    "a heading without section": ("broken_sections", move_out_of_section),
    "a figure without text": ("figures_without_description", lambda pdf: set_heading(pdf, "Figure", Alt=String(""))),
    "an invisible character": ("invisible_characters", lambda pdf: set_heading(pdf, "H1", T=String("第\u200b四次"))),
    "text of no element": ("lost_content", lose_mark),
    "marks without parents": ("lost_content", lose_parents),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str) -> None:
    check, plant = PLANTED[name]
    _, files, _ = booklet_site_of(ROOT / "example")
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(files[HANDBOOK])) as pdf:
        plant(pdf)
        pdf.save(output)
    assert check in faults(output.getvalue())


STEPS_BY_FAULT = {
    "unnamed_links": "name_links_by_their_words",
    "broken_lists": "correct_elements",
    "broken_sections": "nest_sections",
}


def test_each_step_after_typst_is_needed(monkeypatch: pytest.MonkeyPatch, plan_of: Callable[..., Path]) -> None:
    """Fails if Typst itself writes these tags one day: then the step can go."""
    root = plan_of(READINGS)
    for fault, step in STEPS_BY_FAULT.items():
        others = [each for each in post_process.STEPS if getattr(each, "__name__", "") != step]
        assert len(others) == len(post_process.STEPS) - 1, step
        with monkeypatch.context() as patch:
            patch.setattr(post_process, "STEPS", others)
            _, files = build_in_memory(root, with_booklet=True)
        assert fault in faults(next(file.data for file in files if file.path == HANDBOOK)), step


def test_an_invisible_character_of_a_template_is_found(plan_of: Callable[..., Path]) -> None:
    root = plan_of(READINGS)
    names = (ROOT / "templates/booklet/names.typ").read_text(encoding="utf-8")
    planted = names.replace('if it.number != "" { it.number + " " }', 'if it.number != "" { it.number + sym.zws }')
    assert planted != names
    (root / "templates/booklet").mkdir(parents=True)
    (root / "templates/booklet/names.typ").write_text(planted, encoding="utf-8")
    _, files = build_in_memory(root, with_booklet=True)
    assert "invisible_characters" in faults(next(file.data for file in files if file.path == HANDBOOK))
