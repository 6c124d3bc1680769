"""Read the custom properties of tokens.css. The only module that imports tinycss2.

Graphviz, Typst and SVG files understand few notations of CSS, so they get every colour as `#rrggbb`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from handbook.diagnostics import Diagnostic, SourceSpan

_DECLARATION = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
_HEX_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MEDIA_BLOCK = re.compile(r"@media[^{]*\{(?:[^{}]|\{[^{}]*\})*\}")
_VARIABLE = re.compile(r"var\(\s*--([\w-]+)\s*(?:,([^()]*(?:\([^()]*\)[^()]*)*))?\)")
MAX_VARIABLES = 20
"""Most variables in one value, which may contain others in turn; more are a circle."""


def read_tokens(builtin_css: str, css: str) -> tuple[dict[str, str], list[Diagnostic]]:
    """Return the custom properties of the light scheme, colours as `#rrggbb`, and an error for each other colour."""
    builtin, own = _declarations(builtin_css), _declarations(css) if css != builtin_css else {}
    values = {name: match[2].strip() for name, match in (builtin | own).items()}
    tokens, errors = dict(values), []
    for name, value in values.items():
        must_be_colour = name in builtin and builtin[name][2].startswith("#")
        if _HEX_COLOUR.fullmatch(value) or not (must_be_colour or name in own):
            continue
        colour, opacity = read_colour(without_variables(value, values))
        if colour and opacity == 1:
            tokens[name] = colour
        elif must_be_colour:
            opaque = on_white(colour, opacity) if colour else ""
            errors.append(_colour_error(own[name], css, builtin[name][2].strip(), opaque))
    return tokens, errors


def _declarations(css: str) -> dict[str, re.Match[str]]:
    """Return the last declaration of each custom property outside comments and media queries, by its name."""
    visible = css
    for hidden in (_COMMENT, _MEDIA_BLOCK):  # replaced by spaces, so that the places stay the same
        visible = hidden.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), visible)
    return {match[1]: match for match in _DECLARATION.finditer(visible)}


def _colour_error(declaration: re.Match[str], css: str, builtin: str, opaque: str) -> Diagnostic:
    """Return the error for a colour that the diagrams and the booklet cannot show.

    `opaque` is the colour on white paper if it is only transparent, `builtin` the colour of the product.
    """
    name, value = declaration.groups()
    before = css[: declaration.start(2)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    span = SourceSpan("theme/tokens.css", line, column, len(value.split("\n")[0]))
    message = f"`--{name}` の色 `{value}` を、図と冊子に使えません" + ("（透けています）" if opaque else "")
    hint = f"`--{name}: {opaque or builtin};` と書きます"
    hint += "（白い紙に重ねた色です）" if opaque else "（もとの色です。`red` や `rgb(38 35 30)` のようにも書けます）"
    return Diagnostic(span, "unknown-colour", message, hint, css.split("\n")[line - 1])


def read_colour(value: str) -> tuple[str, float]:
    """Return a CSS colour as `#rrggbb` with its opacity from 0 to 1, or ("", 1) if it cannot be read.

    Every notation in sRGB is read: names, `#rgb`, `rgb()`, `hsl()`, `hwb()`, and the first colour of `light-dark()`.
    """
    from tinycss2 import color5  # noqa: PLC0415  # takes 20 ms; the colours of the product do not need it

    try:
        colour = color5.parse_color(value)
        if colour is None or isinstance(colour, str):  # `currentcolor`
            return "", 1
        levels = colour.to("srgb").coordinates
    except NotImplementedError:  # another colour space
        return "", 1
    return f"#{''.join(f'{_byte(level or 0):02x}' for level in levels)}", colour.alpha


def on_white(colour: str, opacity: float) -> str:
    """Return a colour as it looks on white paper, as `#rrggbb`."""
    levels = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"#{''.join(f'{_byte(1 - opacity + opacity * level / 255):02x}' for level in levels)}"


def _byte(level: float) -> int:
    return min(255, max(0, int(level * 255 + 0.5)))  # half a level is rounded up, as in browsers


def without_variables(value: str, variables: Mapping[str, str]) -> str:
    """Return a CSS value with the values of its variables, or with `var()` in it where one is missing or circular."""
    for _ in range(MAX_VARIABLES):
        match = _VARIABLE.search(value)
        replacement = (variables.get(match[1]) or match[2]) if match else None
        if not match or replacement is None:
            break
        value = f"{value[: match.start()]}{replacement.strip()}{value[match.end() :]}"
    return value
