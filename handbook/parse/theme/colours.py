"""The custom properties of tokens.css in both schemes: the product's and, over them, those of the plan's folder.

Every colour is returned as `#rrggbb`, the only notation that the diagrams, the booklet and the check of contrast read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handbook.colours import colour_names, parse_colour
from handbook.diagnostics import Diagnostic, closest_match
from handbook.parse.theme.contrast import COLOUR_TOKENS, contrast_errors
from handbook.parse.theme.stylesheets import Declaration, StyleSheet

_VARIABLE = re.compile(r"var\(\s*--([\w-]+)\s*(?:,(.+))?\)", re.DOTALL)
_REQUIRED = COLOUR_TOKENS | {"font-family"}
"""Custom properties that diagrams, charts or the booklet read."""
_EXAMPLE = "#0b4f86"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The custom properties of both style sheets together."""

    values: Mapping[str, str]
    """Values in the light scheme by name, without the leading dashes."""
    dark_css: str
    """CSS to add after the own style sheet: dark colours of the product that its light ones would replace."""
    errors: tuple[Diagnostic, ...]
    dark_values: Mapping[str, str]
    """Colours in the dark scheme by name."""


def read_tokens(default: StyleSheet, own: StyleSheet | None) -> Tokens:
    """Return the custom properties of the product's tokens.css and of the plan's own, if it has one.

    For the plan in the product's folder both are the same style sheet. Only the own one is checked.
    """
    default_light, default_dark = _declared(default, "light"), _declared(default, "dark")
    own_light, own_dark = (_declared(own, "light"), _declared(own, "dark")) if own else ({}, {})
    light = default_light | own_light
    dark = light | default_dark | own_dark
    kept_dark = {name: row for name, row in default_dark.items() if name in own_light and name not in own_dark}
    lines = "".join(f"    --{name}: {row.value};\n" for name, row in kept_dark.items())
    dark_css = f"@media (prefers-color-scheme: dark) {{\n  :root {{\n{lines}  }}\n}}\n" if lines else ""
    values = {name: row.value for name, row in light.items()} | _colours(light)
    if not own or own.errors:
        return Tokens(values, dark_css, (), _colours(dark))
    errors = [*_missing_tokens(own, light), *_unknown_colours(own, light, default_light)]
    errors += _unknown_colours(own, dark, default_light)
    if not errors:
        own_in_dark = {name: row for name, row in own_light.items() if name not in kept_dark} | own_dark
        errors += contrast_errors(own, "light", own_light, _colours(light), _colours(default_light))
        errors += contrast_errors(own, "dark", own_in_dark, _colours(dark), _colours(default_light | default_dark))
    return Tokens(values, dark_css, tuple(dict.fromkeys(errors)), _colours(dark))


def _declared(sheet: StyleSheet, scheme: str) -> dict[str, Declaration]:
    """Return the custom properties of the whole page in a scheme, by name without the leading dashes."""
    rows = (row for row in sheet.declarations if row.is_global and row.scheme == scheme)
    return {row.name.removeprefix("--"): row for row in rows if row.name.startswith("--")}


def _colours(declared: Mapping[str, Declaration]) -> dict[str, str]:
    """Return each colour as `#rrggbb`; "" if it is unknown."""
    return {name: _colour(name, declared) for name in declared if name in COLOUR_TOKENS}


def _colour(name: str, declared: Mapping[str, Declaration], above: tuple[str, ...] = ()) -> str:
    """Return one colour. `above` are the names that refer to it by `var()`."""
    value = declared[name].value
    match = _VARIABLE.fullmatch(value)
    if not match:
        return parse_colour(value)
    if match[1] in declared:
        return "" if match[1] in (*above, name) else _colour(match[1], declared, (*above, name))
    return parse_colour(match[2] or "")


def _missing_tokens(own: StyleSheet, declared: Mapping[str, Declaration]) -> Iterator[Diagnostic]:
    for name in sorted(_REQUIRED - declared.keys()):
        example = _EXAMPLE if name in COLOUR_TOKENS else "sans-serif"
        hint = f"`:root {{` の下に `--{name}: {example};` のような行を書いてください"
        yield own.source.mistake(1, 1, 1, "unknown-variable", f"`--{name}` がありません", hint)


def _unknown_colours(
    own: StyleSheet, declared: Mapping[str, Declaration], default: Mapping[str, Declaration]
) -> Iterator[Diagnostic]:
    for name, colour in _colours(declared).items():
        row = declared[name]
        if not colour and row in own.declarations:
            message = f"`--{name}` の値 `{row.value}` は、色として読めません"
            better = _probable_colour(row.value) or _default_colour(name, row, default)
            hint = f"`--{name}: {better};` のように書いてください"
            yield own.mistake(row, "unknown-colour", message, hint, row.value)


def _default_colour(name: str, row: Declaration, default: Mapping[str, Declaration]) -> str:
    return default[name].value if name in default and default[name] != row else _EXAMPLE


def _probable_colour(value: str) -> str:
    """Return the colour that a text was probably meant to be; "" for none."""
    text = unicodedata.normalize("NFKC", value).strip("\"'").lower()
    return next(filter(parse_colour, (text, f"#{text}")), "") or closest_match(text, colour_names())


def unknown_colour_hint(value: str) -> str:
    """Return how to write the colour that a text was probably meant to be."""
    if better := _probable_colour(value):
        return f"`{better}` のように書いてください"
    return f"`{_EXAMPLE}` のように、`#` と 6 けたで書いてください"
