"""Counts that were typed as words, such as 「4 つの柱」: noted where the tree has another number.

Only a number directly before つの, 個の, 件の or の and a level's exact name is looked at, so that few sentences are
taken for a count that are none. `[[数:level]]` counts by itself and is never wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import COUNT_PREFIX, Markdown, Plan, PlanNode, blank_out_code

_DIGITS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")}
_KANJI_POWERS = {"十": 10, "百": 100, "千": 1000}
_PARTIAL_COUNT_CONTEXT = re.compile(
    r"(?:\]\]|」|うち|ほか|もう|あと|残り|残る|別|次|上|下|この|その|ここの|最初|最後|うちの|の中)(?:の|、)?\s*$"
)
"""What stands before a number that counts only some: AとBの 2 つの柱, 次の 3 つの取組."""


def wrong_count_claims(plan: Plan) -> Iterator[Diagnostic]:
    """Note each typed count that neither the whole plan has nor the part that the text is about."""
    names = sorted((level.name for level in plan.levels), key=lambda name: (-len(name), name))
    either = "|".join(map(re.escape, names))
    count = re.compile(
        r"(?<![0-9０-９.．\-ー－〇一二三四五六七八九十百千第和成])"
        r"(?P<number>[0-9０-９]{1,4}|[〇一二三四五六七八九十百千]{1,7})\s*(?:つ|個|件)?\s*の\s*"
        rf"(?P<name>(?>{either}))(?![一-龠々ァ-ヶー])"
    )
    ending = re.compile(rf"の\s*(?:{either})")  # found at once, and most texts have none
    counting = [
        (prose, inside)
        for prose, inside in _read_templates(plan)
        if ("`" in prose.text or ending.search(prose.text)) and any(_count_matches(prose, count))
    ]
    shown = _level_counts(plan) if counting else {}
    for prose, inside in counting:
        for number, line, found in _count_matches(prose, count):
            typed, name = parse_numeral(found["number"]), found["name"]
            fits = {shown[each][name] for each in inside}
            if typed > 1 and typed not in fits and not _PARTIAL_COUNT_CONTEXT.search(line[: found.start()]):
                at = prose.span
                place = SourceSpan(at.file, at.line + number, at.column + found.start(), len(found[0]))
                message = f"「{found[0]}」とありますが、{name}は {shown[''][name]} です"
                hint = f"`[[{COUNT_PREFIX}{name}]]` と書くと、いつも正しい数になります"
                yield Diagnostic(place, "count-differs", message, hint, " " * (at.column - 1) + line)


def _count_matches(prose: Markdown, count: re.Pattern[str]) -> Iterator[tuple[int, str, re.Match[str]]]:
    """Yield each count in a text: the number of its line (from 0), the line, and the place there."""
    for number, line in enumerate(blank_out_code(prose.text.split("\n"))):
        yield from ((number, line, found) for found in count.finditer(line))


def _read_templates(plan: Plan) -> Iterator[tuple[Markdown, tuple[str, ...]]]:
    """Yield every text and the ids of the nodes that it stands in; the plan itself has none."""
    if plan.text:
        yield plan.text, ("",)
    yield from ((leaf.text, ("",)) for leaf in plan.free_pages)
    tops = [item for item in plan.root_items if isinstance(item, PlanNode)]
    yield from _descendant_texts(tops, ("",))


def _descendant_texts(nodes: Iterable[PlanNode], above: tuple[str, ...]) -> Iterator[tuple[Markdown, tuple[str, ...]]]:
    for node in nodes:
        inside = (*above, node.id)
        reviewed = [text for review in node.reviews for text in (review.issue, review.next_steps)]
        yield from ((text, inside) for text in (node.text, node.note, *reviewed) if text)
        yield from _descendant_texts(node.children, inside)


def _level_counts(plan: Plan) -> dict[str, Counter[str]]:
    """Return how many nodes of each level stand beneath each node, by its id, and beneath the plan itself."""
    shown: dict[str, Counter[str]] = {}

    def count(own: str, nodes: Iterable[PlanNode]) -> None:
        shown[own] = Counter()
        for node in nodes:
            count(node.id, node.children)
            shown[own] += shown[node.id]
            shown[own][node.level.name] += 1

    count("", (item for item in plan.root_items if isinstance(item, PlanNode)))
    return shown


def parse_numeral(numeral: str) -> int:
    """Return what digits or kanji numerals mean: 22, ２２, 二十二, 二二."""
    text = unicodedata.normalize("NFKC", numeral)
    if text.isascii():
        return int(text)
    total, digit = 0, 0
    for sign in text:
        if sign in _KANJI_POWERS:
            total += (digit or 1) * _KANJI_POWERS[sign]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return total + digit
