"""Render the pages of the site as HTML with Jinja2.

`jinja` configures Jinja2 and is the only module that imports it; `page_variables` returns the variables of a page.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from handbook.kana import RubySegments
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
from handbook.render.inline_parts import inline_parts, inline_text
from handbook.render.page_variables import page_variables
from handbook.render.prose_ruby import ProseRuby

PAGES = "pages/"
"""Folder in templates/ with a template for each kind of page."""
LONGEST_SPAN = 12
"""Letters. 12 letters of a heading fit on a screen of 320 px."""
PageSource = Page | Redirect | str
"""What one file is rendered from: a page, a redirect, or the name of a file for crawlers, such as `robots.txt`."""
PageRenderer = Callable[[PageSource], OutputFile]


def page_renderer(
    site: Site,
    texts: SiteTexts,
    pictures: Mapping[str, str],
    theme: Theme,
    booklet: Booklet | None,
    data: Callable[[], tuple[DataFile, ...]],
) -> PageRenderer:
    """Return a function that renders one file of the site.

    `pictures` are the diagrams and charts by name, as SVG elements whose links start with `@/`. Diagrams that could
    not be drawn are missing. The function raises SourceError if a template is broken.
    """
    add_ruby = ProseRuby(site)
    environment = _site_environment(site, texts, theme, booklet, has_ruby=bool(add_ruby))
    jinja.check_templates(environment)

    def render(source: PageSource) -> OutputFile:
        if isinstance(source, str):
            listed = [page for page in site.pages if page.is_listed]
            return OutputFile(source, jinja.render_template(environment, PAGES + source, pages=listed))
        if isinstance(source, Redirect):
            variables: dict[str, object] = {"link": source.target, "path_to_root": source.path_to_root}
            page_path = source.target.path.partition("#")[0]
            variables["canonical"] = (site.plan.base_url or source.path_to_root) + page_path
            return OutputFile(source.path, jinja.render_template(environment, f"{PAGES}redirect.html", **variables))
        variables = page_variables(source, site, texts, pictures, add_ruby)
        if source.template == "data.html":
            variables["data"] = data()
        variables["page"] = source
        variables["inline"] = inline_parts(site, theme) if source.path == "404.html" else None
        # A server sends 404.html for any URL, so its links start with the path of the base URL if that is known.
        root = source.path_to_root if source.path != "404.html" else urlsplit(site.plan.base_url).path
        variables["path_to_root"] = root
        variables["current_path"] = "" if isinstance(source, NodePage) else source.path
        return OutputFile(source.path, jinja.render_template(environment, PAGES + source.template, **variables))

    return render


def extra_sources(site: Site) -> Iterator[PageSource]:
    """Yield the sources other than pages: redirects, robots.txt, and sitemap.xml if the site's base URL is known."""
    yield from site.redirects
    yield "robots.txt"
    if site.plan.base_url:
        yield "sitemap.xml"


def path_of(source: PageSource) -> str:
    """Return the path of the file that is rendered from a source."""
    return source if isinstance(source, str) else source.path


def data_renderer(theme: Theme) -> Callable[..., bytes]:
    """Return a function that fills a template, given by its name, with variables. `xml` escapes its texts."""
    return functools.partial(jinja.render_template, jinja.new_environment(theme))


def comparison_html(comparison: Comparison, before: Edition, after: Edition, theme: Theme) -> bytes:
    """Return the comparison table (新旧対照表) as one HTML page that needs no other file.

    The page contains its style sheet; its Content-Security-Policy allows only that one, by its hash. Raises
    SourceError if the template is broken.
    """
    tokens = next(file.data for file in theme.files if file.path.endswith("/tokens.css")).decode("utf-8", "replace")
    style = tokens.replace("\r\n", "\n") + theme.comparison_css
    inline = inline_text(style)
    variables = {
        "comparison": comparison,
        "before": before,
        "after": after,
        "style": inline.text,
        "style_hash": inline.hash,
    }
    return jinja.render_template(jinja.new_environment(theme), f"{PAGES}comparison.html", **variables)


def _site_environment(
    site: Site, texts: SiteTexts, theme: Theme, booklet: Booklet | None, *, has_ruby: bool
) -> jinja.Environment:
    """Return an environment with the global variables of all pages and the `phrased` filter for names."""
    global_variables = {
        "site": site,
        "plan": site.plan,
        "booklet": booklet,
        "has_ruby": has_ruby,
        "styles": [file.path for file in theme.files if file.path.endswith(".css")],
    }
    names = LazyMapping(texts.ruby_by_name, lambda name: _name_html(texts.ruby_by_name[name]))
    return jinja.new_environment(theme, global_variables, names)


def _name_html(name: RubyName) -> Markup:
    """Return a name with kana: `<span class="phrase"><ruby>学<rt>まな</rt></ruby>ぶ</span><span …`.

    A line breaks between the phrases. A phrase that no line of a phone can hold has no span and breaks anywhere.
    """
    return Markup("".join(map(_phrase_html, name)))  # noqa: S704  # each part is escaped


def _phrase_html(phrase: RubySegments) -> str:
    """Return one phrase. A space at its end is outside the span, so that a line breaks at it."""
    html = "".join([_ruby_html(*part) for part in phrase])
    text = html.rstrip()
    is_short = sum(len(base.rstrip()) for base, _ in phrase) <= LONGEST_SPAN
    return f'<span class="phrase">{text}</span>{html[len(text) :]}' if is_short else html


def _ruby_html(text: str, kana: str) -> str:
    base = str(escape(text))
    return f"<ruby>{base}<rp>（</rp><rt>{escape(kana)}</rt><rp>）</rp></ruby>" if kana else base
