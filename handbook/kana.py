"""Readings: kana in their own order and rows, and laid over the name they belong to.

No verb and no value of its own: what several rooms have to agree on about よみ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

RubySegments = tuple[tuple[str, str], ...]
"""A name in pieces, each with the kana that stand over it, or none where it is read as it is written."""

GOJUON_ROWS = (
    "あいうえお",
    "かきくけこ",
    "さしすせそ",
    "たちつてと",
    "なにぬねの",
    "はひふへほ",
    "まみむめも",
    "やゆよ",
    "らりるれろ",
    "わゐゑをん",
)
MAX_NAME_LENGTH = 100
"""Characters of a name or a reading; beyond, no reading is laid over it."""
KANA_PER_KANJI = 1.75
"""Of a character, on the average."""
SMALL_KANA = "ぁぃぅぇぉゃゅょ"
NON_INITIAL_KANA = f"{SMALL_KANA}っんー"
"""Kana with which no character's reading begins."""
_KATAKANA_TO_HIRAGANA = {
    code: code - 0x60 for code in range(0x30A1, 0x30F5)
}  # without ヵ and ヶ, which are read in other ways
_SMALL_TO_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")
_TOKEN = re.compile(
    r"(?P<kana>[ぁ-んァ-ヴー]+)|(?P<mark>[、・]|\s+)|(?P<silent>[「」『』（）()〈〉《》【】［］\[\]“”\"'。,.]+)|."
)
_VOWEL_ENDS = {
    letter: vowel
    for vowel, letters in zip(
        "あいうえお",
        (
            "あかさたなはまやらわ",
            "いきしちにひみりゐ",
            "うくすつぬふむゆる",
            "えけせてねへめれゑ",
            "おこそとのほもよろを",
        ),
        strict=True,
    )
    for letter in letters
}


def to_hiragana(text: str) -> str:
    """Return the text with katakana turned into hiragana and half-width kana into full-width."""
    return unicodedata.normalize("NFKC", text).translate(_KATAKANA_TO_HIRAGANA)


def _base_kana(reading: str) -> str:
    """Return a reading without voicing marks and small letters; a long mark is the vowel before it."""
    bare = "".join(c for c in unicodedata.normalize("NFD", to_hiragana(reading)) if c not in "\u3099\u309a")
    made = ""
    for letter in bare.translate(_SMALL_TO_LARGE):
        made += _VOWEL_ENDS.get(made[-1:], "") if letter == "ー" else letter
    return re.sub(r"[^ぁ-んa-z0-9]", "", made.casefold())


def kana_sort_key(reading: str) -> tuple[str, str]:
    """Return a sort key in the order of a Japanese index: か and が together, then か before が."""
    return _base_kana(reading), to_hiragana(reading)


def kana_row(reading: str) -> str:
    """Return the first kana of the row under which a reading stands in an index; empty for letters and digits."""
    first = _base_kana(reading)[:1]
    return next((kana[0] for kana in GOJUON_ROWS if first and first in kana), "")


def ruby_segments(name: str, reading: str) -> RubySegments | None:
    """Lay a reading over a name: its kana must stand in the reading, the rest of the reading is what others sound like.

    Returns None where that is impossible: the reading belongs to another name, or has a slip. Of several ways the one
    that gives each character about as many sounds as most have is taken.
    """
    said = re.sub(r"\s", "", to_hiragana(reading))
    if not said or len(name) > MAX_NAME_LENGTH or len(said) > MAX_NAME_LENGTH:
        return None
    tokens = list(_tokenize(name))
    # From each place of the reading that can be reached: the cost so far, and what was laid over each token.
    ways: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
    for text, kind in tokens:
        further: dict[int, tuple[float, tuple[str, ...]]] = {}
        for at, (cost, laid) in ways.items():
            for end, more in _steps(text, kind, said, at):
                if end not in further or cost + more < further[end][0]:
                    further[end] = cost + more, (*laid, said[at:end] if kind == "other" else "")
        ways = further
    if len(said) not in ways:
        return None
    return tuple((text, laid) for (text, _), laid in zip(tokens, ways[len(said)][1], strict=True))


def _tokenize(name: str) -> Iterator[tuple[str, str]]:
    """Yield the runs of a name with their kind: `kana`, `mark`, `silent` or `other`."""
    run = ""
    for found in _TOKEN.finditer(name):
        kind = found.lastgroup or "other"
        if kind == "other":
            run += found[0]
            continue
        if run:
            yield run, "other"
            run = ""
        yield found[0], kind
    if run:
        yield run, "other"


def _steps(text: str, kind: str, said: str, at: int) -> Iterator[tuple[int, float]]:
    """Yield where a run may end in the reading when it begins at `at`, and what that costs."""
    if kind == "kana":
        if said.startswith(to_hiragana(text), at):
            yield at + len(text), 0
    elif kind == "other" and at < len(said) and said[at] not in NON_INITIAL_KANA:
        sounds = 0
        for end in range(at + 1, len(said) + 1):
            if said[end - 1] in "、・":
                return
            sounds += said[end - 1] not in SMALL_KANA
            yield end, abs(sounds - KANA_PER_KANJI * len(text))
    elif kind != "other":
        yield at, 0
        if kind == "mark" and said.startswith(text.strip() or "\0", at):
            yield at + len(text), -1
