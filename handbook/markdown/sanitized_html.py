"""Changes to the sanitised HTML of a text: joined lines, links from the page's folder, anchors, tables that scroll."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from handbook.html_tree import HtmlNode, parse_fragment, wrap
from handbook.markdown.fast_path import SCROLL_WRAPPER
from handbook.model import GlossaryTerm, Heading, HtmlText, slugify

_EAST_ASIAN_WIDE = (
    "[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]"
)
_SOFT_BREAK = re.compile(
    rf"(?:(?<={_EAST_ASIAN_WIDE})((?:</[a-z]+>)*)[ \t]*\n[ \t]*((?:<[a-z][^>]*>)*)(?={_EAST_ASIAN_WIDE}))"
    rf"|(?:(?<=[、。「」『』（）！？・])((?:</[a-z]+>)*)[ \t]*\n[ \t]*((?:<[a-z][^>]*>)*)(?=\S))"
)
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_HEADINGS = ":is(h2,h3,h4,h5,h6)"
_SITE_RELATIVE = re.compile(r"(?![a-z][a-z0-9+.-]*:|[/#?]|$)")
_FOOTNOTE_ATTRIBUTE = re.compile(r"#?fn(?:ref\d*)?:")
_READING = re.compile(r"(?P<words>.*\S)\s*[（(](?P<reading>[ぁ-ゖァ-ヺー・、\s]+)[）)]")


def finish(clean: str, root: str, prefix: str) -> HtmlText:
    """Return a text for a page. `root` leads from its folder to the top of the site, anchors begin with `prefix`."""
    body = parse_fragment("".join(p if p.startswith("<pre>") else join_japanese_lines(p) for p in _PRE.split(clean)))
    _replace_align_attributes(body)
    _add_root(body, root)
    _wrap_tables(body)
    _prefix_footnotes(body, prefix)
    headings = _add_heading_anchors(body, prefix)
    return HtmlText(body.inner_html or "", headings)


def add_term_anchors(text: HtmlText, terms: Iterable[GlossaryTerm]) -> HtmlText:
    """Give each term of the glossary its anchor, and set its reading apart."""
    anchors = {term.name: term.path.partition("#")[2] for term in terms}
    body = parse_fragment(text.html)
    for term in body.css("dt"):
        typed = term.inner_html or ""
        fits = _READING.fullmatch(typed)
        shown, said = (fits["words"], f' <span class="label">（{fits["reading"]}）</span>') if fits else (typed, "")
        words = parse_fragment(shown).text()
        if not term.attributes and words in anchors:
            term.attrs["id"] = anchors[words]
            term.inner_html = f"{shown}{said}"
    return replace(text, html=body.inner_html or "")


def join_japanese_lines(text: str) -> str:
    """Join lines between Japanese characters: a browser would draw the line end as a space."""
    return _SOFT_BREAK.sub(lambda found: "".join(part for part in found.groups() if part), text)


def _replace_align_attributes(body: HtmlNode) -> None:
    """Turn the `align` attribute of table cells into a class."""
    for cell in body.css(":is(td,th)[align]"):
        align = cell.attributes["align"]
        if align in ("left", "center", "right"):
            del cell.attrs["align"]
            cell.attrs["class"] = f"align-{align}"


def _add_root(body: HtmlNode, root: str) -> None:
    """Prefix each URL that is relative to the top of the site."""
    for name in ("href", "src"):
        for node in body.css(f":is(a,img)[{name}]"):
            url = node.attributes[name] or ""
            if _SITE_RELATIVE.match(url):
                node.attrs[name] = root + url


def _wrap_tables(body: HtmlNode) -> None:
    for table in body.css("table"):
        if not table.attributes:
            wrap(table, SCROLL_WRAPPER.format(""))


def _prefix_footnotes(body: HtmlNode, prefix: str) -> None:
    """Prefix the anchors of footnotes, so that two texts on one page share none."""
    for name in ("id", "href") if prefix else ():
        for node in body.css(f"[{name}*='fn']"):
            value = node.attributes[name] or ""
            if value.startswith("#") == (name == "href") and _FOOTNOTE_ATTRIBUTE.match(value):
                node.attrs[name] = f"#{prefix}{value[1:]}" if name == "href" else prefix + value


def _add_heading_anchors(body: HtmlNode, prefix: str) -> tuple[Heading, ...]:
    """Give each heading an anchor made of its own words, so that a new heading before it does not change the anchor."""
    headings: list[Heading] = []
    taken: set[str] = set()
    for node in body.css(_HEADINGS):
        if node.attributes:
            continue
        words = node.text().strip()
        anchor = prefix + slugify(words)
        if anchor in taken:
            anchor = next(f"{anchor}-{n}" for n in range(2, len(taken) + 3) if f"{anchor}-{n}" not in taken)
        taken.add(anchor)
        headings.append(Heading(anchor, words, int((node.tag or "h2")[1])))
        node.attrs["id"] = anchor
    return tuple(headings)
