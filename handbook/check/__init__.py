"""Check the finished files: links, ids, titles, diagrams, lists of nodes, open data, and paths published before.

The checks read the output, not the sources, so they also find errors of templates. An error is reported at its line in
the source text if the text contains it, else at the page. Files are scanned one by one, in the process that has
rendered them, so the site is never in memory as a whole.
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


def check_files(files: Iterable[OutputFile], site: Site) -> None:
    """Raise SourceError with all errors in the finished files, if there are any."""
    scan = file_scanner(site)
    deque(check_stream(((file, scan(file)) for file in files), site), maxlen=0)


@dataclass(frozen=True, slots=True)
class FileScan:
    """The errors in one finished file, and its links and anchors, which are checked when all files are scanned."""

    diagnostics: tuple[Diagnostic, ...] = ()
    anchors: Collection[str] | None = None
    """None for a file without anchors, such as a stylesheet."""
    links: tuple[tuple[ScannedLink, ...], ...] = ()
    """The links of the page without its diagrams, then of each diagram."""
    broken_fragments: tuple[str, ...] = ()
    """Links to a missing place in the file itself."""


EMPTY_SCAN = FileScan()


def file_scanner(site: Site) -> Callable[[OutputFile], FileScan]:
    """Return a function that scans one finished file of a site."""
    pages = {page.path: page for page in site.pages}
    diagrams = DiagramChecker(site)
    node_ids = [node.id for node in site.tree_nodes]

    def scan_file(file: OutputFile) -> FileScan:
        if file.path.endswith(".css"):
            return FileScan(tuple(_check_stylesheet(file)))
        if not file.path.endswith((".html", ".svg")):
            return EMPTY_SCAN
        scan = scan_page(file)
        mistakes = (
            *_check_page(scan, pages.get(scan.path)),
            *diagrams.diagnostics(scan),
            *_check_node_lists(scan, node_ids),
        )
        own_links = dict.fromkeys(chain.from_iterable(part.fragment_links for part in scan.parts))
        broken = tuple(link for link in own_links if (anchor := fragment(link)) and anchor not in scan.anchors)
        # A tuple takes a tenth of the memory of a set, and below 50 items its search is as fast.
        anchors = tuple(scan.anchors) if len(scan.anchors) < 50 else scan.anchors
        return FileScan(mistakes, anchors, tuple(part.links for part in scan.parts if part.links), broken)

    return scan_file


def check_stream(
    scanned: Iterable[tuple[OutputFile, FileScan]], site: Site, failures: Iterable[Diagnostic] = ()
) -> Iterator[OutputFile]:
    """Yield the files unchanged. After the last one, raise SourceError with all errors, if there are any.

    `failures` are the files that could not be made; they are read after the last file.
    """
    mistakes: list[Diagnostic] = []
    paths: set[str] = set()
    data_sizes: dict[str, str] = {}
    listed_data: Mapping[str, str] = {}
    paths_by_casefold: dict[str, str] = {}
    links = LinkChecker(site)
    for file, scan in scanned:
        mistakes += _duplicate_paths(file.path, paths_by_casefold)
        mistakes += scan.diagnostics
        paths.add(file.path)
        if scan.anchors is not None:
            links.add(file.path, scan.anchors, scan.links, scan.broken_fragments)
        if file.path.startswith("data/"):
            data_sizes[file.path] = format_size(file)
        if file.path == "data.html":
            listed_data = data_links(file.data)
        yield file
    missing = tuple(failures)
    links.unmade_folders = ("booklet/", "diagrams/") if missing else ()
    mistakes += links.diagnostics(paths)
    mistakes += _check_data_links(data_sizes, listed_data)
    mistakes += _check_published_paths(paths, site)
    mistakes += missing
    if mistakes:
        raise SourceError(mistakes)


def _duplicate_paths(path: str, paths_by_casefold: dict[str, str]) -> Iterator[Diagnostic]:
    """Yield an error if an earlier file has the same path, even in another letter case. Adds the path to the dict."""
    other = paths_by_casefold.setdefault(path.casefold(), path)
    if other is not path:
        message = f"同じ住所のファイルが 2 つできます（`{other}` と `{path}`）"
        yield Diagnostic(SourceSpan(f"output/{path}", 1, 1), "same-path", message)


def _check_page(scan: PageScan, page: Page | None) -> Iterator[Diagnostic]:
    """Yield the errors of a page that can be found without the other files."""
    place = SourceSpan(f"output/{scan.path}", 1, 1)
    for anchor, times in scan.duplicate_ids.items():
        yield Diagnostic(place, "duplicate-anchor", f"ページの中に同じ目印 `{anchor}` が {times} 回あります")
    if scan.path.endswith(".html"):
        if not scan.has_title:
            yield Diagnostic(place, "no-title", "ページの題（title）がありません")
        if not scan.has_heading:
            yield Diagnostic(place, "no-heading", "ページの見出し（h1）がありません")
    for anchor in dict.fromkeys(chain.from_iterable(part.aria_references for part in scan.parts)):
        if anchor not in scan.anchors:
            yield Diagnostic(place, "broken-aria-reference", f"名前の元になる目印 `{anchor}` がページにありません")
    yield from removed_links(scan, page)


def _check_stylesheet(file: OutputFile) -> Iterator[Diagnostic]:
    """Yield an error for the first URL of another site that a stylesheet loads."""
    text = file.data.decode("utf-8", "replace")
    if match := _EXTERNAL_CSS_URL.search(text):
        line = text[: match.start()].count("\n") + 1
        yield Diagnostic(
            SourceSpan(file.path, line, 1), "external-file", "よそのファイルを読み込むスタイルは使えません"
        )


def _check_node_lists(scan: PageScan, expected: list[str]) -> Iterator[Diagnostic]:
    """Yield an error for each list of the whole plan that does not contain every node, in the order of the plan."""
    for kind, node_ids in scan.node_order.items():
        if node_ids != expected:
            pairs = zip_longest(node_ids, expected, fillvalue="")
            first = next(f"`{a or 'なし'}` は `{b or 'なし'}` のはずです" for a, b in pairs if a != b)
            message = f"計画の全体の{kind}が、計画の節と同じ並びになっていません（{first}）"
            yield Diagnostic(SourceSpan(f"output/{scan.path}", 1, 1), "node-list-incomplete", message)


def _check_data_links(sizes: Mapping[str, str], listed: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield each open data file to which data.html has no link with format and size in its text."""
    for path, size in sizes.items():
        text = listed.get(path, "")
        if path.rpartition(".")[2].upper() not in text or size not in text:
            message = f"データのページに、`{path}` が形式と大きさを添えて載っていません"
            yield Diagnostic(SourceSpan("output/data.html", 1, 1), "data-not-offered", message)


def _check_published_paths(paths: set[str], site: Site) -> Iterator[Diagnostic]:
    """Yield each path of addresses.txt that has neither a page nor a redirect, with the line to add as hint."""
    folders = {node.id: node.level.folder for node in site.tree_nodes}
    for published in site.plan.published_paths:
        if published.path not in paths:
            old = published.path.removesuffix(".html")
            message = f"前に公開した住所 `{published.path}` がなくなります"
            node_id = old.rpartition("/")[2]
            moved = f"（`{folders[node_id]}/{node_id}` に移っています）" if node_id in folders else ""
            hint = f"引き継ぐ節の `以前のid` に `{old}` を書き足します{moved}"
            if "/" not in old:
                hint = f"content/pages/{old}.md を残し、いまはどこを見ればよいかを書きます"
            yield Diagnostic(published.span, "missing-redirect", message, hint, published.path)
