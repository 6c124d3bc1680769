"""Site, texts and drawings → the data of each document that the template sets.

A manuscript is plain data that JSON can hold. Its `kind` says which document it is; all share the plan's own words,
so that a template can be read without this file: what stands in a manuscript is what the template may show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handbook.booklet.document import LIST_PAGE, Data, Document, qr_matrix
from handbook.fiscal_year import format_era_year
from handbook.model import (
    DepartmentPage,
    Diagram,
    GlossaryTerm,
    NodePage,
    Page,
    Site,
    SiteTexts,
    Theme,
    TreeNode,
    WorkRow,
)
from handbook.patterns import GLOSSARY_PAGE

MAX_CONTENTS_ENTRIES = 60
"""Lines of the table of contents: it goes as deep as this allows, to the chapters at least."""
FALLBACK_DATE = "2000-01-01"
"""The day written into the file where none is known: archives ask for one, and a clock would change the bytes."""

ABOUT_PAGE = "about"
"""The free page that stands at the front; the others stand at the back."""


def booklet_data(
    site: Site, texts: SiteTexts, theme: Theme, drawings: Mapping[str, Diagram], charts: Mapping[str, str]
) -> Data:
    """Return the whole booklet."""
    made = [page for page in (*site.nav_pages, *site.footer_pages) if page.template == "free_page.html"]
    at_front = [page for page in made if page.path == f"{ABOUT_PAGE}.html"]
    at_back = [page for page in made if page not in at_front]
    home = site.pages[0]
    desk = _new_document(site, texts, [home, *made, *_node_pages(site)], {}, charts)
    whole = drawings.get(site.booklet_diagram_specs[0].name)
    return _shared_fields(site, theme, desk, "handbook") | {
        "about": desk.text_blocks(home, "plan"),
        "counts": [[count.level.name, count.count] for count in site.level_counts],
        "front": [_free_page_data(desk, page) for page in at_front],
        "branches": [desk.node_mention(top) for top in site.branches],
        "contents": {"label": LIST_PAGE, "depth": _contents_depth(site)},
        "diagram": desk.diagram_geometry(whole) if whole else None,
        "tables": list(desk.structure_tables(site.structure_levels, site.structure_rows)),
        "sections": list(_sections(site, desk, site.roots, drawings)),
        "back": [
            _free_page_data(desk, page)
            for page in sorted(at_back, key=lambda page: page.path != f"{GLOSSARY_PAGE}.html")
        ],
        "kana": [
            {"name": group.name, "entries": [_index_item(desk, row.item) for row in group.rows]}
            for group in site.kana_groups
        ],
        "audiences": [
            {
                "name": group.name,
                "label": f"audiences.html#{group.anchor}",
                "entries": [desk.node_mention(e) for e in group.nodes],
            }
            for group in site.audience_groups
        ],
    }


def branch_data(
    site: Site,
    texts: SiteTexts,
    theme: Theme,
    drawings: Mapping[str, Diagram],
    charts: Mapping[str, str],
    top: TreeNode,
    pages: Mapping[str, int],
) -> Data:
    """Return one top branch as a document of its own; `pages` tells where the rest stands in the handbook."""
    inside = {entry.id for entry in top.walk() if not entry.is_repeat}
    desk = _new_document(site, texts, [page for page in _node_pages(site) if page.node.id in inside], pages, charts)
    return _shared_fields(site, theme, desk, "branch") | {
        "title": f"{top.name}（{site.plan.name}）",
        "branch": desk.node_mention(top),
        "sections": list(_sections(site, desk, (top,), drawings)),
    }


def overview_data(
    site: Site, texts: SiteTexts, theme: Theme, drawings: Mapping[str, Diagram], pages: Mapping[str, int]
) -> Data:
    """Return the sheet that shows the plan at one glance."""
    desk = _new_document(site, texts, [], pages, {})
    whole = drawings.get(site.booklet_diagram_specs[0].name)
    home = site.pages[0]
    return _shared_fields(site, theme, desk, "overview") | {
        "title": f"{site.plan.name} 概要版",
        "about": desk.text_blocks(home, "plan"),
        "heads": [
            desk.node_mention(head) | {"body": desk.text_blocks(home, f"head-{head.id}")} for head in site.top_nodes
        ],
        "counts": [[count.level.name, count.count] for count in site.level_counts],
        "branches": [
            desk.node_mention(top) | {"children": [desk.node_mention(e) for e in top.children]} for top in site.branches
        ],
        "ways": [[page.title, page.description, desk.printed_url(page.path)] for page in site.nav_pages],
        "diagram": desk.diagram_geometry(whole) if whole else None,
    }


def department_sheet_data(site: Site, texts: SiteTexts, theme: Theme, page: DepartmentPage) -> Data:
    """Return everything that one section owns, on as few sheets as it takes."""
    desk = _new_document(site, texts, [], {}, {})
    facts = [["電話", page.department.phone]] if page.department.phone else []
    facts += [["前の名前", f"{former.name}（{former.end_label}まで）"] for former in page.department.former_names]
    return _shared_fields(site, theme, desk, "department") | {
        "title": f"{page.title}（{site.plan.name}）",
        "heading": page.title,
        "facts": facts,
        "owned": [_work(work) for work in page.owned_rows],
        "shared": [_work(work) for work in page.partner_rows],
        "gauges": [
            [
                f"{gauge.indicator.name}（{gauge.node.name}）",
                gauge.indicator.unit or "—",
                gauge.indicator.better or "—",
                *(
                    f"{found.formatted}（{format_era_year(found.year)}）" if found else "記載なし"
                    for found in (gauge.latest_actual, gauge.final_target)
                ),
                gauge.status,
            ]
            for gauge in page.indicators
        ],
        "address": desk.printed_url(page.path),
    }


def _work(work: WorkRow) -> list[str]:
    owners = "、".join(owner.text for owner in work.owners) or "記載なし"
    return [f"{work.node.number} {work.node.name}".strip(), work.category, work.period, owners, work.status]


def simple_sheet_data(site: Site, texts: SiteTexts, theme: Theme, kind: str, title: str) -> Data:
    """Return a document that needs only the plan's own words: `blank` or `test-sheet`."""
    return _shared_fields(site, theme, _new_document(site, texts, [], {}, {}), kind) | {"title": title}


