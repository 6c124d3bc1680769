"""Two texts → the same two with the words marked that differ, so that a reader sees the change and not the letters.

The comparison runs over single characters of Japanese and over whole numbers and foreign words, the longest common
stretch first. Then the marks are made readable: those that would pepper a phrase are joined, one that can slide is
moved to where a phrase begins, and two texts with little in common are marked as a whole.

The standard library's difflib does the search. Its rule about frequent letters is switched off, since it would take
の for noise; and its slow cases are kept out by a bound, beyond which a passage is marked as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from handbook.model import Segments

ELLIPSIS = "（略）"
"""Stands for paragraphs that are the same on both sides, as such tables have it."""
MAX_FULL_TEXT = 40
"""Characters of unchanged paragraphs that are shown in spite of that."""
MAX_COMPARISONS = 60_000
"""Equal tokens of both sides, counted as pairs, that are searched."""
_TOKEN = re.compile(r"[0-9０-９]+(?:[.,:/．，：／-][0-9０-９]+)*|[A-Za-zＡ-Ｚａ-ｚ]+|[ァ-ヴー]+|.", re.DOTALL)
_ENDS = "、。，．,.!?！？）」』〉》】］)]\n 　・：:"
_NORMALIZE_DASHES = str.maketrans("~∼〜‐‑‒–−", "〜〜〜-----")
_PHRASE_STARTS = "（「『〈《【［([\n"

_SENTINEL = "\0"
"""Ends each item of a list while lists are compared; no text holds one."""

Opcode = tuple[bool, str, str]
"""Whether a passage is the same on both sides, and its words before and after."""


def diff_words(before: str, after: str) -> tuple[Segments, Segments]:
    """Return both texts in pieces, each with whether it differs."""
    if not before or not after:
        return _unchanged(before), _unchanged(after)
    lines: list[Opcode] = []
    for same, old, new in _opcodes(_lines(before), _lines(after)):
        lines += [(True, _elide_unchanged(old), _elide_unchanged(new))] if same else _diff_passage(old, new)
    return _side(lines, 1), _side(lines, 2)


def diff_list(before: Sequence[str], after: Sequence[str], comma: str = "、") -> tuple[Segments, Segments]:
    """Return two lists of words, those marked that the other does not have, or has in another place."""
    steps = list(_opcodes([word + _SENTINEL for word in before], [word + _SENTINEL for word in after]))
    return _list_segments(steps, 1, comma), _list_segments(steps, 2, comma)


def normalize(text: str) -> str:
    """Return what a text says whatever its spaces, width and punctuation.

    Signs between two digits and the sign of a number belong to what is said: 1.5 is not 15, 1/2 is not 12.
    """
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", unicodedata.normalize("NFKC", text)).translate(_NORMALIZE_DASHES)
    kept = []
    for at, sign in enumerate(plain):
        after = plain[at + 1 : at + 2].isdigit()
        numeric = after and (plain[at - 1 : at].isdigit() or sign == "-")
        if numeric or sign in "%‰&@#" or unicodedata.category(sign)[0] not in "PZC":
            kept.append(sign)
    return "".join(kept)


def similarity(one: str, other: str) -> float:
    """Return how much two short texts have in common, from 0 to 1."""
    return SequenceMatcher(None, normalize(one), normalize(other), autojunk=False).ratio()


def _unchanged(text: str) -> Segments:
    return ((text, True),) if text else ()


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _opcodes(before: Sequence[str], after: Sequence[str]) -> Iterator[Opcode]:
    """Yield what two sequences share and where they differ, in order."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if head:
        yield True, "".join(before[:head]), "".join(after[:head])
    if old and new and _is_small_enough(old, new):
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield tag == "equal", "".join(old[a:b]), "".join(new[c:d])
    elif old or new:
        yield False, "".join(old), "".join(new)
    if tail:
        yield True, "".join(before[len(before) - tail :]), "".join(after[len(after) - tail :])


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many items are equal from the start."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)


def _is_small_enough(old: Sequence[str], new: Sequence[str]) -> bool:
    counts = Counter(new)
    return sum(counts[token] for token in old) <= MAX_COMPARISONS


