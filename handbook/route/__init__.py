"""Plan → Site: where every page lives, and what each one shows of the others.

An address depends on the id and the level alone, so a node that moves keeps its page. Numbers such as 1-2-3 are
computed from the place: they are an aid to readers and change when something is inserted.

Inside: `tree` puts the nodes in their places, `figures` says which diagrams are wanted, `table` makes the structure
table, `entrances` the ways across the tree, `nodes` the page of each node, `records` what is recorded of it,
`standing` how it stands, `departments` where sections live, `progress` the page of each and of the whole, `annals` of
each year, `gaps` what is missing, `changes` what changed when, `mending` the ways to the source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from handbook.model import (
    REFERENCE,
    UNRECORDED,
    Entry,
    Group,
    History,
    HistoryPage,
    Leaf,
    Listed,
    Page,
    Plan,
    Prose,
    Redirect,
    Site,
    Way,
)
from handbook.patterns import GLOSSARY_PAGE
from handbook.route import annals, changes, departments, entrances, gaps, nodes, progress
from handbook.route.figures import apart, brief, figures, sheets
from handbook.route.mending import mending
from handbook.route.records import Records, charts
from handbook.route.table import rows
from handbook.route.tree import counts, entries, own, top

__all__ = ["site"]


def site(plan: Plan, history: History = UNRECORDED) -> Site:
    """Return every page of a plan in its place, with when it changed as far as `history` knows."""
    roots = entries(plan)
    heads, branches = top(roots)
    columns = tuple(level for level in plan.levels if any(e.level is level for r in roots for e in r.walk()))
    drawn = figures(plan, roots, branches, columns)
    audiences = entrances.audiences(plan, roots)
    by_kana = entrances.by_kana(plan, roots)
    listed = entrances.listed(roots)
    records = Records(plan, own(roots), audiences)
    nodes_of = tuple(nodes.pages(plan, roots, drawn, records))
    sections, years = (tuple(progress.departments(records)), annals.pages(records)) if records.recorded else ((), ())
    map_of_gaps = gaps.page(records, roots)
    doing = (progress.page(records, roots, branches, sections, years),) if records.recorded else ()
    home = Page("home.html", "index.html", plan.name, _head_prose(plan, heads), _about(plan), "表紙")
    menu = (*_ways_in(listed, audiences, by_kana), *doing, *_leaves(plan, glossary=True))
    foot = (*_leaves(plan, glossary=False), map_of_gaps, *_ways_out(plan, heads, changes.page(history)))
    search = Page("search.html", "search.html", "検索", {}, "計画の中の言葉を探します。", "検索")
    lost = Page("404.html", "404.html", "ページが見つかりません", {}, "お探しのページがありません。", "")
    redirects = (*_redirects(records.own), *(departments.redirects(plan) if sections else ()))
    pages = (home, *menu, search, *foot, *sections, *years, *nodes_of, lost)
    paths = {page.path for page in pages} | {stub.path for stub in redirects}
    return Site(
        plan=plan,
        roots=roots,
        heads=heads,
        branches=branches,
        brief=brief(branches),
        counts=counts(plan, roots),
        figures=drawn,
        apart=apart(drawn),
        charts=tuple(charts((page.gauges, page.budget) for page in nodes_of)),
        sheets=sheets(drawn, branches),
        columns=columns,
        rows=rows(roots, columns),
        audiences=audiences,
        kana=by_kana,
        listed=listed,
        pages=tuple(_dated(page, plan, history, paths) for page in pages),
        menu=menu,
        foot=foot,
        ledger=(*sections, *years),
        redirects=redirects,
    )


def _dated(page: Page, plan: Plan, history: History, paths: Collection[str]) -> Page:
    """Return a page with when it changed, and with the ways to its sources."""
    page = changes.linked(page, paths) if isinstance(page, HistoryPage) else page
    ways, changed = mending(plan, page), changes.last(history, page)
    return replace(page, mending=ways, changed=changed) if ways or changed else page


def _redirects(entries: Iterable[Entry]) -> Iterator[Redirect]:
    """Yield a stub at every earlier address of a node."""
    for entry in entries:
        yield from (Redirect(f"{old}.html", Way(entry.name, entry.path)) for old in entry.node.earlier)


def _about(plan: Plan) -> str:
    """Describe the plan in a sentence."""
    whose = f"{plan.municipality}の" if plan.municipality else ""
    subject = f"主題は「{plan.subject}」。" if plan.subject else ""
    return f"{whose}{plan.name}です。{subject}構造図、一覧、検索でたどれます。"


def _ways_in(listed: tuple[Listed, ...], audiences: tuple[Group, ...], by_kana: tuple[Group, ...]) -> Iterator[Page]:
    """Yield the pages that lead across the tree, those for which the plan says enough."""
    levels = {entry.level.rank: entry.level.name for row in listed for entry, *_ in row.entries}
    title = "・".join(levels[rank] for rank in sorted(levels)) + "の一覧"
    told = "計画の全体を、図、一覧、表の三つの形で示します。"
    yield Page("structure.html", "structure.html", "構造図", {}, told, "構造図")
    yield Page("list.html", "list.html", title, {}, f"{title}です。言葉や対象で絞り込めます。", "一覧")
    if audiences:
        names = "、".join(group.name for group in audiences)
        told = f"{names}から探せます。"
        yield Page("audiences.html", "audiences.html", "あなたに関係する施策", {}, told, "対象から探す")
    if by_kana:
        yield Page("kana.html", "kana.html", "五十音索引", {}, "名前と用語を、五十音の順に並べています。", "五十音索引")


def _ways_out(plan: Plan, heads: Iterable[Entry], history: Page) -> Iterator[Page]:
    """Yield the pages that a public site must have, whatever the plan says."""
    yield Page(
        "reading.html",
        "reading.html",
        "読み上げ版",
        _head_prose(plan, heads),
        "構造図の内容を、はじめから終わりまで文章にしたものです。",
        "読み上げ版",
    )
    yield Page("sitemap.html", "sitemap.html", "サイトマップ", {}, "このサイトのすべてのページです。", "サイトマップ")
    yield history
    told = "このサイトの使いやすさについての方針です。"
    yield Page(
        "accessibility.html", "accessibility.html", "ウェブアクセシビリティ方針", {}, told, "アクセシビリティ方針"
    )
    told = "計画の内容を、表計算ソフトやプログラムで使えるファイルにしたものです。"
    yield Page("data.html", "data.html", "データ", {}, told, "データ")
    told = "連絡先、利用条件、更新日です。"
    yield Page("site.html", "site.html", "このサイトについて", {}, told, "このサイトについて")


def _leaves(plan: Plan, *, glossary: bool) -> Iterator[Page]:
    """Yield the free pages by name, the glossary or all others."""
    for leaf in sorted(plan.leaves, key=lambda leaf: leaf.name):
        if (leaf.name == GLOSSARY_PAGE) is glossary:
            yield _leaf(leaf)


def _leaf(leaf: Leaf) -> Page:
    first = next((line for line in leaf.text.text.split("\n") if line[:1].strip("#-:|<!>`~ ")), "")
    told = REFERENCE.sub(lambda found: found["words"] or "", first) or leaf.title
    return Page(
        "leaf.html", f"{leaf.name}.html", leaf.title, {"body": leaf.text}, told[: nodes.LONGEST_ABOUT], leaf.title
    )


def _head_prose(plan: Plan, heads: Iterable[Entry]) -> Mapping[str, Prose]:
    """The texts of the front page: the plan's own and those of the entries above the branches."""
    mine = {"plan": plan.text} if plan.text else {}
    return mine | {f"head-{head.id}": head.node.text for head in heads if head.node.text}
