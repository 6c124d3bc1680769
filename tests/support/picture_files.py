"""Make pictures with metadata in every place that a format has for it. Each piece of metadata contains MARK."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any  # options of Pillow

from PIL import ExifTags, Image, ImageCms, PngImagePlugin

MARK = "PLANTED"
"""In all metadata, followed by the place; never in the pixels."""
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
"""Format of Pillow by the suffix of a file name."""
SIZE = (48, 32)
RED, BLUE = (200, 30, 40), (30, 60, 180)


def picture(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    """Return a picture as the bytes of a file."""
    data = io.BytesIO()
    image.save(data, file_format, **options)
    return data.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Return Exif data with a place, a camera, an owner, a time and a comment."""
    data = Image.Exif()
    data[ExifTags.Base.Make] = f"{MARK} maker"
    data[ExifTags.Base.Model] = f"{MARK} model"
    data[ExifTags.Base.Artist] = f"{MARK} artist"
    data[ExifTags.Base.ImageDescription] = f"{MARK} description"
    data[ExifTags.Base.XPAuthor] = f"{MARK} author".encode("utf-16-le")
    data[ExifTags.Base.DateTime] = "2026:01:01 00:00:00"
    data[ExifTags.Base.Orientation] = orientation
    details = data.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.BodySerialNumber] = f"{MARK} serial"
    details[ExifTags.Base.MakerNote] = f"{MARK} maker note".encode()
    details[ExifTags.Base.UserComment] = b"ASCII\0\0\0" + f"{MARK} comment".encode()
    place = data.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (42.0, 38.0, 6.0)
    place[ExifTags.GPS.GPSAreaInformation] = f"{MARK} area".encode()
    return data


def xmp() -> bytes:
    """Return a packet of XMP."""
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><creator>{MARK} xmp</creator></x:xmpmeta>'.encode()


def srgb_profile() -> bytes:
    """Return an ICC profile of sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def segment(marker: int, content: bytes) -> bytes:
    """Return a segment of a JPEG."""
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def planted(suffix: str, orientation: int = 1, mode: str = "RGB") -> bytes:
    """Return a picture with metadata in every place of its format, and after its end."""
    file_format = FORMATS[suffix]
    options: dict[str, Any] = {} if suffix == "gif" else {"exif": exif(orientation), "icc_profile": srgb_profile()}
    if suffix in ("jpg", "webp"):
        options |= {"xmp": xmp(), "quality": 90}
    if suffix == "png":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", f"{MARK} text")
        texts.add_text("Comment", f"{MARK} compressed text", zip=True)
        texts.add_itxt("XML:com.adobe.xmp", xmp().decode())
        options["pnginfo"] = texts
    data = encoded(picture(mode), file_format, **options)
    return _INSERT[suffix](data) + f"{MARK} trailer".encode()


def _planted_jpeg(data: bytes) -> bytes:
    thumbnail = encoded(picture(size=(8, 8)), "JPEG", comment=f"{MARK} thumbnail".encode())
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + (30).to_bytes(4, "big") + b"\x1c\x02\x50\0\x19" + MARK.encode() * 3
    segments = (
        segment(0xE0, b"JFXX\0\x10" + thumbnail),
        segment(0xE2, b"MPF\0" + MARK.encode()),
        segment(0xEC, b"Ducky" + MARK.encode()),
        segment(0xED, iptc),
        segment(0xFE, f"{MARK} comment".encode()),
    )
    return data[:2] + b"".join(segments) + data[2:]


def _planted_png(data: bytes) -> bytes:
    extra = (
        chunk(b"tIME", bytes((7, 234, 1, 1, 0, 0, 0))) + chunk(b"prVt", MARK.encode()) + chunk(b"gAMA", MARK.encode())
    )
    return data[:33] + extra + data[33:]


def _planted_webp(data: bytes) -> bytes:
    body = data[12:] + b"PRIV" + len(MARK).to_bytes(4, "little") + MARK.encode() + b"\0" * (len(MARK) % 2)
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _planted_gif(data: bytes) -> bytes:
    def extension(label: int, header: bytes, content: bytes) -> bytes:
        return bytes((0x21, label, len(header))) + header + bytes((len(content),)) + content + b"\0"

    mark = MARK.encode()
    extras = (
        bytes((0x21, 0xFE, len(mark))) + mark + b"\0",
        extension(0xFF, b"XMP DataXMP", mark),
        extension(0xFF, b"PRIVATE1234", mark),
        extension(0x01, bytes(12), mark),
        b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0" + bytes((len(mark),)) + mark + b"\0",
    )
    start = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:start] + b"".join(extras) + data[start:]


_INSERT = {"jpg": _planted_jpeg, "png": _planted_png, "webp": _planted_webp, "gif": _planted_gif}


def photograph() -> bytes:
    """Return a JPEG as a telephone in upright position makes it: with its place and its camera, and to be turned."""
    return encoded(picture(), "JPEG", exif=exif(orientation=6), quality=90)


def animation(file_format: str, **options: Any) -> bytes:
    """Return two frames."""
    frames = {"save_all": True, "append_images": [picture().rotate(180)], "duration": 500, "loop": 0}
    return encoded(picture(), file_format, **frames, **options)


def sideways_animation() -> bytes:
    """Return an animated WebP that is to be turned."""
    return animation("WEBP", exif=exif(orientation=6))


def planted_files() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the data of a planted picture of each format, as it is and to be turned."""
    for suffix in FORMATS:
        yield f"{suffix}-plain.{suffix}", planted(suffix)
        if suffix != "gif":
            yield f"{suffix}-turned.{suffix}", planted(suffix, orientation=6)
    yield "cmyk.jpg", _planted_jpeg(encoded(picture("CMYK"), "JPEG", exif=exif(), quality=90)) + MARK.encode()
    for suffix in ("png", "webp", "gif"):
        yield f"moving-{suffix}.{suffix}", _INSERT[suffix](animation(FORMATS[suffix])) + MARK.encode()
