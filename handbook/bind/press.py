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

from handbook.bind import NoBooklet
from handbook.mistakes import Mistake, Place, show
from handbook.model import File, Theme

TEMPLATE = "booklet.typ"
"""The template in templates/booklet/ of all documents but the comparison."""
STANDARDS: tuple[Literal["a-2a", "ua-1"], ...] = ("a-2a", "ua-1")
"""For the archive, and for everybody's reader."""
WHEELS = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
"""The fonts that come with our requirements; what stands in theme/fonts/ is asked first."""
LARGE = 5_000_000
"""Bytes of a PDF after which memory counts."""
KEPT = 10
"""The engine keeps all it has laid out for so many documents more; that many empty ones make it let go."""
STAND_IN = "〓"
"""What Japanese printers set for a sign that their cases lack."""
NAMING = frozenset({"id", "to", "label", "url", "src", "address", "permalink"})
"""Keys of a manuscript whose values name a place and are never read as words."""
_PACKAGE = re.compile(r'"@')
_WHERE = re.compile(r"templates/([\w./-]+):(\d+):(\d+)")
_LACKING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
"""How the engine writes signs that nobody sees."""


@dataclass(frozen=True, slots=True)
class Printer:
    """Sets manuscripts. Call it: a manuscript → its PDF."""

    root: Path
    """The folder that the engine sees."""
    engine: typst.Compiler
    idle: typst.Compiler
    """Sets nothing, see KEPT."""
    faces: Sequence[str]
    """The typefaces, the first asked first."""
    theme: Theme
    lacking: set[str]
    """Signs met so far that no typeface has; in their place stands STAND_IN."""

    def __call__(self, manuscript: Mapping[str, Any]) -> bytes:
        """Raise NoBooklet where the template is broken."""
        try:
            made = self._set(manuscript)
        except typst.TypstError as error:
            lacking = {
                _ESCAPE.sub(lambda code: chr(int(code[1], 16)), sign) for sign in _LACKING.findall(error.diagnostic)
            }
            if lacking <= self.lacking | {STAND_IN}:
                raise NoBooklet(_explained(error, self.theme)) from error
            self.lacking.update(lacking)
            return self(manuscript)
        for _ in range(KEPT if len(made) > LARGE else 0):
            self.idle.compile(format="svg")
        return made

    def _set(self, manuscript: Mapping[str, Any]) -> bytes:
        shown = stood_in(dict(manuscript), self.lacking) | {"faces": self.faces}
        (self.root / "manuscript.json").write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
        made, doubts = self.engine.compile_with_warnings(format="pdf", pdf_standards=list(STANDARDS))
        # A typeface that is not there would be replaced by another in silence.
        for doubt in doubts:
            if "font family" in doubt.message:
                raise NoBooklet(_explained(doubt, self.theme))
        if not isinstance(made, bytes):
            raise NoBooklet("冊子を作る道具が、PDF を返しませんでした")
        return made


def stood_in(data: Any, lacking: Collection[str]) -> Any:
    """Return plain data with STAND_IN for every lacking sign that is shown; what names a place stays as it is."""
    if not lacking:
        return data
    match data:
        case str():
            return re.sub("|".join(map(re.escape, sorted(lacking))), STAND_IN, data)
        case dict():
            return {key: held if key in NAMING else stood_in(held, lacking) for key, held in data.items()}
        case list() | tuple():
            return [stood_in(held, lacking) for held in data]
    return data


@contextmanager
def press(theme: Theme, images: Iterable[File], template: str = TEMPLATE) -> Iterator[Printer]:
    """Yield a printer that sets manuscripts with a template of templates/booklet/, the theme's fonts and the images.

    Raises NoBooklet where the fonts are missing.
    """
    _refuse_packages(theme)
    with TemporaryDirectory(prefix="booklet-") as folder:
        root = Path(folder)
        _laid_out(root, theme, images)
        own = [str(root / "fonts")] if theme.fonts else []
        fonts, mine = (
            typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
            for paths in ([*own, *_wheel_fonts()], own)
        )
        families = [*mine.families(), *(name for name in fonts.families() if name not in mine.families())]
        if not families:
            names = " ".join(name.replace("_", "-") for name in WHEELS)
            raise NoBooklet(f"冊子の書体がありません。`pip install {names}` か、theme/fonts/ に書体を置いてください")
        engine, idle = (
            typst.Compiler(str(root / source), root=str(root), font_paths=fonts, ignore_system_fonts=True)
            for source in (f"templates/booklet/{template}", "empty.typ")
        )
        yield Printer(root, engine, idle, families, theme, set())


def _refuse_packages(theme: Theme) -> None:
    """Refuse templates that would fetch something: the engine downloads packages without asking."""
    for name, text in theme.templates.items():
        for number, line in enumerate(text.split("\n") if name.startswith("booklet/") else (), 1):
            if found := _PACKAGE.search(line):
                place = Place(f"templates/{name}", number, found.start() + 1)
                message = "冊子のひな形から、よそのパッケージは読み込めません"
                hint = "使いたいものは、templates/booklet/ に .typ ファイルとして置きます"
                raise NoBooklet(show(Mistake(place, "outside-file", message, hint, line)))


def _laid_out(root: Path, theme: Theme, images: Iterable[File]) -> None:
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


def _wheel_fonts() -> list[str]:
    """Return the folders of the fonts that are installed."""
    found = (importlib.util.find_spec(name) for name in WHEELS)
    return [folder for spec in found if spec for folder in spec.submodule_search_locations or ()]


def _explained(error: Any, theme: Theme) -> str:
    """Return the engine's complaint in the editor's form, at the innermost line of a template it names."""
    if lacking := _LACKING.search(error.message):
        return f"冊子のひな形に、冊子の書体にない字「{lacking[1]}」があります"
    where = _WHERE.search(error.diagnostic) or next(filter(None, map(_WHERE.search, error.trace)), None)
    name, line, column = (where[1], int(where[2]), int(where[3])) if where else (f"booklet/{TEMPLATE}", 1, 1)
    lines = theme.templates.get(name, "").split("\n")
    excerpt = lines[line - 1] if where and line <= len(lines) else ""
    message = f"冊子のひな形を組めません（{error.message}）"
    return show(Mistake(Place(f"templates/{name}", line, column), "broken-template", message, "", excerpt))
