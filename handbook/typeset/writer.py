"""Markdown → clean HTML. The only module that knows Markdown and nh3.

Python-Markdown lets raw HTML and `javascript:` through, so its result always passes nh3's allow-list: what an
editor writes can look like anything and run nothing.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import markdown
import nh3
from markdown.extensions import def_list, fenced_code, footnotes, sane_lists, tables
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from handbook.model import COUNT, REFERENCE, Entry, Heading, Prose, Site, Term, Text, anchor_of, is_address, pattern
from handbook.typeset import plain

TAGS = set(
    """a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr
    i img ins kbd li mark ol p pre q rp rt ruby s small strong sub sup table tbody td tfoot th thead tr u ul""".split()  # noqa: SIM905  # sixty lines of one word each read worse
)
ATTRIBUTES = {
    "*": {"id", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "scope", "align"},
}
SCHEMES = {"http", "https", "mailto", "tel"}

BAR = "\ufffe"
"""Stands for the bar of a reference while Markdown looks for tables; no source may hold this character."""

_WIDE = "[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]"
_SOFT_BREAK = re.compile(
    rf"(?:(?<={_WIDE})((?:</[a-z]+>)*)[ \t]*\n[ \t]*((?:<[a-z][^>]*>)*)(?={_WIDE}))"
    rf"|(?:(?<=[、。「」『』（）！？・])((?:</[a-z]+>)*)[ \t]*\n[ \t]*((?:<[a-z][^>]*>)*)(?=\S))"
)
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_ALIGN = re.compile(r'(<t[dh][^>]*?) align="(left|center|right)"')
_INSIDE = re.compile(r'<(?:a|img)\b[^>]*? (?:href|src)="(?![a-z][a-z0-9+.-]*:|[/#?"])')
_NOTE = re.compile(r'(?:id="|href="#)(?=fn(?:ref\d*)?:)')
_ESCAPED = re.compile(r"[&<>\x00-\x1f\x7f-\xa0\ufffe\uffff]")
_DEFINED = re.compile(r"<dt>(.+?)</dt>")
_READING = re.compile(r"(?P<words>.*\S)\s*[（(](?P<reading>[ぁ-ゖァ-ヺー・、\s]+)[）)]")
_SCROLLING = r'<div class="scroll" tabindex="0" role="group" aria-label="表"><table>\1</table></div>'
_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)


class Writer:
    """One Markdown instance for all texts of a site: making one takes longer than using it."""

    def __init__(self, site: Site) -> None:
        by_id = {entry.id: entry for entry in site.entries}
        counts = {count.level.name: count.number for count in site.counts}
        # Named by a word, an extension is looked for among all packages there are, which takes longer than all texts.
        extensions = [
            # An align attribute passes the sanitiser and becomes a class; the extension's inline style would not.
            tables.TableExtension(use_align_attribute=True),
            def_list.DefListExtension(),
            fenced_code.FencedCodeExtension(),
            footnotes.FootnoteExtension(BACKLINK_TITLE="本文の脚注 {} にもどる"),
            sane_lists.SaneListExtension(),
        ]
        self._markdown = markdown.Markdown(extensions=extensions, output_format="html")
        self._markdown.preprocessors.register(_Bars(self._markdown), "bars", 5)
        # Behind the backslash escapes (180), so that `\\[[` shows the brackets as typed.
        self._markdown.inlinePatterns.register(_Reference(self._markdown, by_id, counts), "reference", 175)
        self._terms = _Terms(site.plan.terms)
        self._markdown.treeprocessors.register(self._terms, "terms", 5)
        self._by_id = by_id

    def page(self, prose: Mapping[str, Prose], root: str, *, explain: bool) -> dict[str, Text]:
        """Typeset the texts of one page. The first time a word of the glossary occurs on it, it leads there."""
        self._terms.unseen = set(self._terms.paths) if explain else set()
        return {name: self._text(text, name, root) for name, text in prose.items()}

    def _text(self, text: Prose, name: str, root: str) -> Text:
        """Typeset one text. Links in it are written from the top of the site, to which `root` leads."""
        if not self._terms.occur(text.text) and (quick := plain.html(text.text, self._link)) is not None:
            return Text(_TABLE.sub(_SCROLLING, _INSIDE.sub(rf"\g<0>{root}", _joined(quick))), ())
        raw = self._markdown.reset().convert(text.text).replace(BAR, "|")
        clean = nh3.clean(
            raw, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None, attribute_filter=_addressed
        )
        clean = "".join(part if part.startswith("<pre>") else _joined(part) for part in _PRE.split(clean))
        clean = _ALIGN.sub(r'\1 class="align-\2"', clean)
        clean = _INSIDE.sub(rf"\g<0>{root}", clean)
        clean = _TABLE.sub(_SCROLLING, clean)
        prefix = "" if name == "body" else f"{name}_"
        clean = _NOTE.sub(rf"\g<0>{prefix}", clean)
        headings: list[Heading] = []
        clean = _HEADING.sub(lambda found: _anchored(found, headings, prefix), clean)
        return Text(clean, tuple(headings))

    def _link(self, target: str, words: str) -> str | None:
        """Return a plain link to a node."""
        entry = self._by_id.get(target)
        words = words or (entry.name if entry else "")
        return f'<a href="{entry.path}">{words}</a>' if entry and not _ESCAPED.search(words) else None


def _addressed(_: str, attribute: str, value: str) -> str | None:
    """Drop an address that is none, such as `https://[x`; the check tells where it was typed."""
    return None if attribute in ("href", "src") and not is_address(value) else value


def defined(text: Text, terms: Iterable[Term]) -> Text:
    """Give each term of the glossary its anchor, and set its reading apart."""
    anchors = {term.name: term.path.partition("#")[2] for term in terms}

    def head(found: re.Match[str]) -> str:
        fits = _READING.fullmatch(found[1])
        shown, said = (fits["words"], f' <span class="label">（{fits["reading"]}）</span>') if fits else (found[1], "")
        words = html.unescape(_TAG.sub("", shown))
        return f'<dt id="{anchors[words]}">{shown}{said}</dt>' if words in anchors else found[0]

    return replace(text, html=_DEFINED.sub(head, text.html))


def _joined(text: str) -> str:
    """Join lines between Japanese characters: a browser would draw the line end as a space."""
    return _SOFT_BREAK.sub(lambda found: "".join(part for part in found.groups() if part), text)


def _anchored(found: re.Match[str], headings: list[Heading], prefix: str) -> str:
    """Give a heading an anchor out of its own words, so that a new heading before it changes nothing."""
    words = html.unescape(_TAG.sub("", found[2])).strip()
    anchor = prefix + anchor_of(words)
    taken = {heading.id for heading in headings}
    if anchor in taken:
        anchor = next(f"{anchor}-{n}" for n in range(2, len(taken) + 3) if f"{anchor}-{n}" not in taken)
    headings.append(Heading(anchor, words, int(found[1])))
    return f'<h{found[1]} id="{html.escape(anchor)}">{found[2]}</h{found[1]}>'


class _Bars(Preprocessor):
    """Hides the bar of `[[id|words]]` from tables, which would cut a cell there."""

    def run(self, lines: list[str]) -> list[str]:
        return [REFERENCE.sub(lambda m: m[0].replace("|", BAR), line) if "[[" in line else line for line in lines]


class _Reference(InlineProcessor):
    """`[[id]]` → a link with the node's name; `[[数:level]]` → how many there are."""

    def __init__(self, writer: markdown.Markdown, by_id: Mapping[str, Entry], counts: Mapping[str, int]) -> None:
        super().__init__(REFERENCE.pattern.replace(r"\|", "|").replace("|", BAR), writer)
        self.by_id = by_id
        self.counts = counts

    def handleMatch(  # type: ignore[override]  # noqa: N802  # the library's own name, typed for its base class
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002  # the library passes it
    ) -> tuple[Any, int, int]:
        target = m["target"].strip()
        if target.startswith(COUNT):
            return str(self.counts[target.removeprefix(COUNT)]), m.start(0), m.end(0)
        entry = self.by_id[target]
        link = ET.Element("a", href=entry.path)
        link.text = markdown.util.AtomicString(m["words"].strip() if m["words"] else entry.name)
        return link, m.start(0), m.end(0)


