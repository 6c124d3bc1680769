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

from handbook.bind.blocks import Node, blocks
from handbook.fields import node_fields, review_fields
from handbook.model import (
    Box,
    Cell,
    Chart,
    Drawing,
    Entry,
    Gauge,
    Level,
    Name,
    NodePage,
    Page,
    Review,
    Site,
    Tally,
    Term,
    Texts,
    value_texts,
)

Data = dict[str, Any]
Row = tuple[Cell, ...]

MOST_ROWS = 60
"""Rows of the structure table that are set as one."""
CONTENTS = "list.html"
"""The page of the site whose place the table of contents takes."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One document: its labels are ids of nodes, and paths of pages with their anchors."""

    site: Site
    texts: Texts
    labels: frozenset[str]
    pages: Mapping[str, int]
    """Where each node stands in the handbook, for the documents that hold a part of it only."""
    by_path: Mapping[str, NodePage]
    charts: Mapping[str, str]
    """The charts as SVG, by name."""

    def prose(self, page: Page, name: str) -> list[Node]:
        """Return one text of a page as blocks; none where it has none."""
        text = self.texts.prose.get(page.path, {}).get(name)
        return self._blocks(text.html, page.path) if text else []

    def _blocks(self, html: str, path: str) -> list[Node]:
        return blocks(html, lambda href: self.resolve(href, path), f"{self.own(path)}#")

    def own(self, path: str) -> str:
        """Return the label of a page of the site: a node's id, else the path itself."""
        return self.by_path[path].entry.id if path in self.by_path else path

    def resolve(self, href: str, path: str) -> Data:
        """Say where a link on a page of the site leads in this document: a label, an address, or a page elsewhere."""
        parts = urlsplit(href)
        if parts.scheme:
            return {"url": href, "shown": href.removeprefix("mailto:").removeprefix("tel:")}
        target = (
            posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else path
        )
        if target.startswith("images/"):
            return {"src": f"/{target}"}
        own = self.own(target)
        anchored = f"{own}#{unquote(parts.fragment)}" if parts.fragment else own
        term = any(term.path == anchored for term in self.site.plan.terms)
        if anchored in self.labels or own in self.labels:
            found = anchored if anchored in self.labels else own
            return {"to": found, "paged": not term}
        if self.site.plan.permalink:
            url = self.site.plan.permalink + target
            # A word that the glossary explains stands in line after line; its address would bury the text.
            return {"url": url, "shown": "" if term else url}
        return {"elsewhere": self.pages.get(own, 0)}

    def name(self, words: str) -> Name:
        """Return a name as phrases, each of pieces with the kana over them or none; no line breaks inside a phrase."""
        return self.texts.names[words]

    def entry(self, entry: Entry) -> Data:
        """Return what every mention of a node shows."""
        return {
            "id": entry.id,
            "to": entry.id if entry.id in self.labels else "",
            "page": self.pages.get(entry.id, 0),
            "level": entry.level.name,
            "mark": entry.level.mark,
            "number": entry.number,
            "words": entry.name,
            "name": self.name(entry.name),
            "reading": entry.node.reading,
            "colour": entry.colour,
            "again": entry.again,
        }

    def term(self, term: Term) -> Data:
        """Return a word of the glossary as an index shows it."""
        to = term.path if term.path in self.labels else ""
        return {"to": to, "level": "用語", "number": "", "words": term.name, "reading": term.reading, "again": False}

    def section(self, page: NodePage, depth: int) -> Data:
        """Return all that is said of one node."""
        entry, node = page.entry, page.entry.node
        return self.entry(entry) | {
            "is": "section",
            "depth": depth,
            "chapter": entry in self.site.branches,
            "address": self.address(entry.path),
            "body": self.prose(page, "body"),
            "note": self.prose(page, "note"),
            "sections": [
                [field.name, self.prose(page, field.text_key)]
                for field in node_fields()
                if field.shown == "section" and field.name in node.values
            ],
            "facts": [[fact.name, [value.words for value in fact.values]] for fact in page.facts],
            "links": [[link.words, link.href] for link in node.links],
            "indicators": [self._gauge(gauge) for gauge in page.gauges],
            "budget": self._money(page.budget) if page.budget else None,
            "reviews": [self._review(page, review) for review in node.reviews],
            "tally": tallied(page.tally) if page.tally and page.tally.number else [],
            "terms": [self.term(term) for term in page.terms],
            "children": [self.entry(child) for child in entry.children],
            "counts": [[count.level.name, count.number] for count in entry.counts],
            "related": [self.entry(other) for other in page.related],
            "again_at": [self.entry(other) for other in page.again_at],
            "empty": page.empty_level,
        }

    def _review(self, page: NodePage, review: Review) -> Data:
        """Return a review: its verdict, then a row for each other field that has a value."""
        rows = [
            [
                field.name,
                self.prose(page, f"{field.text_key}-{review.year}")
                or "、".join(value_texts(review.values[field.name])),
            ]
            for field in review_fields()
            if field.name in review.values
        ]
        return {"year": review.told, "verdict": review.verdict, "rows": rows}

    def _gauge(self, gauge: Gauge) -> Data:
        """Return an indicator with its years and its chart."""
        row = gauge.indicator
        return {
            "words": row.name,
            "unit": row.unit,
            "aim": row.aim,
            "state": gauge.state,
            "rows": [[each.told, each.start, each.target, each.actual] for each in gauge.readings],
            "chart": self.charts.get(gauge.chart, ""),
        }

    def _money(self, money: Chart) -> Data:
        rows = [[amount.told, amount.words] for amount in money.bars]
        return {"unit": money.unit, "rows": rows, "chart": self.charts[money.name]}

    def address(self, path: str) -> str:
        """Return a page's address as one types it: the whole, or within the site where its place is not known."""
        permalink = self.site.plan.permalink
        return permalink + path if permalink else path.removesuffix(".html")

    def diagram(self, drawing: Drawing) -> Data:
        """Return a drawing's geometry, in its own pixels, with its words and links."""
        levels = "、".join(name for *_, name in drawing.heads)
        return {
            "is": "diagram",
            "title": drawing.figure.title,
            "alt": f"{drawing.figure.title}。左から右へ、{levels}の順に枝分かれします。本文も同じ内容です。",
            "width": drawing.width,
            "height": drawing.height,
            "letters": drawing.letters,
            "heads": [list(head) for head in drawing.heads],
            "edges": [
                {"colour": edge.colour, "points": [list(point) for point in edge.points]} for edge in drawing.edges
            ],
            "frames": [{"colour": f.owner.colour, "at": [f.x, f.y, f.width, f.height]} for f in drawing.frames],
            "boxes": [self._box(box) for box in drawing.boxes],
        }

    def _box(self, box: Box) -> Data:
        entry = box.entry
        own = self.entry(entry) if entry else {"to": "", "number": "", "colour": "branch-0", "again": False}
        kept = ("to", "number", "colour", "again")
        shown = {"role": box.role, "at": [box.x, box.y, box.width, box.height], "lines": list(box.lines)}
        return {key: own[key] for key in kept} | shown | {"subject": entry is None}

    def tables(self, columns: Sequence[Level], rows: Sequence[Row], trail: tuple[Entry, ...] = ()) -> Iterator[Data]:
        """Yield the structure table with its merged cells; a long one in parts, each under the nodes it belongs to.

        Merged over many pages, a cell would show its words on the first of them only.
        """
        if len(rows) <= MOST_ROWS or all(row[0].rows == 1 for row in rows):
            made = [[self._cell(cell) for cell in row] for row in rows]
            above = [self.entry(entry) for entry in trail]
            yield {"trail": above, "columns": [level.name for level in columns], "rows": made}
            return
        at = 0
        while at < len(rows):
            first = rows[at][0]
            inside = (rows[at][1:], *rows[at + 1 : at + first.rows])
            yield from self.tables(columns[first.columns :], inside, (*trail, *first.entries))
            at += first.rows

    def _cell(self, cell: Cell) -> Data:
        entries = [self.entry(entry) for entry in cell.entries]
        return {"rows": cell.rows, "columns": cell.columns, "listed": cell.listed, "entries": entries}


def tallied(tally: Tally) -> list[list[str]]:
    """Return what records add up to as names and words."""
    said = [("区分", tally.categories), (f"{tally.level}の状況", tally.states), ("指標の状況", tally.gauges)]
    return [[name, "、".join(f"{word} {number}" for word, number in shares)] for name, shares in said if shares]


def code(address: str) -> list[str]:
    """Return the QR code of an address as rows of 1 (dark) and 0, without its quiet zone."""
    return ["".join(map(str, row)) for row in segno.make(address, error="m", micro=False).matrix]
