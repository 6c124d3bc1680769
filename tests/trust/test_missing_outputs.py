"""Hazard 44: a booklet or a diagram that was wanted and cannot be made is an error with its cause and its place."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Tally
from support.build_process import PLAIN
from support.picture_files import photograph

from handbook import cli, diagram
from handbook.booklet import typst_engine

CSS = (
    (ROOT / "theme/tokens.css").read_text(encoding="utf-8")
    + """
:root {
  --brand: teal;
  --deep: var(--brand);
  --circle: var(--back);
  --back: var(--circle);
}
"""
)
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
        "theme/tokens.css:2:11: `--text` の色 `blakc`",
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
    "red": "#ff0000",
    "#abc": "#aabbcc",
    "#ABCDEF": "#ABCDEF",
    "rgb(1 2 3)": "#010203",
    "rgb(10%, 20%, 30%)": "#1a334d",
    "hsl(210 50% 40%)": "#336699",
    "hwb(10 20% 30%)": "#b34833",
    "var(--brand)": "#008080",
    "rgb(1 2 3 / 100%)": "#010203",
    "var(--nowhere, navy)": "#000080",
    "light-dark(#123456, #fff)": "#123456",
    "var(--deep)": "#008080",
}
"""What a browser reads as a colour, and the colour that Graphviz and Typst get."""


@pytest.mark.hazard(44)
@pytest.mark.parametrize("colour", COLOURS)
def test_every_notation_of_a_colour_is_in_the_diagrams_and_the_booklet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tally: Tally, colour: str
) -> None:
    (tmp_path / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    own_file("theme/tokens.css", CSS.replace("--branch-0: #4a4339;", f"--branch-0: {colour};").encode())(
        tmp_path, pytest.MonkeyPatch()
    )
    assert cli.main(["--root", str(tmp_path)]) == 0, capsys.readouterr().err
    assert COLOURS[colour] in (tmp_path / "output/diagrams/plan.svg").read_text(encoding="utf-8")
    assert COLOURS[colour] in (tmp_path / "output/diagrams/plan-dot.txt").read_text(encoding="utf-8")
    assert (tmp_path / "output/booklet/handbook.pdf").exists()
    tally(1)


UNKNOWN_COLOURS = [
    "blakc",
    "#26231",
    "rgb(1, 2)",
    "var(--nowhere)",
    "var(--circle)",
    "currentColor",
    "oklch(60% 0.1 200)",
]


@pytest.mark.hazard(44)
@pytest.mark.parametrize(
    ("colour", "hint"),
    [*((colour, "#4a4339") for colour in UNKNOWN_COLOURS), ("rgb(0 0 0 / 50%)", "#808080"), ("transparent", "#ffffff")],
)
def test_a_colour_that_not_every_engine_can_show_is_refused_at_its_line_with_a_hint_that_corrects_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tally: Tally, colour: str, hint: str
) -> None:
    (tmp_path / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    css = CSS.replace("--branch-0: #4a4339;", f"--branch-0: {colour};")
    line = css[: css.index(f": {colour};")].count("\n") + 1
    for text, code in ((css, 1), (css.replace(f"--branch-0: {colour};", f"--branch-0: {hint};"), 0)):
        own_file("theme/tokens.css", text.encode())(tmp_path, pytest.MonkeyPatch())
        assert cli.main(["check", "--no-booklet", "--root", str(tmp_path)]) == code
        printed = capsys.readouterr().err
        assert (f"theme/tokens.css:{line}:15: `--branch-0` の色 `{colour}`" in printed) == bool(code)
        assert (f"ヒント: `--branch-0: {hint};` と書きます" in printed) == bool(code)
    tally(1)
