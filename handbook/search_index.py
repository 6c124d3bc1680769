"""Build search-index.js, the documents that theme/search.js searches, as scripts that also load from a `file:` URL.

A browser that shows a page from a `file:` URL refuses `fetch` but runs scripts, so the index is a script that assigns
`window.planIndex`. It contains the texts as written; theme/search.js normalizes and ranks them.

The texts of a large plan are in scripts of their own, `search-index-1.js` and so on, each for a range of documents:
names, which rank before texts, load first, and a reader who does not search loads no text.
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
"""The searchable fields of one page or term, without empty ones."""

MAX_PART_CHARS = 400_000
"""Most characters of the texts in one script, about 1 MB of Japanese; longer texts are split into several scripts."""
DEFERRED_FIELDS = frozenset({"text", "facts", "note"})
"""Fields that move to scripts of their own if the texts are too long for one script."""

KIND_TERM, KIND_PAGE = "用語", "ページ"
_INLINE_WHITESPACE = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


def index_files(site: Site, texts: SiteTexts) -> Iterator[OutputFile]:
    """Yield the index, whose documents are in reading order, and then the scripts with its texts, if any."""
    documents = [
        {name: value for name, value in document.items() if value != ""} for document in _documents(site, texts)
    ]
    part_starts = _part_starts(documents)
    indexed_documents = documents
    if part_starts:
        indexed_documents = [_select_fields(document, document.keys() - DEFERRED_FIELDS) for document in documents]
    index = {
        "kinds": [*(level.name for level in site.plan.levels), KIND_TERM, KIND_PAGE],
        "spellings": site.plan.spellings,
        "documents": indexed_documents,
        "parts": part_starts,
    }
    yield _js_file("search-index.js", "planIndex", index)
    for number, (start, end) in enumerate(pairwise((*part_starts, len(documents))), 1):
        part = [_select_fields(document, DEFERRED_FIELDS) for document in documents[start:end]]
        yield _js_file(f"search-index-{number}.js", "planTexts", part)


def _part_starts(documents: Sequence[IndexDocument]) -> list[int]:
    """Return the index of the first document of each part, or `[]` if one script can contain all texts."""
    starts, part_size = [0], 0
    for index, document in enumerate(documents):
        size = sum(len(str(document.get(name, ""))) for name in DEFERRED_FIELDS)
        if part_size and part_size + size > MAX_PART_CHARS:
            starts.append(index)
            part_size = 0
        part_size += size
    return starts if len(starts) > 1 else []


def _select_fields(document: IndexDocument, names: Collection[str]) -> IndexDocument:
    return {name: value for name, value in document.items() if name in names}


def _js_file(path: str, variable: str, value: object) -> OutputFile:
    """Return a script that assigns a value to a property of `window`."""
    json_text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # `</script>` ends a script, and older browsers read U+2028 and U+2029 as line ends.
    json_text = json_text.replace("<", r"\u003c").replace("\u2028", r"\u2028").replace("\u2029", r"\u2029")
    return OutputFile(path, f"window.{variable}={json_text};\n".encode())


def _documents(site: Site, texts: SiteTexts) -> Iterator[IndexDocument]:
    """Yield a document for each listed page but the search, then one for each term of the glossary."""
    pages = [page for page in site.pages if page.is_listed and page.template != "search.html"]
    index_by_path = {page.path: index for index, page in enumerate(pages)}
    term_kind, page_kind = len(site.plan.levels), len(site.plan.levels) + 1
    for page in pages:
        document: IndexDocument = {"path": page.path, "kind": page_kind, "title": page.title}
        document |= (
            _node_document(page, index_by_path) if isinstance(page, NodePage) else _page_document(page, site.plan)
        )
        yield document | _page_texts(page, texts.html_by_page.get(page.path, {}))
    for term in site.plan.terms:
        yield _term_document(term, texts.html_by_term[term.name], index_by_path) | {"kind": term_kind}


def _node_document(page: NodePage, index_by_path: Mapping[str, int]) -> IndexDocument:
    """Return the fields of a node's page. `parent` is the index of its parent's document, or missing.

    theme/search.js follows `parent` to show breadcrumbs, so that the index contains each name once.
    """
    node = page.node
    parent: IndexDocument = {"parent": index_by_path[page.breadcrumbs[-1].path]} if page.breadcrumbs else {}
    facts = [f"{fact.name}：{'、'.join(value.text for value in fact.values)}" for fact in page.facts]
    facts += _record_texts(node.node)
    return parent | {
        "kind": node.level.rank,
        "number": node.number,
        "reading": node.node.kana_reading,
        "facts": "\n".join(facts),
        "colour": node.colour_token,
    }


def _record_texts(node: PlanNode) -> Iterator[str]:
    """Yield the one-line values of each record of a node, such as `指標：名称（単位）`. Records by year come last."""
    for field in sorted(node_fields(), key=lambda field: field.type == "years"):
        subfields = (field.per_year or field).subfields
        names = [part.name for part in subfields if part.type == "line"]
        for record in node.records(field.name) if names else ():
            first, *others = [str(record.values[name]) for name in names if name in record.values] or [""]
            year = f"{record.year_label}の" if isinstance(record, YearRecord) else ""
            if first:
                yield f"{year}{field.name}：{first}" + "".join(f"（{other}）" for other in others)


def _page_document(page: Page, plan: Plan) -> IndexDocument:
    """Return the facts of the page of a department or of the home page; other pages have none."""
    if isinstance(page, DepartmentPage):
        facts = [f"前の名前：{former.name}{former.facts_in_parentheses}" for former in page.department.former_names]
        facts += [f"電話：{page.department.phone}"] if page.department.phone else []
        facts += [f"{name}：{fact}" for name, fact in page.department.facts]
        facts += [row.node.name for row in (*page.owned_rows, *page.partner_rows)]
        return {"facts": "\n".join(facts)}
    if page.template == "structure.html":
        return {"facts": "\n".join(f"{level.name}{level.facts_in_parentheses}" for level in plan.levels if level.facts)}
    if page.template != "home.html":
        return {}
    facts_by_name = {"主題": plan.subject, "計画の期間": str(plan.period or ""), "つくった自治体": plan.municipality}
    facts_by_name |= {"連絡先": plan.contact, "利用条件": plan.licence}
    facts_by_name |= dict(plan.facts)
    return {"facts": "\n".join(f"{name}：{fact}" for name, fact in facts_by_name.items() if fact)}


def _term_document(term: GlossaryTerm, text: HtmlText, index_by_path: Mapping[str, int]) -> IndexDocument:
    glossary = term.path.partition("#")[0]
    parent: IndexDocument = {"parent": index_by_path[glossary]} if glossary in index_by_path else {}
    return parent | {"path": term.path, "title": term.name, "reading": term.reading, "text": html_to_text(text.html)}


def _page_texts(page: Page, texts: Mapping[str, HtmlText]) -> IndexDocument:
    """Return the texts of a page. The glossary omits its definition list, because each term has its own document."""
    skipped_tags = ["dl"] if page.path == f"{GLOSSARY_PAGE}.html" else []
    text_by_name = {name: html_to_text(text.html, skipped_tags) for name, text in texts.items()}
    note = text_by_name.pop("note", "")
    return {"text": "\n".join(text_by_name.values()), "note": note}


def html_to_text(html: str, skipped_tags: Collection[str] = ()) -> str:
    """Return the visible text of sanitized HTML, each block on its own line, without elements with `skipped_tags`."""
    text = "".join(visible_text(html, skipped_tags))
    return _LINES.sub("\n", _INLINE_WHITESPACE.sub(" ", text)).strip()
