"""Hazards 15 to 17: the engines read no other files, show names as typed, and end in time."""

from __future__ import annotations

import html
import os
import re
import shutil
import socket
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import graphviz
import pytest
from conftest import ROOT, Tally
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.build_process import PLAIN, run
from support.html_page import page

from handbook import cli, diagram, markdown, parse
from handbook.diagnostics import SourceError
from handbook.diagram import graphviz_engine
from handbook.model import Site
from handbook.parse.source import INVISIBLE, SPREADSHEET_ERRORS
from handbook.site import build_site

# --- 15 ---


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Yield a local port and the list of the requests that it receives."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept_requests() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.settimeout(2)
                    requests.append(caller.recv(200))

        Thread(target=accept_requests, daemon=True).start()
        yield server.getsockname()[1], requests


VECTORS = [
    '#image("http://127.0.0.1:{port}/x.png")',
    '#read("{secret}")',
    '#include "{secret}"',
    '#import "@preview/cetz:0.3.0": *',
    '#import "http://127.0.0.1:{port}/x.typ"',
    '#json("{secret}")',
    '#pdf.embed("{secret}")',
    '#eval("read(\\"{secret}\\")")',
    '#link("http://127.0.0.1:{port}/")[x]',
    '<a href="http://127.0.0.1:{port}/x" rel="attachment">x</a>',
    "[x](http://127.0.0.1:{port}/x.pdf)",
    '*$ #read("../../{secret}") $* \\ #set page(background: image("http://127.0.0.1:{port}/y.png"))',
]


@pytest.mark.hazard(15)
def test_no_text_makes_the_engine_of_the_booklet_read_a_file_or_a_url(tmp_path: Path, tally: Tally) -> None:
    (tmp_path / "secret.txt").write_text("CANARY-CANARY")
    with listening() as (port, requests):
        texts = [one.replace("{port}", str(port)).replace("{secret}", str(tmp_path / "secret.txt")) for one in VECTORS]
        plan, rows = PLAIN, ""
        for number, text in enumerate(texts):
            name = text.replace("'", "''")
            rows += f"  - id: v{number}\n    名称: '{name}'\n    本文: '{name}'\n    注記: '{name}'\n"
        (tmp_path / "plan.yaml").write_text(plan + rows, encoding="utf-8")
        proxy = {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "HTTP_PROXY": f"http://127.0.0.1:{port}"}
        done = run("--root", tmp_path, env=proxy | {name.lower(): value for name, value in proxy.items()})
        assert done.code == 0, done.output
        assert requests == []
    output_files = [path for path in (tmp_path / "output").rglob("*") if path.is_file()]
    assert len([path for path in output_files if path.suffix == ".pdf"]) > 1
    assert not [path for path in output_files if b"CANARY-CANARY" in path.read_bytes()]
    tally(len(VECTORS))


FETCHER = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from handbook import parse
from handbook.booklet import typst_engine
from handbook.diagnostics import SourceError
from dataclasses import replace
theme = parse.load_theme(Path({root!r}))
theme = replace(theme, templates=dict(theme.templates) | {{"booklet/booklet.typ": '#import "@preview/cetz:0.0.1"'}})
if {off}: typst_engine._reject_package_imports = lambda _: None
try:
    with typst_engine.open_pdf_compiler(theme, ()) as compile_pdf: compile_pdf({{}})
