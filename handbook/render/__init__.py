"""Pages → HTML files through Jinja2. The only room that knows it.

Inside: `engine` sets Jinja2 up.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from handbook import hands
from handbook.fields import node_fields, review_fields
from handbook.model import (
    Asked,
    Booklet,
    Comparison,
    DataFile,
    Edition,
    Figure,
    File,
    Name,
    NodePage,
    Page,
    Prose,
    Redirect,
    Review,
    Site,
    Text,
    Texts,
    Theme,
    value_texts,
)
from handbook.render import engine

NOTHING = Text("", ())
Form = Page | Redirect | str
"""One thing to fill a template for: a page, a stub, or a list for machines by its name."""
Press = Callable[[Form], File]
T = TypeVar("T")


def press(
    site: Site,
    texts: Texts,
    pictures: Mapping[str, str],
    theme: Theme,
    booklet: Booklet,
    data: Callable[[], tuple[DataFile, ...]],
) -> Press:
    """Return what fills any one form of the site, alone or among all others.

    `pictures` are the diagrams and charts by name, as SVG elements whose links start with `@/`; diagrams that could
    not be drawn are not among them. What it returns raises SourceError where a template is broken.
    """
    templates = _templates(site, texts, theme, booklet)
    engine.prepare(templates, (page.template for page in site.pages))

    def made(form: Form) -> File:
        if isinstance(form, str):
            found = [page for page in site.pages if page.path != "404.html"]
            return File(form, engine.filled(templates, form, pages=found))
        if isinstance(form, Redirect):
            return File(form.path, engine.filled(templates, "redirect.html", to=form.to, root=form.root))
        shown = _shown(form, site, texts, pictures)
        if form.template == "data.html":
            shown["data"] = data()
        # A server shows 404.html at any address, so its links begin at the host where the plan says where it lives.
        root = form.root if form.path != "404.html" else urlsplit(site.plan.permalink).path
        here = "" if isinstance(form, NodePage) else form.path
        return File(form.path, engine.filled(templates, form.template, page=form, root=root, here=here, **shown))

    return made


def pages(site: Site, make: Press, look: Callable[[File], T]) -> Iterator[tuple[File, T]]:
    """Yield every page of the site and a stub for every earlier address, each with what `look` sees in it.

    The hand that makes a page looks at it, too. Raises SourceError where a template is broken.
    """

    def seen(form: Form) -> tuple[File, T]:
        file = make(form)
        return file, look(file)

    yield from hands.each(seen, site.pages)
    yield from map(seen, _beside(site))


def asked(site: Site, make: Press) -> Mapping[str, File]:
    """Return the same by path, each made when it is asked for."""
    forms = {form if isinstance(form, str) else form.path: form for form in (*_beside(site), *site.pages)}
    return Asked(forms, lambda path: make(forms[path]))


def _beside(site: Site) -> Iterator[Form]:
    """Yield what is made beside the pages: stubs, and lists for those who read by machine."""
    yield from site.redirects
    yield "robots.txt"
    if site.plan.permalink:
        yield "sitemap.xml"


def comparison(found: Comparison, before: Edition, after: Edition, theme: Theme) -> bytes:
    """Return the 新旧対照表 as one page that needs no other file.

    Its style stands in it, and its policy allows that style alone, by its hash. Raises SourceError where the template
    is broken.
    """
    tokens = next(file.data for file in theme.files if file.path.endswith("/tokens.css")).decode("utf-8", "replace")
    style = tokens.replace("\r\n", "\n") + theme.templates["comparison.css"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    shown = {"comparison": found, "before": before, "after": after, "style_hash": f"sha256-{digest}"}
    trusted = Markup(style)  # noqa: S704  # the theme's own
    return engine.filled(engine.environment(theme), "comparison.html", style=trusted, **shown)


def _templates(site: Site, texts: Texts, theme: Theme, booklet: Booklet) -> engine.Environment:
    known = {
        "site": site,
        "plan": site.plan,
        "booklet": booklet,
        "readable": any(texts.has_kana(entry.name) for entry in site.entries if entry.node.reading),
        "styles": [file.path for file in theme.files if file.path.endswith(".css")],
    }
    return engine.environment(theme, known, Asked(texts.names, lambda words: _phrased(texts.names[words])))


def _phrased(name: Name) -> Markup:
    """Return a name that breaks between phrases only, kana over it: `<ruby>学<rt>まな</rt></ruby>ぶ<wbr>機会の…`."""
    phrases = ["".join([_lettered(*part) for part in phrase]) for phrase in name]
    return Markup("<wbr>".join(phrases))  # noqa: S704  # escaped part by part


def _lettered(text: str, over: str) -> str:
    plain = str(escape(text))
    return f"<ruby>{plain}<rp>（</rp><rt>{escape(over)}</rt><rp>）</rp></ruby>" if over else plain


def _review_rows(review: Review, written: Callable[[str], Markup]) -> list[tuple[str, str, bool]]:
    """Return the name and text of each value of a review after its verdict, and whether it is Markdown."""
    rows: list[tuple[str, str, bool]] = []
    for field in review_fields():
        value = review.values.get(field.name)
        if isinstance(value, Prose):
            rows.append((field.name, written(f"{field.text_key}-{review.year}"), True))
        elif value is not None:
            rows.append((field.name, "、".join(value_texts(value)), False))
    return rows


def _shown(page: Page, site: Site, texts: Texts, pictures: Mapping[str, str]) -> dict[str, Any]:
    """Return what a page's template shows beside the page itself."""
    prose = texts.prose.get(page.path, {})

    def written(name: str) -> Markup:
        return Markup(prose.get(name, NOTHING).html)  # noqa: S704  # cleaned by nh3 in typeset

    def drawn(figure: Figure) -> Markup:
        picture = pictures[figure.name].replace('href="@/', f'href="{page.root}')
        if isinstance(page, NodePage):  # its own box is lit
            own = f'id="{figure.name}_{page.entry.id}" class="box '
            picture = picture.replace(own, f'aria-current="page" {own}here ')
        return Markup(picture)  # noqa: S704  # drawn and escaped by us

    own: dict[str, Any]
    if isinstance(page, NodePage):
        figures = page.figures
        whole = site.figures[0]
        boxed = whole.name in pictures and page.entry.level in whole.levels
        own = {"body": written("body"), "note": written("note"), "boxed": boxed}
        charts = [page.budget.name] if page.budget else []
        charts += [gauge.chart for gauge in page.gauges if gauge.chart]
        own["charts"] = {name: Markup(pictures[name]) for name in charts}  # noqa: S704  # drawn and escaped by us
        values = page.entry.node.values
        shown = [field for field in node_fields() if field.shown == "section" and field.name in values]
        own["sections"] = [(field.name, written(field.text_key)) for field in shown]
        own["reviews"] = [(review, _review_rows(review, written)) for review in page.entry.node.reviews]
        # Where the reading stands over the name, it need not stand beneath it.
        own["reading"] = "" if texts.has_kana(page.title) else page.entry.node.reading
        own["terms"] = [(term, Markup(texts.terms[term.name].html)) for term in page.terms]  # noqa: S704  # as above
    else:
        figures = (site.figures[:1] if site.apart else site.figures) if page.template == "structure.html" else ()
        own = {"body": written("body"), "headings": prose.get("body", NOTHING).headings}
    if page.template in ("home.html", "reading.html"):
        own |= {"about": written("plan"), "heads": {head.id: written(f"head-{head.id}") for head in site.heads}}
    if page.template == "home.html":
        own |= {"cover": [figure for figure in site.figures[:1] if figure.name in pictures]}
    return own | {"pictures": [(figure, drawn(figure)) for figure in figures if figure.name in pictures]}
