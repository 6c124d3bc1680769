"""A finished page or picture → the marks in it: anchors, links, boxes, tellings. Judges nothing."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict

from handbook.model import File

# Possessive, so that a tag which is never closed costs one look and not every way to split it.
_TAG = re.compile(r"""<([a-zA-Z][a-zA-Z0-9]*)\s(?!class="[^"]*">)((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(id|href|src|data-parent|data-told|aria-labelledby|aria-describedby)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<!--.*?-->|(?<=>)[^<]*(?=</script>)", re.DOTALL)
_LIT = re.compile(r'aria-current="page" (id="[^"]*" class="box )here ')


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
        for tag in _TAG.finditer(text):
            held = {a[1].lower(): html.unescape(a[2] or a[3] or a[4] or "") for a in _ATTRIBUTE.finditer(tag[2])}
            if "id" in held:
                self.ids.append(held["id"])
            self.named += [name for key in held if key.startswith("aria-") for name in held[key].split()]
            if "data-parent" in held:
                self.boxes.append((held.get("id", ""), held.get("href", "")))
            if "data-told" in held:
                telling, _, told = held["data-told"].partition(" ")
                self.told[telling].append(told)
            fetched = (tag[1] == "link" and "stylesheet" in tag[2]) or "src" in held
            for name in ("href", "src"):
                if name in held:
                    self.links[held[name]] = fetched or self.links.get(held[name], False)


class Read:
    """What one finished page or picture holds."""

    def __init__(self, file: File, drawn: dict[str, Marks]) -> None:
        """`drawn` holds the pictures read so far: a branch's pages share its diagrams, and each is read once."""
        text = file.data.decode("utf-8", "replace")
        words, pictures = _cut(text) if file.path.endswith(".html") else (text, [])
        self.path = file.path
        self.text = _HIDDEN.sub("", words)
        """Without its pictures and remarks."""
        self.parts = [Marks(self.text)]
        """Of the text, then of each picture."""
        for picture in pictures:
            plain = _LIT.sub(r"\1", picture, count=1)  # alike on all its pages, but for the box of the page itself
            if plain not in drawn:
                drawn[plain] = Marks(plain)
            self.parts.append(drawn[plain])
        self.ids = Counter(name for part in self.parts for name in part.ids)
        self.named = dict.fromkeys(name for part in self.parts for name in part.named)
        self.links = dict(link for part in reversed(self.parts) for link in part.links.items())


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
