"""Over the finished files: what a reader would stumble on.

It looks at what was really made, not at what was meant, so it catches a template's slip as well as an editor's.
A dead link is reported at the line of the text that holds it, where a text does.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from handbook.mistakes import Mistake, Place, SourceError, meant
from handbook.model import File, NodePage, Page, Site

_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""(?<![\w-])(id|href|src|data-parent)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--.*?-->|<script\b.*?</script>", re.DOTALL)
_TITLE = re.compile(r"<title>[^<]*[^<\s][^<]*</title>")
_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)


def files(made: Iterable[File], site: Site) -> None:
    """Raise SourceError with everything wrong in the finished files, or return nothing."""
    all_files = sorted(made, key=lambda file: file.path)
    mistakes = [*_twins(all_files)]
    pages = {page.path: page for page in site.pages}
    paths = {file.path for file in all_files}
    read = {file.path: _Read(file) for file in all_files if file.path.endswith((".html", ".svg"))}
    for path, found in read.items():
        mistakes += _alone(path, found)
        home = urlsplit(site.plan.permalink).path if path == "404.html" else ""
        mistakes += _links(path, found, paths, read, pages.get(path), home)
    mistakes += _boxes(read, site)
    if mistakes:
        raise SourceError(mistakes)


class _Read:
    """What one finished page or picture holds, read once."""

    def __init__(self, file: File) -> None:
        self.text = _HIDDEN.sub("", file.data.decode())
        self.ids: Counter[str] = Counter()
        self.links: list[tuple[str, str]] = []
        self.boxes: list[tuple[str, str]] = []
        """Id and address of each box of a diagram."""
        for tag in _TAG.finditer(self.text):
            held = {a[1].lower(): html.unescape(a[2] or a[3] or "") for a in _ATTRIBUTE.finditer(tag[2])}
            if "id" in held:
                self.ids[held["id"]] += 1
            if "data-parent" in held:
                self.boxes.append((held.get("id", ""), held.get("href", "")))
            self.links += [(name, held[name]) for name in ("href", "src") if name in held]


def _twins(all_files: list[File]) -> Iterator[Mistake]:
    """Two files with one path, also where only upper and lower case differ."""
    seen: dict[str, str] = {}
    for file in all_files:
        key = file.path.casefold()
        if key in seen:
            message = f"同じ住所のファイルが 2 つできます（`{seen[key]}` と `{file.path}`）"
            yield Mistake(Place(f"output/{file.path}", 1, 1), "same-path", message)
        seen[key] = file.path


def _alone(path: str, found: _Read) -> Iterator[Mistake]:
    """What can be said of a page by itself."""
    place = Place(f"output/{path}", 1, 1)
    for name, times in found.ids.items():
        if times > 1:
            yield Mistake(place, "double-anchor", f"ページの中に同じ目印 `{name}` が {times} 回あります")
    if path.endswith(".html"):
        if not _TITLE.search(found.text):
            yield Mistake(place, "no-title", "ページの題（title）がありません")
        if not _HEADING.search(found.text):
            yield Mistake(place, "no-heading", "ページの見出し（h1）がありません")


def _links(
    path: str, found: _Read, paths: set[str], read: dict[str, _Read], page: Page | None, home: str
) -> Iterator[Mistake]:
    """Links and pictures that lead nowhere inside the site, and pictures from outside it.

    `home` is where the site begins on its host, for the one page whose links begin there.
    """
    for name, written in dict.fromkeys(found.links):
        link = written.removeprefix(home)
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            if name == "src":
                message = f"よその絵 `{link}` は使えません"
                yield _at(page, path, link, "outside-picture", message, "content/images/ に置いてください")
            continue
        if link.startswith("/"):
            yield _at(
                page, path, link, "absolute-link", f"`/` で始まるリンク `{link}` は使えません", "`[[id]]` と書きます"
            )
            continue
        folder = posixpath.dirname(path)
        target = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else path
        if target not in paths:
            hint = meant(target, sorted(paths), most=0) or "節へのリンクは `[[id]]` と書きます"
            yield _at(page, path, link, "dead-link", f"リンク `{link}` の先がありません", hint)
        elif parts.fragment and target in read and unquote(parts.fragment) not in read[target].ids:
            hint = meant(unquote(parts.fragment), sorted(read[target].ids), most=0)
            yield _at(
                page, path, link, "dead-anchor", f"`{target}` に目印 `#{unquote(parts.fragment)}` がありません", hint
            )


def _at(page: Page | None, path: str, link: str, rule: str, message: str, hint: str) -> Mistake:
    """Place a mistake at the editor's own line where a text of the page holds the link, else at the page."""
    for prose in page.prose.values() if page else ():
        for number, line in enumerate(prose.text.split("\n")):
            spelled = next((s for s in (link, unquote(link), html.escape(link)) if s in line), "")
            if spelled:
                column = prose.place.column + line.index(spelled)
                place = Place(prose.place.file, prose.place.line + number, column, len(spelled))
                return Mistake(place, rule, message, hint, " " * (prose.place.column - 1) + line)
    return Mistake(Place(f"output/{path}", 1, 1), rule, message, hint)


def _boxes(read: dict[str, _Read], site: Site) -> Iterator[Mistake]:
    """Boxes of a diagram that lead to no node, and nodes that the whole diagram lacks."""
    nodes = {page.path for page in site.pages if isinstance(page, NodePage)} | {"index.html"}
    for path, found in read.items():
        folder = posixpath.dirname(path)
        leads = [posixpath.normpath(posixpath.join(folder, link)) for _, link in found.boxes]
        for (name, _), target in zip(found.boxes, leads, strict=True):
            if target not in nodes:
                message = f"図の箱 `{name}` は計画のどの節でもありません（`{target}`）"
                yield Mistake(Place(f"output/{path}", 1, 1), "strange-box", message)
        if path == "diagrams/plan.svg":
            drawn = {level.name for level in site.figures[0].levels}
            wanted = [e.path for root in site.roots for e in root.walk() if e.level.name in drawn]
            if [target for target in leads if target != "index.html"] != wanted:
                message = "全体の図の箱が、計画の節と同じ並びになっていません"
                yield Mistake(Place(f"output/{path}", 1, 1), "boxes-differ", message)
