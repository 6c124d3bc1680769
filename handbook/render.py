"""Pages → HTML files through Jinja2. The only room that knows it.

Templates come from templates/ alone, never from content; a name that a template misspells is a mistake with its
line, not an empty place.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from handbook.mistakes import Mistake, Place, SourceError
from handbook.model import Booklet, DataFile, Figure, File, Name, NodePage, Page, Redirect, Site, Text, Texts, Theme

NOTHING = Text("", ())


def pages(
    site: Site,
    texts: Texts,
    pictures: Mapping[str, str],
    theme: Theme,
    booklet: Booklet,
    data: tuple[DataFile, ...],
) -> Iterator[File]:
    """Yield every page of the site and a stub for every earlier address.

    `pictures` are the diagrams and charts by name, as SVG elements whose links start with `@/`; diagrams that could
    not be drawn are not among them. Raises SourceError where a template is broken.
    """
    environment = _environment(site, texts, theme, booklet, data)
    for page in site.pages:
        shown = _shown(page, site, texts, pictures)
        # A server shows 404.html at any address, so its links begin at the host where the plan says where it lives.
        root = page.root if page.path != "404.html" else urlsplit(site.plan.permalink).path
        yield File(page.path, _filled(environment, page.template, theme, page=page, root=root, **shown))
    for stub in site.redirects:
        yield File(stub.path, _filled(environment, "redirect.html", theme, **_stub(stub)))
    yield File("robots.txt", _filled(environment, "robots.txt", theme))
    if site.plan.permalink:
        found = [page for page in site.pages if page.path != "404.html"]
        yield File("sitemap.xml", _filled(environment, "sitemap.xml", theme, pages=found))


def _environment(
    site: Site, texts: Texts, theme: Theme, booklet: Booklet, data: tuple[DataFile, ...]
) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(partial(_template, theme)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    phrased = {words: _phrased(name) for words, name in texts.names.items()}
    environment.filters["phrased"] = phrased.__getitem__
    environment.globals |= {
        "site": site,
        "plan": site.plan,
        "booklet": booklet,
        "data": data,
        "readable": any(map(texts.has_kana, texts.names)),
        "styles": [file.path for file in theme.files if file.path.endswith(".css")],
    }
    return environment


def _phrased(name: Name) -> Markup:
    """Return a name that breaks between phrases only, kana over it: `<ruby>学<rt>まな</rt></ruby>ぶ<wbr>機会の…`."""
    ruby = Markup("<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>")
    whole = (Markup("").join(ruby.format(text, over) if over else text for text, over in phrase) for phrase in name)
    return Markup("<wbr>").join(whole)


def _template(theme: Theme, name: str) -> tuple[str, str, None] | None:
    """Return a template's text under its own name, so that an error in it can be told with file and line."""
    return (theme.templates[name], name, None) if name in theme.templates else None


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
        own["reviews"] = [
            (review, written(f"issue-{review.year}"), written(f"direction-{review.year}"))
            for review in page.entry.node.reviews
        ]
        # Where the reading stands over the name, it need not stand beneath it.
        own["reading"] = "" if texts.has_kana(page.title) else page.entry.node.reading
        own["terms"] = [(term, Markup(texts.terms[term.name].html)) for term in page.terms]  # noqa: S704  # as above
    else:
        figures = site.figures if page.template == "structure.html" else ()
        own = {"body": written("body"), "headings": prose.get("body", NOTHING).headings}
    if page.template in ("home.html", "reading.html"):
        own |= {"about": written("plan"), "heads": {head.id: written(f"head-{head.id}") for head in site.heads}}
    if page.template == "home.html":
        own |= {"cover": [figure for figure in site.figures[:1] if figure.name in pictures]}
    return own | {"pictures": [(figure, drawn(figure)) for figure in figures if figure.name in pictures]}


def _stub(stub: Redirect) -> dict[str, Any]:
    return {"to": stub.to, "root": stub.root}


def _filled(environment: jinja2.Environment, name: str, theme: Theme, **variables: Any) -> bytes:
    """Fill a template; a broken one is a mistake at its line."""
    try:
        return environment.get_template(name).render(variables).encode()
    except jinja2.TemplateSyntaxError as error:
        broken, line, words = error.name or name, error.lineno, error.message
    except Exception as error:
        # Whatever goes wrong inside a template is the template's; the innermost of its lines is the one to mend.
        steps = [step for step in traceback.extract_tb(error.__traceback__) if step.filename in theme.templates]
        missing = isinstance(error, jinja2.TemplateNotFound)
        if not steps and not missing:
            raise
        broken, line = (steps[-1].filename, steps[-1].lineno or 1) if steps else (name, 1)
        words = f"{error} がありません" if missing else str(error)
    lines = theme.templates.get(broken, "").split("\n")
    excerpt = lines[line - 1] if 0 < line <= len(lines) else ""
    message = f"テンプレートを読めません（{words}）"
    raise SourceError([Mistake(Place(f"templates/{broken}", line, 1), "broken-template", message, "", excerpt)])
