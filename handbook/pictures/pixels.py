"""Decode pictures and change their pixels where that is needed. `print_copy` scales them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from PIL import ExifTags, Image, ImageCms, JpegImagePlugin

from handbook.pictures.containers import AUTHOR, CAMERA, PLACE, TIME
from handbook.pictures.damage import damage_error
from handbook.pictures.errors import PictureError

MAX_PIXELS = 100_000_000
"""More than any camera has. A browser that opens a larger picture may run out of memory."""
MAX_SRGB_DIFFERENCE = 4
"""Levels of 256. A profile that changes no colour by more than this counts as sRGB."""
JPEG_QUALITY, WEBP_QUALITY = 95, 90
_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its orientation in Exif."""
_EXIF_LABELS = {
    PLACE: frozenset({ExifTags.Base.GPSInfo}),
    CAMERA: frozenset({ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.CameraOwnerName}),
    AUTHOR: frozenset({ExifTags.Base.Artist, ExifTags.Base.Copyright, ExifTags.Base.XPAuthor}),
    TIME: frozenset({ExifTags.Base.DateTime, ExifTags.Base.DateTimeOriginal}),
}
"""Labels of metadata with their tags in Exif."""


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What was found in a picture that was decoded without an error."""

    width: int
    """In pixels, after its orientation has been applied."""
    height: int
    dots_per_inch: int
    """0 if unknown."""
    is_animated: bool
    exif_labels: tuple[str, ...]
    changes: tuple[str, ...]
    """Labels of the changes that its pixels need, in Japanese."""


def inspect(data: bytes, file_format: str) -> PictureInfo:
    """Decode a picture and return what its pixels need. Raises PictureError if it is damaged, too large or another."""
    with opened(data, file_format) as image:
        if image.width * image.height > MAX_PIXELS:
            message = f"絵が大きすぎます（縦と横の点をかけて {MAX_PIXELS:,} まで）"
            raise PictureError("too-large", message, "小さくして保存し直してください")
        width, height, mode = *image.size, image.mode
        image.draft("L", (1, 1))  # decodes a JPEG at an eighth of its size, which finds the same damage
        image.load()
        exif = _exif(image)
        changes = tuple(_needed_changes(image, mode, exif))
        is_animated = image.format != "MPO" and getattr(image, "n_frames", 1) > 1
        if changes and is_animated:
            message = f"動く絵の{'と'.join(changes)}は、ここでは直せません"
            hint = "絵を開けるソフトで、向きをそろえ、色を sRGB にして保存し直してください"
            raise PictureError("unsupported-picture", message, hint)
        if _orientation(exif) >= 5:
            width, height = height, width
        labels = tuple(label for label, tags in _EXIF_LABELS.items() if tags & _all_tags(exif))
        dots = image.info.get("dpi", (0, 0))
        density = round(float(dots[0])) if dots[0] == dots[1] else 0
        return PictureInfo(width, height, density, is_animated, labels, changes)


def convert(data: bytes, file_format: str) -> bytes:
    """Return a picture with its orientation applied, in sRGB, grey or a palette, compressed in the same format."""
    with opened(data, file_format) as image:
        image.load()
        options = _encoder_options(image, data)
        profile = image.info.get("icc_profile", b"")
        method = _TRANSPOSITIONS.get(_orientation(_exif(image)))
        converted = _in_srgb(image if method is None else image.transpose(method), profile)
        converted.info = {key: value for key, value in converted.info.items() if key == "transparency"}
        compressed = io.BytesIO()
        converted.save(compressed, file_format, **options)
        return compressed.getvalue()


@contextmanager
def opened(data: bytes, file_format: str) -> Iterator[Image.Image]:
    """Yield the picture. Raises PictureError if opening it, or what is done with it, shows that it is damaged."""
    try:
        with (  # MAX_PIXELS applies instead of Pillow's limit
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=[file_format]) as image,
        ):
            yield image
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        message = f"絵が大きすぎます（縦と横の点をかけて {MAX_PIXELS:,} まで）"
        raise PictureError("too-large", message, "小さくして保存し直してください") from error
    except Exception as error:  # Pillow raises many types for a damaged file
        raise damage_error(data, file_format) from error


def _exif(image: Image.Image) -> Image.Exif:
    """Return the Exif data of a loaded picture; that in a text or in XMP, which browsers ignore, is left out."""
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
    except Exception:  # noqa: BLE001  # damaged Exif data is removed like any other
        exif = Image.Exif()
    return exif


def _orientation(exif: Image.Exif) -> int:
    """Return the orientation from 1 (upright) to 8; 1 for a value that browsers ignore."""
    value = exif.get(ExifTags.Base.Orientation, 1)
    return value if value in _TRANSPOSITIONS else 1


def _all_tags(exif: Image.Exif) -> set[int]:
    return {*exif, *exif.get_ifd(ExifTags.IFD.Exif)}


def _needed_changes(image: Image.Image, mode: str, exif: Image.Exif) -> Iterator[str]:
    """Yield the labels of the changes that the pixels need. `mode` is that of the picture at its full size."""
    if _orientation(exif) > 1:
        yield "向き"
    if mode == "CMYK":
        yield "色（CMYK から sRGB へ）"
    elif image.format != "GIF" and _transform(image.info.get("icc_profile", b""), _profile_mode(mode)):
        yield "色（sRGB へ）"


def _profile_mode(mode: str) -> str:
    """Return the mode in which the colours of a mode are converted: CMYK, L or RGB."""
    return mode if mode == "CMYK" else "L" if mode in ("1", "L", "LA", "I;16", "I") else "RGB"


@lru_cache(maxsize=64)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the transform from a profile to sRGB; None if it changes nothing that is seen, or the profile is unusable.

    A profile whose colours are not those of the mode is unusable; browsers ignore it too.
    """
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = {"CMYK": "CMYK", "L": "GRAY", "RGB": "RGB "}[mode]
        if source.profile.xcolor_space != space:
            return None
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.HIGHRESPRECALC,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    if mode == "CMYK" or not transform:
        return transform
    levels = range(0, 256, 17)
    colours = bytes(level for red in levels for green in levels for blue in levels for level in (red, green, blue))
    sample = Image.frombytes("RGB", (64, 64), colours).convert(mode)
    before, after = sample.convert("RGB").tobytes(), transform.apply(sample).tobytes()
    differs = any(abs(a - b) > MAX_SRGB_DIFFERENCE for a, b in zip(before, after, strict=True))
    return transform if differs else None


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return a picture whose colours are sRGB; a grey one stays grey."""
    mode = _profile_mode(image.mode)
    transform = _transform(profile, mode)
    if mode == "CMYK":
        return transform.apply(image) if transform else image.convert("RGB")
    if not transform:
        return image
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    alpha = image.convert("RGBA").getchannel("A") if has_alpha else None
    plain = image.point(lambda level: level / 257).convert("L") if image.mode.startswith("I") else image.convert(mode)
    converted = transform.apply(plain).convert(mode)
    converted.info = {}
    if alpha:
        converted.putalpha(alpha)
    return converted


def _encoder_options(image: Image.Image, data: bytes) -> dict[str, object]:
    """Return the options with which a picture is compressed: a JPEG as much as it was, a lossless one without loss."""
    if image.format == "WEBP":
        is_lossless = b"VP8L" in data[:64]
        return {"lossless": is_lossless, "exact": is_lossless, "quality": WEBP_QUALITY, "method": 2}
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return {}
    if image.mode == "CMYK":
        return {"quality": JPEG_QUALITY, "subsampling": 0}
    return {"qtables": image.quantization, "subsampling": max(0, JpegImagePlugin.get_sampling(image))}
