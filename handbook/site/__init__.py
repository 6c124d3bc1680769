"""Convert a plan into a site: the path of every page, and the values that each page shows.

A path depends on the id and the level alone, so a node that moves keeps its page. Numbers such as 1-2-3 are computed
from the place in the tree: they are an aid to readers and change when a node is inserted.

The steps of `build_site`, each from the values of the steps before it: `tree` places the nodes, `indexes` builds the
indexes, `metrics` and `indicator_status` compute the metrics, `diagram_specs` lists the diagrams, and the pages are
assembled from these values (`node_pages`, `department_pages`, `year_pages`, `progress`, `coverage`, `history`,
`fixed_pages`, `redirects`). Also: `structure_table` the structure table, `departments` paths and links of departments,
`edit_links` links to the sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from handbook.model import (
    NO_HISTORY,
    FreePage,
    History,
    LastChange,
    NodePage,
    Page,
    PageLink,
    Plan,
    Redirect,
    Site,
)
from handbook.site import fixed_pages
from handbook.site.coverage import coverage_page
from handbook.site.department_pages import department_pages
from handbook.site.diagram_specs import DiagramSpecs, diagram_specs, has_short_home
from handbook.site.edit_links import edit_links
from handbook.site.history import history_page, last_changes
from handbook.site.indexes import Indexes, build_indexes
from handbook.site.metrics import Metrics, all_charts, plan_metrics
from handbook.site.node_pages import node_pages
from handbook.site.progress import progress_page
from handbook.site.redirects import former_pages, redirects
from handbook.site.structure_table import structure_rows
from handbook.site.tree import Tree, build_tree, level_counts
from handbook.site.year_pages import year_pages

__all__ = ["build_site"]


def build_site(plan: Plan, history: History = NO_HISTORY) -> Site:
    """Return the site of a plan. The last change of each page comes from `history`."""
    tree = build_tree(plan)
    indexes = build_indexes(plan, tree)
    metrics = plan_metrics(plan, tree, indexes.audience_groups)
    diagrams = diagram_specs(plan, tree)
    pages = _site_pages(plan, history, tree, indexes, metrics, diagrams)
    by_path = {page.path: page for page in _with_edit_links(plan, history, pages.in_site_order())}
    return Site(
        plan=plan,
        roots=tree.roots,
        top_nodes=tree.top_nodes,
        branches=tree.branches,
        branch_level=tree.branches[0].level.name,
        has_short_home=has_short_home(tree.branches),
        level_counts=level_counts(plan, tree),
        diagram_specs=diagrams.specs,
        narrow_diagram_nodes=diagrams.narrow_nodes,
        charts=tuple(all_charts(metrics.nodes)),
        booklet_diagram_specs=diagrams.booklet,
        structure_levels=tree.levels,
        structure_rows=structure_rows(tree.roots, tree.levels),
        audience_groups=indexes.audience_groups,
        kana_groups=indexes.kana_groups,
        leaf_lists=indexes.leaf_lists,
        pages=tuple(by_path.values()),
        nav_pages=tuple(by_path[page.path] for page in pages.menu),
        footer_pages=tuple(by_path[page.path] for page in pages.footer),
        progress_pages=tuple(by_path[page.path] for page in pages.progress_details),
        redirects=pages.redirects,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SitePages:
    """All pages of a site by the part of the site that links to them."""

    home: Page
    menu: tuple[Page, ...]
    search: Page
    footer: tuple[Page, ...]
    progress_details: tuple[Page, ...]
    """The pages of the departments and of the years."""
    nodes: tuple[NodePage, ...]
    unlisted: tuple[Page, ...]
    """The pages at former paths, and 404.html."""
    redirects: tuple[Redirect, ...]

    def in_site_order(self) -> Iterator[Page]:
        """Yield every page in the order of the site."""
        yield from (self.home, *self.menu, self.search, *self.footer)
        yield from (*self.progress_details, *self.nodes, *self.unlisted)


def _site_pages(
    plan: Plan, history: History, tree: Tree, indexes: Indexes, metrics: Metrics, diagrams: DiagramSpecs
) -> _SitePages:
    """Return all pages, without last changes and edit links."""
    totals = metrics.totals
    departments = tuple(department_pages(plan, metrics.nodes)) if totals else ()
    years = year_pages(plan, metrics.nodes) if totals else ()
    progress = (progress_page(totals, departments, years),) if totals else ()

    home = fixed_pages.home_page(plan, tree)
    menu = (*fixed_pages.index_pages(indexes), *progress, *fixed_pages.free_pages(plan, is_glossary=True))
    coverage = coverage_page(plan, tree, metrics.nodes)
    footer = (*fixed_pages.free_pages(plan, is_glossary=False), coverage, *fixed_pages.contents_pages(plan, tree))
    totals_below = totals.below_node if totals else {}
    nodes = tuple(node_pages(plan, tree, metrics.nodes, totals_below, diagrams.by_node))
    search, information = fixed_pages.search_page(), tuple(fixed_pages.information_pages())
    listed = (home, *menu, search, *footer, *information, *departments, *years, *nodes)
    links = {page.path: PageLink(page.title, page.path) for page in (*listed, history_page(history, ()))}
    led = redirects(plan, tree.nodes, links)
    former = tuple(former_pages(plan, links))
    paths = {page.path for page in (*listed, *led, *former)}
    return _SitePages(
        home=home,
        menu=menu,
        search=search,
        footer=(*footer, history_page(history, paths), *information),
        progress_details=(*departments, *years),
        nodes=nodes,
        unlisted=(*former, fixed_pages.not_found_page()),
        redirects=led,
    )


def _with_edit_links(plan: Plan, history: History, pages: Iterable[Page]) -> Iterator[Page]:
    """Yield each page with its last change and its edit links."""
    changes = last_changes(history)
    for page in pages:
        links, last_change = edit_links(plan, page), _last_change(page, changes)
        yield replace(page, edit_links=links, last_change=last_change) if links or last_change else page


def _last_change(page: Page, changes: Mapping[str, LastChange]) -> LastChange | None:
    """Return the last change of the node or free text that a page shows; None for other pages."""
    if isinstance(page, NodePage):
        return changes.get(page.node.id)
    return changes.get(page.path) if isinstance(page, FreePage) else None
