"""Further inline syntax: `~~removed~~`, bare URLs and mail addresses as links, `10*20*30` as typed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import markdown
from markdown.inlinepatterns import InlineProcessor, SimpleTagInlineProcessor, SimpleTextInlineProcessor
from markdown.util import AtomicString

_URL = r"(?<![a-zA-Z0-9/@.:=_-])((?i:https?://|www\.)[^\s<>\"`|\\^{}\x02\x03\ufffe\u3000-\uffef\u2026\u201c\u201d]+)"
"""Stops at a space and at any Japanese character, such as 、。（）「」."""
_MAIL = (
    r"(?<![a-zA-Z0-9._%+/:-])([a-zA-Z0-9][a-zA-Z0-9._%+-]*@[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)+)(?![a-zA-Z0-9@_-])"
)
_RAW_TAG = r"<a(?=[\s>])[^<]*+(?:<(?!/?a[\s>])[^<]*+){0,20}+</a>|<[a-zA-Z/!][^<>]*>|"
"""What is skipped: raw HTML with addresses in it."""
_DIGIT = "[0-9０-９]"
_TIMES = (
    rf"((?:(?<={_DIGIT})|(?<={_DIGIT}[)）%％円人日月年回件本台個枚m])|(?<=[)）]))(?<!\*)\*(?!\*)(?=[(（]?{_DIGIT}))"
)
"""Matches a `*` between two numbers, which multiplies them; the first may have one sign of a unit."""
_TRAILING = "?!.,:;*_~'"
"""Characters at the end of a URL that belong to the sentence around it."""
_ENTITY_END = re.compile(r"&[a-zA-Z0-9]+\Z")


def register_inline_syntax(converter: markdown.Markdown) -> None:
    """Add the syntax to a converter, the URLs behind the links that are typed in full."""
    patterns = converter.inlinePatterns
    patterns.register(SimpleTextInlineProcessor(_TIMES), "times", 172)
    patterns.register(_BareLink(_RAW_TAG + _URL), "url", 95)
    patterns.register(_BareLink(_RAW_TAG + _MAIL), "mail", 94)
    patterns.register(
        SimpleTagInlineProcessor(r"(?<!~)(~~)(?![~\s])((?:[^~]|~(?!~))+?)(?<![~\s])~~(?!~)", "del"), "removed", 65
    )


class _BareLink(InlineProcessor):
    """Makes a link of a URL or a mail address without brackets."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802  # the library's name, whose base class has another type
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002  # the library passes it
    ) -> tuple[ET.Element | None, int | None, int | None]:
        address = _without_trailing(m[1] or "")
        if not re.search(r"[a-zA-Z0-9]", address.partition("://")[2] or address[4:]):
            return None, None, None
        scheme = "" if "://" in address else "http://" if address[:4].lower() == "www." else "mailto:"
        link = ET.Element("a", href=scheme + address)
        link.text = AtomicString(address)
        return link, m.start(0), m.start(0) + len(address)


def _without_trailing(url: str) -> str:
    """Return a URL without the punctuation behind it, and without `)` that it does not open itself."""
    while url:
        if url[-1] == ";" and (entity := _ENTITY_END.search(url[:-1])):
            url = url[: entity.start()]
        elif url[-1] in _TRAILING or (url[-1] == ")" and url.count(")") > url.count("(")):
            url = url[:-1]
        else:
            break
    return url
