"""Prepare pictures for publication: every engine can read them, and they contain nothing that is not seen.

`containers` removes metadata from a file and keeps its compressed pixels; `pixels` decodes a picture with Pillow, and
compresses it again only if its pixels must change: to apply its orientation, or to convert its colours to sRGB;
`print_copy` scales a picture for the booklet.

Colours become sRGB rather than keeping a profile, because the profile of a screen or a scanner often contains the
serial number of the device, and because every browser and the booklet then show the same colours. If the profile makes
no visible difference (most are sRGB already), it is removed and the pixels stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from handbook.pictures import containers, svg
from handbook.pictures.containers import FormatError
from handbook.pictures.damage import damage_error
from handbook.pictures.errors import PictureError

__all__ = ["CleanPicture", "PictureError", "clean_picture", "print_picture"]

PRINT_DENSITY = 350
"""Dots per inch that printers ask for."""


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture as it is published."""

    data: bytes
    width: int
    """In pixels, after its orientation has been applied; 0 for an SVG file."""
    height: int
    removed: tuple[str, ...]
    """Labels of the metadata that the file contained, in Japanese."""
    changes: tuple[str, ...]
    """What was corrected in the pixels, in Japanese; empty if they stay bit by bit as they were."""


@lru_cache(maxsize=256)  # the preview server reads the same pictures after each save
def clean_picture(data: bytes, suffix: str) -> CleanPicture:
    """Return a picture without metadata. `suffix` is the ending of its file name, such as `.png`, in any case.

    Raises PictureError if the picture is damaged, too large, of another format than its name, or cannot be
    converted.
    """
    if suffix.lower() == ".svg":
        clean, removed_labels = svg.clean_svg(data)
        return CleanPicture(clean, 0, 0, removed_labels, ())
    from handbook.pictures import pixels  # noqa: PLC0415  # loads Pillow, which most plans do not need

    file_format = _format_of(suffix)
    picture = pixels.inspect(data, file_format)
    removed = containers.metadata_labels(data, file_format) | set(picture.exif_labels)
    changes = picture.changes
    try:
        source = pixels.convert(data, file_format) if changes else data
        clean = containers.without_metadata(source, file_format, picture.dots_per_inch)
        if picture.is_animated or file_format == "WEBP":
            pixels.inspect(clean, file_format)  # what was removed may have been a damaged part of the picture
    except (FormatError, PictureError) as error:  # only the decoded pixels are certain
        if picture.is_animated:
            raise damage_error(data, file_format) from error
        source, changes = pixels.convert(data, file_format), (*changes, "保存の形")
        clean = containers.without_metadata(source, file_format, picture.dots_per_inch)
    labels = tuple(label for label in containers.LABELS if label in removed)
    return CleanPicture(clean, picture.width, picture.height, labels, changes)


@lru_cache(maxsize=64)  # as above
def print_picture(data: bytes, suffix: str, size: tuple[float, float]) -> bytes:
    """Return a clean picture for a PDF, with at most PRINT_DENSITY dots per inch.

    `size` is the largest width and height on paper in inches. Raises PictureError as `clean_picture` does.
    """
    from handbook.pictures.print_copy import print_copy  # noqa: PLC0415  # as above

    return print_copy(data, _format_of(suffix), size, PRINT_DENSITY)


def _format_of(suffix: str) -> str:
    return suffix.lower().removeprefix(".").upper().replace("JPG", "JPEG")
