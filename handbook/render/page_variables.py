"""The variables of a page's template: the texts and pictures of the page as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from handbook.fields import node_fields, review_fields
from handbook.model import (
    FILE_TITLE_HEIGHT,
    DiagramSpec,
    FullTextPage,
    HtmlText,
    Markdown,
    NodePage,
    Page,
    Review,
    Site,
    SiteTexts,
    value_texts,
)
from handbook.render.print_slices import with_print_slices

_SVG_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')
_NO_TEXT = HtmlText("", ())


def page_variables(
    page: Page, site: Site, texts: SiteTexts, pictures: Mapping[str, str], add_ruby: Callable[[str], str]
) -> dict[str, object]:
    """Return the variables of a page's template, besides the page itself.

    `add_ruby` adds kana to the HTML of a text. `pictures` are the diagrams and charts as SVG elements by
    name. A diagram that is missing is left out.
    """
    html = _PageHtml(page, texts, pictures, add_ruby)
    if isinstance(page, NodePage):
        return _node_variables(page, site, texts, html)
    variables: dict[str, object] = {"body": html.text("body"), "headings": html.text_of("body").headings}
    if isinstance(page, FullTextPage):
        variables["written"] = html.text
    elif page.template == "home.html":
        variables["about"] = html.text("plan")
        variables["heads"] = [(node, html.text(f"head-{node.id}")) for node in site.top_nodes]
        variables["has_cover"] = site.diagram_specs[0].name in pictures
        variables["cover_size"] = html.file_size(site.diagram_specs[0].name)
    elif page.template == "structure.html":
        narrow = () if site.narrow_diagram_nodes else (spec for spec in site.diagram_specs if spec.style == "narrow")
        variables["whole_pictures"] = html.diagrams(site.diagram_specs[:1])
        variables["narrow_pictures"] = html.diagrams(narrow)
        variables["cover_size"] = html.file_size(site.diagram_specs[0].name)
    return variables


def _node_variables(page: NodePage, site: Site, texts: SiteTexts, html: _PageHtml) -> dict[str, object]:
    whole_diagram, source = site.diagram_specs[0], page.node.node
    return {
        "body": html.text("body"),
        "note": html.text("note"),
        "indicator_charts": [(status, html.chart(status.chart_name)) for status in page.indicators],
        "budget_chart": html.chart(page.budget.name if page.budget else ""),
        "reviews": [(review, _review_rows(review, html)) for review in source.reviews],
        "sections": [
            (field.name, html.text(field.text_key))
            for field in node_fields()
            if field.shown == "section" and field.name in source.values
        ],
        # The reading is in the heading already if kana are above the name.
        "reading": "" if texts.has_kana(page.title) else source.kana_reading,
        "terms": [(term, _trusted(html.add_ruby(texts.html_by_term[term.name].html))) for term in page.terms],
        "boxed": whole_diagram.name in html.pictures and page.node.level in whole_diagram.levels,
        "wide_pictures": html.diagrams([page.wide_diagram] if page.wide_diagram else []),
        "narrow_pictures": html.diagrams(page.narrow_diagrams),
    }


def _review_rows(review: Review, html: _PageHtml) -> list[tuple[str, str, bool]]:
    """Return the name and text of each value of a review after its verdict, and whether it is Markdown."""
    rows: list[tuple[str, str, bool]] = []
    for field in review_fields():
        value = review.values.get(field.name)
        if isinstance(value, Markdown):
            rows.append((field.name, html.text(f"{field.text_key}-{review.year}"), True))
        elif value is not None:
            rows.append((field.name, "、".join(value_texts(value)), False))
    return rows


class _Size(NamedTuple):
    """Of a picture, in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _PageHtml:
    """The texts and pictures of one page as HTML."""

    page: Page
    texts: SiteTexts
    pictures: Mapping[str, str]
    add_ruby: Callable[[str], str]

    def text_of(self, name: str) -> HtmlText:
        """Return a text of the page; an empty one if the plan has none of this name."""
        texts: Mapping[str, HtmlText] = self.texts.html_by_page.get(self.page.path, {})
        return texts.get(name, _NO_TEXT)

    def text(self, name: str) -> Markup:
        """Return the HTML of a text of the page; empty if the plan has none of this name."""
        return _trusted(self.add_ruby(self.text_of(name).html))

    def chart(self, name: str) -> Markup:
        """Return the SVG of a chart; empty for an empty name."""
        return _trusted(self.pictures[name] if name else "")

    def diagrams(self, specs: Iterable[DiagramSpec]) -> list[tuple[DiagramSpec, Markup]]:
        """Return each diagram that was drawn, with its SVG."""
        return [(spec, self._diagram(spec)) for spec in specs if spec.name in self.pictures]

    def file_size(self, name: str) -> _Size | None:
        """Return the width and height of a diagram's file in pixels; None if it was not drawn."""
        size = _SVG_SIZE.search(self.pictures[name]) if name in self.pictures else None
        return _Size(round(float(size[1])), round(float(size[2]) + FILE_TITLE_HEIGHT)) if size else None

    def _diagram(self, spec: DiagramSpec) -> Markup:
        """Return the SVG of a diagram with links that fit the page; the box of the page's own node is highlighted."""
        picture = self.pictures[spec.name].replace('href="@/', f'href="{self.page.path_to_root}')
        if isinstance(self.page, NodePage):
            own_box = f'id="{spec.name}_{self.page.node.id}" class="box '
            picture = picture.replace(own_box, f'aria-current="page" {own_box}here ')
        # On paper the wide diagrams replace the narrow ones.
        return _trusted(picture if spec.style == "narrow" else with_print_slices(picture, spec.name))


def _trusted(html: str) -> Markup:
    """Mark HTML as safe: texts were cleaned by nh3, pictures were drawn and escaped by this program."""
    return Markup(html)  # noqa: S704  # see above
