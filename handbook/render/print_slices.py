"""Cut a tall diagram for paper: a browser breaks a page between pictures, but cuts through one that is too tall.

Each slice shows a part of the same drawing by `<use>`, so that the page contains the drawing once. Slices that follow
each other on a sheet look like the whole.
"""

from __future__ import annotations

import re
from itertools import pairwise

PAGE_WIDTH = 672
"""Width of an A4 sheet between the margins of theme/site.css, in pixels of CSS."""
MAX_HEIGHT = 560
"""Greatest height of a picture that is printed as a whole, in pixels of CSS: two thirds of the sheet less a heading.

A sheet that ends early, because the next picture does not fit, is then at least a third full.
"""
MIN_SLICE_HEIGHT = 150
"""Least height of a slice, in pixels of CSS."""
_SIZE = re.compile(r'<svg [^>]*? width="([\d.]+)" height="([\d.]+)"')
_BOX = re.compile(r'<rect [^>]*?\by="(-?[\d.]+)"[^>]*?\bheight="([\d.]+)"')


def with_print_slices(svg: str, name: str) -> str:
    """Return a diagram with its slices for paper after it; as it is if it needs none. `name` is unique on the page."""
    size = _SIZE.match(svg)
    if not size:
        return svg
    width, height = float(size[1]), float(size[2])
    scale = min(1, PAGE_WIDTH / width)
    if height * scale <= MAX_HEIGHT:
        return svg
    edges = [0.0, *_cuts(svg, MIN_SLICE_HEIGHT / scale, height), height]
    slices = "".join(
        f'<svg viewBox="0 {top:g} {width:g} {bottom - top:g}" width="{width:g}" height="{bottom - top:g}">'
        f'<use href="#{name}_drawing"/></svg>'
        for top, bottom in pairwise(edges)
    )
    drawing = svg.replace("<svg ", f'<svg id="{name}_drawing" ', 1)
    return f'{drawing}\n<div class="print-slices" aria-hidden="true">{slices}</div>'


def _cuts(svg: str, least: float, height: float) -> list[float]:
    """Return the heights between two boxes at which a slice ends, each at least `least` below the one before."""
    boxes = sorted((float(top), float(top) + float(size)) for top, size in _BOX.findall(svg))
    cuts: list[float] = []
    end, last = boxes[0][1] if boxes else height, 0.0
    for top, bottom in boxes[1:]:
        middle = (end + top) / 2
        if top > end and middle - last >= least and height - middle >= least / 2:
            cuts.append(middle)
            last = middle
        end = max(end, bottom)
    return cuts
