"""A finished page or picture → the marks in it: anchors, links, boxes, tellings. Judges nothing.

Pages share tags and pictures, so each is read once: pure memos, of a size that a large
plan does not outgrow.
"""

from __future__ import annotations

import functools
import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from handbook.model import File

_TAG = re.compile(r"""<[a-zA-Z][\w-]*+\s(?!class="[^"]*">)[^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*+>""")
"""Possessive, so that a tag which is never closed costs one look and not every way to split it."""
_ATTRIBUTE = re.compile(r"""([\w:-]++)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
"""Each from its name to the end of its value, so that words within a value are never taken for another attribute."""
_TELLING = frozenset({"id", "href", "src", "data-parent", "data-node-list", "aria-labelledby", "aria-describedby"})
_NAMING = ("aria-labelledby", "aria-describedby")
_LEADING = ("href", "src")
_HERE = ("#", "?", "")
_HIDDEN = re.compile(r"<!--.*?-->|(<script\b[^>]*>)[^<]*(?=</script>)", re.DOTALL)

Link = tuple[str, bool]
"""An address, and whether the browser loads it by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What the tags of a text hold, in its order."""

    ids: tuple[str, ...]
    links: tuple[Link, ...]
    within: tuple[str, ...]
    """Links that stay on the page."""
    named: tuple[str, ...]
    """Ids that attributes such as aria-labelledby point to."""
    boxes: tuple[tuple[str, str], ...]
    """Id and address of each box of a diagram."""
    told: tuple[tuple[str, str], ...]
    """Ids of the nodes that it tells, each after the name of the telling: `一覧`, `表`, `読み上げ`."""


class Read:
    """What one finished page or picture holds."""

    def __init__(self, file: File) -> None:
        text = file.data.decode("utf-8", "replace")
        words, pictures = _cut(text) if file.path.endswith(".html") else (text, [])
        self.path = file.path
        self.text = _HIDDEN.sub(r"\1", words) if "<!--" in words or "<script" in words else words
        """Without its pictures and remarks."""
        self.parts = [marks(self.text), *(_drawn(_unlit(picture)) for picture in pictures)]
        """Of the text, then of each picture."""
        self.anchors = frozenset(chain.from_iterable(part.ids for part in self.parts))

    @property
    def doubled(self) -> Mapping[str, int]:
        """Ids that stand there more than once, and how often."""
        if sum(len(part.ids) for part in self.parts) == len(self.anchors):
            return {}
        all_ = Counter(chain.from_iterable(part.ids for part in self.parts))
        return {name: times for name, times in all_.items() if times > 1}

    @property
    def told(self) -> Mapping[str, list[str]]:
        """Ids of the nodes that the text tells in order, by the name of the telling."""
        found: dict[str, list[str]] = {}
        for telling, told in self.parts[0].told:
            found.setdefault(telling, []).append(told)
        return found


def marks(text: str) -> Marks:
    """Read the tags of a text."""
    ids: list[str] = []
    links: list[Link] = []
    within: list[str] = []
    named: list[str] = []
    boxes: list[tuple[str, str]] = []
    told: list[tuple[str, str]] = []
    kept: Mapping[str, Callable[[Any], None]] = {
        "id": ids.append,
        "link": links.append,
        "within": within.append,
        "named": named.append,
        "box": boxes.append,
        "told": told.append,
    }
    for kind, said in chain.from_iterable(map(_tag, _TAG.findall(text))):
        kept[kind](said)
    return Marks(tuple(ids), tuple(links), tuple(within), tuple(named), tuple(boxes), tuple(told))


@functools.lru_cache(maxsize=1 << 16)
def _tag(tag: str) -> tuple[tuple[str, str | Link | tuple[str, str]], ...]:
    """Read one tag: what it holds, each after its kind."""
    held: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(tag):
        if name.lower() in _TELLING:
            held[name.lower()] = html.unescape(double or single or bare)
    found: list[tuple[str, str | Link | tuple[str, str]]] = []
    for name, said in held.items():
        if name == "id":
            found.append(("id", said))
        elif name in _LEADING:
            loads = "src" in held or (tag.startswith("<link") and "stylesheet" in tag)
            found.append(("within", said) if said[:1] in _HERE else ("link", (said, loads)))
        elif name in _NAMING:
            found += [("named", each) for each in said.split()]
        elif name == "data-parent":
            found.append(("box", (held.get("id", ""), held.get("href", ""))))
        else:
            telling, _, told = said.partition(" ")
            found.append(("told", (telling, told)))
    return tuple(found)


_drawn = functools.lru_cache(maxsize=512)(marks)
read = functools.lru_cache(maxsize=512)(Read)
"""Read a file; while a plan is edited most are the same again, and reading them is most of the work."""


def _unlit(picture: str) -> str:
    """Return a picture as it is on all its pages: without the light on the box of the page itself."""
    return picture.replace('aria-current="page" ', "", 1).replace('class="box here ', 'class="box ', 1)


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
