"""Sort kana readings, assign them to index rows, and split a reading over the parts of its name as ruby."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

RubySegments = tuple[tuple[str, str], ...]
"""The parts of a name, each with the kana shown over it, or `""` if it is read as written."""

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
"""Characters. A longer name or reading gets no ruby, which bounds the time of the search."""
KANA_PER_KANJI = 1.75
"""Average number of kana in the reading of one kanji."""
SMALL_KANA = "ぁぃぅぇぉゃゅょ"
NON_INITIAL_KANA = f"{SMALL_KANA}っんー"
"""Kana with which the reading of no kanji begins."""
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F5)}
"""Without ヵ and ヶ, which have other readings."""
_SMALL_TO_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")
_TOKEN = re.compile(
    r"(?P<kana>[ぁ-んァ-ヴー]+)|(?P<mark>[、・]|\s+)|(?P<silent>[「」『』（）()〈〉《》【】［］\[\]“”\"'。,.]+)|."
)
_VOWEL_OF_KANA = {
    kana: vowel
    for vowel, row in zip(
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
    for kana in row
}


def to_hiragana(text: str) -> str:
    """Return the NFKC form of a text (full-width kana), with katakana as hiragana."""
    return unicodedata.normalize("NFKC", text).translate(_KATAKANA_TO_HIRAGANA)


def _base_kana(reading: str) -> str:
    """Return a reading without voicing marks and small kana. A long vowel mark becomes the vowel before it."""
    unvoiced = "".join(c for c in unicodedata.normalize("NFD", to_hiragana(reading)) if c not in "\u3099\u309a")
    base = ""
    for kana in unvoiced.translate(_SMALL_TO_LARGE):
        base += _VOWEL_OF_KANA.get(base[-1:], "") if kana == "ー" else kana
    return re.sub(r"[^ぁ-んa-z0-9]", "", base.casefold())


def kana_sort_key(reading: str) -> tuple[str, str]:
    """Return a sort key in the order of a Japanese index: か and が count as equal first, then か is before が."""
    return _base_kana(reading), to_hiragana(reading)


def kana_row(reading: str) -> str:
    """Return the first kana of the index row of a reading, or `""` if the reading begins with a letter or a digit."""
    first = _base_kana(reading)[:1]
    return next((row[0] for row in GOJUON_ROWS if first and first in row), "")


def ruby_segments(name: str, reading: str) -> RubySegments | None:
    """Split a name into parts and assign a part of the reading to each part that is not kana.

    Returns None if the reading does not fit the name. Of several splits, return the one in which the number of kana
    per kanji is closest to KANA_PER_KANJI.
    """
    reading = re.sub(r"\s", "", to_hiragana(reading))
    if not reading or len(name) > MAX_NAME_LENGTH or len(reading) > MAX_NAME_LENGTH:
        return None
    tokens = list(_tokenize(name))
    # By the offset in the reading after the tokens so far: the lowest cost, and the ruby of each token.
    best: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
    for text, kind in tokens:
        extended: dict[int, tuple[float, tuple[str, ...]]] = {}
        for start, (cost, ruby) in best.items():
            for end, step_cost in _steps(text, kind, reading, start):
                if end not in extended or cost + step_cost < extended[end][0]:
                    extended[end] = cost + step_cost, (*ruby, reading[start:end] if kind == "other" else "")
        best = extended
    if len(reading) not in best:
        return None
    return tuple((text, ruby) for (text, _), ruby in zip(tokens, best[len(reading)][1], strict=True))


def _tokenize(name: str) -> Iterator[tuple[str, str]]:
    """Yield the runs of a name with their kind: `kana`, `mark`, `silent` or `other`."""
    run = ""
    for match in _TOKEN.finditer(name):
        kind = match.lastgroup or "other"
        if kind == "other":
            run += match[0]
            continue
        if run:
            yield run, "other"
            run = ""
        yield match[0], kind
    if run:
        yield run, "other"


def _steps(text: str, kind: str, reading: str, start: int) -> Iterator[tuple[int, float]]:
    """Yield each offset at which a token that begins at `start` may end in the reading, with its cost."""
    if kind == "kana":
        if reading.startswith(to_hiragana(text), start):
            yield start + len(text), 0
    elif kind == "other" and start < len(reading) and reading[start] not in NON_INITIAL_KANA:
        kana_count = 0
        for end in range(start + 1, len(reading) + 1):
            if reading[end - 1] in "、・":
                return
            kana_count += reading[end - 1] not in SMALL_KANA
            yield end, abs(kana_count - KANA_PER_KANJI * len(text))
    elif kind != "other":
        yield start, 0
        if kind == "mark" and reading.startswith(text.strip() or "\0", start):
            yield start + len(text), -1