def _diff_passage(old: str, new: str) -> list[Opcode]:
    """Compare two passages by words, and make the marks readable."""
    if not old or not new:
        return [(False, old, new)]
    steps = _merge_opcodes(list(_opcodes(_TOKEN.findall(old), _TOKEN.findall(new))))
    shared = sum(len(a) for same, a, _ in steps if same)
    if shared * 4 < max(len(old), len(new)):
        return [(False, old, new)]
    return _align_to_phrases(steps)


def _merge_opcodes(steps: list[Opcode]) -> list[Opcode]:
    """Take what stands between two marks into them where it is too little to be read by itself."""
    made: list[Opcode] = []
    for number, (same, old, new) in enumerate(steps):
        inside = 0 < number < len(steps) - 1
        kept = same and not (inside and _is_noise(old, made[-1], steps[number + 1]))
        if made and not kept and not made[-1][0]:
            made[-1] = False, made[-1][1] + old, made[-1][2] + new
        else:
            made.append((kept, old, new))
    return made


def _is_noise(words: str, before: Opcode, after: Opcode) -> bool:
    """Whether unchanged words are lost between two marks: one letter, or fewer than the marks beside them have."""
    if "\n" in words or words[-1] == "。":
        return False
    least = min(max(len(step[1]), len(step[2])) for step in (before, after))
    return len(words) == 1 or (len(words) <= 3 and len(words) <= least)


def _align_to_phrases(steps: list[Opcode]) -> list[Opcode]:
    """Move each mark that has words on one side only to where it reads best among the places that mean the same."""
    made = list(steps)
    for n in range(1, len(made) - 1):
        (left_same, left, _), (same, old, new), (right_same, right, _) = made[n - 1 : n + 2]
        if same or (old and new) or not (left_same and right_same):
            continue
        begin, words, end = max(_slide_positions(left, old or new, right), key=_boundary_score)
        made[n - 1 : n + 2] = [
            (True, begin, begin),
            (False, words if old else "", words if new else ""),
            (True, end, end),
        ]
    return [step for step in made if step[1] or step[2]]


def _slide_positions(left: str, words: str, right: str) -> Iterator[tuple[str, str, str]]:
    """Yield every way to lay the same mark into its surroundings, as it was found first."""
    whole, size = left + words + right, len(words)
    yield left, words, right
    for step in (-1, 1):
        at = len(left)
        while 0 <= at + step <= len(whole) - size and whole[min(at, at + step)] == whole[min(at, at + step) + size]:
            at += step
            yield whole[:at], whole[at : at + size], whole[at + size :]


def _boundary_score(laid: tuple[str, str, str]) -> int:
    """Say how well a mark begins and ends where phrases do."""
    begin, words, end = laid
    return _edge(begin, words) + _edge(words, end)


def _edge(left: str, right: str) -> int:
    if not left or not right or left[-1] == "\n":
        return 4
    if left[-1] in _ENDS or right[0] in _PHRASE_STARTS:
        return 3
    if right[0] in _ENDS:
        return 2
    return int(_writing_system(left[-1]) != _writing_system(right[0]) and _writing_system(right[0]) != "HIRAGANA")


def _writing_system(letter: str) -> str:
    return unicodedata.name(letter, "?").partition(" ")[0]


def _elide_unchanged(text: str) -> str:
    """Leave out whole paragraphs that are the same on both sides, if they are long."""
    if len(text) <= MAX_FULL_TEXT:
        return text
    return f"{ELLIPSIS}\n" if text.endswith("\n") else ELLIPSIS


def _side(steps: Sequence[Opcode], which: int) -> Segments:
    """Return one side's words in pieces, neighbours of a kind together."""
    made: list[tuple[str, bool]] = []
    for step in steps:
        words, differs = str(step[which]), not step[0]
        if made and made[-1][1] is differs:
            made[-1] = made[-1][0] + words, differs
        elif words:
            made.append((words, differs))
    return tuple(made)


def _list_segments(steps: Sequence[Opcode], which: int, comma: str) -> Segments:
    """Return one side of a list in pieces; commas are never marked."""
    words = [(word, not step[0]) for step in steps for word in str(step[which]).split(_SENTINEL)[:-1]]
    flat = [piece for word, differs in words for piece in ((comma, False), (word, differs))][1:]
    return _side([(not differs, piece, piece) for piece, differs in flat], 1)
