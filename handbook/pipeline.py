"""The pipeline: sources → Site → every file of the site by its path. Each file is rendered when it is first read.

All commands read the same `Outputs`: `build` writes every file, `check` and `release` render every file and write none,
`serve` reads single paths. Only `_prepare` assumes that all files are required: it starts the worker processes and
computes the values that pages share before the process is forked for the pages, because workers cannot share results.

Engines are imported where they are first used, so that an error in the sources is reported after 0.1 s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar  # the default of Mapping.get

from handbook import cancellation, parallel
from handbook.diagnostics import Diagnostic, Report, SourceError
from handbook.lazy import LazyMapping
from handbook.model import Booklet, DataFile, Diagram, OutputFile, Site, SiteTexts, Theme

if TYPE_CHECKING:
    from handbook.render import PageRenderer, PageSource

T = TypeVar("T")
Layouts = LazyMapping[str, Diagram]


def load_site(root: Path, *, with_history: bool, on_read: Callable[..., object] = bool) -> tuple[Site, Theme, Report]:
    """Return the site, its theme, and the report on the sources.

    `with_history`: the pages show the changes that git has recorded; else they depend on the sources alone. `on_read`
    gets the plan as far as it is readable. Raises SourceError with every error in the sources.
    """
    from handbook import compare, parse, site
    from handbook.git import client, snapshots

    with client.time_budget() as budget:
        on_read((result := parse.read_plan(root)).plan)
        plan, theme = result.sound_plan(), parse.load_theme(root)
        history = compare.build_history(plan, parse.daily_plans(root) if with_history else ())
    report = result.report.with_notices((*theme.notices, *snapshots.slow_git_notices(budget)))
    return site.build_site(plan, history), theme, report


class Outputs(Mapping[str, OutputFile]):
    """Every file of a site by its path. Reading a value raises SourceError if a template is broken."""

    def __init__(
        self, site: Site, theme: Theme, *, with_booklet: bool, prefer_dot: bool, with_diagrams: bool = True
    ) -> None:
        self.site = site
        self.theme = theme
        self.with_booklet = with_booklet
        self.with_diagrams = with_diagrams
        self.prefer_dot = prefer_dot
        self.failures: list[Diagnostic] = []
        """Why diagrams or PDFs could not be made. Pages are rendered without them; `checked` raises these errors."""
        self._compute_data: Callable[[], Iterable[DataFile]] = self._exported
        self._compute_index: Callable[[], Iterable[OutputFile]] = self._indexed

    # --- values that files share ---

    @cached_property
    def texts(self) -> SiteTexts:
        """All prose as HTML, and all names split into phrases."""
        from handbook import markdown

        return markdown.lazy_texts(self.site)

    @cached_property
    def diagrams(self) -> Mapping[str, Diagram]:
        """The diagrams by name; empty without `with_diagrams` or if no layout engine works."""
        from handbook import diagram

        first = self.site.diagram_specs[0].name  # if the engine can lay out one diagram, it can lay out all
        return self._attempt(lambda: self._lay_out(diagram.render_diagrams, lambda made: made[first]), {})

    def _lay_out(self, build: Callable[..., Layouts], compute: Callable[[Layouts], object]) -> Mapping[str, Diagram]:
        """Return diagrams after calling `compute`; none without `with_diagrams`. Raises SourceError."""
        if not self.with_diagrams:
            return {}
        diagrams = build(self.site, self.texts, self.theme, prefer_dot=self.prefer_dot)
        compute(diagrams)
        return diagrams

    def _attempt(self, make: Callable[[], T], default: T) -> T:
        """Return the result of `make`, or `default` if it raises SourceError, which is recorded as a failure."""
        try:
            return make()
        except SourceError as error:
            self.failures += error.mistakes
            return default

    @cached_property
    def charts(self) -> LazyMapping[str, str]:
        """The charts by name, as SVG elements."""
        from handbook import chart

        return chart.charts(self.site, self.theme)

    @cached_property
    def inline_svgs(self) -> LazyMapping[str, str]:
        """Diagrams and charts by name, as SVG elements for use inside pages."""
        from handbook import diagram

        diagrams, charts = diagram.inline_svgs(self.diagrams, self.theme), self.charts
        return LazyMapping((*diagrams, *charts), lambda name: (diagrams if name in diagrams else charts)[name])

    @cached_property
    def booklet(self) -> Booklet | None:
        """The PDFs; None without `with_booklet` or if they cannot be made."""
        return self._attempt(self._typeset, None) if self.with_booklet else None

    def _typeset(self) -> Booklet:
        from handbook import booklet, diagram

        diagrams = self._lay_out(diagram.print_diagrams, LazyMapping.fill)
        return booklet.build_booklet(self.site, self.texts, diagrams, self.charts, self.theme)

    @cached_property
    def data(self) -> tuple[DataFile, ...]:
        """The files of open data, with the description of each on data.html."""
        return tuple(self._compute_data())

    def _exported(self) -> Iterable[DataFile]:
        from handbook import export, render

        return export.export_files(self.site, render.data_renderer(self.theme))

    def _indexed(self) -> Iterable[OutputFile]:
        from handbook import search_index

        return search_index.index_files(self.site, self.texts)

    # --- files ---

    @cached_property
    def render(self) -> PageRenderer:
        """The function that renders one page, redirect, robots.txt or sitemap.xml."""
        from handbook import render

        return render.page_renderer(
            self.site, self.texts, self.inline_svgs, self.theme, self.booklet, lambda: self.data
        )

    @cached_property
    def pages(self) -> Mapping[str, OutputFile]:
        """The rendered files by path. The paths are known without rendering any file."""
        from handbook import render

        forms = {render.path_of(form): form for form in (*self.site.pages, *render.extra_sources(self.site))}
        return LazyMapping(forms, lambda path: self.render(forms[path]))

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, OutputFile]]:
        """All other files in groups by prefix of their path. A group is made as a whole, when it is first read."""
        from handbook import diagram

        builders: dict[str, Callable[[], Mapping[str, OutputFile]]] = {
            "booklet/": lambda: _by_path(pdf.file for pdf in self.booklet.all_pdfs) if self.booklet else {},
            "diagrams/": lambda: diagram.diagram_files(self.diagrams, self.theme),
            "data/": lambda: _by_path(data_file.file for data_file in self.data),
            "search-index": lambda: _by_path(self._compute_index()),
            "": lambda: _by_path((*self.theme.files, *self.site.plan.images)),
        }
        return LazyMapping(builders, lambda prefix: builders[prefix]())

    def _group(self, path: object) -> Mapping[str, OutputFile]:
        return self.groups[next(prefix for prefix in self.groups if str(path).startswith(prefix))]

    def __getitem__(self, path: str) -> OutputFile:
        return self.pages[path] if path in self.pages else self._group(path)[path]

    def get(self, path: str, default: Any = None) -> Any:
        """Return a file, or `default` if there is none at the path. A KeyError raised by rendering is passed on."""
        return self[path] if path in self else default  # noqa: SIM401  # this is `get`

    def __contains__(self, path: object) -> bool:
        return path in self.pages or path in self._group(path)

    def __iter__(self) -> Iterator[str]:
        return chain(self.pages, *self.groups.values())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    # --- all files ---

    def checked(self) -> Iterator[OutputFile]:
        """Return an iterator over every file. At its end it raises SourceError if one has an error or is missing."""
        from handbook import check

        return check.check_stream(self.stream(check.file_scanner(self.site)), self.site, self.failures)

    def stream(self, scan: Callable[[OutputFile], T]) -> Iterator[tuple[OutputFile, T]]:
        """Return an iterator over every file with the result of `scan`. It raises SourceError if a template is broken.

        A page is rendered and scanned in the same worker, and not stored.
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
        """Start the workers for data and search index, then compute what pages share, before the page workers fork."""
        from handbook import diagram

        exported = parallel.submit(self._exported)
        self._compute_data = lambda: exported
        self.texts.fill()
        indexed = parallel.submit(self._indexed)
        self._compute_index = lambda: indexed
        self.diagrams = self._attempt(lambda: self._lay_out(diagram.render_diagrams, LazyMapping.fill), {})
        for name in cancellation.steps(("charts", "inline_svgs", "booklet", "data", "render")):
            if isinstance(value := getattr(self, name), LazyMapping):
                value.fill()

    def notices(self, root: Path) -> list[Diagnostic]:
        """Return the notices on the output: a missing contact, and what the booklet prints in another way."""
        from handbook import parse

        notices, made = parse.missing_contact_notice(self.site.plan), self.booklet
        return notices + (parse.booklet_notices(root, made.missing_glyphs, made.long_words) if made else [])

    def unshared(self) -> Outputs:
        """Return a copy without computed values, for another thread. Only the booklet is shared, because it is slow."""
        options = {name: getattr(self, name) for name in ("with_booklet", "prefer_dot", "with_diagrams")}
        copy = Outputs(self.site, self.theme, **options)
        if "booklet" in vars(self):
            copy.booklet = self.booklet
            copy.failures = list(self.failures)
        return copy


def _by_path(files: Iterable[OutputFile]) -> dict[str, OutputFile]:
    return {file.path: file for file in files}
