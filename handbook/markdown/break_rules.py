"""Where a line may break in a name. BudouX proposes phrases (bunsetsu); the rules here decide.

No line breaks inside a word. A phrase that is longer than a line breaks between its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from handbook.markdown import field_words
from handbook.markdown.word_lists import COMPOUND, Vocabulary
from handbook.model import Phrase, PhraseList

LONGEST_PHRASE = 10
"""Letters. 10 letters of the largest heading fit on the narrowest screen (320 px)."""
SHORTEST_DIVIDED = 4
"""Letters of the longest phrase that fits into a line everywhere."""
_KANJI, _HIRAGANA, _KATAKANA = "々一-龠", "ぁ-ゞ", "ァ-ヺー"  # few ranges: quick to compile
_WORD = "0-9A-Za-zァ-ヺー々一-龠０-９Ａ-Ｚａ-ｚ"
_LATIN = "A-Za-zＡ-Ｚａ-ｚ0-9０-９"
_OPEN, _CLOSE = "「『（(【〔｛〈《［\\[{“‘", "」』）)】〕｝〉》］\\]}”’"
_MARK = "、。，．,.!?！？：:；;・／/〜～…‥"
_PARTICLE = "のをがはにでとへもや"

_CANDIDATE = re.compile(
    rf"(?<=[{_HIRAGANA}])(?=[{_WORD}])|(?<=[\s{_MARK}{_CLOSE}→-])|(?=[{_OPEN}])"
    rf"|(?<=[{_HIRAGANA}])(?={'|'.join(field_words.LINE_START)})"
)
"""Where a line may break outside a compound. All patterns here are zero-width."""
_NEVER = re.compile(
    rf"(?=[{_CLOSE}{_MARK}ー々ゝ゛゜ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%％℃\s])"  # no line begins with these
    rf"|(?<=[{_OPEN}])"
    rf"|(?<=[{_LATIN}'’&＆+._@#%％])(?=[{_LATIN}'’&＆+_@#-])"  # Latin words break at spaces and hyphens
    rf"|(?<=[{_LATIN}]-)(?![{_LATIN}])"
    rf"|(?<=[0-9０-９])(?=[{_HIRAGANA}〜～−–]|[{_KATAKANA}]{{1,2}}(?![{_KATAKANA}]))"
    rf"|(?<=[〜～−–,.，．：:/／])(?=[0-9０-９])"
    rf"|(?<=[{_KANJI}])(?=[0-9０-９])"
    rf"|(?<![{_HIRAGANA}])(?<=[おご])"  # お|年寄り
    # A verb and its second half: 育ち|合う, 学び|直し
    rf"|(?<=[いきしちみりぎじびえけせれげぜべめね])(?=[合直込出上下付替換続切立返離組始終継届取入回渡過][{_HIRAGANA}])"
)
"""Where a line never breaks."""
_KANA_NOUN = re.compile(
    rf"(?<![{_KANJI}{_HIRAGANA}])(?!(?:{'|'.join(field_words.KANA_VERBS)})[{_KANJI}])"
    rf"[{_HIRAGANA}]+(?<![{_PARTICLE}])(?=[{_KANJI}](?:[{_PARTICLE}・、）」]|$))"
)
"""A word in hiragana that one kanji ends: ほたる川, しだれ桜. It ends where a line never breaks."""
_ALWAYS = re.compile(
    r"(?<=\s)"
    rf"|(?<=[、。，！？：；])(?![{_LATIN}])"
    rf"|(?<=[^{_OPEN}・／/〜～])(?=[{_OPEN}])"
    rf"|(?<=[{_CLOSE}])(?=[{_WORD}])"
    rf"|(?<=を)(?=[{_WORD}])"
)
"""Where a line breaks whether BudouX proposes it or not."""
_PROPOSED = re.compile(
    rf"(?<=[{_HIRAGANA}])(?=[{_WORD}])"
    rf"|(?<=[{_HIRAGANA}{_CLOSE}])(?={'|'.join(field_words.LINE_START)})"
)
"""Where a line breaks if BudouX proposes it and nothing joins the phrases."""
_JOINED = re.compile(
    # One kanji after a word that is no particle: ほたる|川の, ある|方との
    rf"(?<=[うくすつぬふむゆるぐぶいたらねりれ])(?=[{_KANJI}](?:[{_PARTICLE}、）」]|$))"
    # What belongs to the particle before it: に|応じた
    rf"|(?<=[にをと])(?=[応向関係通即基伴対沿図用][{_HIRAGANA}])"
    rf"|(?:{'|'.join(f'(?<={word})' for word in field_words.PREFIXED_KANA)})(?=[{_KANJI}])"  # こども|園
)
"""Where a phrase continues although BudouX proposes a break; it breaks here if it is too long."""
_IN_LONG_PHRASE = re.compile(
    rf"(?<=[{_HIRAGANA}])(?=[{_KATAKANA}])"
    rf"|(?<=[のをがはへやも])(?=[{_KANJI}{_LATIN}])"
    rf"|(?<=[・／/〜～→])|(?<=[{_LATIN}]{{3}}-)(?=[{_LATIN}]{{3}})"
    rf"|(?<=[{_PARTICLE}])(?={'|'.join(word for word in field_words.LINE_START if len(word) > 2)})"
)
"""Where a phrase breaks if it is too long, and between the words of a compound."""


class BudouxModel:
    """Where BudouX breaks a text. Only the given offsets are computed, which is faster than its own parser."""

    def __init__(self, scores: Mapping[str, Mapping[str, int]]) -> None:
        """Take the scores of a model by feature, as in `budoux.Parser.model`."""
        self._tables = [(scores.get(name, {}), start, end) for name, (start, end) in _FEATURES.items()]
        self._half_of_all = sum(sum(table.values()) for table in scores.values()) / 2

    def breaks(self, text: str, offsets: Iterable[int]) -> set[int]:
        """Return those of the offsets at which the text breaks."""
        padded = f"{_PADDING}{text}{_PADDING}"
        return {
            offset
            for offset in offsets
            if sum([table.get(padded[offset + start : offset + end], 0) for table, start, end in self._tables])
            > self._half_of_all
        }


_PADDING = "\0" * 3
_FEATURES = {
    **{f"UW{number}": (number - 1, number) for number in range(1, 7)},
    **{f"BW{number}": (number, number + 2) for number in range(1, 4)},
    **{f"TW{number}": (number - 1, number + 2) for number in range(1, 5)},
}
"""Start and end of the letters of a feature, counted from the third letter before an offset."""


def split_name(name: str, model: BudouxModel, vocabulary: Vocabulary) -> PhraseList:
    """Return the phrases of a name."""
    never = vocabulary.inside_words(name)
    never.update([found.end() for found in _KANA_NOUN.finditer(name)])
    between: list[int] = []
    within: set[int] = set()
    proposed: list[int] = []
    for found in _CANDIDATE.finditer(name, 1):
        offset = found.start()
        if offset in never or offset == len(name) or _NEVER.match(name, offset):
            continue
        if _ALWAYS.match(name, offset):
            between.append(offset)
        elif _JOINED.match(name, offset):
            within.add(offset)
        elif _PROPOSED.match(name, offset):
            proposed.append(offset)
        if _IN_LONG_PHRASE.match(name, offset):
            within.add(offset)
    for run in COMPOUND.finditer(name):
        offsets = [run.start() + offset for offset in vocabulary.compound_breaks(run[0])]
        within.update([offset for offset in offsets if offset not in never and not _NEVER.match(name, offset)])
    ends = [0, *sorted([*between, *model.breaks(name, proposed)]), len(name)]
    inner = sorted(within)
    return tuple(_phrase(name, start, end, inner) for start, end in pairwise(ends))


def _phrase(name: str, start: int, end: int, breaks: Sequence[int]) -> Phrase:
    """Return a part of a name as the words that it breaks between if it is too long."""
    if end - start <= SHORTEST_DIVIDED:
        return (name[start:end],)
    ends = [start, *[offset for offset in breaks if start < offset < end], end]
    return tuple(name[left:right] for left, right in pairwise(ends))


def short_phrases(phrases: PhraseList, longest: int = LONGEST_PHRASE) -> tuple[str, ...]:
    """Return the phrases with those longer than `longest` letters divided between their words."""
    result: list[str] = []
    for phrase in phrases:
        whole = "".join(phrase)
        if len(whole) <= longest:
            result.append(whole)
            continue
        piece = ""
        for word in phrase:
            if piece and len(piece + word) > longest:
                result.append(piece)
                piece = ""
            piece += word
        result.append(piece)
    return tuple(result)
