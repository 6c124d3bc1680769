"""The same made-up plan as each peer reads it: a page a node with header, trail, branch, children and footer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sample_plans import SampleNode, node_markdown, write_plan

NAME = "架空市の大きな計画"
MAX_SIBLINGS = 12
"""Nodes beside it that a page lists on either side, as our own pages do."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """A node with what its page shows of the others."""

    node: SampleNode
    ancestors: tuple[SampleNode, ...]
    siblings: tuple[SampleNode, ...]


def page_contexts(nodes: list[SampleNode], trail: tuple[SampleNode, ...] = ()) -> Iterator[PageContext]:
    """Yield every node in its place, depth first."""
    for at, node in enumerate(nodes):
        yield PageContext(node, trail, tuple(nodes[max(0, at - MAX_SIBLINGS) : at + MAX_SIBLINGS + 1]))
        yield from page_contexts(node.children, (*trail, node))


def write_hugo_site(tops: list[SampleNode], folder: Path) -> None:
    """Write content, layouts and settings for Hugo."""
    settings = {"baseURL": "/", "title": NAME, "uglyURLs": True, "disableKinds": ["taxonomy", "term", "rss", "sitemap"]}
    _write_file(folder / "hugo.json", json.dumps(settings, ensure_ascii=False))
    lines = (
        '<nav><ol><li><a href="/">表紙</a></li>'
        '{{ range .Params.trail }}<li><a href="{{ .href }}">{{ .name }}</a></li>{{ end }}</ol></nav>'
        "<main><h1>{{ .Title }}</h1>{{ .Content }}"
        '<ul>{{ range .Params.children }}<li><a href="{{ .href }}">{{ .name }}</a></li>{{ end }}</ul></main>'
        '<aside><ul>{{ range .Params.beside }}<li><a href="{{ .href }}">{{ .name }}</a></li>{{ end }}</ul></aside>'
    )
    _write_file(folder / "layouts/_default/single.html", _page("{{ .Title }}", lines))
    _write_file(folder / "layouts/_default/list.html", _page("{{ .Title }}", "<main><h1>{{ .Title }}</h1></main>"))
    for seat, text in _markdown_files(tops, ".html"):
        head = {"title": seat.node.title, **_link_context(seat)}
        _write_file(
            folder / f"content/{seat.node.folder}/{seat.node.id}.md", f"{json.dumps(head, ensure_ascii=False)}\n{text}"
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
        return "{% for each in around." + name + ' %}<li><a href="{{ each.href }}">{{ each.name }}</a></li>{% endfor %}'

    lines = (
        "{% set around = page.around|read %}"
        f'<nav><ol><li><a href="/">表紙</a></li>{loop("trail")}</ol></nav>'
        "<main><h1>{{ page.title }}</h1>{{ page.content }}"
        f"<ul>{loop('children')}</ul></main><aside><ul>{loop('beside')}</ul></aside>"
    )
    _write_file(folder / "look/templates/page.html", _page("{{ page.title }}", lines))
    (folder / "look/static").mkdir(parents=True, exist_ok=True)
    for seat, text in _markdown_files(tops, ".html"):
        path = f"{seat.node.folder}/{seat.node.id}.html"
        around = json.dumps(_link_context(seat), ensure_ascii=False)
        head = f"Title: {seat.node.title}\nSave_as: {path}\nUrl: {path}\nSlug: {seat.node.id}\nAround: {around}\n"
        _write_file(folder / f"content/pages/{seat.node.folder}/{seat.node.id}.md", f"{head}\n{text}")


def write_mkdocs_site(tops: list[SampleNode], folder: Path) -> None:
    """Write docs and settings for MkDocs with Material, its navigation pruned to the branch of the page."""
    theme = "theme:\n  name: material\n  language: ja\n  font: false\n  features: [navigation.prune, navigation.path]\n"
    more = "use_directory_urls: false\nplugins: []\nmarkdown_extensions: [tables]\n"
    lines = [f"site_name: {NAME}\n{theme}{more}nav:", "  - index.md"]

    def listed(nodes: list[SampleNode], depth: int) -> None:
        for node in nodes:
            path = f"{node.folder}/{node.id}.md"
            pad = "  " * (2 * depth + 1)
            title = json.dumps(node.title, ensure_ascii=False)
            if node.children:
                lines.extend([f"{pad}- {title}:", f"{pad}    - {path}"])
                listed(node.children, depth + 1)
            else:
                lines.append(f"{pad}- {title}: {path}")

    listed(tops, 0)
    _write_file(folder / "mkdocs.yml", "\n".join(lines) + "\n")
    _write_file(folder / "docs/index.md", f"# {NAME}\n")
    for seat, text in _markdown_files(tops, ".md"):
        children = "\n".join(f"- [{child.title}](../{child.folder}/{child.id}.md)" for child in seat.node.children)
        _write_file(
            folder / f"docs/{seat.node.folder}/{seat.node.id}.md", f"# {seat.node.title}\n\n{text}\n{children}\n"
        )


INPUT_WRITERS: dict[str, Callable[[list[SampleNode], Path], None]] = {
    "handbook": write_plan,
    "Hugo": write_hugo_site,
    "Pelican": write_pelican_site,
    "MkDocs Material": write_mkdocs_site,
}


def _markdown_files(tops: list[SampleNode], ending: str) -> Iterator[tuple[PageContext, str]]:
    every = list(page_contexts(tops))
    link = {seat.node.id: f"[{seat.node.title}](../{seat.node.folder}/{seat.node.id}{ending})" for seat in every}
    yield from ((seat, node_markdown(seat.node, link)) for seat in every)


def _link_context(seat: PageContext) -> dict[str, list[dict[str, str]]]:
    named = {"trail": seat.ancestors, "children": seat.node.children, "beside": seat.siblings}
    return {
        name: [{"name": node.title, "href": f"../{node.folder}/{node.id}.html"} for node in nodes]
        for name, nodes in named.items()
    }


def _page(title: str, inside: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="ja"><head><meta charset="utf-8"><title>{title}｜{NAME}</title></head>\n'
        f'<body><header><p><a href="/">{NAME}</a></p></header>\n{inside}\n'
        f"<footer><p>{NAME}</p></footer></body></html>\n"
    )


def _write_file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
