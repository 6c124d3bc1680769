"""Report colours of the theme that are hard to read on their background, in the light and in the dark scheme.

The pairs are those of the style sheets and pictures; the ratios are those of WCAG 2.2, 1.4.3 and 1.4.11 (JIS X 8341-3).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import product

from handbook.colours import contrast, nearest_colour
from handbook.diagnostics import Diagnostic
from handbook.parse.theme.stylesheets import Declaration, StyleSheet

TEXT_RATIO, NON_TEXT_RATIO = 4.5, 3.0
_BRANCHES = [f"branch-{number}" for number in range(7)]
TEXT_PAIRS = (
    *product(["text", "text-muted", "accent"], ["surface", "background"]),
    *product(["text"], ["note-background", "match", *(f"{branch}-tint" for branch in _BRANCHES)]),
    *product(["accent", "text-muted"], ["branch-1-tint"]),
    *((branch, background) for branch in _BRANCHES for background in ("surface", "background", f"{branch}-tint")),
    *(("surface", branch) for branch in _BRANCHES),
)
"""Names of a text colour and its background colour."""
PICTURE_TEXT_PAIRS = tuple(product(["text", "text-muted", "accent", *_BRANCHES], ["picture-background"]))
"""The same in pictures, which have the light colours in both schemes."""
NON_TEXT_PAIRS = tuple(product(["control-border", "focus"], ["surface", "background", "branch-1-tint"]))
"""Borders of controls and the focus ring, with what they are on."""
COLOUR_TOKENS = frozenset(
    {"border", *(name for pair in TEXT_PAIRS + PICTURE_TEXT_PAIRS + NON_TEXT_PAIRS for name in pair)}
)
"""The custom properties of tokens.css that are colours. `border` is decoration, for which no contrast is required."""
MAX_ROUNDS = 3
"""A correction of one colour can make that of another insufficient."""
SCHEME_LABELS = {"light": "明るい画面", "dark": "暗い画面"}


def required_ratios(scheme: str) -> dict[tuple[str, str], float]:
    """Return the least contrast of each pair in a scheme, `light` or `dark`."""
    text_pairs = TEXT_PAIRS + (PICTURE_TEXT_PAIRS if scheme == "light" else ())
    return dict.fromkeys(NON_TEXT_PAIRS, NON_TEXT_RATIO) | dict.fromkeys(text_pairs, TEXT_RATIO)


def contrast_errors(
    sheet: StyleSheet,
    scheme: str,
    own: Mapping[str, Declaration],
    colours: Mapping[str, str],
    default: Mapping[str, str],
) -> Iterator[Diagnostic]:
    """Yield an error for each own colour of a scheme that makes a text, a border or a focus ring hard to see.

    `own` are the declarations to correct, `colours` all colours and `default` those of the product (`#rrggbb`), by
    name. If a text and its background are both own, the text is to be corrected. With all hints applied together,
    every pair has enough contrast.
    """
    ratios = required_ratios(scheme)
    current = dict(colours)
    messages: dict[str, str] = {}
    for _ in range(MAX_ROUNDS):
        for name in own:
            if weak := _weak_pairs(name, own, current, ratios):
                worst = min(weak, key=lambda pair: _contrast(current, pair) / ratios[pair])
                messages.setdefault(name, _message(name, worst, current, ratios[worst], scheme))
                better = nearest_colour(current[name], partial(_is_readable, name, current, ratios))
                current[name] = better or default.get(name, current[name])
    for name, message in messages.items():
        hint = f"いちばん近い色は `--{name}: {current[name]};` です"
        if current[name] == colours[name]:
            hint = "組み合わせる色との明るさの差を大きくしてください"
        yield sheet.mistake(own[name], "low-contrast", message, hint)


def _weak_pairs(
    name: str, own: Mapping[str, Declaration], colours: Mapping[str, str], ratios: Mapping[tuple[str, str], float]
) -> list[tuple[str, str]]:
    """Return each pair with too little contrast that is to be corrected at a name."""
    return [
        pair
        for pair, ratio in ratios.items()
        if name == (pair[0] if pair[0] in own else pair[1]) and _contrast(colours, pair) < ratio
    ]


def _is_readable(name: str, colours: Mapping[str, str], ratios: Mapping[tuple[str, str], float], colour: str) -> bool:
    """Return whether every pair with a name has enough contrast if the name has this colour."""
    changed = {**colours, name: colour}
    return all(_contrast(changed, pair) >= ratio for pair, ratio in ratios.items() if name in pair)


def _contrast(colours: Mapping[str, str], pair: tuple[str, str]) -> float:
    return contrast(colours[pair[0]], colours[pair[1]])


def _message(name: str, pair: tuple[str, str], colours: Mapping[str, str], ratio: float, scheme: str) -> str:
    text, background = (f"`--{part}`（`{colours[part]}`）" for part in pair)
    weak = f"{text}は{background}の上で" if name == pair[0] else f"{background}の上では、{text}が"
    measured = math.floor(_contrast(colours, pair) * 100) / 100
    return f"{weak}見分けにくい色です（{SCHEME_LABELS[scheme]}。コントラスト {measured:.2f}、{ratio:g} 以上が要ります）"
