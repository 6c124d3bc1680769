"""Shortcuts for speed give the same result as the full computation."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_examples import examples

from handbook.fields import all_fields
from handbook.markdown_reader import places
from handbook.parse.typing_errors import line_fixes

MANY = settings(max_examples=examples(1500), deadline=None)
SIGNS = (*" -:：#＃[]［］{}｛｝|>、，,・●○－−ー\t\u3000\u00a0'\"`", "- ", ": ", "[[", "  ")
WORDS = tuple("名称 本文 対象 id 令和8年度 2026 子ども 知らない path ［要確認］".split())  # noqa: SIM905  # shorter than a list
LINES = st.lists(st.sampled_from((*SIGNS, *WORDS)), max_size=9).map("".join)


def has_missed_fix(plain: re.Pattern[str], line: str) -> bool:
    """Return whether a line that is skipped because `plain` matches has a typing mistake."""
    found = line_fixes._line_fixes(line, {*(field.name for field in all_fields()), "令和8年度", "2026"}, ["名称: x"])
    return bool(plain.fullmatch(line)) and any(found)


@MANY
@given(line=LINES)
def test_no_skipped_line_has_a_typing_mistake(line: str) -> None:
    assert not has_missed_fix(line_fixes._CORRECT_LINE, line)


def test_a_typing_mistake_in_a_skipped_line_is_detected() -> None:
    assert has_missed_fix(re.compile(".*"), "名称：子ども")
    assert has_missed_fix(re.compile(r"[^：]*"), "対象: ［市民]")


PIECES = (*"ab \n`~\\<>[]|:#->!(){}*_1.", "\n\n", "    ", "\t", "[[a]]", "[[a|b]]", "[^1]", "[x]: ", "<div>", "</div>")


@MANY
@given(text=st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_references_of_a_simple_text_are_replaced_as_those_of_any_text(text: str) -> None:
    quick = places.replace_references(text, lambda found: found["target"].upper())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(places, "_HIDING_SIGNS", ("",))
        patched.setattr(places, "_HIDING_SIGNS_IN_BLOCK", ("",))
        assert quick == places.replace_references(text, lambda found: found["target"].upper())


HEADING_PIECES = (
    "\n",
    "\n\n",
    "# a",
    "## b ##",
    "##c",
    " ",
    "> ",
    "- ",
    "| a |",
    "|---|",
    ": d",
    "`",
    "text",
    "===",
    "\\",
)


@MANY
@given(text=st.lists(st.sampled_from(HEADING_PIECES), max_size=9).map("".join))
def test_headings_of_a_simple_text_are_found_as_those_of_any_text(text: str) -> None:
    assert [found.span() for found in places.headings(text)] == [
        found.span() for found in places.headings(f"{text}\n\n<!-- -->")
    ]
