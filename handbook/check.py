"""Over the finished files: what a reader would stumble on.

It looks at what was really made, not at what was meant, so it catches a template's slip as well as an editor's.
A dead link is reported at the line of the text that holds it, where a text does.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest
from urllib.parse import unquote, urlsplit

from handbook.mistakes import Mistake, Place, SourceError, meant
from handbook.model import File, NodePage, Page, Site, size_of

# Possessive, so that a tag which is never closed costs one look and not every way to split it.
_TAG = re.compile(r"""<([a-zA-Z][a-zA-Z0-9]*)\s((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(id|href|src|data-parent|data-told|aria-labelledby|aria-describedby)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<!--.*?-->|(?<=>)[^<]*(?=</script>)", re.DOTALL)
_CSS_OUTSIDE = re.compile(r"""(?:url\(|@import)\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)
_TITLE = re.compile(r"<title>[^<]*[^<\s][^<]*</title>")
_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")
_OFFER = re.compile(r"""<a\b[^>]*href="(data/[^"]+)"[^>]*>(.*?)</a>""", re.DOTALL)
_LOST_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)
MOST_HINTS = 50
"""Dead links for which a similar file is looked for."""


def files(made: Iterable[File], site: Site) -> None:
    """Raise SourceError with everything wrong in the finished files, or return nothing."""
    all_files = sorted(made, key=lambda file: file.path)
    mistakes = [*_twins(all_files)]
    pages = {page.path: page for page in site.pages}
    paths = {file.path for file in all_files}
    read = {file.path: _Read(file) for file in all_files if file.path.endswith((".html", ".svg"))}
    for path, found in read.items():
        mistakes += _alone(path, found)
    mistakes += _Links(read, paths, pages).mistakes(urlsplit(site.plan.permalink).path)
    mistakes += _styles(all_files)
    mistakes += _boxes(read, site)
    mistakes += _tellings(read, site)
    mistakes += _data(read, all_files)
    mistakes += _addresses(paths, site)
    if mistakes:
        raise SourceError(mistakes)


class _Read:
    """What one finished page or picture holds, read once."""

    def __init__(self, file: File) -> None:
        self.text = _HIDDEN.sub("", file.data.decode("utf-8", "replace"))
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.named: list[str] = []
        """Ids that attributes such as aria-labelledby point to."""
        self.fetched: set[str] = set()
        """Addresses that the browser loads by itself."""
        self.boxes: list[tuple[str, str]] = []
        """Id and address of each box of a diagram."""
        self.told: dict[str, list[str]] = defaultdict(list)
        """Ids of the nodes that it tells in order, by the name of the telling: `一覧`, `表`, `読み上げ`."""
        for tag in _TAG.finditer(self.text):
            held = {a[1].lower(): html.unescape(a[2] or a[3] or a[4] or "") for a in _ATTRIBUTE.finditer(tag[2])}
            if "id" in held:
                self.ids[held["id"]] += 1
            self.named += [name for key in held if key.startswith("aria-") for name in held[key].split()]
            if (tag[1] == "link" and "stylesheet" in tag[2]) or "src" in held:
                self.fetched.add(held.get("src", held.get("href", "")))
            if "data-parent" in held:
                self.boxes.append((held.get("id", ""), held.get("href", "")))
            if "data-told" in held:
                telling, _, told = held["data-told"].partition(" ")
                self.told[telling].append(told)
            self.links += [held[name] for name in ("href", "src") if name in held]


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
        heading = _HEADING.search(found.text)
        if not heading or not _ANY_TAG.sub("", heading[1]).strip():
            yield Mistake(place, "no-heading", "ページの見出し（h1）がありません")
    for name in dict.fromkeys(found.named):
        if name not in found.ids:
            yield Mistake(place, "dead-label", f"名前の元になる目印 `{name}` がページにありません")


def _styles(all_files: list[File]) -> Iterator[Mistake]:
    """Style sheets that load something from outside."""
    for file in all_files:
        if file.path.endswith(".css") and (found := _CSS_OUTSIDE.search(file.data.decode("utf-8", "replace"))):
            line = file.data.decode("utf-8", "replace")[: found.start()].count("\n") + 1
            yield Mistake(Place(file.path, line, 1), "outside-file", "よそのファイルを読み込むスタイルは使えません")


