"""What is wrong on a finished page → where in the sources an editor typed it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from handbook.mistakes import Mistake, Place
from handbook.model import Page, Prose, without_code

_ANY_TAG = re.compile(r"<[^>]*>")
_OTHERS = r'(?: (?:alt|title|lang|id|width|height)="[^"]*")*'
_LOST_LINK = re.compile(r'<a(?: (?:title|lang)="[^"]*")*>(?P<words>.*?)</a>', re.DOTALL)
_LOST_PICTURE = re.compile(rf"<img{_OTHERS}>")
"""What the sanitiser leaves of a tag whose address it took away."""
_STRANGE = re.compile(
    r"""(?<=[(<="'\s])(?!(?:https?|mailto|tel):)(?:[a-z]|&#?\w+;)(?:[a-z0-9+.-]|&#?\w+;)*(?::|&colon;)[^\s()<>"']*""",
    re.IGNORECASE,
)
"""An address that begins in a way no page lets through."""
_LINK_TAG, _PICTURE_TAG = (re.compile(rf"<{tag}\b", re.IGNORECASE) for tag in ("a", "im(?:g|age)"))


def lost(text: str, page: Page | None, path: str) -> Iterator[Mistake]:
    """Yield the links and pictures that a page has no address for any more, because none could be let through."""
    for found in _LOST_LINK.finditer(text):
        said = "リンクの住所が使えないため、リンクになっていません", "`https://` や `mailto:` で始めます"
        yield from at(page, path, _ANY_TAG.sub("", found["words"]), "lost-link", *said, (_STRANGE, _LINK_TAG))
    if _LOST_PICTURE.search(text):
        said = "絵の住所が使えないため、絵が出ません", "絵は content/images/ に置き、`images/名前` と書きます"
        yield from at(page, path, "", "lost-link", *said, (_STRANGE, _PICTURE_TAG))


def at(
    page: Page | None,
    path: str,
    link: str,
    rule: str,
    message: str,
    hint: str,
    instead: tuple[re.Pattern[str], ...] = (),
) -> Iterator[Mistake]:
    """Place a mistake wherever the editor typed the link in the texts of the page, else at the page itself.

    Where the link is not found as it was typed, `instead` is looked for, one after the other.
    """
    typed = link.removeprefix(page.root) if page else link
    shown = message.replace(f"`{link}`", f"`{typed}`")
    spelt = filter(None, dict.fromkeys((typed, unquote(typed), html.escape(typed))))
    words = "|".join(r"\s+".join(map(re.escape, word.split())) for word in spelt)  # Markdown makes spaces of a tab
    # A link ends where a bracket, a quote or a space does; `about.htm` is not what stands in `about.html`.
    patterns = [rf"(?<![^\s(<\"'=])(?:{words})(?![^\s)>\"'])", words] if words else []
    texts = list(page.prose.values()) if page else []
    for pattern in (*map(re.compile, patterns), *instead):
        found = [each for prose in texts for each in _spelled(prose, pattern)]
        if found:
            yield from (Mistake(place, rule, shown, hint, excerpt) for place, excerpt in found)
            return
    yield Mistake(Place(f"output/{path}", 1, 1), rule, message, hint)


def _spelled(prose: Prose, pattern: re.Pattern[str]) -> Iterator[tuple[Place, str]]:
    """Yield each place in a text where a pattern stands, with its whole line."""
    lines = prose.text.split("\n")
    for number, (line, told) in enumerate(zip(lines, without_code(lines), strict=True)):
        for hit in pattern.finditer(told):
            column = prose.place.column + hit.start()
            whole = prose.line if prose.line and not number else " " * (prose.place.column - 1) + line
            yield Place(prose.place.file, prose.place.line + number, column, len(hit[0])), whole
