"""The layers of the code, and the picture of its imports in docs/architecture.svg."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import graphviz

from support import source_tree

LAYERS = (
    {"cancellation", "children"},
    {"programs", "interrupts"},
    {
        "bootstrap",
        "kana",
        "fiscal_year",
        "html_tree",
        "lazy",
        "gc_pause",
        "former_names",
        "patterns",
        "os_errors",
        "folding",
    }
    | {"field_types", "json_types", "table_cells", "text_edits", "colours"},
    {"record_fields", "diagnostics", "romaji"},
    {"fields", "parallel", "japanese_argparse"},
    {"table_specs", "rules"},
    {"model"},
    {"git", "markdown_reader", "pictures"},
    # Each of these turns some values of the model into others; none imports another.
    {"parse", "site", "markdown", "diagram", "chart", "render", "booklet", "search_index", "export", "importer"}
    | {"compare", "check", "editor_schema", "serve", "write", "reporters"},
    {"pipeline"},
    {"commands"},
    {"cli"},
    {"build"},
)
"""Packages and lone modules from the lowest layer to the highest."""


class Part(NamedTuple):
    """A box of the picture: the packages of one layer, or the lone modules of one layer."""

    names: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return the names, a line each where they are few."""
        return "\n".join(self.names)


def parts(root: Path) -> Iterator[tuple[Part, ...]]:
    """Yield the parts of each layer, lowest first: each package alone, the lone modules of a layer together."""
    for layer in LAYERS:
        packages = sorted(name for name in layer if (root / source_tree.PACKAGE / name).is_dir())
        modules = tuple(sorted(set(layer) - set(packages)))
        yield (*(Part((name,)) for name in packages), *([Part(modules)] if modules else []))


def import_edges(root: Path) -> frozenset[tuple[str, str]]:
    """Return which part imports which, by their titles, without the imports that follow from others.

    An import a → c is left out where a → b and b → c are imports too.
    """
    part_by_name = {name: part.title for layer in parts(root) for part in layer for name in part.names}
    direct: dict[str, set[str]] = {title: set() for title in part_by_name.values()}
    for path, tree in source_tree.modules(root).items():
        own = part_by_name.get(source_tree.package_of(path), "")
        for module, name in source_tree.imported(tree):
            if own and module.partition(".")[0] == source_tree.PACKAGE:
                other = part_by_name[module.split(".")[1] if "." in module else name]
                direct[own] |= {other} - {own}
    return frozenset((a, b) for a, found in direct.items() for b in found if not _is_implied(direct, a, b))


def _is_implied(direct: Mapping[str, set[str]], start: str, end: str) -> bool:
    """Return whether there is a path of two or more imports from one part to another."""
    reached, waiting = set[str](), [other for other in direct[start] if other != end]
    while waiting:
        part = waiting.pop()
        if part not in reached:
            reached.add(part)
            waiting += direct[part]
    return end in reached


def picture(root: Path) -> str:
    """Return the SVG: one row per layer, the highest at the top, with an arrow for each import."""
    graph = graphviz.Digraph(
        graph_attr={"rankdir": "TB", "nodesep": "0.15", "ranksep": "0.5", "bgcolor": "white"},
        node_attr={"shape": "box", "style": "filled,rounded", "fillcolor": "#eef4f8", "color": "#33607a"}
        | {"fontname": "sans-serif", "fontsize": "13"},
        edge_attr={"color": "#5b6b75", "arrowsize": "0.6"},
    )
    for layer in parts(root):
        with graph.subgraph(graph_attr={"rank": "same"}) as row:
            for part in layer:
                row.node(part.title)
    for start, end in sorted(import_edges(root)):
        graph.edge(start, end)
    svg: str = graph.pipe(format="svg", encoding="utf-8")
    return re.sub(r"<!-- (?:Generated|Pages).*?-->\n", "", svg, flags=re.DOTALL)


def titles(svg: str) -> Sequence[str]:
    """Return the names of the boxes and arrows of a picture, which do not depend on the version of Graphviz."""
    return sorted(re.findall(r"<title>(.*?)</title>", svg, re.DOTALL))
