"""templates/ and theme/ → how the site looks."""

from __future__ import annotations

import re
from pathlib import Path

from handbook.load.source import data, folder
from handbook.mistakes import Mistake, Place, SourceError
from handbook.model import File, Theme

OWN = Path(__file__).resolve().parents[2]
"""Where the templates/ and theme/ stand that serve when a plan's folder has none of its own."""
FONTS = "fonts"
"""The folder in theme/ with the typefaces of the booklet."""
FONT_ENDINGS = (".otf", ".ttf", ".ttc", ".otc")
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
_SCHEME = re.compile(r"@media[^{]*\{(?:[^{}]|\{[^{}]*\})*\}")


def theme(root: Path) -> Theme:
    """Return templates and theme: the folder's own files first, the product's for the rest.

    Raises SourceError where a file cannot be read.
    """
    mistakes: list[Mistake] = []
    templates = _texts(root, "templates", mistakes)
    files = _bytes(root, "theme", mistakes)
    fonts = _bytes(root, f"theme/{FONTS}", mistakes)
    mistakes += [_not_a_font(name) for name in fonts if not name.lower().endswith(FONT_ENDINGS)]
    if mistakes:
        raise SourceError(mistakes)
    tokens: dict[str, str] = {}
    for css in ((OWN / "theme/tokens.css").read_bytes(), files["tokens.css"]):
        light = _SCHEME.sub("", css.decode("utf-8", "replace"))
        tokens |= {found[1]: found[2].strip() for found in _TOKEN.finditer(light)}
    published = tuple(File(f"theme/{name}", data) for name, data in sorted(files.items()))
    return Theme(templates, published, tokens, tuple(File(name, data) for name, data in sorted(fonts.items())))


def _not_a_font(name: str) -> Mistake:
    hint = f"冊子の書体（{' '.join(FONT_ENDINGS)}）だけを置きます"
    return Mistake(Place(f"theme/{FONTS}/{name}", 1, 1), "unknown-file", f"`{name}` は書体ではありません", hint)


def _texts(root: Path, part: str, mistakes: list[Mistake]) -> dict[str, str]:
    texts = {}
    for name, held in _bytes(root, part, mistakes).items():
        try:
            texts[name] = held.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            place = Place(f"{part}/{name}", 1, 1)
            hint = "文字コードを UTF-8 にして保存し直してください"
            mistakes.append(Mistake(place, "not-utf-8", "文字コードが UTF-8 ではありません", hint))
    return texts


def _bytes(root: Path, part: str, mistakes: list[Mistake]) -> dict[str, bytes]:
    """Read a folder's files by name, those of the plan's own folder over those of the product."""
    found: dict[str, bytes] = {}
    for place in dict.fromkeys((OWN, root.resolve())):
        inside, wrong = folder(place / part, part)
        mistakes += wrong
        for file in inside:
            if file.name == FONTS and part == "theme":
                continue
            held = data(file.path, f"{part}/{file.name}")
            if isinstance(held, Mistake):
                mistakes.append(held)
            else:
                found[file.name] = held
    return found
