"""A finished page or picture → the marks in it: anchors, links, boxes, tellings. Judges nothing.

Pages share tags and pictures, so each is read once: pure memos, of a size that a large plan does not outgrow.
"""

from __future__ import annotations

import functools
import html
import re
from collections import Counter, defaultdict
from itertools import chain

from handbook.model import File

# Possessive, so that a tag which is never closed costs one look and not every way to split it.
_TAG = re.compile(r"""<[a-zA-Z][a-zA-Z0-9]*\s(?!class="[^"]*">)(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_ATTRIBUTE = re.compile(r"""([\w:-]++)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
"""Each from its name to the end of its value, so that words within a value are never taken for another attribute."""
_TELLING = frozenset({"id", "href", "src", "data-parent", "data-told", "aria-labelledby", "aria-describedby"})
_NAMING = ("aria-labelledby", "aria-describedby")
_LEADING = ("href", "src")
_HIDDEN = re.compile(r"<!--.*?-->|(<script\b[^>]*>)[^<]*(?=</script>)", re.DOTALL)
_LIT = re.compile(r'aria-current="page" (id="[^"]*" class="box )here ')


Held = dict[str, str]
"""What a tag says, by attribute; under `""` whether the browser loads what it names by itself."""


class Marks:
    """What the tags of a text hold."""

    def __init__(self, text: str) -> None:
        self.ids: list[str] = []
        self.links: dict[str, bool] = {}
        """Addresses in the order of the text, and whether the browser loads them by itself."""
        self.named: list[str] = []
        """Ids that attributes such as aria-labelledby point to."""
        self.boxes: list[tuple[str, str]] = []
        """Id and address of each box of a diagram."""
        self.told: dict[str, list[str]] = defaultdict(list)
        """Ids of the nodes that it tells in order, by the name of the telling: `一覧`, `表`, `読み上げ`."""
        for tag in _TAG.findall(text):
            if held := _held(tag):
                self._take(held)

    def _take(self, held: Held) -> None:
        if "id" in held:
            self.ids.append(held["id"])
        for key in _NAMING:
            if key in held:
                self.named += held[key].split()
        if "data-parent" in held:
            self.boxes.append((held.get("id", ""), held.get("href", "")))
        if "data-told" in held:
            telling, _, told = held["data-told"].partition(" ")
            self.told[telling].append(told)
        for key in _LEADING:
            if key in held:
                self.links[held[key]] = bool(held[""]) or self.links.get(held[key], False)


@functools.lru_cache(maxsize=1 << 16)
def _held(tag: str) -> Held:
    said = {a[1].lower(): a[2] or a[3] or a[4] or "" for a in _ATTRIBUTE.finditer(tag)}
    held = {name: html.unescape(words) for name, words in said.items() if name in _TELLING}
    loads = "src" in held or (tag.startswith("<link") and "stylesheet" in tag)
    return held | {"": "loads" if loads else ""} if held else held


class Read:
    """What one finished page or picture holds."""

    def __init__(self, file: File) -> None:
        text = file.data.decode("utf-8", "replace")
        words, pictures = _cut(text) if file.path.endswith(".html") else (text, [])
        self.path = file.path
        self.text = _HIDDEN.sub(r"\1", words)
        """Without its pictures and remarks."""
        # A picture is alike on all its pages, but for the box of the page itself.
        self.parts = [Marks(self.text), *(_drawn(_LIT.sub(r"\1", picture, count=1)) for picture in pictures)]
        """Of the text, then of each picture."""
        self.ids = Counter(chain.from_iterable(part.ids for part in self.parts))
        self.named = dict.fromkeys(chain.from_iterable(part.named for part in self.parts))
        self.links: dict[str, bool] = {}
        for part in reversed(self.parts):
            self.links.update(part.links)


_drawn = functools.lru_cache(maxsize=512)(Marks)
read = functools.lru_cache(maxsize=512)(Read)
"""Read a file; while a plan is edited most are the same again, and reading them is most of the work."""


def _cut(page: str) -> tuple[str, list[str]]:
    """Return a page without its pictures, and the pictures."""
    words, pictures = "", []
    while page:
        before, start, rest = page.partition("<svg ")
        inside, end, page = rest.partition("</svg>")
        words += before
        if start:
            pictures.append(start + inside + end)
    return words, pictures
