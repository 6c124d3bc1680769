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
from handbook.model import DepartmentPage, File, Node, NodePage, Page, Plan, Site, Term, Text, Texts, YearRecord
from handbook.patterns import GLOSSARY_PAGE

Document = dict[str, str | int]
"""What the search knows of one page or term. A field that is empty is left out."""

MOST = 400_000
"""Characters of all texts in one script, about a megabyte of Japanese; more are dealt out to several."""
TEXTS = frozenset({"text", "facts", "note"})
"""Fields that may be dealt out."""

NOT_LOOKED_FOR = frozenset({"404.html", "search.html"})
TERM, PAGE = "用語", "ページ"
_SPACE = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


def files(site: Site, texts: Texts) -> Iterator[File]:
    """Yield the index: kinds outermost level first, documents in reading order; then the parts, if it has any."""
    documents = [{name: value for name, value in each.items() if value != ""} for each in _documents(site, texts)]
    parts = _parts(documents)
    index = {
        "kinds": [*(level.name for level in site.plan.levels), TERM, PAGE],
        "spellings": site.plan.spellings,
        "documents": [_only(each, each.keys() - TEXTS) for each in documents] if parts else documents,
        "parts": parts,
    }
    yield _script("search-index.js", "planIndex", index)
    for number, (start, end) in enumerate(pairwise((*parts, len(documents))), 1):
        yield _script(f"search-index-{number}.js", "planTexts", [_only(each, TEXTS) for each in documents[start:end]])


def _parts(documents: Sequence[Document]) -> list[int]:
    """Return the place of the first document of each part; nothing where one script holds all texts."""
    starts, held = [0], 0
    for place, document in enumerate(documents):
        size = sum(len(str(document.get(name, ""))) for name in TEXTS)
        if held and held + size > MOST:
            starts.append(place)
            held = 0
        held += size
    return starts if len(starts) > 1 else []


def _only(document: Document, names: Collection[str]) -> Document:
    return {name: value for name, value in document.items() if name in names}


def _script(path: str, name: str, said: object) -> File:
    words = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    # A `<` could end a script, and older browsers take the other two for the end of a line.
    words = words.replace("<", r"\u003c").replace("\u2028", r"\u2028").replace("\u2029", r"\u2029")
    return File(path, f"window.{name}={words};\n".encode())


def _documents(site: Site, texts: Texts) -> Iterator[Document]:
    """Yield a document for every page worth finding, then one for every term of the glossary."""
    pages = [page for page in site.pages if page.template not in NOT_LOOKED_FOR]
    places = {page.path: place for place, page in enumerate(pages)}
    term, other = len(site.plan.levels), len(site.plan.levels) + 1
    for page in pages:
        held: Document = {"path": page.path, "kind": other, "title": page.title}
        held |= _node(page, places) if isinstance(page, NodePage) else _about(page, site.plan)
        yield held | _written(page, texts.prose.get(page.path, {}))
    for word in site.plan.terms:
        yield _term(word, texts.terms[word.name], places) | {"kind": term}


def _node(page: NodePage, places: Mapping[str, int]) -> Document:
    """What is said of a node. A trail is walked from parent to parent, so that each name goes over once."""
    entry = page.entry
    parent: Document = {"parent": places[page.trail[-1].path]} if page.trail else {}
    facts = [f"{fact.name}：{'、'.join(value.words for value in fact.values)}" for fact in page.facts]
    facts += _record_texts(entry.node)
    return parent | {
        "kind": entry.level.rank,
        "number": entry.number,
        "reading": entry.node.reading,
        "facts": "\n".join(facts),
        "colour": entry.colour,
    }


def _record_texts(node: Node) -> Iterator[str]:
    """Yield the lines of each record of a node, the first before the others in brackets; records by year come last."""
    for field in sorted(node_fields(), key=lambda field: field.type == "years"):
        subfields = (field.per_year or field).subfields
        names = [part.name for part in subfields if part.type == "line"]
        for record in node.records(field.name) if names else ():
            first, *others = [str(record.values[name]) for name in names if name in record.values] or [""]
            year = f"{record.told}の" if isinstance(record, YearRecord) else ""
            if first:
                yield f"{year}{field.name}：{first}" + "".join(f"（{other}）" for other in others)


def _about(page: Page, plan: Plan) -> Document:
    """What the front page says of the plan as a whole, and the page of a section of what it owns."""
    if isinstance(page, DepartmentPage):
        facts = [f"前の名前：{former.name}" for former in page.department.former]
        facts += [f"電話：{page.department.phone}"] if page.department.phone else []
        facts += [work.entry.name for work in (*page.owned, *page.shared)]
        return {"facts": "\n".join(facts)}
    if page.template != "home.html":
        return {}
    said = {"主題": plan.subject, "計画の期間": str(plan.period or ""), "つくった自治体": plan.municipality}
    said |= {"連絡先": plan.contact, "利用条件": plan.licence}
    return {"facts": "\n".join(f"{name}：{words}" for name, words in said.items() if words)}


def _term(term: Term, text: Text, places: Mapping[str, int]) -> Document:
    glossary = term.path.partition("#")[0]
    parent: Document = {"parent": places[glossary]} if glossary in places else {}
    return parent | {"path": term.path, "title": term.name, "reading": term.reading, "text": plain(text.html)}


def _written(page: Page, texts: Mapping[str, Text]) -> Document:
    """The page's own texts. The glossary's explanations are documents of their own and not said twice."""
    without = ["dl"] if page.path == f"{GLOSSARY_PAGE}.html" else []
    words = {name: plain(text.html, without) for name, text in texts.items()}
    note = words.pop("note", "")
    return {"text": "\n".join(words.values()), "note": note}


def plain(html: str, without: Collection[str] = ()) -> str:
    """Return the visible text of clean HTML, each block on a line, without the elements named."""
    text = "".join(visible_text(html, without))
    return _LINES.sub("\n", _SPACE.sub(" ", text)).strip()
