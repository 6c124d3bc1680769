"""Jinja2, set up: everything escaped, nothing undefined, and a broken template told with its file and line.

Templates come from templates/ alone, never from content. Jinja2 asks on each call whether a function wants its
context, looks for an item where there is no attribute, and wraps each word that it escapes. Nothing here needs that,
and without it a page takes half the time (0.28 → 0.13 ms at 10,000 nodes).
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from pathlib import Path
from types import CodeType
from typing import Any, NoReturn
from xml.sax import saxutils

import jinja2
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.former_templates import NEW_PATHS
from handbook.model import Theme

_MEMOIZED_SIGNATURES = (("entry",), ("entry", "path_to_root"), ("path_to_root",), ("path_to_root", "current_path"))
"""Parameters of the macros that need no more than an entry and a place."""
_JINJA_OPTIONS: Mapping[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}


class _FastContext(Context):
    """What a template knows. What it calls is called with what it says, and nothing else."""

    def call(
        self, called: Callable[..., Any], *said: Any, _loop_vars: Any = None, _block_vars: Any = None, **named: Any
    ) -> Any:
        """Call a macro or a loop."""
        return called(*said, **named)


class Environment(jinja2.Environment):
    """The templates of a theme, ready to be filled."""

    context_class = _FastContext
    getattr = staticmethod(getattr)  # type: ignore[assignment]  # an attribute, or an error that names it

    def __init__(self, templates: Mapping[str, str]) -> None:
        """Set Jinja2 up."""
        super().__init__(
            loader=_DictLoader(templates),
            bytecode_cache=_BytecodeCache(),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            **_JINJA_OPTIONS,
        )
        self.templates = templates
        self.filters |= {"phrased": _placeholder_filter, "xml": _xml_text}

    def compile(  # type: ignore[override]  # our loader asks for no more
        self, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        """Compile a template."""
        return _compile_template(source, name, filename)


@functools.lru_cache(maxsize=256)
def _compile_template(source: str, name: str | None, filename: str | None) -> CodeType:
    """Compile a template, apart from any site: while a plan is edited its templates are the same again."""
    return jinja2.Environment.compile(Environment({}), source, name, filename)


def new_environment(
    theme: Theme, known: Mapping[str, Any] | None = None, names: Mapping[str, Markup] | None = None
) -> Environment:
    """Return a theme's templates, with what all of them know and how each name is `phrased`."""
    made = Environment(theme.templates)
    made.globals |= known or {}
    if names is not None:
        made.filters["phrased"] = names.__getitem__
        _memoize_macros(made)
    return made


def precompile(environment: Environment, names: Iterable[str]) -> None:
    """Compile templates, so that many hands need not; a broken one is told where a page uses it."""
    with contextlib.suppress(jinja2.TemplateError):
        for name in sorted(set(names)):
            environment.get_template(name)


def render_template(environment: Environment, name: str, **variables: Any) -> bytes:
    """Fill a template. Raises SourceError where it is broken, with its line."""
    templates, hint = environment.templates, ""
    try:
        return environment.get_template(name).render(variables).encode()
    except jinja2.TemplateSyntaxError as error:
        broken, line, words = error.name or name, error.lineno, error.message
    except Exception as error:
        # Whatever goes wrong inside a template is the template's; the innermost of its lines is the one to mend.
        steps = [step for step in traceback.extract_tb(error.__traceback__) if step.filename in templates]
        missing = isinstance(error, jinja2.TemplateNotFound)
        if not steps and not missing:
            raise
        broken, line = (steps[-1].filename, steps[-1].lineno or 1) if steps else (name, 1)
        words = f"{error} がありません" if missing else str(error)
        if missing and (moved := NEW_PATHS.get(f"templates/{error}")):
            hint = f"`{error}` を `{moved.removeprefix('templates/')}` に直してください"
    lines = templates.get(broken, "").split("\n")
    excerpt = lines[line - 1] if 0 < line <= len(lines) else ""
    message = f"テンプレートを読めません（{words}）"
    raise SourceError(
        [Diagnostic(SourceSpan(f"templates/{broken}", line, 1), "broken-template", message, hint, excerpt)]
    )


def _memoize_macros(environment: Environment) -> None:
    """Let the macros that need no more than an entry and a place be asked once for each.

    An entry's name stands on dozens of pages, and the frame on all. No template knows of it.
    """
    said: dict[tuple[Any, ...], tuple[Any, Markup]] = {}

    def once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
        def shown(first: Any, *others: str, **named: Any) -> Markup:
            if named:
                return macro(first, *others, **named)
            # An entry by identity, for it is a whole branch to compare; kept beside, so that none takes its place.
            key = macro, first if isinstance(first, str) else id(first), others
            if key not in said:
                said[key] = first, macro(first, *others)
            return said[key][1]

        return shown

    for template in ("partials/nodes.html", "partials/layout_parts.html"):
        with contextlib.suppress(jinja2.TemplateError):  # it is told where a page uses it
            module = environment.get_template(template).module
            for name, macro in vars(module).copy().items():
                if getattr(macro, "arguments", None) in _MEMOIZED_SIGNATURES:
                    setattr(module, name, once(macro))


class _DictLoader(jinja2.BaseLoader):
    """The templates under their own names, so that an error in one can be told with file and line."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = templates

    def get_source(self, _: jinja2.Environment, template: str) -> tuple[str, str, None]:
        """Return a template's text and what it is called. Raises TemplateNotFound."""
        if template not in self.templates:
            raise jinja2.TemplateNotFound(template)
        return self.templates[template], template, None

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> jinja2.Template:
        """Return a template, ready to be filled."""
        template = super().load(environment, name, dict(globals or {}))
        template.root_render_func.__globals__["escape"] = _escape_once
        return template


class _BytecodeCache(jinja2.FileSystemBytecodeCache):
    """Templates once compiled, where Python keeps its own modules once compiled: a sixth of the build of a small plan.

    Each is known by its text. It may be deleted at any time; a folder that cannot be written keeps nothing.
    """

    def __init__(self) -> None:
        super().__init__(str(Path(importlib.util.cache_from_source(__file__)).parent))

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return what a template is kept under: another Jinja2 and other settings make something else of it."""
        return super().get_cache_key(f"{name} {jinja2.__version__} {_JINJA_OPTIONS}", filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept; whatever is not whole is not there."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001  # a damaged file can raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, if that can be."""
        if not sys.dont_write_bytecode:
            with contextlib.suppress(OSError):
                super().dump_bytecode(bucket)


def _escape_once(words: object) -> str:
    """Return what is safe as it is, and all else escaped; pages say the same words again and again."""
    kind = words.__class__
    return words if kind is Markup else _word(words) if kind is str else escape(words)  # type: ignore[return-value]


@functools.lru_cache(maxsize=1 << 14)
def _word(word: str) -> str:
    return str(escape(word))


def _xml_text(text: str) -> Markup:
    """Return the text of an XML element. Unlike in HTML attributes, quotes stay as they are."""
    return Markup(saxutils.escape(text))  # noqa: S704  # escaped for XML


def _placeholder_filter(words: str) -> NoReturn:
    """Stand for a filter that belongs to one site, so that Jinja2 does not apply it to a constant while it compiles."""
    raise NotImplementedError(words)
