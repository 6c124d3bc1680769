"""Explain in an editor's words why a picture cannot be decoded."""

from __future__ import annotations

from handbook.pictures.errors import PictureError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")


def damage_error(data: bytes, file_format: str) -> PictureError:
    """Return the error for a picture that cannot be decoded in the format of its name."""
    actual = _actual_format(data)
    if actual == file_format:
        message = f"絵がとちゅうで切れているか、こわれています（{file_format} として読めません）"
        return PictureError("broken-picture", message, "元の絵から、もう一度保存し直してください")
    if actual in FORMATS:
        suffix = {"JPEG": ".jpg"}.get(actual, f".{actual.lower()}")
        hint = f"名前の終わりを `{suffix}` に直し、文章の中の名前も同じに直してください"
        return PictureError("broken-picture", f"名前は {file_format} ですが、中身は {actual} です", hint)
    kind = f"名前は {file_format} ですが、中身は {actual} です" if actual else f"{file_format} の絵として読めません"
    return PictureError("broken-picture", kind, "絵を開けるソフトで、PNG か JPEG を選んで保存し直してください")


def _actual_format(data: bytes) -> str:
    """Return the format of the data by its first bytes, or "" if it is none that is known here."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "AVIF" if data[8:12] == b"avif" else "HEIC（iPhone の写真の形）"
    starts = {
        b"\x89PNG\r\n\x1a\n": "PNG",
        b"\xff\xd8\xff": "JPEG",
        b"GIF8": "GIF",
        b"BM": "BMP",
        b"%PDF": "PDF",
        b"II*\0": "TIFF",
        b"MM\0*": "TIFF",
        b"<svg": "SVG",
        b"<?xml": "SVG",
        b"8BPS": "Photoshop の形",
    }
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for start, name in starts.items() if data.startswith(start)), "")
