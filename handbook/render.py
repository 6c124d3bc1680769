"""Pages → HTML files through Jinja2. The only room that knows it.

Templates come from templates/ alone, never from content; a name that a template misspells is a mistake with its
line, not an empty place.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from types import CodeType
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from handbook import hands
from handbook.mistakes import Mistake, Place, SourceError
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
    Redirect,
    Site,
    Text,
    Texts,
    Theme,
)

NOTHING = Text("", ())
Form = Page | Redirect | str
"""One thing to fill a template for: a page, a stub, or a list for machines by its name."""
T = TypeVar("T")
_Environment = functools.partial(
    jinja2.Environment,
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def pages(
    site: Site,
    texts: Texts,
    pictures: Mapping[str, str],
    theme: Theme,
    booklet: Booklet,
    data: Callable[[], tuple[DataFile, ...]],
    look: Callable[[File], T],
) -> Iterator[tuple[File, T]]:
    """Yield every page of the site and a stub for every earlier address, each with what `look` sees in it.

    `pictures` are the diagrams and charts by name, as SVG elements whose links start with `@/`; diagrams that could
    not be drawn are not among them. The hand that makes a page looks at it, too. Raises SourceError where a template
    is broken.
    """
    make = _press(site, texts, pictures, theme, booklet, data)

    def seen(form: Form) -> tuple[File, T]:
        file = make(form)
        return file, look(file)

    yield from hands.each(seen, site.pages)
    yield from map(seen, _beside(site))


def asked(
    site: Site,
    texts: Texts,
    pictures: Mapping[str, str],
    theme: Theme,
    booklet: Booklet,
    data: Callable[[], tuple[DataFile, ...]],
) -> Mapping[str, File]:
    """Return the same by path, each made when it is asked for."""
    make = _press(site, texts, pictures, theme, booklet, data)
    forms = {form if isinstance(form, str) else form.path: form for form in (*_beside(site), *site.pages)}
    return Asked(forms, lambda path: make(forms[path]))


def _beside(site: Site) -> Iterator[Form]:
    """Yield what is made beside the pages: stubs, and lists for those who read by machine."""
    yield from site.redirects
    yield "robots.txt"
    if site.plan.permalink:
        yield "sitemap.xml"


def _press(
    site: Site,
    texts: Texts,
    pictures: Mapping[str, str],
    theme: Theme,
    booklet: Booklet,
    data: Callable[[], tuple[DataFile, ...]],
) -> Callable[[Form], File]:
    """Return what fills any one form of the site, alone or among all others."""
    environment = _environment(site, texts, theme, booklet)
    with contextlib.suppress(jinja2.TemplateError):  # it is told where a page uses it
        for name in sorted({page.template for page in site.pages}):
            environment.get_template(name)  # compiled here, once for all hands

    def made(form: Form) -> File:
        if isinstance(form, str):
            found = [page for page in site.pages if page.path != "404.html"]
            return File(form, _filled(environment, form, theme, pages=found))
        if isinstance(form, Redirect):
            return File(form.path, _filled(environment, "redirect.html", theme, to=form.to, root=form.root))
        shown = _shown(form, site, texts, pictures)
        if form.template == "data.html":
            shown["data"] = data()
        # A server shows 404.html at any address, so its links begin at the host where the plan says where it lives.
        root = form.root if form.path != "404.html" else urlsplit(site.plan.permalink).path
        return File(form.path, _filled(environment, form.template, theme, page=form, root=root, **shown))

    return made


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
    environment = _Environment(loader=_Templates(theme))
    environment.filters["phrased"] = _not_yet
    return _filled(environment, "comparison.html", theme, style=trusted, **shown)


def _environment(site: Site, texts: Texts, theme: Theme, booklet: Booklet) -> jinja2.Environment:
    environment = _Environment(loader=_Templates(theme))
    phrased = Asked(texts.names, lambda words: _phrased(texts.names[words]))
    environment.filters["phrased"] = phrased.__getitem__
    _remember(environment)
    environment.globals |= {
        "site": site,
        "plan": site.plan,
        "booklet": booklet,
        "readable": any(texts.has_kana(entry.name) for entry in site.entries if entry.node.reading),
        "styles": [file.path for file in theme.files if file.path.endswith(".css")],
    }
    return environment


def _remember(environment: jinja2.Environment) -> None:
    """Let the macros that show an entry be asked once for each: its name stands on dozens of pages.

    A fifth of the time of all pages, and no template knows of it.
    """
    said: dict[tuple[str, int, tuple[str, ...]], tuple[Any, Markup]] = {}

    def once(name: str, macro: Callable[..., Markup]) -> Callable[..., Markup]:
        def shown(entry: Any, *root: str) -> Markup:
            # By identity, for an entry is a whole branch to compare; kept beside, so that none takes its place.
            key = name, id(entry), root
            if key not in said:
                said[key] = entry, macro(entry, *root)
            return said[key][1]

        return shown

    with contextlib.suppress(jinja2.TemplateError):  # it is told where a page uses it
        module = environment.get_template("macros.html").module
        for name, macro in vars(module).copy().items():
            if getattr(macro, "arguments", None) in (("entry",), ("entry", "root")):
                setattr(module, name, once(name, macro))


def _phrased(name: Name) -> Markup:
    """Return a name that breaks between phrases only, kana over it: `<ruby>学<rt>まな</rt></ruby>ぶ<wbr>機会の…`."""
    ruby = Markup("<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>")
    whole = (Markup("").join(ruby.format(text, over) if over else text for text, over in phrase) for phrase in name)
    return Markup("<wbr>").join(whole)


class _Templates(jinja2.BaseLoader):
    """The templates under their own names, so that an error in one can be told with file and line."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> jinja2.Template:
        """Return a template. Raises TemplateNotFound."""
        if name not in self.theme.templates:
            raise jinja2.TemplateNotFound(name)
        code = _compiled(self.theme.templates[name], name)
        return environment.template_class.from_code(environment, code, globals or {})


@functools.lru_cache(maxsize=256)
def _compiled(text: str, name: str) -> CodeType:
    """Compile a template, apart from any site: while a plan is edited its templates are the same again."""
    environment = _Environment()
    environment.filters["phrased"] = _not_yet
    return environment.compile(text, name, name)


def _not_yet(words: str) -> NoReturn:
    """Stand for a filter that belongs to one site, so that Jinja2 does not apply it to a constant while it compiles."""
    raise NotImplementedError(words)


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
