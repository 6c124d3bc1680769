"""Write one made-up plan as the input of each generator: a page per node, with ancestors, siblings and children."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sample_plans import SampleNode, node_markdown, write_plan

NAME = "架空市の大きな計画"
MAX_SIBLINGS = 12
"""Most siblings before and after a node that its page lists, as in the handbook."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """A node with the other nodes that its page lists."""

    node: SampleNode
    ancestors: tuple[SampleNode, ...]
    siblings: tuple[SampleNode, ...]


def page_contexts(nodes: list[SampleNode], ancestors: tuple[SampleNode, ...] = ()) -> Iterator[PageContext]:
    """Yield the context of every node, depth first."""
    for index, node in enumerate(nodes):
        yield PageContext(node, ancestors, tuple(nodes[max(0, index - MAX_SIBLINGS) : index + MAX_SIBLINGS + 1]))
        yield from page_contexts(node.children, (*ancestors, node))


def write_hugo_site(tops: list[SampleNode], folder: Path) -> None:
    """Write content, layouts and settings for Hugo."""
    settings = {"baseURL": "/", "title": NAME, "uglyURLs": True, "disableKinds": ["taxonomy", "term", "rss", "sitemap"]}
    _write_file(folder / "hugo.json", json.dumps(settings, ensure_ascii=False))
    body = (
        '<nav><ol><li><a href="/">表紙</a></li>'
        '{{ range .Params.ancestors }}<li><a href="{{ .href }}">{{ .name }}</a></li>{{ end }}</ol></nav>'
        "<main><h1>{{ .Title }}</h1>{{ .Content }}"
        '<ul>{{ range .Params.children }}<li><a href="{{ .href }}">{{ .name }}</a></li>{{ end }}</ul></main>'
        '<aside><ul>{{ range .Params.siblings }}<li><a href="{{ .href }}">{{ .name }}</a></li>{{ end }}</ul></aside>'
    )
    _write_file(folder / "layouts/_default/single.html", _page("{{ .Title }}", body))
    _write_file(folder / "layouts/_default/list.html", _page("{{ .Title }}", "<main><h1>{{ .Title }}</h1></main>"))
    for context, text in _markdown_files(tops, ".html"):
        front_matter = {"title": context.node.title, **_link_context(context)}
        _write_file(
            folder / f"content/{context.node.folder}/{context.node.id}.md",
            f"{json.dumps(front_matter, ensure_ascii=False)}\n{text}",
        )


def write_pelican_site(tops: list[SampleNode], folder: Path) -> None:
    """Write content, theme and settings for Pelican."""
    _write_file(
        folder / "pelicanconf.py",
        f"import json\nSITENAME = {NAME!r}\nPATH = 'content'\nTHEME = 'look'\nPAGE_PATHS = ['pages']\n"
        "ARTICLE_PATHS = []\nDIRECT_TEMPLATES = []\nTIMEZONE = 'UTC'\nDELETE_OUTPUT_DIRECTORY = False\n"
        "FEED_ALL_ATOM = CATEGORY_FEED_ATOM = None\nJINJA_FILTERS = {'read': json.loads}\n"
        "MARKDOWN = {'extensions': ['markdown.extensions.tables'], 'output_format': 'html5'}\n",
    )

    def loop(name: str) -> str:
        return "{% for link in links." + name + ' %}<li><a href="{{ link.href }}">{{ link.name }}</a></li>{% endfor %}'

    body = (
        "{% set links = page.links|read %}"
        f'<nav><ol><li><a href="/">表紙</a></li>{loop("ancestors")}</ol></nav>'
        "<main><h1>{{ page.title }}</h1>{{ page.content }}"
        f"<ul>{loop('children')}</ul></main><aside><ul>{loop('siblings')}</ul></aside>"
    )
    _write_file(folder / "look/templates/page.html", _page("{{ page.title }}", body))
    (folder / "look/static").mkdir(parents=True, exist_ok=True)
    for context, text in _markdown_files(tops, ".html"):
        path = f"{context.node.folder}/{context.node.id}.html"
        links = json.dumps(_link_context(context), ensure_ascii=False)
        metadata = (
            f"Title: {context.node.title}\nSave_as: {path}\nUrl: {path}\nSlug: {context.node.id}\nLinks: {links}\n"
        )
        _write_file(folder / f"content/pages/{context.node.folder}/{context.node.id}.md", f"{metadata}\n{text}")


def write_mkdocs_site(tops: list[SampleNode], folder: Path) -> None:
    """Write docs and settings for MkDocs with Material, with navigation pruned to the branch of the page."""
    theme = "theme:\n  name: material\n  language: ja\n  font: false\n  features: [navigation.prune, navigation.path]\n"
    settings = "use_directory_urls: false\nplugins: []\nmarkdown_extensions: [tables]\n"
    lines = [f"site_name: {NAME}\n{theme}{settings}nav:", "  - index.md"]

    def add_navigation(nodes: list[SampleNode], depth: int) -> None:
        for node in nodes:
            path = f"{node.folder}/{node.id}.md"
            pad = "  " * (2 * depth + 1)
            title = json.dumps(node.title, ensure_ascii=False)
            if node.children:
                lines.extend([f"{pad}- {title}:", f"{pad}    - {path}"])
                add_navigation(node.children, depth + 1)
            else:
                lines.append(f"{pad}- {title}: {path}")

    add_navigation(tops, 0)
    _write_file(folder / "mkdocs.yml", "\n".join(lines) + "\n")
    _write_file(folder / "docs/index.md", f"# {NAME}\n")
    for context, text in _markdown_files(tops, ".md"):
        children = "\n".join(f"- [{child.title}](../{child.folder}/{child.id}.md)" for child in context.node.children)
        _write_file(
            folder / f"docs/{context.node.folder}/{context.node.id}.md",
            f"# {context.node.title}\n\n{text}\n{children}\n",
        )


INPUT_WRITERS: dict[str, Callable[[list[SampleNode], Path], None]] = {
    "handbook": write_plan,
    "Hugo": write_hugo_site,
    "Pelican": write_pelican_site,
    "MkDocs Material": write_mkdocs_site,
}


def _markdown_files(tops: list[SampleNode], suffix: str) -> Iterator[tuple[PageContext, str]]:
    contexts = list(page_contexts(tops))
    links = {
        context.node.id: f"[{context.node.title}](../{context.node.folder}/{context.node.id}{suffix})"
        for context in contexts
    }
    yield from ((context, node_markdown(context.node, links)) for context in contexts)


def _link_context(context: PageContext) -> dict[str, list[dict[str, str]]]:
    lists = {"ancestors": context.ancestors, "children": context.node.children, "siblings": context.siblings}
    return {
        name: [{"name": node.title, "href": f"../{node.folder}/{node.id}.html"} for node in nodes]
        for name, nodes in lists.items()
    }


def _page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="ja"><head><meta charset="utf-8"><title>{title}｜{NAME}</title></head>\n'
        f'<body><header><p><a href="/">{NAME}</a></p></header>\n{body}\n'
        f"<footer><p>{NAME}</p></footer></body></html>\n"
    )


def _write_file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
