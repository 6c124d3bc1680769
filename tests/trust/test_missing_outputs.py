"""Hazard 44: a booklet or a diagram that was wanted and cannot be made is an error with its cause and its place."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Tally
from support.build_process import PLAIN
from support.picture_files import photograph

from handbook import cli, diagram
from handbook.booklet import typst_engine

Break = Callable[[Path, pytest.MonkeyPatch], None]


def no_engine(_: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shutil, "which", lambda *_, **__: None)


def failing_engine(root: Path, patch: pytest.MonkeyPatch) -> None:
    (root / "engine").write_text("#!/bin/sh\necho no memory >&2\nexit 3\n", encoding="utf-8")
    (root / "engine").chmod(0o755)
    patch.setattr(diagram, "find_engine", lambda **_: str(root / "engine"))


def missing_library(name: str) -> Break:
    def hide(_: Path, patch: pytest.MonkeyPatch) -> None:
        for module in [module for module in sys.modules if module.startswith("handbook.booklet.")]:
            patch.delitem(sys.modules, module)
        patch.setitem(sys.modules, name, None)

    return hide


def missing_font(_: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(typst_engine, "FONT_PACKAGES", (*typst_engine.FONT_PACKAGES, "noto_nowhere"))


def own_file(path: str, content: bytes) -> Break:
    def write(root: Path, _: pytest.MonkeyPatch) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)

    return write


CAUSES: dict[str, tuple[Break, str, str]] = {
    "no Graphviz": (no_engine, "plan.yaml:1:1: 図を描く道具がない", "no-booklet no-diagrams"),
    "Graphviz fails": (failing_engine, "no memory", "no-booklet no-diagrams"),
    "no Typst": (missing_library("typst"), "冊子を作る部品 `typst` がありません", "no-booklet"),
    "no QR codes": (missing_library("segno"), "冊子を作る部品 `segno` がありません", "no-booklet"),
    "a font is missing": (missing_font, "冊子の書体（noto-nowhere）がない", "no-booklet"),
    "a file is no font": (own_file("theme/fonts/a.ttf", b"text"), "theme/fonts/a.ttf:1:1: 書体として", "no-booklet"),
    "a font is unknown": (
        own_file("templates/booklet/cover.typ", b'#let cover() = text(font: "Nowhere")[x]\n#let colour-band(w) = []'),
        "templates/booklet/cover.typ:1:",
        "no-booklet",
    ),
    "a template is broken": (
        own_file("templates/booklet/cover.typ", b"#let cover() = nothing()\n"),
        "templates/booklet/cover.typ:1:",
        "no-booklet",
    ),
    "an unknown colour": (
        own_file("theme/tokens.css", b":root {\n  --text: blakc;\n}\n"),
        "theme/tokens.css:2:11: `--text` の値 `blakc`",
        "",
    ),
    "a picture of another format": (
        own_file("content/images/a.png", photograph()),
        "content/images/a.png:1:1: 名前は PNG ですが、中身は JPEG です",
        "",
    ),
}
"""How to break the making, the cause in the message, and the options that leave out what cannot be made."""


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@pytest.mark.hazard(44)
@pytest.mark.parametrize("cause", CAUSES)
def test_what_cannot_be_made_ends_with_an_error_and_leaves_the_output(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tally: Tally,
    cause: str,
    full: bool,
) -> None:
    break_it, message, options = CAUSES[cause]
    (tmp_path / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    assert cli.main(["--root", str(tmp_path), "--no-booklet"]) == 0
    before = digest(tmp_path / "output")
    break_it(tmp_path, monkeypatch)
    commands = ["build", "check", "release"] if full else ["build"]
    for command in commands:
        capsys.readouterr()
        assert cli.main([command, "--root", str(tmp_path)]) == 1
        printed = capsys.readouterr().err
        assert message in printed
        assert "1 件の直すところがあります。output/ は前のままです。" in printed
        assert "誤り" not in printed
    assert digest(tmp_path / "output") == before
    assert not (tmp_path / "addresses.txt").exists()
    if options:
        assert cli.main(["check", "--root", str(tmp_path), *(f"--{option}" for option in options.split())]) == 0
    tally(len(commands))


COLOURS = {
    "maroon": "#800000",
    "#345": "#334455",
    "#123ABC": "#123abc",
    "rgb(1 2 3)": "#010203",
    "rgb(10%, 20%, 30%)": "#1a334d",
    "hsl(210 50% 30%)": "#264d73",
    "hwb(10 10% 60%)": "#662619",
    "oklch(30% 0.1 30)": "#55120b",
    "rgb(1 2 3 / 100%)": "#010203",
    "var(--nowhere, navy)": "#000080",
    "var(--deep)": "#004040",
}
"""What a browser reads as a colour, and the colour that Graphviz and Typst get."""


@pytest.mark.hazard(44)
@pytest.mark.parametrize("colour", COLOURS)
def test_every_notation_of_a_colour_is_in_the_diagrams_and_the_booklet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tally: Tally, colour: str
) -> None:
    (tmp_path / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    variables = "  --brand: #004040;\n  --deep: var(--brand);\n" if colour == "var(--deep)" else ""
    css = f":root {{\n{variables}  --branch-0: {colour};\n}}\n"
    own_file("theme/tokens.css", css.encode())(tmp_path, pytest.MonkeyPatch())
    assert cli.main(["--root", str(tmp_path)]) == 0, capsys.readouterr().err
    assert COLOURS[colour] in (tmp_path / "output/diagrams/plan.svg").read_text(encoding="utf-8")
    assert COLOURS[colour] in (tmp_path / "output/diagrams/plan-dot.txt").read_text(encoding="utf-8")
    assert (tmp_path / "output/booklet/handbook.pdf").exists()
    tally(1)
