"""Redirects from paths that a page no longer has, and pages that explain what became of one.

Three sources, the first that names a path applies: 以前のid of a node, 以前の住所, and former names of departments. A
published page of a year, a department or an index that the plan's data no longer yields leads on by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from handbook.model import FormerPage, PageLink, Plan, Redirect, TreeNode
from handbook.site.departments import department_paths, former_department_paths
from handbook.site.progress import PROGRESS_PATH

HOME_PATH = "index.html"
ENDED_PAGES: tuple[tuple[str, str], ...] = (
    ("years/", PROGRESS_PATH),
    ("departments/", f"{PROGRESS_PATH}#departments_"),
    ("departments/", PROGRESS_PATH),
    ("audiences.html", "list.html"),
    ("kana.html", "list.html"),
    ("years/", HOME_PATH),
    ("departments/", HOME_PATH),
    (PROGRESS_PATH, HOME_PATH),
)
"""Beginnings of the paths of pages that exist only while the plan has data for them, and where they lead afterwards.

The first row applies whose target exists.
"""


def redirects(plan: Plan, nodes: Iterable[TreeNode], links: Mapping[str, PageLink]) -> tuple[Redirect, ...]:
    """Return the redirects from all paths without a page. `links` has a link to each page by its path."""
    by_path: dict[str, Redirect] = {}
    texts = {address.path for address in plan.former_addresses if address.text}
    for redirect in (*_node_redirects(nodes), *_typed_redirects(plan, links), *_department_redirects(plan, links)):
        if redirect.path not in links and redirect.path not in texts:
            by_path.setdefault(redirect.path, redirect)
    for redirect in _ended_page_redirects(plan, {*links, *texts, *by_path}, links):
        by_path[redirect.path] = redirect
    return tuple(by_path.values())


def _node_redirects(nodes: Iterable[TreeNode]) -> Iterator[Redirect]:
    """Yield a redirect from each former path of a node."""
    for node in nodes:
        yield from (Redirect(f"{former}.html", PageLink(node.name, node.path)) for former in node.node.former_paths)


def _typed_redirects(plan: Plan, links: Mapping[str, PageLink]) -> Iterator[Redirect]:
    """Yield a redirect for each row of 以前の住所 that leads to a page."""
    for address in plan.former_addresses:
        if address.target in links:
            yield Redirect(address.path, links[address.target])


def _department_redirects(plan: Plan, links: Mapping[str, PageLink]) -> Iterator[Redirect]:
    """Yield redirects from the paths that a department had under its former names or without an id or よみ."""
    paths = department_paths(plan)
    for department in plan.departments:
        path = paths[department.name]
        for former in former_department_paths(department) if path in links else ():
            yield Redirect(former, PageLink(department.name, path))


def _ended_page_redirects(plan: Plan, known: Collection[str], links: Mapping[str, PageLink]) -> Iterator[Redirect]:
    """Yield a redirect for each published path that only the data of the plan made, if it is not in `known`."""
    for published in plan.published_paths:
        targets = (target for prefix, target in ENDED_PAGES if published.path.startswith(prefix))
        target = next((target for target in targets if _exists(target, plan, links)), "")
        if target and published.path not in known:
            yield Redirect(published.path, PageLink(links[target.partition("#")[0]].text, target))


def _exists(target: str, plan: Plan, links: Mapping[str, PageLink]) -> bool:
    """Return whether a page exists and, if the target is its list of departments, has that list."""
    return target.partition("#")[0] in links and ("#" not in target or bool(plan.departments))


def former_pages(plan: Plan, paths: Collection[str]) -> Iterator[FormerPage]:
    """Yield the page for each row of 以前の住所 with a text, except at the paths of other pages."""
    for address in plan.former_addresses:
        if address.text and address.path not in paths:
            yield FormerPage(
                template="former_page.html",
                path=address.path,
                title=f"このページはなくなりました（{address.path}）",
                prose={"body": address.text},
                description=f"{plan.name}のうち、前にこの住所にあったページが、どうなったかをお知らせします。",
                label="なくなったページ",
                is_listed=False,
                source=address.span,
            )
