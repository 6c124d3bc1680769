"""Markdown → clean HTML, `[[id]]` → links, names → phrases. The only room that knows Markdown, nh3 and BudouX.

Python-Markdown lets raw HTML and `javascript:` through, so its result always passes nh3's allow-list: what an
editor writes can look like anything and run nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

import markdown
import nh3
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

from handbook.model import COUNT, REFERENCE, Entry, Heading, Prose, Site, Text, Texts

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
EXTENSIONS = ["tables", "def_list", "fenced_code", "footnotes", "sane_lists"]

BAR = "\ufffe"
"""Stands for the bar of a reference while Markdown looks for tables; no source may hold this character."""

_WIDE = "[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]"
_SOFT_BREAK = re.compile(
    rf"(?:(?<={_WIDE})((?:</[a-z]+>)*)[ \t]*\n[ \t]*((?:<[a-z][^>]*>)*)(?={_WIDE}))"
    rf"|(?:(?<=[、。「」『』（）！？・])((?:</[a-z]+>)*)[ \t]*\n[ \t]*((?:<[a-z][^>]*>)*)(?=\S))"
)
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)
_NO_START = "・、。」』）】,.)!?！？ "
_TAG = re.compile(r"<[^>]+>")
_ALIGN = re.compile(r'(<t[dh][^>]*?) align="(left|center|right)"')
_INSIDE = re.compile(r'<(?:a|img)\b[^>]*? (?:href|src)="(?![a-z][a-z0-9+.-]*:|[/#?"])')
_NOTE = re.compile(r'(?:id="|href="#)(?=fn(?:ref\d*)?:)')
_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)


def prose(site: Site) -> Texts:
    """Return every text of the site as HTML, and every name cut into phrases."""
    by_id = {entry.id: entry for entry in site.entries}
    counts = {count.level.name: count.number for count in site.counts}
    writer = _writer(by_id, counts)
    texts = {
        page.path: {name: _text(text, writer, name, page.root) for name, text in page.prose.items()}
        for page in site.pages
    }
    return Texts(texts, _phrases(site))


def _text(text: Prose, writer: markdown.Markdown, name: str, root: str) -> Text:
    """Typeset one text. Links in it are written from the top of the site, to which `root` leads."""
    raw = writer.reset().convert(text.text).replace(BAR, "|")
    clean = nh3.clean(raw, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
    clean = "".join(part if part.startswith("<pre>") else _joined(part) for part in _PRE.split(clean))
    clean = _ALIGN.sub(r'\1 class="\2"', clean)
    clean = _INSIDE.sub(rf"\g<0>{root}", clean)
    clean = _TABLE.sub(r'<div class="scroll" tabindex="0" role="group" aria-label="表"><table>\1</table></div>', clean)
    prefix = "" if name == "body" else f"{name}_"
    clean = _NOTE.sub(rf"\g<0>{prefix}", clean)
    headings: list[Heading] = []
    clean = _HEADING.sub(lambda found: _anchored(found, headings, prefix), clean)
    return Text(clean, tuple(headings))


def _joined(text: str) -> str:
    """Join lines between Japanese characters: a browser would draw the line end as a space."""
    return _SOFT_BREAK.sub(lambda found: "".join(part for part in found.groups() if part), text)


def _anchored(found: re.Match[str], headings: list[Heading], prefix: str) -> str:
    """Give a heading an anchor out of its own words, so that a new heading before it changes nothing."""
    words = html.unescape(_TAG.sub("", found[2])).strip()
    kept = (c if unicodedata.category(c)[0] in "LN" else "-" for c in unicodedata.normalize("NFKC", words).lower())
    anchor = prefix + (re.sub("-+", "-", "".join(kept)).strip("-") or "section")
    taken = {heading.id for heading in headings}
    if anchor in taken:
        anchor = next(f"{anchor}-{n}" for n in range(2, len(taken) + 3) if f"{anchor}-{n}" not in taken)
    headings.append(Heading(anchor, words, int(found[1])))
    return f'<h{found[1]} id="{html.escape(anchor)}">{found[2]}</h{found[1]}>'


def _writer(by_id: Mapping[str, Entry], counts: Mapping[str, int]) -> markdown.Markdown:
    """Return one Markdown instance for all texts: making one takes longer than using it."""
    settings: dict[str, dict[str, Any]] = {
        # An align attribute passes the sanitiser and becomes a class; the extension's inline style would not.
        "tables": {"use_align_attribute": True},
        "footnotes": {"BACKLINK_TITLE": "本文の脚注 {} にもどる"},
    }
    writer = markdown.Markdown(extensions=EXTENSIONS, extension_configs=settings, output_format="html")
    writer.preprocessors.register(_Bars(writer), "bars", 5)
    # Behind the backslash escapes (180), so that `\\[[` shows the brackets as typed.
    writer.inlinePatterns.register(_Reference(writer, by_id, counts), "reference", 175)
    return writer


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


def _phrases(site: Site) -> Mapping[str, tuple[str, ...]]:
    """Cut every name and title into phrases."""
    words = {entry.name for entry in site.entries} | {page.title for page in site.pages}
    words |= {site.plan.name, site.plan.subject, *(level.name for level in site.plan.levels)}
    import budoux  # noqa: PLC0415  # its model is read only when there are names to cut

    parse = budoux.load_default_japanese_parser().parse
    return {name: _whole_phrases(parse(name)) if name else () for name in sorted(words)}


def _whole_phrases(cut: list[str]) -> tuple[str, ...]:
    """Move marks that no line may begin with to the end of the phrase before."""
    phrases: list[str] = []
    for phrase in cut:
        rest = phrase.lstrip(_NO_START) if phrases else phrase
        if rest != phrase:
            phrases[-1] += phrase[: len(phrase) - len(rest)]
        if rest:
            phrases.append(rest)
    return tuple(phrases)
