"""Print greys with black ink alone, and for copiers everything.

Typst writes greys in the colour space of a profile, or as three equal parts of sRGB. A printer mixes both from four
inks and counts the page as a colour page. Greys in DeviceGray are printed with black ink; PDF/A-2 allows them if the
file has an output intent.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any  # what pikepdf returns for any PDF object

from pikepdf import Array, Dictionary, Name, Object, Pdf, PdfImage, Stream

from handbook.colours import grey_of

_GREY = re.compile(rb"/\w+ (cs|CS) ([\d.]+) \2 \2 (?:scn|SCN)\b")
_COLOUR = re.compile(rb"/\w+ (cs|CS) ([\d.]+) ([\d.]+) ([\d.]+) (?:scn|SCN)\b")
"""How Typst selects a colour for areas (`cs`) or lines (`CS`): colour space, red, green and blue from 0 to 1."""
JPEG_QUALITY = 85


def print_greys_in_black(pdf: Pdf) -> None:
    """Change every grey of a PDF of Typst into DeviceGray; colours stay as they are."""
    _change_inks(pdf, is_monochrome=False)


def print_all_in_black(pdf: Pdf) -> None:
    """Change every colour of a PDF of Typst into the grey of the same luminance, in DeviceGray."""
    _change_inks(pdf, is_monochrome=True)


def _change_inks(pdf: Pdf, *, is_monochrome: bool) -> None:
    for holder in _holders(pdf):
        for stream in _content_streams(holder):
            _change_operators(stream, is_monochrome=is_monochrome)
        resources = holder.get("/Resources", Dictionary())
        spaces = resources.get("/ColorSpace", Dictionary())
        for name, space in spaces.as_dict().items():
            if _is_grey_space(space):
                spaces[name] = Name.DeviceGray
        for image in _values(resources, "/XObject"):
            if image.get("/Subtype") == Name.Image:
                _change_image(image, is_monochrome=is_monochrome)
        if is_monochrome:
            shadings = [p.Shading for p in _values(resources, "/Pattern") if "/Shading" in p]
            for shading in (*shadings, *_values(resources, "/Shading")):
                _make_shading_grey(shading)


def _holders(pdf: Pdf) -> Iterator[Any]:
    """Yield everything that has resources, once: pages, forms, tiling patterns, soft masks and drawn glyphs."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [page.obj for page in pdf.pages]
    while waiting:
        holder = waiting.pop()
        if holder.objgen in seen:
            continue
        seen.add(holder.objgen)
        yield holder
        resources = holder.get("/Resources", Dictionary())
        waiting += [form for form in _values(resources, "/XObject") if form.get("/Subtype") == Name.Form]
        waiting += [pattern for pattern in _values(resources, "/Pattern") if isinstance(pattern, Stream)]
        waiting += [font for font in _values(resources, "/Font") if font.get("/Subtype") == Name.Type3]
        masks = [state.get("/SMask") for state in _values(resources, "/ExtGState")]
        waiting += [mask.G for mask in masks if isinstance(mask, Dictionary)]


def _values(resources: Any, kind: str) -> Iterator[Any]:
    yield from resources.get(kind, Dictionary()).as_dict().values()


def _content_streams(holder: Any) -> Iterator[Any]:
    """Yield the streams that draw a page, a form, a pattern or the glyphs of a font."""
    if isinstance(holder, Stream):
        yield holder
    yield from holder.get("/CharProcs", Dictionary()).as_dict().values()
    contents = holder.get("/Contents", Array())
    yield from [contents] if isinstance(contents, Stream) else contents.as_list()


def _change_operators(stream: Any, *, is_monochrome: bool) -> None:
    """Rewrite the colours of a content stream; a stream without a colour to change stays as it is."""
    operators = bytes(stream.get_stream_buffer())
    changed = (_COLOUR if is_monochrome else _GREY).sub(_grey_operator, operators)
    if changed != operators:
        stream.write(changed)


def _grey_operator(match: re.Match[bytes]) -> bytes:
    grey = float(match[2]) if match.re is _GREY else grey_of(*(float(part) for part in match.groups()[1:]))
    return b" %.4g %s" % (grey, b"g" if match[1] == b"cs" else b"G")


def _is_grey_space(space: Any) -> bool:
    return isinstance(space, Array) and len(space) == 2 and space[0] == Name.ICCBased and space[1].get("/N") == 1


def _change_image(image: Any, *, is_monochrome: bool) -> None:
    """Store a picture in DeviceGray if it has no colour, or if it may have none."""
    space = image.get("/ColorSpace")
    if space is None or space == Name.DeviceGray:
        return
    if not _is_grey_space(space):
        pixels = PdfImage(image).as_pil_image().convert("RGB")
        if not is_monochrome and pixels.convert("HSV").getchannel("S").getextrema()[1]:
            return
        grey = pixels.convert("L")
        if image.get("/Filter") == Name.DCTDecode:
            output = io.BytesIO()
            grey.save(output, "JPEG", quality=JPEG_QUALITY)
            image.write(output.getvalue(), filter=Name.DCTDecode)
        else:
            image.write(grey.tobytes())
        image.BitsPerComponent = 8
    image.ColorSpace = Name.DeviceGray


def _make_shading_grey(shading: Any) -> None:
    """Change a gradient between colours into one between their greys."""
    if shading.ColorSpace == Name.DeviceGray:
        return
    if not _is_grey_space(shading.ColorSpace):
        _make_function_grey(shading.Function)
    shading.ColorSpace = Name.DeviceGray


def _make_function_grey(function: Any) -> None:
    """Change the two colours of an exponential function, or those of the functions that are stitched together."""
    for part in function.get("/Functions", Array()).as_list():
        _make_function_grey(part)
    for key in ("/C0", "/C1"):
        colour: list[Object] = function.get(key, Array()).as_list()
        if len(colour) == 3:
            function[key] = Array([round(grey_of(*map(float, colour)), 4)])
    if "/Range" in function:
        function.Range = Array([0, 1])
