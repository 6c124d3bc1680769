"""Pages → HTML files through Jinja2. The only room that knows it.

Inside: `engine` sets Jinja2 up; `page_variables` returns the variables of a page's template.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from handbook.lazy import LazyMapping
from handbook.model import (
    Booklet,
    Comparison,
    DataFile,
    Edition,
    NodePage,
    OutputFile,
    Page,
    Redirect,
    RubyName,
    Site,
    SiteTexts,
    Theme,
)
from handbook.render import jinja
from handbook.render.page_variables import page_variables

PAGES = "pages/"
"""The folder in templates/ with a template for each kind of page."""
PageSource = Page | Redirect | str
"""One thing to fill a template for: a page, a stub, or a list for machines by its name."""
PageRenderer = Callable[[PageSource], OutputFile]


def page_renderer(
    site: Site,
    texts: SiteTexts,
    pictures: Mapping[str, str],
    theme: Theme,
    booklet: Booklet | None,
    data: Callable[[], tuple[DataFile, ...]],
) -> PageRenderer:
    """Return what fills any one form of the site, alone or among all others.

    `pictures` are the diagrams and charts by name, as SVG elements whose links start with `@/`; diagrams that could
    not be drawn are not among them. What it returns raises SourceError where a template is broken.
    """
    templates = _site_environment(site, texts, theme, booklet)
    jinja.precompile(templates, (PAGES + page.template for page in site.pages))

    def made(form: PageSource) -> OutputFile:
        if isinstance(form, str):
            found = [page for page in site.pages if page.path != "404.html"]
            return OutputFile(form, jinja.render_template(templates, PAGES + form, pages=found))
        if isinstance(form, Redirect):
            shown = {"link": form.target, "path_to_root": form.path_to_root}
            return OutputFile(form.path, jinja.render_template(templates, f"{PAGES}redirect.html", **shown))
        shown = page_variables(form, site, texts, pictures)
        if form.template == "data.html":
            shown["data"] = data()
        # A server shows 404.html at any address, so its links begin at the host where the plan says where it lives.
        root = form.path_to_root if form.path != "404.html" else urlsplit(site.plan.base_url).path
        shown |= {"page": form, "path_to_root": root, "current_path": "" if isinstance(form, NodePage) else form.path}
        return OutputFile(form.path, jinja.render_template(templates, PAGES + form.template, **shown))

    return made


def beside(site: Site) -> Iterator[PageSource]:
    """Yield what is rendered beside the pages: redirects, robots.txt, and sitemap.xml if the site's URL is known."""
    yield from site.redirects
    yield "robots.txt"
    if site.plan.base_url:
        yield "sitemap.xml"


def path_of(form: PageSource) -> str:
    """Return the path of the file that is rendered from a form."""
    return form if isinstance(form, str) else form.path


def data_renderer(theme: Theme) -> Callable[..., bytes]:
    """Return a function that fills a template, given by its name, with variables. `xml` escapes its texts."""
    return functools.partial(jinja.render_template, jinja.new_environment(theme))


def comparison_html(found: Comparison, before: Edition, after: Edition, theme: Theme) -> bytes:
    """Return the 新旧対照表 as one page that needs no other file.

    Its style stands in it, and its policy allows that style alone, by its hash. Raises SourceError where the template
    is broken.
    """
    tokens = next(file.data for file in theme.files if file.path.endswith("/tokens.css")).decode("utf-8", "replace")
    style = tokens.replace("\r\n", "\n") + theme.comparison_css
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    shown = {"comparison": found, "before": before, "after": after, "style_hash": f"sha256-{digest}"}
    trusted = Markup(style)  # noqa: S704  # the theme's own
    return jinja.render_template(jinja.new_environment(theme), f"{PAGES}comparison.html", style=trusted, **shown)


def _site_environment(site: Site, texts: SiteTexts, theme: Theme, booklet: Booklet | None) -> jinja.Environment:
    known = {
        "site": site,
        "plan": site.plan,
        "booklet": booklet,
        "has_ruby": any(texts.has_kana(entry.name) for entry in site.tree_nodes if entry.node.kana_reading),
        "styles": [file.path for file in theme.files if file.path.endswith(".css")],
    }
    return jinja.new_environment(
        theme, known, LazyMapping(texts.ruby_by_name, lambda words: _name_html(texts.ruby_by_name[words]))
    )


def _name_html(name: RubyName) -> Markup:
    """Return a name that breaks between phrases only, kana over it: `<ruby>学<rt>まな</rt></ruby>ぶ<wbr>機会の…`."""
    phrases = ["".join([_ruby_html(*part) for part in phrase]) for phrase in name]
    return Markup("<wbr>".join(phrases))  # noqa: S704  # escaped part by part


def _ruby_html(text: str, over: str) -> str:
    plain = str(escape(text))
    return f"<ruby>{plain}<rp>（</rp><rt>{escape(over)}</rt><rp>）</rp></ruby>" if over else plain
