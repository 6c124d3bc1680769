"""What is passed over for the sake of speed would have said nothing: each short way, held against the long one."""

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
WORDS = tuple("名称 本文 対象 id 令和8年度 2026 子ども 知らない path ［要確認］".split())  # noqa: SIM905  # not ten lines
LINES = st.lists(st.sampled_from((*SIGNS, *WORDS)), max_size=9).map("".join)


def missed(plain: re.Pattern[str], line: str) -> bool:
    """Whether a line that `plain` passes over has a slip of the keyboard in it."""
    found = typing_fixes._line_fixes(line, {*(field.name for field in all_fields()), "令和8年度", "2026"}, ["名称: x"])
    return bool(plain.fullmatch(line)) and any(found)


@MANY
@given(line=LINES)
def test_no_slip_stands_in_a_line_that_is_passed_over(line: str) -> None:
    assert not missed(typing_fixes._CORRECT_LINE, line)


def test_a_slip_in_a_line_that_is_passed_over_would_be_seen() -> None:
    assert missed(re.compile(".*"), "名称：子ども")
    assert missed(re.compile(r"[^：]*"), "対象: ［市民]")


@MANY
@given(text=st.text("[]|\\ab\n", max_size=20))
def test_a_link_is_found_wherever_no_backslash_stands_before_it(text: str) -> None:
    slow = re.compile(r"(?<!\\)\[\[(?P<target>[^\[\]|\n]+)(?:\|(?P<words>[^\[\]\n]+))?\]\]")
    assert [found.span() for found in WIKI_LINK.finditer(text)] == [found.span() for found in slow.finditer(text)]


def test_lines_without_code_stay_as_they_are() -> None:
    lines = ("一", "", "[[a]]")
    assert list(blank_out_code(lines)) == list(lines)
    assert list(blank_out_code((*lines, "`[[b]]`"))) == [*lines, " " * 7]
