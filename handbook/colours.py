"""Colours of style sheets: read in every notation of CSS, contrast by WCAG 2, and the nearest colour that is readable.

The only module that imports coloraide, and only for a colour that is not `#rrggbb`, because the import takes 0.2 s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_HEX = re.compile(r"#[0-9a-f]{6}")
_LIGHTNESS_STEPS = 250


def parse_colour(text: str) -> str:
    """Return a colour as `#rrggbb`, or `#rrggbbaa` if it is translucent; "" if the text is no colour.

    A colour that no screen can show becomes the nearest that can, as in browsers.
    """
    colour = text.strip().lower()
    if _HEX.fullmatch(colour):
        return colour
    from coloraide import Color  # noqa: PLC0415  # slow, and rarely needed

    try:
        return str(Color(colour).convert("srgb").fit(method="clip").to_string(hex=True, upper=False))
    except ValueError:
        return ""


def colour_names() -> Iterable[str]:
    """Return the colour names of CSS, such as `red`."""
    from coloraide.css import color_names  # noqa: PLC0415  # as above

    return color_names.name2val_map


def contrast(text: str, background: str) -> float:
    """Return the contrast ratio of two colours by WCAG 2: 1 to 21. A translucent text is mixed with its background.

    Both are in the form that `parse_colour` returns.
    """
    below = _channels(background)
    alpha = int(text[7:9] or "ff", 16) / 255
    above = [alpha * top + (1 - alpha) * bottom for top, bottom in zip(_channels(text), below, strict=True)]
    bright, dim = sorted((_luminance(above), _luminance(below)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def grey_of(red: float, green: float, blue: float) -> float:
    """Return the grey with the luminance of an sRGB colour, and so with the same contrast. All are from 0 to 1."""
    light = _luminance((red, green, blue))
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def nearest_colour(colour: str, is_readable: Callable[[str], bool]) -> str:
    """Return the colour nearest in lightness, of the same hue, that is readable; "" if none is."""
    from coloraide import Color  # noqa: PLC0415  # as above

    start = Color(colour[:7]).convert("oklch")
    for step in range(_LIGHTNESS_STEPS + 1):
        for sign in (-1, 1):
            lightness = start["lightness"] + sign * step / _LIGHTNESS_STEPS
            if 0 <= lightness <= 1:
                other = start.clone().set("lightness", lightness).convert("srgb").fit(method="clip")
                candidate = str(other.to_string(hex=True))
                if is_readable(candidate):
                    return candidate
    return ""


def _channels(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def _luminance(channels: Iterable[float]) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
