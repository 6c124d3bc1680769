"""Report what has no effect in the own style sheets of a plan, at its line: unknown names and colours, unused files."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator

from handbook.colours import parse_colour
from handbook.diagnostics import Diagnostic, SourceSpan, closest_match
from handbook.former_names.templates import NEW_TOKENS
from handbook.parse.theme.colours import unknown_colour_hint
from handbook.parse.theme.contrast import COLOUR_TOKENS
from handbook.parse.theme.stylesheets import Declaration, StyleSheet

TOKENS_CSS = "tokens.css"
CUSTOM_PROPERTY = re.compile(r"(?<![\w-])--[\w-]+")
_DEFINITION = re.compile(r"(?<![\w-])(--[\w-]+)\s*:|setProperty\(\s*[\"'](--[\w-]+)")
_COLOUR_PROPERTY = re.compile(r"(?:[a-z-]+-)?color|fill|stroke")
_HASH = re.compile("(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_WORD = re.compile(r"[a-z]+")
_COLOUR_WORDS = frozenset(
    (
        *("inherit", "initial", "unset", "revert", "revert-layer", "currentcolor", "transparent", "none", "auto"),
        *("context-fill", "context-stroke", "canvas", "canvastext", "linktext", "visitedtext", "activetext"),
        *("buttonface", "buttontext", "buttonborder", "field", "fieldtext", "highlight", "highlighttext", "mark"),
        *("marktext", "selecteditem", "selecteditemtext", "graytext", "accentcolor", "accentcolortext"),
    )
)
"""Values of a colour property that are no fixed colour."""
SIMILAR_NAMES = 0.85
"""Least similarity of two file names of which one is probably a misspelling of the other."""


def style_sheet_errors(sheets: Iterable[StyleSheet], other_texts: Collection[str]) -> Iterator[Diagnostic]:
    """Yield the errors in a plan's own style sheets. `other_texts` are templates, scripts and the product's styles."""
    own = list(sheets)
    names = [row.name for sheet in own for row in sheet.declarations if row.name.startswith("--")]
    rows = [row for sheet in own for row in sheet.declarations]
    used = {name for row in rows for name in (*row.variables, *row.optional_variables)}
    mentioned = {name for text in other_texts if "--" in text for name in CUSTOM_PROPERTY.findall(text)}
    mentioned.update(f"--{name}" for name in COLOUR_TOKENS)
    defined = {name for text in other_texts if "--" in text for match in _DEFINITION.findall(text) for name in match}
    for sheet in own:
        yield from sheet.errors
        for row in sheet.declarations:
            if row.name.startswith("--"):
                yield from _unused_variable(sheet, row, used | mentioned)
            yield from _misplaced_token(sheet, row)
            yield from _unknown_variables(sheet, row, defined.union(names))
            yield from _unknown_colour(sheet, row)


def _unused_variable(sheet: StyleSheet, row: Declaration, used: Collection[str]) -> Iterator[Diagnostic]:
    if row.name not in used and row.name not in NEW_TOKENS:
        match = closest_match(row.name, used)
        hint = f"`{match}` のことですか" if match else "この行を消してください"
        yield sheet.mistake(row, "unknown-variable", f"`{row.name}` は、どこでも使われていません", hint)


def _misplaced_token(sheet: StyleSheet, row: Declaration) -> Iterator[Diagnostic]:
    """Yield an error for a colour of the whole page outside tokens.css, which diagrams and the booklet do not read."""
    is_token = row.is_global and row.scheme and row.name.removeprefix("--") in COLOUR_TOKENS
    if is_token and not sheet.source.file.endswith(TOKENS_CSS):
        message = f"`{row.name}` をここに書くと、図と冊子の色が変わりません"
        hint = f"この行を、`theme/{TOKENS_CSS}` の `:root {{` の下に移してください"
        yield sheet.mistake(row, "misplaced-token", message, hint)


def _unknown_variables(sheet: StyleSheet, row: Declaration, defined: Collection[str]) -> Iterator[Diagnostic]:
    for name in row.variables:
        if name not in defined and name not in NEW_TOKENS:
            match = closest_match(name, defined)
            hint = f"`{match}` のことですか" if match else f"`theme/{TOKENS_CSS}` に `{name}: 値;` の行を書いてください"
            yield sheet.mistake(row, "unknown-variable", f"`{name}` という名前の値がありません", hint, name)


def _unknown_colour(sheet: StyleSheet, row: Declaration) -> Iterator[Diagnostic]:
    """Yield an error for a value that is no colour. Colours of tokens.css are read by `theme_colours`."""
    if row.is_global and row.name.removeprefix("--") in COLOUR_TOKENS:
        return
    wrong = [f"#{value}" for value in row.hashes if not _HASH.fullmatch(value)]
    if _COLOUR_PROPERTY.fullmatch(row.name):
        wrong += [word for word in (row.value.lower(),) if _WORD.fullmatch(word) and not _is_colour_word(word)]
    for value in wrong:
        message = f"`{row.name}` の値 `{value}` は、色として読めません"
        yield sheet.mistake(row, "unknown-colour", message, unknown_colour_hint(value), value)


def _is_colour_word(word: str) -> bool:
    return word in _COLOUR_WORDS or bool(parse_colour(word))


def unused_theme_files(own: Collection[str], default: Collection[str], texts: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield an error for each own file of theme/ that no page uses, or whose name is almost that of another.

    `default` are the names of the product's files. Every style sheet is a part of every page; any other file must be
    named in one of the `texts`: templates, style sheets and scripts.
    """
    text = "\n".join(texts)
    for name in own:
        if name in default:
            continue
        close = difflib.get_close_matches(name.lower(), default, n=1, cutoff=SIMILAR_NAMES)
        if close:
            hint = f"`{close[0]}` のことなら、名前を直してください。ほかのものなら、似ていない名前にしてください"
        elif not name.endswith(".css") and name not in text:
            hint = "使わないなら消してください。使うなら、スタイルかテンプレートに名前を書いてください"
        else:
            continue
        yield Diagnostic(SourceSpan(f"theme/{name}", 1, 1), "unknown-file", f"`theme/{name}` は使われません", hint)
