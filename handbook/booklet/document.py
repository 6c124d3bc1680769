"""Convert parts of the site into the data of one PDF document: texts, links, nodes and their fields.

A document has labels, to which links on its pages lead: ids of nodes, and paths of pages with or without an anchor.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import segno

from handbook.booklet.html_blocks import html_to_blocks
from handbook.booklet.paragraph_ends import keep_paragraph_ends
from handbook.booklet.table_blocks import Block
from handbook.booklet.table_texts import MINUS, with_minus_signs
from handbook.fields import node_fields, review_fields
from handbook.model import (
    ChartSpec,
    Diagram,
    GlossaryTerm,
    IndicatorStatus,
    NodePage,
    Page,
    Review,
    RubyName,
    Site,
    SiteTexts,
    Theme,
    Totals,
    TreeNode,
    value_texts,
)

Data = dict[str, object]

LIST_PAGE = "list.html"
"""The page of the site that the table of contents replaces on paper."""


@dataclass(frozen=True, slots=True)
class BookletSources:
    """What every document is made from."""

    site: Site
    texts: SiteTexts
    theme: Theme
    diagrams: Mapping[str, Diagram]
    """By name, laid out for paper. Those that could not be drawn are missing."""
    charts: Mapping[str, str]
    """SVG elements by name."""
    page_by_node: Mapping[str, int]
    """Page of each node in the booklet, by id, for the documents that contain only a part of it."""


@dataclass(frozen=True, slots=True)
class Document:
    """One PDF document while its data is built."""

    sources: BookletSources
    labels: frozenset[str]
    """Ids of nodes, and paths of pages with or without an anchor."""
    node_pages_by_path: Mapping[str, NodePage]

    @property
    def site(self) -> Site:
        """The site that the document is made from."""
        return self.sources.site

    def text_blocks(self, page: Page, name: str) -> list[Block]:
        """Return one text of a page as blocks; empty if the page has no text of this name."""
        text = self.sources.texts.html_by_page.get(page.path, {}).get(name)
        if not text:
            return []
        blocks = html_to_blocks(
            text.html, lambda href: self.resolve_link(href, page.path), f"{self.label_of(page.path)}#"
        )
        return keep_paragraph_ends(blocks)

    def label_of(self, path: str) -> str:
        """Return the label of a page of the site: the id of its node, or else the path itself."""
        return self.node_pages_by_path[path].node.id if path in self.node_pages_by_path else path

    def resolve_link(self, href: str, path: str) -> Data:
        """Return where a link on the page at `path` leads from this document.

        The result has one of the keys `target` (a label), `url` and `booklet_page` (a page of the booklet, 0 if the
        target is not in it), and `src` if it is a picture.
        """
        parts = urlsplit(href)
        if parts.scheme:
            return {"url": href, "url_text": href.removeprefix("mailto:").removeprefix("tel:")}
        target = (
            posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else path
        )
        is_picture = target.startswith("images/") and any(image.path == target for image in self.site.plan.images)
        picture: Data = {"src": f"/{target}"} if is_picture else {}
        label = self.label_of(target)
        anchor_label = f"{label}#{unquote(parts.fragment)}" if parts.fragment else label
        is_term = any(term.path == anchor_label for term in self.site.plan.terms)
        if anchor_label in self.labels or label in self.labels:
            return {"target": anchor_label if anchor_label in self.labels else label, "show_page": not is_term}
        if self.site.plan.base_url:
            url = self.site.plan.base_url + target
            # Glossary terms are linked in almost every line; their printed URLs would make the text unreadable.
            return picture | {"url": url, "url_text": "" if is_term else url}
        return picture | {"booklet_page": self.sources.page_by_node.get(label, 0)}

    def name_phrases(self, name: str) -> RubyName:
        """Return a name as phrases of pairs (text, kana). A line breaks between phrases only."""
        return self.sources.texts.ruby_by_name[name]

    def node_mention(self, node: TreeNode) -> Data:
        """Return what every mention of a node shows."""
        return {
            "id": node.id,
            "target": node.id if node.id in self.labels else "",
            "booklet_page": self.sources.page_by_node.get(node.id, 0),
            "level": node.level.name,
            "symbol": node.level.symbol,
            "number": node.number,
            "name": node.name,
            "name_phrases": self.name_phrases(node.name),
            "kana": node.node.kana_reading,
            "colour": node.colour_token,
            "is_repeat": node.is_repeat,
        }

    def mention_with_children(self, node: TreeNode) -> Data:
        """Return the mention of a node and of all nodes below it."""
        return self.node_mention(node) | {"children": [self.mention_with_children(child) for child in node.children]}

    def glossary_entry(self, term: GlossaryTerm) -> Data:
        """Return a glossary term in the form of a node's mention."""
        return {
            "target": term.path if term.path in self.labels else "",
            "level": "用語",
            "number": "",
            "name": term.name,
            "name_phrases": self.name_phrases(term.name),
            "kana": term.reading,
            "is_repeat": False,
        }

    def node_section(self, page: NodePage, depth: int) -> Data:
        """Return the section of one node, with all its fields. `depth` is from 1, the depth of the roots."""
        tree_node, node = page.node, page.node.node
        return self.node_mention(tree_node) | {
            "type": "section",
            "depth": depth,
            "is_chapter": tree_node in self.site.branches,
            "page_url": self.printed_url(tree_node.path),
            "body": self.text_blocks(page, "body"),
            "note": self.text_blocks(page, "note"),
            "field_texts": [
                [field.name, self.text_blocks(page, field.text_key)]
                for field in node_fields()
                if field.shown == "section" and field.name in node.values
            ],
            "facts": [[fact.name, [with_minus_signs(value.text) for value in fact.values]] for fact in page.facts],
            "links": [[link.text, link.href, link.facts_in_parentheses] for link in node.links],
            "indicators": [self._indicator_block(indicator) for indicator in page.indicators],
            "budget": self._budget_block(page.budget) if page.budget else None,
            "reviews": [self._review(page, review) for review in node.reviews],
            "totals": totals_rows(page.totals) if page.totals and page.totals.node_count else [],
            "terms": [self.glossary_entry(term) for term in page.terms],
            "children": [self.node_mention(child) for child in tree_node.children],
            "level_counts": [[count.level.name, count.node_count] for count in tree_node.level_counts],
            "related": [self.node_mention(other) for other in page.related],
            "repeat_parents": [self.node_mention(parent) for parent in page.repeat_parents],
        }

    def _review(self, page: NodePage, review: Review) -> Data:
        """Return a review: its verdict, and a row for each other field that has a value."""
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

    def _indicator_block(self, status: IndicatorStatus) -> Data:
        """Return an indicator with its years and its chart."""
        indicator = status.indicator
        return {
            "name": indicator.name,
            "unit": indicator.unit,
            "direction": f"{indicator.direction}（{status.direction_label}）" if indicator.direction else "",
            "facts": list(indicator.facts),
            "status": status.status or "",
            "year_word": status.year_word,
            "rows": [
                [year.year_label, *map(with_minus_signs, (year.baseline, year.target, year.actual))]
                for year in status.years
            ],
            "chart": self._printed_chart(status.chart_name),
        }

    def _budget_block(self, spec: ChartSpec) -> Data:
        """Return a budget with its years and its chart."""
        rows = [[amount.year_label, with_minus_signs(amount.formatted)] for amount in spec.bars]
        chart = self._printed_chart(spec.name)
        return {"unit": spec.unit, "year_word": spec.year_word, "rows": rows, "chart": chart}

    def _printed_chart(self, name: str) -> str:
        """Return a chart as SVG, "" if there is none, with a minus sign before each negative number of its texts."""
        return self.sources.charts.get(name, "").replace(">-", f">{MINUS}")

    def printed_url(self, path: str) -> str:
        """Return the URL of a page as a reader types it; "" without the site's base URL."""
        base_url = self.site.plan.base_url
        return base_url + path if base_url else ""


def totals_rows(totals: Totals) -> list[list[str]]:
    """Return totals as pairs (name, text), such as 指標の状況 and 達成 2、遅れ 1."""
    return [[name, "、".join(f"{label} {count}" for label, count in counts)] for name, counts in totals.tallies]


def qr_matrix(url: str) -> list[str]:
    """Return the QR code of a URL as rows of 1 (dark) and 0 (light), without its quiet zone."""
    return ["".join(map(str, row)) for row in segno.make(url, error="m", micro=False).matrix]
