"""Site → search-index.js: every word a reader may look for, in scripts that also load from a disk.

A browser that reads a folder from a disk lets no page fetch a file, but it does run scripts; so the index is a script
that says `window.planIndex = …`, and theme/search.js searches it. The words go over as they were written: how they are
folded and ranked is said there, in one place.

The texts of a large plan stand in scripts of their own, `search-index-1.js` and so on, each for the documents from one
on: names, which rank before texts, are there at once, and a reader who looks for nothing loads no text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from handbook.fields import node_fields
from handbook.html_tree import visible_text
from handbook.model import (
    DepartmentPage,
    GlossaryTerm,
    HtmlText,
    NodePage,
    OutputFile,
    Page,
    Plan,
    PlanNode,
    Site,
    SiteTexts,
    YearRecord,
)
from handbook.patterns import GLOSSARY_PAGE

IndexDocument = dict[str, str | int]
"""What the search knows of one page or term. A field that is empty is left out."""

MAX_PART_CHARS = 400_000
"""Characters of all texts in one script, about a megabyte of Japanese; more are dealt out to several."""
DEFERRED_FIELDS = frozenset({"text", "facts", "note"})
"""Fields that may be dealt out."""

EXCLUDED_PAGES = frozenset({"404.html", "search.html"})
KIND_TERM, KIND_PAGE = "用語", "ページ"
_INLINE_WHITESPACE = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


def index_files(site: Site, texts: SiteTexts) -> Iterator[OutputFile]:
    """Yield the index: kinds outermost level first, documents in reading order; then the parts, if it has any."""
    documents = [{name: value for name, value in each.items() if value != ""} for each in _documents(site, texts)]
    parts = _part_starts(documents)
    index = {
        "kinds": [*(level.name for level in site.plan.levels), KIND_TERM, KIND_PAGE],
        "spellings": site.plan.spellings,
        "documents": [_select_fields(each, each.keys() - DEFERRED_FIELDS) for each in documents]
        if parts
        else documents,
        "parts": parts,
    }
    yield _js_file("search-index.js", "planIndex", index)
    for number, (start, end) in enumerate(pairwise((*parts, len(documents))), 1):
        yield _js_file(
            f"search-index-{number}.js",
            "planTexts",
            [_select_fields(each, DEFERRED_FIELDS) for each in documents[start:end]],
        )


def _part_starts(documents: Sequence[IndexDocument]) -> list[int]:
    """Return the place of the first document of each part; nothing where one script holds all texts."""
    starts, held = [0], 0
    for place, document in enumerate(documents):
        size = sum(len(str(document.get(name, ""))) for name in DEFERRED_FIELDS)
        if held and held + size > MAX_PART_CHARS:
            starts.append(place)
            held = 0
        held += size
    return starts if len(starts) > 1 else []


def _select_fields(document: IndexDocument, names: Collection[str]) -> IndexDocument:
    return {name: value for name, value in document.items() if name in names}


def _js_file(path: str, name: str, said: object) -> OutputFile:
    words = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    # A `<` could end a script, and older browsers take the other two for the end of a line.
    words = words.replace("<", r"\u003c").replace("\u2028", r"\u2028").replace("\u2029", r"\u2029")
    return OutputFile(path, f"window.{name}={words};\n".encode())


def _documents(site: Site, texts: SiteTexts) -> Iterator[IndexDocument]:
    """Yield a document for every page worth finding, then one for every term of the glossary."""
    pages = [page for page in site.pages if page.template not in EXCLUDED_PAGES]
    places = {page.path: place for place, page in enumerate(pages)}
    term, other = len(site.plan.levels), len(site.plan.levels) + 1
    for page in pages:
        held: IndexDocument = {"path": page.path, "kind": other, "title": page.title}
        held |= _node_document(page, places) if isinstance(page, NodePage) else _page_document(page, site.plan)
        yield held | _page_texts(page, texts.html_by_page.get(page.path, {}))
    for word in site.plan.terms:
        yield _term(word, texts.html_by_term[word.name], places) | {"kind": term}


def _node_document(page: NodePage, places: Mapping[str, int]) -> IndexDocument:
    """What is said of a node. A trail is walked from parent to parent, so that each name goes over once."""
    entry = page.node
    parent: IndexDocument = {"parent": places[page.breadcrumbs[-1].path]} if page.breadcrumbs else {}
    facts = [f"{fact.name}：{'、'.join(value.text for value in fact.values)}" for fact in page.facts]
    facts += _record_texts(entry.node)
    return parent | {
        "kind": entry.level.rank,
        "number": entry.number,
        "reading": entry.node.kana_reading,
        "facts": "\n".join(facts),
        "colour": entry.colour_token,
    }


def _record_texts(node: PlanNode) -> Iterator[str]:
    """Yield the lines of each record of a node, the first before the others in brackets; records by year come last."""
    for field in sorted(node_fields(), key=lambda field: field.type == "years"):
        subfields = (field.per_year or field).subfields
        names = [part.name for part in subfields if part.type == "line"]
        for record in node.records(field.name) if names else ():
            first, *others = [str(record.values[name]) for name in names if name in record.values] or [""]
            year = f"{record.year_label}の" if isinstance(record, YearRecord) else ""
            if first:
                yield f"{year}{field.name}：{first}" + "".join(f"（{other}）" for other in others)


def _page_document(page: Page, plan: Plan) -> IndexDocument:
    """What the front page says of the plan as a whole, and the page of a section of what it owns."""
    if isinstance(page, DepartmentPage):
        facts = [f"前の名前：{former.name}" for former in page.department.former_names]
        facts += [f"電話：{page.department.phone}"] if page.department.phone else []
        facts += [work.node.name for work in (*page.owned_rows, *page.partner_rows)]
        return {"facts": "\n".join(facts)}
    if page.template != "home.html":
        return {}
    said = {"主題": plan.subject, "計画の期間": str(plan.period or ""), "つくった自治体": plan.municipality}
    said |= {"連絡先": plan.contact, "利用条件": plan.licence}
    return {"facts": "\n".join(f"{name}：{words}" for name, words in said.items() if words)}


def _term(term: GlossaryTerm, text: HtmlText, places: Mapping[str, int]) -> IndexDocument:
    glossary = term.path.partition("#")[0]
    parent: IndexDocument = {"parent": places[glossary]} if glossary in places else {}
    return parent | {"path": term.path, "title": term.name, "reading": term.reading, "text": html_to_text(text.html)}


def _page_texts(page: Page, texts: Mapping[str, HtmlText]) -> IndexDocument:
    """The page's own texts. The glossary's explanations are documents of their own and not said twice."""
    without = ["dl"] if page.path == f"{GLOSSARY_PAGE}.html" else []
    words = {name: html_to_text(text.html, without) for name, text in texts.items()}
    note = words.pop("note", "")
    return {"text": "\n".join(words.values()), "note": note}


def html_to_text(html: str, without: Collection[str] = ()) -> str:
    """Return the visible text of clean HTML, each block on a line, without the elements named."""
    text = "".join(visible_text(html, without))
    return _LINES.sub("\n", _INLINE_WHITESPACE.sub(" ", text)).strip()