class _Links:
    """Looks at the links of all pages; a dead one that no text holds is said once, however many pages share it."""

    def __init__(self, read: dict[str, _Read], paths: set[str], pages: dict[str, Page]) -> None:
        self.read = read
        self.paths = paths
        self.pages = pages
        self.hints: dict[str, str] = {}
        self.seen: dict[tuple[str, str], tuple[Mistake, int]] = {}

    def mistakes(self, home: str) -> Iterator[Mistake]:
        """Yield what is wrong; `home` is where the site begins on its host, for 404.html whose links begin there."""
        for path, found in self.read.items():
            for link in dict.fromkeys(found.links):
                known = link.removeprefix(home) if path == "404.html" else link
                if wrong := self._wrong(path, known, fetched=link in found.fetched):
                    yield from self._once(path, link, _at(self.pages.get(path), path, link, *wrong))
            for words in _LOST_LINK.findall(found.text):
                said = "リンクの住所が使えないため、リンクになっていません", "`https://` や `mailto:` で始めます"
                yield _at(self.pages.get(path), path, _ANY_TAG.sub("", words), "lost-link", *said)
        for mistake, others in self.seen.values():
            message = mistake.message + (f"（ほか {others} ページ）" if others else "")
            yield replace(mistake, message=message)

    def _once(self, path: str, link: str, mistake: Mistake) -> Iterator[Mistake]:
        if not mistake.place.file.startswith("output/"):
            yield mistake
            return
        key = posixpath.normpath(posixpath.join(posixpath.dirname(path), link)), mistake.rule
        first, others = self.seen.get(key, (mistake, -1))
        self.seen[key] = first, others + 1

    def _wrong(self, path: str, link: str, *, fetched: bool) -> tuple[str, str, str] | None:
        """Return rule, message and hint where a link leads nowhere inside the site, or fetches from outside it."""
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            hint = "content/images/ や theme/ に置いてください"
            return ("outside-file", f"よそのファイル `{link}` は読み込めません", hint) if fetched else None
        if link.startswith("/"):
            return "absolute-link", f"`/` で始まるリンク `{link}` は使えません", "`[[id]]` と書きます"
        folder = posixpath.dirname(path)
        target = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else path
        anchor = unquote(parts.fragment)
        if target not in self.paths:
            hint = self._near(target, self.paths) or "節へのリンクは `[[id]]` と書きます"
            return "dead-link", f"リンク `{link}` の先がありません", hint
        if anchor and target in self.read and anchor not in self.read[target].ids:
            message = f"`{target}` に目印 `#{anchor}` がありません"
            return "dead-anchor", message, self._near(anchor, self.read[target].ids)
        return None

    def _near(self, word: str, known: Iterable[str]) -> str:
        """Return the hint for a dead link: each looked up once, and only the first few, for it takes long."""
        if word not in self.hints:
            self.hints[word] = meant(word, sorted(known), most=0) if len(self.hints) < MOST_HINTS else ""
        return self.hints[word]


def _at(page: Page | None, path: str, link: str, rule: str, message: str, hint: str) -> Mistake:
    """Place a mistake at the editor's own line where a text of the page holds the link, else at the page."""
    typed = link.removeprefix(page.root) if page else link
    for prose in page.prose.values() if page else ():
        for number, line in enumerate(prose.text.split("\n")):
            spelled = next((s for s in (typed, unquote(typed), html.escape(typed)) if s and s in line), "")
            if spelled:
                column = prose.place.column + line.index(spelled)
                place = Place(prose.place.file, prose.place.line + number, column, len(spelled))
                shown = message.replace(f"`{link}`", f"`{typed}`")
                return Mistake(place, rule, shown, hint, " " * (prose.place.column - 1) + line)
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


def _tellings(read: dict[str, _Read], site: Site) -> Iterator[Mistake]:
    """Lists, tables and readings of the whole plan that do not hold every node, in the one order."""
    wanted = [entry.id for entry in site.entries]
    for path, found in read.items():
        for telling, told in found.told.items():
            if told != wanted:
                pairs = zip_longest(told, wanted, fillvalue="")
                first = next(
                    f"`{mine or 'なし'}` は `{theirs or 'なし'}` のはずです" for mine, theirs in pairs if mine != theirs
                )
                message = f"計画の全体の{telling}が、計画の節と同じ並びになっていません（{first}）"
                yield Mistake(Place(f"output/{path}", 1, 1), "tellings-differ", message)


def _data(read: dict[str, _Read], all_files: list[File]) -> Iterator[Mistake]:
    """Files of the open data that the page about them does not offer with form and size."""
    page = read.get("data.html")
    offered = {html.unescape(found[1]): found[2] for found in _OFFER.finditer(page.text)} if page else {}
    for file in all_files:
        if file.path.startswith("data/"):
            words = offered.get(file.path, "")
            if file.path.rpartition(".")[2].upper() not in words or size_of(file) not in words:
                message = f"データのページに、`{file.path}` が形式と大きさを添えて載っていません"
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
