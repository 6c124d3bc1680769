"""Build the data of each PDF document that templates/booklet/booklet.typ typesets.

The data is plain values that JSON can represent; its `kind` selects the document. A template can show only what the
data contains.
"""

from __future__ import annotations

from collections.abc import Iterator

from handbook.booklet.department_rows import indicator_cells, work_cells
from handbook.booklet.document import LIST_PAGE, BookletSources, Data, Document, qr_matrix
from handbook.booklet.structure_data import diagram_geometry, structure_table
from handbook.model import DepartmentPage, GlossaryTerm, NodePage, Page, Site, Theme, TreeNode
from handbook.patterns import GLOSSARY_PAGE

MAX_CONTENTS_ENTRIES = 60
"""Most lines of the table of contents. It has as many levels as fit, and always those down to the chapters."""
FALLBACK_DATE = "2000-01-01"
"""Date of a PDF whose plan has none. PDF/A requires a date, and the present one would change the bytes each day."""

ABOUT_PAGE = "about"
"""The free page at the front of the booklet; all others are at its back."""


def booklet_data(sources: BookletSources) -> Data:
    """Return the data of the whole booklet."""
    site = sources.site
    free_pages = [page for page in (*site.nav_pages, *site.footer_pages) if page.template == "free_page.html"]
    front_pages = [page for page in free_pages if page.path == f"{ABOUT_PAGE}.html"]
    back_pages = [page for page in free_pages if page not in front_pages]
    back_pages.sort(key=lambda page: page.path != f"{GLOSSARY_PAGE}.html")
    home = site.pages[0]
    document = _new_document(sources, [home, *free_pages, *_node_pages(site)])
    return _shared_fields(document, "handbook") | {
        "about": document.text_blocks(home, "plan"),
        "level_counts": _level_counts(site),
        "front_pages": [_free_page_data(document, page) for page in front_pages],
        "branches": [document.node_mention(top) for top in site.branches],
        "empty_levels": [count.level.name for count in site.level_counts if not count.node_count],
        "contents": {"label": LIST_PAGE, "depth": _contents_depth(site)},
        "diagram": diagram_geometry(document, site.booklet_diagram_specs[0].name),
        "table": structure_table(document, site.structure_levels, site.structure_rows),
        "sections": list(_sections(document, site.roots)),
        "back_pages": [_free_page_data(document, page) for page in back_pages],
        "kana_groups": [
            {"name": group.name, "items": [_index_item(document, row.item) for row in group.rows]}
            for group in site.kana_groups
        ],
        "audience_groups": [
            {
                "name": group.name,
                "label": f"audiences.html#{group.anchor}",
                "nodes": [document.node_mention(node) for node in group.nodes],
            }
            for group in site.audience_groups
        ],
    }


def branch_data(sources: BookletSources, top: TreeNode) -> Data:
    """Return the data of one top branch as a document of its own."""
    node_ids = {node.id for node in top.walk() if not node.is_repeat}
    document = _new_document(sources, [page for page in _node_pages(sources.site) if page.node.id in node_ids])
    return _shared_fields(document, "branch") | {
        "title": f"{top.name}（{sources.site.plan.name}）",
        "branch": document.node_mention(top),
        "sections": list(_sections(document, (top,))),
    }


def overview_data(sources: BookletSources) -> Data:
    """Return the data of the overview (概要版), one A3 sheet."""
    site = sources.site
    document = _new_document(sources, [])
    home = site.pages[0]
    return _shared_fields(document, "overview") | {
        "title": f"{site.plan.name} 概要版",
        "about": document.text_blocks(home, "plan"),
        "top_nodes": [
            document.node_mention(node) | {"body": document.text_blocks(home, f"head-{node.id}")}
            for node in site.top_nodes
        ],
        "level_counts": _level_counts(site),
        "branches": [
            document.mention_with_children(top) | {"diagram": diagram_geometry(document, f"branch-{top.id}")}
            for top in site.branches
        ],
        "site_pages": [[page.title, page.description, document.printed_url(page.path)] for page in site.nav_pages],
    }


def department_sheet_data(sources: BookletSources, page: DepartmentPage) -> Data:
    """Return the data of the sheet with the nodes and indicators of one department."""
    document = _new_document(sources, [])
    facts = [["電話", page.department.phone]] if page.department.phone else []
    facts += [[name, text] for name, text in page.department.facts]
    facts += [
        ["前の名前", f"{former.name}（{former.end_label}まで）{former.facts_in_parentheses}"]
        for former in page.department.former_names
    ]
    return _shared_fields(document, "department") | {
        "title": f"{page.title}（{sources.site.plan.name}）",
        "heading": page.title,
        "facts": facts,
        "owned_rows": [work_cells(row) for row in page.owned_rows],
        "partner_rows": [work_cells(row) for row in page.partner_rows],
        "indicator_rows": [indicator_cells(status) for status in page.indicators],
        "page_url": document.printed_url(page.path),
    }


