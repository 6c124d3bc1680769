"""Find the place in the sources of an error on a finished page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from handbook.check.html_scan import PageScan
from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import Markdown, Page, blank_out_code
from handbook.text_edits import TextEdit

_REJECTED_SCHEME = re.compile(
    r"""(?<=[(<="'\s])(?!(?:https?|mailto|tel):)(?:[a-z]|&#?\w+;)(?:[a-z0-9+.-]|&#?\w+;)*(?::|&colon;)[^\s()<>"']*""",
    re.IGNORECASE,
)
"""A URL with a scheme that the sanitiser removes."""
_LINK_TAG, _IMAGE_TAG = (re.compile(rf"<{tag}\b", re.IGNORECASE) for tag in ("a", "im(?:g|age)"))


class Problem(NamedTuple):
    """The error of a link."""

    rule: str
    message: str
    hint: str
    correction: str = ""
    """The link to write instead, from the top of the site, if it is known."""


def removed_links(scan: PageScan, page: Page | None) -> Iterator[Diagnostic]:
    """Yield the links and images of a page whose URL the sanitiser has removed."""
    for text in scan.unlinked:
        message, hint = "リンクの住所が使えないため、リンクになっていません", "`https://` や `mailto:` で始めます"
        patterns = _REJECTED_SCHEME, _LINK_TAG
        yield from locate_in_source(page, scan.path, text, Problem("removed-link", message, hint), patterns)
    if scan.has_unsourced_image:
        message, hint = "絵の住所が使えないため、絵が出ません", "絵は content/images/ に置き、`images/名前` と書きます"
        patterns = _REJECTED_SCHEME, _IMAGE_TAG
        yield from locate_in_source(page, scan.path, "", Problem("removed-link", message, hint), patterns)


def locate_in_source(
    page: Page | None,
    path: str,
    link: str,
    problem: Problem,
    fallback_patterns: tuple[re.Pattern[str], ...] = (),
) -> Iterator[Diagnostic]:
    """Yield an error for each place in the source texts of the page that contains the link, else one for the page.

    If no text contains the link, `fallback_patterns` are searched in turn.
    """
    rule, message, hint, correction = problem
    source_link = link.removeprefix(page.path_to_root) if page else link
    source_message = message.replace(f"`{link}`", f"`{source_link}`")
    spellings = filter(None, dict.fromkeys((source_link, unquote(source_link), html.escape(source_link))))
    # Markdown turns a tab into spaces.
    regex = "|".join(r"\s+".join(map(re.escape, spelling.split())) for spelling in spellings)
    # First between brackets, quotes or spaces, so that `about.htm` is not found in `about.html`; then anywhere.
    patterns = [rf"(?<![^\s(<\"'=])(?:{regex})(?![^\s)>\"'])", regex] if regex else []
    texts = list(page.prose.values()) if page else []
    for pattern in (*map(re.compile, patterns), *fallback_patterns):
        matches = [match for prose in texts for match in _source_matches(prose, pattern)]
        if matches:
            for span, excerpt in matches:
                mistake = Diagnostic(span, rule, source_message, hint, excerpt)
                typed = excerpt[span.column - 1 : span.column - 1 + span.width]
                edit = TextEdit(file=span.file, line=span.line, column=span.column, old=typed, new=correction)
                yield mistake.with_fix(edit if correction else None)
            return
    yield Diagnostic(SourceSpan(f"output/{path}", 1, 1), rule, message, hint)


def _source_matches(prose: Markdown, pattern: re.Pattern[str]) -> Iterator[tuple[SourceSpan, str]]:
    """Yield each match of a pattern in a text, outside code, with its whole line."""
    lines = prose.text.split("\n")
    for number, (line, text) in enumerate(zip(lines, blank_out_code(lines), strict=True)):
        for match in pattern.finditer(text):
            column = prose.span.column + match.start()
            source_line = prose.first_line if prose.first_line and not number else " " * (prose.span.column - 1) + line
            yield SourceSpan(prose.span.file, prose.span.line + number, column, len(match[0])), source_line
