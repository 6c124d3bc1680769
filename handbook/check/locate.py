"""Find the place in the sources of an error on a finished page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from handbook.check.html_scan import PageScan
from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.markdown_reader.places import in_running_text, link_urls
from handbook.model import Page, is_valid_url

_REJECTED_SCHEME = re.compile(r"(?!(?:https?|mailto|tel):)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
"""Matches a URL with a scheme that the sanitiser removes."""
_WORD_WITH_SCHEME = re.compile(rf"(?<!\w){_REJECTED_SCHEME.pattern}[^\s()<>\"']+", re.IGNORECASE)
_LINK_TAG, _IMAGE_TAG = (re.compile(rf"<{tag}\b", re.IGNORECASE) for tag in ("a", "im(?:g|age)"))
_WORDS_BEFORE_URL = re.compile(r"(?<!!)\[(?P<words>[^\[\]]+)\]\([ \n]*<?\Z")
_URL_END = re.compile("[ \"'<>)]")

Search = Callable[[str], Iterable[tuple[int, int]]]
"""Returns the offset and the width of each match in a Markdown text."""


class Problem(NamedTuple):
    """The error of a link."""

    rule: str
    message: str
    hint: str
    correction: str = ""
    """The link to write instead, from the top of the site, if it is known."""


def removed_links(scan: PageScan, page: Page | None) -> Iterator[Diagnostic]:
    """Yield the links and images of a page whose URL the sanitiser has removed."""
    if scan.unlinked:
        message, hint = "リンクの住所が使えないため、リンクになっていません", "`https://` や `mailto:` で始めます"
        searches: tuple[Search, ...] = (_removed_links, _pattern_search(_LINK_TAG), _schemes)
        yield from _locate(page, scan.path, Problem("removed-link", message, hint), searches)
    if scan.has_unsourced_image:
        message, hint = "絵の住所が使えないため、絵が出ません", "絵は content/images/ に置き、`images/名前` と書きます"
        searches = _removed_images, _pattern_search(_IMAGE_TAG)
        yield from _locate(page, scan.path, Problem("removed-link", message, hint), searches)


def locate_in_source(page: Page | None, path: str, link: str, problem: Problem) -> Iterator[Diagnostic]:
    """Yield an error for each place in the source texts of the page that contains the link, else one for the page."""
    source_link = link.removeprefix(page.path_to_root) if page else link
    problem = problem._replace(message=problem.message.replace(f"`{link}`", f"`{source_link}`"))
    same = _normal_url(source_link)
    yield from _locate(page, path, problem, [lambda text: _links(text, lambda url: _normal_url(url) == same)])


def _locate(page: Page | None, path: str, problem: Problem, searches: Iterable[Search]) -> Iterator[Diagnostic]:
    """Yield an error for each match of the first search that has any, else one for the page."""
    texts = list(page.prose.values()) if page else []
    for search in searches:
        matches = [text.place(*match) for text in texts for match in search(text.text)]
        if matches:
            for span, excerpt in matches:
                mistake = Diagnostic(span, problem.rule, problem.message, problem.hint, excerpt)
                yield mistake.with_replacement(problem.correction)
            return
    yield Diagnostic(SourceSpan(f"output/{path}", 1, 1), problem.rule, problem.message, problem.hint)


def _is_removed(url: str) -> bool:
    return bool(_REJECTED_SCHEME.match(re.sub(r"[\s\x00-\x1f]", "", url))) or not is_valid_url(url)


def _removed_links(text: str) -> Iterator[tuple[int, int]]:
    """Yield the words of each link whose URL the sanitiser removes, or the URL if it is not directly after them."""
    for offset, width in _removed_images(text):
        words = _WORDS_BEFORE_URL.search(text, max(0, text.rfind("[", 0, offset)), offset)
        yield (words.start("words"), len(words["words"])) if words else (offset, width)


def _schemes(text: str) -> Iterable[tuple[int, int]]:
    """Return each word that begins with a scheme which the sanitiser removes, also where Markdown leaves it out."""
    return ((match.start(), len(match[0])) for match in _WORD_WITH_SCHEME.finditer(text))


def _removed_images(text: str) -> Iterator[tuple[int, int]]:
    return _links(text, _is_removed)


def _links(text: str, wanted: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Yield each link or image with a URL that `wanted` accepts."""
    for offset, url in link_urls(text):
        if wanted(url):
            line = text[offset:].partition("\n")[0]
            yield offset, len(url) if line.startswith(url) else len(_URL_END.split(line, maxsplit=1)[0])


def _normal_url(url: str) -> str:
    """Return a URL without what Markdown and the sanitiser may change: percent signs and white space."""
    return unquote(re.sub(r"\s+", " ", url.strip()))


def _pattern_search(pattern: re.Pattern[str]) -> Search:
    """Return a search for a pattern outside code."""

    def search(text: str) -> Iterator[tuple[int, int]]:
        matches = {match.start(): len(match[0]) for match in pattern.finditer(text)}
        seen = in_running_text(text, matches)
        yield from ((offset, width) for offset, width in matches.items() if offset in seen)

    return search
