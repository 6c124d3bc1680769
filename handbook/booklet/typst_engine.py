"""Manuscripts → PDFs. The only module that knows Typst.

The engine sees one folder of its own, gone afterwards: the templates, the pictures, the manuscript as JSON. It can
read nothing else, and a template that asks for a package from the network is refused before it starts.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import typst

from handbook.booklet import BookletError
from handbook.diagnostics import Diagnostic, SourceSpan, format_diagnostic
from handbook.model import OutputFile, Theme

BOOKLET_TEMPLATE = "booklet.typ"
"""The template in templates/booklet/ of all documents but the comparison."""
PDF_STANDARDS: tuple[Literal["a-2a", "ua-1"], ...] = ("a-2a", "ua-1")
"""For the archive, and for everybody's reader."""
FONT_PACKAGES = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
"""The fonts that come with our requirements; what stands in theme/fonts/ is asked first."""
EVICT_CACHE_BYTES = 5_000_000
"""Bytes of a PDF after which memory counts."""
CACHE_EVICTION_RUNS = 10
"""The engine keeps all it has laid out for so many documents more; that many empty ones make it let go."""
MISSING_GLYPH_MARK = "〓"
"""What Japanese printers set for a sign that their cases lack."""
NON_TEXT_KEYS = frozenset({"id", "to", "label", "url", "src", "address", "permalink"})
"""Keys of a manuscript whose values name a place and are never read as words."""
_PACKAGE = re.compile(r'"@')
_TEMPLATE_LOCATION = re.compile(r"templates/([\w./-]+):(\d+):(\d+)")
_MISSING_GLYPH_WARNING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
"""How the engine writes signs that nobody sees."""


@dataclass(frozen=True, slots=True)
class PdfCompiler:
    """Sets manuscripts. Call it: a manuscript → its PDF."""

    root: Path
    """The folder that the engine sees."""
    compiler: typst.Compiler
    empty_compiler: typst.Compiler
    """Sets nothing, see KEPT."""
    font_families: Sequence[str]
    """The typefaces, the first asked first."""
    theme: Theme
    missing_glyphs: set[str]
    """Signs met so far that no typeface has; in their place stands STAND_IN."""

    def __call__(self, manuscript: Mapping[str, Any]) -> bytes:
        """Raise NoBooklet where the template is broken."""
        try:
            made = self._compile(manuscript)
        except typst.TypstError as error:
            lacking = {
                _ESCAPE.sub(lambda code: chr(int(code[1], 16)), sign)
                for sign in _MISSING_GLYPH_WARNING.findall(error.diagnostic)
            }
            if lacking <= self.missing_glyphs | {MISSING_GLYPH_MARK}:
                raise BookletError(_format_typst_error(error, self.theme)) from error
            self.missing_glyphs.update(lacking)
            return self(manuscript)
        for _ in range(CACHE_EVICTION_RUNS if len(made) > EVICT_CACHE_BYTES else 0):
            self.empty_compiler.compile(format="svg")
        return made

    def _compile(self, manuscript: Mapping[str, Any]) -> bytes:
        shown = replace_missing_glyphs(dict(manuscript), self.missing_glyphs) | {"faces": self.font_families}
        (self.root / "manuscript.json").write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
        made, doubts = self.compiler.compile_with_warnings(format="pdf", pdf_standards=list(PDF_STANDARDS))
        # A typeface that is not there would be replaced by another in silence.
        for doubt in doubts:
            if "font family" in doubt.message:
                raise BookletError(_format_typst_error(doubt, self.theme))
        if not isinstance(made, bytes):
            raise BookletError("冊子を作る道具が、PDF を返しませんでした")
        return made


def replace_missing_glyphs(data: Any, lacking: Collection[str]) -> Any:
    """Return plain data with STAND_IN for every lacking sign that is shown; what names a place stays as it is."""
    if not lacking:
        return data
    match data:
        case str():
            return re.sub("|".join(map(re.escape, sorted(lacking))), MISSING_GLYPH_MARK, data)
        case dict():
            return {
                key: held if key in NON_TEXT_KEYS else replace_missing_glyphs(held, lacking)
                for key, held in data.items()
            }
        case list() | tuple():
            return [replace_missing_glyphs(held, lacking) for held in data]
    return data


