"""Rows 9 to 13 and 20: whatever is typed into a text, it runs nothing, reaches nothing, and leads somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from reading import page

import build
from handbook.mistakes import SourceError
from trust.counts import HAZARDS
from trust.trying import PLAIN

CSP = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')
SCHEMES = re.compile(r"(?:https?|mailto|tel):.*|[^:]*(?:[#?].*)?", re.DOTALL)
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


def made(root: Path, *, bound: bool = False) -> Files:
    return {file.path: file.data for file in build.site_of(root, prefer_dot=False, bound=bound)[1]}


def tried(root: Path, plan: str, texts: dict[str, str] | None = None) -> set[str] | Files:
    """The files of a plan with these texts beside it, or the rules by which it is refused."""
    for name, text in {"plan.yaml": plan, **(texts or {})}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    try:
        return made(root)
    except SourceError as error:
        assert all(mistake.place.line and mistake.message for mistake in error.mistakes)
        return {mistake.rule for mistake in error.mistakes}


def node(number: int, words: str, text: str) -> str:
    """A node with a snippet in each of its fields."""
    said = quoted(words)
    return (
        f"  - id: n{number}\n    名称: {said}\n    本文: {quoted(text)}\n    注記: {quoted(text)}\n"
        f"    リンク: [{{名称: {said}, URL: https://example.org/}}]\n"
        f"    指標: [{{名称: {said}, 単位: {said}}}]\n"
        f"    評価:\n      2026: {{評価: {said}, 課題: {quoted(text)}, 今後の方向性: {quoted(text)}}}\n"
    )


def about(words: str) -> str:
    """The head of a plan with a snippet in each field of the plan, the levels and the lists."""
    said = quoted(words)
    return (
        f"計画: {{名称: {said}, 自治体: {said}, 主題: {said}, 本文: {said}, 連絡先: {said}, ライセンス: {said}}}\n"
        f"対象: [{said}]\n組織: [{{名称: {said}, 電話: {said}}}]\n"
        f"階層:\n  - {{名称: 柱, path: pillars, 記号: {said}}}\n柱:\n"
    )


# --- 10 and 11 ---

SPELLINGS = """javascript:x|JAVASCRIPT:x|JaVaScRiPt:x|java&#115;cript:x|javascript&colon;x|&#x6A;avascript:x|java&Tab;script:x
java&NewLine;script:x|vbscript:x|data:text/html,x|data:text/html;base64,eA==|DATA:image/svg+xml,x|file:///etc/passwd|blob:x
filesystem:x|view-source:x|about:blank|ms-settings:x|search-ms:x|feed:javascript:x""".replace("\n", "|").split("|")


def addresses(files: Files) -> Iterable[str]:
    for name, data in files.items():
        if name.endswith((".html", ".svg")):
            for element in page(data.decode()).all():
                yield from (element.held[key] for key in ("href", "src", "xlink:href", "action") if key in element.held)


@pytest.mark.hazard(10)
@pytest.mark.parametrize("spelt", SPELLINGS)
def test_a_dangerous_address_is_in_no_file(spelt: str, tmp_path: Path) -> None:
    assert len(SPELLINGS) == HAZARDS[10].full
    forms = [f"[x]({spelt})", f"<a href='{spelt}'>x</a>", f"![x]({spelt})", f"[x][y]\n\n[y]: {spelt}", f"<{spelt}>"]
    for number, text in enumerate(forms):
        found = tried(tmp_path / str(number), HEAD + node(0, "名", "文"), {"content/pages/p.md": f"# 題\n\n{text}\n"})
        if isinstance(found, dict):
            assert [href for href in addresses(found) if not SCHEMES.fullmatch(href)] == []
    for number, field in enumerate(("公開URL", "リポジトリ")):
        plan = HEAD.replace("計画: {", f"計画: {{{field}: {quoted(spelt)}, ") + node(0, "名", "文")
        assert isinstance(tried(tmp_path / f"field{number}", plan), set), field
    plan = HEAD + node(0, "名", "文").replace("https://example.org/", quoted(spelt))
    assert isinstance(tried(tmp_path / "link", plan), set)


OUTSIDE = [
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
@pytest.mark.parametrize("form", OUTSIDE)
def test_nothing_from_outside_is_shown(form: str, tmp_path: Path) -> None:
    assert len(OUTSIDE) == HAZARDS[11].full
    theme = form.removeprefix("theme: ")
    texts = {"content/pages/p.md": f"# 題\n\n{form}\n"} if theme == form else {"theme/site.css": theme}
    found = tried(tmp_path, HEAD + node(0, "名", "文"), texts)
    if isinstance(found, dict):
        assert not any(
            b"far.example" in data for name, data in found.items() if name.endswith((".html", ".css", ".svg"))
        )
    else:
        assert found & {"outside-file", "dead-link", "lost-link"}


# --- 12 ---

BRACED = "{{ 7*7 }}{% x %}{# y #}${7*7}#{7*7}<%= 7*7 %>{{ config }}"


@pytest.mark.hazard(12)
def test_what_looks_like_a_template_is_printed_as_it_was_typed(tmp_path: Path) -> None:
    for number, plan in enumerate((about(BRACED) + node(0, "名", "文"), HEAD + node(0, BRACED, BRACED))):
        files = tried(tmp_path / str(number), plan, {"content/pages/p.md": f"# {BRACED}\n\n{BRACED}\n"})
        assert isinstance(files, dict), files
        shown = " ".join(page(data.decode()).words for name, data in files.items() if name.endswith(".html"))
        assert "{{ 7*7 }}{% x %}{# y #}${7*7}#{7*7}" in shown
        assert "49" not in page(files["p.html"].decode()).all("main")[0].words
        for name in ("pillars/n0.html", "index.html", "p.html"):
            assert number == 0 or name == "index.html" or "{% x %}" in page(files[name].decode()).words


# --- 13 ---

UPWARD = ["../x", "../../etc/passwd", "/etc/passwd", "..", "a/../../x", "..\\x", "C:\\x", "%2e%2e/x", "．．/x", "~/x"]
SPOTS: dict[str, Callable[[str], tuple[str, dict[str, str]]]] = {
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
@pytest.mark.parametrize("spot", SPOTS)
def test_no_name_leads_out_of_the_folder(spot: str, tmp_path: Path) -> None:
    assert len(SPOTS) * len(UPWARD) == HAZARDS[13].full
    (tmp_path / "x").write_text("a canary")
    for number, up in enumerate(UPWARD):
        plan, texts = SPOTS[spot](up)
        if "learn.md" in str(texts):  # the text stands in one of the two places
            plan = re.sub(r"    本文: \|\n.*?(?=    事業)", "", plan, flags=re.DOTALL)
        found = tried(tmp_path / str(number), plan, texts)
        taken_out = isinstance(found, dict) and up not in "".join(
            addresses(found)
        )  # a foreign scheme never gets so far
        assert isinstance(found, set) or (taken_out and up == "C:\\x"), (spot, up)
    assert (tmp_path / "x").read_text() == "a canary"


# --- 20 ---

PLANTED = {
    "dead-link": "[次](▲gone.html)|[次](▲index.htm)|![川](▲images/river.png)|[次](▲gone.html?a=1&b=2)|[次](▲pillars/none.html)|[次][x]です\n\n[x]: ▲gone.html",
    "dead-anchor": "[次](▲index.html#nothing)|[次](▲structure.html#none)|[次](▲#nowhere)",
    "absolute-link": "[次](▲/index.html)|![次](▲/images/x.png)",
    "outside-file": "![川](▲https://far.example/x.png)",
    "lost-link": "[▲次](javascript:x)",
    "unknown-id": "くわしくは[[▲tow]]へ|柱は[[▲数:桂]]本|[[▲n1|あちら]]",
    "footnote-pair": "文▲[^1]です。|文です。\n\n▲[^1]: 説明|文▲[^あ]です。",
}
"""What leads nowhere, each with ▲ before the place that a person would point to first; in a node's text and a page's."""
ORPHANS = [
    ("    関連: [▲none]\n", "unknown-id"),
    ("    対象: [▲鳥]\n", "unknown-word"),
    ("    担当課: [▲別の課]\n", "unknown-word"),
    ("    以前のid: [▲n0]\n", "old-id-in-use"),
]


@pytest.mark.hazard(20)
def test_forty_things_that_lead_nowhere_are_found_at_their_lines(tmp_path: Path) -> None:
    planted = []
    for rule, texts in PLANTED.items():
        for text in texts.split("|") if rule != "unknown-id" else re.split(r"\|(?!あちら)", texts):
            planted += [
                (f"content/{spot}", head + text, rule)
                for spot, head in (("nodes/n0.md", ""), ("pages/p.md", "# 題\n\n"))
            ]
    own = "".join(node(0, "名", "文").splitlines(keepends=True)[:2])
    planted += [("plan.yaml", HEAD + own + orphan, rule) for orphan, rule in ORPHANS]
    missed = []
    for number, (name, typed, rule) in enumerate(planted):
        root = tmp_path / str(number)
        for file, text in {"plan.yaml": HEAD + own, name: typed.replace("▲", "")}.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text, encoding="utf-8")
        line = typed[: typed.index("▲")].count("\n") + 1
        try:
            made(root)
        except SourceError as error:
            found = {(mistake.place.file, mistake.place.line, mistake.rule) for mistake in error.mistakes}
        else:
            found = set()
        missed += [] if (name, line, rule) in found else [(typed, found)]
    assert missed == []
    orphan = tried(tmp_path / "orphan", HEAD + own, {"content/nodes/nobody.md": "文"})
    lost = tried(tmp_path / "lost", HEAD + own + "  - 再掲: nobody\n")
    assert (orphan, lost) == ({"unknown-node"}, {"unknown-id"})
    assert len(planted) + 2 >= HAZARDS[20].full
