"""Counts that were typed as words, such as 「4 つの柱」: noted where the tree has another number.

Only a number directly before つの, 個の, 件の or の and a level's exact name is looked at, so that few sentences are
taken for a count that are none. `[[数:level]]` counts by itself and is never wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from handbook.mistakes import Mistake, Place
from handbook.model import COUNT, Node, Plan, Prose, without_code

_DIGITS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SOME = re.compile(
    r"(?:\]\]|」|うち|ほか|もう|あと|残り|残る|別|次|上|下|この|その|ここの|最初|最後|うちの|の中)(?:の|、)?\s*$"
)
"""What stands before a number that counts only some: AとBの 2 つの柱, 次の 3 つの取組."""


def disagreeing(plan: Plan) -> Iterator[Mistake]:
    """Note each typed count that neither the whole plan has nor the part that the text is about."""
    names = sorted((level.name for level in plan.levels), key=lambda name: (-len(name), name))
    count = re.compile(
        r"(?<![0-9０-９.．\-ー－〇一二三四五六七八九十百千第和成])"
        r"(?P<number>[0-9０-９]{1,4}|[〇一二三四五六七八九十百千]{1,7})\s*(?:つ|個|件)?\s*の\s*"
        rf"(?P<name>(?>{'|'.join(map(re.escape, names))}))(?![一-龠々ァ-ヶー])"
    )
    whole = Counter(node.level.name for node in plan.nodes)
    for prose, beneath in _texts(plan, whole):
        if not any(name in prose.text for name in names):
            continue
        for number, line in enumerate(without_code(prose.text.split("\n")), 1):
            for found in count.finditer(line):
                typed, name = value(found["number"]), found["name"]
                fits = {each[name] for each in beneath}
                if typed > 1 and typed not in fits and not _SOME.search(line[: found.start()]):
                    place = Place(
                        prose.place.file,
                        prose.place.line + number - 1,
                        prose.place.column + found.start(),
                        len(found[0]),
                    )
                    message = f"「{found[0]}」とありますが、{name}は {whole[name]} です"
                    hint = f"`[[{COUNT}{name}]]` と書くと、いつも正しい数になります"
                    yield Mistake(place, "count-differs", message, hint, " " * (prose.place.column - 1) + line)


def _texts(plan: Plan, whole: Counter[str]) -> Iterator[tuple[Prose, tuple[Counter[str], ...]]]:
    """Yield every text with the counts that it may mean: of the whole plan, of the nodes that it stands in."""
    if plan.text:
        yield plan.text, (whole,)
    yield from ((leaf.text, (whole,)) for leaf in plan.leaves)
    tops = [item for item in plan.items if isinstance(item, Node)]
    yield from _below(tops, (whole,))


def _below(nodes: Iterable[Node], above: tuple[Counter[str], ...]) -> Iterator[tuple[Prose, tuple[Counter[str], ...]]]:
    for node in nodes:
        shown = Counter(child.level.name for child in _all(node))
        inside = (*above, shown)
        reviewed = [text for review in node.reviews for text in (review.issue, review.direction)]
        yield from ((text, inside) for text in (node.text, node.note, *reviewed) if text)
        yield from _below(node.children, inside)


def _all(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield child
        yield from _all(child)


def value(numeral: str) -> int:
    """Return what digits or kanji numerals mean: 22, ２２, 二十二, 二二."""
    text = unicodedata.normalize("NFKC", numeral)
    if text.isascii():
        return int(text)
    total, digit = 0, 0
    for sign in text:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return total + digit
