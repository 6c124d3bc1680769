"""Scale pictures to what a printer needs. A picture as it is published has many more dots."""

from __future__ import annotations

import io
from typing import Any  # options of Pillow

from PIL import Image

from handbook.pictures.pixels import opened

DEFAULT_DENSITY = 72
"""Dots per inch of a picture that does not state them, as browsers and typesetting engines read it."""
PRINT_QUALITY = 85
"""Of a JPEG for print. At 350 dots per inch its blocks are a quarter of a millimetre."""
MIN_SAVING = 3
"""How many times smaller than a lossless picture a JPEG has to be: a photograph is, a drawing is not."""


def print_copy(data: bytes, file_format: str, size: tuple[float, float], dots_per_inch: int) -> bytes:
    """Return a picture with no more dots than it needs on paper; the same bytes if nothing is gained.

    It is printed at its own size, or as large as fits into `size` (width and height in inches). A photograph becomes a
    JPEG even if it was none. An animation stays as it is.
    """
    with opened(data, file_format) as image:
        density = float(image.info.get("dpi", (0,))[0]) or DEFAULT_DENSITY
        printed = min(1.0, *(limit * density / side for limit, side in zip(size, image.size, strict=True)))
        scale = printed * dots_per_inch / density
        if getattr(image, "n_frames", 1) > 1 or image.mode.startswith("I") or (scale >= 1 and file_format == "JPEG"):
            return data
        pixels = _scaled(image, scale) if scale < 1 else image
        printable = _print_encoding(pixels, file_format, density * min(1.0, scale))
        # A typesetting engine stores the pixels of a WebP file without loss.
        return printable if len(printable) < len(data) or file_format == "WEBP" else data


def _scaled(image: Image.Image, scale: float) -> Image.Image:
    width, height = (max(1, round(side * scale)) for side in image.size)
    image.draft(image.mode, (width, height))
    if image.mode in ("P", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)


def _print_encoding(image: Image.Image, file_format: str, density: float) -> bytes:
    """Return a picture as PNG; as JPEG if it was one, or has no transparency and is a photograph."""
    lossless = b"" if file_format == "JPEG" else _encoded(image, "PNG", dpi=(density, density))
    if "A" in image.getbands() or "transparency" in image.info:
        return lossless
    plain = image.convert("L" if image.mode in ("1", "L") else "RGB")
    jpeg = _encoded(plain, "JPEG", quality=PRINT_QUALITY, dpi=(round(density), round(density)))
    return jpeg if not lossless or len(jpeg) * MIN_SAVING < len(lossless) else lossless


def _encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    compressed = io.BytesIO()
    image.save(compressed, file_format, **options)
    return compressed.getvalue()
