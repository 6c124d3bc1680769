"""Manuscripts → PDFs. The only module that knows Typst.

The engine sees one folder of its own, gone afterwards: the templates, the pictures, the manuscript as JSON. It can
read nothing else, and a template that asks for a package from the network is refused before it starts.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from handbook.mistakes import Mistake, Place, show
from handbook.model import File, Theme

TEMPLATE = "booklet.typ"
"""The look of the booklet's family."""
STANDARDS: tuple[Literal["a-2a", "ua-1"], ...] = ("a-2a", "ua-1")
"""For the archive, and for everybody's reader."""
WHEELS = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
"""The fonts that come with our requirements; what stands in theme/fonts/ is asked first."""
_PACKAGE = re.compile(r'"@')
_WHERE = re.compile(r"templates/([\w.-]+):(\d+):(\d+)")
_LACKING = re.compile(r'the text `"(.+?)"` could not be displayed')

Printer = Callable[[Mapping[str, Any]], bytes]
"""A manuscript → its PDF."""


class NoBooklet(Exception):
    """The booklet could not be made; the message says why and where, in Japanese."""


@contextmanager
def press(theme: Theme, images: Iterable[File], template: str = TEMPLATE) -> Iterator[Printer]:
    """Lend a printer that sets manuscripts with one of the theme's templates, its fonts and these pictures.

    Raises NoBooklet where the engine or the fonts are missing, and from the printer where the template is broken.
    """
    try:
        import typst  # noqa: PLC0415  # a site is built without it too
    except ImportError as error:
        raise NoBooklet("冊子を作る道具がありません。`pip install typst` で入れてください") from error
    _refuse_packages(theme)
    with TemporaryDirectory(prefix="booklet-") as folder:
        root = Path(folder)
        _laid_out(root, theme, images)
        own = [str(root / "fonts")] if theme.fonts else []
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[*own, *_wheel_fonts()]
        )
        mine = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=own).families()
        families = [*mine, *(name for name in fonts.families() if name not in mine)]
        if not families:
            names = " ".join(name.replace("_", "-") for name in WHEELS)
            raise NoBooklet(f"冊子の書体がありません。`pip install {names}` か、theme/fonts/ に書体を置いてください")
        source = root / "templates" / template
        engine = typst.Compiler(str(source), root=str(root), font_paths=fonts, ignore_system_fonts=True)

        def printed(manuscript: Mapping[str, Any]) -> bytes:
            told = json.dumps({**manuscript, "faces": families}, ensure_ascii=False)
            (root / "manuscript.json").write_text(told, encoding="utf-8")
            try:
                made, doubts = engine.compile_with_warnings(format="pdf", pdf_standards=list(STANDARDS))
            except typst.TypstError as error:
                raise NoBooklet(_explained(error, theme)) from error
            # A typeface that is not there would be replaced by another in silence.
            for doubt in doubts:
                if "font family" in doubt.message:
                    raise NoBooklet(_explained(doubt, theme))
            if not isinstance(made, bytes):
                raise NoBooklet("冊子を作る道具が、PDF を返しませんでした")
            return made

        yield printed


def _refuse_packages(theme: Theme) -> None:
    """Refuse templates that would fetch something: the engine downloads packages without asking."""
    for name, text in theme.templates.items():
        for number, line in enumerate(text.split("\n") if name.endswith(".typ") else (), 1):
            if found := _PACKAGE.search(line):
                place = Place(f"templates/{name}", number, found.start() + 1)
                message = "冊子のひな形から、よそのパッケージは読み込めません"
                hint = "使いたいものは、templates/ に .typ ファイルとして置きます"
                raise NoBooklet(show(Mistake(place, "outside-file", message, hint, line)))


def _laid_out(root: Path, theme: Theme, images: Iterable[File]) -> None:
    """Put what the engine may see into its folder."""
    for part in ("templates", "images", "fonts"):
        (root / part).mkdir()
    for name, text in theme.templates.items():
        if name.endswith(".typ"):
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
        advice = "その字のある書体を theme/fonts/ に置くか、ほかの字で書いてください"
        return f"冊子の書体に「{lacking[1]}」の字がありません。{advice}"
    where = _WHERE.search(error.diagnostic) or next(filter(None, map(_WHERE.search, error.trace)), None)
    name, line, column = (where[1], int(where[2]), int(where[3])) if where else (TEMPLATE, 1, 1)
    lines = theme.templates.get(name, "").split("\n")
    excerpt = lines[line - 1] if where and line <= len(lines) else ""
    message = f"冊子のひな形を組めません（{error.message}）"
    return show(Mistake(Place(f"templates/{name}", line, column), "broken-template", message, "", excerpt))
