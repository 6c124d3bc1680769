"""Over the finished files: what a reader would stumble on.

It looks at what was really made, not at what was meant, so it catches a template's slip as well as an editor's.
A dead link is reported at the line of the text that holds it, where a text does. The files are read as they go by, so
that a site of any size passes through without being held, and each may be looked at by the hand that made it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest

from handbook.check.diagrams import DiagramChecker
from handbook.check.html_scan import PageScan, ScannedLink, data_links, scan_page
from handbook.check.links import LinkChecker, fragment
from handbook.check.locate import removed_links
from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.model import OutputFile, Page, Site, format_size

_EXTERNAL_CSS_URL = re.compile(r"""(?:url\(|@import)\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)


def check_files(made: Iterable[OutputFile], site: Site) -> None:
    """Raise SourceError with everything wrong in the finished files, or return nothing."""
    look = file_scanner(site)
    deque(check_stream(((file, look(file)) for file in made), site), maxlen=0)


@dataclass(frozen=True, slots=True)
class FileScan:
    """What is seen in one finished file: what is wrong in itself, and what others have to be asked about."""

    diagnostics: tuple[Diagnostic, ...] = ()
    anchors: Collection[str] | None = None
    """None in a file that has none to lead to."""
    links: tuple[tuple[ScannedLink, ...], ...] = ()
    """What its text and each of its pictures lead to."""
    broken_fragments: tuple[str, ...] = ()
    """Links to places in the file itself that are not there."""


EMPTY_SCAN = FileScan()


def file_scanner(site: Site) -> Callable[[OutputFile], FileScan]:
    """Return what looks at one finished file of a site."""
    pages = {page.path: page for page in site.pages}
    diagrams = DiagramChecker(site)
    wanted = [entry.id for entry in site.tree_nodes]

    def look(file: OutputFile) -> FileScan:
        if file.path.endswith(".css"):
            return FileScan(tuple(_check_stylesheet(file)))
        if not file.path.endswith((".html", ".svg")):
            return EMPTY_SCAN
        found = scan_page(file)
        wrong = (
            *_check_page(found, pages.get(found.path)),
            *diagrams.diagnostics(found),
            *_check_node_lists(found, wanted),
        )
        within = dict.fromkeys(chain.from_iterable(part.fragment_links for part in found.parts))
        astray = tuple(link for link in within if (anchor := fragment(link)) and anchor not in found.anchors)
        # A few are found as soon in a tuple as in a set, which takes ten times the room.
        anchors = tuple(found.anchors) if len(found.anchors) < 50 else found.anchors
        return FileScan(wrong, anchors, tuple(part.links for part in found.parts if part.links), astray)

    return look


def check_stream(made: Iterable[tuple[OutputFile, FileScan]], site: Site) -> Iterator[OutputFile]:
    """Pass the finished files on one by one; when the last has gone by, raise SourceError with all that is wrong."""
    mistakes: list[Diagnostic] = []
    paths: set[str] = set()
    data: dict[str, str] = {}
    offered: Mapping[str, str] = {}
    folded: dict[str, str] = {}
    links = LinkChecker(site)
    for file, seen in made:
        mistakes += _duplicate_paths(file.path, folded)
        mistakes += seen.diagnostics
        paths.add(file.path)
        if seen.anchors is not None:
            links.add(file.path, seen.anchors, seen.links, seen.broken_fragments)
        if file.path.startswith("data/"):
            data[file.path] = format_size(file)
        if file.path == "data.html":
            offered = data_links(file.data)
        yield file
    mistakes += links.diagnostics(paths)
    mistakes += _check_data_links(data, offered)
    mistakes += _check_published_paths(paths, site)
    if mistakes:
        raise SourceError(mistakes)


def _duplicate_paths(path: str, folded: dict[str, str]) -> Iterator[Diagnostic]:
    """Two files with one path, also where only upper and lower case differ; `folded` holds those before."""
    other = folded.setdefault(path.casefold(), path)
    if other is not path:
        message = f"同じ住所のファイルが 2 つできます（`{other}` と `{path}`）"
        yield Diagnostic(SourceSpan(f"output/{path}", 1, 1), "same-path", message)


def _check_page(found: PageScan, page: Page | None) -> Iterator[Diagnostic]:
    """What can be said of a page by itself."""
    place = SourceSpan(f"output/{found.path}", 1, 1)
    for name, times in found.duplicate_ids.items():
        yield Diagnostic(place, "duplicate-anchor", f"ページの中に同じ目印 `{name}` が {times} 回あります")
    if found.path.endswith(".html"):
        if not found.has_title:
            yield Diagnostic(place, "no-title", "ページの題（title）がありません")
        if not found.has_heading:
            yield Diagnostic(place, "no-heading", "ページの見出し（h1）がありません")
    for name in dict.fromkeys(chain.from_iterable(part.aria_references for part in found.parts)):
        if name not in found.anchors:
            yield Diagnostic(place, "broken-aria-reference", f"名前の元になる目印 `{name}` がページにありません")
    yield from removed_links(found, page)


def _check_stylesheet(file: OutputFile) -> Iterator[Diagnostic]:
    """A style sheet that loads something from outside."""
    text = file.data.decode("utf-8", "replace")
    if found := _EXTERNAL_CSS_URL.search(text):
        line = text[: found.start()].count("\n") + 1
        yield Diagnostic(
            SourceSpan(file.path, line, 1), "external-file", "よそのファイルを読み込むスタイルは使えません"
        )


def _check_node_lists(found: PageScan, wanted: list[str]) -> Iterator[Diagnostic]:
    """Lists, tables and readings of the whole plan that do not hold every node, in the one order."""
    for telling, told in found.node_order.items():
        if told != wanted:
            pairs = zip_longest(told, wanted, fillvalue="")
            first = next(
                f"`{mine or 'なし'}` は `{theirs or 'なし'}` のはずです" for mine, theirs in pairs if mine != theirs
            )
            message = f"計画の全体の{telling}が、計画の節と同じ並びになっていません（{first}）"
            yield Diagnostic(SourceSpan(f"output/{found.path}", 1, 1), "node-list-incomplete", message)


def _check_data_links(data: Mapping[str, str], offered: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Files of the open data, with their sizes, that the page about them does not offer with form and size."""
    for path, size in data.items():
        words = offered.get(path, "")
        if path.rpartition(".")[2].upper() not in words or size not in words:
            message = f"データのページに、`{path}` が形式と大きさを添えて載っていません"
            yield Diagnostic(SourceSpan("output/data.html", 1, 1), "data-not-offered", message)


def _check_published_paths(paths: set[str], site: Site) -> Iterator[Diagnostic]:
    """Addresses that were once published and would lead nowhere now."""
    near = {entry.id: entry.level.folder for entry in site.tree_nodes}
    for address in site.plan.published_paths:
        if address.path not in paths:
            old = address.path.removesuffix(".html")
            message = f"前に公開した住所 `{address.path}` がなくなります"
            own = old.rpartition("/")[2]
            where = f"（`{near[own]}/{own}` に移っています）" if own in near else ""
            hint = f"引き継ぐ節の `以前のid` に `{old}` を書き足します{where}"
            if "/" not in old:
                hint = f"content/pages/{old}.md を残し、いまはどこを見ればよいかを書きます"
            yield Diagnostic(address.span, "missing-redirect", message, hint, address.path)
