"""Read templates/ and theme/: templates, style sheets and fonts."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.former_templates import NEW_PATHS, NEW_TOKENS
from handbook.model import OutputFile, Theme
from handbook.parse.source import list_folder, read_bytes
from handbook.text_edits import TextEdit

BUILTIN_DIR = Path(__file__).resolve().parents[2]
"""The product's folder, whose templates/ and theme/ are the default for every plan."""
TEMPLATE_FOLDERS = ("pages", "partials", "booklet")
"""The folders of templates/. Jinja reads the first two, Typst the third."""
COMPARISON_CSS = "comparison.css"
"""The style of the comparison page, in theme/. The page contains it, so no site publishes it."""
FONTS_DIR = "fonts"
"""The folder in theme/ with the fonts of the booklet."""
FONT_SUFFIXES = (".otf", ".ttf", ".ttc", ".otc")
_CSS_VARIABLE = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
_PROPERTY = re.compile(r"(?<![\w-])--[\w-]+")
_MEDIA_BLOCK = re.compile(r"@media[^{]*\{(?:[^{}]|\{[^{}]*\})*\}")


def load_theme(root: Path) -> Theme:
    """Return templates and theme: the folder's own files first, the product's for the rest.

    Raises SourceError if a file cannot be read or is in the wrong folder.
    """
    errors: list[Diagnostic] = []
    template_data = _templates(root, errors)
    templates = {name: _text(content, f"templates/{name}", errors) for name, content in template_data.items()}
    files = _own_or_default(root, "theme", errors)
    for name, content in files.items():
        if name.endswith(".css"):
            errors += _renamed_tokens(f"theme/{name}", content.decode("utf-8", "replace"))
    comparison_css = _text(files.pop(COMPARISON_CSS, b""), f"theme/{COMPARISON_CSS}", errors)
    fonts = _own_or_default(root, f"theme/{FONTS_DIR}", errors)
    errors += [_font_error(name) for name in fonts if not name.lower().endswith(FONT_SUFFIXES)]
    if errors:
        raise SourceError(errors)
    tokens: dict[str, str] = {}
    for css in ((BUILTIN_DIR / "theme/tokens.css").read_bytes(), files["tokens.css"]):
        light = _MEDIA_BLOCK.sub("", css.decode("utf-8", "replace"))
        tokens |= {match[1]: match[2].strip() for match in _CSS_VARIABLE.finditer(light)}
    published = tuple(OutputFile(f"theme/{name}", data) for name, data in sorted(files.items()))
    font_files = tuple(OutputFile(name, data) for name, data in sorted(fonts.items()))
    return Theme(templates, published, tokens, font_files, comparison_css)


def _font_error(name: str) -> Diagnostic:
    hint = f"冊子の書体（{' '.join(FONT_SUFFIXES)}）だけを置きます"
    return Diagnostic(
        SourceSpan(f"theme/{FONTS_DIR}/{name}", 1, 1), "unknown-file", f"`{name}` は書体ではありません", hint
    )


def _templates(root: Path, errors: list[Diagnostic]) -> dict[str, bytes]:
    """Return the files of the folders in templates/ by path in templates/, like `pages/home.html`."""
    templates: dict[str, bytes] = {}
    for parent in _folders(root):
        entries, folder_errors = list_folder(parent / "templates", "templates")
        errors += folder_errors
        for entry in entries:
            if entry.name not in TEMPLATE_FOLDERS:
                errors.append(_misplaced_file_error(entry))
                continue
            files = _files(parent, f"templates/{entry.name}", errors)
            templates |= {f"{entry.name}/{name}": content for name, content in files.items()}
    return templates


def _misplaced_file_error(entry: os.DirEntry[str]) -> Diagnostic:
    """Return the error for a file or a folder in templates/ that no build reads."""
    path = f"templates/{entry.name}"
    span = SourceSpan(path, 1, 1)
    if moved := NEW_PATHS.get(path):
        hint = f"このファイルを `{moved}` に移してください"
        return Diagnostic(span, "moved-template", f"`{path}` の置き場所は `{moved}` に変わりました", hint)
    folders = "、".join(f"`templates/{name}/`" for name in TEMPLATE_FOLDERS)
    hint = f"{folders} のどれかに移してください"
    if entry.is_dir(follow_symlinks=False):
        hint = f"中のファイルを {folders} のどれかに移して、このフォルダーを消してください"
    return Diagnostic(span, "unknown-file", f"`{path}` は使われません", hint)


def _renamed_tokens(path: str, css: str) -> Iterator[Diagnostic]:
    """Yield an error for each former name of a custom property, at its first place in the style sheet."""
    places: dict[str, list[tuple[int, int, str]]] = {}
    for number, line in enumerate(css.split("\n"), 1):
        for match in _PROPERTY.finditer(line.removesuffix("\r")):
            if match[0] in NEW_TOKENS:
                places.setdefault(match[0], []).append((number, match.start() + 1, line.removesuffix("\r")))
    for former, found in places.items():
        name, (number, column, line) = NEW_TOKENS[former], found[0]
        message = f"`{former}` の名前は `{name}` に変わりました"
        hint = f"このファイルの `{former}` を、すべて `{name}` に直してください"
        mistake = Diagnostic(SourceSpan(path, number, column, len(former)), "renamed-token", message, hint, line)
        yield mistake.with_fix(
            *(TextEdit(file=path, line=at, column=start, old=former, new=name) for at, start, _ in found)
        )


def _text(content: bytes, path: str, errors: list[Diagnostic]) -> str:
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        hint = "文字コードを UTF-8 にして保存し直してください"
        errors.append(Diagnostic(SourceSpan(path, 1, 1), "not-utf-8", "文字コードが UTF-8 ではありません", hint))
        return ""


def _folders(root: Path) -> tuple[Path, ...]:
    """Return the product's folder and the plan's. A file of the later one replaces a file of the earlier one."""
    return tuple(dict.fromkeys((BUILTIN_DIR, root.resolve())))


def _own_or_default(root: Path, name: str, errors: list[Diagnostic]) -> dict[str, bytes]:
    """Return the files of a folder by name: those of the plan's folder, the product's for the rest."""
    files: dict[str, bytes] = {}
    for parent in _folders(root):
        files |= _files(parent, name, errors)
    return files


def _files(parent: Path, name: str, errors: list[Diagnostic]) -> dict[str, bytes]:
    """Return the files of one folder by name. The folder of fonts is left out."""
    entries, folder_errors = list_folder(parent / name, name)
    errors += folder_errors
    files: dict[str, bytes] = {}
    for entry in entries:
        if (name, entry.name) == ("theme", FONTS_DIR):
            continue
        content = read_bytes(entry.path, f"{name}/{entry.name}")
        if isinstance(content, Diagnostic):
            errors.append(content)
        else:
            files[entry.name] = content
    return files