def simple_sheet_data(sources: BookletSources, kind: str, title: str) -> Data:
    """Return the data of a document that shows nothing of the tree. `kind` is `blank` or `test-sheet`."""
    return _shared_fields(_new_document(sources, []), kind) | {"title": title}


def _new_document(sources: BookletSources, pages: list[Page]) -> Document:
    """Return a document with the labels of these pages."""
    site = sources.site
    node_pages_by_path = {page.path: page for page in _node_pages(site)}
    labels: set[str] = set()
    for page in pages:
        label = node_pages_by_path[page.path].node.id if page.path in node_pages_by_path else page.path
        texts = sources.texts.html_by_page.get(page.path, {}).values()
        labels |= {label, *(f"{label}#{heading.id}" for text in texts for heading in text.headings)}
        labels |= {term.path for term in site.plan.terms if term.path.startswith(f"{page.path}#")}
    if site.pages[0] in pages:
        labels |= _index_labels(site)
    return Document(sources, frozenset(labels), node_pages_by_path)


def _index_labels(site: Site) -> set[str]:
    """Return the labels of the table of contents, the structure and the indexes, which only the booklet contains."""
    labels = {LIST_PAGE, "structure.html", "structure.html#table"}
    if site.kana_groups:
        labels.add("kana.html")
    if site.audience_groups:
        labels |= {"audiences.html", *(f"audiences.html#{group.anchor}" for group in site.audience_groups)}
    return labels


def _node_pages(site: Site) -> list[NodePage]:
    return [page for page in site.pages if isinstance(page, NodePage)]


def _level_counts(site: Site) -> list[list[str | int]]:
    return [[count.level.name, count.node_count] for count in site.level_counts if count.node_count]


def _shared_fields(document: Document, kind: str) -> Data:
    """Return the fields that every document has."""
    plan = document.site.plan
    return {
        "kind": kind,
        "title": plan.name,
        "date": date_parts(plan.last_change_date),
        "colours": theme_colours(document.sources.theme),
        "plan": {
            "name": plan.name,
            "name_phrases": document.name_phrases(plan.name),
            "whole_words": list(document.sources.texts.whole_words),
            "municipality": plan.municipality,
            "subject_phrases": document.name_phrases(plan.subject) if plan.subject else [],
            "period": str(plan.period or ""),
            "facts": list(plan.facts),
            "level_facts": [[level.name, level.facts_in_parentheses] for level in plan.levels if level.facts],
            "contact": plan.contact,
            "licence": plan.licence,
            "base_url": plan.base_url,
            "last_change": plan.last_change_label,
            "audience_note": plan.audience_note,
        },
        "qr_code": qr_matrix(plan.base_url) if plan.base_url else [],
    }


def date_parts(date: str) -> list[int]:
    """Return year, month and day of an ISO date, or of FALLBACK_DATE if the date is empty."""
    return list(map(int, (date or FALLBACK_DATE).split("-")))


def theme_colours(theme: Theme) -> dict[str, str]:
    """Return the theme's colours (`#rrggbb`) by name."""
    return {name: value for name, value in theme.css_variables.items() if value.startswith("#")}


def _free_page_data(document: Document, page: Page) -> Data:
    return {
        "label": page.path,
        "title": page.title,
        "title_phrases": document.name_phrases(page.title),
        "body": document.text_blocks(page, "body"),
    }


def _index_item(document: Document, item: TreeNode | GlossaryTerm) -> Data:
    return document.glossary_entry(item) if isinstance(item, GlossaryTerm) else document.node_mention(item)


def _contents_depth(site: Site) -> int:
    """Return how many steps of the tree the table of contents shows."""
    depths = [depth for _, depth in _walk_with_depth(site.roots, 1)]
    chapter_depth = len(site.top_nodes) + 1
    fitting = [
        limit
        for limit in range(chapter_depth, max(depths) + 1)
        if sum(depth <= limit for depth in depths) <= MAX_CONTENTS_ENTRIES
    ]
    return max([chapter_depth, *fitting])


def _walk_with_depth(nodes: tuple[TreeNode, ...], depth: int) -> Iterator[tuple[TreeNode, int]]:
    for node in nodes:
        yield node, depth
        yield from _walk_with_depth(node.children, depth + 1)


def _sections(document: Document, roots: tuple[TreeNode, ...]) -> Iterator[Data]:
    """Yield every node in reading order, each chapter with its diagram. A repeat (再掲) is only mentioned."""
    pages_by_id = {page.node.id: page for page in _node_pages(document.site)}
    for node, depth in _walk_with_depth(roots, 1):
        if node.is_repeat:
            yield document.node_mention(node) | {"type": "repeat", "depth": depth}
            continue
        section = document.node_section(pages_by_id[node.id], depth)
        if section["is_chapter"]:
            section["diagram"] = diagram_geometry(document, f"branch-{node.id}")
            section["qr_code"] = qr_matrix(str(section["page_url"])) if document.site.plan.base_url else []
        yield section
