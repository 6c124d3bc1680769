"""Configure Jinja2: all output is escaped, an undefined variable is an error, and errors have file and line.

Templates come from templates/ only, never from content. A missing attribute is an AttributeError, without a look-up as
an item, so that it is reported even before `is defined` or `|default`.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import re
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path
from types import CodeType
from typing import Any, NoReturn  # a template may get a variable of any type
from xml.sax import saxutils

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup

from handbook.diagnostics import Diagnostic, SourceError
from handbook.model import Theme
from handbook.render import output_caches, template_errors
from handbook.render.missing_macros import missing_macro_error

_UNDEFINED = re.compile(r"'(\w+)' is undefined")
_NOT_EXPORTED = re.compile(r"the template '(.+?)' .*does not export the requested name '(\w+)'")
_EMPTY_THEME = Theme({}, (), {}, (), "")
_JINJA_OPTIONS: Mapping[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}


class Environment(jinja2.Environment):
    """The templates of a theme."""

    getattr = staticmethod(getattr)  # type: ignore[assignment]  # AttributeError for a missing attribute

    def __init__(self, theme: Theme) -> None:
        """Configure Jinja2 for the templates of a theme."""
        super().__init__(
            loader=_DictLoader(theme.templates),
            bytecode_cache=_BytecodeCache(),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            **_JINJA_OPTIONS,
        )
        self.theme = theme
        self.filters |= {"phrased": _placeholder_filter, "xml": _xml_text}
        self.tests["filled_in"] = _is_filled_in

    def compile(  # type: ignore[override]  # the loader needs no other parameter
        self, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        """Compile a template."""
        return _compile_template(source, name, filename)


def _is_filled_in(rows: Iterable[object], name: str) -> bool:
    """Return whether any row has a value in this attribute: `{% if rows is filled_in("period") %}`."""
    return any(getattr(row, name) for row in rows)


@functools.lru_cache(maxsize=256)
def _compile_template(source: str, name: str | None, filename: str | None) -> CodeType:
    """Compile a template once for all sites: the preview server makes a new site after each edit of the plan."""
    return jinja2.Environment.compile(Environment(_EMPTY_THEME), source, name, filename)


def new_environment(
    theme: Theme, global_variables: Mapping[str, object] | None = None, names: Mapping[str, Markup] | None = None
) -> Environment:
    """Return a theme's templates with their global variables. `names` are the results of the `phrased` filter."""
    environment = Environment(theme)
    environment.globals |= global_variables or {}
    if names is not None:
        environment.filters["phrased"] = names.__getitem__
        _memoize_macros(environment)
    return environment


def render_template(environment: Environment, name: str, **variables: object) -> bytes:
    """Return the output of a template. Raises SourceError with file and line if the template is broken."""
    try:
        return environment.get_template(name).render(variables).encode()
    except jinja2.TemplateSyntaxError as error:
        raise SourceError([_syntax_error(environment, error, name)]) from error
    except Exception as error:
        # The innermost line of a template in the traceback is the line to correct.
        templates = environment.theme.templates
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in templates]
        if not frames and not isinstance(error, jinja2.TemplateNotFound):
            raise
        broken, line = (frames[-1].filename, frames[-1].lineno or 1) if frames else (name, 1)
        known = (*environment.globals, *variables)
        raise SourceError([_run_time_error(environment, error, broken, line, known)]) from error


def check_templates(environment: Environment) -> None:
    """Raise SourceError with every template that cannot be read, whether a page uses it or not."""
    errors: list[Diagnostic] = []
    for name in environment.theme.templates:
        if not name.startswith("booklet/"):
            try:
                environment.get_template(name)
            except jinja2.TemplateSyntaxError as error:
                errors.append(_syntax_error(environment, error, name))
            else:
                errors += template_errors.html_errors(environment.theme.templates, name)
    if errors:
        raise SourceError(errors)


