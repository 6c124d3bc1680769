"""Decode text files in the encodings of Japanese office software. What could be read wrongly is refused."""

from __future__ import annotations

import re

_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_KANA = re.compile("[ぁ-んァ-ヶ]")
_SHIFT_JIS_LEAD = re.compile(rb"[\x81-\x8d\x90-\xa0]")
"""Bytes of nearly all kana and kanji in Shift_JIS, and of no character in EUC-JP."""
_CHANGED_SIGNS = str.maketrans("", "", "～－―∥")
"""What Excel writes into Shift_JIS for 〜 − — ‖."""


class UnknownEncodingError(Exception):
    """The encoding of a text is unknown, or it has damaged characters. Contains the reason in Japanese."""


def decode(data: bytes) -> tuple[str, str]:
    """Return a text and the name of its encoding. Raises UnknownEncodingError if the encoding is not certain."""
    mark = next((encoding for start, encoding in _BYTE_ORDER_MARKS if data.startswith(start)), "")
    if mark:
        return _decoded(data, mark), mark.upper()
    if b"\0" in data and (text := _utf_16_without_mark(data)):
        return text, "UTF-16"
    if b"\x1b$" in data or b"\x1b(" in data:
        return _decoded(data, "iso2022_jp_2"), "JIS（ISO-2022-JP）"
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        damaged = data.decode("utf-8", "replace")
        if _is_mostly_utf_8(damaged):
            line = data.count(b"\n", 0, error.start) + 1
            raise UnknownEncodingError(f"UTF-8 のようですが、{line} 行めにこわれた文字があります") from error
    return _legacy_japanese(data)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnknownEncodingError(f"{encoding.upper()} のようですが、こわれた文字があります") from error


def _is_mostly_utf_8(damaged: str) -> bool:
    """Return whether a text that was decoded as UTF-8 has more characters than errors outside ASCII."""
    errors = damaged.count("\ufffd")
    return sum(character > "\x7f" for character in damaged) - errors > errors


def _utf_16_without_mark(data: bytes) -> str:
    """Return a text in UTF-16, or "". Its line ends show the order of the bytes."""
    for encoding, newline in (("utf-16-le", b"\n\0"), ("utf-16-be", b"\0\n")):
        if newline in data and len(data) % 2 == 0:
            text = data.decode(encoding, "replace")
            if "\ufffd" not in text and "\0" not in text and "\n" in text:
                return text
    return ""


def _legacy_japanese(data: bytes) -> tuple[str, str]:
    """Return a text in Shift_JIS or EUC-JP, whichever it is without doubt."""
    shift_jis, euc = _readable(data, "cp932"), _readable(data, "euc_jp") or _readable(data, "euc_jisx0213")
    if shift_jis and _SHIFT_JIS_LEAD.search(data):
        return shift_jis, "Shift_JIS"
    if euc and _KANA.search(euc):
        return euc, "EUC-JP"
    if shift_jis or euc:
        raise UnknownEncodingError("文字コードが Shift_JIS なのか EUC-JP なのか、決められません")
    raise UnknownEncodingError("文字コードが分かりません")


def _readable(data: bytes, encoding: str) -> str:
    """Return the text in an encoding, or "" if the data are invalid in it or contain characters of private use."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return "" if re.search("[\ue000-\uf8ff]", text) else text


def has_changed_signs(text: str) -> bool:
    """Return whether a text from Shift_JIS has signs that replace others, such as ～ for 〜."""
    return text.translate(_CHANGED_SIGNS) != text
