"""Compare two texts and mark the words that differ.

The tokens are single Japanese characters, numbers, and words in katakana or Latin letters. difflib compares them. Then
the marks are made readable: marks with little text between them are joined, a mark that can slide is moved to the start
of a phrase, and two texts with little in common are marked as a whole.

The `autojunk` rule of difflib is disabled, since it would ignore frequent characters such as の. The time of difflib is
bounded: a passage with more than MAX_COMPARISONS equal pairs is marked as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from handbook.compare.as_read import context_lines
from handbook.folding import fold
from handbook.model import Segments

ELLIPSIS = "（略）"
"""Replaces long paragraphs that are equal on both sides, as is usual in Japanese comparison tables."""
MAX_FULL_TEXT = 40
"""Unchanged paragraphs of at most this many characters are shown in full."""
MAX_COMPARISONS = 60_000
"""Most pairs of equal tokens of the two sides for which difflib is called."""
_TOKEN = re.compile(r"[0-9０-９]+(?:[.,:/．，：／-][0-9０-９]+)*|[A-Za-zＡ-Ｚａ-ｚ]+|[ァ-ヴー]+|.", re.DOTALL)
_ENDS = "、。，．,.!?！？）」』〉》】］)]\n 　・：:"
_NORMALIZE_DASHES = str.maketrans("~∼〜‐‑‒–−", "〜〜〜-----")
_PHRASE_STARTS = "（「『〈《【［([\n"

_SENTINEL = "\0"
"""Ends each item of a list during a comparison. No text contains this character."""

Opcode = tuple[bool, str, str]
"""A passage: whether it is equal on both sides, the old text, the new text."""


def diff_words(before: str, after: str) -> tuple[Segments, Segments]:
    """Return the segments of both texts, each with whether it differs.

    The lines of a text as read begin with the marks of `as_read`.
    """
    if not before or not after:
        return _marked_whole(before), _marked_whole(after)
    steps: list[Opcode] = []
    for is_same, old, new in _opcodes(_lines(before), _lines(after)):
        steps += [(True, _elide_unchanged(old), _elide_unchanged(new))] if is_same else _diff_passage(old, new)
    return _side_segments(steps, 1), _side_segments(steps, 2)


def diff_list(before: Sequence[str], after: Sequence[str], separator: str = "、") -> tuple[Segments, Segments]:
    """Return the segments of two lists. Items that the other list lacks or has at another position are marked."""
    steps = list(_opcodes([item + _SENTINEL for item in before], [item + _SENTINEL for item in after]))
    return _list_segments(steps, 1, separator), _list_segments(steps, 2, separator)


def normalize(text: str) -> str:
    """Return the text without differences between characters that look alike, in spaces and in punctuation.

    Punctuation between two digits and the sign of a number are kept: 1.5 is not 15, 1/2 is not 12.
    """
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", fold(text)).translate(_NORMALIZE_DASHES)
    characters = []
    for index, character in enumerate(text):
        is_before_digit = text[index + 1 : index + 2].isdigit()
        is_numeric = is_before_digit and (text[index - 1 : index].isdigit() or character == "-")
        if is_numeric or character in "%‰&@#" or unicodedata.category(character)[0] not in "PZC":
            characters.append(character)
    return "".join(characters)


def similarity(first: str, second: str) -> float:
    """Return the similarity of two short texts, from 0 to 1."""
    return SequenceMatcher(None, normalize(first), normalize(second), autojunk=False).ratio()


def _marked_whole(text: str) -> Segments:
    return ((text, True),) if text else ()


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _opcodes(before: Sequence[str], after: Sequence[str]) -> Iterator[Opcode]:
    """Yield the equal and the differing passages of two sequences, in order."""
    prefix = _common_prefix_length(before, after)
    suffix = _common_prefix_length(before[prefix:][::-1], after[prefix:][::-1])
    old, new = before[prefix : len(before) - suffix], after[prefix : len(after) - suffix]
    if prefix:
        yield True, "".join(before[:prefix]), "".join(after[:prefix])
    if old and new and _is_small_enough(old, new):
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield tag == "equal", "".join(old[a:b]), "".join(new[c:d])
    elif old or new:
        yield False, "".join(old), "".join(new)
    if suffix:
        yield True, "".join(before[len(before) - suffix :]), "".join(after[len(after) - suffix :])


def _common_prefix_length(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the number of equal items at the start of two sequences."""
    shorter = min(len(first), len(second))
    return next((index for index in range(shorter) if first[index] != second[index]), shorter)


def _is_small_enough(old: Sequence[str], new: Sequence[str]) -> bool:
    counts = Counter(new)
    return sum(counts[token] for token in old) <= MAX_COMPARISONS


