"""Plan → Site: the path of every page, and what each page shows.

A path depends on the id and the level alone, so a node that moves keeps its page. Numbers such as 1-2-3 are computed
from the place in the tree: they are an aid to readers and change when a node is inserted.

The steps in `site`, each from the values of the steps before it: `tree` places the nodes, `entrances` builds the
indexes, `records` and `standing` compute the metrics, `figures` lists the diagrams, and the pages are assembled from
these values (`nodes`, `progress`, `annals`, `gaps`, `changes`, `fixed_pages`). Also: `table` the structure table,
`departments` paths and links of departments, `mending` links to the sources.
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
    TreeNode,
)
from handbook.site import fixed_pages
from handbook.site.coverage import coverage_page
from handbook.site.departments import department_redirects
from handbook.site.diagram_specs import DiagramSpecs, diagram_specs, has_short_home
from handbook.site.edit_links import edit_links
from handbook.site.history import history_page, last_changes
from handbook.site.indexes import Indexes, build_indexes
from handbook.site.metrics import Metrics, all_charts, plan_metrics
from handbook.site.node_pages import node_pages
from handbook.site.progress import department_pages, progress_page
from handbook.site.structure_table import structure_rows
from handbook.site.tree import Tree, build_tree, level_counts
from handbook.site.year_pages import year_pages

__all__ = ["build_site"]


def build_site(plan: Plan, history: History = NO_HISTORY) -> Site:
    """Return every page of a plan in its place, with its last change according to `history`."""
    tree = build_tree(plan)
    indexes = build_indexes(plan, tree)
    metrics = plan_metrics(plan, tree, indexes.audience_groups)
    diagrams = diagram_specs(plan, tree)
    pages = _site_pages(plan, history, tree, indexes, metrics, diagrams)
    finished = {page.path: page for page in _with_sources(plan, history, pages.in_order())}
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
        pages=tuple(finished.values()),
        nav_pages=tuple(finished[page.path] for page in pages.menu),
        footer_pages=tuple(finished[page.path] for page in pages.foot),
        progress_pages=tuple(finished[page.path] for page in pages.ledger),
        redirects=pages.redirects,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SitePages:
    """All pages of a site by the part of the site that links to them."""

    home: Page
    menu: tuple[Page, ...]
    search: Page
    foot: tuple[Page, ...]
    ledger: tuple[Page, ...]
    """The pages of the departments and of the years."""
    nodes: tuple[NodePage, ...]
    not_found: Page
    redirects: tuple[Redirect, ...]

    def in_order(self) -> Iterator[Page]:
        """Yield every page, in the order of the site."""
        yield from (self.home, *self.menu, self.search, *self.foot, *self.ledger, *self.nodes, self.not_found)


def _site_pages(
    plan: Plan, history: History, tree: Tree, indexes: Indexes, metrics: Metrics, diagrams: DiagramSpecs
) -> _SitePages:
    """Return all pages, without their last change and the links to their sources."""
    totals = metrics.totals
    departments = tuple(department_pages(plan, metrics.nodes)) if totals else ()
    years = year_pages(plan, metrics.nodes) if totals else ()
    progress = (progress_page(totals, departments, years),) if totals else ()
    redirects = (*_node_redirects(tree.nodes), *(department_redirects(plan) if totals else ()))

    home = fixed_pages.home_page(plan, tree)
    menu = (*fixed_pages.index_pages(indexes), *progress, *fixed_pages.free_pages(plan, is_glossary=True))
    coverage = coverage_page(plan, tree, metrics.nodes)
    foot = (*fixed_pages.free_pages(plan, is_glossary=False), coverage, *fixed_pages.contents_pages(plan, tree))
    below = totals.below_node if totals else {}
    nodes = tuple(node_pages(plan, tree, metrics.nodes, below, diagrams.by_node))
    linked = {page.path for page in (home, *menu, *foot, *departments, *years, *nodes, *redirects)}
    return _SitePages(
        home=home,
        menu=menu,
        search=fixed_pages.search_page(),
        foot=(*foot, history_page(history, linked), *fixed_pages.information_pages()),
        ledger=(*departments, *years),
        nodes=nodes,
        not_found=fixed_pages.not_found_page(),
        redirects=redirects,
    )


def _with_sources(plan: Plan, history: History, pages: Iterable[Page]) -> Iterator[Page]:
    """Yield each page with its last change and with the links to its sources."""
    changes = last_changes(history)
    for page in pages:
        links, changed = edit_links(plan, page), _last_change(page, changes)
        yield replace(page, edit_links=links, last_change=changed) if links or changed else page


def _last_change(page: Page, changes: Mapping[str, LastChange]) -> LastChange | None:
    """Return the last change of what a page shows: of its node or of its free text."""
    if isinstance(page, NodePage):
        return changes.get(page.node.id)
    return changes.get(page.path) if isinstance(page, FreePage) else None


def _node_redirects(nodes: Iterable[TreeNode]) -> Iterator[Redirect]:
    """Yield a redirect from each former path of a node."""
    for node in nodes:
        yield from (Redirect(f"{former}.html", PageLink(node.name, node.path)) for former in node.node.former_paths)
