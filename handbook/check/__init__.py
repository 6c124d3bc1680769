"""Over the finished files: what a reader would stumble on.

It looks at what was really made, not at what was meant, so it catches a template's slip as well as an editor's.
A dead link is reported at the line of the text that holds it, where a text does. The files are read as they go by, so
that a site of any size passes through without being held, and each may be looked at by the hand that made it.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from urllib.parse import unquote, urlsplit

from handbook.check import typed
from handbook.check.marks import Link, Marks, Read, read
from handbook.mistakes import Mistake, Place, SourceError, nearest
from handbook.model import File, NodePage, Page, Site, size_of

_CSS_OUTSIDE = re.compile(r"""(?:url\(|@import)\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)
_TITLE = re.compile(r"<title>[^<]*[^<\s][^<]*</title>")
_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")
_OFFER = re.compile(r"""<a\b[^>]*href="(data/[^"]+)"[^>]*>(.*?)</a>""", re.DOTALL)
MOST_HINTS = 50
"""Dead links for which a similar file is looked for."""


def files(made: Iterable[File], site: Site) -> None:
    """Raise SourceError with everything wrong in the finished files, or return nothing."""
    look = looking(site)
    deque(passing(((file, look(file)) for file in made), site), maxlen=0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen in one finished file: what is wrong in itself, and what others have to be asked about."""

    mistakes: tuple[Mistake, ...] = ()
    anchors: Collection[str] | None = None
    """None in a file that has none to lead to."""
    links: tuple[tuple[Link, ...], ...] = ()
    """What its text and each of its pictures lead to."""
    astray: tuple[str, ...] = ()
    """Links to places in the file itself that are not there."""


NOTHING = Seen()


def looking(site: Site) -> Callable[[File], Seen]:
    """Return what looks at one finished file of a site."""
    pages = {page.path: page for page in site.pages}
    boxes = _Boxes(site)
    wanted = [entry.id for entry in site.entries]

    def look(file: File) -> Seen:
        if file.path.endswith(".css"):
            return Seen(tuple(_style(file)))
        if not file.path.endswith((".html", ".svg")):
            return NOTHING
        found = read(file)
        wrong = *_alone(found, pages.get(found.path)), *boxes.mistakes(found), *_tellings(found, wanted)
        within = dict.fromkeys(chain.from_iterable(part.within for part in found.parts))
        astray = tuple(link for link in within if (anchor := _anchor(link)) and anchor not in found.anchors)
        # A few are found as soon in a tuple as in a set, which takes ten times the room.
        anchors = tuple(found.anchors) if len(found.anchors) < 50 else found.anchors
        return Seen(wrong, anchors, tuple(part.links for part in found.parts if part.links), astray)

    return look


def passing(made: Iterable[tuple[File, Seen]], site: Site) -> Iterator[File]:
    """Pass the finished files on one by one; when the last has gone by, raise SourceError with all that is wrong."""
    mistakes: list[Mistake] = []
    paths: set[str] = set()
    data: dict[str, str] = {}
    offered: dict[str, str] = {}
    folded: dict[str, str] = {}
    links = _Links(site)
    for file, seen in made:
        mistakes += _twin(file.path, folded)
        mistakes += seen.mistakes
        paths.add(file.path)
        links.note(file.path, seen)
        if file.path.startswith("data/"):
            data[file.path] = size_of(file)
        if file.path == "data.html":
            offered = {html.unescape(offer[1]): offer[2] for offer in _OFFER.finditer(read(file).text)}
        yield file
    mistakes += links.mistakes(paths)
    mistakes += _data(data, offered)
    mistakes += _addresses(paths, site)
    if mistakes:
        raise SourceError(mistakes)


def _twin(path: str, folded: dict[str, str]) -> Iterator[Mistake]:
    """Two files with one path, also where only upper and lower case differ; `folded` holds those before."""
    other = folded.setdefault(path.casefold(), path)
    if other is not path:
        message = f"同じ住所のファイルが 2 つできます（`{other}` と `{path}`）"
        yield Mistake(Place(f"output/{path}", 1, 1), "same-path", message)


def _alone(found: Read, page: Page | None) -> Iterator[Mistake]:
    """What can be said of a page by itself."""
    place = Place(f"output/{found.path}", 1, 1)
    for name, times in found.doubled.items():
        yield Mistake(place, "double-anchor", f"ページの中に同じ目印 `{name}` が {times} 回あります")
    if found.path.endswith(".html"):
        if not _TITLE.search(found.text):
            yield Mistake(place, "no-title", "ページの題（title）がありません")
        heading = _HEADING.search(found.text)
        if not heading or not _ANY_TAG.sub("", heading[1]).strip():
            yield Mistake(place, "no-heading", "ページの見出し（h1）がありません")
    for name in dict.fromkeys(chain.from_iterable(part.named for part in found.parts)):
        if name not in found.anchors:
            yield Mistake(place, "dead-label", f"名前の元になる目印 `{name}` がページにありません")
    yield from typed.lost(found.text, page, found.path)


def _style(file: File) -> Iterator[Mistake]:
    """A style sheet that loads something from outside."""
    text = file.data.decode("utf-8", "replace")
    if found := _CSS_OUTSIDE.search(text):
        line = text[: found.start()].count("\n") + 1
        yield Mistake(Place(file.path, line, 1), "outside-file", "よそのファイルを読み込むスタイルは使えません")


class _Links:
    """The links of all pages. Most stand on hundreds of pages, so each is judged once for all that share a folder."""

    def __init__(self, site: Site) -> None:
        self.pages = {page.path: page for page in site.pages}
        self.home = urlsplit(site.plan.permalink).path
        """Where the site begins on its host, for 404.html, whose links begin there."""
        self.anchors: dict[str, Collection[str]] = {}
        self.seen: dict[str, Seen] = {}
        self.leading: dict[str, set[Link]] = {}
        """What the files of each folder lead to."""
        self.hints: dict[str, str] = {}

    def note(self, path: str, seen: Seen) -> None:
        """Keep what has to be known of a file once all are there."""
        if seen.anchors is None:  # neither page nor picture
            return
        self.anchors[path] = seen.anchors
        if path == "404.html":
            seen = replace(
                seen, links=(tuple((to.removeprefix(self.home), loads) for to, loads in chain(*seen.links)),)
            )
        self.seen[path] = seen
        self.leading.setdefault(posixpath.dirname(path), set()).update(*seen.links)

    def mistakes(self, paths: set[str]) -> Iterator[Mistake]:
        """Yield what is wrong; a dead link that no text holds is said once, however many pages share it."""
        shared: dict[tuple[str, str], tuple[Mistake, int]] = {}
        for path, link, wrong in self._lost(paths):
            for mistake in typed.at(self.pages.get(path), path, link, *wrong):
                if not mistake.place.file.startswith("output/"):
                    yield mistake
                    continue
                key = posixpath.normpath(posixpath.join(posixpath.dirname(path), link)), mistake.rule
                first, others = shared.get(key, (mistake, -1))
                shared[key] = first, others + 1
        for mistake, others in shared.values():
            message = mistake.message + (f"（ほか {others} ページ）" if others else "")
            yield replace(mistake, message=message)

    def _lost(self, paths: set[str]) -> Iterator[tuple[str, str, tuple[str, str, str]]]:
        """Yield the path of each page with each of its links that lead nowhere, and rule, message and hint."""
        wrong = {
            (folder, link): words
            for folder, links in self.leading.items()
            for link in links
            if (words := self._wrong(folder, *link, paths))
        }
        for path, seen in self.seen.items():
            for link in seen.astray:
                yield path, link, self._no_anchor(path, _anchor(link))
            if wrong:
                folder, links = posixpath.dirname(path), dict.fromkeys(chain(*seen.links))
                for to, loads in links:
                    if (folder, (to, loads)) in wrong and (loads or (to, True) not in links):
                        yield path, to, wrong[folder, (to, loads)]

    def _wrong(self, folder: str, link: str, fetched: bool, paths: set[str]) -> tuple[str, str, str] | None:
        """Return rule, message and hint where a link leads nowhere inside the site, or fetches from outside it."""
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            hint = "content/images/ や theme/ に置いてください"
            return ("outside-file", f"よそのファイル `{link}` は読み込めません", hint) if fetched else None
        if link.startswith("/"):
            return "absolute-link", f"`/` で始まるリンク `{link}` は使えません", "`[[id]]` と書きます"
        target = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        if target not in paths:
            picture, node = (
                "絵は content/images/ に置き、`images/名前` と書きます",
                "節へのリンクは `[[id]]` と書きます",
            )
            hint = self._near(target, paths) or (picture if fetched else node)
            return "dead-link", f"リンク `{link}` の先がありません", hint
        anchor = _anchor(link)
        if anchor and anchor not in self.anchors.get(target, (anchor,)):
            return self._no_anchor(target, anchor)
        return None

    def _no_anchor(self, target: str, anchor: str) -> tuple[str, str, str]:
        hint = self._near(anchor, self.anchors[target])
        return "dead-anchor", f"`{target}` に目印 `#{anchor}` がありません", hint

    def _near(self, word: str, known: Iterable[str]) -> str:
        """Return the hint for a dead link: each looked up once, and only the first few, for it takes long.

        Names are compared without folder and ending: those are alike among files that have nothing in common.
        """
        if word not in self.hints:
            names = {_name(path): path for path in sorted(known, reverse=True)}
            near = nearest(_name(word), names) if len(self.hints) < MOST_HINTS else ""
            self.hints[word] = f"`{names[near]}` のことですか" if near else ""
        return self.hints[word]


def _anchor(link: str) -> str:
    """Return the place on a page that a link leads to; empty for the page itself."""
    return unquote(urlsplit(link).fragment)


def _name(path: str) -> str:
    """Return the name of a file alone."""
    return posixpath.splitext(posixpath.basename(path))[0]


class _Boxes:
    """The boxes of the diagrams: each leads to a node, and the whole diagram lacks none."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.nodes = {page.path for page in site.pages if isinstance(page, NodePage)} | {"index.html"}
        self.looked: set[tuple[Marks, str]] = set()
        """Pictures that were seen to be right, by the folder of the page: a branch's pages share them."""

    def mistakes(self, found: Read) -> Iterator[Mistake]:
        """Yield what is wrong with the diagrams of a page, or with one that stands alone."""
        place, folder = Place(f"output/{found.path}", 1, 1), posixpath.dirname(found.path)
        for part in found.parts:
            if not part.boxes or (part, folder) in self.looked:
                continue
            leads = [posixpath.normpath(posixpath.join(folder, link)) for _, link in part.boxes]
            for (name, _), target in zip(part.boxes, leads, strict=True):
                if target not in self.nodes:
                    message = f"図の箱 `{name}` は計画のどの節でもありません（`{target}`）"
                    yield Mistake(place, "strange-box", message)
            if self.nodes.issuperset(leads):
                self.looked.add((part, folder))
        if found.path == "diagrams/plan.svg":
            leads = [posixpath.normpath(posixpath.join(folder, link)) for part in found.parts for _, link in part.boxes]
            drawn = {level.name for level in self.site.figures[0].levels}
            wanted = [entry.path for entry in self.site.entries if entry.level.name in drawn]
            if [target for target in leads if target != "index.html"] != wanted:
                message = "全体の図の箱が、計画の節と同じ並びになっていません"
                yield Mistake(place, "boxes-differ", message)


def _tellings(found: Read, wanted: list[str]) -> Iterator[Mistake]:
    """Lists, tables and readings of the whole plan that do not hold every node, in the one order."""
    for telling, told in found.told.items():
        if told != wanted:
            pairs = zip_longest(told, wanted, fillvalue="")
            first = next(
                f"`{mine or 'なし'}` は `{theirs or 'なし'}` のはずです" for mine, theirs in pairs if mine != theirs
            )
            message = f"計画の全体の{telling}が、計画の節と同じ並びになっていません（{first}）"
            yield Mistake(Place(f"output/{found.path}", 1, 1), "tellings-differ", message)


def _data(data: Mapping[str, str], offered: Mapping[str, str]) -> Iterator[Mistake]:
    """Files of the open data, with their sizes, that the page about them does not offer with form and size."""
    for path, size in data.items():
        words = offered.get(path, "")
        if path.rpartition(".")[2].upper() not in words or size not in words:
            message = f"データのページに、`{path}` が形式と大きさを添えて載っていません"
            yield Mistake(Place("output/data.html", 1, 1), "data-not-offered", message)


def _addresses(paths: set[str], site: Site) -> Iterator[Mistake]:
    """Addresses that were once published and would lead nowhere now."""
    near = {entry.id: entry.level.path for entry in site.entries}
    for address in site.plan.addresses:
        if address.path not in paths:
            old = address.path.removesuffix(".html")
            message = f"前に公開した住所 `{address.path}` がなくなります"
            own = old.rpartition("/")[2]
            where = f"（`{near[own]}/{own}` に移っています）" if own in near else ""
            hint = f"引き継ぐ節の `以前のid` に `{old}` を書き足します{where}"
            if "/" not in old:
                hint = f"content/pages/{old}.md を残し、いまはどこを見ればよいかを書きます"
            yield Mistake(address.place, "dead-address", message, hint, address.path)
