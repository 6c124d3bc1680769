"""Where a line may break in a name. BudouX proposes phrases (bunsetsu); the rules here decide.

No line breaks inside a word. A phrase that is longer than a line breaks between its words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from handbook.markdown import field_words
from handbook.markdown.word_lists import COMPOUND, Vocabulary
from handbook.model import Phrase, PhraseList

LONGEST_PHRASE = 10
"""Letters. 10 letters of the largest heading fit on the narrowest screen (320 px)."""
_KANJI, _HIRAGANA, _KATAKANA = "一-龠々〆ヶヵ\U00020000-\U0003ffff", "ぁ-ゖゝ", "ァ-ヴー"
_LATIN = "A-Za-zＡ-Ｚａ-ｚ0-9０-９"
_OPEN, _CLOSE = "「『（(【〔｛〈《［\\[{“‘", "」』）)】〕｝〉》］\\]}”’"
_MARK = "、。，．,.!?！？：:；;・／/〜～…‥"
_PARTICLE = "のをがはにでとへもや"

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
"""Where a line never breaks. Zero-width, as all patterns here."""
_KANA_NOUN = re.compile(
    rf"(?<![{_KANJI}{_HIRAGANA}])(?!(?:{'|'.join(field_words.KANA_VERBS.split())})[{_KANJI}])"
    rf"[{_HIRAGANA}]+(?<![{_PARTICLE}])(?=[{_KANJI}](?:[{_PARTICLE}・、）」]|$))"
)
"""A word in hiragana that one kanji ends: ほたる川, しだれ桜. It ends where a line never breaks."""
_ALWAYS = re.compile(
    r"(?<=\s)"
    rf"|(?<=[、。，！？：；])(?![{_LATIN}])"
    rf"|(?<=[^{_OPEN}・／/〜～])(?=[{_OPEN}])"
    rf"|(?<=[{_CLOSE}])(?=[{_KANJI}{_KATAKANA}{_LATIN}])"
    rf"|(?<=を)(?=[{_KANJI}{_KATAKANA}{_LATIN}])"
)
"""Where a line breaks whether BudouX proposes it or not."""
_PROPOSED = re.compile(
    rf"(?<=[{_HIRAGANA}])(?=[{_KANJI}{_KATAKANA}{_LATIN}])"
    rf"|(?<=[{_HIRAGANA}{_CLOSE}])(?={'|'.join(field_words.LINE_START.split())})"
)
"""Where a line breaks if BudouX proposes it."""
_JOINED = re.compile(
    # One kanji after a word that is no particle: ほたる|川の, ある|方との
    rf"(?<=[うくすつぬふむゆるぐぶいたらねりれ])(?=[{_KANJI}](?:[{_PARTICLE}、）」]|$))"
    # What belongs to the particle before it: に|応じた
    rf"|(?<=[にをと])(?=[応向関係通即基伴対沿図用][{_HIRAGANA}])"
    rf"|(?:{'|'.join(f'(?<={word})' for word in field_words.PREFIXED_KANA.split())})(?=[{_KANJI}])"  # こども|園
)
"""Where a phrase continues although BudouX proposes a break; it breaks here if it is too long."""
_IN_LONG_PHRASE = re.compile(
    rf"(?<=[{_HIRAGANA}])(?=[{_KATAKANA}])"
    rf"|(?<=[のをがはへやも])(?=[{_KANJI}{_LATIN}])"
    rf"|(?<=[・／/〜～→])|(?<=[{_LATIN}]{{3}}-)(?=[{_LATIN}]{{3}})"
    rf"|(?<=[{_PARTICLE}])(?={'|'.join(word for word in field_words.LINE_START.split() if len(word) > 2)})"
)
"""Where a phrase breaks if it is too long, besides between the words of a compound."""


def split_name(name: str, proposed: Collection[int], vocabulary: Vocabulary) -> PhraseList:
    """Return the phrases of a name. `proposed` are the offsets at which BudouX would break it."""
    never = _offsets(_NEVER, name) | vocabulary.inside_words(name)
    never |= {found.end() for found in _KANA_NOUN.finditer(name)}
    joined = _offsets(_JOINED, name)
    always = _offsets(_ALWAYS, name)
    between = always | (_offsets(_PROPOSED, name) & {*proposed}) - joined
    within = joined | _offsets(_IN_LONG_PHRASE, name)
    for run in COMPOUND.finditer(name):
        within |= {run.start() + offset for offset in vocabulary.compound_breaks(run[0])}
    ends = [0, *sorted(between - never), len(name)]
    inner = within - never
    return tuple(_phrase(name, start, end, inner) for start, end in pairwise(ends) if start < end)


def _offsets(pattern: re.Pattern[str], name: str) -> set[int]:
    """Return where a zero-width pattern matches, except at the ends of a name."""
    return {found.start() for found in pattern.finditer(name)} - {0, len(name)}


def _phrase(name: str, start: int, end: int, breaks: Collection[int]) -> Phrase:
    """Return a part of a name as the words that it breaks between if it is too long."""
    ends = [start, *sorted(offset for offset in breaks if start < offset < end), end]
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
