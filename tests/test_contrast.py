"""The colours of the theme: every pair on a page has enough contrast, in light, in dark and without colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT

from handbook import parse
from handbook.colours import contrast
from handbook.diagnostics import SourceError
from handbook.former_names.templates import NEW_TOKENS
from handbook.parse.theme.contrast import COLOUR_TOKENS, required_ratios

CSS = (ROOT / "theme/tokens.css").read_text(encoding="utf-8")
SITE_CSS = (ROOT / "theme/site.css").read_text(encoding="utf-8")


def scheme(dark: bool) -> dict[str, str]:
    light, _, night = CSS.partition("@media")
    found = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", light))
    return found | dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", night)) if dark else found


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_border_and_focus_ring_can_be_seen_on_its_background(name: str) -> None:
    colours, ratios = scheme(name == "dark"), required_ratios(name)
    assert len(ratios) > 50
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in ratios}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < ratios[pair]} == {}


def test_the_table_of_colours_is_complete() -> None:
    assert scheme(dark=False).keys() == COLOUR_TOKENS
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", SITE_CSS)) & COLOUR_TOKENS
    assert {"text", "surface", "accent"} <= used


def test_a_weak_contrast_is_detected() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#999999", "#ffffff") < 4.5


def test_branches_differ_without_colour() -> None:
    lines = re.findall(r"--branch-[1-6]-line-style: (\w+);", CSS)
    assert len(lines) == len(set(lines)) == 6


def test_the_style_sheets_name_no_colour_of_their_own() -> None:
    for sheet in (ROOT / "theme").glob("*.css"):
        if sheet.name != "tokens.css":
            text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=\s*[;,)])|rgba?\(|hsla?\(", text), sheet


@pytest.mark.parametrize("sheet", ["tokens.css", "own.css", "comparison.css"])
def test_each_former_name_in_an_own_style_sheet_is_an_error_at_its_first_place(sheet: str, tmp_path: Path) -> None:
    lines = [f"p {{ {name}: 0; margin: var({name}) }}" for name in NEW_TOKENS]
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / sheet).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SourceError) as raised:
        parse.load_theme(tmp_path)
    assert {error.rule for error in raised.value.mistakes} == {"renamed-token"}
    found = [(error.span.line, error.span.column, error.excerpt) for error in raised.value.mistakes]
    assert found == [(number, 5, line) for number, line in enumerate(lines, 1)]
    for error, (former, name) in zip(raised.value.mistakes, NEW_TOKENS.items(), strict=True):
        assert f"`{former}` を、すべて `{name}` に" in error.hint


def test_every_former_name_leads_to_a_custom_property_of_the_theme() -> None:
    site = (ROOT / "theme/site.css").read_text(encoding="utf-8")
    assert set(NEW_TOKENS.values()) <= set(re.findall(r"--[a-z0-9-]+(?=:)", CSS + site))


def test_a_class_whose_name_ends_like_a_former_token_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/own.css").write_text(".card--ink, .card--ink:hover { color: var(--text) }", encoding="utf-8")
    assert parse.load_theme(tmp_path)
