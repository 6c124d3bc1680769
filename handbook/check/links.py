"""Find broken links on all pages. Most links occur on hundreds of pages, so each is checked once per folder."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from urllib.parse import unquote, urlsplit

from handbook.check.html_scan import ScannedLink
from handbook.check.locate import Problem, locate_in_source
from handbook.diagnostics import Diagnostic, closest_match
from handbook.model import Site

MAX_SUGGESTIONS = 50
"""Broken links for which a similar file is searched."""


class LinkChecker:
    """Collects the links and anchors of all files, then checks them."""

    def __init__(self, site: Site) -> None:
        self.pages = {page.path: page for page in site.pages}
        self.base_path = urlsplit(site.plan.base_url).path
        """The path of the site on its host, with which the links of 404.html begin."""
        self.anchors: dict[str, Collection[str]] = {}
        self.links: dict[str, tuple[ScannedLink, ...]] = {}
        """The links of each file, without repeats."""
        self.broken_fragments: dict[str, tuple[str, ...]] = {}
        """The links of each file to a missing place in the file itself."""
        self.links_by_folder: dict[str, set[ScannedLink]] = {}
        self.unmade_folders: tuple[str, ...] = ()
        """Folders of files that could not be made for another reason, which is reported."""
        self.suggestions: dict[str, str] = {}

    def add(
        self,
        path: str,
        anchors: Collection[str],
        links: Iterable[tuple[ScannedLink, ...]],
        broken_fragments: tuple[str, ...],
    ) -> None:
        """Add a page or an SVG."""
        if path == "404.html":
            links = [tuple((url.removeprefix(self.base_path), loads) for url, loads in chain(*links))]
        self.anchors[path] = anchors
        self.links[path] = tuple(dict.fromkeys(chain(*links)))
        self.broken_fragments[path] = broken_fragments
        self.links_by_folder.setdefault(posixpath.dirname(path), set()).update(self.links[path])

    def diagnostics(self, paths: set[str]) -> Iterator[Diagnostic]:
        """Yield each broken link, given the paths of all files.

        A link that is in no source text is reported once, with the number of other pages that contain it.
        """
        shared: dict[tuple[str, str], tuple[Diagnostic, int]] = {}
        for path, link, problem in self._broken_links(paths):
            for mistake in locate_in_source(self.pages.get(path), path, link, problem):
                if not mistake.span.file.startswith("output/"):
                    yield mistake
                    continue
                key = posixpath.normpath(posixpath.join(posixpath.dirname(path), link)), mistake.rule
                first, other_pages = shared.get(key, (mistake, -1))
                shared[key] = first, other_pages + 1
        for mistake, other_pages in shared.values():
            message = mistake.message + (f"（ほか {other_pages} ページ）" if other_pages else "")
            yield replace(mistake, message=message)

    def _broken_links(self, paths: set[str]) -> Iterator[tuple[str, str, Problem]]:
        """Yield the path of a page, a broken link on it, and the problem."""
        problems = {
            (folder, link): problem
            for folder, links in self.links_by_folder.items()
            for link in links
            if (problem := self._link_problem(folder, *link, paths))
        }
        for path, links in self.links.items():
            for link in self.broken_fragments[path]:
                yield path, link, self._missing_anchor(path, fragment(link))
            if problems:
                folder = posixpath.dirname(path)
                for url, loads in links:
                    if (folder, (url, loads)) in problems and (loads or (url, True) not in links):
                        yield path, url, problems[folder, (url, loads)]

    def _link_problem(self, folder: str, link: str, loads: bool, paths: set[str]) -> Problem | None:
        """Return the problem of a link in a folder, or None if it leads to a file of the site or to another site."""
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            hint = "content/images/ や theme/ に置いてください"
            return ("external-file", f"よそのファイル `{link}` は読み込めません", hint) if loads else None
        if link.startswith("/"):
            return "absolute-link", f"`/` で始まるリンク `{link}` は使えません", "`[[id]]` と書きます"
        target = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        if target not in paths and not target.startswith(self.unmade_folders):
            image_hint = "絵は content/images/ に置き、`images/名前` と書きます"
            hint = self._suggestion(target, paths) or (image_hint if loads else "節へのリンクは `[[id]]` と書きます")
            return "broken-link", f"リンク `{link}` の先がありません", hint
        anchor = fragment(link)
        if anchor and anchor not in self.anchors.get(target, (anchor,)):
            return self._missing_anchor(target, anchor)
        return None

    def _missing_anchor(self, target: str, anchor: str) -> Problem:
        hint = self._suggestion(anchor, self.anchors[target])
        return "broken-anchor", f"`{target}` に目印 `#{anchor}` がありません", hint

    def _suggestion(self, target: str, candidates: Iterable[str]) -> str:
        """Return the hint for a broken link. Searched once per link and for the first few only, because it is slow.

        Names are compared without folder and suffix, which unrelated files have in common.
        """
        if target not in self.suggestions:
            names = {_file_name(path): path for path in sorted(candidates, reverse=True)}
            similar = closest_match(_file_name(target), names) if len(self.suggestions) < MAX_SUGGESTIONS else ""
            self.suggestions[target] = f"`{names[similar]}` のことですか" if similar else ""
        return self.suggestions[target]


def fragment(link: str) -> str:
    """Return the fragment of a URL, decoded; `""` if it has none."""
    return unquote(urlsplit(link).fragment)


def _file_name(path: str) -> str:
    """Return the name of a file without folder and suffix."""
    return posixpath.splitext(posixpath.basename(path))[0]