def _syntax_error(environment: Environment, error: jinja2.TemplateSyntaxError, name: str) -> Diagnostic:
    known = (*environment.filters, *environment.tests)
    templates = environment.theme.templates
    return template_errors.syntax_error(templates, error.name or name, error.lineno, error.message or "", known)


def _run_time_error(
    environment: Environment, error: Exception, broken: str, line: int, known: Iterable[str]
) -> Diagnostic:
    """Return the error of a line of the template `broken`. `known` are the names of the variables."""
    templates = environment.theme.templates
    if macro := _missing_macro(error):
        return missing_macro_error(*macro, broken, line, environment.theme)
    if isinstance(error, jinja2.exceptions.TemplateRuntimeError) and str(error).startswith("No "):
        known = (*environment.filters, *environment.tests)
        return template_errors.syntax_error(templates, broken, line, str(error), known)
    if isinstance(error, jinja2.TemplateNotFound):
        return template_errors.missing_template(templates, broken, line, str(error))
    if isinstance(error, AttributeError) and error.name and error.obj is not None:
        return template_errors.missing_attribute(templates, broken, line, error.name, error.obj)
    if isinstance(error, jinja2.UndefinedError) and (match := _UNDEFINED.fullmatch(str(error))):
        return template_errors.undefined_name(templates, broken, line, match[1], {*known})
    return template_errors.run_time_error(templates, broken, line, str(error))


def _missing_macro(error: Exception) -> tuple[str, str] | None:
    """Return the imported template and the name of the macro that is not in it, if that is the error."""
    if isinstance(error, AttributeError) and isinstance(error.obj, jinja2.environment.TemplateModule):
        return str(error.obj.__name__), error.name or ""
    found = _NOT_EXPORTED.search(str(error)) if isinstance(error, jinja2.UndefinedError) else None
    return (found[1], found[2]) if found else None


def _memoize_macros(environment: Environment) -> None:
    """Cache the results of macros that are called on many pages."""
    memoize = output_caches.macro_memoizer()
    for template in ("partials/nodes.html", "partials/layout_parts.html"):
        with contextlib.suppress(jinja2.TemplateError):  # reported when a page uses it
            memoize(environment.get_template(template).module)


class _DictLoader(jinja2.BaseLoader):
    """Loads templates from a mapping by name. The name is also the file name in tracebacks."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = templates

    def get_source(self, _: jinja2.Environment, template: str) -> tuple[str, str, None]:
        """Return the source and the file name of a template. Raises TemplateNotFound."""
        if template not in self.templates:
            raise jinja2.TemplateNotFound(template)
        return self.templates[template], template, None

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> jinja2.Template:
        """Return a compiled template that escapes with a cache."""
        template = super().load(environment, name, dict(globals or {}))
        template.root_render_func.__globals__["escape"] = output_caches.escape_once
        return template


class _BytecodeCache(jinja2.FileSystemBytecodeCache):
    """Caches compiled templates in this package's `__pycache__`. Saves a sixth of the build of a small plan.

    An entry is used only for the same template source. The files may be deleted at any time; in a read-only folder
    nothing is cached.
    """

    def __init__(self) -> None:
        super().__init__(str(Path(importlib.util.cache_from_source(__file__)).parent))

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the cache key of a template. It depends on the version of Jinja2 and on the options."""
        return super().get_cache_key(f"{name} {jinja2.__version__} {_JINJA_OPTIONS}", filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a cached template; a damaged file counts as missing."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001  # a damaged file can raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store a template, if files can be written."""
        if not sys.dont_write_bytecode:
            with contextlib.suppress(OSError):
                super().dump_bytecode(bucket)


def _xml_text(text: str) -> Markup:
    """Return the text of an XML element. Unlike in HTML attributes, quotes stay as they are."""
    return Markup(saxutils.escape(text))  # noqa: S704  # escaped for XML


def _placeholder_filter(text: str) -> NoReturn:
    """Raise NotImplementedError, so that Jinja2 does not apply the filter of a site to a constant while compiling."""
    raise NotImplementedError(text)
