"""Spell kana with Latin letters, for addresses: かんきょうか → kankyouka.

Hepburn for the consonants; a long vowel keeps its two kana (ou, uu), so that few readings have the same spelling.
"""

from __future__ import annotations

import re

from handbook.kana import to_hiragana

_ROWS = {
    "": "あ い う え お",
    "k": "か き く け こ",
    "g": "が ぎ ぐ げ ご",
    "s": "さ - す せ そ",
    "z": "ざ - ず ぜ ぞ",
    "t": "た - - て と",
    "d": "だ - - で ど",
    "n": "な に ぬ ね の",
    "h": "は ひ - へ ほ",
    "b": "ば び ぶ べ ぼ",
    "p": "ぱ ぴ ぷ ぺ ぽ",
    "m": "ま み む め も",
    "y": "や - ゆ - よ",
    "r": "ら り る れ ろ",
    "w": "わ - - - を",
    "v": "- - ゔ - -",
}
_OTHERS = {"し": "shi", "じ": "ji", "ち": "chi", "ぢ": "ji", "つ": "tsu", "づ": "zu", "ふ": "fu", "ん": "n", "ー": ""}
_SMALL = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o", "ゎ": "wa"}
_LETTERS = _OTHERS | {
    kana: consonant + vowel
    for consonant, row in _ROWS.items()
    for kana, vowel in zip(row.split(), "aiueo", strict=True)
    if kana != "-"
}


def romanized(kana: str) -> str:
    """Return kana as lower-case letters; other characters, except letters and digits of ASCII, are left out."""
    letters = ""
    doubled = False
    for sign in to_hiragana(kana).lower():
        if sign == "っ":
            doubled = True
            continue
        if sign in _SMALL:
            letters = _contracted(letters, _SMALL[sign])
            continue
        syllable = _LETTERS.get(sign, sign if re.match("[a-z0-9]", sign) else "")
        first = "t" if syllable.startswith("ch") else syllable[:1]
        letters += first + syllable if doubled else syllable
        doubled = False
    return letters


def _contracted(letters: str, small: str) -> str:
    """Return letters with the small kana at their end: ki + ya → kya, shi + ya → sha, fu + a → fa."""
    stem = letters[:-1] if letters[-1:] in "aiueo" else letters
    return stem + (small[1:] if stem.endswith(("sh", "ch", "j")) and small[0] == "y" else small)
