"""Hazards 10 to 13 and 20: no text of the plan runs code, loads external files or contains a broken link."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from conftest import Tally
from support import text_fields
from support.build_process import PLAIN
from support.building import build_in_memory
from support.html_page import page
from support.link_targets import addresses, unsafe_links
from support.text_fields import FREE_FIELDS, LEAVES, STRICT

from handbook import parse
from handbook.diagnostics import SourceError
from handbook.field_types import Field
from trust.counts import HAZARDS

CSP = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')
HEAD = """\
計画: {名称: 試し, 自治体: 架空市, 連絡先: 係, ライセンス: なし}
対象: [人]
組織: [課]
階層:
  - {名称: 柱, path: pillars}
柱:
"""
Files = dict[str, bytes]


def quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def build_files(root: Path, *, with_booklet: bool = False) -> Files:
    return {file.path: file.data for file in build_in_memory(root, with_booklet=with_booklet)[1]}


def files_or_rules(root: Path, plan: str, texts: dict[str, str] | None = None) -> set[str] | Files:
    """Return the files built from a plan and texts, or the rules of the errors if the plan is refused."""
    for name, text in {"plan.yaml": plan, **(texts or {})}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    try:
        return build_files(root)
    except SourceError as error:
        assert all(mistake.span.line and mistake.message for mistake in error.mistakes)
        return {mistake.rule for mistake in error.mistakes}


def node(number: int, words: str, text: str) -> str:
    """Return a node with a snippet in each of its fields."""
    value = quoted(words)
    return (
        f"  - id: n{number}\n    名称: {value}\n    本文: {quoted(text)}\n    注記: {quoted(text)}\n"
        f"    リンク: [{{名称: {value}, URL: https://example.org/}}]\n"
        f"    指標: [{{名称: {value}, 単位: {value}}}]\n"
        f"    評価:\n      2026: {{評価: {value}, 課題: {quoted(text)}, 今後の方向性: {quoted(text)}}}\n"
    )


def plan_head(words: str) -> str:
    """Return the head of a plan with a snippet in each field of the plan, the levels and the vocabularies."""
    value = quoted(words)
    return (
        f"計画: {{名称: {value}, 自治体: {value}, 主題: {value}, 本文: {value}, 連絡先: {value}, ライセンス: {value}}}\n"
        f"対象: [{value}]\n組織: [{{名称: {value}, 電話: {value}}}]\n"
        f"階層:\n  - {{名称: 柱, path: pillars, 記号: {value}}}\n柱:\n"
    )


# --- 10 and 11 ---

SPELLINGS = """javascript:x|JAVASCRIPT:x|JaVaScRiPt:x|java&#115;cript:x|javascript&colon;x|&#x6A;avascript:x|java&Tab;script:x
java&NewLine;script:x|vbscript:x|data:text/html,x|data:text/html;base64,eA==|DATA:image/svg+xml,x|file:///etc/passwd|blob:x
filesystem:x|view-source:x|about:blank|ms-settings:x|search-ms:x|feed:javascript:x""".replace("\n", "|").split("|")


FORMS = [
    "[x](@)",
    '<a href="@">x</a>',
    "![x](@)",
    '<img src="@" alt="x">',
    "[x][y]\n\n[y]: @",
    "<@>",
    "`@` と @ です。",
]


@pytest.mark.hazard(10)
def test_a_dangerous_address_is_in_no_file_of_any_kind(tmp_path: Path, tally: Tally) -> None:
    pages = {
        f"content/pages/p{number}-{form}.md": f"# 題\n\n{text.replace('@', spelt)}\n"
        for number, spelt in enumerate(SPELLINGS)
        for form, text in enumerate(FORMS)
    }
    (tmp_path / "content/pages").mkdir(parents=True)
    own = node(0, "名", "文")
    for name, text in {"plan.yaml": HEAD + own, **pages}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        build_files(tmp_path)
    refused = {mistake.span.file for mistake in caught.value.mistakes}
    assert refused <= set(pages), "each error is at the place of the address"
    assert not [name for name in refused if name.endswith(f"-{len(FORMS) - 1}.md")], (
        "an address that is not a link is allowed"
    )
    for name in refused:
        (tmp_path / name).unlink()
    files = build_files(tmp_path, with_booklet=True)
    assert {name.rpartition(".")[2] for name in files} >= {"html", "svg", "xml", "json", "csv", "xlsx", "js", "pdf"}
    assert {name: found for name, data in files.items() if (found := unsafe_links(name, data))} == {}
    assert any("://" in address for address in addresses("x.pdf", files["booklet/handbook.pdf"]))
    tally(len(SPELLINGS) * len(FORMS))


@pytest.mark.hazard(10)
def test_a_field_for_an_address_refuses_a_dangerous_one(tmp_path: Path, tally: Tally) -> None:
    keys = {key for key in LEAVES if key.type in ("url", "https")}
    for spelt in SPELLINGS:

        def text_for(key: Field, spelt: str = spelt) -> str | None:
            return spelt if key in keys else None if key in STRICT else "文"

        plan = text_fields.to_yaml(text_fields.plan_with_texts([text_for]))
        (tmp_path / "plan.yaml").write_text(plan.text, encoding="utf-8")
        with pytest.raises(SourceError) as caught:
            parse.load_plan(tmp_path)
        reported = {mistake.span.line for mistake in caught.value.mistakes}
        assert reported >= {line for line, text in plan.lines.items() if text.key in keys}
        tally(len(keys))


def pdf_with_action(**action: Any) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page().obj.Annots = [pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(**action))]
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


def workbook_with_link(link: str) -> bytes:
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"].hyperlink = link
    book.save(stream)
    return stream.getvalue()


@pytest.mark.hazard(10)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.html", b'<p><a href="JavaScript:x">x</a></p>'),
        ("x.html", b'<meta http-equiv="refresh" content="0; url=javascript:x">'),
        ("x.svg", b'<svg><a xlink:href="data:text/html,x"></a></svg>'),
        ("x.xml", b"<a><b>vbscript:x</b></a>"),
        ("x.json", b'{"a": [{"url": "javascript:x"}]}'),
        ("x.csv", b"a,file:///etc/passwd\n"),
        ("x.js", b'window.planIndex = {"path": "javascript:x"};'),
        ("x.xlsx", workbook_with_link("file:///etc/passwd")),
        ("x.pdf", pdf_with_action(S=pikepdf.Name.URI, URI=pikepdf.String("javascript:x"))),
        ("x.pdf", pdf_with_action(S=pikepdf.Name.Launch, F=pikepdf.String("x"))),
    ],
)
def test_a_dangerous_address_is_found_in_each_file_format(name: str, data: bytes) -> None:
    assert unsafe_links(name, data)


EXTERNAL = [
    "![x](https://far.example/p.png)",
    "![x](//far.example/p.png)",
    '<img src="https://far.example/p.png" alt="x">',
    '<img srcset="https://far.example/p.png 2x" alt="x" src="https://far.example/p.png">',
    '<video poster="https://far.example/p.png"></video>',
    '<link rel="stylesheet" href="https://far.example/p.css">',
    '<p style="background:url(https://far.example/p.png)">x</p>',
    "<style>p { background: url(https://far.example/p.png) }</style>",
    '<iframe src="https://far.example/"></iframe>',
    "<svg><image href='https://far.example/p.png'/></svg>",
    "theme: p { background: url(https://far.example/p.png) }",
    "theme: @import '//far.example/p.css';",
]


@pytest.mark.hazard(11)
@pytest.mark.parametrize("form", EXTERNAL)
def test_no_external_file_is_shown(form: str, tmp_path: Path, tally: Tally) -> None:
    theme = form.removeprefix("theme: ")
    texts = {"content/pages/p.md": f"# 題\n\n{form}\n"} if theme == form else {"theme/site.css": theme}
    found = files_or_rules(tmp_path, HEAD + node(0, "名", "文"), texts)
    if isinstance(found, dict):
        assert not any(
            b"far.example" in data for name, data in found.items() if name.endswith((".html", ".css", ".svg"))
        )
    else:
        assert found & {"external-file", "broken-link", "removed-link"}
    tally(1)


# --- 12 ---

TEMPLATE_LIKE = "{{ 1234+4321 }}{% x %}{# y #}${1234+4321}#{1234+4321}<%= 1234+4321 %>{{ config }}"


@pytest.mark.hazard(12)
def test_text_that_looks_like_a_template_is_shown_as_it_was_typed(tmp_path: Path, tally: Tally) -> None:
    plan = text_fields.to_yaml(
        text_fields.plan_with_texts(
            [lambda key: f"{TEMPLATE_LIKE}・{LEAVES.index(key)}・" if key in FREE_FIELDS else None]
        )
    )
    places = [*map(LEAVES.index, FREE_FIELDS), "題", "頁", "節", "用語", "説明"]
    texts = {
        "content/pages/p.md": f"# {TEMPLATE_LIKE}・題・\n\n{TEMPLATE_LIKE}・頁・\n",
        "content/nodes/other.md": f"{TEMPLATE_LIKE}・節・\n",
        "content/pages/glossary.md": f"# 用語\n\n用語{TEMPLATE_LIKE}・用語・\n: {TEMPLATE_LIKE}・説明・\n",
    }
    files = files_or_rules(tmp_path, plan.text, texts)
    assert isinstance(files, dict), files
    shown = " ".join(page(data.decode()).words for name, data in files.items() if name.endswith(".html"))
    shown += files["search-index.js"].decode().replace("\\u003c", "<")  # contains the alternative spellings
    for place in places:
        assert f"{TEMPLATE_LIKE}・{place}・" in shown, place
    assert "5555" not in shown
    tally(len(places))


# --- 13 ---

OUTSIDE_PATHS = [
    "../x",
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    "a/../../x",
    "..\\x",
    "C:\\x",
    "%2e%2e/x",
    "．．/x",
    "~/x",
]
REFERENCE_PLACES: dict[str, Callable[[str], tuple[str, dict[str, str]]]] = {
    "id": lambda up: (PLAIN.replace("id: learn", f"id: {quoted(up)}"), {}),
    "path": lambda up: (PLAIN.replace("path: goals", f"path: {quoted(up)}"), {}),
    "以前のid": lambda up: (PLAIN.replace("    本文:", f"    以前のid: [{quoted(up)}]\n    本文:"), {}),
    "関連": lambda up: (PLAIN.replace("    本文:", f"    関連: [{quoted(up)}]\n    本文:"), {}),
    "再掲": lambda up: (f"{PLAIN}      - 再掲: {quoted(up)}\n", {}),
    "reference": lambda up: (PLAIN.replace("図書館にあり", f"[[{up}]]にあり"), {}),
    "link": lambda up: (PLAIN, {"content/pages/p.md": f"# 題\n\n[x](<{up}>)\n"}),
    "picture": lambda up: (PLAIN, {"content/pages/p.md": f"# 題\n\n![x](<images/{up}>)\n"}),
    "picture in HTML": lambda up: (PLAIN, {"content/nodes/learn.md": f'<img src="{up}" alt="x">\n'}),
    "addresses": lambda up: (PLAIN, {"addresses.txt": f"{up}\n"}),
}


@pytest.mark.hazard(13)
@pytest.mark.parametrize("spot", REFERENCE_PLACES)
def test_no_path_leads_out_of_the_folder(spot: str, tmp_path: Path, tally: Tally) -> None:
    (tmp_path / "x").write_text("a canary")
    for number, up in enumerate(OUTSIDE_PATHS):
        plan, texts = REFERENCE_PLACES[spot](up)
        if "learn.md" in str(texts):  # a node has its text in plan.yaml or in content/nodes, not in both
            plan = re.sub(r"    本文: \|\n.*?(?=    事業)", "", plan, flags=re.DOTALL)
        found = files_or_rules(tmp_path / str(number), plan, texts)
        assert isinstance(found, set), (spot, up)
    assert (tmp_path / "x").read_text() == "a canary"
    tally(len(OUTSIDE_PATHS))


# --- 20 ---

BROKEN_LINKS = {
    "broken-link": "[次](▲gone.html)|[次](▲index.htm)|![川](▲images/river.png)|[次](▲gone.html?a=1&b=2)|[次](▲pillars/none.html)|[次][x]です\n\n[x]: ▲gone.html",
    "broken-anchor": "[次](▲index.html#nothing)|[次](▲structure.html#none)|[次](▲#nowhere)",
    "absolute-link": "[次](▲/index.html)|![次](▲/images/x.png)",
    "external-file": "![川](▲https://far.example/x.png)",
    "removed-link": "[▲次](javascript:x)",
    "unknown-id": "くわしくは[[▲tow]]へ|柱は[[▲数:桂]]本|[[▲n1|あちら]]",
    "footnote-pair": "文▲[^1]です。|文です。\n\n▲[^1]: 説明|文▲[^あ]です。",
}
"""Broken links by rule, each with ▲ before the place to report. Each is tried in a node's text and in a page."""
ORPHANS = [
    ("    関連: [▲none]\n", "unknown-id"),
    ("    対象: [▲鳥]\n", "unknown-word"),
    ("    担当課: [▲別の課]\n", "unknown-word"),
    ("    以前のid: [▲n0]\n", "former-id-in-use"),
]