class _Terms(Treeprocessor):
    """The first time a word of the glossary occurs on a page, it becomes a link to its explanation."""

    APART = frozenset("a abbr code dt h1 h2 h3 h4 h5 h6 pre".split())  # noqa: SIM905  # one line instead of ten

    def __init__(self, terms: Iterable[Term]) -> None:
        super().__init__()
        self.paths = {term.name: term.path for term in terms}
        self.pattern = pattern(self.paths)
        self.unseen: set[str] = set()
        """Words that have not occurred on this page yet."""

    def occur(self, text: str) -> bool:
        """Whether any word that has not occurred yet may be in a text."""
        found = self.pattern.finditer(text) if self.unseen and self.pattern else ()
        return any(word[0] in self.unseen for word in found)

    def run(self, root: ET.Element) -> None:
        if self.unseen and self.pattern:
            self._link(root, self.pattern)

    def _link(self, element: ET.Element, words: re.Pattern[str]) -> None:
        if element.tag in self.APART:
            return
        parts = list(element)
        element.text, links = self._linked(element.text, words)
        made = links
        for part in parts:
            self._link(part, words)
            part.tail, links = self._linked(part.tail, words)
            made += [part, *links]
        element[:] = made

    def _linked(self, text: str | None, words: re.Pattern[str]) -> tuple[str | None, list[ET.Element]]:
        """Cut a text at the words not seen before: what stands before them, and a link for each with its tail."""
        before, end = text, 0
        links: list[ET.Element] = []
        for found in words.finditer(text or ""):
            if found[0] not in self.unseen:
                continue
            self.unseen.remove(found[0])
            between = found.string[end : found.start()]
            if links:
                links[-1].tail = between
            else:
                before = between
            link = ET.Element("a", href=self.paths[found[0]])
            link.text = found[0]
            links.append(link)
            end = found.end()
        if links:
            links[-1].tail = (text or "")[end:]
        return before, links
