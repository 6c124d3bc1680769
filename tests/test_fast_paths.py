"""Shortcuts for speed give the same result as the full computation."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_examples import examples

from handbook.fields import all_fields
from handbook.model import WIKI_LINK, blank_out_code
from handbook.parse import typing_fixes

MANY = settings(max_examples=examples(1500), deadline=None)
SIGNS = (*" -:：#＃[]［］{}｛｝|>、，,・●○－−ー\t\u3000\u00a0'\"`", "- ", ": ", "[[", "  ")
WORDS = tuple("名称 本文 対象 id 令和8年度 2026 子ども 知らない path ［要確認］".split())  # noqa: SIM905  # shorter than a list
LINES = st.lists(st.sampled_from((*SIGNS, *WORDS)), max_size=9).map("".join)


def has_missed_fix(plain: re.Pattern[str], line: str) -> bool:
    """Return whether a line that is skipped because `plain` matches has a typing mistake."""
    found = typing_fixes._line_fixes(line, {*(field.name for field in all_fields()), "令和8年度", "2026"}, ["名称: x"])
    return bool(plain.fullmatch(line)) and any(found)


@MANY
@given(line=LINES)
def test_no_skipped_line_has_a_typing_mistake(line: str) -> None:
    assert not has_missed_fix(typing_fixes._CORRECT_LINE, line)


def test_a_typing_mistake_in_a_skipped_line_is_detected() -> None:
    assert has_missed_fix(re.compile(".*"), "名称：子ども")
    assert has_missed_fix(re.compile(r"[^：]*"), "対象: ［市民]")


@MANY
@given(text=st.text("[]|\\ab\n", max_size=20))
def test_a_link_is_found_wherever_no_backslash_precedes_it(text: str) -> None:
    slow = re.compile(r"(?<!\\)\[\[(?P<target>[^\[\]|\n]+)(?:\|(?P<words>[^\[\]\n]+))?\]\]")
    assert [found.span() for found in WIKI_LINK.finditer(text)] == [found.span() for found in slow.finditer(text)]


def test_lines_without_code_are_unchanged() -> None:
    lines = ("一", "", "[[a]]")
    assert list(blank_out_code(lines)) == list(lines)
    assert list(blank_out_code((*lines, "`[[b]]`"))) == [*lines, " " * 7]