@pytest.mark.hazard(20)
def test_forty_broken_references_are_reported_at_their_lines(tmp_path: Path, tally: Tally) -> None:
    cases = []
    for rule, texts in BROKEN_LINKS.items():
        for text in texts.split("|") if rule != "unknown-id" else re.split(r"\|(?!あちら)", texts):
            cases += [
                (f"content/{spot}", head + text, rule)
                for spot, head in (("nodes/n0.md", ""), ("pages/p.md", "# 題\n\n"))
            ]
    own = "".join(node(0, "名", "文").splitlines(keepends=True)[:2])
    cases += [("plan.yaml", HEAD + own + orphan, rule) for orphan, rule in ORPHANS]
    missed = []
    for number, (name, source, rule) in enumerate(cases):
        root = tmp_path / str(number)
        for file, text in {"plan.yaml": HEAD + own, name: source.replace("▲", "")}.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text, encoding="utf-8")
        line = source[: source.index("▲")].count("\n") + 1
        try:
            build_files(root)
        except SourceError as error:
            found = {(mistake.span.file, mistake.span.line, mistake.rule) for mistake in error.mistakes}
        else:
            found = set()
        missed += [] if (name, line, rule) in found else [(source, found)]
    assert missed == []
    orphan = files_or_rules(tmp_path / "orphan", HEAD + own, {"content/nodes/unknown.md": "文"})
    lost = files_or_rules(tmp_path / "lost", HEAD + own + "  - 再掲: unknown\n")
    assert (orphan, lost) == ({"unknown-node"}, {"unknown-id"})
    assert len(cases) + 2 >= HAZARDS[20].full
    tally(len(cases) + 2)
