"""Collect what the checks need from a finished page or SVG: ids, links, diagram boxes, lists of nodes.

Pages share diagrams, so each diagram is parsed once. The caches have a fixed size, so memory does not grow with a plan.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from handbook.html_tree import HtmlNode, parse_page, split_off_svg
from handbook.model import OutputFile

_ATTRIBUTES_READ = frozenset(
    {"id", "href", "src", "data-parent", "data-node-list", "aria-labelledby", "aria-describedby"}
)
_ELEMENTS_READ = f":is({','.join(f'[{name}]' for name in sorted(_ATTRIBUTES_READ))})"
"""One selector, because Lexbor returns an element once for each selector of a list that matches."""
_SAME_PAGE_PREFIXES = ("#", "?", "")
_UNLINKED_ATTRIBUTES = frozenset({"title", "lang"})
"""Attributes of a link after the sanitiser has removed its URL. An `a` with an id is an anchor, not such a link."""
_UNSOURCED_ATTRIBUTES = frozenset({"alt", "title", "lang", "id", "width", "height"})
"""Attributes of an image after the sanitiser has removed its URL."""

ScannedLink = tuple[str, bool]
"""A URL, and whether the browser loads it by itself."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TagScan:
    """Values of the attributes in a page or an SVG, in document order."""

    ids: tuple[str, ...]
    links: tuple[ScannedLink, ...]
    fragment_links: tuple[str, ...]
    """Links to a place on the same page."""
    aria_references: tuple[str, ...]
    """Ids that attributes such as aria-labelledby point to."""
    diagram_boxes: tuple[tuple[str, str], ...]
    """Id and URL of each box of a diagram."""
    listed_nodes: tuple[tuple[str, str], ...]
    """Kind of list (`一覧`, `表`, `読み上げ`) and id of each node in a list of the whole plan."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PageScan:
    """The contents of one finished page or SVG."""

    path: str
    has_title: bool
    has_heading: bool
    unlinked: tuple[str, ...]
    """The texts of links without a URL."""
    has_unsourced_image: bool
    parts: tuple[TagScan, ...]
    """Scan of the page without its diagrams, then of each diagram."""
    anchors: frozenset[str]

    @property
    def duplicate_ids(self) -> Mapping[str, int]:
        """Ids that occur more than once, and how often."""
        if sum(len(part.ids) for part in self.parts) == len(self.anchors):
            return {}
        counts = Counter(chain.from_iterable(part.ids for part in self.parts))
        return {anchor: times for anchor, times in counts.items() if times > 1}

    @property
    def node_order(self) -> Mapping[str, list[str]]:
        """Ids of the nodes in each list of the whole plan, by kind of list."""
        ids_by_list: dict[str, list[str]] = {}
        for kind, node_id in self.parts[0].listed_nodes:
            ids_by_list.setdefault(kind, []).append(node_id)
        return ids_by_list


@functools.lru_cache(maxsize=512)
def scan_page(file: OutputFile) -> PageScan:
    """Scan a page or SVG. Cached, because most files stay the same while a plan is edited."""
    text = file.data.decode("utf-8", "replace")
    html, pictures = split_off_svg(text) if file.path.endswith(".html") else (text, [])
    root = parse_page(html)
    title, heading = root.css_first("title"), root.css_first("h1")
    parts = (scan_tags(root), *(_scan_diagram(_without_highlight(picture)) for picture in pictures))
    return PageScan(
        path=file.path,
        has_title=title is not None and bool(title.text().strip()),
        has_heading=heading is not None and bool(heading.text().strip()),
        unlinked=tuple(a.text() for a in root.css("a:not([href])") if _UNLINKED_ATTRIBUTES.issuperset(a.attributes)),
        has_unsourced_image=any(_UNSOURCED_ATTRIBUTES.issuperset(img.attributes) for img in root.css("img:not([src])")),
        parts=parts,
        anchors=frozenset(chain.from_iterable(part.ids for part in parts)),
    )


def data_links(page: bytes) -> Mapping[str, str]:
    """Return the text of each link into `data/` on a page, by URL."""
    links = parse_page(page.decode("utf-8", "replace")).css('a[href^="data/"]')
    return {link.attributes["href"] or "": link.text() for link in links}


def scan_tags(root: HtmlNode) -> TagScan:
    """Collect the attributes of all elements."""
    ids: list[str] = []
    links: list[ScannedLink] = []
    fragment_links: list[str] = []
    aria_references: list[str] = []
    diagram_boxes: list[tuple[str, str]] = []
    listed_nodes: list[tuple[str, str]] = []
    for node in root.css(_ELEMENTS_READ):
        attributes = node.attributes
        for name, raw_value in attributes.items():
            if name not in _ATTRIBUTES_READ:
                continue
            value = raw_value or ""
            if name == "id":
                ids.append(value)
            elif name in ("href", "src"):
                if value[:1] in _SAME_PAGE_PREFIXES:
                    fragment_links.append(value)
                else:
                    links.append((value, _is_loaded(node.tag, attributes)))
            elif name == "data-parent":
                diagram_boxes.append((attributes.get("id") or "", attributes.get("href") or ""))
            elif name == "data-node-list":
                kind, _, node_id = value.partition(" ")
                listed_nodes.append((kind, node_id))
            else:
                aria_references += value.split()
    return TagScan(
        ids=tuple(ids),
        links=tuple(links),
        fragment_links=tuple(fragment_links),
        aria_references=tuple(aria_references),
        diagram_boxes=tuple(diagram_boxes),
        listed_nodes=tuple(listed_nodes),
    )


def _is_loaded(tag: str | None, attributes: Mapping[str, str | None]) -> bool:
    """Return whether the browser loads the URL of an element by itself."""
    return "src" in attributes or (tag == "link" and "stylesheet" in (attributes.get("rel") or ""))


@functools.lru_cache(maxsize=512)
def _scan_diagram(svg: str) -> TagScan:
    return scan_tags(parse_page(svg))


def _without_highlight(svg: str) -> str:
    """Return a diagram as on all its pages: without the highlight on the box of the current page."""
    return svg.replace('aria-current="page" ', "", 1).replace('class="box here ', 'class="box ', 1)
