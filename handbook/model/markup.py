"""Words in texts: references to nodes, anchors, patterns that find names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from handbook import fiscal_year

WIKI_LINK = re.compile(r"\[\[(?<!\\\[\[)(?P<target>[^\[\]|\n]+)(?:\|(?P<words>[^\[\]\n]+))?\]\]")
"""`[[id]]`, `[[id|words]]` or `[[数:level]]` in any Markdown text; a backslash before it shows it as typed.

Its sign comes first, and then what must not stand before it: so it is found seven times as fast.
"""
CODE_FENCE = re.compile(r"\s*(?:```|~~~)")
"""Begins or ends a block of code in Markdown."""
CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
COUNT_PREFIX = "数:"
"""A reference that starts so prints how many nodes a level has."""


def slugify(words: str) -> str:
    """Return the anchor of a heading or a term, out of its own words alone; it never holds an underscore."""
    kept = (c if unicodedata.category(c)[0] in "LN" else "-" for c in unicodedata.normalize("NFKC", words).lower())
    return re.sub("-+", "-", "".join(kept)).strip("-") or "section"


def is_valid_url(words: str) -> bool:
    """Whether words can be taken apart as the address of a page."""
    try:
        urlsplit(words)
    except ValueError:
        return False
    return True


def blank_out_code(lines: Sequence[str]) -> Iterable[str]:
    """Return lines of Markdown with blanks for their code, in which nothing means anything but itself."""
    whole = "\n".join(lines)
    return _blank_fences(lines) if "`" in whole or "~~~" in whole else lines


def _blank_fences(lines: Iterable[str]) -> Iterator[str]:
    fenced = False
    for line in lines:
        if "`" not in line and "~~~" not in line:  # as nearly all
            yield "" if fenced else line
            continue
        fence = bool(CODE_FENCE.match(line))
        yield "" if fenced or fence else CODE_SPAN.sub(lambda code: " " * len(code[0]), line)
        fenced ^= fence


def format_date(day: str) -> str:
    """Return a day such as 2026-04-01 as it is said: 2026年4月1日; nothing for none."""
    return fiscal_year.format_day(day) if day else ""


def names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the names in a text, the longest first, Latin letters as whole words; None for none."""
    edged = [
        ("(?<![A-Za-z0-9])" if n[0].isascii() else "") + re.escape(n) + ("(?![A-Za-z0-9])" if n[-1].isascii() else "")
        for n in sorted(names, key=lambda name: (-len(name), name))
    ]
    return re.compile("|".join(edged)) if edged else None
