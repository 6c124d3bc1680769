"""Compile the data of a document into a PDF with Typst. The only module that imports typst.

Typst reads one temporary folder, which contains the templates, the images, the fonts and the data as JSON. It can read
no other file, and a template that imports a package from the network is rejected before Typst starts.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal, cast  # JSON of any depth, and an untyped library

import typst

from handbook import interrupts
from handbook.booklet import WITHOUT_BOOKLET
from handbook.booklet.long_words import LONG_WORD, WORD, long_words
from handbook.booklet.post_process import post_process
from handbook.booklet.typst_errors import MISSING_GLYPH_WARNING, typst_diagnostics
from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.model import OutputFile, Theme
from handbook.patterns import PLAN_FILE
from handbook.pictures import print_picture

BOOKLET_TEMPLATE = "booklet.typ"
"""The template in templates/booklet/ of all documents except the comparison."""
PDF_STANDARDS: tuple[Literal["a-2a", "ua-1"], ...] = ("a-2a", "ua-1")
"""PDF/A for archives and PDF/UA for screen readers."""
FONT_PACKAGES = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
"""Installed packages with the default fonts. The fonts in theme/fonts/ come before them."""
MAX_PICTURE_INCHES = 167 / 25.4, 251 / 25.4
"""Width and height of the text block of an A4 page, see templates/booklet/settings.typ."""
EVICT_CACHE_BYTES = 5_000_000
"""Size of a PDF after which the cache of Typst is cleared, to limit memory."""
CACHE_EVICTION_RUNS = 10
"""Typst keeps a cached layout for this many compilations. Compiling an empty document as often clears the cache."""
MISSING_GLYPH_MARK = "〓"
"""Printed in place of a character that no font contains (the geta mark of Japanese printers)."""
NON_TEXT_KEYS = frozenset({"id", "target", "label", "url", "src", "page_url", "base_url"})
"""Keys of the data whose values are labels, paths or URLs; their characters are never replaced."""
DRAWING_KEYS = frozenset({"chart", "qr_code", "lines", "name_phrases", "title_phrases", "subject_phrases"})
"""Keys of the data whose values are drawings, or parts of other texts."""
_PACKAGE_IMPORT = re.compile(r'"@')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
"""How Typst writes invisible characters in its messages."""


@dataclass(frozen=True, slots=True)
class PdfCompiler:
    """Compiles the data of a document into a PDF when called."""

    root: Path
    """The only folder that Typst can read."""
    compiler: typst.Compiler
    empty_compiler: typst.Compiler
    """Compiles an empty document, see CACHE_EVICTION_RUNS."""
    font_families: Sequence[str]
    """In order of preference."""
    theme: Theme
    long_words: set[str]
    """Words found so far that are broken at the end of a line."""
    missing_glyphs: set[str]
    """Characters found so far that no font contains. They are replaced by MISSING_GLYPH_MARK."""

    def __call__(self, data: Mapping[str, object]) -> bytes:
        """Return the PDF. Raises SourceError if the template is broken."""
        self.long_words.update(long_words(data, NON_TEXT_KEYS | DRAWING_KEYS))
        try:
            pdf = self._compile(data)
        except typst.TypstError as error:
            missing = {
                _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), character)
                for character in MISSING_GLYPH_WARNING.findall(error.diagnostic)
            }
            if missing <= self.missing_glyphs | {MISSING_GLYPH_MARK}:
                raise SourceError(typst_diagnostics(error, self.theme)) from error
            self.missing_glyphs.update(missing)
            return self(data)
        for _ in range(CACHE_EVICTION_RUNS if len(pdf) > EVICT_CACHE_BYTES else 0):
            self.empty_compiler.compile(format="svg")
        return post_process(pdf)

    def _compile(self, data: Mapping[str, object]) -> bytes:
        printable = replace_missing_glyphs(dict(data), self.missing_glyphs) | {
            "font_families": self.font_families,
            "word": WORD,
            "long_word": LONG_WORD,
        }
        (self.root / "document.json").write_text(json.dumps(printable, ensure_ascii=False), encoding="utf-8")
        pdf, warnings = interrupts.run_in_thread(
            lambda: self.compiler.compile_with_warnings(format="pdf", pdf_standards=list(PDF_STANDARDS))
        )
        # Typst replaces a missing font by another one and only warns.
        for warning in warnings:
            if "font family" in warning.message:
                raise SourceError(typst_diagnostics(warning, self.theme))
        return cast("bytes", pdf)  # a list only for other formats


def replace_missing_glyphs(data: Any, missing: Collection[str]) -> Any:  # plain data of any depth
    """Return plain data with MISSING_GLYPH_MARK for each missing character, except in the values of NON_TEXT_KEYS."""
    if not missing:
        return data
    match data:
        case str():
            return re.sub("|".join(map(re.escape, sorted(missing))), MISSING_GLYPH_MARK, data)
        case dict():
            return {
                key: value if key in NON_TEXT_KEYS else replace_missing_glyphs(value, missing)
                for key, value in data.items()
            }
        case list() | tuple():
            return [replace_missing_glyphs(item, missing) for item in data]
    return data


@contextmanager
def open_pdf_compiler(
    theme: Theme, images: Iterable[OutputFile], template: str = BOOKLET_TEMPLATE
) -> Iterator[PdfCompiler]:
    """Yield a compiler for one template of templates/booklet/ with the theme's fonts and the given images.

    Raises SourceError if a font is missing or unreadable, or a template imports a package.
    """
    _reject_package_imports(theme)
    with interrupts.temporary_folder("booklet-") as root:
        _write_compiler_inputs(root, theme, images)
        theme_dirs = [str(root / "fonts")] if theme.fonts else []
        installed_dirs = _installed_font_dirs(required=not theme.fonts)
        fonts, theme_fonts = (
            typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
            for paths in ([*theme_dirs, *installed_dirs], theme_dirs)
        )
        _reject_unreadable_fonts(theme, theme_fonts)
        theme_families = theme_fonts.families()
        families = [*theme_families, *(name for name in fonts.families() if name not in theme_families)]
        compiler, empty_compiler = (
            typst.Compiler(str(root / source), root=str(root), font_paths=fonts, ignore_system_fonts=True)
            for source in (f"templates/booklet/{template}", "empty.typ")
        )
        yield PdfCompiler(root, compiler, empty_compiler, families, theme, set(), set())


def _reject_package_imports(theme: Theme) -> None:
    """Raise SourceError if a template imports a package, since Typst would download it."""
    for name, text in theme.templates.items():
        for number, line in enumerate(text.split("\n") if name.startswith("booklet/") else (), 1):
            if match := _PACKAGE_IMPORT.search(line):
                span = SourceSpan(f"templates/{name}", number, match.start() + 1)
                message = "冊子のひな形から、よそのパッケージは読み込めません"
                hint = "使いたいものは、templates/booklet/ に .typ ファイルとして置きます"
                raise SourceError([Diagnostic(span, "external-file", message, hint, line)])


def _write_compiler_inputs(root: Path, theme: Theme, images: Iterable[OutputFile]) -> None:
    """Write the files that Typst may read into its folder."""
    for folder in ("templates/booklet", "images", "fonts"):
        (root / folder).mkdir(parents=True)
    (root / "empty.typ").touch()
    for name, text in theme.templates.items():
        if name.startswith("booklet/"):
            (root / "templates" / name).write_text(text, encoding="utf-8")
    for image in images:
        (root / image.path).write_bytes(print_picture(image.data, PurePosixPath(image.path).suffix, MAX_PICTURE_INCHES))
    for font in theme.fonts:
        (root / "fonts" / font.path).write_bytes(font.data)


def _installed_font_dirs(*, required: bool) -> list[str]:
    """Return the folders of the installed font packages. Raises SourceError if one is missing and `required`."""
    specs = {name: importlib.util.find_spec(name) for name in FONT_PACKAGES}
    missing = [name.replace("_", "-") for name, spec in specs.items() if not spec]
    if missing and required:
        hint = f"`pip install {' '.join(missing)}` で入れるか、theme/fonts/ に書体を置いてください。{WITHOUT_BOOKLET}"
        message = f"冊子の書体（{' '.join(missing)}）がないので、冊子を作れません"
        raise SourceError([Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "no-booklet", message, hint)])
    return [folder for spec in specs.values() if spec for folder in spec.submodule_search_locations or ()]


def _reject_unreadable_fonts(theme: Theme, fonts: typst.Fonts) -> None:
    """Raise SourceError if Typst ignores a file of theme/fonts/ without a warning, because it cannot read it."""
    read = {Path(str(font.path)).name for font in fonts.fonts()}
    hint = "書体のファイル（.otf か .ttf）を置き直すか、消してください"
    unread = [font.path for font in theme.fonts if font.path not in read]
    if unread:
        spans = (SourceSpan(f"theme/fonts/{name}", 1, 1) for name in unread)
        raise SourceError(Diagnostic(span, "broken-font", "書体として読めません", hint) for span in spans)
