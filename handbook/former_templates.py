"""Former path of each template → its path now. Before, all templates were in one folder."""

from __future__ import annotations

from collections.abc import Mapping

_SAME_NAME = (
    *("404.html", "accessibility.html", "audiences.html", "changes.html", "comparison.html", "data.html"),
    *("department.html", "home.html", "kana.html", "node.html", "progress.html", "redirect.html", "robots.txt"),
    *("search.html", "sitemap.html", "sitemap.xml", "structure.html", "year.html"),
)
"""Templates of pages that moved into pages/ and kept their name."""

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
"""By the path in the folder of the plan."""
