"""What one document of the booklet's family knows while its pieces are written down.

It knows which labels the document has, and so where a link leads on paper. Every piece is plain data for the template.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import segno

from handbook.booklet.html_blocks import Block, html_to_blocks
from handbook.fields import node_fields, review_fields
from handbook.model import (
    Box,
    ChartSpec,
    Diagram,
    GlossaryTerm,
    IndicatorStatus,
    Level,
    NodePage,
    Page,
    Review,
    RubyName,
    Site,
    SiteTexts,
    StructureCell,
    Totals,
    TreeNode,
    value_texts,
)

Data = dict[str, Any]
CellRow = tuple[StructureCell, ...]

MAX_TABLE_ROWS = 60
"""Rows of the structure table that are set as one."""
LIST_PAGE = "list.html"
"""The page of the site whose place the table of contents takes."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its labels are ids of nodes, and paths of pages with their anchors."""

    site: Site
    texts: SiteTexts
    labels: frozenset[str]
    pages: Mapping[str, int]
    """Where each node stands in the handbook, for the documents that hold a part of it only."""
    node_pages_by_path: Mapping[str, NodePage]
    charts: Mapping[str, str]
    """The charts as SVG, by name."""

    def text_blocks(self, page: Page, name: str) -> list[Block]:
        """Return one text of a page as blocks; none where it has none."""
        text = self.texts.html_by_page.get(page.path, {}).get(name)
        return self._blocks(text.html, page.path) if text else []

    def _blocks(self, html: str, path: str) -> list[Block]:
        return html_to_blocks(html, lambda href: self.resolve_link(href, path), f"{self.label_of(path)}#")

    def label_of(self, path: str) -> str:
        """Return the label of a page of the site: a node's id, else the path itself."""
        return self.node_pages_by_path[path].node.id if path in self.node_pages_by_path else path

    def resolve_link(self, href: str, path: str) -> Data:
        """Say where a link on a page of the site leads in this document: a label, an address, or a page elsewhere."""
        parts = urlsplit(href)
        if parts.scheme:
            return {"url": href, "shown": href.removeprefix("mailto:").removeprefix("tel:")}
        target = (
            posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else path
        )
        if target.startswith("images/"):
            return {"src": f"/{target}"}
        own = self.label_of(target)
        anchored = f"{own}#{unquote(parts.fragment)}" if parts.fragment else own
        term = any(term.path == anchored for term in self.site.plan.terms)
        if anchored in self.labels or own in self.labels:
            found = anchored if anchored in self.labels else own
            return {"to": found, "paged": not term}
        if self.site.plan.base_url:
            url = self.site.plan.base_url + target
            # A word that the glossary explains stands in line after line; its address would bury the text.
            return {"url": url, "shown": "" if term else url}
        return {"elsewhere": self.pages.get(own, 0)}

    def name_phrases(self, words: str) -> RubyName:
        """Return a name as phrases, each of pieces with the kana over them or none; no line breaks inside a phrase."""
        return self.texts.ruby_by_name[words]

    def node_mention(self, entry: TreeNode) -> Data:
        """Return what every mention of a node shows."""
        return {
            "id": entry.id,
            "to": entry.id if entry.id in self.labels else "",
            "page": self.pages.get(entry.id, 0),
            "level": entry.level.name,
            "mark": entry.level.symbol,
            "number": entry.number,
            "words": entry.name,
            "name": self.name_phrases(entry.name),
            "reading": entry.node.kana_reading,
            "colour": entry.colour_token,
            "again": entry.is_repeat,
        }

    def glossary_entry(self, term: GlossaryTerm) -> Data:
        """Return a word of the glossary as an index shows it."""
        to = term.path if term.path in self.labels else ""
        return {"to": to, "level": "用語", "number": "", "words": term.name, "reading": term.reading, "again": False}

    def node_section(self, page: NodePage, depth: int) -> Data:
        """Return all that is said of one node."""
        entry, node = page.node, page.node.node
        return self.node_mention(entry) | {
            "is": "section",
            "depth": depth,
            "chapter": entry in self.site.branches,
            "address": self.printed_url(entry.path),
            "body": self.text_blocks(page, "body"),
            "note": self.text_blocks(page, "note"),
            "sections": [
                [field.name, self.text_blocks(page, field.text_key)]
                for field in node_fields()
                if field.shown == "section" and field.name in node.values
            ],
            "facts": [[fact.name, [value.text for value in fact.values]] for fact in page.facts],
            "links": [[link.text, link.href] for link in node.links],
            "indicators": [self._indicator_block(gauge) for gauge in page.indicators],
            "budget": self._budget_block(page.budget) if page.budget else None,
            "reviews": [self._review(page, review) for review in node.reviews],
            "tally": totals_rows(page.totals) if page.totals and page.totals.node_count else [],
            "terms": [self.glossary_entry(term) for term in page.terms],
            "children": [self.node_mention(child) for child in entry.children],
            "counts": [[count.level.name, count.count] for count in entry.level_counts],
            "related": [self.node_mention(other) for other in page.related],
            "again_at": [self.node_mention(other) for other in page.repeat_parents],
            "empty": page.missing_child_level,
        }

    def _review(self, page: NodePage, review: Review) -> Data:
        """Return a review: its verdict, then a row for each other field that has a value."""
        rows = [
            [
                field.name,
                self.text_blocks(page, f"{field.text_key}-{review.year}")
                or "、".join(value_texts(review.values[field.name])),
            ]
            for field in review_fields()
            if field.name in review.values
        ]
        return {"year": review.year_label, "verdict": review.verdict, "rows": rows}

    def _indicator_block(self, gauge: IndicatorStatus) -> Data:
        """Return an indicator with its years and its chart."""
        row = gauge.indicator
        return {
            "words": row.name,
            "unit": row.unit,
            "aim": row.better,
            "state": gauge.status,
            "rows": [[each.year_label, each.baseline, each.target, each.actual] for each in gauge.years],
            "chart": self.charts.get(gauge.chart_name, ""),
        }

    def _budget_block(self, money: ChartSpec) -> Data:
        rows = [[amount.year_label, amount.formatted] for amount in money.bars]
        return {"unit": money.unit, "rows": rows, "chart": self.charts[money.name]}

    def printed_url(self, path: str) -> str:
        """Return a page's address as one types it: the whole, or within the site where its place is not known."""
        permalink = self.site.plan.base_url
        return permalink + path if permalink else path.removesuffix(".html")

    def diagram_geometry(self, drawing: Diagram) -> Data:
        """Return a drawing's geometry, in its own pixels, with its words and links."""
        levels = "、".join(name for *_, name in drawing.column_headings)
        return {
            "is": "diagram",
            "title": drawing.spec.title,
            "alt": f"{drawing.spec.title}。左から右へ、{levels}の順に枝分かれします。本文も同じ内容です。",
            "width": drawing.width,
            "height": drawing.height,
            "letters": drawing.font_px,
            "heads": [list(head) for head in drawing.column_headings],
            "edges": [
                {"colour": edge.colour, "points": [list(point) for point in edge.points]} for edge in drawing.edges
            ],
            "frames": [
                {"colour": f.parent_node.colour_token, "at": [f.x, f.y, f.width, f.height]} for f in drawing.frames
            ],
            "boxes": [self._box(box) for box in drawing.boxes],
        }

    def _box(self, box: Box) -> Data:
        entry = box.node
        own = self.node_mention(entry) if entry else {"to": "", "number": "", "colour": "branch-0", "again": False}
        kept = ("to", "number", "colour", "again")
        shown = {"role": box.role, "at": [box.x, box.y, box.width, box.height], "lines": list(box.lines)}
        return {key: own[key] for key in kept} | shown | {"subject": entry is None}

    def structure_tables(
        self, columns: Sequence[Level], rows: Sequence[CellRow], trail: tuple[TreeNode, ...] = ()
    ) -> Iterator[Data]:
        """Yield the structure table with its merged cells; a long one in parts, each under the nodes it belongs to.

        Merged over many pages, a cell would show its words on the first of them only.
        """
        if len(rows) <= MAX_TABLE_ROWS or all(row[0].row_span == 1 for row in rows):
            made = [[self._cell(cell) for cell in row] for row in rows]
            above = [self.node_mention(entry) for entry in trail]
            yield {"trail": above, "columns": [level.name for level in columns], "rows": made}
            return
        at = 0
        while at < len(rows):
            first = rows[at][0]
            inside = (rows[at][1:], *rows[at + 1 : at + first.row_span])
            yield from self.structure_tables(columns[first.column_span :], inside, (*trail, *first.nodes))
            at += first.row_span

    def _cell(self, cell: StructureCell) -> Data:
        entries = [self.node_mention(entry) for entry in cell.nodes]
        return {"rows": cell.row_span, "columns": cell.column_span, "listed": cell.is_list, "entries": entries}


def totals_rows(tally: Totals) -> list[list[str]]:
    """Return what records add up to as names and words."""
    said = [
        ("区分", tally.category_counts),
        (f"{tally.level}の状況", tally.status_counts),
        ("指標の状況", tally.indicator_counts),
    ]
    return [[name, "、".join(f"{word} {number}" for word, number in shares)] for name, shares in said if shares]


def qr_matrix(address: str) -> list[str]:
    """Return the QR code of an address as rows of 1 (dark) and 0, without its quiet zone."""
    return ["".join(map(str, row)) for row in segno.make(address, error="m", micro=False).matrix]
