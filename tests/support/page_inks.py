"""Finds the pages of a PDF that need more inks than black, and those on which a reader sees a colour.

Uses no code of the product. A printer makes a grey of DeviceGray from black ink, every other grey from four inks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any  # what pikepdf returns for any PDF object

import pikepdf
from pikepdf import Dictionary, Name, Stream

from support.pdf_document import PdfDocument

WHITE = ([1.0], [1.0, 1.0, 1.0])
"""The parts of a grey or an RGB colour that needs no ink."""
SEEN_DIFFERENCE = 10
"""Levels of 256 between the parts of a colour; smaller ones look grey on paper."""


def pages_with_colour_inks(printed: PdfDocument) -> dict[int, str]:
    """Return the first thing on each page that needs cyan, magenta or yellow ink, by page number."""
    found = {number: next(_colour_inks(page.obj), "") for number, page in enumerate(printed.pdf.pages, 1)}
    return {number: what for number, what in found.items() if what}


def pages_with_visible_colour(printed: PdfDocument) -> set[int]:
    return {number for number in range(1, len(printed) + 1) if _largest_difference(printed, number) > SEEN_DIFFERENCE}


def operations(holder: Any) -> Iterator[tuple[list[Any], str]]:
    """Yield the operands and the name of each operator that draws a page, a form or a pattern."""
    for step in pikepdf.parse_content_stream(holder):
        if isinstance(step, pikepdf.ContentStreamInstruction):
            yield list(step.operands), str(step.operator)


def _largest_difference(printed: PdfDocument, number: int) -> int:
    """Return the largest difference between the red, green and blue of a pixel."""
    red, green, blue = printed.look(number, dpi=36, grey=False).split()
    pixels = zip(red.tobytes(), green.tobytes(), blue.tobytes(), strict=True)
    return max(max(pixel) - min(pixel) for pixel in set(pixels))


def _colour_inks(holder: Any) -> Iterator[str]:
    """Yield what needs a colour ink on a page, or in a form or a tiling pattern."""
    resources = holder.get("/Resources", Dictionary())
    spaces: dict[str, Any] = dict(resources.get("/ColorSpace", Dictionary()).as_dict())
    selected: dict[str, Any] = {}
    for operands, name in operations(holder):
        if name in ("cs", "CS"):
            selected[name] = spaces.get(str(operands[0]), operands[0])
        elif name in ("sc", "scn", "SC", "SCN"):
            space = selected.get("cs" if name.islower() else "CS", Name.DeviceGray)
            is_pattern = bool(operands) and isinstance(operands[-1], Name)
            if not is_pattern and space != Name.DeviceGray and not _is_white(operands):
                yield f"{[str(operand) for operand in operands]} {name}"
        elif (name in ("rg", "RG") and not _is_white(operands)) or (
            name in ("k", "K") and any(float(part) for part in operands[:3])
        ):
            yield f"{[str(operand) for operand in operands]} {name}"
    for kind in ("/XObject", "/Pattern", "/Shading"):
        for name, inner in resources.get(kind, Dictionary()).as_dict().items():
            yield from _colour_inks_of_resource(str(name), inner)


def _colour_inks_of_resource(name: str, inner: Any) -> Iterator[str]:
    shading = inner.get("/Shading", inner)
    if "/ShadingType" in shading or inner.get("/Subtype") == Name.Image:
        if shading.get("/ColorSpace", Name.DeviceGray) != Name.DeviceGray:
            yield f"{name} in {str(shading.ColorSpace)[:40]}"
    elif isinstance(inner, Stream):
        yield from _colour_inks(inner)


def _is_white(operands: Any) -> bool:
    return [float(part) for part in operands] in WHITE
