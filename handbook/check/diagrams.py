"""Check that each box of a diagram leads to a node, and that the diagram of the whole plan contains every node."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from handbook.check.html_scan import PageScan, TagScan
from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import NodePage, Site

WHOLE_PLAN = "diagrams/plan.svg"


class DiagramChecker:
    """Checks the diagrams of each file in turn."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.targets = {page.path for page in site.pages if isinstance(page, NodePage)} | {"index.html"}
        self.checked: set[tuple[TagScan, str]] = set()
        """Diagrams without errors, by the folder of the page. The pages of a branch share them."""

    def diagnostics(self, scan: PageScan) -> Iterator[Diagnostic]:
        """Yield the errors in the diagrams of a page, or in an SVG file."""
        place, folder = SourceSpan(f"output/{scan.path}", 1, 1), posixpath.dirname(scan.path)
        for part in scan.parts:
            if not part.diagram_boxes or (part, folder) in self.checked:
                continue
            targets = _box_targets(part, folder)
            for (box_id, _), target in zip(part.diagram_boxes, targets, strict=True):
                if target not in self.targets:
                    message = f"図の箱 `{box_id}` は計画のどの節でもありません（`{target}`）"
                    yield Diagnostic(place, "unknown-diagram-box", message)
            if self.targets.issuperset(targets):
                self.checked.add((part, folder))
        if scan.path == WHOLE_PLAN:
            targets = [target for part in scan.parts for target in _box_targets(part, folder)]
            level_names = {level.name for level in self.site.diagram_specs[0].levels}
            expected = [node.path for node in self.site.tree_nodes if node.level.name in level_names]
            if [target for target in targets if target != "index.html"] != expected:
                message = "全体の図の箱が、計画の節と同じ並びになっていません"
                yield Diagnostic(place, "diagram-incomplete", message)


def _box_targets(part: TagScan, folder: str) -> list[str]:
    """Return the path of the page that each box links to."""
    return [posixpath.normpath(posixpath.join(folder, url)) for _, url in part.diagram_boxes]