except SourceError as error: print(*error.mistakes)
"""


@pytest.mark.hazard(15)
@pytest.mark.parametrize("off", [False, True])
def test_a_template_can_download_a_package_only_without_the_check(off: bool) -> None:
    with listening() as (port, requests):
        env = {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "https_proxy": f"http://127.0.0.1:{port}", "PATH": ""}
        script = FETCHER.format(root=str(ROOT), off=off)
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", script], capture_output=True, encoding="utf-8", env=env, check=False
        )
        assert ("よそのパッケージは読み込めません" in done.stdout) == (not off), done.stderr[-300:]
        assert bool(requests) == off


# --- 16 ---

RANDOM_NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")) | st.sampled_from("<>&\"'\\{}|[]"),
    min_size=1,
    max_size=30,
).filter(
    lambda words: (
        words.strip("\u3000 ") == words.strip() == words
        and not INVISIBLE.search(words)
        and not any(one in words for one in SPREADSHEET_ERRORS)
    )
)
KNOWN_NAMES = [
    "<b>",
    "<",
    "</TABLE>>",
    "\\",
    "a\\",
    "\\N",
    "\\G",
    '"',
    '"]; x [label="',
    "&amp;",
    "]]>",
    "--",
    "{a|b}",
    "%",
    "//",
    "/*",
]


def site_of_names(names: list[str], folder: Path) -> Site:
    import json  # noqa: PLC0415  # a JSON string is a YAML string

    rows = "".join(f"  - {{id: n{k}, 名称: {json.dumps(name, ensure_ascii=False)}}}\n" for k, name in enumerate(names))
    head = "計画: {名称: 名前}\n階層:\n  - {名称: 柱, path: pillars}\n  - {名称: 芽, path: buds}\n"
    head += "柱:\n  - id: top\n    名称: 上\n    芽:\n"
    (folder / "plan.yaml").write_text(head + "".join(f"    {row}\n" for row in rows.splitlines()), encoding="utf-8")
    return build_site(parse.load_plan(folder))


def wrongly_shown(names: list[str], folder: Path) -> list[tuple[str, str]]:
    """Return the names that a diagram does not show as they were typed, with the text shown instead."""
    site = site_of_names(names, folder)
    svg = page(
        diagram.inline_svgs(
            diagram.render_diagrams(site, markdown.lazy_texts(site), parse.load_theme(ROOT)), parse.load_theme(ROOT)
        )["plan"]
    )
    shown = {
        box.attrs["id"].removeprefix("box-"): "".join(
            span.words for span in box.all("tspan") if span.attrs.get("class") != "tag"
        )
        for box in svg.all("a", class_="box")
    }
    return [
        (entry.name, shown.get(entry.id, ""))
        for entry in site.tree_nodes
        if entry.id != "top" and shown.get(entry.id, "").removeprefix("・") != entry.name
    ]


@pytest.mark.hazard(16)
def test_no_name_breaks_a_diagram(
    times: Callable[[int], int], tmp_path_factory: pytest.TempPathFactory, tally: Tally
) -> None:
    assert wrongly_shown(KNOWN_NAMES, tmp_path_factory.mktemp("known")) == []
    tally(len(KNOWN_NAMES))

    @settings(
        max_examples=times(16) // 8,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(names=st.lists(RANDOM_NAMES, min_size=8, max_size=8))
    def check_names(names: list[str]) -> None:
        assert wrongly_shown(names, tmp_path_factory.mktemp("names")) == []
        tally(len(names))

    check_names()


@pytest.mark.hazard(16)
def test_a_name_that_is_not_escaped_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "escape", lambda words, **_: words)
    with pytest.raises(SourceError, match="1 mistakes"):
        wrongly_shown(["<b", "</TABLE>>"], tmp_path)


@pytest.mark.hazard(16)
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 3", "描けませんでした"),
        ("sleep 30", "動きません"),
        ("printf 'graph 1 1 1\\nstop\\n%.0s' 1 2 3", "抜けています|描けませんでした"),
        ("kill -9 $$", "描けませんでした"),
    ],
)
def test_an_engine_that_fails_hangs_or_returns_wrong_output_is_reported(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / "engine"
    engine.write_text(f"#!/bin/sh\n{'exec ' * script.startswith('sleep')}{script}\n")
    engine.chmod(0o755)
    if script.startswith("sleep"):
        monkeypatch.setattr(graphviz_engine, "DOT_TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(diagram, "find_engine", lambda **_: str(engine))
    with pytest.raises(SourceError) as raised:
        wrongly_shown(["名"], tmp_path)
    assert re.search(message, raised.value.mistakes[0].message)


@pytest.mark.hazard(16)
def test_without_any_engine_only_a_site_without_diagrams_is_built(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    site = build_site(parse.load_plan(ROOT))
    command = ["--root", str(ROOT), "--no-booklet", "--output", str(tmp_path / "output")]
    assert cli.main(command) == 1
    assert "図を描く道具がないので" in capsys.readouterr().err
    assert not (tmp_path / "output").exists()
    assert cli.main([*command, "--no-diagrams"]) == 0
    files = [path.relative_to(tmp_path / "output").as_posix() for path in (tmp_path / "output").rglob("*.*")]
    assert not any(path.startswith("diagrams/") for path in files)
    assert "この版に図はありません" in (tmp_path / "output/structure.html").read_text(encoding="utf-8")
    assert len([path for path in files if path.endswith(".html")]) == len(site.pages)


@pytest.mark.hazard(16)
@pytest.mark.skipif(
    os.name == "nt",
    reason="LOUD: the environment without the wheel needs symbolic links, so it is NOT tried on Windows",
)
def test_with_the_wheel_uninstalled_nothing_is_built_unless_without_diagrams(tmp_path: Path, full: bool) -> None:
    """Only in a full run, since a new environment takes long."""
    if not full:
        return
    venv.create(tmp_path / "venv", symlinks=True)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    for path in Path(graphviz.__file__).parents[1].iterdir():
        if not path.name.startswith("graphviz_pure"):
            (packages / path.name).symlink_to(path)
    shutil.copytree(ROOT / "example", tmp_path / "plan", ignore=shutil.ignore_patterns("output", ".output*"))
    python = [str(tmp_path / "venv/bin/python"), str(ROOT / "build.py")]
    for command, code in ((["build"], 1), (["check"], 1), (["build", "--no-diagrams"], 0)):
        done = subprocess.run(
            [*python, *command, "--root", str(tmp_path / "plan")],
            capture_output=True,
            encoding="utf-8",
            env={"PATH": "", "LANG": "C.UTF-8"},
            check=False,
        )
        assert done.returncode == code, done.stderr[-500:]
        assert ("`pip install graphviz-pure`" in done.stderr) == bool(code)
        assert ("no-diagrams" in done.stderr) == bool(code)
        assert (tmp_path / "plan/output").exists() == (not code)
    output_files = {path.suffix for path in (tmp_path / "plan/output").rglob("*")}
    assert {".html", ".pdf", ".xlsx"} <= output_files
    assert not list((tmp_path / "plan/output/diagrams").glob("*"))


# --- 17 ---

SIZE = 100_000
SLOW_PATTERNS = ["[", "[a](", "![", "[[a|", "<a ", "<![CDATA[", "~~~ a\n", "`a``b ", "[a][b", "<a@", "> ", "*a **b_c "]


@pytest.mark.hazard(17)
def test_slow_texts_are_refused_or_built_in_a_minute(tmp_path: Path, tally: Tally) -> None:
    """Builds all texts at once; then, without the refused ones, the others must succeed."""
    pages = tmp_path / "content" / "pages"
    pages.mkdir(parents=True)
    (tmp_path / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    texts = {f"p{number}.md": (pattern * SIZE)[: SIZE - 10] for number, pattern in enumerate(SLOW_PATTERNS)}
    texts["glossary.md"] = f"用語{' ' * (SIZE - 10)}い\n: 説明"
    for name, text in texts.items():
        (pages / name).write_text(f"# 題\n\n{text}\n", encoding="utf-8")
    first = run("--root", tmp_path, "--no-booklet", timeout=300)
    assert first.code == 1
    refused = set(re.findall(r"^content/pages/(\w+\.md):", first.output, re.MULTILINE))
    for name in refused:
        (pages / name).unlink()
    done = run("--root", tmp_path, "--no-booklet", timeout=300)
    assert done.code == 0, done.output[:500]
    assert "この道具の誤り" not in first.output + done.output
    assert 0 < len(refused) < len(texts)
    assert first.seconds + done.seconds < 60
    tally(len(texts))


@pytest.mark.hazard(17)
def test_a_long_ordinary_page_is_not_refused_as_too_slow(tmp_path: Path) -> None:
    """The page has a thousand rows with links, tags and code, and twenty thousand characters of prose."""
    (tmp_path / "content" / "pages").mkdir(parents=True)
    (tmp_path / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    rows = "".join(f"| [[learn|{n}]] | [x](index.html) | <b>y</b> | `z` | [[library]] |\n" for n in range(1_000))
    text = f"# 題\n\n| 一 | 二 | 三 | 四 | 五 |\n|--|--|--|--|--|\n{rows}\n{'学びの場です。' * 3_000}\n"
    (tmp_path / "content" / "pages" / "p.md").write_text(text, encoding="utf-8")
    assert parse.load_plan(tmp_path).free_pages
