"""Site, texts and drawings → the data of each document that the template sets.

A manuscript is plain data that JSON can hold. Its `kind` says which document it is; all share the plan's own words,
so that a template can be read without this file: what stands in a manuscript is what the template may show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handbook.bind.desk import CONTENTS, Data, Desk, code
from handbook.model import DepartmentPage, Drawing, Entry, NodePage, Page, Site, Term, Texts, Theme, Work
from handbook.patterns import GLOSSARY_PAGE
from handbook.years import short

MOST_CONTENTS = 60
"""Lines of the table of contents: it goes as deep as this allows, to the chapters at least."""
UNDATED = "2000-01-01"
"""The day written into the file where none is known: archives ask for one, and a clock would change the bytes."""

ABOUT = "about"
"""The free page that stands at the front; the others stand at the back."""


def handbook(
    site: Site, texts: Texts, theme: Theme, drawings: Mapping[str, Drawing], charts: Mapping[str, str]
) -> Data:
    """Return the whole booklet."""
    made = [page for page in (*site.menu, *site.foot) if page.template == "free_page.html"]
    at_front = [page for page in made if page.path == f"{ABOUT}.html"]
    at_back = [page for page in made if page not in at_front]
    home = site.pages[0]
    desk = _desk(site, texts, [home, *made, *_node_pages(site)], {}, charts)
    whole = drawings.get(site.sheets[0].name)
    return _common(site, theme, desk, "handbook") | {
        "about": desk.prose(home, "plan"),
        "counts": [[count.level.name, count.number] for count in site.counts],
        "front": [_leaf(desk, page) for page in at_front],
        "branches": [desk.entry(top) for top in site.branches],
        "contents": {"label": CONTENTS, "depth": _contents_depth(site)},
        "diagram": desk.diagram(whole) if whole else None,
        "tables": list(desk.tables(site.columns, site.rows)),
        "sections": list(_sections(site, desk, site.roots, drawings)),
        "back": [_leaf(desk, page) for page in sorted(at_back, key=lambda page: page.path != f"{GLOSSARY_PAGE}.html")],
        "kana": [
            {"name": group.name, "entries": [_mention(desk, row.item) for row in group.rows]} for group in site.kana
        ],
        "audiences": [
            {
                "name": group.name,
                "label": f"audiences.html#{group.anchor}",
                "entries": [desk.entry(e) for e in group.entries],
            }
            for group in site.audiences
        ],
    }


def branch(
    site: Site,
    texts: Texts,
    theme: Theme,
    drawings: Mapping[str, Drawing],
    charts: Mapping[str, str],
    top: Entry,
    pages: Mapping[str, int],
) -> Data:
    """Return one top branch as a document of its own; `pages` tells where the rest stands in the handbook."""
    inside = {entry.id for entry in top.walk() if not entry.again}
    desk = _desk(site, texts, [page for page in _node_pages(site) if page.entry.id in inside], pages, charts)
    return _common(site, theme, desk, "branch") | {
        "title": f"{top.name}（{site.plan.name}）",
        "branch": desk.entry(top),
        "sections": list(_sections(site, desk, (top,), drawings)),
    }


def overview(site: Site, texts: Texts, theme: Theme, drawings: Mapping[str, Drawing], pages: Mapping[str, int]) -> Data:
    """Return the sheet that shows the plan at one glance."""
    desk = _desk(site, texts, [], pages, {})
    whole = drawings.get(site.sheets[0].name)
    home = site.pages[0]
    return _common(site, theme, desk, "overview") | {
        "title": f"{site.plan.name} 概要版",
        "about": desk.prose(home, "plan"),
        "heads": [desk.entry(head) | {"body": desk.prose(home, f"head-{head.id}")} for head in site.heads],
        "counts": [[count.level.name, count.number] for count in site.counts],
        "branches": [desk.entry(top) | {"children": [desk.entry(e) for e in top.children]} for top in site.branches],
        "ways": [[page.title, page.description, desk.address(page.path)] for page in site.menu],
        "diagram": desk.diagram(whole) if whole else None,
    }


def department(site: Site, texts: Texts, theme: Theme, page: DepartmentPage) -> Data:
    """Return everything that one section owns, on as few sheets as it takes."""
    desk = _desk(site, texts, [], {}, {})
    facts = [["電話", page.department.phone]] if page.department.phone else []
    facts += [["前の名前", f"{former.name}（{former.ended}まで）"] for former in page.department.former]
    return _common(site, theme, desk, "department") | {
        "title": f"{page.title}（{site.plan.name}）",
        "heading": page.title,
        "facts": facts,
        "owned": [_work(work) for work in page.owned],
        "shared": [_work(work) for work in page.shared],
        "gauges": [
            [
                f"{gauge.indicator.name}（{gauge.entry.name}）",
                gauge.indicator.unit or "—",
                gauge.indicator.aim or "—",
                *(
                    f"{found.words}（{short(found.year)}）" if found else "記載なし"
                    for found in (gauge.last, gauge.aim)
                ),
                gauge.state,
            ]
            for gauge in page.gauges
        ],
        "address": desk.address(page.path),
    }


def _work(work: Work) -> list[str]:
    owners = "、".join(owner.words for owner in work.owners) or "記載なし"
    return [f"{work.entry.number} {work.entry.name}".strip(), work.category, work.period, owners, work.state]


def sheet(site: Site, texts: Texts, theme: Theme, kind: str, title: str) -> Data:
    """Return a document that needs only the plan's own words: `blank` or `test-sheet`."""
    return _common(site, theme, _desk(site, texts, [], {}, {}), kind) | {"title": title}


