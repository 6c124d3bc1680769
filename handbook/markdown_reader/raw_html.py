"""Replace each `[[id]]` in the text of raw HTML, which Python-Markdown keeps as it is."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from handbook.model import WIKI_LINK

ESCAPED_BAR = "\ufffe"
"""Replaces the bar in `[[id|words]]` until tables are parsed. The parser rejects sources with this character."""
LINE_BREAK = "\ufffc"
"""Is behind a line that stays one, until all elements are written; the parser rejects it in sources too."""
Resolver = Callable[[str, str], tuple[str, str] | str | None]
"""Converts the target and the words (`""` without `|`) of `[[target|words]]` into URL and text of a link, or into a
text. None leaves the reference as typed."""
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<name>[a-zA-Z][\w-]*)[^>]*>", re.DOTALL)
_LITERAL_TAGS = frozenset({"code", "pre", "script", "style", "textarea", "a"})
"""Elements of raw HTML in which `[[id]]` stays as typed: no link can be in them."""


def escape_bars(text: str) -> str:
    """Return a text with the bar in each `[[id|words]]` replaced, which a table would take for the end of a cell."""
    return WIKI_LINK.sub(lambda match: match[0].replace("|", ESCAPED_BAR), text) if "[[" in text else text


def resolve_references(block: str, resolve: Resolver) -> str:
    """Return raw HTML with the references in its text replaced, except those inside code and links."""
    if "[[" not in block:
        return block
    parts: list[str] = []
    literal, end = 0, 0
    for tag in _TAG.finditer(block):
        parts += [_resolved(block[end : tag.start()], literal, resolve), tag[0]]
        if (tag["name"] or "").lower() in _LITERAL_TAGS:
            literal = max(0, literal + (-1 if tag["end"] else 1))
        end = tag.end()
    return "".join([*parts, _resolved(block[end:], literal, resolve)])


def _resolved(text: str, literal: int, resolve: Resolver) -> str:
    return text if literal else WIKI_LINK.sub(lambda match: _reference(match, resolve), text)


def _reference(match: re.Match[str], resolve: Resolver) -> str:
    is_escaped = match.string[: match.start()].endswith("\\")
    found = None if is_escaped else resolve(match["target"].strip(), "")
    if found is None or isinstance(found, str):
        return match[0] if found is None else found
    return f'<a href="{found[0]}">{(match["words"] or "").strip() or html.escape(found[1])}</a>'