def _new_document(
    site: Site, texts: SiteTexts, shown: list[Page], pages: Mapping[str, int], charts: Mapping[str, str]
) -> Document:
    """Return what a document that shows these pages knows; the one with the front page has the indexes too."""
    by_path = {page.path: page for page in _node_pages(site)}
    labels: set[str] = set()
    for page in shown:
        own = by_path[page.path].node.id if page.path in by_path else page.path
        labels |= {
            own,
            *(f"{own}#{h.id}" for text in texts.html_by_page.get(page.path, {}).values() for h in text.headings),
        }
        labels |= {term.path for term in site.plan.terms if term.path.startswith(f"{page.path}#")}
    if site.pages[0] in shown:
        labels |= {LIST_PAGE, "structure.html", "structure.html#table"}
        labels |= {"kana.html"} if site.kana_groups else set()
        labels |= (
            {"audiences.html", *(f"audiences.html#{group.anchor}" for group in site.audience_groups)}
            if site.audience_groups
            else set()
        )
    return Document(site, texts, frozenset(labels), pages, by_path, charts)


def _node_pages(site: Site) -> list[NodePage]:
    return [page for page in site.pages if isinstance(page, NodePage)]


def _shared_fields(site: Site, theme: Theme, desk: Document, kind: str) -> Data:
    plan = site.plan
    return {
        "kind": kind,
        "title": plan.name,
        "date": date_parts(plan.last_change_date),
        "colours": theme_colours(theme),
        "plan": {
            "name": desk.name_phrases(plan.name),
            "words": plan.name,
            "municipality": plan.municipality,
            "subject": desk.name_phrases(plan.subject) if plan.subject else [],
            "period": str(plan.period or ""),
            "contact": plan.contact,
            "licence": plan.licence,
            "permalink": plan.base_url,
            "updated": plan.last_change_label,
            "audience_note": plan.audience_note,
        },
        "code": qr_matrix(plan.base_url) if plan.base_url else [],
    }


def date_parts(day: str) -> list[int]:
    """Return the year, month and day that the file itself bears."""
    return list(map(int, (day or FALLBACK_DATE).split("-")))


def theme_colours(theme: Theme) -> dict[str, str]:
    """Return the theme's colours by name."""
    return {name: value for name, value in theme.css_variables.items() if value.startswith("#")}


def _free_page_data(desk: Document, page: Page) -> Data:
    return {
        "label": page.path,
        "words": page.title,
        "name": desk.name_phrases(page.title),
        "body": desk.text_blocks(page, "body"),
    }


def _index_item(desk: Document, item: TreeNode | GlossaryTerm) -> Data:
    return desk.glossary_entry(item) if isinstance(item, GlossaryTerm) else desk.node_mention(item)


def _contents_depth(site: Site) -> int:
    """Return how many steps of the tree the table of contents shows."""
    depths = [depth for _, depth in _contents_entries(site.roots, 1)]
    least = len(site.top_nodes) + 1
    fitting = [most for most in range(least, max(depths) + 1) if sum(d <= most for d in depths) <= MAX_CONTENTS_ENTRIES]
    return max([least, *fitting])


def _contents_entries(entries: tuple[TreeNode, ...], depth: int) -> Iterator[tuple[TreeNode, int]]:
    for entry in entries:
        yield entry, depth
        yield from _contents_entries(entry.children, depth + 1)


def _sections(
    site: Site, desk: Document, roots: tuple[TreeNode, ...], drawings: Mapping[str, Diagram]
) -> Iterator[Data]:
    """Yield every node in reading order, each chapter with its diagram; one shown again is only named."""
    pages = {page.node.id: page for page in _node_pages(site)}
    for entry, depth in _contents_entries(roots, 1):
        if entry.is_repeat:
            yield desk.node_mention(entry) | {"is": "again", "depth": depth}
            continue
        made = desk.node_section(pages[entry.id], depth)
        if made["chapter"]:
            picture = drawings.get(f"branch-{entry.id}")
            made["diagram"] = desk.diagram_geometry(picture) if picture else None
            made["code"] = qr_matrix(made["address"]) if site.plan.base_url else []
        yield made