@contextmanager
def open_pdf_compiler(
    theme: Theme, images: Iterable[OutputFile], template: str = BOOKLET_TEMPLATE
) -> Iterator[PdfCompiler]:
    """Yield a printer that sets manuscripts with a template of templates/booklet/, the theme's fonts and the images.

    Raises NoBooklet where the fonts are missing.
    """
    _reject_package_imports(theme)
    with TemporaryDirectory(prefix="booklet-") as folder:
        root = Path(folder)
        _write_compiler_inputs(root, theme, images)
        own = [str(root / "fonts")] if theme.fonts else []
        fonts, mine = (
            typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
            for paths in ([*own, *_installed_font_dirs()], own)
        )
        families = [*mine.families(), *(name for name in fonts.families() if name not in mine.families())]
        if not families:
            names = " ".join(name.replace("_", "-") for name in FONT_PACKAGES)
            raise BookletError(f"冊子の書体がありません。`pip install {names}` か、theme/fonts/ に書体を置いてください")
        engine, idle = (
            typst.Compiler(str(root / source), root=str(root), font_paths=fonts, ignore_system_fonts=True)
            for source in (f"templates/booklet/{template}", "empty.typ")
        )
        yield PdfCompiler(root, engine, idle, families, theme, set())


def _reject_package_imports(theme: Theme) -> None:
    """Refuse templates that would fetch something: the engine downloads packages without asking."""
    for name, text in theme.templates.items():
        for number, line in enumerate(text.split("\n") if name.startswith("booklet/") else (), 1):
            if found := _PACKAGE.search(line):
                place = SourceSpan(f"templates/{name}", number, found.start() + 1)
                message = "冊子のひな形から、よそのパッケージは読み込めません"
                hint = "使いたいものは、templates/booklet/ に .typ ファイルとして置きます"
                raise BookletError(format_diagnostic(Diagnostic(place, "external-file", message, hint, line)))


def _write_compiler_inputs(root: Path, theme: Theme, images: Iterable[OutputFile]) -> None:
    """Put what the engine may see into its folder."""
    for part in ("templates/booklet", "images", "fonts"):
        (root / part).mkdir(parents=True)
    (root / "empty.typ").touch()
    for name, text in theme.templates.items():
        if name.startswith("booklet/"):
            (root / "templates" / name).write_text(text, encoding="utf-8")
    for image in images:
        (root / image.path).write_bytes(image.data)
    for font in theme.fonts:
        (root / "fonts" / font.path).write_bytes(font.data)


def _installed_font_dirs() -> list[str]:
    """Return the folders of the fonts that are installed."""
    found = (importlib.util.find_spec(name) for name in FONT_PACKAGES)
    return [folder for spec in found if spec for folder in spec.submodule_search_locations or ()]


def _format_typst_error(error: Any, theme: Theme) -> str:
    """Return the engine's complaint in the editor's form, at the innermost line of a template it names."""
    if lacking := _MISSING_GLYPH_WARNING.search(error.message):
        return f"冊子のひな形に、冊子の書体にない字「{lacking[1]}」があります"
    where = _TEMPLATE_LOCATION.search(error.diagnostic) or next(
        filter(None, map(_TEMPLATE_LOCATION.search, error.trace)), None
    )
    name, line, column = (where[1], int(where[2]), int(where[3])) if where else (f"booklet/{BOOKLET_TEMPLATE}", 1, 1)
    lines = theme.templates.get(name, "").split("\n")
    excerpt = lines[line - 1] if where and line <= len(lines) else ""
    message = f"冊子のひな形を組めません（{error.message}）"
    return format_diagnostic(
        Diagnostic(SourceSpan(f"templates/{name}", line, column), "broken-template", message, "", excerpt)
    )
