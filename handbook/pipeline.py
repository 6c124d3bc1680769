"""The pipeline: sources → Site → every file of the site by its path, each made when it is first read.

All commands read the same `Outputs`: `build` writes every file, `check` and `release` make every file and write none,
`serve` reads single paths. Only `_prepare` knows that all files are wanted: it starts the worker processes and
computes what pages share before the process is forked for them. What a worker computes is lost to the others.

Engines are imported where they are first used: an error in the sources is reported after 0.1 s, without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from handbook import parallel
from handbook.diagnostics import Diagnostic, Report
from handbook.lazy import LazyMapping
from handbook.model import Booklet, DataFile, Diagram, OutputFile, Site, SiteTexts, Theme

if TYPE_CHECKING:
    from handbook.render import PageRenderer, PageSource

T = TypeVar("T")


def load_site(root: Path, *, with_history: bool) -> tuple[Site, Theme, Report]:
    """Return the site, its theme, and the report on the sources.

    `with_history`: the pages show what git recorded as changed; else they depend on the sources alone.
    Raises SourceError with every mistake in the sources.
    """
    from handbook import parse

    result = parse.read_plan(root)
    plan = result.sound_plan()
    theme = parse.load_theme(root)
    from handbook import compare, site

    history = compare.build_history(plan, parse.daily_plans(root) if with_history else ())
    return site.build_site(plan, history), theme, result.report


class Outputs(Mapping[str, OutputFile]):
    """Every file of a site by its path. Reading a value raises SourceError if a template is broken."""

    def __init__(self, site: Site, theme: Theme, *, with_booklet: bool, prefer_dot: bool) -> None:
        self.site = site
        self.theme = theme
        self.with_booklet = with_booklet
        self.prefer_dot = prefer_dot
        self.remarks: list[str] = []
        """What could not be made and why, in Japanese; complete after `stream`."""
        self._compute_data: Callable[[], Iterable[DataFile]] = self._exported
        self._compute_index: Callable[[], Iterable[OutputFile]] = self._indexed

    # --- values that files share ---

    @cached_property
    def texts(self) -> SiteTexts:
        """All prose as HTML, all names as phrases."""
        from handbook import markdown

        return markdown.lazy_texts(self.site)

    @cached_property
    def drawings(self) -> Mapping[str, Diagram]:
        """The diagrams by name; empty if no layout engine works."""
        # An engine that lays out one diagram lays out all.
        return self._laid_out(lambda drawings: drawings[self.site.diagram_specs[0].name])

    def _laid_out(self, attempt: Callable[[LazyMapping[str, Diagram]], object]) -> Mapping[str, Diagram]:
        from handbook import diagram

        try:
            drawings = diagram.render_diagrams(self.site, self.texts, self.theme, prefer_dot=self.prefer_dot)
            attempt(drawings)
        except diagram.LayoutEngineError as error:
            self.remarks.append(f"注意: {error}\n      図のないサイトを作ります。")
            return {}
        return drawings

    @cached_property
    def charts(self) -> LazyMapping[str, str]:
        """The charts by name, as SVG elements."""
        from handbook import chart

        return chart.charts(self.site, self.theme)

    @cached_property
    def pictures(self) -> LazyMapping[str, str]:
        """Diagrams and charts by name, as SVG elements for use inside pages."""
        from handbook import diagram

        diagrams, charts = diagram.inline_svgs(self.drawings, self.theme), self.charts
        return LazyMapping((*diagrams, *charts), lambda name: (diagrams if name in diagrams else charts)[name])

    @cached_property
    def booklet(self) -> Booklet | None:
        """The PDFs; None if they are not wanted or cannot be made."""
        if not self.with_booklet:
            return None
        from handbook import booklet

        try:
            return booklet.build_booklet(self.site, self.texts, self._print_drawings(), self.charts, self.theme)
        except booklet.BookletError as error:
            self.remarks.append(f"注意: {error}\n      冊子のないサイトを作ります。")
            return None

    def _print_drawings(self) -> Mapping[str, Diagram]:
        """Return the diagrams of the booklet; empty if no layout engine works, as `drawings` has remarked."""
        from handbook import diagram

        try:
            drawings = diagram.print_diagrams(self.site, self.texts, self.theme, prefer_dot=self.prefer_dot)
            drawings.fill()
        except diagram.LayoutEngineError:
            return {}
        return drawings

    @cached_property
    def data(self) -> tuple[DataFile, ...]:
        """The open data, with what its page shows of each file."""
        return tuple(self._compute_data())

    def _exported(self) -> Iterable[DataFile]:
        from handbook import export

        return export.export_files(self.site)

    def _indexed(self) -> Iterable[OutputFile]:
        from handbook import search_index

        return search_index.index_files(self.site, self.texts)

    # --- files ---

    @cached_property
    def render(self) -> PageRenderer:
        """The function that renders one page, redirect or list for machines."""
        from handbook import render

        return render.page_renderer(self.site, self.texts, self.pictures, self.theme, self.booklet, lambda: self.data)

    @cached_property
    def pages(self) -> Mapping[str, OutputFile]:
        """The rendered files by path. Their paths are known before any is made."""
        from handbook import render

        forms = {render.path_of(form): form for form in (*self.site.pages, *render.extra_sources(self.site))}
        return LazyMapping(forms, lambda path: self.render(forms[path]))

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, OutputFile]]:
        """All other files by the start of their path; the paths of a group are known once the group is made."""
        from handbook import diagram

        makers: dict[str, Callable[[], Mapping[str, OutputFile]]] = {
            "booklet/": lambda: _by_path(made.file for made in self.booklet.all_prints) if self.booklet else {},
            "diagrams/": lambda: diagram.diagram_files(self.drawings, self.theme),
            "data/": lambda: _by_path(made.file for made in self.data),
            "search-index": lambda: _by_path(self._compute_index()),
            "": lambda: _by_path((*self.theme.files, *self.site.plan.images)),
        }
        return LazyMapping(makers, lambda start: makers[start]())

    def _group(self, path: object) -> Mapping[str, OutputFile]:
        return self.groups[next(start for start in self.groups if str(path).startswith(start))]

    def __getitem__(self, path: str) -> OutputFile:
        return self.pages[path] if path in self.pages else self._group(path)[path]

    def get(self, path: str, default: Any = None) -> Any:
        """Return a file, or `default` if there is none at the path. A KeyError raised in making it is passed on."""
        return self[path] if path in self else default  # noqa: SIM401  # this is `get`

    def __contains__(self, path: object) -> bool:
        return path in self.pages or path in self._group(path)

    def __iter__(self) -> Iterator[str]:
        return chain(self.pages, *self.groups.values())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    # --- all files ---

    def checked(self) -> Iterator[OutputFile]:
        """Return an iterator over every file. After the last one it raises SourceError if any of them is wrong."""
        from handbook import check

        return check.check_stream(self.stream(check.file_scanner(self.site)), self.site)

    def stream(self, scan: Callable[[OutputFile], T]) -> Iterator[tuple[OutputFile, T]]:
        """Return an iterator over every file with the result of `scan`. It raises SourceError if a template is broken.

        A page is rendered and scanned by the same worker, and not kept.
        """
        self._prepare()
        return self._scanned(scan)

    def _scanned(self, scan: Callable[[OutputFile], T]) -> Iterator[tuple[OutputFile, T]]:
        from handbook import render

        def rendered(form: PageSource) -> tuple[OutputFile, T]:
            file = self.render(form)
            return file, scan(file)

        yield from parallel.parallel_map(rendered, self.site.pages)
        yield from map(rendered, render.extra_sources(self.site))
        for group in self.groups.values():
            for file in group.values():
                yield file, scan(file)

    def _prepare(self) -> None:
        """Start the workers for data and search index, then compute what pages share, before they are forked."""
        exported = parallel.submit(self._exported)
        self._compute_data = lambda: exported
        self.texts.fill()
        indexed = parallel.submit(self._indexed)
        self._compute_index = lambda: indexed
        self.drawings = self._laid_out(LazyMapping.fill)
        self.charts.fill()
        self.pictures.fill()
        _ = self.booklet, self.data, self.render

    def missing_glyphs(self, root: Path) -> list[Diagnostic]:
        """Return a note for each place in the sources with a character that no font of the booklet has."""
        from handbook import parse

        return parse.missing_glyph_notices(root, self.booklet.missing_glyphs) if self.booklet else []

    def unshared(self) -> Outputs:
        """Return the same outputs anew, for another thread. Only the booklet is shared: it is immutable, and slow."""
        twin = Outputs(self.site, self.theme, with_booklet=self.with_booklet, prefer_dot=self.prefer_dot)
        if "booklet" in vars(self):
            twin.booklet = self.booklet
        return twin


def _by_path(files: Iterable[OutputFile]) -> dict[str, OutputFile]:
    return {file.path: file for file in files}
