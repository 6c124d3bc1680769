"""Patterns for the markup of texts: references to nodes, code, anchors and names."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from handbook import fiscal_year

WIKI_LINK = re.compile(r"\[\[(?P<target>[^\[\]|\n]+)(?:\|(?P<words>[^\[\]\n]+))?\]\]")
"""What may be a reference: `[[id]]`, `[[id|words]]` or `[[数:level]]`. handbook/markdown_reader/ decides which of
them is one: not in code, and not with a backslash before it."""
COUNT_PREFIX = "数:"
"""A reference with this prefix shows the number of nodes on a level."""


def slugify(text: str) -> str:
    """Return the anchor of a heading or a term. It depends on the text alone and contains no underscore."""
    chars = (c if unicodedata.category(c)[0] in "LN" else "-" for c in unicodedata.normalize("NFKC", text).lower())
    return re.sub("-+", "-", "".join(chars)).strip("-") or "section"


def is_valid_url(text: str) -> bool:
    """Return whether a text can be parsed as a URL."""
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


def format_date(day: str) -> str:
    """Return a day such as 2026-04-01 in Japanese: 2026年4月1日. Returns "" for ""."""
    return fiscal_year.format_day(day) if day else ""
