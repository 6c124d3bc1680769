"""Edit the sanitized HTML of a text: join lines, complete URLs, add anchors, make tables scroll."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from urllib.parse import unquote

from handbook.html_tree import HtmlNode, parse_fragment, wrap
from handbook.markdown.fast_path import SCROLL_WRAPPER
from handbook.markdown_reader.soft_breaks import join_japanese_lines
from handbook.model import GlossaryTerm, Heading, HtmlText, slugify

_HEADINGS = ":is(h2,h3,h4,h5,h6)"
_SITE_RELATIVE = re.compile(r"(?![a-z][a-z0-9+.-]*:|[/#?]|$)")
_FOOTNOTE_ATTRIBUTE = re.compile(r"#?fn(?:ref\d*)?:")
_TERM_WITH_READING = re.compile(r"(?P<name>.*\S)\s*[（(](?P<reading>[ぁ-ゖァ-ヺー・、\s]+)[）)]")


def finish_html(
    clean: str,
    path_to_root: str,
    prefix: str,
    picture_sizes: Mapping[str, tuple[int, int]],
    link_terms: Callable[[HtmlNode], None],
) -> HtmlText:
    """Return a text for a page. `path_to_root` is prefixed to URLs, `prefix` to anchors; such as `../` and `note_`.

    `picture_sizes` are width and height in pixels by the path of a picture. `link_terms` adds links that are relative
    to the top of the site.
    """
    body = parse_fragment(join_japanese_lines(clean))
    _replace_align_attributes(body)
    link_terms(body)
    _add_picture_sizes(body, picture_sizes)
    _add_path_to_root(body, path_to_root)
    _wrap_tables(body)
    _mark_tasks(body)
    _prefix_footnotes(body, prefix)
    headings = _add_heading_anchors(body, prefix)
    return HtmlText(body.inner_html or "", headings)


def add_term_anchors(text: HtmlText, terms: Iterable[GlossaryTerm]) -> HtmlText:
    """Add an anchor to each glossary term and put its reading into a `span`."""
    anchors = {term.name: term.path.partition("#")[2] for term in terms}
    body = parse_fragment(text.html)
    for term in body.css("dt"):
        name_html, reading_html = term.inner_html or "", ""
        if match := _TERM_WITH_READING.fullmatch(name_html):
            name_html, reading_html = match["name"], f' <span class="label">（{match["reading"]}）</span>'
        name = parse_fragment(name_html).text()
        if not term.attributes and name in anchors:
            term.attrs["id"] = anchors[name]
            term.inner_html = f"{name_html}{reading_html}"
    return replace(text, html=body.inner_html or "")


def _replace_align_attributes(body: HtmlNode) -> None:
    """Turn the `align` attribute of table cells into a class."""
    for cell in body.css(":is(td,th)[align]"):
        align = cell.attributes["align"]
        if align in ("left", "center", "right"):
            del cell.attrs["align"]
            cell.attrs["class"] = f"align-{align}"


def _add_picture_sizes(body: HtmlNode, sizes: Mapping[str, tuple[int, int]]) -> None:
    """Add width and height to each picture that has neither, so that a page does not move while pictures load."""
    for node in body.css("img[src]:not([width],[height])"):
        path = posixpath.normpath(unquote((node.attributes["src"] or "").partition("#")[0]))
        if path in sizes:
            node.attrs["width"], node.attrs["height"] = map(str, sizes[path])


def _add_path_to_root(body: HtmlNode, path_to_root: str) -> None:
    """Prefix each URL that is relative to the top of the site."""
    for name in ("href", "src"):
        for node in body.css(f":is(a,img)[{name}]"):
            url = node.attributes[name] or ""
            if _SITE_RELATIVE.match(url):
                node.attrs[name] = path_to_root + url


def _wrap_tables(body: HtmlNode) -> None:
    for table in body.css("table"):
        if not table.attributes:
            wrap(table, SCROLL_WRAPPER.format(""))


def _mark_tasks(body: HtmlNode) -> None:
    """Give each item of a list that begins with a box a class, so that it has no further sign."""
    for item in body.css("ul > li"):
        if not item.attributes and item.text().lstrip().startswith(("☐", "☑")):
            item.attrs["class"] = "task"


def _prefix_footnotes(body: HtmlNode, prefix: str) -> None:
    """Prefix the anchors of footnotes, so that those of two texts on one page differ."""
    for name in ("id", "href") if prefix else ():
        for node in body.css(f"[{name}*='fn']"):
            value = node.attributes[name] or ""
            if value.startswith("#") == (name == "href") and _FOOTNOTE_ATTRIBUTE.match(value):
                node.attrs[name] = f"#{prefix}{value[1:]}" if name == "href" else prefix + value


def _add_heading_anchors(body: HtmlNode, prefix: str) -> tuple[Heading, ...]:
    """Add to each heading an anchor made from its text, so that new headings before it do not change the anchor."""
    headings: list[Heading] = []
    taken: set[str] = set()
    for node in body.css(_HEADINGS):
        if node.attributes:
            continue
        text = node.text().strip()
        anchor = prefix + slugify(text)
        if anchor in taken:
            anchor = next(f"{anchor}-{n}" for n in range(2, len(taken) + 3) if f"{anchor}-{n}" not in taken)
        taken.add(anchor)
        headings.append(Heading(anchor, text, int((node.tag or "h2")[1])))
        node.attrs["id"] = anchor
    return tuple(headings)
