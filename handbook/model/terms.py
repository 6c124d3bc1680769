"""Find the terms of the glossary in a text: the longest word first, never inside a longer word.

Japanese has no spaces between words. A term ends where its script does: a kanji, katakana or Latin letter next to one
of the same script makes a longer word (公園課, 市民会館). A term may be followed by a particle or by する (公園の,
協働する), but not by other hiragana (子ども, まちづくり). Words that the plan defines, such as the names of its
departments, are longer words too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from handbook.folding import fold, fold_with_places
from handbook.model.plan import Plan

_SCRIPTS = re.compile(
    "(?P<kanji>[一-鿿㐀-䶿\U00020000-\U0003ffff々〆ヶヵ])|(?P<katakana>[ァ-ヺーヽヾ])|(?P<latin>[A-Za-z0-9À-ɏ])|(?P<hiragana>[ぁ-ゖ])"
)
_FOLLOWING = re.compile(
    "[のはがをにへとでもや]|だ(?!ん)|な(?!か)|か(?=ら|[、。はもにを])|まで|より|など|なら|のみ|こそ|さえ|しか|ずつ|ごと|ほど|くらい|ぐらい"
    "|ばかり|って|たち|さん|らしい|および|または|あるい|ならび|かつ|ほか|そして|すべて|みんな|それぞれ|いう|いっ|ある|あり|あっ|ない|なく"
)
"""Matches hiragana with which another word begins."""
_VERB = re.compile("す[るべ]|すれ|し(?!い)|さ[れせ]|せ[ずよ]|でき|いた")
"""Matches what makes a verb of a noun of two kanji or more."""
_PRECEDING = "のはがをにへともでやなるた"
"""Hiragana with which a word before a term in hiragana ends."""
_WORD_END = "[ぁ-ゖー](?<![うくぐすつぬぶむるたな])"
"""Matches hiragana with which a verb before a term does not end."""
_TAILS = re.compile(
    "(?:体制|[事作]業|関連|施設|推進|制度|学習|支援|活動|団体|機関|計画|講座|整備|充実|促進|育成|基本|目標|機能|環境|形成)+(?![一-鿿々ァ-ヶ])"
)
"""Matches general words that follow a term in a name: 協働体制, 生涯学習関連施設."""
_PARTICLES = re.compile(r"[のをがはにへとでやも・、。,.「」『』（）()\s]+")


class TermMatch(NamedTuple):
    """A term in a text."""

    start: int
    end: int
    name: str
    """The term as the glossary spells it."""


class TermFinder:
    """Finds terms among other known words."""

    def __init__(self, terms: Iterable[str], known_words: Iterable[str] = (), phrases: Iterable[str] = ()) -> None:
        """Take the terms, longer words that may contain them, and phrases that contain such words.

        A phrase counts only if hiragana before a term makes a longer word: ふれあい公園, not つくる公園.
        """
        self._name_by_fold = {fold(name): name for name in terms}
        any_term = "|".join(map(re.escape, self._name_by_fold)) or "(?!)"
        after_hiragana = re.compile(f"[ぁ-ゖー]*{_WORD_END}(?:{any_term})")
        longer = {word for word in map(fold, known_words) if any(term in word for term in self._name_by_fold)}
        longer |= {word for word in map(fold, phrases) if after_hiragana.match(word)}
        words = sorted(longer | self._name_by_fold.keys(), key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, words))) if self._name_by_fold else None

    def __bool__(self) -> bool:
        """Return whether there is any term."""
        return bool(self._pattern)

    def find(self, text: str, *, in_compounds: bool = False) -> Iterator[TermMatch]:
        """Yield each occurrence of a term as a word of its own, in order; `in_compounds` also before general words."""
        folded, places = fold_with_places(text) if self._pattern else ("", [])
        start = 0
        while self._pattern and (match := self._pattern.search(folded, start)):
            name = self._name_by_fold.get(match[0], "")
            tail = _TAILS.match(folded, match.end()) if in_compounds else None
            is_word = bool(name) and _is_whole_word(folded, match.start(), (tail or match).end())
            if is_word:
                yield TermMatch(places[match.start()], places[match.end()], name)
            start = match.end() if is_word or not name else match.start() + 1


def plan_term_finder(plan: Plan) -> TermFinder:
    """Return a finder of the terms of a plan that takes the other words of the plan into account."""
    words = chain(*plan.vocabularies.values(), *plan.spellings, [plan.name, plan.municipality])
    levels = (level.name for level in plan.levels)
    texts = (text for node in plan.nodes for text in (node.name, node.kana_reading)) if plan.terms else ()
    phrases = (phrase for text in texts for phrase in _PARTICLES.split(text))
    return TermFinder((term.name for term in plan.terms), chain(words, levels), phrases)


def _is_whole_word(text: str, start: int, end: int) -> bool:
    """Return whether no longer word of a folded text contains the part from `start` to `end`."""
    before, first, last = (_script(text[at : at + 1] if at >= 0 else "") for at in (start - 1, start, end - 1))
    after = _script(text[end : end + 1])
    if (before == first and first not in ("", "hiragana")) or (after == last and last not in ("", "hiragana")):
        return False
    if before == first == "hiragana" and text[start - 1] not in _PRECEDING:
        return False
    if after != "hiragana" or last not in ("kanji", "hiragana") or _FOLLOWING.match(text, end):
        return True
    is_noun = last == "kanji" and end - start > 1 and _script(text[end - 2]) == "kanji"
    return is_noun and bool(_VERB.match(text, end))


def _script(character: str) -> str:
    match = _SCRIPTS.match(character)
    return (match.lastgroup or "") if match else ""
