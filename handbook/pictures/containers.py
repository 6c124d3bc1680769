"""Remove the metadata from JPEG, PNG, WebP and GIF files without decoding their pixels.

Each reader splits a file into parts and keeps those that a decoder needs for the pixels; every other part is removed,
also one of an unknown kind, and so is everything after the end of the picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

PLACE, CAMERA, AUTHOR, TIME = "撮影場所（GPS）", "カメラの名前", "作成者", "日時"
EXIF, XMP, IPTC, COMMENT = "Exif", "XMP", "IPTC", "コメント"
THUMBNAIL, SECOND_PICTURE, TRAILER, OTHER = "縮小画像", "もう 1 枚の絵", "絵の終わりの後のデータ", "そのほかのデータ"
LABELS = (PLACE, CAMERA, AUTHOR, TIME, EXIF, XMP, IPTC, COMMENT, THUMBNAIL, SECOND_PICTURE, TRAILER, OTHER)
"""Labels of metadata; what people most want to know of comes first."""
_JPEG_KEPT = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD})
"""Markers of the frame (baseline, extended, progressive), the tables, the restart interval and the scan."""
_JPEG_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xCC, 0xDC}
"""Markers of lossless, hierarchical and arithmetic pictures, and of a height after the scan: browsers read none."""
_JPEG_SCAN_END = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_ANY_LENGTH = range(2**31)
_PNG_KEPT = {
    b"IHDR": range(13, 14),
    b"PLTE": range(769),
    b"tRNS": range(257),
    b"IDAT": _ANY_LENGTH,
    b"IEND": range(1),
    b"sRGB": range(1, 2),
    b"gAMA": range(4, 5),
    b"cHRM": range(32, 33),
    b"cICP": range(4, 5),
    b"acTL": range(8, 9),
    b"fcTL": range(26, 27),
    b"fdAT": _ANY_LENGTH,
    b"pHYs": range(9, 10),
}
"""The lengths of chunks of the pixels, of the colours as numbers, of an animation, and of the size on paper."""
_PNG_LABELS = {b"tEXt": COMMENT, b"zTXt": COMMENT, b"iTXt": COMMENT, b"eXIf": EXIF, b"tIME": TIME, b"iCCP": ""}
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))
_WEBP_LABELS = {b"EXIF": EXIF, b"XMP ": XMP, b"ICCP": "", b"VP8X": ""}
_WEBP_METADATA_FLAGS = 0x20 | 0x08 | 0x04
"""ICC, Exif and XMP in the flags of a VP8X chunk."""
_GIF_LOOP = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


class FormatError(ValueError):
    """The file is built in a way that this module does not read."""


class _Part(NamedTuple):
    data: bytes
    """The bytes to keep; empty if the part is removed."""
    label: str = ""
    """What was removed; empty for a part that is kept or that contains no data about persons, places or devices."""


def without_metadata(data: bytes, file_format: str, dots_per_inch: int = 0) -> bytes:
    """Return a file without metadata. `file_format` is JPEG, PNG, WEBP or GIF.

    A JPEG gets a JFIF header with the resolution, if it is not 0; the other formats keep theirs. Raises FormatError if
    the file cannot be read this way.
    """
    clean = b"".join(part.data for part in _parts(data, file_format))
    if file_format == "JPEG":
        density = dots_per_inch.to_bytes(2, "big") if 0 < dots_per_inch < 0x10000 else b"\0\1"
        unit = b"\1" if 0 < dots_per_inch < 0x10000 else b"\0"
        return b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1" + unit + density * 2 + b"\0\0" + clean[2:]
    return clean[:4] + (len(clean) - 8).to_bytes(4, "little") + clean[8:] if file_format == "WEBP" else clean


def metadata_labels(data: bytes, file_format: str) -> set[str]:
    """Return the labels of the metadata in a file, as far as it can be read."""
    labels: set[str] = set()
    try:
        for part in _parts(data, file_format):
            labels.add(part.label)
    except FormatError:
        pass
    return labels - {""}


def _parts(data: bytes, file_format: str) -> Iterator[_Part]:
    try:
        yield from _READERS[file_format](data)
    except IndexError as error:
        raise FormatError("the file ends too early") from error


def _slice(data: bytes, start: int, end: int) -> bytes:
    """Return a part of the data. Raises FormatError if the data ends before it."""
    if end > len(data):
        raise FormatError("the file ends too early")
    return data[start:end]


def _jpeg(data: bytes) -> Iterator[_Part]:
    yield _Part(_slice(data, 0, 2))
    position, is_plain = 2, True
    while True:
        if data[position] != 0xFF:
            raise FormatError("no marker")
        while data[position + 1] == 0xFF:  # fill bytes
            position += 1
        marker = data[position + 1]
        if marker == 0xD9:
            yield _Part(b"\xff\xd9")
            yield _Part(b"", TRAILER if data[position + 2 :].strip(b"\0") else "")
            break
        end = position + 2 + int.from_bytes(_slice(data, position + 2, position + 4), "big")
        segment = _slice(data, position, end)
        is_plain = is_plain and marker not in _JPEG_OTHER_FRAMES and not _is_not_ycc(marker, segment)
        yield _Part(segment) if marker in _JPEG_KEPT else _Part(b"", _jpeg_label(marker, segment[4:]))
        position = end
        if marker == 0xDA:
            if not (scan_end := _JPEG_SCAN_END.search(data, position)):
                raise FormatError("the scan has no end")
            yield _Part(data[position : scan_end.start()])
            position = scan_end.start()
    if not is_plain:
        raise FormatError("no YCbCr picture with Huffman coding")


def _is_not_ycc(marker: int, segment: bytes) -> bool:
    """Return whether a segment states that the colours are not luminance and chrominance."""
    is_rgb_frame = 0xC0 <= marker <= 0xC2 and segment[10::3] == b"RGB"
    return is_rgb_frame or (marker == 0xEE and segment[4:9] == b"Adobe" and segment[15:16] != b"\1")


def _jpeg_label(marker: int, content: bytes) -> str:
    """Return the label of a segment that is removed."""
    if marker == 0xE0 and content.startswith(b"JFIF\0"):
        return THUMBNAIL if content[12:14] != b"\0\0" and len(content) > 14 else ""
    known = {
        (0xE0, b"JFXX\0"): THUMBNAIL,
        (0xE1, b"Exif\0"): EXIF,
        (0xE1, b"http://ns.adobe.com/x"): XMP,
        (0xE2, b"ICC_PROFILE\0"): "",
        (0xE2, b"MPF\0"): SECOND_PICTURE,
        (0xED, b"Photoshop 3.0\0"): IPTC,
        (0xEE, b"Adobe"): "",
        (0xFE, b""): COMMENT,
    }
    return next(
        (label for (kind, start), label in known.items() if kind == marker and content.startswith(start)), OTHER
    )


def _png(data: bytes) -> Iterator[_Part]:
    yield _Part(_slice(data, 0, 8))
    position, kind = 8, b""
    while kind != b"IEND":
        end = position + 12 + int.from_bytes(_slice(data, position, position + 4), "big")
        chunk = _slice(data, position, end)
        kind = chunk[4:8]
        label = XMP if chunk[8:].startswith(b"XML:com.adobe.xmp\0") else _PNG_LABELS.get(kind, OTHER)
        yield _Part(chunk) if len(chunk) - 12 in _PNG_KEPT.get(kind, ()) else _Part(b"", label)
        position = end
    yield _Part(b"", TRAILER if data[position:].strip(b"\0") else "")


def _webp(data: bytes) -> Iterator[_Part]:
    yield _Part(_slice(data, 0, 12))
    size = 8 + int.from_bytes(data[4:8], "little")
    yield from _riff_chunks(_slice(data, 12, size))
    yield _Part(b"", TRAILER if data[size:].strip(b"\0") else "")


def _riff_chunks(data: bytes, frame_header: int = 0) -> Iterator[_Part]:
    """Yield the chunks after a header of so many bytes. A chunk of odd length is followed by a zero byte."""
    yield _Part(data[:frame_header])
    position = frame_header
    while position < len(data):
        size = int.from_bytes(_slice(data, position + 4, position + 8), "little")
        kind, content = data[position : position + 4], _slice(data, position + 8, position + 8 + size)
        if kind == b"VP8X":
            flags = content[0] & ~_WEBP_METADATA_FLAGS
            yield _Part(kind + (10).to_bytes(4, "little") + bytes((flags,)) + b"\0\0\0" + _slice(content, 4, 10))
        elif kind in _WEBP_KEPT:
            if kind == b"ANMF":
                parts = tuple(_riff_chunks(content, frame_header=16))
                yield from (part._replace(data=b"") for part in parts)
                content = b"".join(part.data for part in parts)
            yield _Part(kind + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2))
        else:
            yield _Part(b"", _WEBP_LABELS.get(kind, OTHER))
        position += 8 + size + size % 2


def _gif(data: bytes) -> Iterator[_Part]:
    position = 13 + _gif_table_size(data[10])
    yield _Part(_slice(data, 0, position))
    while data[position] != 0x3B:
        start = position
        if data[position] == 0x2C:  # an image: descriptor, colour table, code size, blocks
            position = _gif_blocks_end(data, position + 11 + _gif_table_size(data[position + 9]))
            yield _Part(data[start:position])
        elif data[position] == 0x21:
            position = _gif_blocks_end(data, position + 2)
            yield _gif_extension(data[start:position])
        else:
            raise FormatError("no block")
    yield _Part(b";")
    yield _Part(b"", TRAILER if data[position + 1 :].strip(b"\0") else "")


def _gif_extension(block: bytes) -> _Part:
    """Return an extension. Kept are the delay and transparency of a frame, and how often an animation repeats."""
    if block[1] == 0xF9:
        return _Part(block[:2] + b"\4" + block[3:7] + b"\0")
    if block[1] == 0xFF and block[3:14] in _GIF_LOOP:
        return _Part(block[:14] + b"\3\1" + block[16:18] + b"\0") if block[14:16] == b"\3\1" else _Part(b"")
    if block[1] == 0xFF and block[3:11] == b"XMP Data":
        return _Part(b"", XMP)
    return _Part(b"", {0xFE: COMMENT}.get(block[1], OTHER))


def _gif_table_size(flags: int) -> int:
    """Return the bytes of a colour table, from the flags of its header."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks_end(data: bytes, position: int) -> int:
    """Return the position after a sequence of blocks, each after its length; the last one is empty."""
    while data[position]:
        position += 1 + data[position]
    return position + 1


_READERS: dict[str, Callable[[bytes], Iterator[_Part]]] = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif}
