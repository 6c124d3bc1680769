"""The pages that every site has: front page, indexes, search, footer pages, and the free pages of content/pages/."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from handbook.diagnostics import SourceSpan
from handbook.markdown_reader.places import in_running_text, replace_references
from handbook.model import (
    COUNT_PREFIX,
    FreePage,
    FreePageSource,
    FullTextPage,
    FullTextSection,
    Markdown,
    Page,
    Plan,
    TreeNode,
)
from handbook.patterns import GLOSSARY_PAGE
from handbook.site.indexes import Indexes
from handbook.site.node_pages import MAX_DESCRIPTION_CHARS
from handbook.site.tree import Tree, level_counts


def home_page(plan: Plan, tree: Tree) -> Page:
    """Return the front page."""
    return Page(
        template="home.html",
        path="index.html",
        title=plan.name,
        prose=_home_texts(plan, tree.top_nodes),
        description=_plan_description(plan),
        label="表紙",
    )


def search_page() -> Page:
    """Return the search page."""
    return Page(
        template="search.html",
        path="search.html",
        title="検索",
        prose={},
        description="計画の中の言葉を探します。",
        label="検索",
    )


def not_found_page() -> Page:
    """Return the page that a server shows at an unknown path."""
    return Page(
        template="404.html",
        path="404.html",
        title="ページが見つかりません",
        prose={},
        description="お探しのページがありません。",
        label="",
        is_listed=False,
    )


def index_pages(indexes: Indexes) -> Iterator[Page]:
    """Yield the page of the diagram and the pages of the indexes that are not empty."""
    yield _fixed("structure.html", "構造図", "計画の全体を、図、一覧、表の三つの形で示します。")
    level_names = {leaf.level.rank: leaf.level.name for group in indexes.leaf_lists for leaf, *_ in group.leaves}
    title = "・".join(level_names[rank] for rank in sorted(level_names)) + "の一覧"
    yield _fixed(
        "list.html", title, f"{title}です。言葉や対象で絞り込めます。", label="一覧", template="leaf_list.html"
    )
    if indexes.audience_groups:
        names = "、".join(group.name for group in indexes.audience_groups)
        yield _fixed("audiences.html", "あなたに関係する施策", f"{names}から探せます。", label="対象から探す")
    if indexes.kana_groups:
        yield _fixed("kana.html", "五十音索引", "名前と用語を、五十音の順に並べています。")


def contents_pages(plan: Plan, tree: Tree) -> Iterator[Page]:
    """Yield the two footer pages that show the whole plan: its full text and the site map."""
    yield FullTextPage(
        template="full_text.html",
        path="reading.html",
        title="読み上げ版",
        prose=_home_texts(plan, tree.top_nodes),
        description="構造図の内容を、はじめから終わりまで文章にしたものです。",
        label="読み上げ版",
        level_names="、".join(level.name for level in tree.levels),
        sections=tuple(_full_text_sections(tree.roots, {branch.id for branch in tree.branches})),
    )
    yield _fixed("sitemap.html", "サイトマップ", "このサイトのすべてのページです。")


def information_pages() -> Iterator[Page]:
    """Yield the footer pages about the site itself."""
    yield _fixed(
        "accessibility.html",
        "ウェブアクセシビリティ方針",
        "このサイトの使いやすさについての方針です。",
        label="アクセシビリティ方針",
    )
    yield _fixed("data.html", "データ", "計画の内容を、表計算ソフトやプログラムで使えるファイルにしたものです。")
    yield _fixed("site.html", "このサイトについて", "連絡先、利用条件、更新日です。", template="site_guide.html")


def _fixed(path: str, title: str, description: str, *, label: str = "", template: str = "") -> Page:
    """Return a page without texts. The template defaults to the path, the label to the title."""
    return Page(
        template=template or path, path=path, title=title, prose={}, description=description, label=label or title
    )


def free_pages(plan: Plan, tree: Tree, *, is_glossary: bool) -> Iterator[FreePage]:
    """Yield the free pages by name: the glossary, or all others."""
    names = {node.id: node.name for node in tree.nodes}
    names |= {f"{COUNT_PREFIX}{count.level.name}": str(count.node_count) for count in level_counts(plan, tree)}
    for source in sorted(plan.free_pages, key=lambda source: source.name):
        if (source.name == GLOSSARY_PAGE) is is_glossary:
            yield _free_page(source, names)


def _free_page(source: FreePageSource, names: Mapping[str, str]) -> FreePage:
    """Return a free page. Its description is its first line that is not a heading, list, table, code or other markup.

    `names` are the words for `[[id]]` and `[[数:level]]`.
    """

    def words(reference: re.Match[str]) -> str:
        return (reference["words"] or "").strip() or names.get(reference["target"].strip(), "")

    text = source.text.text
    lines = [line for line in re.finditer(r"^[^\n]+", text, re.MULTILINE) if line[0][0].strip("#-:|<!>`~ ")]
    seen = in_running_text(text, (line.end() for line in lines)) if "`" in text or "~" in text else None
    first_line = next((line[0] for line in lines if seen is None or line.end() in seen), "")
    description = replace_references(first_line, words) or source.title
    return FreePage(
        template="free_page.html",
        path=f"{source.name}.html",
        title=source.title,
        prose={"body": source.text},
        description=description[:MAX_DESCRIPTION_CHARS],
        label=source.title,
        source=SourceSpan(source.text.span.file, 1, 1),
    )


def _full_text_sections(nodes: tuple[TreeNode, ...], branch_ids: set[str]) -> Iterator[FullTextSection]:
    """Yield a section for each node; if all children of a node are leaves, its own section contains them."""
    for node in nodes:
        levels = sorted(child.level.name for child in node.children)
        yield FullTextSection(
            node=node,
            text_name=f"head-{node.id}",
            is_branch=bool(node.branch_ordinal) and node.id in branch_ids,
            child_counts=tuple((name, levels.count(name)) for name in dict.fromkeys(levels)),
            leaves=node.children if node.height == 1 else (),
            sections=tuple(_full_text_sections(node.children, branch_ids)) if node.height > 1 else (),
        )


def _plan_description(plan: Plan) -> str:
    """Return a description of the plan in one sentence, for search engines and previews."""
    municipality = f"{plan.municipality}の" if plan.municipality else ""
    subject = f"主題は「{plan.subject}」。" if plan.subject else ""
    return f"{municipality}{plan.name}です。{subject}構造図、一覧、検索でたどれます。"


def _home_texts(plan: Plan, top_nodes: tuple[TreeNode, ...]) -> Mapping[str, Markdown]:
    """Return the texts of the plan and of the nodes above the branches, by name."""
    plan_text = {"plan": plan.text} if plan.text else {}
    return plan_text | {f"head-{node.id}": node.node.text for node in top_nodes if node.node.text}
