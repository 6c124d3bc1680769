"""Read templates/ and theme/: templates, style sheets and fonts."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.former_names.templates import NEW_PATHS, NEW_TOKENS
from handbook.model import OutputFile, Theme
from handbook.parse.content.pictures import PICTURE_SUFFIXES, prepare_picture
from handbook.parse.edits.source_edits import replace_text
from handbook.parse.merge_conflicts import merge_conflicts
from handbook.parse.source import list_folder, read_bytes
from handbook.parse.theme.checks import (
    CUSTOM_PROPERTY,
    SIMILAR_NAMES,
    TOKENS_CSS,
    style_sheet_errors,
    unused_theme_files,
)
from handbook.parse.theme.colours import read_tokens
from handbook.parse.theme.stylesheets import StyleSheet, parse_style_sheet

BUILTIN_DIR = Path(__file__).resolve().parents[3]
"""The product's folder, whose templates/ and theme/ are the default for every plan."""
TEMPLATE_FOLDERS = ("pages", "partials", "booklet")
"""The folders of templates/. Jinja reads the first two, Typst the third."""
COMPARISON_CSS = "comparison.css"
"""The style of the comparison page, in theme/. The page contains it, so no site publishes it."""
FONTS_DIR = "fonts"
"""The folder in theme/ with the fonts of the booklet."""
FONT_SUFFIXES = (".otf", ".ttf", ".ttc", ".otc")


def load_theme(root: Path) -> Theme:
    """Return templates and theme: the folder's own files first, the product's for the rest.

    Raises SourceError if a file cannot be read or is in the wrong folder.
    """
    errors: list[Diagnostic] = []
    is_builtin = root.resolve() == BUILTIN_DIR  # its files are then checked like those of any plan
    template_data = _templates(root, errors)
    templates = {name: _text(content, f"templates/{name}", errors) for name, content in template_data.items()}
    own_templates = frozenset(name for name in templates if not is_builtin and (root / "templates" / name).exists())
    errors += _unused_templates(templates, own_templates)
    builtin = _files(BUILTIN_DIR, "theme", errors)
    own = builtin if is_builtin else _files(root, "theme", errors)
    sheets = {name: _style_sheet(name, data, errors) for name, data in own.items() if name.endswith(".css")}
    tokens = read_tokens(_style_sheet(TOKENS_CSS, builtin[TOKENS_CSS], errors), sheets.get(TOKENS_CSS))
    errors += [*tokens.errors, *_style_errors(sheets, {} if is_builtin else builtin, own, templates.values())]
    files = builtin | own
    if TOKENS_CSS in own and not is_builtin:
        files[TOKENS_CSS] = _merged_tokens(builtin[TOKENS_CSS], own[TOKENS_CSS], tokens.dark_css)
    comparison_css = _text(files.pop(COMPARISON_CSS, b""), f"theme/{COMPARISON_CSS}", errors)
    fonts = _own_or_default(root, f"theme/{FONTS_DIR}", errors)
    errors += [_font_error(name) for name in fonts if not name.lower().endswith(FONT_SUFFIXES)]
    if errors:
        raise SourceError(errors)
    # The plan's own style sheets come after the product's, so that their rules hold.
    ordered = dict(sorted(files.items(), key=lambda file: (file[0] not in builtin, file[0])))
    published, picture_notices = _published(ordered)
    return Theme(
        templates,
        files=published,
        css_variables=tokens.values,
        dark_colours=tokens.dark_values,
        fonts=tuple(OutputFile(name, data) for name, data in sorted(fonts.items())),
        comparison_css=comparison_css,
        own_templates=own_templates,
        notices=(*picture_notices, *(notice for sheet in sheets.values() for notice in sheet.notices)),
    )


def _unused_templates(templates: Mapping[str, str], own: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield an error for each own template that is neither one of the product's nor named in another template."""
    product = [name for name in templates if (BUILTIN_DIR / "templates" / name).exists()]
    for name in sorted(own.difference(product)):
        file = name.rpartition("/")[2]
        if any(file in text for other, text in templates.items() if other != name):
            continue
        same_file = [other for other in product if other.endswith(f"/{file}")]
        close = same_file or difflib.get_close_matches(name, product, n=1, cutoff=SIMILAR_NAMES)
        hint = f"`templates/{close[0]}` のことですか" if close else "使うテンプレートに名前を書くか、消してください"
        message = f"`templates/{name}` は使われません"
        yield Diagnostic(SourceSpan(f"templates/{name}", 1, 1), "unknown-file", message, hint)


def _style_errors(
    sheets: Mapping[str, StyleSheet], default: Mapping[str, bytes], own: Mapping[str, bytes], templates: Iterable[str]
) -> Iterator[Diagnostic]:
    """Yield the errors in the plan's own style sheets, and each own file of theme/ that is not used.

    `default` are the product's files, empty for the plan in the product's folder.
    """
    scripts = (_decoded(data) for name, data in own.items() if name not in sheets)
    texts = [*templates, *scripts, *map(_decoded, default.values())]
    for sheet in sheets.values():
        yield from _renamed_tokens(sheet)
    yield from style_sheet_errors(sheets.values(), texts)
    styles = ("\n".join(sheet.source.lines) for sheet in sheets.values())
    yield from unused_theme_files(own.keys() if default else (), default, [*texts, *styles])


def _merged_tokens(default: bytes, own: bytes, dark_css: str) -> bytes:
    """Return the product's style sheet with the own one after it, so that an own one may set one colour only."""
    return b"\n".join((default, own.removeprefix(b"\xef\xbb\xbf"), dark_css.encode()))


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _style_sheet(name: str, data: bytes, errors: list[Diagnostic]) -> StyleSheet:
    return parse_style_sheet(f"theme/{name}", _text(data, f"theme/{name}", errors))


def _published(files: Mapping[str, bytes]) -> tuple[tuple[OutputFile, ...], tuple[Diagnostic, ...]]:
    """Return the files for the browser, pictures without metadata, and the notices on them. Raises SourceError."""
    published: list[OutputFile] = []
    notices: list[Diagnostic] = []
    errors: list[Diagnostic] = []
    for name, data in files.items():
        path = f"theme/{name}"
        is_picture = name.lower().endswith((*PICTURE_SUFFIXES, ".svg"))
        file, diagnostics = prepare_picture(data, path) if is_picture else (OutputFile(path, data), [])
        if file:
            published.append(file)
            notices += diagnostics
        else:
            errors += diagnostics
    if errors:
        raise SourceError(errors)
    return tuple(published), tuple(notices)


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


def _renamed_tokens(sheet: StyleSheet) -> Iterator[Diagnostic]:
    """Yield an error for each former name of a custom property, at its first place in the style sheet."""
    places: dict[str, list[tuple[int, int]]] = {}
    for number, line in enumerate(sheet.source.lines, 1):
        for match in CUSTOM_PROPERTY.finditer(line):
            if match[0] in NEW_TOKENS:
                places.setdefault(match[0], []).append((number, match.start() + 1))
    for former, found in places.items():
        name, (number, column) = NEW_TOKENS[former], found[0]
        message = f"`{former}` の名前は `{name}` に変わりました"
        hint = f"このファイルの `{former}` を、すべて `{name}` に直してください"
        mistake = sheet.source.mistake(number, column, len(former), "renamed-token", message, hint)
        yield mistake.with_fix(*(replace_text(sheet.source, line, start, former, name) for line, start in found))


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
            conflicts = list(merge_conflicts(content.decode("utf-8", "replace"), f"{name}/{entry.name}"))
            errors += conflicts
            files[entry.name] = b"" if conflicts else content
    return files
