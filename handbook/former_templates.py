"""Map former paths of templates and former names of CSS custom properties to the current ones."""

from __future__ import annotations

from collections.abc import Mapping

_SAME_NAME = (
    *("404.html", "accessibility.html", "audiences.html", "changes.html", "comparison.html", "data.html"),
    *("department.html", "home.html", "kana.html", "node.html", "progress.html", "redirect.html", "robots.txt"),
    *("search.html", "sitemap.html", "sitemap.xml", "structure.html", "year.html"),
)
"""Page templates that moved into pages/ and kept their name."""

NEW_PATHS: Mapping[str, str] = {
    **{f"templates/{name}": f"templates/pages/{name}" for name in _SAME_NAME},
    "templates/gaps.html": "templates/pages/coverage.html",
    "templates/leaf.html": "templates/pages/free_page.html",
    "templates/list.html": "templates/pages/leaf_list.html",
    "templates/reading.html": "templates/pages/full_text.html",
    "templates/site.html": "templates/pages/site_guide.html",
    "templates/base.html": "templates/partials/base.html",
    "templates/frame.html": "templates/partials/layout_parts.html",
    "templates/macros.html": "templates/partials/nodes.html",
    "templates/records.html": "templates/partials/indicators.html",
    "templates/booklet.typ": "templates/booklet/booklet.typ",
    "templates/comparison.typ": "templates/booklet/comparison.typ",
    "templates/comparison.css": "theme/comparison.css",
}
"""Current path of each template by its former path, both relative to the plan's folder."""

NEW_TOKENS: Mapping[str, str] = {
    "--edge": "--control-border",
    "--face": "--font-family",
    "--found": "--match",
    "--ground": "--background",
    "--ink": "--text",
    "--ink-soft": "--text-muted",
    "--line": "--border",
    "--measure": "--line-length",
    "--note-soft": "--note-background",
    "--page": "--page-width",
    "--paper": "--surface",
    "--press": "--touch-target",
    "--round": "--radius",
    "--rule": "--branch-line-style",
    "--shade": "--branch-text",
    "--sheet": "--picture-background",
    "--soft": "--branch-tint",
    **{f"--gap-{n}": f"--space-{n}" for n in range(1, 6)},
    **{f"--b{n}": f"--branch-{n}" for n in range(7)},
    **{f"--b{n}-soft": f"--branch-{n}-tint" for n in range(7)},
    **{f"--b{n}-line": f"--branch-{n}-line-style" for n in range(7)},
}
"""Current name of each CSS custom property by its former name."""
