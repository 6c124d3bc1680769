"""Find counts in texts, such as 「4 つの柱」, that differ from the number of nodes in the plan.

Only a number directly before つの, 個の, 件の or の and the exact name of a level is checked, to avoid false reports.
The build replaces `[[数:level]]` by the current number, so that form is not checked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from handbook.diagnostics import Diagnostic
from handbook.markdown_reader.places import in_running_text
from handbook.model import COUNT_PREFIX, Markdown, Plan, PlanNode

_DIGITS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")}
_KANJI_POWERS = {"十": 10, "百": 100, "千": 1000}
_PARTIAL_COUNT_CONTEXT = re.compile(
    r"(?:\]\]|」|うち|ほか|もう|あと|残り|残る|別|次|上|下|この|その|ここの|最初|最後|うちの|の中)(?:の|、)?\s*$"
)
"""Matches text before a number that counts only some of the nodes: AとBの 2 つの柱, 次の 3 つの取組."""


def wrong_count_claims(plan: Plan) -> Iterator[Diagnostic]:
    """Yield a notice for each count that fits neither the plan nor any node that contains the text."""
    level_names = sorted((level.name for level in plan.levels), key=lambda name: (-len(name), name))
    any_name = "|".join(map(re.escape, level_names))
    count_pattern = re.compile(
        r"(?<![0-9０-９.．\-ー－〇一二三四五六七八九十百千第和成])"
        r"(?P<number>[0-9０-９]{1,4}|[〇一二三四五六七八九十百千]{1,7})[^\S\n]*(?:つ|個|件)?[^\S\n]*の[^\S\n]*"
        rf"(?P<name>(?>{any_name}))(?![一-龠々ァ-ヶー])"
    )
    name_pattern = re.compile(rf"の[^\S\n]*(?:{any_name})")  # fast, and most texts have no match
    texts_with_counts = [
        (markdown, ancestors)
        for markdown, ancestors in _texts_with_ancestors(plan)
        if name_pattern.search(markdown.text) and count_pattern.search(markdown.text)
    ]
    counts_by_id = _level_counts(plan) if texts_with_counts else {}
    for markdown, ancestors in texts_with_counts:
        wrong = [
            match
            for match in count_pattern.finditer(markdown.text)
            if _is_wrong(match, {counts_by_id[node_id][match["name"]] for node_id in ancestors})
        ]
        seen = in_running_text(markdown.text, (match.start() for match in wrong))
        for match in wrong:
            if match.start() in seen:
                span, excerpt = markdown.place(match.start(), len(match[0]))
                name = match["name"]
                message = f"「{match[0]}」とありますが、{name}は {counts_by_id[''][name]} です"
                hint = f"`[[{COUNT_PREFIX}{name}]]` と書くと、いつも正しい数になります"
                new = match[0].replace(match["number"], f"[[{COUNT_PREFIX}{name}]]", 1)
                yield Diagnostic(span, "count-differs", message, hint, excerpt).with_replacement(new)


def _is_wrong(match: re.Match[str], correct: Collection[int]) -> bool:
    """Return whether a count is none of the correct ones, and not one of a part of the nodes."""
    line_start = match.string.rfind("\n", 0, match.start()) + 1
    claimed = parse_numeral(match["number"])
    before = match.string[line_start : match.start()]
    return claimed > 1 and claimed not in correct and not _PARTIAL_COUNT_CONTEXT.search(before)


def _texts_with_ancestors(plan: Plan) -> Iterator[tuple[Markdown, tuple[str, ...]]]:
    """Yield each text with the ids of the nodes that contain it, outermost first. The first id is `""`, the plan."""
    if plan.text:
        yield plan.text, ("",)
    yield from ((page.text, ("",)) for page in plan.free_pages)
    top_nodes = [item for item in plan.root_items if isinstance(item, PlanNode)]
    yield from _descendant_texts(top_nodes, ("",))


def _descendant_texts(
    nodes: Iterable[PlanNode], ancestors: tuple[str, ...]
) -> Iterator[tuple[Markdown, tuple[str, ...]]]:
    for node in nodes:
        with_own_id = (*ancestors, node.id)
        review_texts = [text for review in node.reviews for text in (review.issue, review.next_steps)]
        yield from ((text, with_own_id) for text in (node.text, node.note, *review_texts) if text)
        yield from _descendant_texts(node.children, with_own_id)


def _level_counts(plan: Plan) -> dict[str, Counter[str]]:
    """Return the number of descendants by node id and level name. The id of the plan is `""`."""
    counts_by_id: dict[str, Counter[str]] = {}

    def count(node_id: str, nodes: Iterable[PlanNode]) -> None:
        counts_by_id[node_id] = Counter()
        for node in nodes:
            count(node.id, node.children)
            counts_by_id[node_id] += counts_by_id[node.id]
            counts_by_id[node_id][node.level.name] += 1

    count("", (item for item in plan.root_items if isinstance(item, PlanNode)))
    return counts_by_id


def parse_numeral(numeral: str) -> int:
    """Return the value of a number in digits or kanji: 22, ２２, 二十二, 二二."""
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
