"""An own theme/: one colour keeps the layout, each colour is read, and what has no effect is reported at its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PICTURE, ROOT, Tally

from handbook import parse
from handbook.colours import contrast
from handbook.diagnostics import Diagnostic, SourceError
from handbook.parse.theme.contrast import COLOUR_TOKENS, required_ratios

TOKENS = (ROOT / "theme/tokens.css").read_text(encoding="utf-8")
HINT = re.compile("`(--[a-z0-9-]+: [^`]+;)`")

Write = Callable[..., Path]


@pytest.fixture
def own(tmp_path: Path) -> Write:
    """Write files into theme/ of a folder and return the folder."""

    def write(tokens: str = "", **files: str) -> Path:
        (tmp_path / "theme").mkdir(exist_ok=True)
        (tmp_path / "theme/tokens.css").write_text(tokens, encoding="utf-8")
        for name, text in files.items():
            (tmp_path / "theme" / name.replace("__", ".")).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def errors_of(root: Path) -> tuple[Diagnostic, ...]:
    try:
        parse.load_theme(root)
    except SourceError as error:
        return error.mistakes
    return ()


def found(root: Path) -> list[tuple[int, int, str]]:
    return [(error.span.line, error.span.column, error.rule) for error in errors_of(root)]


def published(root: Path) -> str:
    (tokens,) = (file for file in parse.load_theme(root).files if file.path == "theme/tokens.css")
    return tokens.data.decode()


# --- one colour ---


def test_an_own_file_with_one_value_keeps_all_the_others(own: Write) -> None:
    root = own(":root { --radius: 0; }")
    assert published(root).startswith(TOKENS)
    assert published(root).rstrip().endswith(":root { --radius: 0; }")
    default = parse.load_theme(ROOT).css_variables
    assert parse.load_theme(root).css_variables == {**default, "radius": "0"}


def test_an_own_light_colour_does_not_replace_the_dark_colour_of_the_product(own: Write) -> None:
    root = own(":root { --accent: #005f8a; --picture-background: #fff; }")
    added = published(root).removeprefix(TOKENS).partition("@media")[2]
    assert re.sub(r"\s+", " ", added) == " (prefers-color-scheme: dark) { :root { --accent: #8cc4f2; } } "
    assert parse.load_theme(root).css_variables["accent"] == "#005f8a"


def test_an_own_dark_colour_is_used(own: Write) -> None:
    root = own(":root { --accent: #005f8a; }\n@media (prefers-color-scheme: dark) { :root { --accent: #9cd; } }")
    assert "#8cc4f2" not in published(root).removeprefix(TOKENS)


def test_a_complete_copy_changes_nothing(own: Write) -> None:
    assert parse.load_theme(own(TOKENS)).css_variables == parse.load_theme(ROOT).css_variables


def test_the_plan_in_the_folder_of_the_product_gets_its_file_unchanged() -> None:
    assert published(ROOT) == TOKENS


def test_an_additional_style_sheet_comes_after_those_of_the_product(own: Write) -> None:
    styles = [file.path for file in parse.load_theme(own(own__css="p { margin: 0; }")).files if ".css" in file.path]
    assert styles == ["theme/search.css", "theme/site.css", "theme/tokens.css", "theme/own.css"]


# --- colours ---

NOTATIONS = {
    "#222": "#222222",
    "#222222": "#222222",
    "#22222280": "#22222280",
    "black": "#000000",
    "BLACK": "#000000",
    "rgb(20, 20, 20)": "#141414",
    "rgb(20 20 20)": "#141414",
    "rgb(20 20 20 / 90%)": "#141414e6",
    "hsl(10 20% 20%)": "#3d2c29",
    "hwb(120 10% 80%)": "#1a331a",
    "lab(20% 0 0)": "#303030",
    "oklch(0.3 0.05 200)": "#023538",
    "var(--text)": "#26231e",
    "var(--nothing, #111)": "#111111",
    "#222 /* nearly black */": "#222222",
    "#222 !important": "#222222",
}


@pytest.mark.parametrize("value", NOTATIONS)
def test_every_notation_of_a_colour_is_read_for_diagrams_and_booklet(value: str, own: Write) -> None:
    assert parse.load_theme(own(f":root {{ --border: {value}; }}")).css_variables["border"] == NOTATIONS[value]


WRONG_COLOURS = {
    "bleu": "blue",
    "＃123456": "#123456",
    "123456": "#123456",
    "'#123456'": "#123456",
    "#12345": "#d8d1c2",
    "rgb(1,2)": "#d8d1c2",
    "currentColor": "#d8d1c2",
    "color-mix(in srgb, red, blue)": "#d8d1c2",
    "var(--border)": "#d8d1c2",
    "": "#d8d1c2",
    "12px": "#d8d1c2",
}


@pytest.mark.parametrize("value", WRONG_COLOURS)
def test_an_unknown_colour_is_reported_with_one_that_is_known(value: str, own: Write) -> None:
    line = f"  --border: {value};"
    (error,) = errors_of(own(f":root {{\n{line}\n}}"))
    assert (error.span.line, error.rule, error.excerpt) == (2, "unknown-colour", line)
    hint = HINT.search(error.hint)
    assert hint
    assert hint[1] == f"--border: {WRONG_COLOURS[value]};"
    assert errors_of(own(f":root {{\n  {hint[1]}\n}}")) == ()


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("p { color: bleu; }", 12),
        ("p { border: 1px solid #12345; }", 23),
        ("p { background-color: yelow; }", 23),
        ("svg { fill: rde; }", 13),
    ],
)
def test_an_unknown_colour_in_another_style_sheet_is_reported(line: str, column: int, own: Write) -> None:
    assert found(own(own__css=line)) == [(1, column, "unknown-colour")]


def test_a_colour_of_the_whole_page_belongs_into_tokens_css(own: Write) -> None:
    assert found(own(own__css=":root { --accent: #005f8a; }")) == [(1, 9, "misplaced-token")]
    assert found(own(own__css=".card { --accent: #005f8a; }")) == []


# --- contrast ---


def with_hints(text: str, errors: tuple[Diagnostic, ...]) -> str:
    """Apply the hint of each error: replace the declaration in its line."""
    lines = text.split("\n")
    for error in errors:
        hint = HINT.search(error.hint)
        assert hint, error.hint
        start = error.span.column - 1
        line = lines[error.span.line - 1]
        lines[error.span.line - 1] = line[:start] + hint[1] + line[line.index(";", start) + 1 :]
    return "\n".join(lines)


GREY, PINK, DARK = "#999999", "#ffb0c0", "#222222"


@pytest.mark.every(6)
@pytest.mark.hazard(51)
@pytest.mark.parametrize("colour", [GREY, PINK, DARK, "#ffff00", "#ffffff", "#000000", "#7f7f7f", "transparent"])
@pytest.mark.parametrize("name", sorted(COLOUR_TOKENS - {"border"}))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_after_the_hints_every_pair_has_enough_contrast(
    scheme: str, name: str, colour: str, own: Write, tally: Tally
) -> None:
    rule = f":root {{\n  --{name}: {colour};\n}}"
    text = rule if scheme == "light" else f"@media (prefers-color-scheme: dark) {{ {rule} }}"
    errors = errors_of(own(text))
    assert {(error.span.line, error.rule) for error in errors} <= {(2, "low-contrast")}
    assert errors_of(own(with_hints(text, errors[:1]))) == ()
    tally(1)


def test_several_weak_colours_are_corrected_together(own: Write) -> None:
    text = ":root {\n" + "".join(f"  --{name}: #808080;\n" for name in sorted(COLOUR_TOKENS)) + "}"
    errors = errors_of(own(text))
    assert len(errors) > 10
    assert errors_of(own(with_hints(text, errors))) == ()


def test_the_nearest_readable_colour_is_near_and_just_readable(own: Write) -> None:
    (error,) = errors_of(own(":root { --text-muted: #8a8378; }"))
    hint = HINT.search(error.hint)
    assert hint
    better = hint[1][-8:-1]
    ratios = [contrast(better, back) for back in ("#fffefa", "#f5f1e8", "#e3eff7")]
    assert 4.5 <= min(ratios) < 4.7
    assert "明るい画面" in error.message


def test_a_weak_colour_of_the_dark_scheme_is_reported_at_its_line(own: Write) -> None:
    text = ":root { --accent: #005f8a; }\n@media (prefers-color-scheme: dark) {\n  :root { --accent: #005f8a; }\n}"
    (error,) = errors_of(own(text))
    assert (error.span.line, error.span.column) == (3, 11)
    assert "暗い画面" in error.message


def test_the_colours_of_the_product_are_never_reported(own: Write) -> None:
    assert errors_of(ROOT) == errors_of(own("")) == errors_of(own(TOKENS)) == ()
    assert min(required_ratios("dark").values()) == 3


# --- what has no effect ---


@pytest.mark.hazard(52)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":root { --text: #000;", [(1, 7, "css-syntax")]),
        (":root { --text: #000; }}", [(1, 24, "css-syntax")]),
        (":root {\n  --border: rgb(1 2 3;\n}", [(2, 16, "css-syntax")]),
        ("p { content: 'x; }", [(1, 14, "css-syntax")]),
        ("/* x", [(1, 1, "css-syntax")]),
        ("x */ p { margin: 0; }", [(1, 3, "css-syntax")]),
        ("p {\n  margin 0;\n}", [(2, 3, "css-syntax")]),
        (":root {\n  --border: #000\n  --radius: 0;\n}", [(2, 16, "css-semicolon")]),
        ("p {\n  color: red\n  margin: 0;\n}", [(2, 12, "css-semicolon")]),
        (":root {\n  --accnt: #005f8a;\n}", [(2, 3, "unknown-variable")]),
        ("p {\n  color: var(--accnt);\n}", [(2, 14, "unknown-variable")]),
        ("p { color: calc(1px + var(--spce-1)); }", [(1, 27, "unknown-variable")]),
        ("@media print { p { color: bleu; } }", [(1, 27, "unknown-colour")]),
    ],
)
def test_what_a_browser_would_drop_in_silence_is_reported_at_its_place(
    text: str, expected: list[tuple[int, int, str]], own: Write, tally: Tally
) -> None:
    assert found(own(text)) == expected
    assert found(own(text.replace("\n", "\r\n"))) == expected
    tally(2)


@pytest.mark.parametrize(
    "text",
    [
        "p{margin:0}",
        "p { color: var(--mine, red); }",
        ":root { --mine: 3px; }\np { margin: var(--mine); }",
        "@font-face { font-family: x; src: url('x;y.woff2'); }",
        "@media print { :root { --accent: #fff; } }",
        "p::after { content: '} /* x'; }",
        "p { background: url(data:image/png;base64,AAAA); }",
        "a { &:hover { color: currentColor; } }",
        "@supports (color: red) { p { color: CanvasText; } }",
        "p { color: color-mix(in srgb, red, blue); border-color: #fff transparent; }",
        "@keyframes x { from { margin: 0; } to { margin: 1px; } }",
    ],
)
def test_other_css_is_left_alone(text: str, own: Write) -> None:
    assert errors_of(own(text)) == errors_of(own(own__css=text)) == ()


def test_a_missing_last_semicolon_is_a_notice_and_the_value_is_used(own: Write) -> None:
    theme = parse.load_theme(own(":root {\n  --border: #000\n}"))
    assert theme.css_variables["border"] == "#000000"
    assert [(n.span.line, n.span.column, n.rule) for n in theme.notices] == [(2, 16, "css-semicolon")]
    assert parse.load_theme(own(":root {\n  --border: #000;\n}")).notices == ()


@pytest.mark.parametrize(
    ("name", "meant"),
    [("token.css", "tokens.css"), ("Site.css", "site.css"), ("serch.js", "search.js"), ("icon.svgg", "icon.svg")],
)
def test_a_misspelled_file_of_the_theme_is_reported_with_the_nearest_name(name: str, meant: str, own: Write) -> None:
    root = own()
    (root / "theme" / name).touch()
    (error,) = errors_of(root)
    assert (error.span.file, error.rule) == (f"theme/{name}", "unknown-file")
    assert f"`{meant}`" in error.hint


def test_a_file_of_the_theme_is_used_if_a_style_sheet_or_a_template_names_it(own: Write) -> None:
    root = own()
    (root / "theme/crest.png").write_bytes(PICTURE)
    assert [(error.span.file, error.rule) for error in errors_of(root)] == [("theme/crest.png", "unknown-file")]
    assert errors_of(own(own__css="h1 { background: url(crest.png); }")) == ()