def _diff_passage(old: str, new: str) -> list[Opcode]:
    """Compare two passages by tokens and make the marks readable."""
    if not old or not new:
        return [(False, old, new)]
    steps = _merge_opcodes(list(_opcodes(_TOKEN.findall(old), _TOKEN.findall(new))))
    shared = sum(len(text) for is_same, text, _ in steps if is_same)
    if shared * 4 < max(len(old), len(new)):
        return [(False, old, new)]
    return _align_to_phrases(steps)


def _merge_opcodes(steps: list[Opcode]) -> list[Opcode]:
    """Join two marks if the unchanged text between them is too short to be readable."""
    merged: list[Opcode] = []
    for index, (is_same, old, new) in enumerate(steps):
        is_inside = 0 < index < len(steps) - 1
        is_kept = is_same and not (is_inside and _is_noise(old, merged[-1], steps[index + 1]))
        if merged and not is_kept and not merged[-1][0]:
            merged[-1] = False, merged[-1][1] + old, merged[-1][2] + new
        else:
            merged.append((is_kept, old, new))
    return merged


def _is_noise(text: str, before: Opcode, after: Opcode) -> bool:
    """Return whether unchanged text is one character, or at most 3 and no longer than the marks around it."""
    if "\n" in text or text[-1] == "。":
        return False
    shorter_mark = min(max(len(step[1]), len(step[2])) for step in (before, after))
    return len(text) == 1 or (len(text) <= 3 and len(text) <= shorter_mark)


def _align_to_phrases(steps: list[Opcode]) -> list[Opcode]:
    """Shift each pure insertion or deletion to the equivalent position with the highest score."""
    aligned = list(steps)
    for index in range(1, len(aligned) - 1):
        (left_same, left, _), (is_same, old, new), (right_same, right, _) = aligned[index - 1 : index + 2]
        if is_same or (old and new) or not (left_same and right_same):
            continue
        start, mark, end = max(_slide_positions(left, old or new, right), key=_boundary_score)
        aligned[index - 1 : index + 2] = [
            (True, start, start),
            (False, mark if old else "", mark if new else ""),
            (True, end, end),
        ]
    return [step for step in aligned if step[1] or step[2]]


def _slide_positions(left: str, mark: str, right: str) -> Iterator[tuple[str, str, str]]:
    """Yield left text, mark and right text for each equivalent position of a mark, the given one first."""
    text, size = left + mark + right, len(mark)
    yield left, mark, right
    for step in (-1, 1):
        position = len(left)
        while (
            0 <= position + step <= len(text) - size
            and text[min(position, position + step)] == text[min(position, position + step) + size]
        ):
            position += step
            yield text[:position], text[position : position + size], text[position + size :]


def _boundary_score(parts: tuple[str, str, str]) -> int:
    """Return a score from 0 to 8: how well the start and the end of a mark fall between phrases."""
    left, mark, right = parts
    return _edge_score(left, mark) + _edge_score(mark, right)


def _edge_score(left: str, right: str) -> int:
    if not left or not right or left[-1] == "\n":
        return 4
    if left[-1] in _ENDS or right[0] in _PHRASE_STARTS:
        return 3
    if right[0] in _ENDS:
        return 2
    return int(_writing_system(left[-1]) != _writing_system(right[0]) and _writing_system(right[0]) != "HIRAGANA")


def _writing_system(character: str) -> str:
    return unicodedata.name(character, "?").partition(" ")[0]


def _elide_unchanged(text: str) -> str:
    """Return unchanged paragraphs, or an ellipsis if they are long, with the lines that the next paragraph needs."""
    if len(text) <= MAX_FULL_TEXT:
        return text
    return "\n".join([ELLIPSIS, *context_lines(text), ""]) if text.endswith("\n") else ELLIPSIS


def _side_segments(steps: Sequence[Opcode], side: int) -> Segments:
    """Return the segments of one side, 1 for old and 2 for new. Adjacent segments of the same kind are joined."""
    segments: list[tuple[str, bool]] = []
    for step in steps:
        text, is_changed = str(step[side]), not step[0]
        if segments and segments[-1][1] is is_changed:
            segments[-1] = segments[-1][0] + text, is_changed
        elif text:
            segments.append((text, is_changed))
    return tuple(segments)


def _list_segments(steps: Sequence[Opcode], side: int, separator: str) -> Segments:
    """Return the segments of one side of a list. Separators are never marked."""
    items = [(item, not step[0]) for step in steps for item in str(step[side]).split(_SENTINEL)[:-1]]
    segments = [text for item, is_changed in items for text in ((separator, False), (item, is_changed))][1:]
    return _side_segments([(not is_changed, text, text) for text, is_changed in segments], 1)
