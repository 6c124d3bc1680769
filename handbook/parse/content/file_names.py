"""Errors of files in content/ that are in a wrong folder, of a wrong kind, or have a wrong name."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection

from handbook.diagnostics import Diagnostic, SourceSpan, closest_match
from handbook.parse.validators import free_id
from handbook.patterns import ID_PATTERN, WINDOWS_DEVICE_NAMES

RESERVED_STEMS = frozenset(
    "index structure list audiences kana search reading sitemap accessibility changes data".split()  # noqa: SIM905  # a list would take ten lines
    + "site 404 progress gaps".split()  # noqa: SIM905
)
"""Names of the pages that the build generates."""
_TEXT, _IMAGE_SUFFIXES = (".md",), (".png", ".jpg", ".jpeg", ".webp", ".gif")
ALLOWED_SUFFIXES: dict[str, tuple[str, ...]] = {"": (), "nodes": _TEXT, "pages": _TEXT, "images": _IMAGE_SUFFIXES}
"""The allowed file suffixes of content/ (`""`) and of each of its folders."""
_ADVICE = "半角の英小文字で始まる、英小文字・数字・`-` だけの名前にします"
_WORDS = {"nodes": "node", "pages": "page", "images": "image"}
"""What a suggested name begins with, if the name has no Latin letter."""
_SAME_KIND = {".jfif": ".jpg", ".jpe": ".jpg", ".markdown": ".md", ".mdown": ".md", ".mkd": ".md", ".txt": ".md"}
"""Suffixes of files that only need another name."""
_PICTURES = {
    (".heic", ".heif"): ("iPhone の写真の形式です。写真のソフトで JPEG に書き出し", ".jpg"),
    (".svg", ".svgz", ".ai", ".eps", ".emf", ".wmf"): ("図のソフトで PNG に書き出し", ".png"),
    (".bmp", ".tif", ".tiff", ".avif", ".psd", ".ico", ".jp2"): ("絵を開けるソフトで PNG に書き出し", ".png"),
    (".pdf", ".pptx", ".xlsx", ".vsdx"): ("載せたいところを PNG の絵に書き出し", ".png"),
}
"""How a picture of another kind becomes one that is allowed, and its suffix."""
_DOCUMENTS = (".docx", ".doc", ".odt", ".rtf", ".html", ".htm", ".jtd", ".jtdc")


def misplaced_file_error(file: os.DirEntry[str], path: str, folder: str, taken: set[str]) -> Diagnostic | None:
    """Return the error for a file or folder in content/`folder`, or None if it belongs there.

    `taken` has the names in this folder, without suffixes. A name that the error offers is added.
    """
    span = SourceSpan(path, 1, 1)
    if file.is_dir(follow_symlinks=False):
        message = f"フォルダー `{path}` は使われません"
        return Diagnostic(span, "unknown-file", message, _folder_hint(file.name, folder))
    stem, suffix = _split(file.name)
    allowed = ALLOWED_SUFFIXES[folder]
    if suffix not in allowed and not (stem and _right_suffix(suffix, allowed)):
        message, hint = _wrong_kind(path, stem, suffix, folder)
        return Diagnostic(span, "unknown-file", message, hint)
    is_reserved = stem in _reserved_stems(folder)
    if suffix in allowed and ID_PATTERN.fullmatch(stem) and not is_reserved:
        return None
    free = _free_stem(stem, folder, taken - {stem})
    taken.add(free)
    name = f"{free}{_right_suffix(suffix, allowed)}"
    if is_reserved and suffix in allowed:
        message = f"`{stem}` はほかで使う名前なので使えません"
        return Diagnostic(span, "reserved-name", message, f"名前を `{name}` に変えます")
    more = "文章の中で使っていれば、そこも直します" if folder == "images" else _ADVICE
    more = "節の id と同じ名前にします" if folder == "nodes" else more
    message = f"ファイル名 `{file.name}` は使えません"
    return Diagnostic(span, "bad-file-name", message, f"名前を `{name}` に変えます（{more}）")


def _reserved_stems(folder: str) -> frozenset[str]:
    return WINDOWS_DEVICE_NAMES | RESERVED_STEMS if folder == "pages" else WINDOWS_DEVICE_NAMES


def _split(name: str) -> tuple[str, str]:
    """Return a file's name in two parts: its suffix in the form of ALLOWED_SUFFIXES is the second."""
    stem, dot, suffix = name.rpartition(".")
    if suffix.lower() == "txt" and stem.lower().endswith(".md"):  # Windows hides the second suffix
        stem, suffix = stem[:-3], "md.txt"
    return (stem, f".{suffix}") if dot else (name, "")


def _right_suffix(suffix: str, allowed: Collection[str]) -> str:
    """Return the allowed suffix of a file that only needs another name, or `""`."""
    lower = suffix.lower()
    right = ".md" if lower == ".md.txt" else _SAME_KIND.get(lower, lower)
    return right if right in allowed else ""


def _free_stem(stem: str, folder: str, taken: Collection[str] = ()) -> str:
    """Return an allowed name without suffix that is similar to a name."""
    word = _WORDS.get(folder, "page")
    name = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKC", stem).casefold()).strip("-")
    without_number = re.sub(r"^[^a-z]+", "", name)
    name = (without_number or (f"{word}-{name}" if name else f"{word}-1"))[:60].rstrip("-")
    used = {*taken, *_reserved_stems(folder)}
    return free_id(name, used) if name in used else name


def _folder_hint(name: str, parent: str) -> str:
    if parent:
        return f"中のファイルを content/{parent}/ に移し、このフォルダーを消します"
    near = closest_match(name, [folder for folder in ALLOWED_SUFFIXES if folder])
    if near:
        return f"`content/{near}` という名前に変えます"
    return "content/ の中は nodes pages images だけです。中の文章や絵をそこに移し、このフォルダーを消します"


def _wrong_kind(path: str, stem: str, suffix: str, folder: str) -> tuple[str, str]:
    """Return message and hint for a file whose kind is not allowed in its folder."""
    lower = suffix.lower()
    message = f"`{path}` は使われません"
    picture = next((way for suffixes, way in _PICTURES.items() if lower in suffixes), None)
    if picture and folder in ("images", ""):
        way, right = picture
        message = f"`{path}` は、使えない種類の絵です（使えるのは png jpg webp gif）"
        return message, f"{way}、`content/images/{_free_stem(stem, 'images')}{right}` に置いて、このファイルを消します"
    if right := _right_suffix(suffix, _IMAGE_SUFFIXES):
        return message, f"絵なので `content/images/{_free_stem(stem, 'images')}{right}` に移します"
    target = folder if folder in ("nodes", "pages") else "pages"
    place = f"`content/{target}/{_free_stem(stem, target)}.md`"
    if _right_suffix(suffix, _TEXT):
        return message, f"文章なので {place} に移します"
    if lower in _DOCUMENTS:
        return message, f"文字だけを写して {place} に Markdown で保存し、このファイルは content/ の外に移します"
    hint = "content/ に置けるのは、nodes/ と pages/ の .md と、images/ の絵（png jpg webp gif）だけです"
    return message, f"{hint}。ほかの場所に移します"