def _desk(site: Site, texts: Texts, shown: list[Page], pages: Mapping[str, int], charts: Mapping[str, str]) -> Desk:
    """Return what a document that shows these pages knows; the one with the front page has the indexes too."""
    by_path = {page.path: page for page in _node_pages(site)}
    labels: set[str] = set()
    for page in shown:
        own = by_path[page.path].entry.id if page.path in by_path else page.path
        labels |= {own, *(f"{own}#{h.id}" for text in texts.prose.get(page.path, {}).values() for h in text.headings)}
        labels |= {term.path for term in site.plan.terms if term.path.startswith(f"{page.path}#")}
    if site.pages[0] in shown:
        labels |= {CONTENTS, "structure.html", "structure.html#table"}
        labels |= {"kana.html"} if site.kana else set()
        labels |= (
            {"audiences.html", *(f"audiences.html#{group.anchor}" for group in site.audiences)}
            if site.audiences
            else set()
        )
    return Desk(site, texts, frozenset(labels), pages, by_path, charts)


def _node_pages(site: Site) -> list[NodePage]:
    return [page for page in site.pages if isinstance(page, NodePage)]


def _common(site: Site, theme: Theme, desk: Desk, kind: str) -> Data:
    plan = site.plan
    return {
        "kind": kind,
        "title": plan.name,
        "date": dated(plan.updated),
        "colours": colours(theme),
        "plan": {
            "name": desk.name(plan.name),
            "words": plan.name,
            "municipality": plan.municipality,
            "subject": desk.name(plan.subject) if plan.subject else [],
            "period": str(plan.period or ""),
            "contact": plan.contact,
            "licence": plan.licence,
            "permalink": plan.permalink,
            "updated": plan.updated_day,
            "audience_note": plan.audience_note,
        },
        "code": code(plan.permalink) if plan.permalink else [],
    }


def dated(day: str) -> list[int]:
    """Return the year, month and day that the file itself bears."""
    return list(map(int, (day or UNDATED).split("-")))


def colours(theme: Theme) -> dict[str, str]:
    """Return the theme's colours by name."""
    return {name: value for name, value in theme.tokens.items() if value.startswith("#")}


def _leaf(desk: Desk, page: Page) -> Data:
    return {"label": page.path, "words": page.title, "name": desk.name(page.title), "body": desk.prose(page, "body")}


def _mention(desk: Desk, item: Entry | Term) -> Data:
    return desk.term(item) if isinstance(item, Term) else desk.entry(item)


def _contents_depth(site: Site) -> int:
    """Return how many steps of the tree the table of contents shows."""
    depths = [depth for _, depth in _walk(site.roots, 1)]
    least = len(site.heads) + 1
    fitting = [most for most in range(least, max(depths) + 1) if sum(d <= most for d in depths) <= MOST_CONTENTS]
    return max([least, *fitting])


def _walk(entries: tuple[Entry, ...], depth: int) -> Iterator[tuple[Entry, int]]:
    for entry in entries:
        yield entry, depth
        yield from _walk(entry.children, depth + 1)


def _sections(site: Site, desk: Desk, roots: tuple[Entry, ...], drawings: Mapping[str, Drawing]) -> Iterator[Data]:
    """Yield every node in reading order, each chapter with its diagram; one shown again is only named."""
    pages = {page.entry.id: page for page in _node_pages(site)}
    for entry, depth in _walk(roots, 1):
        if entry.again:
            yield desk.entry(entry) | {"is": "again", "depth": depth}
            continue
        made = desk.section(pages[entry.id], depth)
        if made["chapter"]:
            picture = drawings.get(f"branch-{entry.id}")
            made["diagram"] = desk.diagram(picture) if picture else None
            made["code"] = code(made["address"]) if site.plan.permalink else []
        yield made
